/**
 * Exact tables from rows of patients, within the bounds of what one patient may add (docs/spec/privacy.md Q4). What comes out of here is
 * secret: it leaves this process only with noise on it.
 */
import { assert } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { variableOf } from './dictionary.ts'
import type { Measure, Part } from './part.ts'
import { cellCountOf, levelCount, type Axis } from './axis.ts'

/** Values by variable: whole numbers in the variable's unit, labels, or null where not known. */
export type Row = Readonly<Record<string, number | string | null>>
/** All rows of one patient, in order of time. */
export type Patient = readonly Row[]

/** One number for each cell, the last axis running fastest. */
export function tabulate(part: Part, patients: Iterable<Patient>): bigint[] {
  const cells = new Array<bigint>(cellCountOf(part.axes)).fill(0n)
  for (const patient of patients)
    for (const [cell, amount] of contributionOf(part, patient)) cells[cell] = cells[cell]! + amount
  return cells
}

/** The first cells that the patient comes to, each clamped: a choice that nobody else's rows can change. */
function contributionOf(part: Part, patient: Patient): ReadonlyMap<number, bigint> {
  const amounts = new Map<number, bigint>()
  for (const row of patient) {
    if (part.needs.some((name) => (row[name] ?? null) === null)) continue
    const cell = cellOf(part.axes, row)
    const before = amounts.get(cell)
    if (before === undefined && amounts.size >= part.cellsMost) continue
    amounts.set(cell, clamped((before ?? 0n) + amountOf(part.measure, row), part.perCellMost))
    if (part.rows === 'first') break
  }
  return amounts
}

function clamped(amount: bigint, most: bigint): bigint {
  return amount > most ? most : amount < -most ? -most : amount
}

function amountOf(measure: Measure, row: Row): bigint {
  switch (measure.kind) {
    case 'one':
      return 1n
    case 'sum':
      return wholeWithin(row[measure.variable], 0, measure.most)
    case 'centred':
    case 'centred-square': {
      const { least, greatest } = measure
      const value = wholeWithin(row[measure.variable], least, greatest)
      const distance = 2n * value - BigInt(least) - BigInt(greatest)
      return measure.kind === 'centred' ? distance : distance * distance
    }
    default:
      return unreachable(measure)
  }
}

function wholeWithin(value: number | string | null | undefined, least: number, greatest: number): bigint {
  assert(typeof value === 'number', 'what is added up is a number')
  // First: what somebody wrote down may be beyond all whole numbers.
  const within = value < least ? least : value > greatest ? greatest : value
  assert(Number.isSafeInteger(within), 'a number of a row is whole')
  return BigInt(within)
}

/** Number of the cell of a joint table that a row is in. */
export function cellOf(axes: readonly Axis[], row: Row): number {
  let cell = 0
  for (const axis of axes) cell = cell * levelCount(axis) + levelOf(axis, row[axis.variable] ?? null)
  return cell
}

/** What is not known, or no level of the dictionary, is in the last one. */
function levelOf(axis: Axis, value: number | string | null): number {
  const last = levelCount(axis) - 1
  if (axis.labels !== undefined) {
    const level = typeof value === 'string' ? axis.labels.indexOf(value) : -1
    return level < 0 ? last : level
  }
  const entry = variableOf(axis.variable)
  if (entry?.kind === 'label') {
    const level = typeof value === 'string' ? entry.levels.indexOf(value) : -1
    return level < 0 ? last : level
  }
  if (typeof value !== 'number') return last
  let level = 0
  while (level < axis.edges.length && axis.edges[level]! <= value) level++
  return level
}
