/** A closed choice. Native, because nothing is quicker by keyboard: its first letters select. */
import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { valueByLetter } from '../../../ui/select-by-code.ts'
import { useWords } from '../../../words/catalogue.ts'
import { ProblemText } from './ProblemText.tsx'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'
import { useFieldProblem } from './use-field-problem.ts'

interface Props<Value extends string> {
  readonly field: string
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: Value
  /** Value and words, in order. */
  readonly options: Readonly<Record<Value, string>>
  readonly only?: readonly Value[]
  readonly enter?: 'skip'
  readonly width?: string
  readonly isCopied?: boolean
  readonly hint?: ReactNode
  onChange(value: Value): void
}

export function EntrySelect<Value extends string>(props: Props<Value>) {
  const t = useWords()
  const problem = useFieldProblem(props.field)
  const leaveField = useEntry((entry) => entry.leaveField)
  const values = props.only ?? (Object.keys(props.options) as Value[])
  // A value that the list does not offer, e.g. of an import, is shown as it is rather than replaced.
  const shown = values.includes(props.value) ? values : [...values, props.value]
  const data = shown.map((value) => ({ value, label: props.options[value] ?? value }))
  return (
    <NativeSelect
      style={props.width ? { width: props.width } : undefined}
      label={props.isLabelHidden ? undefined : props.label}
      aria-label={props.isLabelHidden ? props.label : undefined}
      value={props.value}
      data-field={props.field}
      data-enter={props.enter}
      className={props.isCopied ? styles.copiedSelect : undefined}
      aria-description={props.isCopied ? t.entry.copiedMark : undefined}
      data={data}
      description={problem ? undefined : props.hint}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={problem ? <ProblemText problem={problem} /> : undefined}
      onChange={(event) => props.onChange(event.currentTarget.value as Value)}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return
        const chosen = valueByLetter(event.key, data, props.value)
        if (chosen === null) return
        event.preventDefault()
        props.onChange(chosen as Value)
      }}
      onBlur={() => leaveField(props.field)}
    />
  )
}
