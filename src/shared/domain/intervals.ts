/**
 * How the people of a cohort are followed: from when to when, what ends it, and what is known of them on the way. A closed
 * grammar like the cohort's; docs/spec/intervals.md says in words what each part means, `src/main/analytics/intervals` makes the
 * (start, stop] table of it.
 */
import { z } from 'zod'
import { canonicalJson, type CanonicalValue } from '../std/canonical-json.ts'
import { askedTest } from './asked-tests.ts'
import { canonicalCodeSet, codeSet } from './code-set.ts'
import {
  canonicalEvent,
  codeSetId,
  dayWindow,
  eventFilter,
  problemsOfEvent,
  type CohortProblem,
  type EventFilter,
} from './cohort.ts'
import { parseDay } from './dates.ts'
import { resultCode } from './result-codes.ts'

const DAYS_MAX = 36_525
const days = z.int().min(0).max(DAYS_MAX)

/** Column of the table; those that the table has by itself are taken. */
export const columnName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)
export const OWN_COLUMNS = ['id', 'start', 'stop', 'event', 'status', 'period'] as const

export const followUp = z.object({
  /** People are at risk from the index day on, or from so many days after it: on the days after that day. */
  startAfterDays: days,
  /** What is waited for: the first day on which it happens. */
  event: eventFilter,
  /** What keeps it from happening, beside death, and ends the time; of schema `intervals/2`, absent where only death does. */
  competing: eventFilter.optional(),
  /** Who had it on the day of the start or before: left out, or followed to the first one after. */
  earlierEvents: z.enum(['leave-out', 'keep']),
  /** Without a visit for so many days a person has left: at risk until that is known, or until `countedDays` after the last visit where that is later. */
  left: z.object({ withoutVisitDays: days.min(1), countedDays: days }).nullable(),
  /** At most so long. */
  atMostDays: days.min(1).nullable(),
  /** The last day of the study; null: the last day of a visit at the snapshot. */
  until: z
    .string()
    .refine((text) => parseDay(text) !== null)
    .nullable(),
  /** Whoever is at risk for fewer days is left out. */
  atLeastDays: days.min(1),
})
export type FollowUp = z.infer<typeof followUp>

/** Whoever comes no more for two years has left: what every form begins with. */
export const USUAL_LEFT = { withoutVisitDays: 730, countedDays: 730 } as const satisfies FollowUp['left']

/**
 * So many days after the last visit whoever leaves is at risk. Never fewer than it takes to know that they left: who is at risk on a day
 * must not hang on what comes later (docs/spec/intervals.md section 2).
 */
export function daysAfterLastVisit({ withoutVisitDays, countedDays }: NonNullable<FollowUp['left']>): number {
  return Math.max(withoutVisitDays, countedDays)
}

/** Weights of the conditions of Charlson, and of Elixhauser, both as Quan et al. (2005) code them. */
export const COMORBIDITY_WEIGHTS = {
  charlson: ['charlson1987', 'quan2011'],
  elixhauser: ['vanWalraven2009', 'swiss2021'],
} as const
const weights = z.enum([...COMORBIDITY_WEIGHTS.charlson, ...COMORBIDITY_WEIGHTS.elixhauser])
export type ComorbidityWeights = z.infer<typeof weights>

const test = z.string().min(1).max(32)
/** Groups of the column, the first of which others are held against; any other code is one group more (`OTHER_RESULT`). */
const categories = z
  .array(resultCode)
  .min(1)
  .max(20)
  .refine((codes) => new Set(codes).size === codes.length)

/** Known before the start, the same in all rows of a person. Windows are relative to the index day. */
const fixedCovariates = [
  /** Years on the index day, with fractions. */
  z.object({ kind: z.literal('age'), name: columnName }),
  z.object({ kind: z.literal('sex'), name: columnName }),
  /** Of the first visit on the index day, or the last one before. */
  z.object({ kind: z.literal('hospital'), name: columnName }),
  z.object({
    kind: z.literal('before'),
    name: columnName,
    event: eventFilter,
    window: dayWindow,
    /** Whether it happened at all, or on how many days. */
    as: z.enum(['any', 'count']),
  }),
  z.object({
    kind: z.literal('result-before'),
    name: columnName,
    test,
    window: dayWindow,
    /** `slope`: of the straight line through them, per year. */
    as: z.enum(['last', 'mean', 'least', 'most', 'slope']),
  }),
  /** The last code in the window. */
  z.object({ kind: z.literal('coded-before'), name: columnName, test, categories, window: dayWindow }),
  /** Sum of the weights of conditions that were diagnosed in the window. */
  z.object({ kind: z.literal('score-before'), name: columnName, weights, window: dayWindow }),
] as const

