/** What clerks type, understood: `120/80`, `7.2mmol`, `<0.04`, `0930`, `t-1`. Pure; full-width digits are folded. */
import { readDay } from '../../../parts/typed-date.ts'
import type { LabTest } from '../../../../shared/domain/lab-tests.ts'
import { unitRuleOf, unitUnderstood } from '../../../../shared/domain/units.ts'

export interface TypedNumber {
  /** Verbatim decimal text, fit for the record. */
  readonly value: string
  readonly comparator?: '<' | '<=' | '>' | '>='
  /** What was typed behind the number, e.g. `mmol/L`. */
  readonly unitTyped?: string
}

/** Full-width forms to plain ones, for numbers and codes only, never for names. */
export const fold = (text: string): string => text.normalize('NFKC').trim()

/**
 * A number as it may stand in a record: `7.0` stays `7.0`; `.5` becomes `0.5`, `07` becomes `7`, a decimal comma becomes a
 * point. Null where it is no number or longer than 30 characters.
 */
export function parseTypedNumber(text: string): TypedNumber | null {
  const match = /^(<=|>=|≤|≥|<|>)?\s*(-?)([0-9]*)(?:[.,]([0-9]+))?\s*([^0-9.,].*)?$/u.exec(fold(text))
  if (!match) return null
  const [, sign, minus = '', whole = '', fraction, rest] = match
  if (whole === '' && fraction === undefined) return null
  const digits = whole.replace(/^0+(?=[0-9])/, '') || '0'
  const value = `${minus}${digits}${fraction === undefined ? '' : `.${fraction}`}`
  if (value.length > 30) return null
  const comparator = sign === '≤' ? '<=' : sign === '≥' ? '>=' : sign
  return {
    value,
    ...(comparator === undefined ? {} : { comparator: comparator as '<' | '<=' | '>' | '>=' }),
    ...(rest === undefined ? {} : { unitTyped: rest.trim() }),
  }
}

/** `120/80` as two pressures. */
export function parseBloodPressure(text: string): { systolic: string; diastolic: string } | null {
  const match = /^([0-9]{2,4})\s*[/／]\s*([0-9]{1,4})$/u.exec(fold(text))
  return match?.[1] !== undefined && match[2] !== undefined
    ? { systolic: match[1], diastolic: match[2] }
    : null
}

/**
 * The unit that was meant by what was typed: exact, else the only one of the test that begins so (`mmol` → `mmol/L`), else what
 * UCUM makes of it (`g/L`).
 */
export function unitMeant(test: LabTest, typed: string): string | null {
  const exact = unitRuleOf(test, typed)
  if (exact) {
    // Of several spellings the first is UCUM: `F` is a farad there, `[degF]` is what was meant.
    const same = [{ unit: test.unit, factor: 1, offset: 0 }, ...test.otherUnits].find(
      (other) => other.factor === exact.factor && other.offset === exact.offset,
    )
    return same?.unit ?? exact.unit
  }
  const wanted = typed.toLowerCase()
  const beginning = [test.unit, ...test.otherUnits.map((other) => other.unit)].filter((unit) =>
    unit.toLowerCase().startsWith(wanted),
  )
  if (wanted !== '' && beginning.length === 1) return beginning[0] ?? null
  return unitUnderstood(test, typed)?.unit ?? null
}

/** A typed time as HH:MM; '' for nothing; null where it is not understood. */
export function readTime(text: string): string | null {
  const folded = fold(text)
  if (folded === '') return ''
  const match = /^([0-9]{1,2}):?([0-9]{2})$/.exec(folded)
  if (!match) return null
  const hour = Number(match[1])
  const minute = Number(match[2])
  if (hour > 23 || minute > 59) return null
  return `${String(hour).padStart(2, '0')}:${match[2]}`
}

/** `2026-05-03 0815` as the day and the time behind it, both as they were typed. */
export function splitMoment(text: string): [day: string, time: string] {
  const match = /^(.*\S)[\sT]+([0-9]{1,2}:[0-9]{2}|[0-9]{3,4})$/.exec(fold(text))
  return match?.[1] !== undefined && match[2] !== undefined ? [match[1], match[2]] : [text, '']
}

/** A typed moment in its plain form, `2026-05-03 08:15`; null where it is not understood. */
export function plainMoment(text: string, today: number): string | null {
  const [typedDay, clock] = splitMoment(text)
  const [day, time] = [readDay(typedDay, today), readTime(clock)]
  return day === null || time === null ? null : `${day} ${time}`.trim()
}

/** An amount of money as minor units; null where it is no number or more precise than the currency. */
export function readAmount(text: string, exponent: number): number | null {
  const match = /^(-?)([0-9]{1,12})(?:\.([0-9]+))?$/.exec(fold(text).replace(/,/g, ''))
  if (!match) return null
  const fraction = match[3] ?? ''
  if (fraction.length > exponent) return null
  const minor = Number(`${match[2]}${fraction.padEnd(exponent, '0')}`)
  return match[1] === '-' ? -minor : minor
}

/** What stands for a result that has not come: the visit then waits in the list of results to come. */
export const STILL_TO_COME = '?'

export function isStillToCome(text: string): boolean {
  return ['?', 'pending', '待', '待驗', '待補'].includes(text.normalize('NFKC').trim().toLowerCase())
}
