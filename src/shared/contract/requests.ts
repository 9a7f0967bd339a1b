/**
 * Asking all hospitals: what there is to ask about, what it costs, asking, and the answers (docs/spec/gateways.md). What is asked on one's
 * own records is `studies`.
 */
import { z } from 'zod'
import { cleaningPipeline } from '../domain/cleaning.ts'
import { cohortDefinition } from '../domain/cohort.ts'
import { intervalDefinition } from '../domain/intervals.ts'
import { PURPOSES } from '../domain/purposes.ts'
import { requestOutput, requestProblem } from '../domain/request-output.ts'
import { studyDocument } from '../domain/study.ts'
import { answerView } from './answers.ts'
import { locale } from './app.ts'
import { formulaAnswer, formulaSource } from './formulas.ts'
import type { EventMap, Service } from './kit.ts'
import { resultLine } from './reviews.ts'
import { studyProblem } from './studies.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const studyHash = { studyHash: hash }

export const chargeKind = z.enum([
  'count',
  'table',
  'model',
  'registered-model',
  'by-rule',
  'repeat',
  'recompute',
])
export const requesterClass = z.enum(['hospital', 'university', 'insurer', 'published'])
export const limitName = z.enum([
  'charge',
  'lifetime',
  'year',
  'snapshot',
  'pool',
  'requester',
  'study',
  'study-counts',
  /** So many studies of a member, and of all, are kept for a year. */
  'places',
])
export type LimitName = z.infer<typeof limitName>

const variable = z.discriminatedUnion('kind', [
  z.object({ name: z.string(), kind: z.literal('label'), levels: z.array(z.string()) }),
  z.object({
    name: z.string(),
    kind: z.literal('number'),
    least: z.number(),
    greatest: z.number(),
    /** Edges of bins are multiples of it. */
    step: z.number(),
  }),
])
export type CatalogVariable = z.infer<typeof variable>

/** Of a published table: how many have a value and how many none, with half the interval of each. */
const coverage = z.object({
  ...studyHash,
  variable: z.string(),
  /** Of that year only; null: of everybody at the snapshot. */
  year: z.string().nullable(),
  known: z.object({ value: z.number(), halfWidth: z.number() }),
  missing: z.object({ value: z.number(), halfWidth: z.number() }).nullable(),
  /** How many there may be at most in the levels of each that are not shown; null where that is not known. */
  hidden: z.object({ known: z.number(), missing: z.number() }).nullable(),
})

export const snapshotView = z.object({
  hash,
  height: z.int(),
  /** Milliseconds since 1970: of the last records in it. Null while that segment is not here. */
  stateAt: z.number().nullable(),
  chargedMicroRho: z.int(),
  isNewest: z.boolean(),
})
export type SnapshotView = z.infer<typeof snapshotView>

export const catalog = z.object({
  class: requesterClass,
  variables: z.array(variable),
  coverage: z.array(coverage),
  /** Newest first. */
  snapshots: z.array(snapshotView),
  /** What the members have decided that the next one needs since the last one. */
  next: z.object({ patientsMin: z.int(), hospitalsMin: z.int(), heightsSince: z.int(), everyDays: z.int() }),
  gatewayCount: z.int(),
  /** So many gateways must say the same before there is an answer. */
  attestationsNeeded: z.int(),
  /** Below four gateways: whether answers are given out with this few. */
  isUnattestedReleased: z.boolean(),
})
export type Catalog = z.infer<typeof catalog>

export const budget = z.object({
  class: requesterClass,
  /** Millionths of rho. */
  limits: z.array(z.object({ limit: limitName, room: z.int(), whole: z.int() })),
  chargeMost: z.object({
    count: z.int(),
    table: z.int(),
    model: z.int(),
    'registered-model': z.int(),
  }),
  studyCountsMax: z.int(),
})
export type Budget = z.infer<typeof budget>

const byNoise = z.strictObject({
  lane: z.literal('noise'),
  snapshot: hash,
  cohort: cohortDefinition,
  cleaning: cleaningPipeline.nullable(),
  followUp: intervalDefinition.nullable(),
  output: requestOutput,
  microRho: z.int().min(1).max(1_000_000_000),
  /** Item hash of a registration: models cost what registered ones may. */
  registration: hash.nullable(),
  /** A table that hospitals release for all members: paid from the pool of published ones. */
  isPublished: z.boolean(),
})
const byRule = z.strictObject({ lane: z.literal('rule'), snapshot: hash, study: studyDocument })
export const asked = z.discriminatedUnion('lane', [byNoise, byRule])
export type Asked = z.infer<typeof asked>