/** What is known by a day acts on the days after it, or `delayDays` later. */
const changingCovariates = [
  z.object({
    kind: z.literal('result'),
    name: columnName,
    test,
    /** On later days after the result it says nothing any more. */
    oldestDays: days.min(1).nullable(),
    delayDays: days,
  }),
  /** 0, and 1 from the first time on. */
  z.object({ kind: z.literal('since'), name: columnName, event: eventFilter, delayDays: days }),
  /** On how many days it has happened so far. */
  z.object({ kind: z.literal('times'), name: columnName, event: eventFilter, delayDays: days }),
  /** The last code, as `result` is the last number. */
  z.object({
    kind: z.literal('coded'),
    name: columnName,
    test,
    categories,
    oldestDays: days.min(1).nullable(),
    delayDays: days,
  }),
  /** Sum of the weights of conditions that were diagnosed so far, or in the last `lookBackDays` days. */
  z.object({
    kind: z.literal('score'),
    name: columnName,
    weights,
    lookBackDays: days.min(1).nullable(),
    delayDays: days,
  }),
  /** Slope of the straight line through the results of the last `overDays` days, per year: what came later is never in it. */
  z.object({ kind: z.literal('slope'), name: columnName, test, overDays: days.min(1), delayDays: days }),
] as const

export const covariate = z.discriminatedUnion('kind', [...fixedCovariates, ...changingCovariates])
export type Covariate = z.infer<typeof covariate>

export const intervalDefinition = z.object({
  /** `intervals/2` names what competes: a reader that does not know of it must not follow people without it. */
  schema: z.enum(['intervals/1', 'intervals/2']),
  codeSets: z.record(codeSetId, codeSet),
  followUp,
  covariates: z.array(covariate).max(100),
  /** Where time is 0: the index day, birth, or 1970-01-01. Time is in days. */
  clock: z.enum(['index', 'age', 'calendar']),
  /** Days of that clock at which rows are cut, for effects that change with time; the column `period` counts them. */
  cuts: z
    .array(
      z
        .int()
        .min(-DAYS_MAX)
        .max(2 * DAYS_MAX),
    )
    .max(200)
    .refine((all) => all.every((cut, i) => i === 0 || cut > all[i - 1]!)),
  /** One row until something changes, or one row for each so many days from the start (pooled models). */
  rows: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('changes') }),
    z.object({ kind: z.literal('every'), days: days.min(1) }),
  ]),
})
export type IntervalDefinition = z.infer<typeof intervalDefinition>

/** What a definition lacks that its shape cannot say; with any of these no table is made. */
export type IntervalProblem =
  | CohortProblem
  | { readonly kind: 'name-taken'; readonly name: string }
  /** It would know what happens after the start: the future decides. */
  | { readonly kind: 'future-values'; readonly name: string }
  | { readonly kind: 'delay-too-long'; readonly name: string }
  | { readonly kind: 'too-many-rows' }
  /** What competes is named by `intervals/2`, and by nothing else; it is neither the event nor death, which competes anyway. */
  | { readonly kind: 'competing-not-possible' }

/** Rows of one person are bounded: a day of a long life each is more than any model wants. */
const PERIODS_MAX = 4_000

export function problemsOfIntervals(definition: IntervalDefinition): IntervalProblem[] {
  const { covariates, rows, codeSets } = definition
  const problems: IntervalProblem[] = eventsOfIntervals(definition).flatMap((event) =>
    problemsOfEvent(event, codeSets),
  )
  const { event, competing } = definition.followUp
  const isOther =
    competing !== undefined && competing.kind !== 'death' && meaningIn(competing) !== meaningIn(event)
  if (definition.schema === 'intervals/2' ? !isOther : competing !== undefined)
    problems.push({ kind: 'competing-not-possible' })
  const taken = new Set<string>(OWN_COLUMNS)
  for (const each of covariates) {
    if (taken.has(each.name)) problems.push({ kind: 'name-taken', name: each.name })
    taken.add(each.name)
    problems.push(...problemsOfCovariate(each, definition.followUp.startAfterDays))
  }
  if (rows.kind === 'every' && rows.days * PERIODS_MAX < DAYS_MAX) problems.push({ kind: 'too-many-rows' })
  return problems
}

