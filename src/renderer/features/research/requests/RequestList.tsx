/** Everything that this institution has asked, newest first, with where it is; one of them beside it. */
import { Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import type { Catalog, RequestRow } from '../../../../shared/contract/requests.ts'
import { formatMinute, formatRho } from '../../../lib/format.ts'
import { replacePlace } from '../../../lib/router.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { RequestPane } from './RequestPane.tsx'
import { StateOf } from './StateOf.tsx'
import styles from './Requests.module.css'

interface Props {
  readonly rows: readonly RequestRow[] | undefined
  readonly failure: string | undefined
  readonly catalog: Catalog
  /** The one whose pane is open. */
  readonly chosen: string | undefined
  onRetry(): void
  onCompose(): void
}

export function RequestList({ rows, failure, catalog, chosen, onRetry, onCompose }: Props) {
  const t = useWords().requests
  const locale = useLocale()
  const columns = useMemo(
    (): TableColumn<RequestRow>[] => [
      {
        id: 'title',
        header: t.list.columns.title,
        width: 'minmax(10rem, 3fr)',
        value: (row) => row.title ?? t.list.untitled(row.studyHash.slice(0, 8)),
      },
      {
        id: 'state',
        header: t.list.columns.state,
        // As wide as “由兩位檢查者審視中” with its sign, beside an open pane at 1280 too.
        width: 'minmax(11rem, 2fr)',
        value: ({ state }) => t.states[state],
        cell: ({ state }) => <StateOf state={state} />,
      },
      {
        id: 'at',
        header: t.list.columns.at,
        // With the zone of its hours.
        width: '14rem',
        value: ({ at }) => (at === null ? '' : formatMinute(at)),
      },
      {
        id: 'price',
        header: t.list.columns.price,
        width: '9rem',
        isNumeric: true,
        value: ({ microRho }) => microRho,
        cell: ({ microRho }) => (microRho === 0 ? t.list.none : formatRho(microRho, locale)),
      },
      {
        id: 'output',
        header: t.list.columns.output,
        width: 'minmax(8rem, 2fr)',
        value: (row) => formOf(row, t),
      },
    ],
    [t, locale],
  )
  if (failure !== undefined && rows === undefined) return <FailureNote code={failure} onRetry={onRetry} />
  if (rows === undefined) return <Skeleton height={320} />
  if (rows.length === 0 && chosen === undefined)
    return (
      <EmptyState action={t.start} onAction={onCompose}>
        {t.list.empty}
      </EmptyState>
    )
  return (
    <div className={styles.split} data-open={chosen !== undefined || undefined}>
      <div className={styles.grid}>
        <DataTable
          label={t.list.label}
          // The pane says the rest.
          columns={chosen === undefined ? columns : columns.slice(0, 2)}
          rows={rows}
          rowId={({ studyHash }) => studyHash}
          selectedId={chosen}
          onOpen={({ studyHash }) => replacePlace('requests', 'list', studyHash)}
          words={t.list.sorting}
        />
      </div>
      {chosen !== undefined && (
        <RequestPane
          key={chosen}
          studyHash={chosen}
          catalog={catalog}
          onClose={() => replacePlace('requests', 'list')}
          onOpen={(hash) => replacePlace('requests', 'list', hash)}
          onCompose={onCompose}
        />
      )}
    </div>
  )
}

function formOf(row: RequestRow, t: ReturnType<typeof useWords>['requests']): string {
  const form =
    row.output === null ? '' : (t.compose.outputs[row.output as keyof typeof t.compose.outputs] ?? '')
  const again = row.chargeKind === 'repeat' || row.chargeKind === 'recompute' ? t.list[row.chargeKind] : ''
  return [form, again].filter((each) => each !== '').join(' · ')
}
