/** Units for people. Pure. */
import type { LabTest } from '../../shared/domain/lab-tests.ts'
import { convertUnit, decimalTextOf } from '../../shared/domain/units.ts'

/** UCUM as people read it: `mm[Hg]` → mmHg, `Cel` → °C, `10*3/uL` → 10³/µL. */
export function showUnit(unit: string): string {
  const known: Record<string, string> = {
    'mm[Hg]': 'mmHg',
    Cel: '°C',
    '[degF]': '°F',
    '{score}': '',
    '{INR}': '',
    'mL/min/{1.73_m2}': 'mL/min/1.73 m²',
    'kg/m2': 'kg/m²',
    '10*3/uL': '10³/µL',
    '10*6/uL': '10⁶/µL',
    '10*9/L': '10⁹/L',
    '10*12/L': '10¹²/L',
    'm[IU]/L': 'mIU/L',
    'u[IU]/mL': 'µIU/mL',
    '[iU]/L': 'IU/L',
    '[lb_av]': 'lb',
    '[in_i]': 'in',
  }
  return known[unit] ?? unit.replace(/\bu(?=(mol|g|L|kat)\b)/g, 'µ')
}

/** A value in the test's own unit, for showing beside it; null when it already is, under whatever spelling. */
export function inOwnUnit(test: LabTest, value: string, unit: string): string | null {
  if (unit === test.unit || unit === '') return null
  const converted = convertUnit(test, Number(value), unit, test.unit)
  return converted === null || converted === Number(value)
    ? null
    : `${decimalTextOf(converted, Math.max(1, test.decimals))} ${showUnit(test.unit)}`
}
