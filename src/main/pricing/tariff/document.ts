/**
 * A tariff as one document with one hash: what it charges, what it was made from (snapshot, cohort, model, factors and recorded results by
 * their hashes), and what was changed by hand (docs/spec/pricing.md section 5). Rates are computed from the document's own
 * decimals, so everybody who holds it charges the same.
 */
import { z } from 'zod'
import { canonicalJson, type CanonicalValue } from '../../../shared/std/canonical-json.ts'
import { toHex, utf8Encode } from '../../../shared/std/bytes.ts'
import { parseDay } from '../../../shared/domain/dates.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import { DEPTH_MAX, SOURCE_LENGTH_MAX, TABLE_ROWS_MAX, TABLES_MAX } from '../expression/limits.ts'
import type { LookupTable } from '../expression/compile.ts'
import { ADJUSTMENTS_MAX, BUILD_UP_STEPS_MAX, FACTORS_MAX, LEVELS_MAX } from '../limits.ts'
import type { BuildUpStep } from '../model/build-up.ts'
import type { GroupBasis } from '../model/price-group.ts'
import { layoutSize, type Rating } from '../model/rating.ts'
import { decimal, decimalOf } from './decimal.ts'

export const TARIFF_FORMAT = 'consilium-tariff/1'
/** Entries of the layout up to which a document carries covariances. */
export const COVARIANCE_LAYOUT_MAX = 200

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const label = z.string().min(1).max(80)
const sentence = z.string().min(1).max(500)
const civilDay = z.string().refine((text) => parseDay(text) !== null)

/** Left out where nobody noted who and why: such a document has the bytes that it had before there were notes. */
const note = z.strictObject({ by: label, day: civilDay, reason: sentence }).optional()
const step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('factor'), name: label, factor: decimal, logVariance: decimal, note }),
  z.strictObject({ kind: z.literal('add'), name: label, perMemberYear: decimal, note }),
  z.strictObject({ kind: z.literal('share'), name: label, share: decimal, note }),
])

const tableRating = z.strictObject({
  kind: z.literal('table'),
  base: decimal,
  factors: z
    .array(
      z.strictObject({
        name: label,
        isOrdered: z.boolean(),
        /** Null where the data had no such level and nobody set it. */
        levels: z
          .array(z.strictObject({ level: label, relativity: decimal.nullable() }))
          .min(1)
          .max(LEVELS_MAX),
      }),
    )
    .max(FACTORS_MAX),
  /** Lower triangle of the covariance of log base and log relativities, row by row; null where not known or too large. */
  covariance: z
    .array(decimal)
    .max((COVARIANCE_LAYOUT_MAX * (COVARIANCE_LAYOUT_MAX + 1)) / 2)
    .nullable(),
  /** Residual degrees of freedom; null: the normal distribution. */
  freedom: z.int().min(1).nullable(),
})

const expressionRating = z.strictObject({
  kind: z.literal('expression'),
  /** Canonical text. */
  source: z
    .string()
    .min(1)
    .max(SOURCE_LENGTH_MAX + DEPTH_MAX),
  columns: z.array(z.strictObject({ name: label, kind: z.enum(['number', 'text']) })).max(200),
  tables: z
    .array(
      z.strictObject({
        name: label,
        key: z.enum(['number', 'text']),
        rows: z.array(z.strictObject({ key: label, value: decimal })).max(TABLE_ROWS_MAX),
      }),
    )
    .max(TABLES_MAX),
})

export const tariffDocument = z.strictObject({
  format: z.literal(TARIFF_FORMAT),
  name: label,
  version: z.int().min(1).max(1_000_000),
  product: label,
  jurisdiction: label,
  currency: z.string().regex(/^[A-Z]{3}$/),
  validFrom: civilDay,
  /** Hash of the version before. */
  previous: hash.nullable(),
  binds: z.strictObject({ snapshot: hash, cohort: hash, model: hash, factors: hash, results: hash }),
  rating: z.discriminatedUnion('kind', [tableRating, expressionRating]),
  steps: z.array(step).max(BUILD_UP_STEPS_MAX),
  process: z.strictObject({ dispersion: decimal, power: decimal }).nullable(),
  /** By what the base moved after the changes by hand. */
  offBalance: decimal,
  audit: z
    .array(
      z.strictObject({
        step: z.int().min(0),
        kind: z.enum(['smooth', 'monotone', 'cap', 'ratio', 'set']),
        factor: label,
        level: label,
        before: decimal.nullable(),
        after: decimal.nullable(),
        by: label,
        day: civilDay,
        reason: sentence,
      }),
    )
    .max(ADJUSTMENTS_MAX * LEVELS_MAX),
})
export type TariffDocument = z.infer<typeof tariffDocument>

type Sha256 = Pick<Crypto, 'sha256'>

/** Keys in order of code units, no blanks. Text is NFC. */
export function tariffText(document: TariffDocument): string {
  return canonicalJson(document)
}

/** SHA-256 of the canonical text, hexadecimal: the tariff's name. */
export function tariffHash(crypto: Sha256, document: TariffDocument): string {
  return hashOf(crypto, document)
}

