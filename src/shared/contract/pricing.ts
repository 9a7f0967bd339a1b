/** Pricing from recorded results: fits, changes by hand, permitted factors, models from elsewhere (docs/spec/pricing.md). */
import { z } from 'zod'
import {
  buildUpStep,
  civilDay,
  factorRules,
  label,
  manualChange,
  notedChange,
  pricedFactors,
  pricingSource,
  pricingWork,
  RATES_TEXT_MOST,
} from '../domain/pricing-work.ts'
import { requestAxis } from '../domain/request-output.ts'
import { broughtBy } from './exposures.ts'
import { ratesRefused } from './formulas.ts'
import type { Service } from './kit.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const number = z.number()
/** Null where there is no such number. */
const maybe = z.number().nullable()
const job = z.object({ jobId: z.string() })

const recordedView = z.object({
  studyHash: hash,
  title: z.string().nullable(),
  at: number.nullable(),
  snapshot: hash,
  from: z.string(),
  to: z.string(),
  /** What one patient's cost counts with at most, minor units. */
  costMost: number,
  factors: z.array(z.object({ name: z.string(), levels: z.array(z.string()), isOrdered: z.boolean() })),
  /** Cells with claims and costs, and those of them that the gateways withheld. */
  cells: z.int(),
  withheld: z.int(),
})
export type RecordedView = z.infer<typeof recordedView>

const exposureView = z.object({
  hash,
  name: z.string(),
  importedAt: number,
  broughtBy,
  from: z.string().nullable(),
  to: z.string().nullable(),
})

export const rulesView = factorRules.extend({
  hash,
  version: z.int(),
  by: z.string(),
  at: number,
})
export type RulesView = z.infer<typeof rulesView>

export const pricingSources = z.object({
  results: z.array(recordedView),
  exposures: z.array(exposureView),
  /** The newest list of each product and jurisdiction. */
  rules: z.array(rulesView),
})
export type PricingSourcesView = z.infer<typeof pricingSources>

/** Why nothing was priced, with what stands in the way. */
export const pricingProblem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('no-such-result') }),
  z.object({ kind: z.literal('no-such-exposure') }),
  /** The exposure file's age bands, months or groups are others than those of the answer. */
  z.object({ kind: z.literal('mismatch'), what: z.enum(['bands', 'months', 'groups']) }),
  /** A change, or after the changes a step, that this node did not note: who and when would be the window's word. */
  z.object({ kind: z.literal('not-noted'), place: z.int() }),
  /** Nobody has said which factors the product may use there. */
  z.object({ kind: z.literal('no-rules') }),
  /** What a tariff is tested on must begin after what it was made of. */
  z.object({ kind: z.literal('not-later') }),
  z.object({ kind: z.literal('not-approved') }),
  /** Answers have tables by group and tables by plan, and none by both. */
  z.object({ kind: z.literal('group-and-plan') }),
  z.object({
    kind: z.literal('factors'),
    refusals: z.array(
      z.object({
        factor: z.string(),
        reason: z.enum(['not-allowed', 'forbidden', 'ratio']),
        detail: z.string(),
      }),
    ),
  }),
  /** The cells, the recipe or the file give no honest number: code and detail of the engine. */
  z.object({ kind: z.literal('engine'), code: z.string(), detail: z.record(z.string(), z.unknown()) }),
])
export type PricingProblem = z.infer<typeof pricingProblem>

const relativityRow = z.object({
  level: z.string(),
  isBase: z.boolean(),
  /** Whether the answer has such a level: rates of a file may name others. */
  isInTable: z.boolean(),
  exposure: number,
  claims: number,
  cost: number,
  observed: maybe,
  fitted: maybe,
  relativity: maybe,
  stdErr: maybe,
  lower: maybe,
  upper: maybe,
  p: maybe,
})
export const relativityFactor = z.object({ factor: z.string(), rows: z.array(relativityRow) })
export type RelativityFactorView = z.infer<typeof relativityFactor>

