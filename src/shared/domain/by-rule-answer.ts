/**
 * What a study by rule is answered (docs/spec/release-rules.md): one text, whose numbers are decimal texts as they were rounded, so that a
 * paper, a screen and a verifier read the same digits. Pure.
 */
import { z } from 'zod'

/** As it was rounded: no exponent, no sign of plus, no zeros that say nothing before the point. */
export const decimalDigits = z.string().regex(/^-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?$/)
const count = z.string().regex(/^(0|[1-9][0-9]{0,15})$/)
const LIST_MAX = 500

/** Which of the study's results it is: `model/0`, `curve/1/female`, `baseline/age/male`. */
const name = z.string().min(1).max(200)
const label = z.string().max(200)

export const byRuleFinding = z.discriminatedUnion('kind', [
  z.strictObject({
    name,
    kind: z.literal('model'),
    patients: count,
    events: count,
    coefficients: z
      .array(
        z.strictObject({
          term: z.string().min(1).max(200),
          coefficient: decimalDigits,
          error: decimalDigits,
          low: decimalDigits,
          high: decimalDigits,
        }),
      )
      .max(LIST_MAX),
  }),
  z.strictObject({
    name,
    kind: z.literal('curve'),
    steps: z.array(z.strictObject({ day: count, survival: decimalDigits, atRisk: count })).max(LIST_MAX),
  }),
  z.strictObject({
    name,
    kind: z.literal('table'),
    axes: z
      .array(z.strictObject({ variable: label, levels: z.array(label).max(LIST_MAX) }))
      .min(1)
      .max(6),
    /** The last axis runs fastest; null is left out, whether few or nobody is in it. */
    cells: z.array(count.nullable()).max(LIST_MAX),
    margins: z.array(z.array(count).max(LIST_MAX)).max(6),
    total: count,
  }),
  z.strictObject({ name, kind: z.literal('mean'), value: decimalDigits }),
  z.strictObject({ name, kind: z.literal('quantile'), perMille: count, value: decimalDigits }),
])
export type ByRuleFinding = z.infer<typeof byRuleFinding>

export const byRuleAnswer = z.strictObject({ findings: z.array(byRuleFinding).max(LIST_MAX) })
export type ByRuleAnswer = z.infer<typeof byRuleAnswer>
