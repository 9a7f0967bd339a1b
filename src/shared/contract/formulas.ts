/** A customised model as people write it, and what the node makes of it before it is asked or approved (docs/spec/privacy.md Q9). */
import { z } from 'zod'
import { RATES_TEXT_MOST } from '../domain/pricing-work.ts'

/** A formula; or coefficients and rating tables from elsewhere. */
export const formulaSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('formula'), text: z.string().max(8_000) }),
  z.strictObject({
    kind: z.literal('rates'),
    text: z.string().max(RATES_TEXT_MOST),
    format: z.enum(['csv', 'json']),
  }),
])
export type FormulaSource = z.infer<typeof formulaSource>

/** A file of rates that cannot be read, with the place of each error; no more are listed than a person mends at once. */
export const ratesRefused = z.object({
  kind: z.literal('refused'),
  errors: z.array(
    z.object({
      code: z.string(),
      place: z.string(),
      found: z.string(),
      expected: z.string(),
      didYouMean: z.string().nullable(),
    }),
  ),
  errorCount: z.int(),
})

export const formulaAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('formula'),
    /** In its one form: this very text is asked and approved. */
    text: z.string(),
    columns: z.array(z.string()),
    /** Of the columns, those that the consortium lets no formula read. */
    forbidden: z.array(z.string()),
    /** Hospitals whose approval counts where this institution asks: never itself. */
    approvedBy: z.array(z.string()),
    /** This institution approved it: that counts for what others ask. */
    isApprovedHere: z.boolean(),
    approvalsNeeded: z.int(),
  }),
  z.object({ kind: z.literal('problem'), code: z.string(), offset: z.int(), found: z.string() }),
  ratesRefused,
  z.object({ kind: z.literal('unknown'), factor: z.string(), level: z.string().nullable() }),
])
export type FormulaAnswer = z.infer<typeof formulaAnswer>
