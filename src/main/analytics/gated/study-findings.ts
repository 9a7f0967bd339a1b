/**
 * What a study would say, as findings that the rules of release judge: coefficients with the facts of their models, curves on a grid, and
 * the table of who the people are. Exact: none of it leaves the thread of the analysis (docs/spec/release-rules.md section 5). Pure.
 */
import { isCurve, labelColumns, type StudyDocument, type StudyModel } from '../../../shared/domain/study.ts'
import type { Finding } from '../../privacy/lane-b.ts'
import type { ExactCurve } from '../../privacy/rules/curves.ts'
import type { ColumnKind, ExactCoefficient, ModelFacts } from '../../privacy/rules/models.ts'
import { checkQuantile } from '../../privacy/rules/tables.ts'
import { isBroken } from '../../privacy/rules/rule-check.ts'
import type { RulePolicy } from '../../privacy/rules/rule-policy.ts'
import type { FitResult } from '../../stats/model/fit-model.ts'
import { modelFrame } from '../../stats/model/model-frame.ts'
import {
  columnsOfRows,
  derivedColumns,
  rowsFor,
  type IntervalRows,
  type TableColumn,
} from '../intervals/interval-table.ts'
import { specOf } from '../models/study-spec.ts'
import { designFacts } from './design-facts.ts'

export interface NamedFinding {
  /** `model/0`, `curve/1/female`, `baseline/sex`, `baseline/age/male`. */
  readonly name: string
  readonly finding: Finding
  /** Of a table: its axes with the names of their levels, the last running fastest. */
  readonly axes: readonly { readonly variable: string; readonly levels: readonly string[] }[]
}

/** A model's answer; null where the data gave no honest number. */
export type FitOf = (model: StudyModel, index: number) => FitResult | null

/** What is said of the people in no group: the level for those of whom nothing is known. */
export const NOT_KNOWN = ''
/** Steps of a curve: months, and quarters where follow-up is longer than three years. */
const MONTH_DAYS = 30
const QUARTER_DAYS = 91
const MONTHS_UP_TO_DAYS = 1_096
/** Thirty years of quarters. */
const STEPS_MAX = 120

/** Null where a model has no answer: then nothing of the study leaves, as the rest would say which. */
export function findingsOf(
  study: StudyDocument,
  rows: IntervalRows,
  fitOf: FitOf,
  earlierModels: number,
  policy: RulePolicy,
): readonly NamedFinding[] | null {
  const findings: NamedFinding[] = []
  for (const [m, model] of study.models.entries()) {
    const fit = fitOf(model, m)
    if (fit === null) return null
    const relatedModels = earlierModels + m + 1
    const of = rowsFor(model.family, rows)
    if (isCurve(model.family)) findings.push(...curvesOf(m, model, of, fit))
    else
      findings.push({
        name: `model/${m}`,
        axes: [],
        finding: {
          kind: 'model',
          facts: modelFacts(study, model, of, fit, relatedModels, policy),
          coefficients: coefficientsOf(fit),
        },
      })
  }
  findings.push(...baselineFindings(rows, study.baselineBy, policy))
  return findings
}

/** Persons of the table, each once, in its order. */
export function personsIn(rows: Pick<IntervalRows, 'rowCount' | 'id'>): readonly number[] {
  const persons: number[] = []
  for (let row = 0; row < rows.rowCount; row++)
    if (row === 0 || rows.id[row] !== rows.id[row - 1]) persons.push(rows.id[row]!)
  return persons
}

export function personsWithEvent(rows: Pick<IntervalRows, 'rowCount' | 'id' | 'event'>): ReadonlySet<number> {
  const persons = new Set<number>()
  for (let row = 0; row < rows.rowCount; row++) if (rows.event[row] === 1) persons.add(rows.id[row]!)
  return persons
}

