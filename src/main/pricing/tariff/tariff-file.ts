/**
 * A tariff as it goes to somebody who recomputes it: the document, the recipe, and the recorded results to the last bit
 * (docs/spec/pricing.md T6). Whoever opens it makes the tariff again and holds the results against those of the chain.
 */
import { z } from 'zod'
import { label, notedChange, pricingModel, buildUpStep } from '../../../shared/domain/pricing-work.ts'
import { CELLS_MAX, FACTORS_MAX, LEVELS_MAX } from '../limits.ts'
import { agreesWith, type RecordedResult } from '../model/recorded-table.ts'
import type { TariffTable } from '../model/tariff-table.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import { hashOf, openTariff, tariffDocument, type TariffDocument, tariffText } from './document.ts'
import { replayTariff, type Replay, type TariffRecipe } from './make-tariff.ts'

export const TARIFF_FILE_FORMAT = 'consilium-tariff-file/1'
export const TARIFF_FILE_BYTES_MAX = 8 << 20

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const base64 = z.string().max(1 << 20)
const values = z.array(z.number()).max(CELLS_MAX)

export const storedTable = z.strictObject({
  factors: z
    .array(
      z.strictObject({ name: label, levels: z.array(z.string()).max(LEVELS_MAX), isOrdered: z.boolean() }),
    )
    .max(FACTORS_MAX),
  codes: z.array(z.array(z.int().min(0)).max(CELLS_MAX)).max(FACTORS_MAX),
  exposure: values,
  claims: values,
  cost: values,
  noise: z.strictObject({ exposure: values, claims: values, cost: values }).nullable(),
})
export type StoredTable = z.infer<typeof storedTable>

export const storedRecipe = z.strictObject({
  /** What was kept before there was a second one names none. */
  edition: z.int().min(1).max(1_000_000).default(1),
  model: pricingModel,
  adjustments: z.array(notedChange).max(1000),
  steps: z.array(buildUpStep).max(50),
  withProcess: z.boolean(),
})

/** What the results were: the answered request, the hash of its bytes in the chain, and the exposure file's hash. */
export const tariffSource = z.strictObject({
  studyHash: hash,
  resultHash: hash,
  exposureHash: hash,
  /** First and last month of the claims. */
  from: z.string().max(7),
  to: z.string().max(7),
  /** What one patient's cost counts with at most, minor units. What was kept before it was noted has none. */
  costMost: z.int().min(0).optional(),
})
export type TariffSource = z.infer<typeof tariffSource>

const tariffFile = z.strictObject({
  format: z.literal(TARIFF_FILE_FORMAT),
  document: tariffDocument,
  recipe: storedRecipe,
  source: tariffSource,
  results: storedTable,
  /** The request's document and the answer's bytes, base64: the chain holds what proves both. Null where the maker had them no more. */
  proof: z.strictObject({ document: base64, answer: base64 }).nullable(),
})
export type TariffFile = z.infer<typeof tariffFile>

export const encodeTable = (table: TariffTable): StoredTable => ({
  factors: table.factors.map(({ name, levels, isOrdered }) => ({ name, levels: [...levels], isOrdered })),
  codes: table.codes.map((codes) => Array.from(codes)),
  exposure: Array.from(table.exposure),
  claims: Array.from(table.claims),
  cost: Array.from(table.cost),
  noise: table.noise && {
    exposure: Array.from(table.noise.exposure),
    claims: Array.from(table.noise.claims),
    cost: Array.from(table.noise.cost),
  },
})

/** Null where columns differ in length or a code has no level. */
export function decodeTable(stored: StoredTable): TariffTable | null {
  const { factors, codes, exposure, claims, cost, noise } = stored
  const columns = [...codes, claims, cost, ...(noise === null ? [] : Object.values(noise))]
  if (codes.length !== factors.length || columns.some(({ length }) => length !== exposure.length)) return null
  if (codes.some((column, f) => column.some((code) => code >= factors[f]!.levels.length))) return null
  return {
    factors,
    codes: codes.map((column) => Int32Array.from(column)),
    exposure: Float64Array.from(exposure),
    claims: Float64Array.from(claims),
    cost: Float64Array.from(cost),
    noise: noise && {
      exposure: Float64Array.from(noise.exposure),
      claims: Float64Array.from(noise.claims),
      cost: Float64Array.from(noise.cost),
    },
  }
}

export const tariffFileText = (file: TariffFile): string => `${JSON.stringify(file, null, 1)}\n`

export type OpenedTariffFile =
  | { readonly kind: 'opened'; readonly file: TariffFile; readonly table: TariffTable }
  | {
      readonly kind: 'refused'
      readonly reason: 'too-large' | 'not-json' | 'not-a-tariff'
      readonly path: string
    }

export function openTariffFile(text: string): OpenedTariffFile {
  if (text.length > TARIFF_FILE_BYTES_MAX) return { kind: 'refused', reason: 'too-large', path: '' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'refused', reason: 'not-json', path: '' }
  }
  const parsed = tariffFile.safeParse(value)
  if (!parsed.success)
    return { kind: 'refused', reason: 'not-a-tariff', path: parsed.error.issues[0]?.path.join('.') ?? '' }
  const table = decodeTable(parsed.data.results)
  // A document is one only in its own text: what has two texts would have two names.
  const isOne = openTariff(tariffText(parsed.data.document)).kind === 'opened'
  return table === null || !isOne
    ? { kind: 'refused', reason: 'not-a-tariff', path: table === null ? 'results' : 'document' }
    : { kind: 'opened', file: parsed.data, table }
}

export interface Recomputed {
  readonly hash: string
  /** From the file's own recipe and results. */
  readonly replay: Replay
  /**
   * The file's results and what it says of their origin (snapshot, cohort, hash of the answer, months) beside the answer that the chain
   * proves. `unproven`: the file carries no bytes of it, or they are not those
   * that the chain names.
   */
  readonly recorded: 'same' | 'differs' | 'unproven'
}

/**
 * @param recorded the answer as the chain proves it; null where it does not
 * @throws {PricingFailure} {StatsFailure} where the results cannot be priced by the recipe
 */
export function recompute(
  crypto: Pick<Crypto, 'sha256'>,
  {
    document,
    recipe,
    source,
  }: { readonly document: TariffDocument; readonly recipe: TariffRecipe; readonly source: TariffSource },
  table: TariffTable,
  recorded: RecordedResult | null,
): Recomputed {
  return {
    hash: hashOf(crypto, document),
    replay: replayTariff(crypto, document, recipe, table),
    recorded:
      recorded === null
        ? 'unproven'
        : isOf(recorded, document, source) && agreesWith(recorded, table)
          ? 'same'
          : 'differs',
  }
}

function isOf(recorded: RecordedResult, { binds }: TariffDocument, source: TariffSource): boolean {
  return (
    binds.snapshot === recorded.snapshot &&
    binds.cohort === recorded.cohort &&
    source.studyHash === recorded.studyHash &&
    source.resultHash === recorded.resultHash &&
    source.from === recorded.from &&
    source.to === recorded.to &&
    (source.costMost === undefined || source.costMost === recorded.costMost)
  )
}
