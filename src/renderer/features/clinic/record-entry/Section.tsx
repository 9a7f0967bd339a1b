/** One section of the form with its number, which is its key. */
import type { ReactNode } from 'react'
import { useWords } from '../../../words/catalogue.ts'
import { sectionId } from './go-on.ts'
import styles from './Entry.module.css'

interface Props {
  readonly number: number
  readonly side?: ReactNode
  readonly children: ReactNode
}

export function Section({ number, side, children }: Props) {
  const t = useWords().entry
  return (
    <fieldset id={sectionId(number)} className={`card ${styles.section}`}>
      <legend className="visually-hidden">{t.sections[number - 1]}</legend>
      <div className={styles.sectionHead} aria-hidden>
        <span className={styles.number}>{number}</span>
        <strong>{t.sections[number - 1]}</strong>
        {side && <span className={styles.sectionSide}>{side}</span>}
      </div>
      {children}
    </fieldset>
  )
}

export function ColumnHeads({ of }: { readonly of: readonly string[] }) {
  return (
    <>
      {of.map((head) => (
        <span key={head} className={styles.head} aria-hidden>
          {head}
        </span>
      ))}
      <span aria-hidden />
    </>
  )
}
