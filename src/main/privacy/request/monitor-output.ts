/**
 * The monitoring table of one insurer: what a snapshot says of the groups that it insures, as several small tables of one request
 * (docs/spec/privacy.md Q7). Nothing in it is chosen but the insurer's own names: groups, plans and age bands as its exposure file has them. Whose records
 * they are is the requester's name, which gateways hold against the chain. Pure.
 */
import { cellCountOf, type Axis } from './axis.ts'

export type MonitorGroup = {
  /** As the insurer calls it; groups that are too small go under one label. */
  readonly label: string
  /** Names of the group in records, in order. */
  readonly codes: readonly string[]
}

export type MonitorOutput = {
  readonly kind: 'monitor'
  /** The payer's name in records: the requester's own, as the chain has it. */
  readonly organisation: string
  /** In order of their labels. */
  readonly groups: readonly MonitorGroup[]
  /**
   * Plans in order of their labels, watched beside the groups in tables of their own (ADR 0035); null where none are asked. A visit whose record names
   * no plan is with the plan that is called as its kind of payer (`NHI`).
   */
  readonly plans: readonly MonitorGroup[] | null
  /** Lower ends of the second and later age bands. */
  readonly ageEdges: readonly number[]
  /** `YYYY-MM`: the newest month; the table has `months` of them. */
  readonly lastMonth: string
  readonly months: number
  /** What one patient's cost counts with at most, minor units. */
  readonly costMost: number
  /**
   * All insurers of the consortium, in order, for the benchmark (ADR 0027); null where there are fewer than three, and none is asked. Gateways
   * hold the list against the chain, so that nobody chooses who is in it.
   */
  readonly insurers: readonly string[] | null
}

export const MONITOR_GROUPS_MAX = 20
export const MONITOR_CODES_MAX = 2_000
export const MONITOR_PLANS_MAX = 8
/** Of the table by plan, age and sex: with the 500 by group the answer stays within its one length (G10). */
export const PLAN_CELLS_MAX = 150
const LABEL_MAX = 64
/** A benchmark is of so many insurers at least, the one that asks with them. */
export const INSURERS_LEAST = 3
/** Twelve months and “not known” of so many are within the cells that a table may have (`CELLS_MAX`). */
export const INSURERS_MAX = 37
/** Own and the others' part of the benchmark, by level. */
export const MARKET_PARTS = ['own', 'others'] as const
export const MONITOR_MONTHS_LEAST = 6
export const MONITOR_MONTHS_MAX = 12
/** Of one patient in all months, and in one month: more is cut off, so that noise can hide who it was. */
export const CLAIMS_MOST = 8
export const CLAIMS_PER_MONTH_MOST = 2
export const CONDITIONS_PER_PERSON = 4
/** Months from a visit to its claim; later ones are in the last level with those that are not known. */
export const DELAYS = ['0', '1', '2', '3', '4', '5'] as const

/** Chronic conditions by ICD-10 categories; a person may have several. */
export const MONITOR_CONDITIONS = [
  ['hypertension', ['I10', 'I11', 'I12', 'I13', 'I15']],
  ['diabetes', ['E08', 'E09', 'E10', 'E11', 'E13', 'E14']],
  ['lipids', ['E78']],
  ['kidney', ['N18']],
  ['heart', ['I20', 'I21', 'I22', 'I23', 'I24', 'I25', 'I48', 'I50']],
  ['lung', ['J40', 'J41', 'J42', 'J43', 'J44', 'J45', 'J47']],
  ['obesity', ['E66']],
  ['cancer', ['C']],
] as const satisfies readonly (readonly [string, readonly string[]])[]

const CHARLSON_EDGES = [1, 3]
/** Points that a band of the score stands for, the last one being “not known”. */
export const CHARLSON_POINTS = [0, 1.4, 4] as const
export const CHARLSON_LABELS = ['0', '1-2', '3+'] as const

const labelled = (variable: string, labels: readonly string[]): Axis => ({ variable, edges: [], labels })

