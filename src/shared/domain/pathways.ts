/**
 * How the people of a cohort move through time: which event follows which, how long the next one takes, how a result changes. A
 * closed grammar like the cohort's; docs/spec/pathways.md says in words what each part means, `src/main/analytics/pathways` counts it.
 */
import { z } from 'zod'
import { canonicalJson, type CanonicalValue } from '../std/canonical-json.ts'
import { askedTest } from './asked-tests.ts'
import { canonicalCodeSet, codeSet, standInName, type CodeSet } from './code-set.ts'
import {
  canonicalEvent,
  codeSetId,
  eventFilter,
  problemsOfEvent,
  type CohortProblem,
  type EventFilter,
} from './cohort.ts'
import { followUp } from './intervals.ts'

/** More classes than these nobody follows on one picture. */
export const PATHWAY_CLASSES_MAX = 8
export const PATHWAY_STEPS_MAX = 6
/** More bins than these are no trajectory but a list. */
export const PATHWAY_BINS_MAX = 120
export const EXEMPLARS_MAX = 10

const whole = (least: number, most: number) => z.int().min(least).max(most)
const classPlace = whole(0, PATHWAY_CLASSES_MAX - 1)

const eventClass = z.strictObject({
  /** For people; no part of the hash. */
  name: z.string().min(1).max(60),
  event: eventFilter,
})
export type EventClass = z.infer<typeof eventClass>

/** Where time is 0 in a trajectory, and how it is cut into bins: `from` and `to` are in them, in the clock's own unit. */
export const trajectoryClock = z.discriminatedUnion('kind', [
  /** Days from the index day. */
  z.strictObject({
    kind: z.literal('index'),
    from: whole(-36_525, 36_525),
    to: whole(-36_525, 36_525),
    each: whole(1, 36_525),
  }),
  /** Completed years of age. */
  z.strictObject({ kind: z.literal('age'), from: whole(0, 130), to: whole(0, 130), each: whole(1, 130) }),
  /** Calendar years; a bin is so many months. */
  z.strictObject({
    kind: z.literal('calendar'),
    from: whole(1900, 2200),
    to: whole(1900, 2200),
    each: z.union([z.literal(1), z.literal(3), z.literal(6), z.literal(12)]),
  }),
])
export type TrajectoryClock = z.infer<typeof trajectoryClock>

export const pathwaysDefinition = z.strictObject({
  schema: z.literal('pathways/1'),
  title: z.string().min(1).max(200),
  codeSets: z.record(codeSetId, codeSet),
  /** What may follow what. */
  classes: z.array(eventClass).min(1).max(PATHWAY_CLASSES_MAX),
  /** From the index day until when a person is watched; death and the data's end always end it. */
  watch: z.strictObject({
    left: followUp.shape.left,
    atMostDays: followUp.shape.atMostDays,
    until: followUp.shape.until,
  }),
  sequence: z.strictObject({
    /** Of each class the first day only, or every day. */
    which: z.enum(['first', 'all']),
    /** A day of a class this close to the one before of the same class is the same occurrence; 0: none is. */
    collapseDays: whole(0, 3_650),
    stepsMost: whole(1, PATHWAY_STEPS_MAX),
  }),
  /** From the first of one class (null: from the index day) to the first of another after it. */
  wait: z.strictObject({ from: classPlace.nullable(), to: classPlace }).nullable(),
  trajectory: z.strictObject({ test: z.string().min(1).max(32), clock: trajectoryClock }).nullable(),
  /** Invented persons, made from what is said only; ASCII, since streams are seeded with it. */
  exemplars: z.strictObject({
    count: whole(0, EXEMPLARS_MAX),
    seed: z.string().regex(/^[\x20-\x7e]{1,64}$/),
  }),
})
export type PathwaysDefinition = z.infer<typeof pathwaysDefinition>

/** Steps that all hospitals are asked for at most: each is one more number that a person is in, and so more noise on all. */
export const PATHWAY_STEPS_ASKED_MAX = 4
/** Lower ends, in days, of the second and later bands of the time to the next event: a month, a quarter, a year, three years. */
export const PATHWAY_BAND_DAYS = [30, 91, 365, 1_095] as const

/** What all hospitals are asked of it, with noise (docs/spec/privacy.md Q11): names of events are no part of it, waits come with each step. */
export const askedPathways = z.strictObject({
  codeSets: z.record(codeSetId, codeSet),
  events: z.array(eventFilter).min(1).max(PATHWAY_CLASSES_MAX),
  watch: pathwaysDefinition.shape.watch,
  sequence: pathwaysDefinition.shape.sequence.extend({ stepsMost: whole(1, PATHWAY_STEPS_ASKED_MAX) }),
})
export type AskedPathways = z.infer<typeof askedPathways>

