/** A customised model as text or as a table of rates, and what the node reads in it: its one form, its variables, who has approved it. */
import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { useRef, useState } from 'react'
import type { FormulaAnswer, FormulaSource } from '../../../shared/contract/formulas.ts'
import { formatNumber } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { tellFailure } from '../FailureNote.tsx'
import { variableName } from './request-axis.ts'
import styles from './FormulaReader.module.css'

export type ReadFormula = Extract<FormulaAnswer, { kind: 'formula' }>
type Form = 'formula' | 'csv' | 'json'

const sourceOf = (form: Form, text: string): FormulaSource =>
  form === 'formula' ? { kind: 'formula', text } : { kind: 'rates', text, format: form }

interface Props {
  /** What stands there at first. */
  readonly text: string
  /** Tables of rates too, which become a formula. */
  readonly hasRates: boolean
  /** Null: what is typed has not been read, or is none. */
  onRead(formula: ReadFormula | null): void
}

export function FormulaReader({ text: first, hasRates, onRead }: Props) {
  const t = useWords().requests.formula
  const [form, setForm] = useState<Form>('formula')
  const [text, setText] = useState(first)
  const [answer, setAnswer] = useState<FormulaAnswer | null>(null)
  const [isBusy, setBusy] = useState(false)
  // Whatever is typed after a question makes its answer one of another text.
  const asked = useRef(0)
  const forget = (): void => {
    asked.current++
    setAnswer(null)
    onRead(null)
  }
  const read = async (): Promise<void> => {
    setBusy(true)
    const turn = ++asked.current
    try {
      const found = await node.requests.formula(sourceOf(form, text))
      if (turn !== asked.current) return
      setAnswer(found)
      onRead(found.kind === 'formula' ? found : null)
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={styles.stack}>
      {hasRates && (
        <SegmentedControl
          aria-label={t.form}
          value={form}
          data={(['formula', 'csv', 'json'] as const).map((value) => ({ value, label: t.forms[value] }))}
          onChange={(value) => {
            setForm(value as Form)
            forget()
          }}
        />
      )}
      <Textarea
        className={styles.mono}
        label={t.forms[form]}
        description={form === 'formula' ? t.names : t.rates}
        autosize
        minRows={3}
        maxRows={14}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          forget()
        }}
      />
      <div>
        <Button variant="default" loading={isBusy} disabled={text.trim() === ''} onClick={() => void read()}>
          {t.read}
        </Button>
      </div>
      {answer !== null && <Found answer={answer} />}
    </div>
  )
}

function Found({ answer }: { readonly answer: FormulaAnswer }) {
  const words = useWords()
  const t = words.requests.formula
  const locale = useLocale()
  const list = (names: readonly string[]) => names.join(words.requests.listComma)
  switch (answer.kind) {
    case 'problem':
      return (
        <Callout tone="bad" isLive>
          {t.problem(formatNumber(answer.offset + 1, locale), answer.found, answer.code)}
        </Callout>
      )
    case 'refused':
      return (
        <Callout tone="bad" isLive title={t.refused(formatNumber(answer.errorCount, locale))}>
          {answer.errors.map(({ place, found, expected }, i) => (
            <div key={`${i}/${place}`}>{t.error(place, found, expected)}</div>
          ))}
        </Callout>
      )
    case 'unknown':
      return (
        <Callout tone="bad" isLive>
          {answer.level === null
            ? t.unknownFactor(answer.factor)
            : t.unknownLevel(answer.factor, answer.level)}
        </Callout>
      )
    case 'formula':
      return (
        <Callout tone={answer.forbidden.length > 0 ? 'bad' : 'plain'} isLive title={t.oneForm}>
          <code className={styles.code}>{answer.text}</code>
          <div>{t.reads(list(answer.columns.map((name) => variableName(name, words))))}</div>
          {answer.forbidden.length > 0 && (
            <div>{t.forbidden(list(answer.forbidden.map((name) => variableName(name, words))))}</div>
          )}
          <div>
            {t.approvals(
              String(answer.approvedBy.length),
              String(answer.approvalsNeeded),
              list(answer.approvedBy),
            )}
          </div>
          {answer.isApprovedHere && <div>{t.approvedHere}</div>}
        </Callout>
      )
  }
}
