/** A card with a heading. */
import type { ReactNode } from 'react'
import styles from './Panel.module.css'

interface Props {
  readonly title?: ReactNode
  readonly side?: ReactNode
  readonly children: ReactNode
  readonly isFlush?: boolean
}

export function Panel({ title, side, children, isFlush }: Props) {
  return (
    <section className={`card ${styles.panel}`}>
      {title && (
        <header className={styles.head}>
          <h2 className={styles.title}>{title}</h2>
          {side}
        </header>
      )}
      <div className={isFlush ? styles.flush : styles.body}>{children}</div>
    </section>
  )
}
