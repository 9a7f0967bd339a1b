/**
 * Values that are possible, yet probably not what was meant: far from the patient's last value while a slip of the hand
 * (a moved decimal point, a doubled or exchanged digit) or another unit would bring them next to it; or far outside of
 * the usual range while another unit of the test would bring them inside. Only ever questions, never refusals, and only
 * at the form: an import brings what was measured, and is judged by the cleaning, which sees all of it.
 */
import type { Finding } from '../../contract/records.ts'
import { ageInYears, formatDay } from '../dates.ts'
import { labTestOf } from '../lab-tests.ts'
import type { LabTest } from '../lab-tests.ts'
import { canonicalValue, decimalTextOf, unitUnderstood } from '../units.ts'
import { outside } from './limits.ts'
import type { Add, CheckContext, CheckedVisit, PreviousMeasure, Stay } from './rules.ts'

/** Ratio to the last value from which a slip is looked for. What the body holds steady has a narrow one. */
const JUMP_RATIO: Readonly<Record<string, number>> = {
  temp: 1.04,
  height: 1.05,
  na: 1.1,
  cl: 1.12,
  spo2: 1.12,
  ca: 1.2,
  mcv: 1.15,
  weight: 1.2,
  alb: 1.35,
  tp: 1.3,
  hgb: 1.35,
  hct: 1.35,
  rbc: 1.35,
  k: 1.35,
  sbp: 1.35,
  dbp: 1.35,
  hdl: 1.4,
  chol: 1.4,
  hba1c: 1.45,
  ldl: 1.55,
  hr: 1.6,
}
const USUAL_JUMP_RATIO = 1.8
/** The slip explains the jump when it leaves at most a third of it (as logarithms). */
const LEFT_OVER_SHARE = 1 / 3
/** How far outside of the reference range, as a ratio, another unit is thought of. */
const OUTSIDE_RATIO = 1.5
const ADULT_YEARS = 20

export function checkPlausibility(
  visit: CheckedVisit,
  context: CheckContext,
  stay: Stay,
  found: readonly Finding[],
  add: Add,
): void {
  if (context.mode !== 'form' || stay.admission === null) return
  const asked = new Set(found.map((each) => each.path))
  let heightCm: number | null = null
  let weight: { value: number; index: number; unit: string; text: string } | null = null
  visit.observations.forEach((observation, index) => {
    const path = `observations.${index}.value`
    const { value } = observation
    if (value.type !== 'decimal' || value.comparator !== undefined || value.unit === undefined) return
    const test = labTestOf(observation.code)
    if (test === null || test.hard === null) return
    const canonical = canonicalValue(test, Number(value.value), value.unit)
    if (canonical.kind === 'unknown-unit' || outside(canonical.value, test.hard) !== null) return
    if (test.key === 'height') heightCm = canonical.value
    if (test.key === 'weight') weight = { value: canonical.value, index, unit: value.unit, text: value.value }
    if (asked.has(path)) return
    const before = context.previous?.[test.key]
    const names = { value: value.value, unit: value.unit, name: test.en, nameZh: test.zh }
    if (before !== undefined && before.value > 0 && canonical.value > 0) {
      const meant = slipTowards(test, value.value, value.unit, canonical.value, before)
      if (meant !== null) {
        const limit = decimalTextOf(before.value, test.decimals)
        const params = { ...names, limit, limitUnit: test.unit, on: formatDay(before.day) }
        add(path, 'differs-from-previous', 'confirm', params, meant)
        asked.add(path)
      }
      // The last value speaks for the unit, whatever the range says.
      return
    }
    const meant = usualInOtherUnit(test, Number(value.value), value.unit, canonical.value)
    if (meant !== null) {
      add(path, 'other-unit-likely', 'confirm', { ...names, limitUnit: meant.unit }, meant.text)
      asked.add(path)
    }
  })
  checkBodyMass(context, stay, heightCm, weight, asked, add)
}

