/** One section of the form with its place, which is its key. */
import type { ReactNode } from 'react'
import { useWords } from '../../../words/catalogue.ts'
import { sectionId } from './go-on.ts'
import { type SectionNumber, templateOf } from './templates.ts'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

interface Props {
  readonly number: number
  readonly side?: ReactNode
  readonly children: ReactNode
}

export function Section({ number, side, children }: Props) {
  const t = useWords().entry
  const place = useEntry((entry) => placeOf(entry.form.template, number))
  return (
    <fieldset id={sectionId(number)} className={`card ${styles.section}`}>
      <legend className="visually-hidden">{t.sections[number - 1]}</legend>
      <div className={styles.sectionHead} aria-hidden>
        <span className={styles.number}>{place}</span>
        <strong>{t.sections[number - 1]}</strong>
        {side && <span className={styles.sectionSide}>{side}</span>}
      </div>
      {children}
    </fieldset>
  )
}

/** Names of the columns; the last ones, of what is done with a row, have none. */
export function ColumnHeads({ of, hasMore }: { readonly of: readonly string[]; readonly hasMore?: true }) {
  return (
    <>
      {of.map((head) => (
        <span key={head} className={styles.head} aria-hidden>
          {head}
        </span>
      ))}
      <span aria-hidden />
      {hasMore && <span aria-hidden />}
    </>
  )
}

/** Where a section stands under a template; patient and visit are always first. */
export const placeOf = (template: string, section: number): number => {
  const place = templateOf(template).sections.indexOf(section as SectionNumber)
  return place < 0 ? section : place + 3
}