/** What keeps a request from being asked; `request`: of the output, `study`: of a part, as in the room Question. */
export const askProblem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('request'), problem: requestProblem }),
  z.object({ kind: z.literal('study'), problem: studyProblem }),
  /** A step of the cleaning compares people with each other: what one adds would depend on others. */
  z.object({ kind: z.literal('cleaning'), step: z.int() }),
  /** By rule: more findings or bytes than gateways hand over at a time. */
  z.object({ kind: z.literal('answer-too-long') }),
  /** By rule: the rules count people behind each number, and values that were filled in are nobody's. */
  z.object({ kind: z.literal('imputes') }),
])
export type AskProblem = z.infer<typeof askProblem>

export const noiseOfPart = z.object({
  name: z.enum([
    'count',
    'visits',
    'sum',
    'squares',
    'exposure',
    'claims',
    'cost',
    'charlson',
    'conditions',
    'patients-by-month',
    'claims-by-month',
    'reporting',
    'expected',
    'market-persons',
    'market-claims',
    'market-months',
    'market-claims-by-month',
    'plan-count',
    'plan-charlson',
    'plan-conditions',
    'plan-visits',
    'plan-claims',
    'plan-cost',
    'plan-patients-by-month',
    'plan-claims-by-month',
    'tested',
    'written',
    'cleaned',
    'units',
    'seen',
    'known',
    'reasons',
    'transitions',
    'waits',
  ]),
  cells: z.int(),
  halfWidth: z.number(),
  totalHalfWidth: z.number(),
  shownFrom: z.number().nullable(),
})

const priced = z.object({
  kind: z.literal('priced'),
  chargeKind,
  /** What will be charged: 0 for a repeat and by rule. */
  microRho: z.int(),
  /** One for each table that the request makes; none by rule. */
  noise: z.array(noiseOfPart),
  /** The limit that leaves least for it, and how many such requests it leaves room for, this one too. */
  binding: z.object({ limit: limitName, room: z.int(), times: z.int() }).nullable(),
  /** The least price for the wished precision; null where even the dearest does not reach it, or none was wished. */
  wishedMicroRho: z.int().nullable(),
  requestHash: hash,
  cohortHash: hash,
  /** The same was asked here before: its answer costs nothing. */
  same: z.object({ ...studyHash, title: z.string() }).nullable(),
})
export const price = z.discriminatedUnion('kind', [
  priced,
  z.object({ kind: z.literal('problems'), problems: z.array(askProblem) }),
])
export type Price = z.infer<typeof price>
export type Priced = z.infer<typeof priced>

export const requestState = z.enum([
  /** On its way to the gateways and into the chain. */
  'handing-over',
  /** Charged, or by rule noted; no gateway has said what it found. */
  'charged',
  /** Some gateways have, too few. */
  'computing',
  /** Gateways found different things: nothing is given out. */
  'held',
  /** By rule: two people of other hospitals look. */
  'to-be-checked',
  'answered',
  'refused',
  /** Nobody answered it by its day: it is over, and what was charged stays charged. */
  'expired',
  'identical',
  /** Of a recomputation: enough gateways say that it comes out the same, and one at least found something else. */
  'disputed',
  'differs',
  'not-recomputable',
])
export type RequestState = z.infer<typeof requestState>

export const requestRow = z.object({
  ...studyHash,
  /** Null where the document is not at hand. */
  title: z.string().nullable(),
  lane: z.enum(['noise', 'rule']),
  /** What is asked for; `study` by rule, null where the document is not at hand. */
  output: z.string().nullable(),
  chargeKind,
  microRho: z.int(),
  state: requestState,
  /** Milliseconds since 1970: when it was charged, and answered. */
  at: z.number().nullable(),
  answeredAt: z.number().nullable(),
  snapshotHeight: z.int().nullable(),
  requester: z.string(),
  isOwn: z.boolean(),
  /** Gateways that said what they found, by name. */
  attestedBy: z.array(z.string()),
  gatewayCount: z.int(),
  attestationsNeeded: z.int(),
  /** Of a repeat or a recomputation: which one. */
  of: hash.nullable(),
})
export type RequestRow = z.infer<typeof requestRow>

export const question = z.discriminatedUnion('lane', [
  z.object({
    lane: z.literal('noise'),
    cohort: cohortDefinition,
    cleaning: cleaningPipeline.nullable(),
    followUp: intervalDefinition.nullable(),
    output: requestOutput,
    requestHash: hash,
    cohortHash: hash,
  }),
  z.object({ lane: z.literal('rule'), study: studyDocument, requestHash: hash }),
])
export type RequestQuestion = z.infer<typeof question>

