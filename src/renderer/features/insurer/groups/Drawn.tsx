/** A chart, or the table of the same numbers; both may be taken out. */
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { Figure } from '../../../parts/research/figure.ts'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Groups.module.css'

interface Props {
  readonly title: string
  readonly figure: Figure | null
  readonly table: PaperTable
  readonly of: { readonly jobId: null; readonly studyHash: string }
  /** Said below the chart in place of what is said below the table. */
  readonly said?: readonly string[]
  /** Said where there is nothing to draw. */
  readonly nothing: string
}

export function Drawn({ title, figure, table, said = table.notes, of, nothing }: Props) {
  const t = useWords().groups
  const [form, setForm] = useState<'chart' | 'table'>('chart')
  if (figure === null)
    return (
      <Panel title={title}>
        <p className={room.said}>{nothing}</p>
      </Panel>
    )
  const isChart = form === 'chart'
  return (
    <Panel
      title={title}
      side={
        <div className={styles.side}>
          <SegmentedControl
            size="xs"
            aria-label={title}
            value={form}
            data={[
              { value: 'chart', label: t.asChart },
              { value: 'table', label: t.asTable },
            ]}
            onChange={(next) => setForm(next as 'chart' | 'table')}
          />
          <ReleaseMenu
            what={isChart ? { kind: 'figure', name: title, figure } : { kind: 'table', name: title, table }}
            of={of}
          />
        </div>
      }
    >
      {isChart ? (
        <div className={room.small}>
          <FigureView figure={figure} />
          {said.map((note) => (
            <p key={note} className="secondary">
              {note}
            </p>
          ))}
        </div>
      ) : (
        <PaperTableView table={table} />
      )}
    </Panel>
  )
}
