/** What a table carries of a model before it is fitted: persons, events and parameters, and what to look at first. Pure. */
import { isCurve, isPooled, type StudyModel } from '../../../shared/domain/study.ts'
import type { Readiness, ReadinessFinding } from '../../../shared/domain/study-answer.ts'
import { present } from '../../../shared/std/assert.ts'
import { checkIntervals } from '../../stats/survival/intervals.ts'
import type { IntervalReport } from '../intervals/build-intervals.ts'
import { rowsFor, type IntervalRows, type TableColumn } from '../intervals/interval-table.ts'

/** Harrell's rule of thumb (clinical.md step 20). */
export const EVENTS_PER_PARAMETER = 10

export function readinessOf(all: IntervalRows, report: IntervalReport, model: StudyModel): Readiness {
  const rows = rowsFor(model.family, all)
  const used = [...new Set([...model.covariates, ...model.strata])].map((name) =>
    present(rows.columns.get(name)),
  )
  const persons = new Set<number>()
  const complete: number[] = []
  let events = 0
  let deaths = 0
  let competing = 0
  let allEvents = 0
  let filledIn = 0
  let eventsFilledIn = 0
  for (let row = 0; row < rows.rowCount; row++) {
    allEvents += rows.event[row]!
    if (used.some((column) => isMissing(column, row))) {
      if (model.imputation === undefined) continue
      filledIn++
      eventsFilledIn += rows.event[row]!
    }
    complete.push(row)
    persons.add(rows.id[row]!)
    events += rows.event[row]!
    if (rows.status[row] === 2) deaths++
    if (rows.status[row] === 3) competing++
  }
  const findings: ReadinessFinding[] = []
  if (isPooled(model.family) && rows.rowCount < all.rowCount)
    findings.push({
      kind: 'pieces-cut-short',
      rows: all.rowCount - rows.rowCount,
      events: eventsIn(all) - allEvents,
    })
  const parametersOf = new Map<string, number>()
  for (const name of isCurve(model.family) ? [] : model.covariates) {
    const levels = levelsOf(present(rows.columns.get(name)), complete)
    if (levels < 2) findings.push({ kind: 'constant', name })
    const spline = model.splines.find((each) => each.name === name)
    const bends = spline === undefined ? 1 : spline.knots - 1
    parametersOf.set(name, model.factors.includes(name) ? Math.max(0, levels - 1) : bends)
  }
  let parameters = 0
  for (const each of parametersOf.values()) parameters += each
  for (const [one, other] of model.interactions)
    parameters += (parametersOf.get(one) ?? 0) * (parametersOf.get(other) ?? 0)
  if (parameters > 0 && events < EVENTS_PER_PARAMETER * parameters)
    findings.push({ kind: 'few-events', events, parameters })
  const dropped = rows.rowCount - complete.length
  if (dropped > 0) findings.push({ kind: 'rows-without-values', rows: dropped, events: allEvents - events })
  if (filledIn > 0) findings.push({ kind: 'rows-filled-in', rows: filledIn, events: eventsFilledIn })
  for (const { name, persons: count } of report.already)
    if (count > 0 && model.covariates.includes(name)) findings.push({ kind: 'already', name, persons: count })
  if (report.earlierEvents > 0) findings.push({ kind: 'earlier-events', persons: report.earlierEvents })
  if (report.earlierCompeting > 0)
    findings.push({ kind: 'earlier-competing', persons: report.earlierCompeting })
  if (report.laterEvents > 0) findings.push({ kind: 'later-events', persons: report.laterEvents })
  if (report.visitsAfterDeath > 0)
    findings.push({ kind: 'visits-after-death', persons: report.visitsAfterDeath })
  const { overlaps } = checkIntervals(rows.id, rows.start, rows.stop)
  if (overlaps.length > 0) findings.push({ kind: 'overlap', rows: overlaps.length })
  return { rows: complete.length, persons: persons.size, events, deaths, competing, parameters, findings }
}

/** Curves that a model of groups would draw: one for each combination of values. */
export function groupCountOf(
  { rowCount, columns }: IntervalRows,
  { covariates, strata }: StudyModel,
): number {
  const used = [...new Set([...covariates, ...strata])].map((name) => present(columns.get(name)))
  const groups = new Set<string>()
  for (let row = 0; row < rowCount; row++)
    if (!used.some((column) => isMissing(column, row)))
      groups.add(
        used.map((column) => (column.kind === 'label' ? column.codes : column.values)[row]!).join(' '),
      )
  return groups.size
}

function eventsIn({ event }: IntervalRows): number {
  let events = 0
  for (const each of event) events += each
  return events
}

function isMissing(column: TableColumn, row: number): boolean {
  if (column.kind === 'label') return column.codes[row]! < 0
  const value = column.values[row]!
  return value !== value
}

/** Different values among these rows. */
function levelsOf(column: TableColumn, rows: readonly number[]): number {
  const values = column.kind === 'label' ? column.codes : column.values
  const seen = new Set<number>()
  for (const row of rows) if (!isMissing(column, row)) seen.add(values[row]!)
  return seen.size
}
