/** Prescriptions: medicine, dose, how often, how long. Choosing a medicine proposes its usual dose. */
import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { usualRoute } from '../../../../shared/domain/dosing.ts'
import {
  fieldsOfOrder,
  isWholeLine,
  readMedicineLine,
  readUsualDose,
} from '../../../../shared/domain/medicine-line.ts'
import { useWords } from '../../../words/catalogue.ts'
import { CodePicker } from './CodePicker.tsx'
import { FrequencyField } from './FrequencyField.tsx'
import { goOn, goToSpareRow } from './go-on.ts'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { emptyRow, isBlankRow, type MedicineRow } from './form.ts'
import { MoreButton } from './MoreButton.tsx'
import { RemoveButton } from './RemoveButton.tsx'
import { ColumnHeads, Section } from './Section.tsx'
import { readDay } from '../../../parts/typed-date.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function MedicinesSection() {
  const t = useWords().entry.medicines
  const ids = useEntry((entry) => entry.form.medicines.map((row) => row.id).join(' '))
  return (
    <Section number={7}>
      <div className={styles.medicines}>
        <ColumnHeads of={[t.code, t.dose, t.unit, t.frequency, t.days, t.route, t.text]} hasMore />
        {ids.split(' ').map((id, i) => (
          <MedicineLine key={id} id={id} number={i + 1} />
        ))}
      </div>
    </Section>
  )
}

function MedicineLine({ id, number }: { readonly id: string; readonly number: number }) {
  const words = useWords()
  const t = words.entry.medicines
  const row = useEntry((entry) => entry.form.medicines.find((each) => each.id === id))
  const setRow = useEntry((entry) => entry.setRow)
  const [isWanted, setWanted] = useState(false)
  if (!row) return null
  const isBlank = isBlankRow.medicines(row)
  const isFilled = hasExtras(row)
  const isOpen = !isBlank && (isWanted || isFilled)
  const set = (patch: Partial<MedicineRow>) => setRow('medicines', id, { isCopied: false, ...patch })
  const rowName = words.entry.row.row(words.entry.sections[6] ?? '', number)
  const plainDay = (key: 'start' | 'end') => (typed: string) => {
    const day = readDay(typed, todayNow())
    if (day !== null && day !== typed) set({ [key]: day })
  }
  const text = (key: 'dose' | 'unit' | 'days' | 'text', label: string, enter?: 'skip') => (
    <EntryText
      field={`medicines.${id}.${key}`}
      label={`${label}, ${rowName}`}
      isLabelHidden
      value={row[key]}
      isCopied={row.isCopied}
      {...(enter ? { enter } : {})}
      onChange={(value) => set({ [key]: value })}
    />
  )
  const extra = (
    key: 'perDay' | 'quantity' | 'refills' | 'start' | 'end',
    label: string,
    width: string,
    onLeave?: (typed: string) => void,
  ) => (
    <EntryText
      field={`medicines.${id}.${key}`}
      label={label}
      width={width}
      value={row[key]}
      enter="skip"
      {...(onLeave ? { onLeave } : {})}
      isCopied={row.isCopied}
      onChange={(value) => set({ [key]: value })}
    />
  )
  return (
    <div className={styles.row} data-row={id} data-copied={row.isCopied || undefined}>
      <CodePicker
        list="medicine"
        field={`medicines.${id}.code`}
        label={`${t.code}, ${rowName}`}
        isLabelHidden
        placeholder={t.codeHint}
        picked={row.code}
        isCopied={row.isCopied}
        wanted={(text) => readMedicineLine(text)?.name ?? text}
        onTaken={(text) =>
          // A whole line leaves nothing to fill in: the next medicine follows.
          isWholeLine(text)
            ? queueMicrotask(() => goToSpareRow(`medicines.${id}.code`))
            : goOn(`medicines.${id}.code`)
        }
        onLeave={(text) => {
          // As it is now and not as it was drawn last: Enter may have chosen a code a moment ago.
          const now = useEntry.getState().form.medicines.find((each) => each.id === id)
          if (now === undefined || now.code.code !== null) return
          const line = readMedicineLine(text)
          if (line) set({ code: { text: line.name, code: null }, ...fieldsOfOrder(line) })
        }}
        onChange={(code, hit, typed) => {
          const line = hit === null ? null : readMedicineLine(typed)
          const usual = row.dose === '' && line === null ? readUsualDose(hit?.hint) : null
          const order = line ?? usual
          // Where nobody said another way: as medicines of this group are given.
          const route = hit === null || row.route !== emptyRow.medicines('').route ? {} : routeOf(hit)
          set({ code, usual: hit?.hint ?? '', ...route, ...(order === null ? {} : fieldsOfOrder(order)) })
        }}
      />
      {text('dose', t.dose)}
      {text('unit', t.unit, 'skip')}
      <FrequencyField
        field={`medicines.${id}.frequency`}
        label={`${t.frequency}, ${rowName}`}
        value={row.frequency}
        isCopied={row.isCopied}
        // How many a day was said by how often.
        onChange={(frequency) => set({ frequency, perDay: '' })}
      />
      {text('days', t.days)}
      <EntrySelect
        field={`medicines.${id}.route`}
        label={`${t.route}, ${rowName}`}
        isLabelHidden
        value={row.route as keyof typeof words.clinical.route}
        options={words.clinical.route}
        enter="skip"
        onChange={(route) => set({ route })}
      />
      {text('text', t.text, 'skip')}
      <RemoveButton section="medicines" id={id} what={row.code.text || rowName} isBlank={isBlank} />
      <MoreButton
        what={row.code.text || rowName}
        isOpen={isOpen}
        isNeeded={!isBlank && !isFilled}
        onToggle={() => setWanted(!isWanted)}
      />
      {isOpen && (
        <div className={styles.extras} role="group" aria-label={rowName}>
          <Checkbox
            className={styles.extraCheck}
            label={words.clinical.asNeeded}
            data-field={`medicines.${id}.asNeeded`}
            data-enter="skip"
            checked={row.asNeeded}
            onChange={(event) => set({ asNeeded: event.currentTarget.checked })}
          />
          {extra('perDay', t.perDay, '5.5rem')}
          {extra('start', t.start, '6.75rem', plainDay('start'))}
          {extra('end', t.end, '6.75rem', plainDay('end'))}
          {extra('quantity', t.quantity, '5rem')}
          {extra('refills', t.refills, '5rem')}
          <EntrySelect
            field={`medicines.${id}.status`}
            label={t.status}
            width="7rem"
            value={row.status}
            options={words.clinical.prescriptionStatus}
            only={ENTERED}
            enter="skip"
            onChange={(status) => set({ status })}
          />
        </div>
      )}
    </div>
  )
}

/** Whether anything is said that the row itself does not show. */
const hasExtras = (row: MedicineRow): boolean =>
  row.asNeeded ||
  row.status !== 'active' ||
  [row.perDay, row.start, row.end, row.quantity, row.refills].some((text) => text.trim() !== '')

/** States that a person enters; those of an import are shown as they are. */
const ENTERED = ['active', 'completed', 'stopped', 'on-hold'] as const

const routeOf = ({ code }: { readonly code: string }): { route?: string } =>
  /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/.test(code) ? { route: usualRoute(code) } : {}