export function monitorAxes(output: MonitorOutput) {
  const { groups, plans, ageEdges, lastMonth, months, insurers } = output
  return {
    group: labelled(
      'watched-group',
      groups.map(({ label }) => label),
    ),
    plan: labelled('watched-plan', plans?.map(({ label }) => label) ?? []),
    age: { variable: 'age-years', edges: ageEdges } satisfies Axis,
    sex: { variable: 'sex', edges: [] } satisfies Axis,
    month: labelled('watched-month', monthsUpTo(lastMonth, months)),
    delay: labelled('watched-delay', DELAYS),
    charlson: { variable: 'charlson', edges: CHARLSON_EDGES } satisfies Axis,
    condition: labelled(
      'watched-condition',
      MONITOR_CONDITIONS.map(([name]) => name),
    ),
    insurer: labelled('market-insurer', insurers ?? []),
    part: labelled('market-part', MARKET_PARTS),
    marketMonth: labelled('market-month', monthsUpTo(lastMonth, months)),
  }
}

/** Of the table by plan, age and sex; 0 without plans. */
export function planCellCount(output: MonitorOutput): number {
  const { plan, age, sex } = monitorAxes(output)
  return output.plans === null ? 0 : cellCountOf([plan, age, sex])
}

/** Oldest first. */
export function monthsUpTo(last: string, count: number): string[] {
  const newest = Number(last.slice(0, 4)) * 12 + Number(last.slice(5)) - 1
  return Array.from({ length: count }, (_, i) => {
    const index = newest - count + 1 + i
    return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
  })
}

/** What the shape cannot say; the axes' own rules come beside it. */
export function isMonitorInForm(output: MonitorOutput): boolean {
  const { organisation, groups, plans, lastMonth, months, costMost, insurers } = output
  return (
    isLabel(organisation) &&
    areNamed(groups, MONITOR_GROUPS_MAX) &&
    (plans === null || areNamed(plans, MONITOR_PLANS_MAX)) &&
    /^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$/.test(lastMonth) &&
    Number.isSafeInteger(months) &&
    months >= MONITOR_MONTHS_LEAST &&
    months <= MONITOR_MONTHS_MAX &&
    Number.isSafeInteger(costMost) &&
    costMost >= 1_000 &&
    costMost <= 100_000_000 &&
    (insurers === null || isMarket(insurers, organisation))
  )
}

/** One at least; each label and each name stands once. */
function areNamed(groups: readonly MonitorGroup[], most: number): boolean {
  const codes = groups.flatMap((group) => group.codes)
  return (
    groups.length >= 1 &&
    groups.length <= most &&
    codes.length <= MONITOR_CODES_MAX &&
    new Set(codes).size === codes.length &&
    groups.every(({ label, codes: own }) => isLabel(label) && own.length > 0 && own.every(isLabel)) &&
    new Set(groups.map(({ label }) => label)).size === groups.length
  )
}

/** Each once however it is spelled, and the one that asks among them. */
function isMarket(insurers: readonly string[], organisation: string): boolean {
  const names = new Set(insurers.map(payerName))
  return (
    insurers.length >= INSURERS_LEAST &&
    insurers.length <= INSURERS_MAX &&
    names.size === insurers.length &&
    names.has(payerName(organisation)) &&
    insurers.every(isLabel)
  )
}

/** One insurer however it is spelled: width, case and blanks do not matter. */
export const payerName = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

export function canonicalMonitor(output: MonitorOutput): MonitorOutput {
  const inOrder = (groups: readonly MonitorGroup[]): readonly MonitorGroup[] =>
    groups
      .map(({ label, codes }) => ({ label, codes: [...codes].sort() }))
      .sort((a, b) => (a.label < b.label ? -1 : 1))
  return {
    ...output,
    groups: inOrder(output.groups),
    plans: output.plans === null ? null : inOrder(output.plans),
    insurers: output.insurers === null ? null : [...output.insurers].sort(),
  }
}

/** Whether a request can carry the name. */
export const isLabel = (text: string): boolean =>
  text.length > 0 && text.length <= LABEL_MAX && text === text.normalize('NFC')