export const buildUpView = z.object({
  lines: z.array(
    z.object({ name: z.string(), kind: z.string(), value: number, amount: number, after: number }),
  ),
  pure: number,
  gross: number,
})
export type BuildUpView = z.infer<typeof buildUpView>

export const changeEntry = z.object({
  step: z.int(),
  kind: z.string(),
  factor: z.string(),
  level: z.string(),
  before: maybe,
  after: maybe,
  by: z.string(),
  day: z.string(),
  reason: z.string(),
})

const liftBin = z.object({
  exposure: number,
  predicted: number,
  actual: number,
  /** Of `actual`, 95 %: chance and noise. Null where the chance is not known. */
  lower: maybe,
  upper: maybe,
  alternative: number.optional(),
})
const estimate = z.object({ value: maybe, lower: maybe, upper: maybe })
const band = z.object({ ratio: maybe, lower: maybe, upper: maybe })

export const impactView = z.object({
  oldTotal: number,
  newTotal: number,
  change: number,
  up: number,
  down: number,
  same: number,
  /** Null is without end. */
  bins: z.array(z.object({ from: maybe, to: maybe, exposure: number })),
  quantiles: z.array(z.object({ share: number, change: number })),
  byFactor: z.array(z.object({ factor: z.string(), level: z.string(), exposure: number, change: number })),
  unpriced: number,
})
export type ImpactView = z.infer<typeof impactView>

export const proxyWarning = z.object({
  factor: z.string(),
  of: z.string(),
  source: z.enum(['declared', 'measured']),
  reason: z.string(),
  association: maybe,
})

export const pricedAnswer = z.object({
  kind: z.literal('priced'),
  work: pricingWork,
  /** Of the cells that were fitted; `withheldShare`: of the exposure that no rate speaks of. */
  cells: z.object({
    count: z.int(),
    exposure: number,
    claims: number,
    cost: number,
    withheld: z.int(),
    withheldShare: number,
  }),
  /** Levels that share one relativity, since noise leaves nothing to read of each alone. */
  folds: z.array(z.object({ factor: z.string(), levels: z.array(z.string()) })),
  rates: z.array(
    z.object({
      measure: z.enum(['frequency', 'severity', 'pure-premium']),
      family: z.string(),
      dispersion: maybe,
      pearson: z.object({ dispersion: maybe, p: maybe }),
      /** Share of the null deviance. */
      devianceExplained: maybe,
      parameter: maybe,
      cellsUsed: z.int(),
      parameters: z.int(),
      cellsLeftOut: z.int(),
      converged: z.boolean(),
      base: number,
      factors: z.array(relativityFactor),
    }),
  ),
  tariff: z.object({
    base: number,
    factors: z.array(relativityFactor),
    offBalance: number,
    audit: z.array(changeEntry),
  }),
  reconciliation: z
    .object({
      observed: number,
      product: number,
      direct: number,
      productGap: number,
      directGap: number,
      agrees: z.boolean(),
    })
    .nullable(),
  average: z.object({ buildUp: buildUpView, lower: maybe, upper: maybe }),
  /** Shares of the premium earned in the priced cells, and the change of its level that the build-up comes to; null without premium in the file. */
  indication: z
    .object({ premium: number, claims: number, added: number, target: number, change: estimate })
    .nullable(),
  trend: z
    .object({
      yearly: z.object({ value: number, lower: number, upper: number }),
      slope: number,
      stdErr: number,
      /** From the middle of the priced months to that of twelve months of cover. */
      carried: z.object({ from: z.string(), years: number, factor: number, logVariance: number }),
    })
    .nullable(),
  development: z
    .object({
      factor: number,
      logVariance: number,
      months: z.array(
        z.object({
          month: z.string(),
          known: number,
          chainLadder: number,
          ultimate: number,
          stdErr: maybe,
          method: z.enum(['chain-ladder', 'bornhuetter-ferguson']),
        }),
      ),
    })
    .nullable(),
  credibility: z
    .object({
      collective: number,
      groups: z.array(
        z.object({
          group: z.string(),
          exposure: number,
          own: maybe,
          factor: number,
          rate: number,
          stdErr: maybe,
        }),
      ),
    })
    .nullable(),
  validation: z
    .object({
      lift: z.array(liftBin),
      gini: estimate,
      ratio: estimate,
      slope: estimate,
      byFactor: z.array(
        z.object({
          factor: z.string(),
          levels: z.array(z.object({ level: z.string(), exposure: number, claims: band, cost: band })),
        }),
      ),
      /** The same recipe fitted to the later result; null where it gives no relativities. */
      stability: z
        .array(
          z.object({
            factor: z.string(),
            levels: z.array(
              z.object({
                level: z.string(),
                isBase: z.boolean(),
                exposure: number,
                priced: band,
                later: band,
                z: maybe,
                p: maybe,
              }),
            ),
          }),
        )
        .nullable(),
    })
    .nullable(),
  /** Under community rating, of groups or plans; they add up to nothing. Null: priced by risk, or there is one group alone. */
  equalisation: z
    .object({
      unit: z.string(),
      groups: z.array(
        z.object({ group: z.string(), exposure: number, own: number, community: number, transfer: number }),
      ),
    })
    .nullable(),
  warnings: z.array(proxyWarning),
  /** Factors whose relativities lie further apart than the list allows: no tariff is made while there are any. */
  ratios: z.array(z.object({ factor: z.string(), detail: z.string() })),
})
export type PricedAnswer = z.infer<typeof pricedAnswer>

