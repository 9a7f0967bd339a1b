/** How a ratio is written: two decimals where that says something. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatSignificant } from '../../lib/format.ts'

const DECIMALS = 2
/** Of a great many people limits lie close: beyond these nobody reads a difference. */
const DECIMALS_MOST = 4

/** Two decimals, or three significant digits where that says too little. */
export function ratioText(value: number, locale: Locale, decimals = DECIMALS): string {
  return value >= 0.1 && value < 100 ? value.toFixed(decimals) : formatSignificant(value, locale, 3)
}

/** A ratio and its limits, with as many decimals as it takes to tell the limits from each other, and from 1 where they exclude it. */
export function ratioWithLimits(
  { ratio, lower, upper }: { readonly ratio: number; readonly lower: number; readonly upper: number },
  locale: Locale,
): { readonly ratio: string; readonly limits: string } {
  const isTold = (decimals: number): boolean => {
    const text = (value: number): string => ratioText(value, locale, decimals)
    if (lower < upper && text(lower) === text(upper)) return false
    return !((lower > 1 && text(lower) === text(1)) || (upper < 1 && text(upper) === text(1)))
  }
  let decimals = DECIMALS
  while (decimals < DECIMALS_MOST && !isTold(decimals)) decimals++
  const text = (value: number): string => ratioText(value, locale, decimals)
  return { ratio: text(ratio), limits: `${text(lower)}–${text(upper)}` }
}

/** In one text, with the limits in brackets. */
export function ratioInBrackets(...given: Parameters<typeof ratioWithLimits>): string {
  const { ratio, limits } = ratioWithLimits(...given)
  return `${ratio} (${limits})`
}
