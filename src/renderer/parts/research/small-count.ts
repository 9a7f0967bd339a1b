/** Fewer than this many are not said exactly (docs/spec/cohort.md section 7). */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatNumber } from '../../lib/format.ts'

const SMALL = 11

export const countText = (count: number, small: string, locale: Locale): string =>
  count > 0 && count < SMALL ? small : formatNumber(count, locale)
