/** What is seldom said of a result: the laboratory's own range, a mark, its state, or why there is none. */
import { useWords } from '../../../words/catalogue.ts'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import type { LabRow } from './form.ts'
import styles from './Entry.module.css'

interface Props {
  readonly row: LabRow
  readonly rowName: string
  set(patch: Partial<LabRow>): void
}

export function LabExtras({ row, rowName, set }: Props) {
  const words = useWords()
  const t = words.entry.labs
  return (
    <div className={styles.extras} role="group" aria-label={rowName}>
      <EntryText
        field={`labs.${row.id}.range`}
        label={t.range}
        width="9rem"
        placeholder={t.rangeHint}
        value={row.range}
        enter="skip"
        onChange={(range) => set({ range })}
      />
      <EntrySelect
        field={`labs.${row.id}.flag`}
        label={t.flag}
        width="9rem"
        value={row.flag}
        options={words.clinical.flags}
        only={MARKS}
        enter="skip"
        onChange={(flag) => set({ flag })}
      />
      <EntrySelect
        field={`labs.${row.id}.status`}
        label={t.status}
        width="8rem"
        value={row.status}
        options={words.clinical.resultStatus}
        only={STATES}
        enter="skip"
        onChange={(status) => set({ status })}
      />
      {row.value.trim() === '' && (
        <EntrySelect
          field={`labs.${row.id}.absent`}
          label={t.absent}
          width="10rem"
          value={row.absent}
          options={words.clinical.absent}
          enter="skip"
          onChange={(absent) => set({ absent })}
        />
      )}
    </div>
  )
}

/** Whether anything is said that the row itself does not show. */
export const hasLabExtras = (row: LabRow): boolean =>
  row.range.trim() !== '' || row.flag !== '' || row.status !== 'final' || row.absent !== ''

const MARKS = ['', 'N', 'H', 'L', 'HH', 'LL', 'A', 'AA'] as const
/** States that a person enters; those of an import are shown as they are. */
const STATES = ['final', 'preliminary', 'corrected'] as const