function coefficientsOf(fit: FitResult): readonly ExactCoefficient[] {
  const names = fit['names'] as readonly string[]
  const values = fit['coefficients'] as readonly (number | null)[]
  const errors = fit['stdErr'] as readonly (number | null)[]
  // What is no number stays none: the rules refuse it.
  return names.map((name, i) => ({ name, value: values[i] ?? NaN, error: errors[i] ?? NaN }))
}

function modelFacts(
  { intervals }: StudyDocument,
  model: StudyModel,
  rows: IntervalRows,
  fit: FitResult,
  relatedModels: number,
  { smallestCount }: RulePolicy,
): ModelFacts {
  const used = [...new Set([...model.covariates, ...model.strata])]
  // The very columns of the fit: splines bend, interactions multiply, and few may stand behind what they make.
  const table = columnsOfRows(rows, derivedColumns(model))
  const frame = modelFrame(table, specOf({ ...model, curvesOf: null }, rows))
  const patients = new Set(Array.from(frame.rows, (row) => rows.id[row]!))
  const withEvent = new Set(
    Array.from(frame.rows)
      .filter((row) => rows.event[row] === 1)
      .map((row) => rows.id[row]!),
  )
  const parameters = (fit['names'] as readonly string[]).length
  const labels = new Set(labelColumns(intervals))
  return {
    patients: patients.size,
    events: withEvent.size,
    parameters,
    residualFreedom: patients.size - parameters,
    ...designFacts(rows, frame, smallestCount),
    hasConverged: fit['converged'] === true,
    hasInfinite:
      (fit['infinite'] as readonly string[] | undefined)?.length !== 0 ||
      (fit['aliased'] as readonly string[] | undefined)?.length !== 0,
    // The grammar of intervals has no identifier and no date: only what holds labels, or is taken as groups, can be named.
    columns: used.map((name): ColumnKind =>
      labels.has(name) || model.factors.includes(name) ? 'label' : 'value',
    ),
    relatedModels,
  }
}

function isMissing(column: TableColumn, row: number): boolean {
  if (column.kind === 'label') return column.codes[row]! < 0
  const value = column.values[row]!
  return value !== value
}

interface FittedCurve {
  readonly stratum: string | null
  readonly state?: number
  readonly time: readonly number[]
  readonly atRisk: readonly number[]
  readonly events: readonly number[]
  readonly estimate: readonly (number | null)[]
}

/** Of `aj` the probability to be without the event in spite of death: 1 less the incidence of the event. */
function curvesOf(m: number, model: StudyModel, rows: IntervalRows, fit: FitResult): readonly NamedFinding[] {
  const isIncidence = model.family === 'aj'
  const curves = (fit['curves'] as readonly FittedCurve[]).filter(({ state }) => !isIncidence || state === 1)
  let last = 0
  for (const stop of rows.stop) if (stop > last) last = stop
  const step = last <= MONTHS_UP_TO_DAYS ? MONTH_DAYS : QUARTER_DAYS
  return curves.map((curve) => ({
    name: curve.stratum === null ? `curve/${m}` : `curve/${m}/${curve.stratum}`,
    axes: [],
    finding: { kind: 'curve', curve: onGrid(curve, step, last, isIncidence) },
  }))
}

/** Those at risk at the beginning of a step are those at its first time, or where it has none those of the next one. */
function onGrid(curve: FittedCurve, step: number, last: number, isIncidence: boolean): ExactCurve {
  const points: { day: number; events: number; atRisk: number; survival: number }[] = []
  let i = 0
  let survival = 1
  for (let day = step; points.length < STEPS_MAX && day < last + step; day += step) {
    const atRisk = curve.atRisk[i] ?? 0
    let events = 0
    for (; i < curve.time.length && curve.time[i]! <= day; i++) {
      events += curve.events[i]!
      const estimate = curve.estimate[i] ?? 0
      survival = isIncidence ? 1 - estimate : estimate
    }
    points.push({ day, events, atRisk, survival })
  }
  return points
}

