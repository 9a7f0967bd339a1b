/**
 * Published rules on what premiums may be set by, as a start for an insurer's own list of permitted factors (docs/spec/pricing.md P15). A preset is no advice
 * and holds nowhere by itself: it fills in the fields, and what is saved is the person's list. Sentences are the window's; here is what each rule says of
 * factors, where it stands, and since when it holds.
 */
import type { FactorRulesDraft } from './pricing-work.ts'

export const FACTOR_PRESETS = [
  {
    name: 'eu-unisex',
    jurisdiction: 'EU',
    /** Contracts made from this day on. */
    since: '2012-12-21',
    sources: [
      'Court of Justice of the EU, C-236/09 Test-Achats, 1 March 2011',
      'Directive 2004/113/EC, Article 5(1)',
      'Charter of Fundamental Rights of the EU, Article 21(1) (genetic features)',
    ],
    // Axes of an answer that the rule does not speak of; national law may.
    allowed: [
      { factor: 'ageBand', ratioMost: null },
      { factor: 'group', ratioMost: null },
      { factor: 'plan', ratioMost: null },
    ],
    forbidden: ['sex', 'geneticData'],
  },
  {
    name: 'aca-individual',
    jurisdiction: 'US',
    /** Plan years that begin from this day on. */
    since: '2014-01-01',
    sources: [
      '42 U.S.C. § 300gg (Public Health Service Act § 2701)',
      '45 CFR § 147.102',
      '42 U.S.C. § 300gg-4 (health status, genetic information)',
    ],
    allowed: [
      { factor: 'ageBand', ratioMost: 3 },
      { factor: 'tobacco', ratioMost: 1.5 },
      { factor: 'area', ratioMost: null },
      { factor: 'familySize', ratioMost: null },
    ],
    forbidden: ['sex', 'healthStatus', 'geneticData'],
  },
] as const satisfies readonly FactorPreset[]

export interface FactorPreset {
  readonly name: string
  readonly jurisdiction: string
  /** Civil day. */
  readonly since: string
  readonly sources: readonly string[]
  readonly allowed: readonly FactorRulesDraft['allowed'][number][]
  readonly forbidden: readonly string[]
}

export type FactorPresetName = (typeof FACTOR_PRESETS)[number]['name']

/** @param reasonOf why a factor is forbidden, in the reader's language */
export function rulesOfPreset(
  { allowed, forbidden }: Pick<FactorPreset, 'allowed' | 'forbidden'>,
  reasonOf: (factor: string) => string,
): Omit<FactorRulesDraft, 'product' | 'jurisdiction'> {
  return {
    allowed: allowed.map((each) => ({ ...each })),
    forbidden: forbidden.map((factor) => ({ factor, reason: reasonOf(factor) })),
    proxies: [],
  }
}