/** What a definition lacks that its shape cannot say; with any of these nothing is counted. */
export type PathwaysProblem =
  | CohortProblem
  | { readonly kind: 'no-such-class'; readonly place: number }
  | { readonly kind: 'no-bins' }
  | { readonly kind: 'too-many-bins'; readonly most: number }

export function problemsOfPathways({
  classes,
  codeSets,
  wait,
  trajectory,
}: PathwaysDefinition): PathwaysProblem[] {
  const problems: PathwaysProblem[] = classes.flatMap(({ event }) => problemsOfEvent(event, codeSets))
  for (const place of wait === null ? [] : [wait.from, wait.to])
    if (place !== null && place >= classes.length) problems.push({ kind: 'no-such-class', place })
  if (trajectory === null) return problems
  const test = askedTest(trajectory.test)
  if (test === null) problems.push({ kind: 'unknown-test', test: trajectory.test })
  else if (test.unit === '') problems.push({ kind: 'no-number', test: trajectory.test })
  const bins = binCountOf(trajectory.clock)
  if (bins < 1) problems.push({ kind: 'no-bins' })
  if (bins > PATHWAY_BINS_MAX) problems.push({ kind: 'too-many-bins', most: PATHWAY_BINS_MAX })
  return problems
}

/** The last bin may be shorter than the others. 0 where `to` lies before `from`. */
export function binCountOf({ kind, from, to, each }: TrajectoryClock): number {
  const length = to - from + 1
  return Math.max(0, Math.ceil((kind === 'calendar' ? 12 * length : length) / each))
}

/** The text whose hash names the definition: names say nothing, code sets are numbered by first use. */
export function canonicalPathways(definition: PathwaysDefinition): string {
  const { schema, classes, watch, sequence, wait, trajectory, exemplars } = definition
  const { codeSets, events } = canonicalEvents(
    classes.map(({ event }) => event),
    definition.codeSets,
  )
  return canonicalJson({
    schema,
    codeSets: textOfSets(codeSets),
    classes: events as CanonicalValue,
    watch,
    sequence,
    wait,
    trajectory,
    exemplars,
  })
}

/** As it stands in a request: events and code sets in their one form, sets called by their first codes, since names say nothing. */
export function canonicalAskedPathways({ events, codeSets, watch, sequence }: AskedPathways): AskedPathways {
  return { ...canonicalEvents(events, codeSets), watch, sequence }
}

/** The one text of what is asked of all hospitals. */
export function askedPathwaysText(asked: AskedPathways): string {
  const { codeSets, events, watch, sequence } = canonicalAskedPathways(asked)
  return canonicalJson({ codeSets: textOfSets(codeSets), events: events as CanonicalValue, watch, sequence })
}

/** Null for what `askedPathwaysText` never gives. */
export function readAskedPathways(text: string): AskedPathways | null {
  try {
    const value = JSON.parse(text) as { codeSets?: Record<string, CodeSet> }
    const codeSets = Object.fromEntries(
      Object.entries(value.codeSets ?? {}).map(([id, set]) => [
        id,
        { ...set, name: standInName(set.include) },
      ]),
    )
    const read = askedPathways.safeParse({ ...value, codeSets })
    return read.success && askedPathwaysText(read.data) === text ? read.data : null
  } catch {
    return null
  }
}

/** Sets that no event uses are left out. */
function canonicalEvents(
  events: readonly EventFilter[],
  codeSets: Readonly<Record<string, CodeSet>>,
): Pick<AskedPathways, 'events' | 'codeSets'> {
  const numbers = new Map<string, string>()
  for (const event of events)
    if ('codes' in event && !numbers.has(event.codes)) numbers.set(event.codes, `set-${numbers.size + 1}`)
  const sets = [...numbers].flatMap(([id, number]) => {
    const set = codeSets[id]
    if (set === undefined) return []
    const { kind, include, exclude } = canonicalCodeSet(set)
    return [[number, { kind, include, exclude, name: standInName(include) }] as const]
  })
  return {
    codeSets: Object.fromEntries(sets),
    events: events.map((event) => {
      const plain = canonicalEvent(event)
      return 'codes' in plain ? { ...plain, codes: numbers.get(plain.codes)! } : plain
    }),
  }
}

const textOfSets = (codeSets: AskedPathways['codeSets']): CanonicalValue =>
  Object.fromEntries(
    Object.entries(codeSets).map(([id, { kind, include, exclude }]) => [id, { kind, include, exclude }]),
  )
