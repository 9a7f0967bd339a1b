/** One recorded table on one page: which groups changed, and is it more than noise; measures, charts, and from a signal to its cause. */
import { Button, Input, NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { IconChartDots3 } from '@tabler/icons-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { ExposureVersion } from '../../../../shared/contract/exposures.ts'
import type {
  CauseBy,
  MonitorSource,
  MonitorUnits,
  MonitorView,
} from '../../../../shared/contract/monitor.ts'
import type { WatchLevel } from '../../../../shared/domain/group-alert.ts'
import { epsilonOf } from '../../../../shared/domain/epsilon.ts'
import { formatInstant, formatNumber, formatSignificant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { whyNoTable } from '../../../parts/insurer/no-table.ts'
import { money, wholePercent } from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'
import { Alerts } from './Alerts.tsx'
import { BenchmarkPanel } from './BenchmarkPanel.tsx'
import { Causes } from './Causes.tsx'
import { Drawn } from './Drawn.tsx'
import {
  cusumFigure,
  ewmaFigure,
  funnelFigure,
  monthsFigure,
  nameOf,
  ratesFigure,
  triangleFigure,
} from './figures.ts'
import styles from './Groups.module.css'
import { LastingNote } from './LastingNote.tsx'
import { OpenAlerts } from './OpenAlerts.tsx'
import {
  dispersionSaid,
  ewmaTable,
  funnelTable,
  groupsTable,
  monthsTable,
  notedTable,
  prevalenceTable,
  rankingTable,
  ratesTable,
  riseText,
  triangleStop,
  triangleTable,
  withheldSaid,
} from './tables.ts'
import { Tiles } from './Tiles.tsx'
import { useAfterFirstLook } from './use-after-first-look.ts'
import { wordsFor } from './words-for.ts'

interface Props {
  readonly tables: readonly MonitorSource[]
  readonly files: readonly ExposureVersion[]
  /** The table that the page is opened for; null: the first of them. */
  readonly first: string | null
  onAsk(): void
  onSeries(): void
}

const NO_FILE = ''

export function Dashboard({ tables, files, first, onAsk, onSeries }: Props) {
  const t = useWords().groups
  const [chosenTable, chooseTable] = useState<string | null>(first)
  const [chosenFile, chooseFile] = useState<string | null>(null)
  const table = tables.find(({ studyHash }) => studyHash === chosenTable) ?? tables[0]
  const fileOf = chosenFile ?? files[0]?.hash ?? NO_FILE
  const exposure = files.some(({ hash }) => hash === fileOf) ? fileOf : null
  const view = useAsk(
    async () => (table === undefined ? null : node.monitor.view({ studyHash: table.studyHash, exposure })),
    [table?.studyHash, exposure],
  )
  if (table === undefined) return <NoTable onAsk={onAsk} />
  return (
    <div className={`${room.stack} ${styles.page}`}>
      <div className={room.row}>
        <NativeSelect
          className={styles.select}
          label={t.table}
          value={table.studyHash}
          data={tables.map(({ studyHash, snapshotHeight, lastMonth }) => ({
            value: studyHash,
            label: t.tableOf(lastMonth, String(snapshotHeight ?? '–')),
          }))}
          onChange={({ currentTarget }) => chooseTable(currentTarget.value)}
        />
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
      </div>
      {files.some(({ hash, broughtBy }) => hash === exposure && broughtBy === 'demonstration') && (
        <p className="secondary">{t.file.ofDemonstration}</p>
      )}
      {view.failure !== undefined && view.value === undefined ? (
        <FailureNote code={view.failure} onRetry={view.again} />
      ) : view.value?.kind !== 'view' ? (
        <Skeleton height={320} />
      ) : (
        <Page
          view={view.value}
          lasting={<LastingNote tables={tables} exposure={exposure} onOpen={onSeries} />}
          onAsk={onAsk}
          onLooked={view.again}
        />
      )}
    </div>
  )
}

function NoTable({ onAsk }: Pick<Props, 'onAsk'>) {
  const t = useWords().groups
  const isDemonstration = useOpenSession()?.demonstration !== undefined
  const requests = useAsk(() => node.requests.list(), [], ['requests.changed', 'node.segmentFinal'])
  if (requests.failure !== undefined && requests.value === undefined)
    return <FailureNote code={requests.failure} onRetry={requests.again} />
  if (requests.value === undefined) return <Skeleton height={240} />
  const icon = <IconChartDots3 size={28} aria-hidden />
  const why = whyNoTable([], requests.value, isDemonstration)
  // Whoever is told to ask once more would pay once more.
  return why !== 'never-asked' ? (
    <EmptyState icon={icon}>
      <span role="status">{why === 'to-be-asked' ? t.noneOfDemonstration : t.beingAnswered}</span>
    </EmptyState>
  ) : (
    <EmptyState icon={icon} action={t.noneAction} onAction={onAsk}>
      {t.none}
    </EmptyState>
  )
}

interface Looked {
  readonly view: MonitorView
  /** Somebody said to have looked into alerts. */
  onLooked(): void
}

/** @param lasting what several tables say together, which takes longer than one */
function Page({
  view,
  lasting,
  onAsk,
  onLooked,
}: Looked & { readonly lasting: ReactNode } & Pick<Props, 'onAsk'>) {
  return view.isWithheld ? (
    <Nothing view={view} onAsk={onAsk} onLooked={onLooked} />
  ) : (
    <Shown view={view} lasting={lasting} onLooked={onLooked} />
  )
}

/** Of a table without any number: once why, and what to do. Alerts of other tables stay. */
function Nothing({ view, onAsk, onLooked }: Looked & Pick<Props, 'onAsk'>) {
  const t = useWords().groups
  return (
    <>
      <Source source={view.source} />
      <Callout
        tone="warn"
        action={
          <Button size="compact-sm" variant="default" onClick={onAsk}>
            {t.noneAction}
          </Button>
        }
      >
        <span data-testid="withheld-whole">{t.isWithheld}</span>
      </Callout>
      {view.noted.length > 0 && <OpenAlerts shown={view.noted.length} onLooked={onLooked} />}
      <Noted view={view} />
    </>
  )
}

/** Every alert that was shown, of all tables. */
function Noted({ view }: { readonly view: MonitorView }) {
  const words = useWords()
  const locale = useLocale()
  if (view.noted.length === 0) return null
  return (
    <Panel title={words.groups.noted.title}>
      <div className={styles.whole} data-testid="noted-alerts">
        <PaperTableView table={notedTable(view, words, locale)} />
      </div>
    </Panel>
  )
}

function Shown({ view, lasting, onLooked }: Looked & { readonly lasting: ReactNode }) {
  const [wished, watch] = useState<WatchLevel>('group')
  // Another table may have no plans.
  const watched = view.plans === null ? 'group' : wished
  const words = wordsFor(useWords(), watched)
  const t = words.groups
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  const [label, choose] = useState<string | null>(null)
  const [by, cut] = useState<CauseBy>('ageBand')
  // Whoever follows an alert is led to its cause, which stands further down.
  const [shown, setShown] = useState(0)
  const cause = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (shown > 0) cause.current?.scrollIntoView({ block: 'center' })
  }, [shown])
  const units: MonitorUnits = (watched === 'plan' ? view.plans : null) ?? view
  const group = units.groups.find((each) => each.label === label) ?? view.portfolio
  const cusums = units.cusums.filter((each) => each.label === group.label)
  const ranking = rankingTable(units, words, locale)
  const ewma = units.ewmas.find((each) => each.label === group.label)
  const of = { jobId: null, studyHash: view.source.studyHash }
  const funnel = funnelFigure(units, words, locale)
  const months = monthsFigure(group, words, locale)
  const rates = ratesFigure(group, words, locale)
  const isAfter = useAfterFirstLook()
  return (
    <>
      <Alerts
        view={view}
        onShow={(level, to, cutBy) => {
          watch(level)
          choose(to)
          cut(cutBy)
          setShown((before) => before + 1)
        }}
        areOpenShown={isAfter}
        onLooked={onLooked}
      />
      {isAfter && lasting}
      <Source source={view.source} />
      {view.mismatch !== null && <Callout tone="warn">{t.mismatch[view.mismatch]}</Callout>}
      <div className={room.row}>
        {view.plans !== null && (
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
          value={group.label ?? ''}
          data={[
            { value: '', label: t.portfolio },
            ...units.groups.map((each) => ({ value: each.label!, label: nameOf(each.label, t) })),
          ]}
          onChange={({ currentTarget }) => choose(currentTarget.value === '' ? null : currentTarget.value)}
        />
      </div>
      <p className="secondary" data-testid="levels">
        {view.plans === null ? t.noPlans : t.crossed}
      </p>
      <Tiles group={group} units={units} ownMeasure={t.ownMeasure} />
      <p className="secondary">
        {t.bandNote} {t.amounts(formatNumber(view.amountVariation, locale, 2))}{' '}
        {units.isStandardised ? t.expectedBy : t.expectedCrude}{' '}
        {group.uncovered !== null &&
          group.uncovered > 0.005 &&
          t.uncovered(wholePercent(group.uncovered, locale))}{' '}
        {view.exposure !== null && view.mismatch === null && dispersionSaid(units, words, locale)}
      </p>
      <div className={styles.columns}>
        <Drawn
          title={t.funnelTitle}
          figure={funnel}
          table={funnelTable(units, words, locale)}
          of={of}
          nothing={t.nothingReadable}
        />
        <Drawn
          title={t.monthsOf(nameOf(group.label, t))}
          figure={months}
          table={monthsTable(group, cusums, words, locale)}
          said={[
            ...(group.months.some(({ expected }) => expected !== null) ? [t.monthsNote] : []),
            ...withheldSaid(group.months, words),
          ]}
          of={of}
          nothing={t.withheld}
        />
        {isAfter && rates !== null && (
          <Drawn
            title={t.ratesTitle(nameOf(group.label, t))}
            figure={rates}
            table={ratesTable(group, words, locale)}
            of={of}
            nothing={t.withheld}
          />
        )}
        {group.label !== null && isAfter && cusums.length === 0 && (
          <Panel title={t.cusumTitle(nameOf(group.label, t))}>
            <p className={room.said}>{t.noCusum}</p>
          </Panel>
        )}
        {isAfter &&
          cusums.map((cusum) => (
            <Drawn
              key={cusum.ratio}
              title={t.cusumTitleOf(nameOf(group.label, t), riseText(cusum.ratio, locale))}
              figure={cusumFigure(cusum, words, locale)}
              table={monthsTable(group, [cusum], words, locale)}
              of={of}
              nothing={t.noCusum}
            />
          ))}
        {isAfter && ewma !== undefined && (
          <Drawn
            title={t.ewmaTitle(nameOf(group.label, t))}
            figure={ewmaFigure(ewma, words, locale)}
            table={ewmaTable(ewma, words, locale)}
            of={of}
            nothing={t.noCusum}
          />
        )}
        {group.label !== null && (
          <div ref={cause}>
            <Causes units={units} label={group.label} group={group} by={by} onCut={cut} of={of} />
          </div>
        )}
        {isAfter && (
          <>
            <Prevalence table={prevalenceTable(view, group, words, locale)} of={of} />
            <Late view={view} of={of} />
          </>
        )}
      </div>
      {isAfter && (
        <>
          <Measures
            title={t.tableTitle}
            name="groups"
            table={groupsTable(view.portfolio, units, currency, words, locale)}
            of={of}
          />
          {ranking !== null && <Measures title={ranking.title} name="credibility" table={ranking} of={of} />}
          <BenchmarkPanel benchmark={view.benchmark} of={of} />
        </>
      )}
      {isAfter && <Noted view={view} />}
    </>
  )
}

interface Below {
  readonly table: PaperTable
  readonly of: { readonly jobId: null; readonly studyHash: string }
}

function Prevalence({ table, of }: Below) {
  return (
    <Panel
      title={table.title}
      side={<ReleaseMenu what={{ kind: 'table', name: 'conditions', table }} of={of} />}
    >
      <PaperTableView table={table} />
    </Panel>
  )
}

function Measures({ title, name, table, of }: Below & { readonly title: string; readonly name: string }) {
  return (
    <Panel title={title} side={<ReleaseMenu what={{ kind: 'table', name, table }} of={of} />}>
      <div className={styles.whole}>
        <PaperTableView table={table} />
      </div>
    </Panel>
  )
}

/** Snapshot, lane and charge, once for the page. */
function Source({ source }: { readonly source: MonitorSource }) {
  const t = useWords().groups
  const locale = useLocale()
  const currency = usePricing(({ draft }) => draft.currency)
  const { snapshotHeight, stateAt, microRho, attestedBy, gatewayCount } = source
  return (
    <p className="secondary" data-testid="source">
      {t.source(
        String(snapshotHeight ?? '–'),
        stateAt === null ? '–' : formatInstant(stateAt).slice(0, 10),
        formatSignificant(epsilonOf(microRho), locale, 2),
        String(attestedBy),
        String(gatewayCount),
      )}{' '}
      {t.window(
        source.organisation,
        String(source.months),
        source.lastMonth,
        money(source.costMost, currency, locale),
      )}
    </p>
  )
}

function Late({
  view: { triangle },
  of,
}: {
  readonly view: MonitorView
  readonly of: { readonly jobId: null; readonly studyHash: string }
}) {
  const words = useWords()
  const t = words.groups
  const locale = useLocale()
  if (triangle.kind !== 'triangle')
    return (
      <Panel title={t.triangleTitle}>
        {triangleStop(triangle, words).map((said) => (
          <p key={said} className={room.said}>
            {said}
          </p>
        ))}
      </Panel>
    )
  return (
    <Drawn
      title={t.triangleTitle}
      figure={triangleFigure(triangle, words, locale)}
      table={triangleTable(triangle, words, locale)}
      of={of}
      nothing={t.withheld}
    />
  )
}
