/** The institutions of the consortium in rows: vote, connection, how far behind. */
import { VisuallyHidden } from '@mantine/core'
import {
  IconCircleCheck,
  IconCircleX,
  IconHome,
  IconPlugConnectedX,
  IconUserExclamation,
} from '@tabler/icons-react'
import type { MemberView } from '../../../../shared/contract/governance.ts'
import { formatNumber } from '../../../lib/format.ts'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Network.module.css'

interface Props {
  readonly members: readonly MemberView[]
  /** Names of those that no node of the demonstration runs for. */
  readonly silent: readonly string[]
  readonly selectedId: string | undefined
  onOpen(memberId: string): void
}

export function Members({ members, silent, selectedId, onOpen }: Props) {
  const t = useWords().network
  const locale = useLocale()
  const columns: TableColumn<MemberView>[] = [
    {
      id: 'name',
      header: t.columns.name,
      width: 'minmax(13rem, 2fr)',
      value: (row) => row.name,
      cell: (row) => <strong>{row.name}</strong>,
    },
    {
      id: 'kind',
      header: t.columns.kind,
      // As wide as “Hospital · votes” with the sign beside it.
      width: 'minmax(11rem, 0.8fr)',
      value: (row) => `${row.isVoter ? 0 : 1} ${row.kind}`,
      cell: (row) =>
        row.suspension ? (
          <span className={styles.mark} data-tone="bad">
            <IconCircleX size={15} aria-hidden /> {t.named}
            {row.isVoter && ` · ${t.votes}`}
          </span>
        ) : (
          <>
            {t.kind[row.kind]}
            {row.isVoter && ` · ${t.votes}`}
            {row.isVoter && row.connection.restart === 'person' && (
              <span className={styles.besideWords} title={`${t.member.restart}: ${t.restart.person}`}>
                <IconUserExclamation size={15} aria-hidden />
                <VisuallyHidden>{`${t.member.restart}: ${t.restart.person}`}</VisuallyHidden>
              </span>
            )}
          </>
        ),
    },
    {
      id: 'connection',
      header: t.columns.connection,
      width: 'minmax(7.75rem, 0.6fr)',
      value: (row) => row.connection.state,
      cell: (row) => (
        <span
          title={
            row.connection.rttMs === null
              ? undefined
              : `${t.columns.roundTrip}: ${t.milliseconds(formatNumber(row.connection.rttMs, locale))}`
          }
        >
          <Connection member={row} isSilent={silent.includes(row.name)} />
        </span>
      ),
    },
    {
      id: 'lag',
      header: t.columns.lag,
      width: 'minmax(6rem, 0.5fr)',
      isNumeric: true,
      value: (row) => row.connection.lag,
      cell: (row) =>
        row.connection.lag === null || row.connection.height === null ? (
          <span className="secondary">{t.unknown}</span>
        ) : row.connection.state !== 'up' && !row.isSelf ? (
          <span className="secondary">{t.lastAt(formatNumber(row.connection.height, locale))}</span>
        ) : (
          t.heights(row.connection.lag, formatNumber(row.connection.lag, locale))
        ),
    },
  ]
  return (
    <div
      className={styles.table}
      style={{ height: `${HEAD_REM + ROW_REM * Math.min(members.length, ROWS_MAX)}rem` }}
    >
      <DataTable
        label={t.membersTitle}
        columns={columns}
        rows={members}
        rowId={(row) => row.memberId}
        selectedId={selectedId}
        onOpen={(row) => onOpen(row.memberId)}
        words={t.sorting}
      />
    </div>
  )
}

/** As tall as what is in it, up to a point; then it scrolls. */
const HEAD_REM = 2.25
const ROW_REM = 2
const ROWS_MAX = 14

const ICONS = {
  self: [IconHome, 'plain'],
  up: [IconCircleCheck, 'good'],
  away: [IconPlugConnectedX, 'warn'],
  'left-out': [IconCircleX, 'bad'],
  'no-network': [IconPlugConnectedX, 'plain'],
} as const

function Connection({ member, isSilent }: { readonly member: MemberView; readonly isSilent: boolean }) {
  const t = useWords().network
  if (isSilent)
    return (
      <span className={styles.mark} data-tone="plain">
        <IconPlugConnectedX size={15} aria-hidden /> {t.silent.short}
      </span>
    )
  const [Icon, tone] = ICONS[member.connection.state]
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={15} aria-hidden /> {t.connection[member.connection.state]}
    </span>
  )
}
