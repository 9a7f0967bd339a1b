/**
 * What moved between two recorded monitoring tables, or between the halves of the insurer's own file (docs/spec/pricing.md M25): mix, claims by the earlier
 * rates, coding, what is not known, late reporting. A function of what was released already and of the file. Pure.
 */
import type { MonitorDrift, MonitorMixDrift, MonitorSource } from '../../shared/contract/monitor.ts'
import { monthsUpTo, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import { nameOf, watch, type ExposureRow, type GatedTable } from '../pricing/monitor/cells.ts'
import {
  agedRatio,
  mixDrift,
  movedBy,
  perPerson,
  shareOf,
  type MixBin,
  type MixDrift,
  type RatedStratum,
} from '../pricing/monitor/drift.ts'
import { caseMixOf } from '../pricing/monitor/measures.ts'
import { OTHER } from '../pricing/monitor/merge-groups.ts'
import { maturityOf, monthIndex } from '../pricing/monitor/reporting-triangle.ts'
import type { AgeBand } from './age-bands.ts'
import { exposureOf, type GroupRisk } from './group-risk.ts'
import { triangleOf } from './late-reporting.ts'
import { monitorTables, type MonitorTables } from './monitor-tables.ts'
import { sharedMonths } from './group-series.ts'
import { levelCells, UNKNOWN_OF } from './unknown-levels.ts'

export interface DriftTable {
  readonly source: MonitorSource
  readonly output: MonitorOutput
  readonly microRho: number
  readonly released: readonly (readonly (number | null)[])[]
  readonly bands: readonly AgeBand[]
  /** Of all months; null where there is none or where it does not fit this table. */
  readonly exposure: readonly ExposureRow[] | null
  readonly asOf: string | null
  readonly risk: Pick<GroupRisk, 'portfolio'>
}

export type DriftFound = Omit<MonitorDrift, 'kind' | 'exposure'>

/**
 * Null where the tables are not those of their requests.
 *
 * @param earlier null: one table alone, of which only the file's halves can be held against each other
 * @param rows of the file, null without one
 */
export function driftOf(
  earlier: DriftTable | null,
  later: DriftTable,
  rows: readonly ExposureRow[] | null,
): DriftFound | null {
  const ofLater = tablesOf(later)
  const ofEarlier = earlier === null ? null : tablesOf(earlier)
  if (ofLater === null || (earlier !== null && ofEarlier === null)) return null
  const mix = rows === null ? [] : fileMix(earlier, later, rows)
  if (earlier === null || ofEarlier === null)
    return {
      earlier: null,
      later: later.source,
      sharedMonths: later.output.months,
      mix,
      actual: { kind: 'none', reason: 'one-table' },
      conditions: null,
      charlson: null,
      unknown: [],
      late: [],
    }
  // In more months more people come, with more conditions, and a month of the one table is none of the other: that would look like a drift.
  const isSameLength = earlier.output.months === later.output.months
  const ofSameLength = isSameLength
    ? {
        patients: patientMix(earlier, later, ofEarlier.persons, ofLater.persons),
        conditions: conditionsOf(ofEarlier, ofLater, sameGroups(earlier, later)),
        charlson: charlsonOf(ofEarlier, ofLater, sameGroups(earlier, later)),
        unknown: unknownOf(earlier, later),
      }
    : { patients: [], conditions: null, charlson: null, unknown: [] }
  const { patients, ...said } = ofSameLength
  return {
    earlier: earlier.source,
    later: later.source,
    sharedMonths: sharedMonths(earlier.source, later.source),
    mix: [...mix, ...patients],
    actual: actualOf(earlier, later, ofEarlier, ofLater),
    ...said,
    late: lateOf(earlier, later, ofEarlier, ofLater),
  }
}

const tablesOf = ({ output, microRho, released, bands }: DriftTable): MonitorTables | null =>
  monitorTables(output, microRho, released, bands)

type Side = MonitorMixDrift['before']

/** Months that only one of two tables has: what both have is no drift. Of one table the halves of the file. */
function periodsOf(
  earlier: DriftTable | null,
  later: DriftTable,
  rows: readonly ExposureRow[],
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const known = [...new Set(rows.map(({ key }) => key.month))].sort()
  if (earlier === null) {
    const half = Math.floor(known.length / 2)
    return { before: known.slice(0, half), after: half === 0 ? [] : known.slice(-half) }
  }
  const monthsOf = ({ output }: DriftTable) => monthsUpTo(output.lastMonth, output.months)
  const [ofEarlier, ofLater] = [monthsOf(earlier), monthsOf(later)]
  const has = (months: readonly string[]) => months.filter((month) => known.includes(month))
  return {
    before: has(ofEarlier.filter((month) => !ofLater.includes(month))),
    after: has(ofLater.filter((month) => !ofEarlier.includes(month))),
  }
}

const sideOf = (months: readonly string[]): Side => ({ first: months[0]!, last: months.at(-1)! })

function fileMix(
  earlier: DriftTable | null,
  later: DriftTable,
  rows: readonly ExposureRow[],
): MonitorMixDrift[] {
  const { before, after } = periodsOf(earlier, later, rows)
  if (before.length === 0 || after.length === 0) return []
  const { groups, plans } = later.output
  const labelOf = (named: typeof groups) =>
    new Map(named.flatMap(({ label, codes }) => codes.map((code) => [code, label])))
  const [ofGroup, ofPlan] = [labelOf(groups), labelOf(plans ?? [])]
  const cuts: readonly (readonly [MonitorMixDrift['of'], (row: ExposureRow) => string])[] = [
    ['age-sex', ({ key }) => `${key.ageBand} ${key.sex}`],
    ['group', ({ key }) => ofGroup.get(key.group) ?? OTHER],
    ...(plans === null ? [] : [['plan', ({ key }: ExposureRow) => ofPlan.get(key.plan) ?? OTHER] as const]),
  ]
  return cuts.flatMap(([of, cut]) => {
    const found = mixDrift(fileBins(rows, new Set(before), new Set(after), cut), null)
    return found === null ? [] : [mixView(of, found, sideOf(before), sideOf(after))]
  })
}

function fileBins(
  rows: readonly ExposureRow[],
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  cut: (row: ExposureRow) => string,
): MixBin[] {
  const bins = new Map<string, { label: string; before: number; after: number }>()
  for (const row of rows) {
    const isBefore = before.has(row.key.month)
    if (!isBefore && !after.has(row.key.month)) continue
    const label = cut(row)
    const bin = bins.get(label) ?? { label, before: 0, after: 0 }
    bins.set(label, bin)
    bin[isBefore ? 'before' : 'after'] += row.memberMonths
  }
  return [...bins.values()].sort((a, b) => (a.label < b.label ? -1 : 1))
}

function mixView(of: MonitorMixDrift['of'], found: MixDrift, before: Side, after: Side): MonitorMixDrift {
  return { of, before, after, ...found, moved: found.moved.map((share) => ({ ...share })) }
}

interface Both {
  readonly key: GatedTable['cells'][number]['key']
  readonly before: number
  readonly after: number
}

/** Cells that both tables show: what one of them lacks would look like a drift. */
function inBoth(before: GatedTable, after: GatedTable): Both[] {
  const ofBefore = new Map(
    before.cells.flatMap(({ key, value }) => (value === null ? [] : [[nameOf(key, before.axes), value]])),
  )
  return after.cells.flatMap(({ key, value }) => {
    const other = ofBefore.get(nameOf(key, after.axes))
    return value === null || other === undefined ? [] : [{ key, before: other, after: value }]
  })
}

function patientMix(
  earlier: DriftTable,
  later: DriftTable,
  before: GatedTable,
  after: GatedTable,
): MonitorMixDrift[] {
  const bins = new Map<string, { label: string; before: number; after: number; cells: number }>()
  for (const { key, ...values } of inBoth(before, after)) {
    const label = `${key.ageBand} ${key.sex}`
    const bin = bins.get(label) ?? { label, before: 0, after: 0, cells: 0 }
    bins.set(label, bin)
    bin.before += values.before
    bin.after += values.after
    bin.cells++
  }
  const list = [...bins.values()].sort((a, b) => (a.label < b.label ? -1 : 1))
  const found = mixDrift(list, {
    before: list.map(({ cells }) => cells * before.variance),
    after: list.map(({ cells }) => cells * after.variance),
  })
  const side = ({ output }: DriftTable) => sideOf(monthsUpTo(output.lastMonth, output.months))
  return found === null ? [] : [mixView('patients', found, side(earlier), side(later))]
}

function actualOf(
  earlier: DriftTable,
  later: DriftTable,
  ofEarlier: MonitorTables,
  ofLater: MonitorTables,
): MonitorDrift['actual'] {
  if (earlier.exposure === null || later.exposure === null) return { kind: 'none', reason: 'no-file' }
  // A member counts with eight claims at most in all months: in fewer months that cuts off less.
  if (earlier.output.months !== later.output.months) return { kind: 'none', reason: 'other-length' }
  const [before, after] = [strataOf(earlier, ofEarlier), strataOf(later, ofLater)]
  const strata = [...after].flatMap(([name, stratum]): RatedStratum[] => {
    const own = before.get(name)
    return own === undefined ? [] : [{ before: own, after: stratum }]
  })
  const found = agedRatio(strata, knownOf(earlier, ofEarlier), knownOf(later, ofLater))
  return found === null ? { kind: 'none', reason: 'withheld' } : { kind: 'ratio', ...found }
}

/** Claims and exposure of the whole portfolio by age and sex, over the cells that are shown. */
function strataOf({ output, exposure }: DriftTable, { claims }: MonitorTables) {
  const strata = new Map<string, { claims: number; noise: number; exposure: number }>()
  for (const cell of watch(claims, exposureOf(exposure ?? [], output)).cells) {
    const name = nameOf(cell.key, ['ageBand', 'sex'])
    const known = strata.get(name) ?? { claims: 0, noise: 0, exposure: 0 }
    strata.set(name, known)
    known.claims += cell.value
    known.noise += cell.noise
    known.exposure += cell.exposure ?? 0
  }
  return strata
}

const knownOf = (table: DriftTable, tables: MonitorTables) =>
  maturityOf(table.risk.portfolio.months, triangleOf(tables.reporting, table.output, table.asOf))

type IsSame = (group: string | undefined) => boolean

/** Labels under which the same groups stand: other people are coded otherwise without any drift of coding. */
function sameGroups(earlier: DriftTable, later: DriftTable): IsSame {
  const codesOf = ({ output }: DriftTable) =>
    new Map(output.groups.map(({ label, codes }) => [label, JSON.stringify(codes.toSorted())]))
  const [before, after] = [codesOf(earlier), codesOf(later)]
  return (group) => group !== undefined && before.has(group) && before.get(group) === after.get(group)
}

function conditionsOf(
  before: MonitorTables,
  after: MonitorTables,
  isSame: IsSame,
): MonitorDrift['conditions'] {
  const persons = inBoth(before.persons, after.persons)
  const kinds = after.conditions.flatMap(({ name, table }) => {
    const other = before.conditions.find((each) => each.name === name)
    if (other === undefined) return []
    const counted = inBoth(other.table, table).filter(({ key }) => isSame(key.group))
    const groups = new Set(counted.map(({ key }) => key.group))
    const below = persons.filter(({ key }) => groups.has(key.group))
    if (counted.length === 0 || below.length === 0) return []
    const of = (side: 'before' | 'after', noise: number, personsNoise: number) => ({
      count: counted.reduce((sum, each) => sum + each[side], 0),
      noise: counted.length * noise,
      persons: below.reduce((sum, each) => sum + each[side], 0),
      personsNoise: below.length * personsNoise,
    })
    return [
      {
        before: of('before', other.table.variance, before.persons.variance),
        after: of('after', table.variance, after.persons.variance),
      },
    ]
  })
  const [ofBefore, ofAfter] = [
    perPerson(kinds.map((kind) => kind.before)),
    perPerson(kinds.map((kind) => kind.after)),
  ]
  return ofBefore === null || ofAfter === null
    ? null
    : movedBy(ofBefore, ofAfter, { least: 0, most: Infinity })
}

/** Of groups of which both tables show every band. */
function charlsonOf(before: MonitorTables, after: MonitorTables, isSame: IsSame): MonitorDrift['charlson'] {
  const bands = after.charlson.flatMap(({ label, points, table }) => {
    const other = before.charlson.find((each) => each.label === label)
    return other === undefined
      ? []
      : [{ points, other: other.table, table, both: inBoth(other.table, table) }]
  })
  const counts = new Map<string | undefined, number>()
  for (const { both } of bands)
    for (const { key } of both) counts.set(key.group, (counts.get(key.group) ?? 0) + 1)
  const meanOf = (side: 'before' | 'after') => {
    const mix = caseMixOf(
      bands.map(({ points, other, table, both }) => {
        const own = both.filter(
          ({ key }) => isSame(key.group) && counts.get(key.group) === after.charlson.length,
        )
        return {
          points,
          value: own.reduce((sum, each) => sum + each[side], 0),
          noise: own.length * (side === 'before' ? other : table).variance,
        }
      }),
    )
    // Half of its limits is 1.96 errors above the mean; below they end at 0.
    return mix === null
      ? null
      : { value: mix.points, variance: ((mix.upper - mix.points) / 1.959963984540054) ** 2 }
  }
  const [ofBefore, ofAfter] = [meanOf('before'), meanOf('after')]
  return ofBefore === null || ofAfter === null
    ? null
    : movedBy(ofBefore, ofAfter, { least: 0, most: Infinity })
}

function unknownOf(earlier: DriftTable, later: DriftTable): MonitorDrift['unknown'] {
  return UNKNOWN_OF.flatMap((of): MonitorDrift['unknown'] => {
    const [before, after] = [earlier, later].map(({ output, microRho, released }) =>
      levelCells(of, output, microRho, released),
    )
    if (before == null || after == null) return []
    const common = [...after.shown].filter(([name]) => before.shown.has(name))
    const estimate = ({ shown, variance }: typeof before) => {
      const sum = (list: typeof common) => ({
        value: list.reduce((total, [name]) => total + shown.get(name)!.value, 0),
        noise: list.length * variance,
      })
      return { part: sum(common.filter(([, { isUnknown }]) => isUnknown)), whole: sum(common) }
    }
    const [a, b] = [estimate(before), estimate(after)]
    const isShown = common.some(([, { isUnknown }]) => isUnknown)
    if (!isShown || !(a.whole.value > 0) || !(b.whole.value > 0))
      return [{ of, share: { kind: 'withheld' as const } }]
    const moved = movedBy(shareOf(a.part, a.whole), shareOf(b.part, b.whole), { least: 0, most: 1 })
    return [{ of, share: { kind: 'moved' as const, ...moved } }]
  })
}

/** By how many months lay behind the month's end when the snapshot was taken; without its day, as the triangle has it, none but the newest month's own. */
function lateOf(
  earlier: DriftTable,
  later: DriftTable,
  ofEarlier: MonitorTables,
  ofLater: MonitorTables,
): MonitorDrift['late'] {
  const [before, after] = [completionBy(earlier, ofEarlier), completionBy(later, ofLater)]
  return [...after]
    .flatMap(([months, now]) => {
      const then = before.get(months)
      return then === undefined ? [] : [{ months, ...movedBy(then, now, { least: 0, most: 1 }) }]
    })
    .sort((a, b) => a.months - b.months)
}

function completionBy(
  table: DriftTable,
  tables: MonitorTables,
): ReadonlyMap<number, { readonly value: number; readonly variance: number }> {
  const triangle = triangleOf(tables.reporting, table.output, table.asOf)
  if (triangle?.kind !== 'triangle') return new Map()
  const now = table.asOf === null ? monthIndex(table.output.lastMonth) + 1 : monthIndex(table.asOf)
  return new Map(
    [...triangle.maturity].map(([month, { completion, relativeError }]) => [
      now - monthIndex(month),
      { value: completion, variance: (completion * relativeError) ** 2 },
    ]),
  )
}
