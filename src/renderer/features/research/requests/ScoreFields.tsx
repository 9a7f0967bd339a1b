/** A customised model in a request: its formula, what it expects, and the bands by which it is held against what happened. */
import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RequestOutput } from '../../../../shared/domain/request-output.ts'
import { FormulaReader } from '../../../parts/research/FormulaReader.tsx'
import { variableName } from '../../../parts/research/request-axis.ts'
import { Whole } from '../../../parts/research/RuleEditor.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { scoreEdges, scoreEdgesText } from './draft.ts'

type Score = Extract<RequestOutput, { kind: 'score' }>

export function ScoreFields({ output, onChange }: { readonly output: Score; onChange(output: Score): void }) {
  const words = useWords()
  const t = words.requests
  const [edges, setEdges] = useState(scoreEdgesText(output.edges))
  const read = scoreEdges(edges)
  return (
    <>
      <FormulaReader
        text={output.formula}
        hasRates
        onRead={(found) => {
          // What is not read yet is not asked.
          const { text, columns } = found ?? { text: '', columns: [] }
          onChange({ ...output, formula: text, columns: [...columns] })
        }}
      />
      <NativeSelect
        label={t.formula.expects}
        value={output.actual.variable}
        data={['claims', 'cost-minor'].map((value) => ({ value, label: variableName(value, words) }))}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...output, actual: { variable: value, most: value === 'claims' ? 20 : 10_000_000 } })
        }
      />
      <Whole
        label={t.compose.most(variableName(output.actual.variable, words))}
        value={output.actual.most}
        min={1}
        max={output.actual.variable === 'claims' ? 50 : 100_000_000}
        onChange={(most) => onChange({ ...output, actual: { ...output.actual, most: most ?? 1 } })}
      />
      <TextInput
        label={t.formula.bands}
        description={t.formula.bandsHint}
        value={edges}
        error={read === null ? t.formula.bandsWrong : undefined}
        onChange={({ currentTarget }) => {
          setEdges(currentTarget.value)
          // What does not read as bands is none: those that were typed before would be asked in their place.
          onChange({ ...output, edges: [...(scoreEdges(currentTarget.value) ?? [])] })
        }}
      />
      <Whole
        label={t.compose.cellsMost}
        value={output.cellsMost}
        min={1}
        max={10}
        onChange={(cellsMost) => onChange({ ...output, cellsMost: cellsMost ?? 1 })}
      />
    </>
  )
}
