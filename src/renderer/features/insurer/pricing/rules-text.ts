/** Lists of factors as people type them, a line for each, and back. Pure. */
import type { FactorRulesDraft } from '../../../../shared/domain/pricing-work.ts'
import { en, zhHant } from '../../../words/pricing.ts'

export interface RulesText {
  readonly allowed: string
  readonly forbidden: string
  readonly proxies: string
}

export type ReadRules =
  | { readonly kind: 'read'; readonly rules: Omit<FactorRulesDraft, 'product' | 'jurisdiction'> }
  | { readonly kind: 'wrong'; readonly field: keyof RulesText; readonly line: number }

/** @param nameOf what a factor is called on the screen */
export const textOfRules = (
  { allowed, forbidden, proxies }: Omit<FactorRulesDraft, 'product' | 'jurisdiction'>,
  nameOf: (factor: string) => string,
): RulesText => ({
  allowed: allowed
    .map(({ factor, ratioMost }) => (ratioMost === null ? nameOf(factor) : `${nameOf(factor)}, ${ratioMost}`))
    .join('\n'),
  forbidden: forbidden.map(({ factor, reason }) => `${nameOf(factor)}, ${reason}`).join('\n'),
  proxies: proxies.map(({ factor, of, reason }) => `${nameOf(factor)}, ${nameOf(of)}, ${reason}`).join('\n'),
})

/** What a factor is called on the screen, in either language, is the factor too. */
export function factorCalled(name: string): string {
  const plain = name.trim().toLowerCase()
  for (const { factorNames } of [en, zhHant])
    for (const [factor, word] of Object.entries(factorNames)) if (word.toLowerCase() === plain) return factor
  return name
}

export function readRules(text: RulesText): ReadRules {
  const lines = (field: keyof RulesText, parts: number): { line: number; cells: string[] }[] =>
    text[field].split('\n').flatMap((content, i) => {
      if (content.trim() === '') return []
      const cells = content.split(',')
      // The last part is a sentence, which may have commas of its own.
      const head = cells.slice(0, parts - 1).map((cell) => cell.trim())
      return [
        {
          line: i + 1,
          cells: [
            ...head,
            cells
              .slice(parts - 1)
              .join(',')
              .trim(),
          ],
        },
      ]
    })
  const allowed = lines('allowed', 2)
  const badRatio = allowed.find(
    ({ cells: [factor, ratio] }) => factor === '' || (ratio !== '' && !(Number(ratio) >= 1)),
  )
  if (allowed.length === 0 || badRatio !== undefined)
    return { kind: 'wrong', field: 'allowed', line: badRatio?.line ?? 1 }
  for (const [field, parts] of [
    ['forbidden', 2],
    ['proxies', 3],
  ] as const) {
    const bad = lines(field, parts).find(
      ({ cells }) => cells.length < parts || cells.some((cell) => cell === ''),
    )
    if (bad !== undefined) return { kind: 'wrong', field, line: bad.line }
  }
  return {
    kind: 'read',
    rules: {
      allowed: allowed.map(({ cells: [factor, ratio] }) => ({
        factor: factor!,
        ratioMost: ratio === '' ? null : Number(ratio),
      })),
      forbidden: lines('forbidden', 2).map(({ cells: [factor, reason] }) => ({
        factor: factor!,
        reason: reason!,
      })),
      proxies: lines('proxies', 3).map(({ cells: [factor, of, reason] }) => ({
        factor: factor!,
        of: of!,
        reason: reason!,
      })),
    },
  }
}

interface OfProduct {
  readonly product: string
  readonly jurisdiction: string
}

/** The list that is kept for the product in the jurisdiction, however either was typed. */
export function rulesFor<Rules extends OfProduct>(kept: readonly Rules[], of: OfProduct): Rules | undefined {
  const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()
  return kept.find((each) => isSame(each.product, of.product) && isSame(each.jurisdiction, of.jurisdiction))
}
