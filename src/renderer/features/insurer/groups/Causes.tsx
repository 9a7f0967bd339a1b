/** From a signal to its cause: one group cut by age, condition or month, or the plain reason why it goes no further. */
import { SegmentedControl } from '@mantine/core'
import {
  causeBy,
  type CauseBy,
  type MonitorGroupView,
  type MonitorUnits,
} from '../../../../shared/contract/monitor.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Groups.module.css'
import { causeTable } from './tables.ts'

interface Props {
  readonly units: Pick<MonitorUnits, 'causes'>
  readonly label: string
  readonly group: Pick<MonitorGroupView, 'months' | 'prevalence'>
  readonly by: CauseBy
  onCut(by: CauseBy): void
  readonly of: { readonly jobId: null; readonly studyHash: string }
}

export function Causes({ units, label, group, by, onCut, of }: Props) {
  const words = useWords()
  const t = words.groups
  const locale = useLocale()
  const found = units.causes.find((each) => each.label === label && each.by === by)?.cause
  const table = found?.kind === 'rows' ? causeTable(label, by, found, group, words, locale) : null
  return (
    <Panel
      title={t.causes}
      side={
        <div className={styles.side}>
          <SegmentedControl
            size="xs"
            aria-label={t.causes}
            value={by}
            data={causeBy.options.map((value) => ({ value, label: t.by[value] }))}
            onChange={(next) => onCut(next as CauseBy)}
          />
          {table !== null && <ReleaseMenu what={{ kind: 'table', name: table.title, table }} of={of} />}
        </div>
      }
    >
      <div className={styles.whole} data-testid="cause">
        {table !== null ? (
          <PaperTableView table={table} />
        ) : (
          <p className={room.said}>{t.stops[found?.kind === 'stops' ? found.reason : 'no-table']}</p>
        )}
      </div>
    </Panel>
  )
}
