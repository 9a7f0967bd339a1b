/**
 * What a recorded monitoring table says of groups beside the insurer's own exposure (docs/spec/pricing.md section 3, M13). Everything is
 * a function of what was released already and of the insurer's own file: nothing is asked, and nothing can be learnt that is not in these. Pure.
 */
import type {
  CauseBy,
  MonitorCause,
  MonitorGroupView,
  MonitorRate,
  MonitorUnits,
  MonitorView,
} from '../../shared/contract/monitor.ts'
import type { WatchLevel } from '../../shared/domain/group-alert.ts'
import {
  DELAYS,
  monthsUpTo,
  type MonitorGroup,
  type MonitorOutput,
} from '../privacy/request/monitor-output.ts'
import { causeByAxis, causeByTables, type Cause } from '../pricing/monitor/cause.ts'
import { nameOf, sumCells, watcher, type ExposureRow, type WatchedTable } from '../pricing/monitor/cells.ts'
import {
  cusumChart,
  type CusumChart,
  type CusumMonth,
  type ThresholdCache,
} from '../pricing/monitor/cusum.ts'
import {
  EXPECTED_LEAST,
  referenceRates,
  type GroupRatio,
  type ReferenceRates,
} from '../pricing/monitor/expected.ts'
import { funnelPlot } from '../pricing/monitor/funnel.ts'
import { caseMixOf, measuresOf, type GroupTables } from '../pricing/monitor/measures.ts'
import type { RateBand } from '../pricing/monitor/rate-band.ts'
import { observedToExpected } from '../pricing/monitor/ratio.ts'
import {
  maturityOf,
  reportingTriangle,
  type ReportingTriangle,
} from '../pricing/monitor/reporting-triangle.ts'
import { PricingFailure } from '../pricing/failure.ts'
import { StatsFailure } from '../stats/failure.ts'
import type { AgeBand } from './age-bands.ts'
import { benchmarkView } from './market.ts'
import { byPlan } from './monitor-request.ts'
import { monitorTables, type WatchedTables } from './monitor-tables.ts'

/** Coefficient of variation of one claim's amount after pooling: claims of health insurance are skewed, and no table says how much. */
const AMOUNT_VARIATION = 1.5
/** A rise by a quarter is what the chart looks for. */
const WATCHED_RATIO = 1.25
/** A chart of fewer months says nothing of time. */
const MONTHS_LEAST = 3
const FUNNEL_STEPS = 40

export type GroupRisk = Omit<
  MonitorView,
  'kind' | 'source' | 'exposure' | 'mismatch' | 'isWithheld' | 'noted'
>

export interface GroupRiskInput {
  readonly output: MonitorOutput
  readonly microRho: number
  readonly released: readonly (readonly (number | null)[])[]
  /** Null: claims only. Of all months and groups of the file. */
  readonly exposure: readonly ExposureRow[] | null
  readonly bands: readonly AgeBand[]
  /** Month in which the snapshot was taken; null where that is not known. */
  readonly asOf: string | null
}

/**
 * Null where the tables are not those of the request.
 * @param pause between pieces of work of some milliseconds, so that whoever computes it on a busy thread can do other things
 */
