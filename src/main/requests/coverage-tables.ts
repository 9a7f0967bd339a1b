/**
 * The tables with which hospitals say how complete variables are: of each variable one histogram over everybody at the snapshot, or over those who
 * were first seen in one year, in which nearly all with a value are in one level and those without in the last. Pure.
 */
import type { Locale } from '../../shared/contract/app.ts'
import type { Asked, CoverageTable } from '../../shared/contract/requests.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { variablesEn, variablesZhHant } from '../../shared/domain/variable-words.ts'
import { dictionaryEntries, needsFollowUp, variableOf } from '../privacy/request/dictionary.ts'

/** So many of them are a year's whole allowance for published tables: the marginals of one snapshot. */
const TABLES_PER_YEAR = 30

/** From so many patients on a year of them is enough to be shown (a cohort needs a hundred, docs/spec/privacy.md G2). */
export const YEAR_PATIENTS_LEAST = 1_000

/** What there is to say, everybody first. What only a follow-up knows nobody has without one. */
export function coverageTables(years: readonly string[]): CoverageTable[] {
  const names = dictionaryEntries().flatMap(([name]) => (needsFollowUp(name) ? [] : [name]))
  return [null, ...years].flatMap((year) => names.map((variable) => ({ variable, year })))
}

/**
 * Millionths of rho of one such table.
 * @param yearMicroRho that hospitals may publish in a year
 * @param tableMost that one table may cost
 */
export function coveragePrice(yearMicroRho: number, tableMost: number): number {
  return Math.max(1, Math.min(tableMost, Math.floor(yearMicroRho / TABLES_PER_YEAR)))
}

export function coverageAsked(
  { variable, year }: CoverageTable,
  { snapshot, microRho }: { readonly snapshot: string; readonly microRho: number },
): Asked & { lane: 'noise' } {
  const known = variableOf(variable)
  const calendar = { kind: 'calendar', from: `${year}-01-01`, to: `${year}-12-31` } as const
  return {
    lane: 'noise',
    snapshot,
    cohort: year === null ? EVERYBODY : { ...EVERYBODY, steps: [{ use: 'include', rule: calendar }] },
    cleaning: null,
    followUp: null,
    output: {
      kind: 'histogram',
      // The highest edge there is: hardly anybody lies beyond it.
      axis: { variable, edges: known?.kind === 'number' ? [known.greatest] : [] },
      counted: { unit: 'patients' },
    },
    microRho,
    registration: null,
    isPublished: true,
  }
}

export function coverageTitle({ variable, year }: CoverageTable, locale: Locale): string {
  const name = (locale === 'en' ? variablesEn : variablesZhHant)[variable]?.name ?? variable
  if (locale === 'en')
    return year === null ? `Completeness: ${name}` : `Completeness: ${name}, first seen in ${year}`
  return year === null ? `資料完整度：${name}` : `資料完整度：${name}（${year} 年首次就診者）`
}
