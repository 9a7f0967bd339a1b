/** How it ended, what it cost, and notes. */
import { Button, Checkbox, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../../words/catalogue.ts'
import { ClaimLines } from './ClaimLines.tsx'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { type ClaimRow, isBlankRow } from './form.ts'
import { ProblemText } from './ProblemText.tsx'
import { readDay } from '../../../parts/typed-date.ts'
import { goToField } from './go-on.ts'
import { MoreButton } from './MoreButton.tsx'
import { claimIdOf, isReversed } from './reversal.ts'
import { RemoveButton } from './RemoveButton.tsx'
import { ColumnHeads, Section } from './Section.tsx'
import { type AMOUNTS, CURRENCIES } from './read-claims.ts'
import { todayNow, useEntry } from './use-entry.ts'
import { useFieldProblem } from './use-field-problem.ts'
import styles from './Entry.module.css'

const CURRENCY_NAMES = Object.fromEntries(CURRENCIES.map((code) => [code, code]))

export function OutcomeSection() {
  const t = useWords().entry.outcome
  const died = useEntry((entry) => entry.form.died)
  const icuDays = useEntry((entry) => entry.form.icuDays)
  const ventilatorDays = useEntry((entry) => entry.form.ventilatorDays)
  const currency = useEntry((entry) => entry.form.currency)
  const ids = useEntry((entry) => entry.form.claims.map((row) => row.id).join(' '))
  const isStay = useEntry((entry) => ['IMP', 'OBSENC', 'SS', 'EMER'].includes(entry.form.encounter.class))
  const set = useEntry((entry) => entry.set)
  return (
    <Section number={8}>
      {isStay && (
        <div className={styles.wrap}>
          <Checkbox
            className={styles.check}
            label={t.death}
            data-field="died"
            data-enter="skip"
            checked={died}
            onChange={(event) => set({ died: event.currentTarget.checked })}
          />
          <EntryText
            field="icuDays"
            label={t.icuDays}
            value={icuDays}
            width="8rem"
            enter="skip"
            onChange={(value) => set({ icuDays: value })}
          />
          <EntryText
            field="ventilatorDays"
            label={t.ventilatorDays}
            value={ventilatorDays}
            width="8rem"
            enter="skip"
            onChange={(value) => set({ ventilatorDays: value })}
          />
          <Words of="adverse" label={t.adverse} hint={t.adverseHint} rows={1} enter="skip" />
        </div>
      )}
      <div className={styles.claims}>
        <ColumnHeads
          of={[t.claimType, t.billed, t.allowed, t.paidByPayer, t.paidByPatient, t.copay, t.deductible]}
          hasMore
        />
        {ids.split(' ').map((id, i) => (
          <ClaimAmounts key={id} id={id} number={i + 1} />
        ))}
      </div>
      <div className={styles.wrap}>
        <EntrySelect
          field="currency"
          label={t.currency}
          value={currency}
          options={CURRENCY_NAMES}
          width="6rem"
          enter="skip"
          onChange={(value) => set({ currency: value })}
        />
        <Words of="notes" label={t.notes} hint={t.notesHint} rows={2} />
      </div>
    </Section>
  )
}

interface WordsProps {
  readonly of: 'notes' | 'adverse'
  readonly label: string
  readonly hint: string
  readonly rows: number
  readonly enter?: 'skip'
}

/** Free text that grows with what is typed. The style sheet makes it grow: measuring it would lay out the page at each key. */
function Words({ of, label, hint, rows, enter }: WordsProps) {
  const value = useEntry((entry) => entry.form[of])
  const set = useEntry((entry) => entry.set)
  const problem = useFieldProblem(of)
  return (
    <Textarea
      className={styles.grow}
      classNames={{ input: styles.growing }}
      label={label}
      placeholder={hint}
      data-field={of}
      data-enter={enter}
      value={value}
      rows={rows}
      error={problem ? <ProblemText problem={problem} /> : undefined}
      onChange={(event) => set({ [of]: event.currentTarget.value })}
    />
  )
}

function ClaimAmounts({ id, number }: { readonly id: string; readonly number: number }) {
  const words = useWords()
  const t = words.entry.outcome
  const row = useEntry((entry) => entry.form.claims.find((each) => each.id === id))
  const setRow = useEntry((entry) => entry.setRow)
  const reverseClaim = useEntry((entry) => entry.reverseClaim)
  const isTakenBack = useEntry((entry) => row !== undefined && isReversed(entry.form, row))
  const [isWanted, setWanted] = useState(false)
  if (!row) return null
  const rowName = words.entry.row.row(t.claims, number)
  const isBlank = isBlankRow.claims(row)
  const isFilled = hasExtras(row)
  const isOpen = !isBlank && (isWanted || isFilled)
  const set = (patch: Partial<ClaimRow>) => setRow('claims', id, patch)
  const extra = (key: 'drg' | 'submitted' | 'adjudicated', label: string, width: string) => (
    <EntryText
      field={`claims.${id}.${key}`}
      label={label}
      width={width}
      value={row[key]}
      enter="skip"
      onLeave={(typed) => {
        const day = key === 'drg' ? null : readDay(typed, todayNow())
        if (day !== null && day !== typed) set({ [key]: day })
      }}
      onChange={(value) => set({ [key]: value })}
    />
  )
  const amount = (key: (typeof AMOUNTS)[number], enter?: 'skip') => (
    <EntryText
      field={`claims.${id}.${key}`}
      label={`${t[key]}, ${rowName}`}
      isLabelHidden
      value={row[key]}
      {...(enter ? { enter } : {})}
      onChange={(value) => setRow('claims', id, { [key]: value } as Partial<ClaimRow>)}
    />
  )
  return (
    <div className={styles.row} data-row={id}>
      <EntrySelect
        field={`claims.${id}.type`}
        label={`${t.claimType}, ${rowName}`}
        isLabelHidden
        value={row.type}
        options={words.clinical.claimType}
        enter="skip"
        onChange={(type) => setRow('claims', id, { type })}
      />
      {amount('billed')}
      {amount('allowed')}
      {amount('paidByPayer')}
      {amount('paidByPatient')}
      {amount('copay', 'skip')}
      {amount('deductible', 'skip')}
      <RemoveButton section="claims" id={id} what={rowName} isBlank={isBlank} />
      <MoreButton
        what={rowName}
        isOpen={isOpen}
        isNeeded={!isBlank && !isFilled}
        onToggle={() => setWanted(!isWanted)}
      />
      {isOpen && (
        <div className={styles.extras} role="group" aria-label={rowName}>
          <EntrySelect
            field={`claims.${id}.status`}
            label={t.status}
            width="8rem"
            value={row.status}
            options={words.clinical.claimStatus}
            only={ENTERED}
            enter="skip"
            onChange={(status) => set({ status })}
          />
          {extra('drg', t.drg, '6rem')}
          {extra('submitted', t.submitted, '7rem')}
          {extra('adjudicated', t.adjudicated, '7rem')}
          {row.reverses === '' && !isTakenBack && (
            <Button
              className={styles.more}
              variant="default"
              size="compact-sm"
              aria-label={`${t.reverse}, ${rowName}`}
              title={t.reverseHint}
              onClick={() => {
                const reversal = reverseClaim(id)
                // The button goes with what it was for; typing goes on where its work is seen.
                if (reversal !== null) queueMicrotask(() => goToField(`claims.${reversal}.billed`))
              }}
            >
              {t.reverse}
            </Button>
          )}
          {isTakenBack && <span className={`secondary ${styles.extraCheck}`}>{t.reversed}</span>}
        </div>
      )}
      {row.reverses !== '' && <Reverses claimId={row.reverses} />}
      {row.money !== null && <span className="secondary">{row.money.currency}</span>}
      <ClaimLines claim={row} rowName={rowName} />
    </div>
  )
}

/** Which row of the form a reversal takes back. */
function Reverses({ claimId }: { readonly claimId: string }) {
  const t = useWords().entry.outcome
  const number = useEntry(
    (entry) => entry.form.claims.findIndex((each) => claimIdOf(entry.form, each) === claimId) + 1,
  )
  return (
    <span className={`secondary ${styles.extras}`}>
      {number === 0 ? t.reversesOther : t.reverses(String(number))}
    </span>
  )
}

/** States that a person enters; those of an import are shown as they are. */
const ENTERED = ['draft', 'submitted', 'paid', 'denied'] as const

/** Whether anything is said that the row itself does not show. */
const hasExtras = (row: ClaimRow): boolean =>
  row.status !== 'submitted' || [row.drg, row.submitted, row.adjudicated].some((text) => text.trim() !== '')