/** Every event that is asked for, what is waited for first, then what competes. */
export function eventsOfIntervals({
  followUp: { event, competing },
  covariates,
}: IntervalDefinition): EventFilter[] {
  return [
    event,
    ...(competing === undefined ? [] : [competing]),
    ...covariates.flatMap((each) => ('event' in each ? [each.event] : [])),
  ]
}

/** Kinds of covariates whose value may differ between the rows of a person. */
export function changesWithTime({ kind }: Covariate): boolean {
  return CHANGING.has(kind)
}

const CHANGING: ReadonlySet<Covariate['kind']> = new Set(
  changingCovariates.map(({ shape }) => shape.kind.value),
)

/** The text whose hash names the definition: names of code sets say nothing, code sets are numbered by first use. */
export function canonicalIntervals(definition: IntervalDefinition): string {
  const numbers = new Map<string, string>()
  for (const event of eventsOfIntervals(definition))
    if ('codes' in event && !numbers.has(event.codes)) numbers.set(event.codes, `set-${numbers.size + 1}`)
  const numbered = (event: EventFilter): EventFilter => {
    const plain = canonicalEvent(event)
    return 'codes' in plain ? { ...plain, codes: numbers.get(plain.codes)! } : plain
  }
  const sets = [...numbers].flatMap(([id, number]) => {
    const set = definition.codeSets[id]
    if (set === undefined) return []
    const { kind, include, exclude } = canonicalCodeSet(set)
    return [[number, { kind, include, exclude }] as const]
  })
  const { schema, clock, cuts, rows } = definition
  const { event, competing, ...rest } = definition.followUp
  return canonicalJson({
    schema,
    clock,
    cuts,
    rows,
    codeSets: Object.fromEntries(sets),
    followUp: {
      ...rest,
      event: numbered(event),
      ...(competing === undefined ? {} : { competing: numbered(competing) }),
    } as CanonicalValue,
    covariates: definition.covariates.map((each) =>
      'event' in each ? { ...each, event: numbered(each.event) } : each,
    ) as CanonicalValue,
  })
}

/** With what competes, or without: the schema follows, so that no older reader takes one for the other. */
export function withCompeting(
  definition: IntervalDefinition,
  competing: EventFilter | null,
): IntervalDefinition {
  const { competing: _before, ...rest } = definition.followUp
  return competing === null
    ? { ...definition, schema: 'intervals/1', followUp: rest }
    : { ...definition, schema: 'intervals/2', followUp: { ...rest, competing } }
}

/** Within one definition, where code sets have the same names. */
const meaningIn = (event: EventFilter): string => canonicalJson(canonicalEvent(event) as CanonicalValue)

function problemsOfCovariate(each: Covariate, startAfterDays: number): IntervalProblem[] {
  const problems: IntervalProblem[] = []
  if ('test' in each) {
    const asked = askedTest(each.test)
    if (asked === null) problems.push({ kind: 'unknown-test', test: each.test })
    else if ('categories' in each) {
      if (asked.unit !== '') problems.push({ kind: 'no-codes', test: each.test })
    } else if (asked.unit === '') problems.push({ kind: 'no-number', test: each.test })
  }
  if ('window' in each && (each.window.to === null || each.window.to > startAfterDays))
    problems.push({ kind: 'future-values', name: each.name })
  const oldest = oldestOf(each)
  if ('delayDays' in each && oldest !== null && oldest <= each.delayDays)
    problems.push({ kind: 'delay-too-long', name: each.name })
  return problems
}

/** Days after which what was known says nothing any more; null where nothing of the covariate says so. */
function oldestOf(each: Covariate): number | null {
  switch (each.kind) {
    case 'result':
    case 'coded':
      return each.oldestDays
    case 'score':
      return each.lookBackDays
    case 'slope':
      return each.overDays
    default:
      return null
  }
}