const lookupRows = z
  .array(z.object({ key: z.union([z.string().max(200), z.number()]), value: number }))
  .max(10_000)
export const challengerInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rates'),
    text: z.string().max(RATES_TEXT_MOST),
    format: z.enum(['csv', 'json']),
  }),
  z.object({
    kind: z.literal('formula'),
    source: z.string().max(20_000),
    tables: z.array(z.object({ name: label, key: z.enum(['number', 'text']), rows: lookupRows })).max(50),
  }),
])

const challenged = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('challenged'),
    factors: z.array(z.string()),
    /** Whose claims they were compared on: those of the later result, or those that the tariff here was made of. */
    on: z.object({ from: z.string(), to: z.string(), isLater: z.boolean() }),
    doubleLift: z.array(liftBin),
    giniDifference: estimate,
    impact: impactView,
    championGap: number,
    challengerGap: number,
    /** A table of rates, as it was compared: it can be priced and made a tariff. Null: a formula. */
    rates: z
      .object({ text: z.string(), format: z.enum(['csv', 'json']), factors: z.array(z.string()) })
      .nullable(),
    noValue: z.array(z.object({ reason: z.string(), line: z.int(), column: z.int(), count: z.int() })),
    warnings: z.array(proxyWarning),
  }),
  ratesRefused,
  /** The formula, with its place. */
  z.object({
    kind: z.literal('problem'),
    code: z.string(),
    line: z.int(),
    column: z.int(),
    length: z.int(),
    found: z.string(),
    expected: z.array(z.string()),
    hint: z.record(z.string(), z.unknown()).nullable(),
  }),
  z.object({ kind: z.literal('not-priced'), problem: pricingProblem }),
])
export type ChallengedAnswer = z.infer<typeof challenged>

const incidenceYear = z.object({
  year: z.int(),
  rate: number,
  lower: number,
  upper: number,
  /** The curve ends within this year. */
  isPartial: z.boolean(),
})
export type IncidenceYear = z.infer<typeof incidenceYear>

