/** What rows of patients are made of: dated visits, claims that stand, what they cost, and the score of what is known by a day. Pure. */
import { usualExponent } from '../../../shared/domain/currencies.ts'
import { civilOfDay } from '../../../shared/domain/dates.ts'
import type { Patient } from '../../privacy/request/tabulate.ts'
import { CHARLSON, comorbidities } from '../../stats/comorbidity/comorbidity.ts'
import { factCode, type FactRow } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'

/** Rows of one person with this index day; empty where the cleaning left no visit. */
export type RowsOfPerson = (facts: PersonFacts, index: number) => Patient

export type Visit = FactRow<'visit'> & { readonly day: number; readonly block: number }

const REFUTED = factCode('verification', 'refuted')

/** Weights of 1987 on the conditions of Quan 2005, from all diagnoses of visits up to that day that nobody took back. */
export function charlsonOn(facts: PersonFacts, visits: readonly Visit[], day: number): number {
  const earlier = new Set(visits.filter((visit) => visit.day <= day).map(({ block }) => block))
  const codes = facts.diagnosis.flatMap(({ block, code, verification }) =>
    code !== null && block !== null && earlier.has(block) && verification !== REFUTED ? [code] : [],
  )
  return comorbidities(CHARLSON, codes, 'charlson1987').score
}

/** Exact, as powers by `**` are not promised to be. */
const tenTo = (exponent: number): number => Number(`1e${exponent}`)

/**
 * What was allowed, else what was billed, in the currency's usual minor units whatever exponent a claim has; another currency than that of
 * the person's first claim is left out, as nothing adds up over two.
 */
export function costOf(claims: readonly FactRow<'claim'>[], currency: string | null): number {
  let sum = 0
  for (const each of claims) {
    if (each.currency !== currency) continue
    const usual = usualExponent(currency ?? '')
    const finer = (each.exponent ?? usual) - usual
    const said = each.allowed ?? each.billed ?? 0
    const amount = finer > 0 ? Math.round(said / tenTo(finer)) : said * tenTo(-finer)
    sum = Math.min(Number.MAX_SAFE_INTEGER, sum + Math.max(0, amount))
  }
  return sum
}

export function datedVisits({ visit }: PersonFacts): readonly Visit[] {
  return visit
    .filter((each): each is Visit => each.day !== null && each.block !== null)
    .sort((a, b) => a.day - b.day || a.block - b.block)
}

/** `YYYY-MM`. */
export function monthOf(day: number): string {
  const { year, month } = civilOfDay(day)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`
}
