/** Codes that a result may be: those that the test is usually answered with by their names, others as they are typed. */
import { Checkbox, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { RESULT_CODES } from '../../../shared/domain/result-codes.ts'
import { useWords } from '../../words/catalogue.ts'
import { resultCodesFromText } from './cohort-form.ts'
import { resultCodeName } from './result-code-name.ts'
import styles from './CohortEditor.module.css'

interface Props {
  readonly test: string
  readonly label: string
  readonly chosen: readonly string[]
  /** Never of none: something has to be asked. */
  onChange(codes: string[]): void
}

export function ResultCodes({ test, label, chosen, onChange }: Props) {
  const words = useWords()
  const t = words.cohorts
  const usual = RESULT_CODES[test] ?? []
  const others = chosen.filter((code) => !usual.includes(code))
  const shown = others.join(', ')
  const [text, setText] = useState(shown)
  // An undo changes the codes under the field; what is being typed stays as it is as long as it means the same.
  useEffect(() => {
    setText((typed) => (resultCodesFromText(typed).codes.join(', ') === shown ? typed : shown))
  }, [shown])
  const { wrong } = resultCodesFromText(text)
  const take = (codes: string[]) => {
    if (codes.length > 0) onChange(codes)
  }
  return (
    <>
      <Checkbox.Group
        className={styles.wide}
        label={label}
        value={chosen.filter((code) => usual.includes(code))}
        onChange={(next) => take([...usual.filter((code) => next.includes(code)), ...others])}
      >
        <div className={styles.choices}>
          {usual.map((code) => (
            <Checkbox key={code} value={code} label={resultCodeName(code, words)} />
          ))}
        </div>
      </Checkbox.Group>
      <TextInput
        label={t.otherCodes}
        description={t.otherCodesHint}
        value={text}
        error={wrong.length > 0 ? t.codesWrong(wrong.join(' ')) : undefined}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          const { codes } = resultCodesFromText(currentTarget.value)
          take([...chosen.filter((code) => usual.includes(code)), ...codes])
        }}
      />
    </>
  )
}
