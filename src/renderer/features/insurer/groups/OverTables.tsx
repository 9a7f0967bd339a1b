/** All recorded tables on one page: a measure of one label through time, with its limits, and the numbers beside it. */
import { Input, NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { IconChartLine } from '@tabler/icons-react'
import { useState } from 'react'
import type { ExposureVersion } from '../../../../shared/contract/exposures.ts'
import type { MonitorSeries, MonitorSource } from '../../../../shared/contract/monitor.ts'
import type { WatchLevel } from '../../../../shared/domain/group-alert.ts'
import { formatInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { DriftPanel } from './DriftPanel.tsx'
import { nameOf } from './figures.ts'
import styles from './Groups.module.css'
import {
  allMeasuresTable,
  measureName,
  measuresOf,
  seriesFigure,
  seriesNotes,
  seriesTable,
  type SeriesMeasure,
} from './series.ts'
import { PersistingPanel } from './PersistingPanel.tsx'
import { wordsFor } from './words-for.ts'

const NO_FILE = ''

interface Props {
  readonly tables: readonly MonitorSource[]
  readonly files: readonly ExposureVersion[]
}

export function OverTables({ tables, files }: Props) {
  const words = useWords()
  const t = words.groups
  const w = words.groupSeries
  const [chosenFile, chooseFile] = useState<string | null>(null)
  const fileOf = chosenFile ?? files[0]?.hash ?? NO_FILE
  const exposure = files.some(({ hash }) => hash === fileOf) ? fileOf : null
  const series = useAsk(
    () => node.monitor.series({ exposure }),
    // Every table is read for it: only where there is another one.
    [exposure, tables.map(({ studyHash }) => studyHash).join(' ')],
  )
  return (
    <div className={`${room.stack} ${styles.page}`}>
      <p className="secondary">{w.intro}</p>
      <NativeSelect
        className={styles.select}
        label={t.file.used}
        value={exposure ?? NO_FILE}
        data={[
          ...files.map(({ hash, fileName, importedAt }) => ({
            value: hash,
            label: `${fileName} · ${formatInstant(importedAt).slice(0, 10)}`,
          })),
          { value: NO_FILE, label: t.noFile },
        ]}
        onChange={({ currentTarget }) => chooseFile(currentTarget.value)}
      />
      {series.failure !== undefined && series.value === undefined ? (
        <FailureNote code={series.failure} onRetry={series.again} />
      ) : series.value === undefined ? (
        <Skeleton height={320} />
      ) : series.value.tables.length === 0 ? (
        <EmptyState icon={<IconChartLine size={28} aria-hidden />}>{w.noTable}</EmptyState>
      ) : (
        <Page series={series.value} onLooked={series.again} />
      )}
    </div>
  )
}

function Page({ series, onLooked }: { readonly series: MonitorSeries; onLooked(): void }) {
  const [wished, watch] = useState<WatchLevel>('group')
  const watched = series.plans.length === 0 ? 'group' : wished
  const words = wordsFor(useWords(), watched)
  const t = words.groups
  const w = words.groupSeries
  const [chosen, choose] = useState<string | null>(null)
  const [measure, setMeasure] = useState<SeriesMeasure>('claims')
  // The whole portfolio stands once, among the groups; it is there beside the plans as well.
  const portfolio = series.groups.find(({ label }) => label === null)
  const rows =
    watched === 'group' ? series.groups : [...(portfolio === undefined ? [] : [portfolio]), ...series.plans]
  const row = rows.find(({ label }) => label === chosen) ?? rows[0]
  return (
    <>
      {series.tables.length === 1 && (
        <Callout tone="plain">
          <span data-testid="one-table">{w.oneTable}</span>
        </Callout>
      )}
      <PersistingPanel
        series={series}
        onShow={(level, label) => {
          watch(level)
          choose(label)
          setMeasure('actualToExpected')
        }}
        onLooked={onLooked}
      />
      <div className={room.row}>
        {series.plans.length > 0 && (
          <Input.Wrapper label={t.level} labelElement="div">
            <div>
              <SegmentedControl
                aria-label={t.level}
                value={watched}
                data={[
                  { value: 'plan', label: t.levels.plan },
                  { value: 'group', label: t.levels.group },
                ]}
                onChange={(next) => {
                  watch(next as WatchLevel)
                  choose(null)
                }}
              />
            </div>
          </Input.Wrapper>
        )}
        <NativeSelect
          className={styles.select}
          label={t.choose}
          value={row?.label ?? ''}
          data={rows.map(({ label }) => ({ value: label ?? '', label: nameOf(label, t) }))}
          onChange={({ currentTarget }) => choose(currentTarget.value === '' ? null : currentTarget.value)}
        />
        <NativeSelect
          className={styles.select}
          label={w.measure}
          value={measure}
          data={measuresOf(series).map((value) => ({ value, label: measureName(value, words) }))}
          onChange={({ currentTarget }) => setMeasure(currentTarget.value as SeriesMeasure)}
        />
      </div>
      {row !== undefined && <OneLabel series={series} row={row} measure={measure} watched={watched} />}
      <DriftPanel tables={series.tables} exposure={series.exposure?.hash ?? null} />
    </>
  )
}

function OneLabel({
  series,
  row,
  measure,
  watched,
}: {
  readonly series: MonitorSeries
  readonly row: MonitorSeries['groups'][number]
  readonly measure: SeriesMeasure
  readonly watched: WatchLevel
}) {
  const words = wordsFor(useWords(), watched)
  const w = words.groupSeries
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  const figure = seriesFigure(series, row, measure, currency, words, locale)
  const table = seriesTable(series, row, measure, currency, words, locale)
  const all = allMeasuresTable(series, row, currency, words, locale)
  // The newest table is the one that whoever reads a file of this asks for.
  const of = { jobId: null, studyHash: series.tables.at(-1)!.source.studyHash }
  return (
    <>
      <div className={styles.columns}>
        {figure !== null && (
          <Panel
            title={table.title}
            side={<ReleaseMenu what={{ kind: 'figure', name: table.title, figure }} of={of} />}
          >
            <div className={room.small} data-testid="series-figure">
              <FigureView figure={figure} />
              <p className="secondary">
                {w.band} {w.withheldNote}
              </p>
              {seriesNotes(series, row, words).map((note) => (
                <p key={note} className="secondary">
                  {note}
                </p>
              ))}
            </div>
          </Panel>
        )}
        <Panel
          title={figure === null ? table.title : w.numbers}
          side={<ReleaseMenu what={{ kind: 'table', name: table.title, table }} of={of} />}
        >
          <div className={styles.whole} data-testid="series-table">
            <PaperTableView table={figure === null ? table : { ...table, notes: [] }} />
          </div>
        </Panel>
      </div>
      <Panel
        title={all.title}
        side={<ReleaseMenu what={{ kind: 'table', name: all.title, table: all }} of={of} />}
      >
        <div className={styles.whole}>
          <PaperTableView table={all} />
        </div>
      </Panel>
    </>
  )
}
