/** One variable of a request: which, and where its bins begin. */
import { ActionIcon, NativeSelect, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { CatalogVariable } from '../../../../shared/contract/requests.ts'
import type { RequestAxis, RequestOutput } from '../../../../shared/domain/request-output.ts'
import {
  edgesFromText,
  perUnitOf,
  textOfEdges,
  valueText,
  variableName,
  variableUnit,
} from '../../../parts/research/request-axis.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { axisOf } from './draft.ts'
import styles from './Requests.module.css'

export function VariableSelect({
  label,
  value,
  variables,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly variables: readonly CatalogVariable[]
  onChange(variable: string): void
}) {
  const words = useWords()
  return (
    <NativeSelect
      className={styles.wide}
      label={label}
      value={value}
      data={variables.map(({ name }) => ({ value: name, label: variableName(name, words) }))}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

interface AxisProps {
  readonly axis: RequestAxis
  readonly variables: readonly CatalogVariable[]
  onChange(axis: RequestAxis): void
  onRemove?(): void
}

export function AxisField({ axis, variables, onChange, onRemove }: AxisProps) {
  const words = useWords()
  const t = words.requests.compose
  const locale = useLocale()
  const entry = variables.find(({ name }) => name === axis.variable)
  return (
    <div className={styles.axis}>
      <VariableSelect
        label={t.variable}
        value={axis.variable}
        variables={variables}
        onChange={(variable) => onChange(axisOf(variable, variables))}
      />
      {entry?.kind === 'number' && (
        <NumbersField
          label={words.requests.withUnit(t.edges, variableUnit(axis.variable, words))}
          hint={t.edgesHint(
            valueText(axis.variable, entry.least, locale),
            valueText(axis.variable, entry.greatest, locale),
            valueText(axis.variable, entry.step, locale),
          )}
          text={textOfEdges(axis.variable, axis.edges)}
          onText={(text) => {
            const edges = edgesFromText(axis.variable, text)
            if (edges !== null) onChange({ ...axis, edges })
            return edges !== null
          }}
        />
      )}
      {onRemove !== undefined && (
        <ActionIcon
          variant="subtle"
          size={32}
          aria-label={t.removeVariable(variableName(axis.variable, words))}
          onClick={onRemove}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
      <p className={`secondary ${styles.meaning}`}>{words.requests.variables[axis.variable]?.meaning}</p>
    </div>
  )
}

/** Text is the person's until it is left; what is no list of numbers is said, and the last list stays. */
function NumbersField({
  label,
  hint,
  text,
  onText,
}: {
  readonly label: string
  readonly hint?: string
  readonly text: string
  onText(text: string): boolean
}) {
  const t = useWords().requests
  const [typed, setTyped] = useState(text)
  const [isWrong, setWrong] = useState(false)
  useEffect(() => {
    setTyped((now) => (now.replace(/[\s,;、]+/g, ' ').trim() === text.replaceAll(',', '') ? now : text))
    setWrong(false)
  }, [text])
  return (
    <TextInput
      className={styles.wide}
      label={label}
      description={hint}
      value={typed}
      spellCheck={false}
      error={isWrong ? t.problem.edges : undefined}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value)
        setWrong(!onText(currentTarget.value))
      }}
    />
  )
}

type Mean = Extract<RequestOutput, { kind: 'mean' }>

export function RangeFields({
  output,
  variables,
  onChange,
}: {
  readonly output: Mean
  readonly variables: readonly CatalogVariable[]
  onChange(change: Partial<Mean>): void
}) {
  const words = useWords()
  const t = words.requests.compose
  const { variable, least, greatest } = output
  const per = perUnitOf(variable)
  const unit = variableUnit(variable, words)
  const one = (text: string): number | null => {
    const [value, ...more] = edgesFromText(variable, text) ?? []
    return value === undefined || more.length > 0 ? null : value
  }
  return (
    <div className={styles.axis}>
      <VariableSelect
        label={t.variable}
        value={variable}
        variables={variables.filter(({ kind }) => kind === 'number')}
        onChange={(name) => {
          const entry = variables.find((each) => each.name === name)
          if (entry?.kind === 'number')
            onChange({ variable: name, least: entry.least, greatest: entry.greatest })
        }}
      />
      <div className={styles.range}>
        <NumbersField
          label={words.requests.withUnit(t.least, unit)}
          text={String(least / per)}
          onText={(text) => {
            const value = one(text)
            if (value !== null) onChange({ least: value })
            return value !== null
          }}
        />
        <NumbersField
          label={words.requests.withUnit(t.greatest, unit)}
          text={String(greatest / per)}
          onText={(text) => {
            const value = one(text)
            if (value !== null) onChange({ greatest: value })
            return value !== null
          }}
        />
      </div>
      <p className={`secondary ${styles.meaning}`}>{t.rangeHint}</p>
      <p className={`secondary ${styles.meaning}`}>{words.requests.variables[variable]?.meaning}</p>
    </div>
  )
}
