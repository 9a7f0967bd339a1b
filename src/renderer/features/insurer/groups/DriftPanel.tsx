/** Whether what is watched is still what it was: two recorded tables held against each other, or the halves of the exposure file. */
import { NativeSelect, Skeleton } from '@mantine/core'
import { useState } from 'react'
import type { MonitorDrift, MonitorSeries } from '../../../../shared/contract/monitor.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { mixTable, numbersTable } from './drift-tables.ts'
import styles from './Groups.module.css'

interface Props {
  /** Oldest first, one at least. */
  readonly tables: MonitorSeries['tables']
  readonly exposure: string | null
}

export function DriftPanel({ tables, exposure }: Props) {
  const words = useWords()
  const t = words.groupSeries.drift
  const [from, setFrom] = useState<string | null>(null)
  const [to, setTo] = useState<string | null>(null)
  const hashOf = (chosen: string | null, otherwise: string) =>
    tables.find(({ source }) => source.studyHash === chosen)?.source.studyHash ?? otherwise
  const chosen = {
    earlier: hashOf(from, tables[0]!.source.studyHash),
    later: hashOf(to, tables.at(-1)!.source.studyHash),
  }
  // Whichever way they are chosen, the older one is the one before.
  const inOrder = [chosen.earlier, chosen.later].toSorted((a, b) => placeOf(tables, a) - placeOf(tables, b))
  const [earlier, later] = inOrder as [string, string]
  const drift = useAsk(() => node.monitor.drift({ exposure, earlier, later }), [exposure, earlier, later])
  const data = tables.map(({ source }) => ({
    value: source.studyHash,
    label: words.groups.tableOf(source.lastMonth, String(source.snapshotHeight ?? '–')),
  }))
  return (
    <Panel title={t.title}>
      <div className={room.stack} data-testid="drift">
        <p className="secondary">{t.intro}</p>
        {tables.length > 1 && (
          <div className={room.row}>
            <NativeSelect
              className={styles.select}
              label={t.earlier}
              value={earlier}
              data={data}
              onChange={({ currentTarget }) => {
                setFrom(currentTarget.value)
                setTo(later)
              }}
            />
            <NativeSelect
              className={styles.select}
              label={t.later}
              value={later}
              data={data}
              onChange={({ currentTarget }) => {
                setFrom(earlier)
                setTo(currentTarget.value)
              }}
            />
          </div>
        )}
        {drift.failure !== undefined && drift.value === undefined ? (
          <FailureNote code={drift.failure} onRetry={drift.again} />
        ) : drift.value === undefined ? (
          <Skeleton height={200} />
        ) : (
          drift.value.kind === 'drift' && <Found drift={drift.value} />
        )}
      </div>
    </Panel>
  )
}

const placeOf = (tables: MonitorSeries['tables'], hash: string): number =>
  tables.findIndex(({ source }) => source.studyHash === hash)

function Found({ drift }: { readonly drift: MonitorDrift }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.groupSeries.drift
  const found = [mixTable(drift, words, locale), numbersTable(drift, words, locale)].filter(
    (table) => table !== null,
  )
  const of = { jobId: null, studyHash: drift.later.studyHash }
  return (
    <>
      {drift.earlier === null && <p className="secondary">{t.halves}</p>}
      {drift.earlier !== null && drift.sharedMonths > 0 && (
        <p className="secondary">{t.shared(String(drift.sharedMonths))}</p>
      )}
      {found.length === 0 && <p className={room.said}>{t.none}</p>}
      {found.map((table) => (
        <section key={table.title} aria-label={table.title} className={styles.whole}>
          <div className={styles.side}>
            <strong>{table.title}</strong>
            <ReleaseMenu what={{ kind: 'table', name: table.title, table }} of={of} />
          </div>
          <PaperTableView table={table} />
        </section>
      ))}
    </>
  )
}
