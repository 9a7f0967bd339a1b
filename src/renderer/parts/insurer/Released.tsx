/** A figure or a table with its one way out beside it. */
import type { ReactNode } from 'react'
import type { Figure } from '../research/figure.ts'
import { FigureView } from '../research/FigureView.tsx'
import type { PaperTable } from '../research/paper-table.ts'
import { PaperTableView } from '../research/PaperTableView.tsx'
import { ReleaseMenu } from '../research/ReleaseMenu.tsx'
import styles from './Released.module.css'

interface Of {
  readonly studyHash: string
  /** Null: the table's own title. */
  readonly title?: ReactNode
  /** On the button, where another one beside it saves something else. */
  readonly save?: string | undefined
}

export function ReleasedTable({ table, studyHash, title, save }: Of & { readonly table: PaperTable }) {
  return (
    <section className={styles.stack}>
      <div className={styles.head}>
        <h3>{title ?? table.title}</h3>
        <ReleaseMenu
          what={{ kind: 'table', name: table.title, table }}
          of={{ jobId: null, studyHash }}
          label={save}
        />
      </div>
      <PaperTableView table={table} />
    </section>
  )
}

export function ReleasedFigure({
  figure,
  name,
  studyHash,
}: Of & { readonly figure: Figure; readonly name: string }) {
  return (
    <figure className={styles.stack} style={{ margin: 0 }}>
      <div className={styles.head}>
        <h3>{name}</h3>
        <ReleaseMenu what={{ kind: 'figure', name, figure }} of={{ jobId: null, studyHash }} />
      </div>
      <FigureView figure={figure} />
    </figure>
  )
}
