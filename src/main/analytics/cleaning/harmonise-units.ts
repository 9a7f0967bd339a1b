/**
 * Step 5: every number in the unit of our own table. The stated unit is believed where it makes a usual value, or one that can be.
 * Where it makes an impossible one and exactly one other unit of the test a usual one, that one was meant, unless the person's own
 * values say that a decimal point moved; where it makes a rare one, only if the own values say clearly that the other was meant.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { labTestOf, type LabTest, type Limits, type UnitRule } from '../../../shared/domain/lab-tests.ts'
import { unitUnderstood } from '../../../shared/domain/units.ts'
import { log } from '../../stats/det/log.ts'
import { withRows, type CleanPerson, type CleanRow } from './cleaned.ts'
import type { Editor } from './editor.ts'
import { medianOf } from './median.ts'

/** A guess this near to the person's own values needs no further word. */
const NEAR_RATIO = 1.15

export function harmoniseUnits(
  persons: readonly CleanPerson[],
  params: StepOf<'harmonise-units'>,
  editor: Editor,
): CleanPerson[] {
  return persons.map((person) => {
    let own: Map<string, number[]> | null = null
    return withRows(person, 'observation', (row) => {
      const { value, canonical } = row.now
      if (!row.isKept || value === null) return row
      const test = testOf(row)
      if (test === null || test.unit === '') return row
      const stated = statedRule(test, row.now.unit)
      const read = stated === null ? null : value * stated.factor + stated.offset
      let doubt: string | null = null
      if (params.isGuessed && (read === null || !isWithin(read, test.soft))) {
        const fits = otherRules(test, stated).filter(({ factor, offset }) =>
          isWithin(value * factor + offset, test.soft),
        )
        const [rule] = fits
        if (rule !== undefined && fits.length === 1) {
          const note = `${test.key}:${rule.unit}`
          const guess = value * rule.factor + rule.offset
          own ??= possibleValuesOf(person)
          const others = params.isHeldAgainstOwn ? withoutOne(own.get(test.key) ?? [], read) : null
          switch (verdictOn(test, { value, stated, read, guess }, others)) {
            case 'guess':
              return editor.derive(person, 'observation', row, { canonical: guess }, 'unit-guessed', note)
            case 'decimal-point':
              return editor.flag(person, 'observation', row, 'decimal-point-likely', note)
            case 'believe':
              doubt = note
          }
        }
      }
      if (read === null) return editor.flag(person, 'observation', row, 'unit-unknown')
      const believed =
        read === canonical
          ? row
          : editor.derive(
              person,
              'observation',
              row,
              { canonical: read },
              'unit-understood',
              `${test.key}:${stated!.unit}`,
            )
      return doubt === null ? believed : editor.flag(person, 'observation', believed, 'unit-doubtful', doubt)
    })
  })
}

interface Readings {
  readonly value: number
  readonly stated: UnitRule | null
  /** In the test's unit, as stated; null where the unit is not understood. */
  readonly read: number | null
  /** As the other unit has it. */
  readonly guess: number
}

/** `own`: the person's other values; null where nobody asks them. */
function verdictOn(
  test: LabTest,
  { value, stated, read, guess }: Readings,
  own: readonly number[] | null,
): 'guess' | 'decimal-point' | 'believe' {
  // A value that can be was written by somebody who saw it: only the person's own values may say otherwise.
  if (read !== null && isWithin(read, test.hard))
    return own !== null && isClearlyNearer(guess, read, own) ? 'guess' : 'believe'
  return own === null || isNearest(test, value, stated, guess, own) ? 'guess' : 'decimal-point'
}

const testOf = ({ now }: CleanRow<'observation'>): LabTest | null =>
  now.system === null || now.code === null ? null : labTestOf({ system: now.system, code: now.code })

const statedRule = (test: LabTest, unit: string | null): UnitRule | null =>
  unit === null ? null : unitUnderstood(test, unit)

/** Conversions of the test beside the stated one, each once: two spellings of a unit are one. */
function otherRules(test: LabTest, stated: UnitRule | null): UnitRule[] {
  const rules: UnitRule[] = []
  for (const rule of [{ unit: test.unit, factor: 1, offset: 0 }, ...test.otherUnits]) {
    const isKnown = [...rules, ...(stated === null ? [] : [stated])].some(
      ({ factor, offset }) => factor === rule.factor && offset === rule.offset,
    )
    if (!isKnown) rules.push(rule)
  }
  return rules
}

/** Values of each test that can be in the unit that was stated: a person who is rare is so in most values. */
function possibleValuesOf(person: CleanPerson): Map<string, number[]> {
  const out = new Map<string, number[]>()
  for (const row of person.observation) {
    if (!row.isKept || row.source.value === null || row.source.unit === null) continue
    const test = testOf(row)
    const rule = test === null ? null : unitUnderstood(test, row.source.unit)
    if (test === null || rule === null) continue
    const value = row.source.value * rule.factor + rule.offset
    if (value <= 0 || !isWithin(value, test.hard)) continue
    const list = out.get(test.key)
    if (list) list.push(value)
    else out.set(test.key, [value])
  }
  return out
}

/** The values without the one that is looked at: it is no witness for itself. */
function withoutOne(values: readonly number[], one: number | null): number[] {
  const at = one === null ? -1 : values.indexOf(one)
  return values.filter((_, i) => i !== at)
}

/** On the log scale less than half as far from the middle of the person's own values. */
function isClearlyNearer(guess: number, read: number, own: readonly number[]): boolean {
  if (own.length === 0 || read <= 0) return false
  const median = medianOf(own)
  return 2 * Math.abs(log(guess / median)) < Math.abs(log(read / median))
}

/** Whether another unit explains the number at least as well as a moved decimal point; without own values nobody knows better. */
function isNearest(
  test: LabTest,
  value: number,
  stated: UnitRule | null,
  guess: number,
  own: readonly number[],
): boolean {
  if (own.length === 0 || stated === null) return true
  const median = medianOf(own)
  const distance = Math.abs(log(guess / median))
  if (distance <= log(NEAR_RATIO)) return true
  return [10, 0.1].every((shift) => {
    const moved = value * shift * stated.factor + stated.offset
    return !isWithin(moved, test.soft) || 2 * Math.abs(log(moved / median)) >= distance
  })
}

export function isWithin(value: number, limits: Limits | null): boolean {
  if (limits === null) return true
  const [low, high] = limits
  return (low === null || value >= low) && (high === null || value <= high)
}
