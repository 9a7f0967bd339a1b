/**
 * What a recorded monitoring table says of groups beside the insurer's own exposure (docs/spec/pricing.md section 3, M13). Everything is
 * a function of what was released already and of the insurer's own file: nothing is asked, and nothing can be learnt that is not in these. Pure.
 */
import type {
  MonitorGroupView,
  MonitorRate,
  MonitorUnits,
  MonitorView,
} from '../../shared/contract/monitor.ts'
import type { WatchLevel } from '../../shared/domain/group-alert.ts'
import { monthsUpTo, type MonitorGroup, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import {
  nameOf,
  sumCells,
  watch,
  watcher,
  type ExposureRow,
  type WatchedTable,
} from '../pricing/monitor/cells.ts'
import type { ThresholdCache } from '../pricing/monitor/cusum.ts'
import { referenceRates } from '../pricing/monitor/expected.ts'
import { funnelPlot } from '../pricing/monitor/funnel.ts'
import { caseMixOf, measuresOf, type GroupTables } from '../pricing/monitor/measures.ts'
import { COST_VARIATION } from '../pricing/model/credibility.ts'
import { dispersionOf, overdispersionOf, type Overdispersion } from '../pricing/monitor/overdispersion.ts'
import { countBand, MATURE, type RateBand } from '../pricing/monitor/rate-band.ts'
import { maturityOf, type ReportingTriangle } from '../pricing/monitor/reporting-triangle.ts'
import type { AgeBand } from './age-bands.ts'
import { triangleOf } from './late-reporting.ts'
import { benchmarkView } from './market.ts'
import { byPlan } from './monitor-request.ts'
import { monitorTables, type WatchedTables } from './monitor-tables.ts'
import { alertsOf } from './risk-alerts.ts'
import { causesOf, withDiscoveries } from './risk-causes.ts'
import {
  actualToExpected,
  chartOf,
  cusumView,
  ewmaView,
  funnelView,
  ratioOf,
  type GroupChart,
} from './risk-charts.ts'
import { shrunkView } from './risk-ranking.ts'
import { levelSpread, type LevelSpread } from './risk-spread.ts'

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
  /** Among how many such tables the yearly allowance is shared: each of them may give a false alarm. */
  readonly tablesPerYear: number
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
  const ofGroups = {
    tables,
    units: output.groups,
    exposure: exposure === null ? null : condensed(exposureOf(exposure, output)),
  }
  const ofPlans =
    tables.plans === null || output.plans === null
      ? null
      : {
          tables: tables.plans,
          units: output.plans,
          exposure:
            exposure === null
              ? null
              : condensed(exposureOf(byPlan(exposure), { ...output, groups: output.plans })),
        }
  const shared = {
    output,
    triangle,
    dispersion: dispersionOfClaims([ofGroups, ofPlans]),
    tablesPerYear: input.tablesPerYear,
    cache,
    pause,
  }
  const groups = await riskOf('group', { ...shared, ...ofGroups })
  const plans = ofPlans === null ? null : await riskOf('plan', { ...shared, ...ofPlans })
  return {
    portfolio: groups.portfolio,
    ...groups.units,
    plans: plans?.units ?? null,
    // The surest first: that is read first.
    alerts: [...groups.alerts, ...(plans?.alerts ?? [])].toSorted((a, b) => a.ratio.p - b.ratio.p),
    triangle: triangleView(triangle),
    benchmark: benchmarkView(tables.market),
    tablesPerYear: input.tablesPerYear,
    amountVariation: COST_VARIATION,
  }
}

interface OfLevel {
  readonly tables: WatchedTables
  readonly units: readonly MonitorGroup[]
  /** Under the labels of the units. */
  readonly exposure: readonly ExposureRow[] | null
}

/** Groups and plans are of the same people: of both, the level that tells it better says how their claims come together. */
function dispersionOfClaims(levels: readonly (OfLevel | null)[]): Overdispersion | null {
  const found = levels.flatMap((level) => {
    if (level === null || level.exposure === null) return []
    const measured = overdispersionOf(watch(level.tables.claims, level.exposure), 'group', ['ageBand', 'sex'])
    return measured === null ? [] : [measured]
  })
  return found.toSorted((a, b) => a.stdErr - b.stdErr)[0] ?? null
}

interface UnitsInput extends OfLevel {
  readonly output: MonitorOutput
  readonly dispersion: Overdispersion | null
  readonly triangle: ReportingTriangle | null
  readonly tablesPerYear: number
  readonly cache: ThresholdCache
  pause(): Promise<void>
}

type UnitsRisk = Pick<GroupRisk, 'portfolio' | 'alerts'> & { readonly units: MonitorUnits }

