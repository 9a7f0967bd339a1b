/**
 * What an analyst asks of the pricing model: which recorded results, which factors and model, what was changed by hand, and how the pure
 * premium becomes the gross one. The same document prices on the screen and makes a tariff, so what is approved is what was seen.
 */
import { z } from 'zod'
import { parseDay } from './dates.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
export const label = z.string().trim().min(1).max(80)
const sentence = z.string().trim().min(1).max(500)
const number = z.number()
const month = z.string().regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/)
export const civilDay = z.string().refine((text) => /^[0-9]{4}-/.test(text) && parseDay(text) !== null)

/** Characters of rates from elsewhere, wherever they are read, compared or kept: what could not become a version is not read either. */
export const RATES_TEXT_MOST = 1_000_000

/** Who put a step there, on which day and why, as the node noted it. Steps from before there were notes have none, and the bytes that they had. */
export const stepNote = z.strictObject({ by: label, day: civilDay, reason: sentence })
export type StepNote = z.infer<typeof stepNote>
const note = stepNote.optional()

export const buildUpStep = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('factor'),
    name: label,
    factor: number,
    logVariance: number.min(0),
    note,
  }),
  z.strictObject({ kind: z.literal('add'), name: label, perMemberYear: number, note }),
  z.strictObject({ kind: z.literal('share'), name: label, share: number, note }),
])
export type PricingStep = z.infer<typeof buildUpStep>

export const manualChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('smooth'),
    factor: label,
    middles: z.array(number).max(500),
    knots: z.int().min(3).max(7),
  }),
  z.strictObject({ kind: z.literal('monotone'), factor: label, direction: z.enum(['rising', 'falling']) }),
  z.strictObject({ kind: z.literal('cap'), factor: label, least: number, most: number }),
  z.strictObject({ kind: z.literal('ratio'), factor: label, most: number }),
  z.strictObject({ kind: z.literal('set'), factor: label, level: label, relativity: number }),
])
export type ManualChange = z.infer<typeof manualChange>

/** As the node noted it: who and on which day are not the window's to say. */
export const notedChange = z.strictObject({
  change: manualChange,
  by: label,
  day: civilDay,
  reason: sentence,
})
export type NotedChange = z.infer<typeof notedChange>

export const pricedFactors = z.array(label).max(20)

export const pricingModel = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frequency-severity'),
    frequency: z.enum(['poisson', 'quasipoisson', 'negative-binomial']),
    factors: pricedFactors,
  }),
  z.strictObject({
    kind: z.literal('pure-premium'),
    /** Between 1 and 2; null is profiled, which costs with noise do not allow. */
    power: number.nullable(),
    factors: pricedFactors,
  }),
  /** Coefficients or rates from elsewhere, as they came; `factors`: those that they have. */
  z.strictObject({
    kind: z.literal('imported'),
    text: z.string().max(RATES_TEXT_MOST),
    format: z.enum(['csv', 'json']),
    factors: pricedFactors,
  }),
])

/** Where the claims and the denominators come from. */
export const pricingSource = z.strictObject({
  /** Answered request whose table of claims and costs is priced. */
  studyHash: hash,
  /** The insurer's own exposure file. */
  exposureHash: hash,
})

export const pricingWork = z.strictObject({
  product: label,
  jurisdiction: label,
  source: pricingSource,
  model: pricingModel,
  adjustments: z.array(notedChange).max(1000),
  steps: z.array(buildUpStep).max(50),
  /** A later answer that the model was not made from: the test out of time. Null: no validation. */
  holdout: pricingSource.nullable(),
  /** Of the earned premium, before claims are known: the youngest months are developed by it (Bornhuetter-Ferguson). None: chain ladder alone. */
  expectedLossRatio: number.min(0).max(10).nullable().optional(),
  /** The first of twelve months of cover that are priced: the trend is carried to their middle. None: from the first January after the answer's months. */
  ratingFrom: month.nullable().optional(),
})
export type PricingWork = z.infer<typeof pricingWork>
export type PricingSource = z.infer<typeof pricingSource>

/** Which factors a product may use in a jurisdiction: whatever is not allowed is refused. */
export const factorRules = z.strictObject({
  product: label,
  jurisdiction: label,
  allowed: z
    .array(z.strictObject({ factor: label, ratioMost: number.min(1).nullable() }))
    .min(1)
    .max(50),
  forbidden: z.array(z.strictObject({ factor: label, reason: sentence })).max(50),
  proxies: z.array(z.strictObject({ factor: label, of: label, reason: sentence })).max(50),
  /**
   * One premium for all, or for each level of `by`: every other factor is at 1. Absent: by risk. A list from before this field has the hash that it had.
   */
  communityRating: z.strictObject({ by: label.nullable(), reason: sentence }).optional(),
})
export type FactorRulesDraft = z.infer<typeof factorRules>

export const monthRange = z.object({ from: month, to: month })
