/** A name with its value, for what is read and not typed. */
import type { ReactNode } from 'react'
import styles from './Field.module.css'

export function Fields({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.fields}>{children}</dl>
}

export function Field({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={styles.field}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
