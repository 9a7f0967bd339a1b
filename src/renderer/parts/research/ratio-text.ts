/** How a ratio is written: two decimals where that says something. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatSignificant } from '../../lib/format.ts'

/** Two decimals, or three significant digits where that says too little. */
export function ratioText(value: number, locale: Locale): string {
  return value >= 0.1 && value < 100 ? value.toFixed(2) : formatSignificant(value, locale, 3)
}