/** Labels and columns of 0 and 1 as counts by group, other numbers by their quartiles where enough people have one. */
function baselineFindings(
  rows: IntervalRows,
  by: string | null,
  policy: RulePolicy,
): readonly NamedFinding[] {
  const firsts: number[] = []
  for (let row = 0; row < rows.rowCount; row++)
    if (row === 0 || rows.id[row] !== rows.id[row - 1]) firsts.push(row)
  const groupColumn = by === null ? undefined : rows.columns.get(by)
  const groups = groupColumn === undefined ? null : textsOf(groupColumn, firsts)
  return [...rows.columns].flatMap(([name, column]): readonly NamedFinding[] => {
    if (name === 'period') return []
    const texts = textsOf(column, firsts)
    if (texts === null) return quartilesOf(name, column, firsts, groups, policy)
    const crossed = groups === null || name === by ? [texts] : [groups, texts]
    return [
      {
        name: `baseline/${name}`,
        finding: { kind: 'table', table: countsOf(crossed) },
        axes: crossed.map(({ levels }, axis) => ({
          variable: axis === crossed.length - 1 ? name : by!,
          levels,
        })),
      },
    ]
  })
}

interface Texts {
  readonly levels: readonly string[]
  /** Of each person. */
  readonly places: readonly number[]
}

/** Null for numbers that are more than flags. Levels in order, those not known last where there are any. */
function textsOf(column: TableColumn, firsts: readonly number[]): Texts | null {
  if (column.kind === 'number' && firsts.some((row) => !isFlag(column.values[row]!))) return null
  const said = firsts.map((row) => {
    if (isMissing(column, row)) return NOT_KNOWN
    return column.kind === 'label' ? column.labels[column.codes[row]!]! : String(column.values[row]!)
  })
  const known = [...new Set(said.filter((each) => each !== NOT_KNOWN))].sort((a, b) => (a < b ? -1 : 1))
  const levels = said.includes(NOT_KNOWN) ? [...known, NOT_KNOWN] : known
  return { levels, places: said.map((each) => levels.indexOf(each)) }
}

function isFlag(value: number): boolean {
  return value === 0 || value === 1 || value !== value
}

function countsOf(axes: readonly Texts[]): { levels: number[]; cells: number[] } {
  const levels = axes.map((axis) => axis.levels.length)
  const cells = new Array<number>(levels.reduce((product, each) => product * each, 1)).fill(0)
  const persons = axes[0]!.places.length
  for (let person = 0; person < persons; person++) {
    let cell = 0
    for (const axis of axes) cell = cell * axis.levels.length + axis.places[person]!
    cells[cell]!++
  }
  return { levels, cells }
}

const QUARTILES = [250, 500, 750] as const

function quartilesOf(
  name: string,
  column: TableColumn,
  firsts: readonly number[],
  groups: Texts | null,
  policy: RulePolicy,
): readonly NamedFinding[] {
  const { values } = column as Extract<TableColumn, { kind: 'number' }>
  const parts = [
    { label: `baseline/${name}`, people: firsts.map((_, person) => person) },
    ...(groups?.levels ?? []).map((level, place) => ({
      label: `baseline/${name}/${level}`,
      people: firsts.flatMap((_, person) => (groups!.places[person] === place ? [person] : [])),
    })),
  ]
  return parts.flatMap(({ label, people }) => {
    const sorted = people
      .map((person) => values[firsts[person]!]!)
      .filter((value) => value === value)
      .sort((a, b) => a - b)
    // Left out as a small cell is, not refused: of a small group nothing is said.
    return QUARTILES.filter((perMille) => !isBroken(checkQuantile(perMille, sorted.length, policy))).map(
      (perMille): NamedFinding => ({
        name: label,
        axes: [],
        finding: {
          kind: 'quantile',
          perMille,
          patients: sorted.length,
          value: sorted[Math.floor((sorted.length * perMille) / 1_000)]!,
        },
      }),
    )
  })
}
