/** Prescriptions: medicine, dose, how often, how long. Choosing a medicine proposes its usual dose. */
import { useWords } from '../../../words/catalogue.ts'
import { CodePicker } from './CodePicker.tsx'
import { readUsualDose } from './dose-hint.ts'
import { goOn, goToSpareRow } from './go-on.ts'
import { fieldsOfLine, readMedicineLine } from './medicine-line.ts'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { isBlankRow, type MedicineRow } from './form.ts'
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
        <ColumnHeads of={[t.code, t.dose, t.unit, t.frequency, t.days, t.route, t.text]} />
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
  if (!row) return null
  const set = (patch: Partial<MedicineRow>) => setRow('medicines', id, { isCopied: false, ...patch })
  const rowName = words.entry.row.row(words.entry.sections[6] ?? '', number)
  const plainEnd = (typed: string) => {
    const day = readDay(typed, todayNow())
    if (day !== null && day !== typed) set({ end: day })
  }
  const text = (
    key: 'dose' | 'unit' | 'days' | 'text' | 'quantity' | 'refills' | 'end',
    label: string,
    enter?: 'skip',
    isLabelShown = false,
  ) => (
    <EntryText
      field={`medicines.${id}.${key}`}
      label={isLabelShown ? label : `${label}, ${rowName}`}
      {...(isLabelShown ? { width: '7rem' } : { isLabelHidden: true })}
      value={row[key]}
      {...(key === 'end' ? { onLeave: plainEnd } : {})}
      isCopied={row.isCopied}
      {...(enter ? { enter } : {})}
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
          if (line) set({ code: { text: line.name, code: null }, ...fieldsOfLine(line) })
        }}
        onChange={(code, hit, typed) => {
          const line = hit === null ? null : readMedicineLine(typed)
          const usual = row.dose === '' && line === null ? readUsualDose(hit?.hint) : null
          set({ code, ...(usual ?? {}), ...(line === null ? {} : fieldsOfLine(line)) })
        }}
      />
      {text('dose', t.dose)}
      {text('unit', t.unit, 'skip')}
      <EntrySelect
        field={`medicines.${id}.frequency`}
        label={`${t.frequency}, ${rowName}`}
        isLabelHidden
        value={row.frequency as keyof typeof words.clinical.frequency}
        options={words.clinical.frequency}
        onChange={(frequency) => set({ frequency })}
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
      <RemoveButton
        section="medicines"
        id={id}
        what={row.code.text || rowName}
        isBlank={isBlankRow.medicines(row)}
      />
      {!isBlankRow.medicines(row) && (
        <div className={styles.extras}>
          {text('quantity', t.quantity, 'skip', true)}
          {text('refills', t.refills, 'skip', true)}
          {text('end', t.end, 'skip', true)}
        </div>
      )}
    </div>
  )
}

function isWholeLine(text: string): boolean {
  const line = readMedicineLine(text)
  return line !== null && line.unit !== '' && line.frequency !== '' && line.days !== ''
}