const pooled = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('pooled'),
    patients: z.int(),
    excessCount: z.int(),
    excessTotal: number,
    /** Per member-year, or the factor on the pure premium. */
    load: number,
    /** Above the answer's cap and above higher ones; null of fewer than five patients. */
    tail: z.array(
      z.object({
        cap: number,
        count: z.int(),
        tail: z
          .object({
            excess: number,
            variation: number,
            index: number,
            indexError: number,
            shape: z.enum(['pareto', 'lognormal']),
          })
          .nullable(),
      }),
    ),
  }),
  z.object({ kind: z.literal('refused'), lines: z.array(z.int()) }),
  z.object({ kind: z.literal('not-priced'), problem: pricingProblem }),
])
export type PooledAnswer = z.infer<typeof pooled>

export const pricing = {
  /** Recorded results, exposure files and lists of factors that there are. */
  sources: { input: z.void(), output: pricingSources },
  /** Puts who and which day on a change by hand, and keeps it. */
  note: {
    input: z.object({ change: manualChange, reason: z.string().trim().min(1).max(500) }),
    output: notedChange,
  },
  /** The same for a step of the build-up; a note that it had is replaced. */
  noteStep: {
    input: z.object({ step: buildUpStep, reason: z.string().trim().min(1).max(500) }),
    output: buildUpStep,
  },
  start: {
    input: z.object({ work: pricingWork }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({ kind: z.literal('not-priced'), problem: pricingProblem }),
    ]),
  },
  /** What a job of `start` found; null while there is nothing. */
  answer: {
    input: job,
    output: z
      .discriminatedUnion('kind', [
        pricedAnswer,
        z.object({ kind: z.literal('not-priced'), problem: pricingProblem }),
      ])
      .nullable(),
  },
  /** A model from elsewhere against the work's tariff, on the later result where there is one. */
  challenge: {
    input: z.object({ work: pricingWork, challenger: challengerInput }),
    output: challenged,
  },
  /** What each expensive patient cost in the answer's months, one a line: what lies above the answer's cap, and never the largest. */
  pool: {
    input: z.object({
      amounts: z.string().max(1 << 20),
      spread: z.enum(['flat', 'proportional']),
      source: pricingSource,
      /** Those that are priced by: whose cells they are. */
      factors: pricedFactors,
    }),
    output: pooled,
  },
  /** Answered survival curves and Cox models that yearly rates can be made of. */
  incidences: {
    input: z.void(),
    output: z.array(
      z.object({
        studyHash: hash,
        title: z.string(),
        kind: z.enum(['curves', 'effects']),
        snapshot: hash,
        cohort: hash,
      }),
    ),
  },
  /**
   * Yearly rates from a released curve; with a Cox model of the same people by the curve's own variable alone those of its levels, against
   * the curve of the first one. No time of anybody's event is in either.
   */
  incidence: {
    input: z.object({ curve: hash, effects: hash.nullable() }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('rates'),
        rows: z.array(
          z.object({
            axis: requestAxis.nullable(),
            /** Null: the whole cohort. */
            level: z.int().nullable(),
            /** Of the curve itself, or of the model over the curve of the first level. */
            from: z.enum(['curve', 'model']),
            years: z.array(incidenceYear),
          }),
        ),
      }),
      /** Not answered here; of another cohort, snapshot or follow-up; or a curve that is no baseline of the model. */
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['not-here', 'other-people', 'other-baseline', 'no-events']),
      }),
    ]),
  },
  /** All versions of the lists of permitted factors, newest first. */
  rules: { input: z.void(), output: z.array(rulesView) },
  saveRules: {
    input: factorRules,
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('saved'), hash, version: z.int() }),
      /** The same list as the newest one, a factor both allowed and forbidden, or a community's factor that is not allowed. */
      z.object({ kind: z.literal('refused'), reason: z.enum(['unchanged', 'both', 'community-by']) }),
    ]),
  },
} satisfies Service

export const tariffHeader = z.object({
  name: label,
  currency: z.string().regex(/^[A-Z]{3}$/),
  validFrom: civilDay,
})
