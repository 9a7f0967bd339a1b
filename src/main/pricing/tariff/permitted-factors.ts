/**
 * Which factors a product may use in a jurisdiction: a list of what is allowed, so that what nobody thought of is refused (P15). A
 * refusal is an answer; whoever asks writes it down in the audit.
 */
import { PricingFailure } from '../failure.ts'
import { factorIndex, type TariffTable } from '../model/tariff-table.ts'

export interface FactorRules {
  readonly product: string
  readonly jurisdiction: string
  readonly allowed: readonly {
    readonly factor: string
    /** Greatest over least relativity at most, such as 3 for age; no limit where absent. */
    readonly ratioMost?: number
  }[]
  /** Named so that the refusal can say why, and so that proxies can be looked for. */
  readonly forbidden: readonly { readonly factor: string; readonly reason: string }[]
  /** Known stand-ins: `factor` says much about `of`. */
  readonly proxies: readonly { readonly factor: string; readonly of: string; readonly reason: string }[]
  /** One premium for each level of `by`, or for all: every other factor has the ratio 1. */
  readonly communityRating?: { readonly by: string | null }
}

export type FactorVerdict =
  | { readonly kind: 'permitted'; readonly warnings: readonly ProxyWarning[] }
  | {
      readonly kind: 'refused'
      readonly refusals: readonly FactorRefusal[]
      readonly warnings: readonly ProxyWarning[]
    }

export interface FactorRefusal {
  readonly factor: string
  readonly reason: 'not-allowed' | 'forbidden' | 'ratio'
  /** The rule's own words for a forbidden factor, the ratio found for a ratio. */
  readonly detail: string
}

export interface ProxyWarning {
  readonly factor: string
  readonly of: string
  /** Declared in the rules, or measured by the association in the portfolio (Cramér's V, bias-corrected). */
  readonly source: 'declared' | 'measured'
  readonly reason: string
  readonly association: number | null
}

export interface UsedFactor {
  readonly factor: string
  /** Greatest over least relativity; null where the factor enters a formula. */
  readonly ratio: number | null
}

/** Association from which a permitted factor is called a proxy. */
export const PROXY_ASSOCIATION = 0.3

/**
 * @param portfolio cells that hold used and forbidden factors, to measure what stands for what; null: declared proxies alone
 */
export function checkFactorsUsed(
  used: readonly UsedFactor[],
  rules: FactorRules,
  portfolio: TariffTable | null,
): FactorVerdict {
  const refusals = used.flatMap(({ factor, ratio }): FactorRefusal[] => {
    const banned = rules.forbidden.find((each) => each.factor === factor)
    if (banned !== undefined) return [{ factor, reason: 'forbidden', detail: banned.reason }]
    const rule = rules.allowed.find((each) => each.factor === factor)
    if (rule === undefined) return [{ factor, reason: 'not-allowed', detail: '' }]
    const community = rules.communityRating
    const most = community === undefined || community.by === factor ? rule.ratioMost : 1
    // A formula hides its ratio, so a rule on the ratio keeps the factor out of formulas.
    if (most !== undefined && !(ratio !== null && ratio <= most * (1 + 1e-9)))
      return [{ factor, reason: 'ratio', detail: ratio === null ? '' : String(Number(ratio.toPrecision(4))) }]
    return []
  })
  const warnings = used.flatMap(({ factor }) => proxiesOf(factor, rules, portfolio))
  return refusals.length > 0 ? { kind: 'refused', refusals, warnings } : { kind: 'permitted', warnings }
}

function proxiesOf(factor: string, rules: FactorRules, portfolio: TariffTable | null): ProxyWarning[] {
  const declared = rules.proxies
    .filter((proxy) => proxy.factor === factor)
    .map(({ of, reason }): ProxyWarning => ({ factor, of, source: 'declared', reason, association: null }))
  if (portfolio === null || !portfolio.factors.some(({ name }) => name === factor)) return declared
  const measured = rules.forbidden.flatMap(({ factor: of, reason }): ProxyWarning[] => {
    if (of === factor || !portfolio.factors.some(({ name }) => name === of)) return []
    const association = associationOf(portfolio, factor, of)
    return association >= PROXY_ASSOCIATION ? [{ factor, of, source: 'measured', reason, association }] : []
  })
  return [...declared, ...measured]
}

/** Cramér's V of two factors over exposure, corrected for the size of the table (Bergsma 2013) as if a member-year were a person. */
export function associationOf(table: TariffTable, a: string, b: string): number {
  const rows = factorIndex(table.factors, a)
  const columns = factorIndex(table.factors, b)
  const rowCount = table.factors[rows]!.levels.length
  const columnCount = table.factors[columns]!.levels.length
  const sums = new Float64Array(rowCount * columnCount)
  const rowSums = new Float64Array(rowCount)
  const columnSums = new Float64Array(columnCount)
  let n = 0
  table.exposure.forEach((exposure, i) => {
    const w = Math.max(0, exposure)
    const row = table.codes[rows]![i]!
    const column = table.codes[columns]![i]!
    sums[row * columnCount + column] = sums[row * columnCount + column]! + w
    rowSums[row] = rowSums[row]! + w
    columnSums[column] = columnSums[column]! + w
    n += w
  })
  if (!(n > 1)) throw new PricingFailure({ code: 'nothing-to-fit', what: 'exposure' })
  let phi = 0
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      const expected = (rowSums[row]! * columnSums[column]!) / n
      if (!(expected > 0)) continue
      const difference = sums[row * columnCount + column]! - expected
      phi += (difference * difference) / expected / n
    }
  }
  const usedRows = rowSums.filter((sum) => sum > 0).length
  const usedColumns = columnSums.filter((sum) => sum > 0).length
  const corrected = Math.max(0, phi - ((usedRows - 1) * (usedColumns - 1)) / (n - 1))
  const shrink = (count: number): number => count - ((count - 1) * (count - 1)) / (n - 1)
  const least = Math.min(shrink(usedRows), shrink(usedColumns)) - 1
  return least > 0 ? Math.min(1, Math.sqrt(corrected / least)) : 0
}
