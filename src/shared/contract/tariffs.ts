/** Versions of tariffs: made by one person, approved by another, replayed, compared, applied to a group, handed on (docs/spec/pricing.md section 5). */
import { z } from 'zod'
import { pricingWork } from '../domain/pricing-work.ts'
import { locale } from './app.ts'
import type { EventMap, Service } from './kit.ts'
import {
  buildUpView,
  changeEntry,
  impactView,
  pricingProblem,
  proxyWarning,
  tariffHeader,
} from './pricing.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const byHash = z.object({ hash })
const number = z.number()
const maybe = z.number().nullable()

export const tariffRow = z.object({
  hash,
  name: z.string(),
  version: z.int(),
  product: z.string(),
  jurisdiction: z.string(),
  currency: z.string(),
  validFrom: z.string(),
  previous: hash.nullable(),
  state: z.enum(['waiting', 'approved', 'refused']),
  madeBy: z.string(),
  madeAt: number,
  isOwn: z.boolean(),
  decided: z.object({ by: z.string(), at: number, reason: z.string() }).nullable(),
  /** The newest approved one of its product and jurisdiction that holds today. */
  isCurrent: z.boolean(),
})
export type TariffRow = z.infer<typeof tariffRow>

const tariffFactor = z.object({
  name: z.string(),
  isOrdered: z.boolean(),
  levels: z.array(
    z.object({
      level: z.string(),
      relativity: maybe,
      exposure: number,
      /** Whether the answer that it was made of has such a level: rates of a file may name others. */
      isInTable: z.boolean(),
    }),
  ),
})

export const openedTariff = z.object({
  row: tariffRow,
  /** Pure premium of a member-year at the base levels, minor units. */
  base: number,
  factors: z.array(tariffFactor),
  steps: pricingWork.shape.steps,
  offBalance: number,
  audit: z.array(changeEntry),
  binds: z.object({ snapshot: hash, cohort: hash, model: hash, factors: hash, results: hash }),
  /** What stands on it when it is printed: whose numbers they are (`release-mark.ts`). */
  mark: z.object({
    institution: z.string(),
    study: hash,
    upTo: z.null(),
    isDemonstration: z.boolean().optional(),
    answer: z
      .object({
        epsilon: z.string().nullable(),
        attested: z.int(),
        gateways: z.int(),
        snapshotHeight: z.int().nullable(),
      })
      .optional(),
  }),
  source: z.object({
    studyHash: hash,
    resultHash: hash,
    exposureHash: hash,
    from: z.string(),
    to: z.string(),
    /** What one patient's cost counts with at most, minor units; null where an older version did not note it. */
    costMost: maybe,
  }),
  rules: z.object({ hash, version: z.int() }),
  warnings: z.array(proxyWarning),
  work: pricingWork,
})
export type OpenedTariff = z.infer<typeof openedTariff>

const replay = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('identical') }),
  /** Made by another arithmetic than this version's: its rates are not told right or wrong. */
  z.object({ kind: z.literal('other-edition'), edition: z.int(), current: z.int() }),
  z.object({
    kind: z.literal('different'),
    binds: z.array(z.string()),
    paths: z.array(z.string()),
  }),
])

export const checkedTariff = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('checked'),
    file: z.string(),
    hash,
    name: z.string(),
    version: z.int(),
    replay,
    /** The results of the file beside the answer that the chain proves. */
    recorded: z.enum(['same', 'differs', 'unproven']),
  }),
  z.object({
    kind: z.literal('refused'),
    file: z.string(),
    reason: z.enum(['too-large', 'not-json', 'not-a-tariff', 'not-readable', 'engine']),
    path: z.string(),
  }),
])
export type CheckedTariff = z.infer<typeof checkedTariff>

const comparison = z.object({
  binds: z.array(z.string()),
  factorsAdded: z.array(z.string()),
  factorsRemoved: z.array(z.string()),
  base: z.object({ before: number, after: number }).nullable(),
  relativities: z.array(z.object({ factor: z.string(), level: z.string(), before: maybe, after: maybe })),
  stepsChanged: z.boolean(),
  /** Gross premiums over the portfolio of the later one; null where the factors differ. */
  impact: impactView.nullable(),
})
export type TariffComparisonView = z.infer<typeof comparison>

