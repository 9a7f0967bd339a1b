/** What waits for a checker of this hospital, and what was decided. */
import { Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import type { ProposalRow } from '../../../../shared/contract/checks.ts'
import { formatMinute, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { replacePlace } from '../../../lib/router.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import type { RoomProps } from '../../../parts/route.ts'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ApproveFormula } from './ApproveFormula.tsx'
import styles from './Checks.module.css'
import { ProposalPane } from './ProposalPane.tsx'

export function Checks({ parts }: RoomProps) {
  const t = useWords().checks
  const locale = useLocale()
  const [chosen] = parts
  const list = useAsk(() => node.checks.list(), [], ['requests.changed', 'node.segmentFinal'])
  const columns = useMemo(
    (): TableColumn<ProposalRow>[] => [
      { id: 'title', header: t.columns.title, width: 'minmax(10rem, 3fr)', value: ({ title }) => title },
      {
        id: 'requester',
        header: t.columns.requester,
        width: 'minmax(8rem, 2fr)',
        value: ({ requester }) => requester,
      },
      {
        id: 'at',
        header: t.columns.at,
        // With the zone of its hours.
        width: '14rem',
        value: ({ at }) => (at === null ? '' : formatMinute(at)),
      },
      {
        id: 'verdicts',
        header: t.columns.verdicts,
        width: 'minmax(8rem, 1fr)',
        value: ({ approvals, needed, refusals }) =>
          t.verdicts(
            formatNumber(approvals, locale),
            formatNumber(needed, locale),
            formatNumber(refusals, locale),
          ),
      },
      { id: 'mine', header: t.columns.mine, width: '8rem', value: ({ mayCheck }) => t.mayCheck[mayCheck] },
    ],
    [t, locale],
  )
  return (
    <div className="room">
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${styles.body}`}>
        <p className="secondary">{t.intro}</p>
        {list.failure !== undefined && list.value === undefined ? (
          <FailureNote code={list.failure} onRetry={list.again} />
        ) : list.value === undefined ? (
          <Skeleton height={240} />
        ) : list.value.length === 0 && chosen === undefined ? (
          <EmptyState>{t.empty}</EmptyState>
        ) : (
          <div className={styles.split} data-open={chosen !== undefined || undefined}>
            <div className={styles.grid}>
              <DataTable
                label={t.label}
                columns={chosen === undefined ? columns : [columns[0]!, columns[3]!]}
                rows={list.value}
                rowId={({ studyHash }) => studyHash}
                selectedId={chosen}
                onOpen={({ studyHash }) => replacePlace('checks', studyHash)}
                words={t.sorting}
              />
            </div>
            {chosen !== undefined && (
              <ProposalPane
                key={chosen}
                studyHash={chosen}
                onDecided={list.again}
                onClose={() => replacePlace('checks')}
              />
            )}
          </div>
        )}
        {chosen === undefined && <ApproveFormula />}
      </div>
    </div>
  )
}
