/**
 * Units of measurement: our own table first, for each test by itself, since general unit libraries convert 6.5 % of HbA1c to
 * 65 mmol/mol, read `C` as coulomb and `K/uL` as kelvin (measured). What it does not list is understood where it is UCUM for
 * a multiple of a unit that it does list (ucum.ts).
 */
import type { LabTest, UnitRule } from './lab-tests.ts'
import { ucumRatio } from './ucum.ts'

export type Canonical =
  | { readonly kind: 'canonical'; readonly value: number; readonly rule: string }
  | { readonly kind: 'unknown-unit' }

/** Same unit, one spelling: micro signs, spaces, powers, body surface; case stays, since it means something in UCUM. */
export function normaliseUnit(unit: string): string {
  return unit
    .replace(/[\u200b\s]+/g, '')
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/\u00b0C|\u2103/g, 'Cel')
    .replace(/\u00b0F|\u2109/g, '[degF]')
    .replace(/^[x\u00d7](?=10)/i, '')
    .replace(
      /10([\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+)/g,
      (_, power: string) => `10*${plainDigits(power)}`,
    )
    .replace(/[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]/g, plainDigits)
    .replace(/\^/g, '*')
    .replace(/\/\(?1\.73(_?m\*?2)?\)?$/, '/{1.73_m2}')
}

const SUPERSCRIPTS = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'
const plainDigits = (text: string): string =>
  [...text].map((digit) => String(SUPERSCRIPTS.indexOf(digit))).join('')

/**
 * A value in the test's own unit. `rule` names the conversion for the record of cleaning, e.g. `hba1c:mmol/mol`.
 * For checks and analysis only: what is stored and hashed stays the text of the source.
 */
export function canonicalValue(test: LabTest, value: number, unit: string): Canonical {
  const rule = unitUnderstood(test, unit)
  if (rule === null) return { kind: 'unknown-unit' }
  return { kind: 'canonical', value: value * rule.factor + rule.offset, rule: `${test.key}:${rule.unit}` }
}

/** The conversion into the test's unit, by the table or else by UCUM; null for a unit that is neither. */
export function unitUnderstood(test: LabTest, unit: string): UnitRule | null {
  const listed = unitRuleOf(test, unit)
  if (listed !== null || test.unit === '') return listed
  const wanted = normaliseUnit(unit)
  for (const { unit: known, factor, offset } of [ownUnit(test), ...test.otherUnits]) {
    const ratio = ucumRatio(wanted, known)
    // A multiple of a unit that the table converts, for amounts and shares of haemoglobin too: `umol/L` of glucose.
    if (ratio !== null) return { unit: wanted, factor: ratio * factor, offset }
  }
  return null
}

const ownUnit = ({ unit }: LabTest): UnitRule => ({ unit, factor: 1, offset: 0 })

/** The conversion into the test's unit, or null for a unit that the table does not list. */
export function unitRuleOf(test: LabTest, unit: string): UnitRule | null {
  if (unit === test.unit) return ownUnit(test)
  const wanted = normaliseUnit(unit)
  if (wanted === normaliseUnit(test.unit)) return ownUnit(test)
  const folded = wanted.toLowerCase()
  for (const other of test.otherUnits) if (normaliseUnit(other.unit) === wanted) return other
  // A second look without case, where that finds exactly one: `mmol/l`, `MG/DL`.
  const found = [ownUnit(test), ...test.otherUnits].filter(
    (other) => normaliseUnit(other.unit).toLowerCase() === folded,
  )
  const first = found[0]
  if (first === undefined) return null
  return found.every((other) => other.factor === first.factor && other.offset === first.offset) ? first : null
}

/** Every unit in which the test may be entered, its own first. */
export function unitsOf(test: LabTest): readonly string[] {
  return test.unit === '' ? [] : [test.unit, ...test.otherUnits.map((other) => other.unit)]
}

/** A value of unit `from` expressed in unit `to` of the same test; null where one of them is unknown. */
export function convertUnit(test: LabTest, value: number, from: string, to: string): number | null {
  const source = unitUnderstood(test, from)
  const target = unitUnderstood(test, to)
  if (source === null || target === null) return null
  return (value * source.factor + source.offset - target.offset) / target.factor
}

/** Decimal text for a form or a suggestion, without an exponent and without a locale. */
export function decimalTextOf(value: number, decimals: number): string {
  const text = value.toFixed(decimals)
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text
}

/** Estimated filtration, CKD-EPI 2021 without race: creatinine in mg/dL, age in years; mL/min/1.73 m². */
export function estimatedFiltration(creatinine: number, ageYears: number, isFemale: boolean): number {
  const kappa = isFemale ? 0.7 : 0.9
  const alpha = isFemale ? -0.241 : -0.302
  const ratio = creatinine / kappa
  const low = Math.pow(Math.min(ratio, 1), alpha)
  const high = Math.pow(Math.max(ratio, 1), -1.2)
  return 142 * low * high * Math.pow(0.9938, ageYears) * (isFemale ? 1.012 : 1)
}
