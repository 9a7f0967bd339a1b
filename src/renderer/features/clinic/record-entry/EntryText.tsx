/** A text field of the form: label above, hint and unit beside, what is wrong below in one sentence with its suggestion. */
import { TextInput, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../../words/catalogue.ts'
import { ProblemText } from './ProblemText.tsx'
import { useFieldProblem } from './use-field-problem.ts'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

interface Props {
  readonly field: string
  readonly label: string
  readonly value: string
  onChange(value: string): void
  /** Runs when the field is left, to write what was typed in its plain form. */
  onLeave?(value: string): void
  readonly isLabelHidden?: boolean
  readonly hint?: ReactNode
  readonly unit?: string
  readonly placeholder?: string
  readonly width?: string
  /** `skip`: Enter passes by, Tab does not; for what is already filled in. */
  readonly enter?: 'skip'
  readonly isCopied?: boolean
}

export function EntryText(props: Props) {
  const t = useWords()
  const problem = useFieldProblem(props.field)
  const leaveField = useEntry((entry) => entry.leaveField)
  const isWrong = problem?.severity === 'refuse'
  const suggestion = problem?.suggestion
  const better = suggestion !== undefined && (
    <UnstyledButton
      className={styles.suggestion}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => props.onChange(suggestion)}
    >
      {t.findings.suggestion(suggestion)}
    </UnstyledButton>
  )
  return (
    <TextInput
      className={styles.text}
      style={props.width ? { width: props.width } : undefined}
      label={props.isLabelHidden ? undefined : props.label}
      aria-label={props.isLabelHidden ? props.label : undefined}
      placeholder={props.placeholder}
      value={props.value}
      data-field={props.field}
      data-enter={props.enter}
      data-copied={props.isCopied || undefined}
      aria-description={props.isCopied ? t.entry.copiedMark : undefined}
      data-unusual={problem && !isWrong ? true : undefined}
      spellCheck={false}
      rightSection={props.unit ? <span className={styles.unit}>{props.unit}</span> : undefined}
      rightSectionWidth={props.unit ? `${Math.max(2.25, props.unit.length * 0.5 + 0.75)}rem` : undefined}
      rightSectionPointerEvents="none"
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      description={
        !isWrong && (problem || props.hint) ? (
          problem ? (
            <>
              <ProblemText problem={problem} /> {better}
            </>
          ) : (
            props.hint
          )
        ) : undefined
      }
      error={
        isWrong ? (
          <>
            <ProblemText problem={problem} /> {better}
          </>
        ) : undefined
      }
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onBlur={(event) => {
        props.onLeave?.(event.currentTarget.value)
        leaveField(props.field)
      }}
    />
  )
}
