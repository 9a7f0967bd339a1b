/** How a number of the consortium's rules is said: a share of the budget of privacy in ρ, all else as it is. Pure. */
import type { Locale } from '../../shared/contract/app.ts'
import { formatNumber, formatRho } from '../lib/format.ts'

/** Kept in millionths of ρ, and said and set in ρ. */
export const isShareOfBudget = (name: string): boolean => /^rho[A-Z][A-Za-z]*Micro$/.test(name)

export const ruleNumber = (name: string, value: number, locale: Locale): string =>
  isShareOfBudget(name) ? formatRho(value, locale) : formatNumber(value, locale)
