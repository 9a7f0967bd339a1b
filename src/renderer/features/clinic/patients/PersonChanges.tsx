/** What stood in a person's data before: who changed it, when, and from where the new value came. */
import { Text } from '@mantine/core'
import type { Patient, PersonalField } from '../../../../shared/contract/patients.ts'
import { formatMinute } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useWords, type Words } from '../../../words/catalogue.ts'
import styles from './History.module.css'

export function PersonChanges({ patient }: { readonly patient: Patient }) {
  const words = useWords()
  const t = words.patients.changes
  const { patientId } = patient
  const asked = useAsk(() => node.patients.changes({ patientId }), [patientId], ['patients.personChanged'])
  if (asked.failure !== undefined && !asked.value)
    return <FailureNote code={asked.failure} onRetry={asked.again} />
  return (
    <section aria-label={t.title}>
      <h3>{t.title}</h3>
      {asked.value?.length === 0 && <Text c="dimmed">{t.none}</Text>}
      <ul className={styles.links}>
        {(asked.value ?? []).map((change, i) => (
          <li key={i} data-testid="person-change">
            <span>
              {change.fields.map(({ field, before, after }) => (
                <div key={field}>
                  {t.line(
                    words.patients[field],
                    shownAs(field, before, words) ?? t.empty,
                    shownAs(field, after, words) ?? t.empty,
                  )}
                </div>
              ))}
            </span>
            <span className="secondary">
              {[t.how[change.how], t.by(change.byName, formatMinute(change.at))].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function shownAs(field: PersonalField, value: string | null, words: Words): string | null {
  if (value === null) return null
  if (field === 'sex') return (words.clinical.sex as Record<string, string>)[value] ?? value
  if (field === 'deceased') return value === 'true' ? words.patients.record.yes : words.patients.record.no
  return value
}
