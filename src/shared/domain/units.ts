/**
 * Units of measurement by our own table. For each test only the units listed with it are understood: general unit
 * libraries convert 6.5 % of HbA1c to 65 mmol/mol, read `C` as coulomb and `K/uL` as kelvin (measured), so they may
 * advise but never convert here.
 */
import type { LabTest } from './lab-tests.ts'

export type Canonical =
  | { readonly kind: 'canonical'; readonly value: number; readonly rule: string }
  | { readonly kind: 'unknown-unit' }

/** Same unit, one spelling: micro signs, spaces, `^` for powers; case stays, since it means something in UCUM. */
export function normaliseUnit(unit: string): string {
  return unit
    .trim()
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/[\u00b2]/g, '2')
    .replace(/\u00b0C|\u2103/g, 'Cel')
    .replace(/\u00b0F|\u2109/g, '[degF]')
    .replace(/\^/g, '*')
    .replace(/[\u200b\s]+/g, '')
}

/**
 * A value in the test's own unit. `rule` names the conversion for the record of cleaning, e.g. `hba1c:mmol/mol`.
 * For checks and analysis only: what is stored and hashed stays the text of the source.
 */
export function canonicalValue(test: LabTest, value: number, unit: string): Canonical {
  const rule = unitRuleOf(test, unit)
  if (rule === null) return { kind: 'unknown-unit' }
  return { kind: 'canonical', value: value * rule.factor + rule.offset, rule: `${test.key}:${rule.unit}` }
}

/** The conversion into the test's unit, or null for a unit that the table does not list. */
export function unitRuleOf(
  test: LabTest,
  unit: string,
): { readonly unit: string; readonly factor: number; readonly offset: number } | null {
  const wanted = normaliseUnit(unit)
  if (wanted === normaliseUnit(test.unit)) return { unit: test.unit, factor: 1, offset: 0 }
  const folded = wanted.toLowerCase()
  for (const other of test.otherUnits) if (normaliseUnit(other.unit) === wanted) return other
  // A second look without case, where that finds exactly one: `mmol/l`, `MG/DL`.
  const found = [{ unit: test.unit, factor: 1, offset: 0 }, ...test.otherUnits].filter(
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
  const source = unitRuleOf(test, from)
  const target = unitRuleOf(test, to)
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