const groupPrice = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('priced'),
    exposure: number,
    manual: number,
    blended: number,
    /** Z of the group's own experience; null where none was given. */
    credibility: number.nullable(),
    /** Claims from which on Z is 1; null where Z was set by hand or none was needed. */
    fullCredibility: z.int().nullable(),
    buildUp: buildUpView,
    gross: number,
    grossTotal: number,
    interval: z.object({ lower: maybe, upper: maybe }),
    /** Where the group's pure cost will lie, chance of claims included. */
    cost: z.object({ lower: maybe, upper: maybe }).nullable(),
    currency: z.string(),
    rows: z.array(
      z.object({
        line: z.int(),
        levels: z.array(z.string()),
        exposure: number,
        rate: number,
        premium: number,
        share: number,
      }),
    ),
  }),
  z.object({
    kind: z.literal('census'),
    errors: z.array(
      z.object({
        code: z.enum([
          'empty',
          'no-lives',
          'unknown-column',
          'missing-factor',
          'unknown-level',
          'not-a-number',
          'too-many',
        ]),
        line: z.int(),
        column: z.string(),
        found: z.string(),
        hint: z.string().nullable(),
      }),
    ),
    errorCount: z.int(),
  }),
  z.object({ kind: z.literal('not-priced'), problem: pricingProblem }),
])
export type GroupPriceView = z.infer<typeof groupPrice>

const TEXT_MAX = 1 << 20

export const tariffs = {
  /** Newest first. */
  list: { input: z.void(), output: z.array(tariffRow) },
  open: { input: byHash, output: openedTariff.nullable() },
  /** Makes a version of what was priced; it waits for another person. `previous`: the version that it follows. */
  make: {
    input: z.object({ work: pricingWork, header: tariffHeader, previous: hash.nullable() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('made'), hash }),
      /** The very same version is kept already. */
      z.object({ kind: z.literal('known'), hash }),
      z.object({ kind: z.literal('not-priced'), problem: pricingProblem }),
    ]),
  },
  decide: {
    input: z.object({
      hash,
      verdict: z.enum(['approve', 'refuse']),
      reason: z.string().trim().min(1).max(500),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('decided'), row: tariffRow }),
      z.object({
        kind: z.literal('refused'),
        /** `does-not-replay`: what is kept no longer gives the same rates; `not-permitted`: by the newest list of factors. */
        reason: z.enum([
          'own-tariff',
          'not-waiting',
          'unknown',
          'does-not-replay',
          'other-edition',
          'not-permitted',
        ]),
      }),
    ]),
  },
  compare: { input: z.object({ before: hash, after: hash }), output: comparison.nullable() },
  /** Makes it once more from the answer and the exposure file as they are recorded now. */
  replay: {
    input: byHash,
    output: z.discriminatedUnion('kind', [
      ...replay.options,
      /** The answer or the exposure file is not here any more. */
      z.object({ kind: z.literal('gone') }),
    ]),
  },
  /** On this machine, from an approved tariff alone. */
  priceGroup: {
    input: z.object({
      hash,
      census: z.string().max(TEXT_MAX),
      /** A level for factors that the census does not name. */
      fixed: z.record(z.string().max(80), z.string().max(80)),
      own: z
        .object({
          memberYears: number.positive(),
          claims: z.int().min(0),
          /** Minor units, each patient with no more than the tariff's own cap: what lies above is in its pool. */
          cost: number.min(0),
          /** Z by hand, with the reason that the audit gets; null: by the number of claims. */
          byHand: z
            .object({ factor: number.min(0).max(1), reason: z.string().trim().min(1).max(500) })
            .nullable(),
        })
        .nullable(),
    }),
    output: groupPrice,
  },
  /** The document with recipe and results, for whoever recomputes it; or the page that is shown, as a report. */
  save: {
    input: z.object({ hash, as: z.enum(['json', 'pdf']), locale }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('cancelled') }),
      z.object({ kind: z.literal('saved'), path: z.string() }),
      z.object({ kind: z.literal('refused'), reason: z.enum(['unknown', 'not-writable', 'no-window']) }),
    ]),
  },
  /** Opens a tariff file of anybody's and makes its rates again; null when the person closes the dialog. */
  chooseAndCheck: { input: z.void(), output: checkedTariff.nullable() },
  check: {
    input: z.object({ file: z.string().max(200), text: z.string().max(8 << 20) }),
    output: checkedTariff,
  },
} satisfies Service

export const tariffEvents = {
  /** A version was made or decided on, here or at another work place; ask again. */
  changed: z.object({}),
} satisfies EventMap