/** Height and weight that no adult has together, although each alone is possible. */
function checkBodyMass(
  context: CheckContext,
  stay: Stay,
  heightCm: number | null,
  weight: { value: number; index: number; unit: string; text: string } | null,
  asked: ReadonlySet<string>,
  add: Add,
): void {
  if (heightCm === null || weight === null || stay.birth === null || stay.admission === null) return
  if (ageInYears(stay.birth.first, stay.admission.first) < ADULT_YEARS) return
  const path = `observations.${weight.index}.value`
  if (asked.has(path)) return
  const square = (heightCm / 100) ** 2
  const index = weight.value / square
  const inPounds = (weight.value * 0.45359237) / square
  const known = context.previous?.['weight']
  const isKnown = known !== undefined && Math.abs(Math.log(weight.value / known.value)) < Math.log(1.2)
  if (isKnown) return
  const params = { value: weight.text, unit: weight.unit }
  if (index > 40 && weight.unit === 'kg' && inPounds >= 18.5 && inPounds <= 32) {
    const kilograms = decimalTextOf(weight.value * 0.45359237, 1)
    const names = { name: 'Body weight', nameZh: '體重' }
    add(path, 'other-unit-likely', 'confirm', { ...params, ...names, limitUnit: '[lb_av]' }, kilograms)
  } else if (index < 14 || index > 55)
    add(path, 'body-mass-index-unusual', 'confirm', {
      ...params,
      limit: decimalTextOf(index, 1),
    })
}

/** The value that a slip turned into this one, if it lies where the patient's last value was. */
function slipTowards(
  test: LabTest,
  text: string,
  unit: string,
  canonical: number,
  before: PreviousMeasure,
): string | null {
  const distance = Math.abs(Math.log(canonical / before.value))
  if (distance < Math.log(JUMP_RATIO[test.key] ?? USUAL_JUMP_RATIO)) return null
  const rule = unitUnderstood(test, unit)!
  let best: { text: string; distance: number } | null = null
  const consider = (shown: string, value: number) => {
    if (!(value > 0) || outside(value, test.soft) !== null) return
    const left = Math.abs(Math.log(value / before.value))
    if (left <= distance * LEFT_OVER_SHARE && (best === null || left < best.distance))
      best = { text: shown, distance: left }
  }
  for (const slip of slipsOf(text)) consider(slip, Number(slip) * rule.factor + rule.offset)
  for (const other of [{ factor: 1, offset: 0 }, ...test.otherUnits]) {
    if (other.factor === rule.factor && other.offset === rule.offset) continue
    const value = Number(text) * other.factor + other.offset
    const inField = (value - rule.offset) / rule.factor
    consider(decimalTextOf(inField, rule.factor > 5 ? 2 : test.decimals), value)
  }
  return (best as { text: string } | null)?.text ?? null
}

/** What may have been meant by these digits: point moved, a doubled digit once, neighbours exchanged. */
export function slipsOf(text: string): string[] {
  const slips = new Set<string>()
  const digits = text.replace('.', '')
  const point = text.includes('.') ? text.indexOf('.') : text.length
  const written = (each: string, at: number): string => {
    const padded = at <= 0 ? '0'.repeat(1 - at) + each : each.padEnd(at, '0')
    const place = Math.max(1, at)
    const whole = padded.slice(0, place).replace(/^0+(?=[0-9])/, '')
    const fraction = padded.slice(place)
    return fraction === '' ? whole : `${whole}.${fraction}`
  }
  for (const shift of [-2, -1, 1, 2]) slips.add(written(digits, point + shift).replace(/\.0+$/, ''))
  for (let i = 0; i + 1 < digits.length; i++) {
    const [a, b] = [digits[i]!, digits[i + 1]!]
    if (a === b) slips.add(written(digits.slice(0, i) + digits.slice(i + 1), i < point ? point - 1 : point))
    else slips.add(written(digits.slice(0, i) + b + a + digits.slice(i + 2), point))
  }
  slips.delete(text)
  return [...slips]
}

/** Another unit of the test in which the number would be usual, while here it is far from it. */
function usualInOtherUnit(
  test: LabTest,
  typed: number,
  unit: string,
  canonical: number,
): { unit: string; text: string } | null {
  const [low, high] = test.reference ?? [null, null]
  // With one open end nearly everything is usual in some unit.
  if (low === null || high === null || low <= 0) return null
  if (canonical <= high * OUTSIDE_RATIO && canonical >= low / OUTSIDE_RATIO) return null
  const rule = unitUnderstood(test, unit)!
  for (const other of [{ unit: test.unit, factor: 1, offset: 0 }, ...test.otherUnits]) {
    if (other.factor === rule.factor && other.offset === rule.offset) continue
    const value = typed * other.factor + other.offset
    if (value < low || value > high) continue
    const decimals = rule.factor > 5 ? 2 : test.decimals
    return { unit: other.unit, text: decimalTextOf((value - rule.offset) / rule.factor, decimals) }
  }
  return null
}
