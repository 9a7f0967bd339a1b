/** One line for what the source has and the form has no field for; a way to look at it, and to take a part away. */
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Observation } from '../../../../shared/domain/visit.ts'
import { formatRecordedInstant } from '../../../lib/format.ts'
import { ObservationValue, observationName } from '../../../parts/RecordView.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { KEPT_FIELD } from './field-of-path.ts'
import { keptParts } from './kept.ts'
import { useEntry } from './use-entry.ts'
import styles from './Kept.module.css'

export function KeptOfSource() {
  const t = useWords().entry.kept
  const locale = useLocale()
  const source = useEntry((entry) => entry.form.source)
  const dropped = useEntry((entry) => entry.form.dropped)
  const set = useEntry((entry) => entry.set)
  const [isOpen, setOpen] = useState(false)
  const parts = useMemo(() => keptParts(source), [source])
  if (parts.length === 0) return null
  const kept = parts.filter(({ path }) => !dropped.includes(path))
  return (
    <section className={`card ${styles.kept}`} aria-label={t.title} data-testid="kept">
      <div className={styles.line}>
        <span role="status">
          {kept.length === 0 ? t.none : t.some(kept.length)}
          {kept.length < parts.length && ` ${t.removedCount(parts.length - kept.length)}`}
        </span>
        <Button
          variant="default"
          size="compact-sm"
          data-field={KEPT_FIELD}
          data-enter="skip"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? t.hide : t.look}
        </Button>
      </div>
      {isOpen && (
        <ul className={styles.list}>
          {parts.map((part) => {
            const isGone = dropped.includes(part.path)
            const name = observationName(part.result, locale)
            return (
              <li key={part.path} data-gone={isGone || undefined}>
                <span className={styles.name}>{name}</span>
                <span className={styles.value}>
                  <Kept result={part.result} />
                </span>
                {isGone && <strong className={styles.mark}>{t.removed}</strong>}
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={isGone ? t.keepThis(name) : t.removeThis(name)}
                  onClick={() =>
                    set({
                      dropped: isGone
                        ? dropped.filter((each) => each !== part.path)
                        : [...dropped, part.path],
                    })
                  }
                >
                  {isGone ? t.keep : t.remove}
                </Button>
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}

function Kept({ result }: { readonly result: Observation }) {
  const at = result.effective ?? result.specimenCollected
  return (
    <>
      <ObservationValue of={result} words={useWords()} />
      {at !== undefined && <span className="secondary"> {formatRecordedInstant(at)}</span>}
    </>
  )
}
