/** Fewer than this many are not said exactly (docs/spec/cohort.md section 7). */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatNumber } from '../../lib/format.ts'

const SMALL = 11

const isSmall = (count: number): boolean => count > 0 && count < SMALL

export const countText = (count: number, small: string, locale: Locale): string =>
  isSmall(count) ? small : formatNumber(count, locale)

/** Visits or rows, of which a person has one or more: exactly said, they would bound a small count of persons. */
export const countOfText = (
  count: number,
  persons: number,
  words: { readonly small: string; readonly withheld: string },
  locale: Locale,
): string => (isSmall(persons) && !isSmall(count) ? words.withheld : countText(count, words.small, locale))
