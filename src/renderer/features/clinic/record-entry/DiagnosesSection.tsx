/** Diagnoses: code and the clinician's words; one of them is the principal. */
import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { ICD10_SYSTEMS } from '../../../../shared/domain/visit-check.ts'
import { useWords } from '../../../words/catalogue.ts'
import { CodePicker } from './CodePicker.tsx'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { type DiagnosisRow, isBlankRow } from './form.ts'
import { lastsByNature } from './lasts.ts'
import { MoreButton } from './MoreButton.tsx'
import { RemoveButton } from './RemoveButton.tsx'
import { ColumnHeads, Section } from './Section.tsx'
import { templateOf } from './templates.ts'
import { readPartialDay } from '../../../parts/typed-date.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function DiagnosesSection() {
  const t = useWords().entry.diagnoses
  const ids = useEntry((entry) => entry.form.diagnoses.map((row) => row.id).join(' '))
  const isStay = useEntry((entry) => entry.form.encounter.class === 'IMP')
  return (
    <Section number={5}>
      <div className={styles.diagnoses} data-stay={isStay || undefined}>
        <ColumnHeads of={[t.code, t.text, t.role, ...(isStay ? [t.poa] : []), t.chronic]} hasMore />
        {ids.split(' ').map((id, i) => (
          <DiagnosisLine key={id} id={id} number={i + 1} isStay={isStay} />
        ))}
      </div>
    </Section>
  )
}

function DiagnosisLine({
  id,
  number,
  isStay,
}: {
  readonly id: string
  readonly number: number
  readonly isStay: boolean
}) {
  const words = useWords()
  const t = words.entry.diagnoses
  const row = useEntry((entry) => entry.form.diagnoses.find((each) => each.id === id))
  const template = useEntry((entry) => entry.form.template)
  const setRow = useEntry((entry) => entry.setRow)
  const [isWanted, setWanted] = useState(false)
  if (!row) return null
  const isBlank = isBlankRow.diagnoses(row)
  const isFilled = hasExtras(row)
  const isOpen = !isBlank && (isWanted || isFilled)
  // Whatever is changed in a copied row was looked at.
  const set = (patch: Partial<DiagnosisRow>) => setRow('diagnoses', id, { isCopied: false, ...patch })
  const rowName = words.entry.row.row(words.entry.sections[4] ?? '', number)
  const date = (key: 'onset' | 'abatement', label: string) => (
    <EntryText
      field={`diagnoses.${id}.${key}`}
      label={label}
      width="7.5rem"
      placeholder={t.dateHint}
      value={row[key]}
      enter="skip"
      isCopied={row.isCopied}
      onLeave={(typed) => {
        const day = readPartialDay(typed, todayNow())
        if (day !== null && day !== typed) set({ [key]: day })
      }}
      onChange={(value) => set({ [key]: value })}
    />
  )
  return (
    <div className={styles.row} data-row={id} data-copied={row.isCopied || undefined}>
      <CodePicker
        list="diagnosis"
        field={`diagnoses.${id}.code`}
        label={`${t.code}, ${rowName}`}
        isLabelHidden
        placeholder={t.codeHint}
        picked={row.code}
        isCopied={row.isCopied}
        usual={templateOf(template).diagnoses.map((code) => ({ system: ICD10_SYSTEMS[0]!, code }))}
        onChange={(code, hit) =>
          set({ code, ...(hit !== null && lastsByNature(hit.code) ? { isChronic: true } : {}) })
        }
      />
      <EntryText
        field={`diagnoses.${id}.text`}
        label={`${t.text}, ${rowName}`}
        isLabelHidden
        value={row.text}
        isCopied={row.isCopied}
        onChange={(text) => set({ text })}
      />
      <EntrySelect
        field={`diagnoses.${id}.role`}
        label={`${t.role}, ${rowName}`}
        isLabelHidden
        value={row.role}
        options={words.clinical.role}
        enter="skip"
        onChange={(role) => set({ role })}
      />
      {isStay && (
        <EntrySelect
          field={`diagnoses.${id}.poa`}
          label={`${t.poa}, ${rowName}`}
          isLabelHidden
          value={row.poa}
          options={words.clinical.poa}
          onChange={(poa) => set({ poa })}
        />
      )}
      <Checkbox
        className={styles.check}
        aria-label={`${t.chronic}, ${rowName}`}
        data-enter="skip"
        checked={row.isChronic}
        onChange={(event) => set({ isChronic: event.currentTarget.checked })}
      />
      <RemoveButton section="diagnoses" id={id} what={row.code.text || rowName} isBlank={isBlank} />
      <MoreButton
        what={row.code.text || rowName}
        isOpen={isOpen}
        isNeeded={!isBlank && !isFilled}
        onToggle={() => setWanted(!isWanted)}
      />
      {isOpen && (
        <div className={styles.extras} role="group" aria-label={rowName}>
          <EntrySelect
            field={`diagnoses.${id}.verification`}
            label={t.verification}
            width="8rem"
            value={row.verification}
            options={words.clinical.verification}
            only={ENTERED}
            enter="skip"
            onChange={(verification) => set({ verification })}
          />
          {date('onset', t.onset)}
          {date('abatement', t.abatement)}
        </div>
      )}
    </div>
  )
}

/** Whether anything is said that the row itself does not show. */
const hasExtras = (row: DiagnosisRow): boolean =>
  row.verification !== 'confirmed' || row.onset.trim() !== '' || row.abatement.trim() !== ''

/** What a person can say of it; an import's “unknown” is shown as it is. */
const ENTERED = ['confirmed', 'provisional', 'refuted'] as const