/** Who computed it, by name and by what they found. */
export const requestTakers = z.object({
  /** The very bytes of the result; those whose words are in it first. */
  same: z.array(z.string()),
  /** Something else, whenever they said so; `isSuspended`: an item of the chain names them for it. */
  otherwise: z.array(
    z.object({
      hospital: z.string(),
      outcome: z.enum(['answered', 'refused', 'identical', 'differs', 'not-recomputable']),
      isSuspended: z.boolean(),
      /** It ran another version than those whose words are in the result, and need not be wrong. */
      isOfOtherEngine: z.boolean(),
    }),
  ),
  /** Gateways that have said nothing: away, or not done. */
  silent: z.array(z.string()),
})
export type RequestTakers = z.infer<typeof requestTakers>

export const openRequest = z.object({
  row: requestRow,
  purpose: z.string().nullable(),
  question: question.nullable(),
  snapshot: snapshotView.nullable(),
  checks: z.array(
    z.object({ hospital: z.string(), verdict: z.enum(['approve', 'refuse']), at: z.number().nullable() }),
  ),
  /** Who signed a review of it into the chain, in order. */
  reviews: z.array(
    z.object({
      institution: z.string(),
      verdict: z.enum(['confirmed', 'differs', 'not-recomputable']),
      at: z.number(),
      height: z.int(),
    }),
  ),
  /** What gateways found it with, by version, and who ran which: more than one where hospitals have not all updated. */
  engines: z.array(z.object({ engine: z.string(), hospitals: z.array(z.string()) })),
  answer: answerView.nullable(),
  /** Of a recomputation that found something else: names of the numbers of the answer that came out otherwise. */
  differing: z.array(z.string()),
  resultHash: hash.nullable(),
  /** What its answer has cost, in millionths of rho: a repeat was not charged and says what was paid before. */
  paidMicroRho: z.int(),
  /** Empty before there is a result. */
  takers: requestTakers,
  /** Recomputations of it, newest first. */
  recomputations: z.array(
    z.object({
      ...studyHash,
      state: requestState,
      at: z.number().nullable(),
      takers: requestTakers,
      /** Nobody took part who had not signed the answer, though there is such a gateway: nothing was asked of anybody else. */
      isBySignersAlone: z.boolean(),
    }),
  ),
  /** Fewer gateways than a consortium needs to tolerate a wrong one: said beside the answer. */
  isUnattested: z.boolean(),
  mayRecompute: z.boolean(),
})
export type OpenRequest = z.infer<typeof openRequest>

export const registration = z.object({
  /** Of its item. */
  hash,
  protocolHash: hash,
  at: z.number().nullable(),
  isOwn: z.boolean(),
  member: z.string(),
  title: z.string().nullable(),
})

const askRefusal = z.object({
  reason: z.enum([
    /** So many of this institution, or of all, have no answer yet. */
    'too-many-open',
    /** So many of this institution that cost nothing were asked today. */
    'too-many-today',
    /** Nothing of that name was answered here, or it is being recomputed. */
    'not-now',
    /** Its document is with its author and the hospitals: there it can be asked again, or with a package of it. */
    'no-document',
    /** A limit leaves too little room; nothing was charged. */
    'budget',
    'unknown-snapshot',
    /** A record of it was erased: no gateway computes anything at it any more. Only a hospital's node knows. */
    'snapshot-erased',
    'unknown-registration',
    /** Too few gateways took the request: nothing was sent to the chain. */
    'no-gateway',
    /** The chain did not take it: nothing was charged. */
    'not-taken',
    /** It is another request, or another price, than was shown: nothing was charged. */
    'price-changed',
  ]),
  limit: limitName.optional(),
})

const submitted = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('submitted'), ...studyHash, heldBy: z.array(z.string()) }),
  /** The same was asked here and is being answered: nothing was sent. */
  z.object({ kind: z.literal('known'), ...studyHash }),
  z.object({ kind: z.literal('problems'), problems: z.array(askProblem) }),
  z.object({
    kind: z.literal('refused'),
    ...askRefusal.shape,
  }),
])
export type Submitted = z.infer<typeof submitted>

/** How complete one variable is: of everybody at the snapshot, or of those who were first seen in that year. */
const coverageTable = z.object({ variable: z.string(), year: z.string().nullable() })
export type CoverageTable = z.infer<typeof coverageTable>
const years = z.array(z.string().regex(/^[0-9]{4}$/)).max(2)

