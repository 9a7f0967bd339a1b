/** The room of tariffs: versions and their approval, a group's price, and checks of what others bring. */
import { Text } from '@mantine/core'
import { useEffect } from 'react'
import type { TariffRow } from '../../../../shared/contract/tariffs.ts'
import { listen } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import type { RoomProps } from '../../../parts/route.ts'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'
import { CheckFiles } from './CheckFiles.tsx'
import { TariffPane } from './TariffPane.tsx'
import styles from './Tariffs.module.css'
import { useTariffs } from './use-tariffs.ts'

export function Tariffs({ parts }: RoomProps) {
  const t = useWords().tariffs
  const { rows, opened, load, open } = useTariffs()
  const [wanted] = parts
  useEffect(() => {
    const look = () => void load().catch(tellFailure)
    look()
    // A colleague may make one, or decide, at another work place.
    return listen('tariffs', 'changed', look)
  }, [load])
  useEffect(() => {
    if (wanted !== undefined && /^[0-9a-f]{64}$/.test(wanted)) open(wanted).catch(tellFailure)
  }, [wanted, open])
  const columns: TableColumn<TariffRow>[] = [
    { id: 'name', header: t.columns.name, value: ({ name }) => name, width: 'minmax(10rem, 2fr)' },
    {
      id: 'version',
      header: t.columns.version,
      value: ({ version }) => version,
      isNumeric: true,
      width: '6rem',
    },
    { id: 'product', header: t.columns.product, value: ({ product }) => product, width: 'minmax(8rem, 1fr)' },
    {
      id: 'jurisdiction',
      header: t.columns.jurisdiction,
      value: ({ jurisdiction }) => jurisdiction,
      width: '8rem',
    },
    { id: 'validFrom', header: t.columns.validFrom, value: ({ validFrom }) => validFrom, width: '8rem' },
    {
      id: 'state',
      header: t.columns.state,
      value: ({ state, isCurrent }) => (isCurrent ? `${t.states[state]} · ${t.current}` : t.states[state]),
      width: 'minmax(10rem, 1fr)',
    },
    { id: 'madeBy', header: t.columns.madeBy, value: ({ madeBy }) => madeBy, width: 'minmax(8rem, 1fr)' },
  ]
  return (
    <div className="room" {...useCopiesReleased()}>
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${room.body} ${styles.body}`}>
        <Text size="sm" className={styles.screenOnly}>
          {t.honest}
        </Text>
        <div className={styles.screenOnly}>
          <CheckFiles />
        </div>
        {rows?.length === 0 && <EmptyState>{t.none}</EmptyState>}
        {rows !== null && rows.length > 0 && (
          <div className={styles.screenOnly}>
            <Panel title={t.list} isFlush>
              <div className={styles.table}>
                <DataTable
                  label={t.list}
                  columns={columns}
                  rows={rows}
                  rowId={({ hash }) => hash}
                  selectedId={opened?.row.hash}
                  onOpen={({ hash }) => go('tariffs', hash)}
                  onSelect={({ hash }) => go('tariffs', hash)}
                  words={t.sort}
                />
              </div>
            </Panel>
          </div>
        )}
        {opened !== null && <TariffPane key={opened.row.hash} opened={opened} rows={rows ?? []} />}
      </div>
    </div>
  )
}
