/** Procedures: code, date, side, details. */
import { useWords } from '../../../words/catalogue.ts'
import { CodePicker } from './CodePicker.tsx'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { isBlankRow, type ProcedureRow } from './form.ts'
import { RemoveButton } from './RemoveButton.tsx'
import { ColumnHeads, Section } from './Section.tsx'
import { readDay } from '../../../parts/typed-date.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function ProceduresSection() {
  const t = useWords().entry.procedures
  const ids = useEntry((entry) => entry.form.procedures.map((row) => row.id).join(' '))
  return (
    <Section number={6}>
      <div className={styles.procedures}>
        <ColumnHeads of={[t.code, t.text, t.performed, t.laterality]} />
        {ids.split(' ').map((id, i) => (
          <ProcedureLine key={id} id={id} number={i + 1} />
        ))}
      </div>
    </Section>
  )
}

function ProcedureLine({ id, number }: { readonly id: string; readonly number: number }) {
  const words = useWords()
  const t = words.entry.procedures
  const row = useEntry((entry) => entry.form.procedures.find((each) => each.id === id))
  const admissionDay = useEntry((entry) => entry.form.encounter.day)
  const setRow = useEntry((entry) => entry.setRow)
  if (!row) return null
  const set = (patch: Partial<ProcedureRow>) => setRow('procedures', id, patch)
  const rowName = words.entry.row.row(words.entry.sections[5] ?? '', number)
  return (
    <div className={styles.row} data-row={id}>
      <CodePicker
        list="procedure"
        field={`procedures.${id}.code`}
        label={`${t.code}, ${rowName}`}
        isLabelHidden
        placeholder={t.codeHint}
        picked={row.code}
        onChange={(code) => set({ code, performed: row.performed || admissionDay })}
      />
      <EntryText
        field={`procedures.${id}.text`}
        label={`${t.text}, ${rowName}`}
        isLabelHidden
        value={row.text}
        onChange={(text) => set({ text })}
      />
      <EntryText
        field={`procedures.${id}.performed`}
        label={`${t.performed}, ${rowName}`}
        isLabelHidden
        value={row.performed}
        enter="skip"
        onChange={(performed) => set({ performed })}
        onLeave={(text) => {
          const day = readDay(text, todayNow())
          if (day !== null && day !== text) set({ performed: day })
        }}
      />
      <EntrySelect
        field={`procedures.${id}.laterality`}
        label={`${t.laterality}, ${rowName}`}
        isLabelHidden
        value={row.laterality}
        options={words.clinical.laterality}
        enter="skip"
        onChange={(laterality) => set({ laterality })}
      />
      <RemoveButton
        section="procedures"
        id={id}
        what={row.code.text || rowName}
        isBlank={isBlankRow.procedures(row)}
      />
    </div>
  )
}