const unpublished = z.enum([
  /** Only hospitals publish. */
  'not-a-hospital',
  'no-snapshot',
])
export const coveragePlan = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('plan'),
    /** The newest one. */
    snapshot: hash,
    /** What nobody has published of it, nor asked for, in the order in which it is asked. */
    tables: z.array(coverageTable),
    /** What is published of it or on its way. */
    publishedCount: z.int(),
    /** Of each table. */
    microRho: z.int(),
    /** The limit that leaves least for such tables, and for how many: the chain takes no more. */
    binding: z.object({ limit: limitName, room: z.int(), times: z.int() }),
    /** The newest whole years before the snapshot, newest first, and whether so many patients are known to be there that a year of them is shown. */
    years: z.object({ offered: years, areEnough: z.boolean() }),
  }),
  z.object({ kind: z.literal('refused'), reason: unpublished }),
])
export type CoveragePlan = z.infer<typeof coveragePlan>

export const publishedCoverage = z.object({
  /** Handed over and charged. */
  asked: z.int(),
  /** Was asked by somebody meanwhile. */
  known: z.int(),
  /** Not asked: it was cancelled, or refused. */
  left: z.int(),
  /** Why the rest was not asked. */
  refused: askRefusal.nullable(),
})
export type PublishedCoverage = z.infer<typeof publishedCoverage>

const TEXT_MAX = 1_000_000

export const requests = {
  catalog: { input: z.void(), output: catalog },
  /** What a customised model is in its one form, and whether the consortium lets it run. Nothing is asked. */
  formula: { input: formulaSource, output: formulaAnswer },
  /** Of this institution, for a snapshot: what each limit leaves. */
  budget: { input: z.object({ snapshot: hash, isPublished: z.boolean() }), output: budget.nullable() },
  /** Before the click: problems, or what it costs and what noise that buys. `wished`: ± patients. */
  price: {
    input: z.object({ asked, wished: z.int().min(1).max(1_000_000_000).nullable() }),
    output: price,
  },
  /** Hands it to the gateways and charges it. The same as an earlier one of this institution is a repeat, without a charge. */
  submit: {
    input: z.object({
      asked,
      title: z.string().min(1).max(200),
      purpose: z.enum(PURPOSES),
      /** 16 bytes, hex: groups requests of one study; null begins one. */
      studyId: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .nullable(),
      /** What `price` said of it, as it was shown: nothing else is charged. */
      shown: priced.pick({ requestHash: true, microRho: true }),
    }),
    output: submitted,
  },
  /** Of this institution, newest first. */
  list: { input: z.void(), output: z.array(requestRow) },
  open: { input: z.object(studyHash), output: openRequest.nullable() },
  /** The released numbers as texts, named as in result.csv of a package; null where there is no answer, or it is not here. */
  lines: { input: z.object(studyHash), output: z.array(resultLine).nullable() },
  /**
   * Asks the gateways to compute an answered one anew from the records, and to say whether it comes out the same. `packageHash`: a study
   * package of it that is open here has the document, where neither author nor hospital gives it to this institution.
   */
  recompute: { input: z.object({ ...studyHash, packageHash: hash.optional() }), output: submitted },
  /** Before a hospital publishes how complete the variables are: what is missing of the newest snapshot, and what it costs. */
  coveragePlan: { input: z.object({ years }), output: coveragePlan },
  /** Asks what `coveragePlan` listed, as a job: one small table for each, for all members. What is published or asked already is passed over. */
  publishCoverage: {
    input: z.object({
      years,
      /** Of the titles, which all members read. */
      locale,
      /** What `coveragePlan` said, as it was shown: nothing else is charged. */
      shown: z.object({ snapshot: hash, tableCount: z.int(), microRho: z.int() }),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum([...unpublished.options, 'price-changed', 'running']),
      }),
    ]),
  },
  /** What became of it; null while it runs. */
  publishedCoverage: { input: z.object({ jobId: z.string() }), output: publishedCoverage.nullable() },
  registrations: { input: z.void(), output: z.array(registration) },
  /** Puts the hash of a protocol, its text and the question that is planned, on the chain; both stay here. */
  register: {
    input: z.object({
      title: z.string().min(1).max(200),
      text: z.string().min(1).max(TEXT_MAX),
      asked,
      purpose: z.enum(PURPOSES),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('registered'), hash, protocolHash: hash }),
      z.object({ kind: z.literal('problems'), problems: z.array(askProblem) }),
      z.object({ kind: z.literal('refused'), reason: z.enum(['not-taken']) }),
    ]),
  },
} satisfies Service

export const requestEvents = {
  /** A request, its answer, a check or a snapshot has changed; ask again. */
  changed: z.object({}),
} satisfies EventMap