export function hashOf(crypto: Sha256, value: CanonicalValue): string {
  return toHex(crypto.sha256(utf8Encode(canonicalJson(value))))
}

export type OpenedTariff =
  | { readonly kind: 'opened'; readonly document: TariffDocument }
  | {
      readonly kind: 'refused'
      readonly reason: 'not-json' | 'not-a-tariff' | 'not-canonical'
      readonly path: string
    }

/** A document that somebody hands over: only its canonical text is one, else two texts would have one name. */
export function openTariff(text: string): OpenedTariff {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'refused', reason: 'not-json', path: '' }
  }
  const parsed = tariffDocument.safeParse(value)
  if (!parsed.success)
    return { kind: 'refused', reason: 'not-a-tariff', path: parsed.error.issues[0]?.path.join('.') ?? '' }
  if (tariffText(parsed.data) !== text) return { kind: 'refused', reason: 'not-canonical', path: '' }
  return { kind: 'opened', document: parsed.data }
}

/** The rating of a document, in its decimals. */
export function encodeRating(rating: Rating): Extract<TariffDocument['rating'], { kind: 'table' }> {
  const size = layoutSize(rating.factors)
  const covariance: string[] = []
  const isCarried = rating.covariance !== null && size <= COVARIANCE_LAYOUT_MAX
  if (isCarried) {
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) covariance.push(decimalOf(rating.covariance[i * size + j]!))
  }
  return {
    kind: 'table',
    base: expText(rating.logBase),
    factors: rating.factors.map(({ name, isOrdered, levels }, f) => ({
      name,
      isOrdered,
      levels: levels.map((level, k) => {
        const ratio = rating.logRatios[f]![k]!
        return { level, relativity: ratio === ratio ? expText(ratio) : null }
      }),
    })),
    covariance: isCarried ? covariance : null,
    freedom: rating.freedom === Infinity ? null : Math.max(1, Math.floor(rating.freedom)),
  }
}

export function decodeRating(table: Extract<TariffDocument['rating'], { kind: 'table' }>): Rating {
  const factors = table.factors.map(({ name, isOrdered, levels }) => ({
    name,
    isOrdered,
    levels: levels.map(({ level }) => level),
  }))
  const size = layoutSize(factors)
  let covariance: Float64Array | null = null
  if (table.covariance !== null && table.covariance.length === (size * (size + 1)) / 2) {
    covariance = new Float64Array(size * size)
    let at = 0
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const value = Number(table.covariance[at++])
        covariance[i * size + j] = value
        covariance[j * size + i] = value
      }
    }
  }
  return {
    factors,
    logBase: log(Number(table.base)),
    logRatios: table.factors.map(({ levels }) =>
      Float64Array.from(levels, ({ relativity }) => (relativity === null ? NaN : log(Number(relativity)))),
    ),
    covariance,
    freedom: table.freedom ?? Infinity,
  }
}

/** What `priceGroup` needs, from a document with a rating table; null for a formula, which prices rows and not a census. */
export function basisOf(document: TariffDocument): GroupBasis | null {
  if (document.rating.kind !== 'table') return null
  return {
    rating: decodeRating(document.rating),
    steps: decodeSteps(document.steps),
    process:
      document.process === null
        ? null
        : { dispersion: Number(document.process.dispersion), power: Number(document.process.power) },
    own: null,
  }
}

export function encodeSteps(steps: readonly BuildUpStep[]): TariffDocument['steps'] {
  return steps.map((each) => {
    const named = { name: each.name, ...(each.note === undefined ? {} : { note: each.note }) }
    switch (each.kind) {
      case 'factor':
        return {
          kind: each.kind,
          ...named,
          factor: decimalOf(each.factor),
          logVariance: decimalOf(each.logVariance ?? 0),
        }
      case 'add':
        return { kind: each.kind, ...named, perMemberYear: decimalOf(each.perMemberYear) }
      case 'share':
        return { kind: each.kind, ...named, share: decimalOf(each.share) }
    }
  })
}

export function decodeSteps(steps: TariffDocument['steps']): BuildUpStep[] {
  return steps.map((each) => {
    switch (each.kind) {
      case 'factor':
        return {
          kind: each.kind,
          name: each.name,
          factor: Number(each.factor),
          logVariance: Number(each.logVariance),
        }
      case 'add':
        return { kind: each.kind, name: each.name, perMemberYear: Number(each.perMemberYear) }
      case 'share':
        return { kind: each.kind, name: each.name, share: Number(each.share) }
    }
  })
}

/** Tables of a formula, as the compiler takes them. */
export function decodeTables(
  rating: Extract<TariffDocument['rating'], { kind: 'expression' }>,
): Record<string, LookupTable> {
  return Object.fromEntries(
    rating.tables.map(({ name, key, rows }) => [
      name,
      {
        key,
        rows: rows.map((row) => [key === 'number' ? Number(row.key) : row.key, Number(row.value)] as const),
      },
    ]),
  )
}

function expText(logValue: number): string {
  return decimalOf(exp(logValue))
}