/** Of units that are compared with each other: employer groups, or plans. */
async function riskOf(
  of: WatchLevel,
  { output, tables, units, exposure, triangle, dispersion, tablesPerYear, cache, pause }: UnitsInput,
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
  const spread = levelSpread(dispersionOf(dispersion), expected?.byMonth ?? new Map(), triangle)
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
      spread,
    })
  const groups: MonitorGroupView[] = []
  for (const label of labels) {
    groups.push(viewOf(label))
    await pause()
  }
  const portfolio = viewOf(null)
  const noiseOfMonth = tables.claimsByMonth.variance
  const ratios = groups.flatMap((group) => ratioOf(group))
  const plot = funnelPlot(ratios, (label) => spread.of(groups.find((group) => group.label === label)!.months))
  const charts: GroupChart[] = []
  for (const group of groups) {
    charts.push(...chartOf(group, noiseOfMonth, spread, tablesPerYear, cache))
    await pause()
  }
  const levelAlarms = plot.groups.length > 1 ? plot.falseDiscoveryRate * tablesPerYear : 0
  const found: GroupRisk['causes'] = []
  for (const label of labels) {
    const { months } = groups.find((group) => group.label === label)!
    found.push(...causesOf(label, watched, claimsByMonth, spread.of(months)))
    await pause()
  }
  const causes = withDiscoveries(found, plot.falseDiscoveryRate)
  return {
    portfolio,
    alerts: alertsOf({
      watched: of,
      charts,
      plotted: plot.groups,
      groups,
      causes,
      spread,
      output,
      levelAlarms,
    }),
    units: {
      groups,
      isStandardised: expected?.isStandardised ?? false,
      isCompared: expected?.isCompared ?? false,
      dispersion: dispersion === null ? null : { ...dispersion },
      funnel: funnelView(plot, ratios, groups.length),
      shrunk: shrunkView({
        groups,
        claims,
        cost: watched.cost,
        triangle,
        spread,
        amountVariation: COST_VARIATION,
      }),
      cusums: charts.map(cusumView),
      ewmas: groups.flatMap((group) => ewmaView(group, noiseOfMonth, spread)),
      falseAlarmsPerYear: {
        rises: charts.reduce((sum, { falseAlarmsPerYear }) => sum + falseAlarmsPerYear, 0),
        levels: levelAlarms,
      },
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
  /** Of all groups that are shown in a month. */
  readonly byMonth: ReadonlyMap<string, number>
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
  const ofMonths = new Map<string, number>()
  for (const cell of byMonth.cells) {
    const own = raw.get(nameOf(cell.key, byMonth.axes)) ?? 0
    if (own <= 0) continue
    observed += cell.value
    all += own
    compared.add(cell.key.group)
    const month = cell.key.month ?? ''
    ofMonths.set(month, (ofMonths.get(month) ?? 0) + own)
  }
  if (!(observed > 0) || !(all > 0)) return null
  const factor = observed / all
  return {
    isStandardised,
    isCompared: compared.size > 1,
    byMonth: new Map([...ofMonths].map(([month, own]) => [month, factor * own])),
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
  readonly spread: LevelSpread
}

function groupView(input: ViewInput): MonitorGroupView {
  const {
    label,
    output,
    units,
    watched,
    claimsByMonth,
    patientsByMonth,
    exposure,
    expected,
    triangle,
    spread,
  } = input
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
    const claims = ofClaims.cells === 0 ? null : ofClaims.value
    const memberYears = ofMonth?.reduce((total, row) => total + row.memberMonths / 12, 0) ?? null
    return {
      month,
      claims,
      noise: ofClaims.noise,
      patients: ofPatients.cells === 0 ? null : ofPatients.value,
      expected: expected === null || ofClaims.cells === 0 ? null : sum,
      exposure: memberYears,
      rate: monthRate({ month, claims, noise: ofClaims.noise, memberYears }, triangle),
      withheld: own.length - shown.length,
    }
  })
  const measures = measuresOf(watched, (key) => isOf(key.group), {
    maturity: maturityOf(series, triangle),
    amountVariation: COST_VARIATION,
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
      label === null || !expected?.isCompared ? null : actualToExpected(claimsByMonth, series, isOf, spread),
    months: series,
  }
}

/** Claims per member-year of one month, completed, with the limits that chance, noise and immaturity have together. */
function monthRate(
  of: {
    readonly month: string
    readonly claims: number | null
    readonly noise: number
    readonly memberYears: number | null
  },
  triangle: ReportingTriangle | null,
): MonitorRate {
  if (of.claims === null) return { kind: 'withheld' }
  // The month's own completion, also where noise leaves nothing of its claims.
  const young = triangle?.kind === 'triangle' ? triangle.maturity.get(of.month) : undefined
  return countBand(of.claims, of.noise, of.memberYears, young ?? MATURE)
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
