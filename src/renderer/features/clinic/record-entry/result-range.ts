/** A laboratory's own reference range as it is printed, `3.5-5.1`, `<1.7`, `> 40`, and what is high or low by it. Pure. */
import type { LabTest } from '../../../../shared/domain/lab-tests.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import { unitUnderstood } from '../../../../shared/domain/units.ts'
import type { Observation, ObservationValue } from '../../../../shared/domain/visit.ts'
import { fold, parseTypedNumber } from './typed.ts'

type Range = Pick<Observation, 'refLow' | 'refHigh' | 'refText'>
export type Flag = NonNullable<Observation['flag']>

/** Words where it is none of numbers; empty for nothing. */
export function readRange(text: string): Range {
  const plain = fold(text).replace(/^[([]\s*|\s*[)\]]$/gu, '')
  if (plain === '') return {}
  const number = '([0-9]+(?:\\.[0-9]+)?)'
  const both = new RegExp(`^${number}\\s*(?:-|–|—|~|～|至|到|to)\\s*${number}$`, 'u').exec(plain)
  if (both?.[1] !== undefined && both[2] !== undefined)
    return { refLow: kept(both[1]), refHigh: kept(both[2]) }
  const one = new RegExp(`^(<=?|>=?|≤|≥|-|–|~)\\s*${number}$`, 'u').exec(plain)
  if (one?.[1] !== undefined && one[2] !== undefined)
    return /[>≥]/u.test(one[1]) ? { refLow: kept(one[2]) } : { refHigh: kept(one[2]) }
  return { refText: text.trim().slice(0, 200) }
}

/** `007` would be no number of the record. */
const kept = (digits: string): string => parseTypedNumber(digits)?.value ?? digits

/** A range as it is typed again. */
export function typedRange({ refLow, refHigh, refText }: Range): string {
  if (refLow !== undefined && refHigh !== undefined) return `${refLow}-${refHigh}`
  if (refHigh !== undefined) return `<=${refHigh}`
  return refLow !== undefined ? `>=${refLow}` : (refText ?? '')
}

/** High or low by this range; undefined inside of it, and where it says nothing of numbers. */
export function flagInRange({ refLow, refHigh }: Range, value: ObservationValue): 'H' | 'L' | undefined {
  if (value.type !== 'decimal') return undefined
  if (refHigh !== undefined && Number(value.value) > Number(refHigh)) return 'H'
  if (refLow !== undefined && Number(value.value) < Number(refLow)) return 'L'
  return undefined
}

/** High or low against the default range, in whatever unit was typed; undefined inside of it. */
export function flagOf(test: LabTest, value: string, unit: string): 'H' | 'L' | undefined {
  if (!test.reference) return undefined
  const rule = unitUnderstood(test, unit)
  if (!rule) return undefined
  const canonical = Number(value) * rule.factor + rule.offset
  const [low, high] = test.reference
  if (high !== null && canonical > high) return 'H'
  if (low !== null && canonical < low) return 'L'
  return undefined
}

/** Default range and flag of a number in the test's own unit: a range in another unit would mislead. */
export function judged(test: LabTest, value: ObservationValue): Range & { flag?: Flag } {
  if (value.type !== 'decimal') return {}
  const [low, high] = test.reference ?? [null, null]
  const isOwnUnit = value.unit === test.unit
  const flag = flagOf(test, value.value, value.unit ?? test.unit)
  return {
    ...(isOwnUnit && low !== null ? { refLow: String(low) } : {}),
    ...(isOwnUnit && high !== null ? { refHigh: String(high) } : {}),
    ...(flag === undefined ? {} : { flag }),
  }
}

/** What a result is marked as where nobody says otherwise: by its own range, else by the default one. */
export function flagByItself(observation: Observation): Flag | undefined {
  const { refLow, refHigh, refText, value, code } = observation
  if (refLow !== undefined || refHigh !== undefined) return flagInRange(observation, value)
  const test = labTestOf(code)
  return refText !== undefined || test === null ? undefined : judged(test, value).flag
}
