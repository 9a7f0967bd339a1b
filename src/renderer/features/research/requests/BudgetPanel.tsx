/** What each limit leaves for this institution, and what that is in tables. */
import { Skeleton } from '@mantine/core'
import type { Budget, Catalog } from '../../../../shared/contract/requests.ts'
import { formatNumber, formatPercent } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { usualPrice } from './draft.ts'
import styles from './Requests.module.css'

/** Shown in the colour of a warning below this. */
const LOW = 0.15
/** Of one study that has not begun nothing is spent. */
const SAID = new Set(['lifetime', 'year', 'snapshot', 'pool', 'requester'])

export function BudgetPanel({ catalog }: { readonly catalog: Catalog }) {
  const t = useWords().requests.budget
  const snapshot = catalog.snapshots[0]?.hash
  const asked = useAsk(
    async () => (snapshot === undefined ? null : node.requests.budget({ snapshot, isPublished: false })),
    [snapshot],
    ['requests.changed'],
  )
  if (snapshot === undefined) return null
  return (
    <Panel title={t.title}>
      {asked.failure !== undefined && asked.value === undefined ? (
        <FailureNote code={asked.failure} onRetry={asked.again} />
      ) : asked.value == null ? (
        <Skeleton height={120} />
      ) : (
        <Limits budget={asked.value} />
      )}
    </Panel>
  )
}

function Limits({ budget }: { readonly budget: Budget }) {
  const t = useWords().requests.budget
  const locale = useLocale()
  const said = budget.limits.filter(({ limit }) => SAID.has(limit))
  const [first] = said
  if (first === undefined) return null
  const least = said.reduce((tightest, each) => (each.room < tightest.room ? each : tightest), first)
  const price = usualPrice('table', budget.chargeMost.table)
  const tables = Math.floor(least.room / price)
  const name = formatNumber(tables, locale)
  return (
    <div className={room.small}>
      <p className={styles.big} data-testid="budget-headline">
        {tables === 0
          ? (t.none[least.limit] ?? t.tables('0'))
          : (t.more[least.limit]?.(name, t.what.table(name)) ?? t.tables(name))}
      </p>
      <p className="secondary">{t.usual}</p>
      <ul className={styles.plain}>
        {said.map(({ limit, room: left, whole }) => {
          const share = whole > 0 ? left / whole : 0
          return (
            <li key={limit} className={styles.bar}>
              <span>{t.limits[limit]}</span>
              <span className={styles.track} aria-hidden>
                <span
                  className={styles.fill}
                  data-low={share < LOW || undefined}
                  style={{ inlineSize: `${Math.round(share * 100)}%` }}
                />
              </span>
              <span className="secondary">{t.left(formatPercent(share, locale))}</span>
            </li>
          )
        })}
      </ul>
      <p className="secondary">{t.hint}</p>
    </div>
  )
}