export async function groupRisk(
  input: GroupRiskInput,
  cache: ThresholdCache,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<GroupRisk | null> {
  const { output, microRho, released, bands, exposure } = input
  const tables = monitorTables(output, microRho, released, bands)
  if (tables === null) return null
  const triangle = triangleOf(tables.reporting, output, input.asOf)
  const shared = { output, triangle, cache, pause }
  const groups = await riskOf('group', {
    ...shared,
    tables,
    units: output.groups,
    exposure: exposure === null ? null : condensed(exposureOf(exposure, output)),
  })
  const plans =
    tables.plans === null || output.plans === null
      ? null
      : await riskOf('plan', {
          ...shared,
          tables: tables.plans,
          units: output.plans,
          exposure:
            exposure === null
              ? null
              : condensed(exposureOf(byPlan(exposure), { ...output, groups: output.plans })),
        })
  return {
    portfolio: groups.portfolio,
    ...groups.units,
    plans: plans?.units ?? null,
    // The surest first: that is read first.
    alerts: [...groups.alerts, ...(plans?.alerts ?? [])].toSorted((a, b) => a.ratio.p - b.ratio.p),
    triangle: triangleView(triangle),
    benchmark: benchmarkView(tables.market),
  }
}

interface UnitsInput {
  readonly output: MonitorOutput
  readonly tables: WatchedTables
  readonly units: readonly MonitorGroup[]
  /** Under the labels of the units. */
  readonly exposure: readonly ExposureRow[] | null
  readonly triangle: ReportingTriangle | null
  readonly cache: ThresholdCache
  pause(): Promise<void>
}

type UnitsRisk = Pick<GroupRisk, 'portfolio' | 'alerts'> & { readonly units: MonitorUnits }

/** Of units that are compared with each other: employer groups, or plans. */
async function riskOf(
  of: WatchLevel,
  { output, tables, units, exposure, triangle, cache, pause }: UnitsInput,
): Promise<UnitsRisk> {
  const watch = watcher(exposure)
  const claims = watch(tables.claims)
  const claimsByMonth = watch(tables.claimsByMonth)
  const patientsByMonth = watch(tables.patientsByMonth)
  const watched: GroupTables = {
    claims,
    cost: watch(tables.cost),
    visits: watch(tables.visits),
    conditions: Object.fromEntries(tables.conditions.map(({ name, table }) => [name, watch(table)])),
    charlson: tables.charlson.map(({ points, table }) => ({ points, persons: watch(table) })),
  }
  const expected = exposure === null ? null : expectedByMonth(claims, claimsByMonth, exposure, triangle)
  const labels = units.map(({ label }) => label)
  const viewOf = (label: string | null): MonitorGroupView =>
    groupView({
      label,
      output,
      units,
      watched,
      claimsByMonth,
      patientsByMonth,
      exposure,
      expected,
      triangle,
    })
  const groups: MonitorGroupView[] = []
  for (const label of labels) {
    groups.push(viewOf(label))
    await pause()
  }
  const portfolio = viewOf(null)
  const noiseOfMonth = tables.claimsByMonth.variance
  const ratios = groups.flatMap((group) => ratioOf(group))
  const plot = funnelPlot(ratios)
  const charts: ReturnType<typeof chartOf> = []
  for (const group of groups) {
    charts.push(...chartOf(group, noiseOfMonth, cache))
    await pause()
  }
  const causes: GroupRisk['causes'] = []
  for (const label of labels) {
    causes.push(...causesOf(label, watched, claimsByMonth))
    await pause()
  }
  const largest = Math.max(1, ...plot.groups.map((each) => each.expected))
  return {
    portfolio,
    alerts: alertsOf(of, charts, plot.groups, groups, causes, output),
    units: {
      groups,
      isStandardised: expected?.isStandardised ?? false,
      isCompared: expected?.isCompared ?? false,
      funnel: {
        falseDiscoveryRate: plot.falseDiscoveryRate,
        phi: plot.phi,
        leftOut: groups.length - plot.groups.length,
        points: plot.groups.map(({ label, expected: e, ratio, p, isSignal }) => {
          const { lower, upper } = ratios.find((each) => each.label === label)!
          return { label, expected: e, ratio, lower, upper, p, isSignal }
        }),
        limits: Array.from({ length: FUNNEL_STEPS }, (_, i) => {
          // Closer where the limits bend.
          const e = EXPECTED_LEAST + (1.1 * largest - EXPECTED_LEAST) * (i / (FUNNEL_STEPS - 1)) ** 2
          const [inner, outer] = [plot.limits(e, 0.95), plot.limits(e, 0.998)]
          return {
            expected: e,
            lower95: inner.lower,
            upper95: inner.upper,
            lower998: outer.lower,
            upper998: outer.upper,
          }
        }).filter(({ expected: e }) => e >= EXPECTED_LEAST),
      },
      cusums: charts.map(({ label, chart }) => ({
        label,
        ratio: chart.ratio,
        threshold: chart.threshold,
        falseAlarmsPerYear: chart.falseAlarmsPerYear,
        points: chart.points.map((point) => ({ ...point })),
      })),
      causes,
    },
  }
}

/** The file's cells under the labels of the table, in its months; groups that the table does not have are left out. */
export function exposureOf(
  rows: readonly ExposureRow[],
  { groups, lastMonth, months }: Pick<MonitorOutput, 'groups' | 'lastMonth' | 'months'>,
): ExposureRow[] {
  const window = new Set(monthsUpTo(lastMonth, months))
  const labelOf = new Map(groups.flatMap(({ label, codes }) => codes.map((code) => [code, label])))
  return rows.flatMap((row): ExposureRow[] => {
    const group = labelOf.get(row.key.group)
    return group === undefined || !window.has(row.key.month) ? [] : [{ ...row, key: { ...row.key, group } }]
  })
}

/** Lines of one group, age band, sex and month added up: what is added up many times has few lines. */
function condensed(rows: readonly ExposureRow[]): ExposureRow[] {
  const sums = new Map<string, { key: ExposureRow['key']; memberMonths: number; premiumMinor: number }>()
  for (const { key, memberMonths, premiumMinor } of rows) {
    const name = nameOf(key, ['group', 'ageBand', 'sex', 'month'])
    const known = sums.get(name)
    if (known === undefined) sums.set(name, { key: { ...key, plan: '' }, memberMonths, premiumMinor })
    else {
      known.memberMonths += memberMonths
      known.premiumMinor += premiumMinor
    }
  }
  return [...sums.values()]
}

interface Expected {
  /** Of one group and month, so that the portfolio expects as much as it has. */
  of(group: string, month: string): number
  readonly isStandardised: boolean
  /** Of one group alone as much is expected as was observed. */
  readonly isCompared: boolean
}

/**
 * The portfolio's rates by age band and sex times the group's exposure in the month and what is known of that month. What is counted by month is cut off at two claims, so
 * the level is that of the table by month: over all groups and months as much is expected as was observed.
 */
function expectedByMonth(
  claims: WatchedTable,
  byMonth: WatchedTable,
  exposure: readonly ExposureRow[],
  triangle: ReportingTriangle | null,
): Expected | null {
  const knownOf = (month: string): number =>
    triangle?.kind === 'triangle' ? (triangle.maturity.get(month)?.completion ?? 1) : 1
  const strata = referenceRates(claims, ['ageBand', 'sex'])
  const isStandardised = [...strata.rates.values()].some(({ rate }) => rate > 0)
  const rateOf = (row: ExposureRow): number =>
    isStandardised ? (strata.rates.get(nameOf(row.key, strata.axes))?.rate ?? 0) : 1
  const raw = new Map<string, number>()
  for (const row of exposure) {
    const name = nameOf(row.key, byMonth.axes)
    raw.set(name, (raw.get(name) ?? 0) + (row.memberMonths / 12) * rateOf(row) * knownOf(row.key.month))
  }
  let observed = 0
  let all = 0
  const compared = new Set<string | undefined>()
  for (const cell of byMonth.cells) {
    const own = raw.get(nameOf(cell.key, byMonth.axes)) ?? 0
    if (own <= 0) continue
    observed += cell.value
    all += own
    compared.add(cell.key.group)
  }
  if (!(observed > 0) || !(all > 0)) return null
  const factor = observed / all
  return {
    isStandardised,
    isCompared: compared.size > 1,
    of: (group, month) => factor * (raw.get(nameOf({ group, month }, byMonth.axes)) ?? 0),
  }
}

interface ViewInput {
  readonly label: string | null
  readonly output: MonitorOutput
  readonly units: readonly MonitorGroup[]
  readonly watched: GroupTables
  readonly claimsByMonth: WatchedTable
  readonly patientsByMonth: WatchedTable
  readonly exposure: readonly ExposureRow[] | null
  readonly expected: Expected | null
  readonly triangle: ReportingTriangle | null
}

function groupView(input: ViewInput): MonitorGroupView {
  const { label, output, units, watched, claimsByMonth, patientsByMonth, exposure, expected, triangle } =
    input
  const months = monthsUpTo(output.lastMonth, output.months)
  const isOf = (group: string | undefined): boolean => label === null || group === label
  const ownExposure = exposure?.filter(({ key }) => isOf(key.group)) ?? null
  const memberMonths = ownExposure?.reduce((sum, row) => sum + row.memberMonths, 0) ?? null
  const lives = memberMonths === null ? null : memberMonths / output.months
  const at = (table: WatchedTable, month: string) =>
    sumCells(table, ({ key }) => isOf(key.group) && key.month === month)
  const series = months.map((month) => {
    const ofClaims = at(claimsByMonth, month)
    const ofPatients = at(patientsByMonth, month)
    const own = units.filter(({ label: each }) => isOf(each))
    const counted = new Set(
      claimsByMonth.cells.filter(({ key }) => key.month === month).map(({ key }) => key.group),
    )
    // Of a group that is not among the claims of the month nothing may be expected in it either.
    const shown = own.filter(({ label: each }) => counted.has(each))
    const sum = shown.reduce((total, { label: each }) => total + (expected?.of(each, month) ?? 0), 0)
    const ofMonth = ownExposure?.filter(
      ({ key }) => key.month === month && (shown.length === 0 || counted.has(key.group)),
    )
    return {
      month,
      claims: ofClaims.cells === 0 ? null : ofClaims.value,
      noise: ofClaims.noise,
      patients: ofPatients.cells === 0 ? null : ofPatients.value,
      expected: expected === null || ofClaims.cells === 0 ? null : sum,
      exposure: ofMonth?.reduce((total, row) => total + row.memberMonths / 12, 0) ?? null,
      withheld: own.length - shown.length,
    }
  })
  const measures = measuresOf(watched, (key) => isOf(key.group), {
    maturity: maturityOf(series, triangle),
    amountVariation: AMOUNT_VARIATION,
    lives,
  })
  const cellsOf = (table: WatchedTable): number => sumCells(table, ({ key }) => isOf(key.group)).cells
  const shown = (table: WatchedTable, band: RateBand): MonitorRate =>
    cellsOf(table) === 0 ? { kind: 'withheld' } : band
  const covered = sumCells(watched.claims, ({ key }) => isOf(key.group)).exposure
  return {
    label,
    codes: [...(units.find((each) => each.label === label)?.codes ?? [])],
    lives,
    exposure: memberMonths === null ? null : memberMonths / 12,
    premium: ownExposure?.reduce((sum, row) => sum + row.premiumMinor, 0) ?? null,
    uncovered:
      covered === null || memberMonths === null || memberMonths <= 0
        ? null
        : Math.max(0, 1 - covered / (memberMonths / 12)),
    visits: shown(watched.visits!, measures.visitFrequency!),
    claims: shown(watched.claims, measures.claimFrequency),
    severity: costRate(shown(watched.cost, measures.severity), exposure !== null),
    purePremium: costRate(shown(watched.cost, measures.purePremium), exposure !== null),
    lossRatio: costRate(shown(watched.cost, measures.lossRatio), exposure !== null),
    prevalence: Object.entries(watched.conditions).map(([condition, table]) => ({
      condition,
      rate: prevalenceOf(shown(table, measures.prevalence[condition]!), label, table, exposure, output),
    })),
    caseMix: caseMixOfWhole(watched.charlson, isOf),
    actualToExpected:
      label === null || !expected?.isCompared ? null : actualToExpected(claimsByMonth, series, isOf),
    months: series,
  }
}

/** A cost that noise has drowned is none, and no free one either. */
function costRate(rate: MonitorRate, hasFile: boolean): MonitorRate {
  if (rate.kind === 'rate' && rate.lower <= 0 && rate.from.noise >= 0.5)
    return { kind: 'too-noisy', denominator: rate.denominator }
  // A sum below 0 has no quotient although there is a denominator.
  return rate.kind === 'claims-only' && hasFile ? { kind: 'too-noisy', denominator: 0 } : rate
}

/** Of groups of which every band is shown: without the high ones the mean would be too low. */
function caseMixOfWhole(
  bands: GroupTables['charlson'],
  isOf: (group: string | undefined) => boolean,
): MonitorGroupView['caseMix'] {
  const counts = new Map<string | undefined, number>()
  for (const { persons } of bands)
    for (const { key } of persons.cells) counts.set(key.group, (counts.get(key.group) ?? 0) + 1)
  const isWholeGroup = (group: string | undefined): boolean =>
    isOf(group) && counts.get(group) === bands.length
  return caseMixOf(
    bands.map(({ points, persons }) => {
      const { value, noise } = sumCells(persons, ({ key }) => isWholeGroup(key.group))
      return { points, value, noise }
    }),
  )
}

/** Of the whole portfolio, lives are those of the groups that are shown: a hidden group's patients are not among the persons. */
function prevalenceOf(
  rate: MonitorRate,
  label: string | null,
  table: WatchedTable,
  exposure: readonly ExposureRow[] | null,
  output: MonitorOutput,
): MonitorRate {
  if (label !== null || rate.kind !== 'rate' || exposure === null) return rate
  const labels = new Set(table.cells.map(({ key }) => key.group))
  const lives =
    exposure.reduce((sum, { key, memberMonths }) => sum + (labels.has(key.group) ? memberMonths : 0), 0) /
    output.months
  if (!(lives > 0)) return { kind: 'withheld' }
  const factor = rate.denominator / lives
  const value = Math.min(1, rate.value * factor)
  const limit = (each: number): number => Math.min(1, each * factor)
  return { ...rate, value, lower: limit(rate.lower), upper: limit(rate.upper), denominator: lives }
}

type Series = MonitorGroupView['months']

function actualToExpected(
  byMonth: WatchedTable,
  series: Series,
  isOf: (group: string | undefined) => boolean,
): MonitorGroupView['actualToExpected'] {
  const { value, noise, cells } = sumCells(byMonth, ({ key }) => isOf(key.group))
  const expected = series.reduce((sum, month) => sum + (month.expected ?? 0), 0)
  if (cells === 0 || expected < EXPECTED_LEAST) return null
  const observed = noise > 0 ? value : Math.max(0, value)
  const { ratio, lower, upper, p } = observedToExpected({ observed, expected, noise })
  return { ratio, lower, upper, p, observed: value, expected, noise }
}

function ratioOf({ label, actualToExpected: found }: MonitorGroupView): GroupRatio[] {
  return found === null || label === null ? [] : [{ ...found, label, isReadable: true }]
}

function chartOf(
  { label, months }: MonitorGroupView,
  noise: number,
  cache: ThresholdCache,
): { label: string; chart: CusumChart; used: readonly CusumMonth[] }[] {
  const used = months.flatMap(({ month, claims, expected }) =>
    claims === null || expected === null || expected < 1
      ? []
      : [{ month, observed: claims, expected, noise }],
  )
  if (label === null || used.length < MONTHS_LEAST) return []
  return [{ label, chart: cusumChart(used, { ratio: WATCHED_RATIO }, cache), used }]
}

function causesOf(label: string, watched: GroupTables, byMonth: WatchedTable): GroupRisk['causes'] {
  const isIn = (key: { readonly group?: string }): boolean => key.group === label
  const hasExposure = byMonth.cells.some(({ exposure }) => exposure !== null)
  const rates = (table: WatchedTable, axes: ReferenceRates['axes']): ReferenceRates | null =>
    hasExposure ? referenceRates(table, axes) : null
  const conditions = Object.entries(watched.conditions).flatMap(([name, table]) => {
    const reference = rates(table, [])
    return reference === null ? [] : [{ label: name, table, reference }]
  })
  const found: readonly (readonly [CauseBy, Cause])[] = [
    [
      'ageBand',
      causeByAxis(
        { by: 'ageBand', table: watched.claims, reference: rates(watched.claims, ['ageBand', 'sex']) },
        isIn,
      ),
    ],
    ['condition', causeByTables('condition', conditions, isIn)],
    ['month', causeByAxis({ by: 'month', table: byMonth, reference: rates(byMonth, ['month']) }, isIn)],
  ]
  return found.map(([by, cause]) => ({ label, by, cause: causeView(cause) }))
}

function causeView(cause: Cause): MonitorCause {
  if (cause.kind === 'stops') return { kind: 'stops', reason: cause.reason }
  return {
    kind: 'rows',
    leftOut: cause.leftOut,
    rows: cause.rows.map(({ label, observed, expected, excess, band }) => ({
      label,
      observed,
      expected,
      excess,
      ratio: band.ratio,
      lower: band.lower,
      upper: band.upper,
    })),
  }
}

function alertsOf(
  watched: WatchLevel,
  charts: readonly {
    readonly label: string
    readonly chart: CusumChart
    readonly used: readonly CusumMonth[]
  }[],
  plotted: readonly { readonly label: string; readonly isSignal: boolean }[],
  groups: readonly MonitorGroupView[],
  causes: GroupRisk['causes'],
  output: MonitorOutput,
): GroupRisk['alerts'] {
  const nextOf = (label: string): GroupRisk['alerts'][number]['next'] => {
    const tops = causes.flatMap(({ label: of, by, cause }) => {
      if (of !== label || cause.kind === 'stops' || by === 'month') return []
      const [top] = cause.rows
      const excess = cause.rows.reduce((sum, row) => sum + Math.max(0, row.excess), 0)
      return top === undefined || top.excess <= 0
        ? []
        : [{ by, label: top.label, share: top.excess / excess }]
    })
    return tops.toSorted((a, b) => b.share - a.share)[0] ?? null
  }
  const rises = charts.flatMap(({ label, chart, used }) =>
    risesOf(chart, used).map(({ since, month, rise }) => {
      const sum = (of: (month: CusumMonth) => number) => rise.reduce((total, each) => total + of(each), 0)
      const count = {
        observed: sum(({ observed }) => observed),
        expected: sum(({ expected }) => expected),
        noise: sum(({ noise }) => noise),
      }
      return {
        watched,
        label,
        kind: 'rise' as const,
        month,
        since,
        ratio: { ...observedToExpected(count), ...count },
        falseAlarmsPerYear: chart.falseAlarmsPerYear,
        next: nextOf(label),
      }
    }),
  )
  const levels = plotted.flatMap(({ label, isSignal }) => {
    const found = groups.find((group) => group.label === label)?.actualToExpected
    if (!isSignal || found === null || found === undefined) return []
    return [
      {
        watched,
        label,
        kind: 'level' as const,
        month: null,
        since: monthsUpTo(output.lastMonth, output.months)[0]!,
        ratio: found,
        // The false-discovery rate is of the signals of one table; with one table a year that is what a year has.
        falseAlarmsPerYear: 0.05,
        next: nextOf(label),
      },
    ]
  })
  return [...rises, ...levels]
}

/** After a signal the chart begins again: what goes on without a pause is one rise, and what comes after a pause another one. */
function risesOf(
  { signals }: CusumChart,
  used: readonly CusumMonth[],
): { readonly since: string; readonly month: string; readonly rise: readonly CusumMonth[] }[] {
  const months = used.map(({ month }) => month)
  const runs: { since: string; month: string }[] = []
  for (const { since, month } of signals) {
    const before = runs.at(-1)
    if (before !== undefined && months.indexOf(since) === months.indexOf(before.month) + 1)
      before.month = month
    else runs.push({ since, month })
  }
  return runs.map(({ since, month }) => ({
    since,
    month,
    rise: used.slice(months.indexOf(since), months.indexOf(month) + 1),
  }))
}

function triangleOf(
  { cells, variance }: { readonly cells: Parameters<typeof reportingTriangle>[0]; readonly variance: number },
  { lastMonth }: MonitorOutput,
  asOf: string | null,
): ReportingTriangle | null {
  try {
    return reportingTriangle(cells, lastMonth, DELAYS.length, variance, null, asOf)
  } catch (error) {
    // A column of noise alone has no development.
    if (error instanceof PricingFailure || error instanceof StatsFailure) return null
    throw error
  }
}

function triangleView(triangle: ReportingTriangle | null): MonitorView['triangle'] {
  if (triangle === null) return { kind: 'no-pattern' }
  if (triangle.kind !== 'triangle') return { ...triangle }
  const { months, cumulative, isCut, maturity } = triangle
  return {
    kind: 'triangle',
    months: [...months],
    cumulative: cumulative.map((row) => [...row]),
    isCut,
    completion: months.map((month) => maturity.get(month)?.completion ?? 1),
  }
}
