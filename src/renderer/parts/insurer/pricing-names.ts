/** Factors, levels and money of pricing as people read them. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { usualExponent } from '../../../shared/domain/currencies.ts'
import { formatFixed, formatMoney, formatNumber, formatSignificant } from '../../lib/format.ts'
import type { Words } from '../../words/catalogue.ts'

/** Minor units of one unit of money, as exposure files and answers have them. */
export const minorUnits = (currency: string): number => 10 ** usualExponent(currency)

export const factorName = (factor: string, { pricing: t }: Pick<Words, 'pricing'>): string =>
  t.factorNames[factor] ?? factor

/** Under this label a monitoring table has the groups, or the plans, that are too small (docs/spec/pricing.md M12). */
const OTHER = 'other'

export const levelName = (factor: string, level: string, { pricing: t }: Pick<Words, 'pricing'>): string =>
  factor === 'sex'
    ? (t.levelNames[level] ?? level)
    : level !== OTHER
      ? level
      : factor === 'group'
        ? t.otherGroups
        : factor === 'plan'
          ? t.otherPlans
          : level

/**
 * The level to which the others of a factor are relative: of several at 1 the most exposed one. Null where none is at 1, as after changes by hand
 * or in rates from elsewhere.
 */
export function baseLevelOf(
  levels: readonly {
    readonly level: string
    readonly relativity: number | null
    readonly exposure: number
  }[],
): string | null {
  const bases = levels.filter(({ relativity }) => relativity === 1)
  return bases.sort((a, b) => b.exposure - a.exposure)[0]?.level ?? null
}

/** Of every factor, in one sentence. */
export function baseLevelsSaid(
  factors: readonly { readonly name: string; readonly levels: Parameters<typeof baseLevelOf>[0] }[],
  words: Pick<Words, 'pricing' | 'groups'>,
): string {
  const t = words.pricing
  return t.baseLevels(
    factors
      .map(({ name, levels }) => {
        const level = baseLevelOf(levels)
        const factor = factorName(name, words)
        return level === null ? t.noBaseLevel(factor) : t.baseLevel(factor, levelName(name, level, words))
      })
      .join(words.groups.listSemicolon),
  )
}

export const money = (minor: number, currency: string, locale: Locale): string =>
  /^[A-Z]{3}$/.test(currency)
    ? formatMoney(minor, currency, usualExponent(currency), locale)
    : formatNumber(minor / minorUnits(currency), locale, usualExponent(currency))

/** `+3.2 %`; what rounds to nothing has no sign. */
export function signedShare(value: number, locale: Locale): string {
  const share = Math.round(value * 1_000) / 10
  return `${share === 0 ? '' : share < 0 ? '−' : '+'}${formatNumber(Math.abs(share), locale, 1)} %`
}

export const percent = (value: number, locale: Locale): string => `${formatNumber(value * 100, locale, 1)} %`

/** A whole number of per cent, as the words around it are written. */
export const wholePercent = (fraction: number, locale: Locale): string =>
  `${formatNumber(100 * fraction, locale)}\u00a0%`

/** With the sign that stands in other numbers too. */
export const signed = (value: number, locale: Locale, digits: number): string =>
  formatFixed(value, locale, digits)
    .replace(/^-(?=[0.,]*$)/, '')
    .replace('-', '−')

export const figureText = (value: number | null, locale: Locale, digits = 4): string =>
  value === null ? '–' : formatSignificant(value, locale, digits)

/** Digits of ratios, which stand below each other in tables. */
export const ratioOf = (value: number | null, locale: Locale): string =>
  value === null ? '–' : signed(value, locale, 3)
