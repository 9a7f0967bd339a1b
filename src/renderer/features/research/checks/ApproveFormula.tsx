/** A checker reads a customised model that somebody wants to run over all records, and lets it run in the name of this hospital. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { FormulaReader, type ReadFormula } from '../../../parts/research/FormulaReader.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'

export function ApproveFormula() {
  const t = useWords().checks.formula
  const [formula, setFormula] = useState<ReadFormula | null>(null)
  const [said, setSaid] = useState<{ readonly isDone: boolean; readonly words: string } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const approve = async ({ text }: ReadFormula): Promise<void> => {
    setBusy(true)
    try {
      const answer = await node.checks.approveFormula({ formula: text })
      setSaid(
        answer.kind === 'approved'
          ? { isDone: true, words: t.done }
          : { isDone: false, words: t.refused[answer.reason] },
      )
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Panel title={t.title}>
      <p className="secondary">{t.intro}</p>
      <FormulaReader
        text=""
        hasRates={false}
        onRead={(found) => {
          setFormula(found)
          setSaid(null)
        }}
      />
      {formula !== null && (
        <Button loading={isBusy} onClick={() => void approve(formula)}>
          {t.approve}
        </Button>
      )}
      {said !== null && (
        <Callout tone={said.isDone ? 'good' : 'bad'} isLive>
          {said.words}
        </Callout>
      )}
    </Panel>
  )
}
