/** Rows of costs as claims with their lines. Pure. */
import { usualExponent } from '../../../../shared/domain/currencies.ts'
import type { Claim, ClaimLine } from '../../../../shared/domain/visit.ts'
import { ownCode } from '../../../parts/own-code.ts'
import type { LocalRule } from '../../../words/findings.ts'
import { isBlankLine, isBlankRow, type VisitForm } from './form.ts'
import { readAmount } from './typed.ts'

/** The sums of a claim, as the form calls them. */
export const AMOUNTS = ['billed', 'allowed', 'paidByPayer', 'paidByPatient', 'copay', 'deductible'] as const

/** Currencies of the form. */
export const CURRENCIES = ['TWD', 'USD', 'EUR', 'JPY', 'CNY', 'HKD']

export interface ClaimTools {
  problem(field: string, rule: LocalRule, params: Record<string, string>): void
  day(field: string, text: string): string
  whole(field: string, text: string): number | undefined
  plainNumber(field: string, text: string): string | undefined
  limited(field: string, text: string, limit: number): string | undefined
  /** Which field a row of the record came from. */
  place(path: string, field: string): void
}

export function readClaims(form: VisitForm, tools: ClaimTools): Claim[] {
  const { problem, day, whole, plainNumber, limited } = tools
  const claims: Claim[] = []
  for (const row of form.claims) {
    if (isBlankRow.claims(row)) continue
    const { currency, exponent } = row.money ?? {
      currency: form.currency,
      exponent: usualExponent(form.currency),
    }
    const field = `claims.${row.id}`
    const submitted = day(`${field}.submitted`, row.submitted)
    const adjudicated = day(`${field}.adjudicated`, row.adjudicated)
    const drg = limited(`${field}.drg`, row.drg, 32)
    const money = (name: string, text: string) => {
      const typed = text.trim()
      if (typed === '') return undefined
      const minor = readAmount(typed, exponent)
      if (minor === null)
        problem(`${field}.${name}`, /^-?[0-9,]+\.[0-9]+$/.test(typed) ? 'too-precise' : 'not-a-number', {
          value: typed,
        })
      return minor ?? undefined
    }
    const amounts = Object.fromEntries(
      AMOUNTS.flatMap((name) => {
        const minor = money(name, row[name])
        return minor === undefined ? [] : [[`${name}Minor`, minor]]
      }),
    ) as Partial<Claim>
    const lines = row.lines
      .filter((line) => !isBlankLine(line))
      .map((line, i): ClaimLine => {
        const place = `lines.${line.id}`
        tools.place(`claims.${claims.length}.lines.${i}`, `${field}.${place}`)
        const code = line.code.code ?? ownCode(line.code.text)
        const quantity = plainNumber(`${field}.${place}.quantity`, line.quantity)
        const unitPriceMinor = money(`${place}.unitPrice`, line.unitPrice)
        const netMinor = money(`${place}.net`, line.net)
        return {
          ...(code === null ? {} : { code: { ...code } }),
          ...(quantity === undefined ? {} : { quantity }),
          ...(unitPriceMinor === undefined ? {} : { unitPriceMinor }),
          ...(netMinor === undefined ? {} : { netMinor }),
          diagnosisRanks: line.ranks
            .split(/[\s,、，]+/)
            .map((rank) => whole(`${field}.${place}.ranks`, rank))
            .filter((rank) => rank !== undefined)
            .slice(0, 12),
        }
      })
    tools.place(`claims.${claims.length}`, field)
    claims.push({
      claimId: row.id,
      type: row.type,
      status: row.status,
      currency,
      currencyExponent: exponent,
      ...amounts,
      ...(submitted === '' ? {} : { submitted }),
      ...(adjudicated === '' ? {} : { adjudicated }),
      ...(drg === undefined ? {} : { drg }),
      ...(row.reverses === '' ? {} : { reverses: row.reverses }),
      lines: lines.slice(0, 500),
    })
  }
  return claims
}
