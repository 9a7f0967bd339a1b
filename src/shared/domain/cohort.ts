/**
 * The question “who”: a closed grammar, never SQL from a person. docs/spec/cohort.md says in words what each part means,
 * `src/main/analytics/cohort/plan.ts` makes it queries, and an independent evaluator in the tests counts by hand.
 */
import { z } from 'zod'
import { canonicalJson, type CanonicalValue } from '../std/canonical-json.ts'
import { unreachable } from '../std/unreachable.ts'
import { askedTest } from './asked-tests.ts'
import { canonicalCodeSet, codeSet, type CodeKind } from './code-set.ts'
import { parseDay } from './dates.ts'
import { resultCode, resultCodesInOrder } from './result-codes.ts'
import { decimalText, encounterClass } from './visit.ts'

/** Name of a code set of the same cohort. */
export const codeSetId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)

/** Days of one person, relative to a day; open where null. Both ends belong to it. */
export const dayWindow = z
  .object({
    from: z.int().min(-36_525).max(36_525).nullable(),
    to: z.int().min(-36_525).max(36_525).nullable(),
  })
  .refine(({ from, to }) => from === null || to === null || from <= to)
export type DayWindow = z.infer<typeof dayWindow>

/** A number compared in the test's own unit (`src/shared/domain/lab-tests.ts`); decimal text, since it is hashed. */
export const valueRange = z
  .object({
    atLeast: decimalText.optional(),
    above: decimalText.optional(),
    atMost: decimalText.optional(),
    below: decimalText.optional(),
  })
  .refine((range) => Object.values(range).some((limit) => limit !== undefined))
export type ValueRange = z.infer<typeof valueRange>

/** What counts as one event, on one day. */
export const eventFilter = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('diagnosis'),
    codes: codeSetId,
    /** The principal diagnosis of its visit only. */
    isPrincipal: z.boolean().optional(),
    /** In visits of these classes only, e.g. inpatient. */
    classes: z.array(encounterClass).min(1).max(8).optional(),
  }),
  z.object({
    kind: z.literal('result'),
    /** Key of a test, e.g. `hba1c` (`asked-tests.ts`). */
    test: z.string().min(1).max(32),
    /** Any value where absent. */
    value: valueRange.optional(),
  }),
  /** A result that is one of these codes, e.g. a current smoker. A kind of its own: a reader that does not know of it must not take any result. */
  z.object({
    kind: z.literal('coded-result'),
    test: z.string().min(1).max(32),
    anyOf: z.array(resultCode).min(1).max(50),
  }),
  z.object({ kind: z.literal('prescription'), codes: codeSetId }),
  z.object({ kind: z.literal('procedure'), codes: codeSetId }),
  z.object({ kind: z.literal('visit'), classes: z.array(encounterClass).min(1).max(8).optional() }),
  /** One that stands, on the day of its visit. */
  z.object({ kind: z.literal('claim') }),
  /** The day of death, once: as most visits state it, else the day on which a visit ended with it. */
  z.object({ kind: z.literal('death') }),
])
export type EventFilter = z.infer<typeof eventFilter>

export type CohortRule =
  | { kind: 'all'; of: CohortRule[] }
  | { kind: 'any'; of: CohortRule[] }
  | { kind: 'not'; rule: CohortRule }
  /** On `atLeast` to `atMost` different days of the window around the index day. */
  | {
      kind: 'occurs'
      event: EventFilter
      window: DayWindow
      atLeast: number
      atMost?: number | undefined
      /** The `atLeast` days lie so close together that the last is at most this many days after the first. */
      withinDays?: number | undefined
    }
  /** Of the results of the window that have a value, or a code, the last one is such. */
  | { kind: 'last'; event: EventFilter; window: DayWindow }
  /** Completed years on the index day. */
  | { kind: 'age'; atLeast?: number | undefined; atMost?: number | undefined }
  | { kind: 'sex'; anyOf: ('male' | 'female' | 'other' | 'unknown')[] }
  /** Of a visit on the index day. */
  | { kind: 'payer'; anyOf: ('NHI' | 'PRIVATE' | 'SELF' | 'OTHER' | 'UNKNOWN')[] }
  | { kind: 'hospital'; anyOf: string[] }
  /** The index day itself. */
  | { kind: 'calendar'; from?: string | undefined; to?: string | undefined }
  /** Known this many days before the index day, by an earlier visit; and after it, by a later one. */
  | { kind: 'observed'; beforeDays: number; afterDays: number }

const count = z.int().min(0).max(1_000)
const civilDay = z.string().refine((text) => parseDay(text) !== null)
const nested: z.ZodType<CohortRule> = z.lazy(() => cohortRule)

export const cohortRule: z.ZodType<CohortRule> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all'), of: z.array(nested).min(1).max(50) }),
  z.object({ kind: z.literal('any'), of: z.array(nested).min(1).max(50) }),
  z.object({ kind: z.literal('not'), rule: nested }),
  z
    .object({
      kind: z.literal('occurs'),
      event: eventFilter,
      window: dayWindow,
      atLeast: count,
      atMost: count.optional(),
      withinDays: z.int().min(1).max(36_525).optional(),
    })
    .refine(({ atLeast, atMost }) => atMost === undefined || atLeast <= atMost)
    // A span needs days to span, and “at most” of spans has no plain meaning.
    .refine(
      ({ withinDays, atLeast, atMost }) => withinDays === undefined || (atLeast >= 2 && atMost === undefined),
    ),
  z.object({
    kind: z.literal('last'),
    event: eventFilter.refine(({ kind }) => kind === 'result' || kind === 'coded-result'),
    window: dayWindow,
  }),
  z.object({
    kind: z.literal('age'),
    atLeast: z.int().min(0).max(130).optional(),
    atMost: z.int().min(0).max(130).optional(),
  }),
  z.object({
    kind: z.literal('sex'),
    anyOf: z
      .array(z.enum(['male', 'female', 'other', 'unknown']))
      .min(1)
      .max(4),
  }),
  z.object({
    kind: z.literal('payer'),
    anyOf: z
      .array(z.enum(['NHI', 'PRIVATE', 'SELF', 'OTHER', 'UNKNOWN']))
      .min(1)
      .max(5),
  }),
  z.object({ kind: z.literal('hospital'), anyOf: z.array(z.string().min(1).max(64)).min(1).max(100) }),
  z.object({ kind: z.literal('calendar'), from: civilDay.optional(), to: civilDay.optional() }),
  z.object({
    kind: z.literal('observed'),
    beforeDays: z.int().min(0).max(36_525),
    afterDays: z.int().min(0).max(36_525),
  }),
])

export const cohortEntry = z.object({
  event: eventFilter,
  /**
   * The day on which the event has happened on this many different days within so many days: the index day is the last of
   * them, never the first, since on the first day nobody knew (immortal time).
   */
  confirmedBy: z.object({ count: z.int().min(2).max(50), withinDays: z.int().min(1).max(36_525) }).optional(),
  /** None of this in so many days before the index day. */
  washout: z.object({ event: eventFilter, days: z.int().min(1).max(36_525) }).optional(),
  /** Known at least this many days before, by an earlier visit. */
  priorDays: z.int().min(0).max(36_525),
  /**
   * `first`: a person's first event decides, and one that does not meet washout and prior days leaves the person out.
   * `first-qualifying`: the first event that meets them.
   */
  which: z.enum(['first', 'first-qualifying']),
})
export type CohortEntry = z.infer<typeof cohortEntry>

export const cohortStep = z.object({
  use: z.enum(['include', 'exclude']),
  /** In the researcher's words; absent: the sentence of the rule. */
  title: z.string().min(1).max(200).optional(),
  rule: cohortRule,
})
export type CohortStep = z.infer<typeof cohortStep>

export const cohortDefinition = z.object({
  schema: z.literal('cohort/1'),
  title: z.string().min(1).max(200),
  codeSets: z.record(codeSetId, codeSet),
  entry: cohortEntry,
  steps: z.array(cohortStep).max(100),
})
export type CohortDefinition = z.infer<typeof cohortDefinition>

/** Deeper than anybody reads. */
export const RULE_DEPTH_MAX = 8

/** What a definition lacks that its shape cannot say; with any of these it cannot be asked. */
export type CohortProblem =
  | { readonly kind: 'unknown-code-set'; readonly codeSet: string }
  | { readonly kind: 'wrong-codes'; readonly codeSet: string; readonly wanted: CodeKind }
  | { readonly kind: 'unknown-test'; readonly test: string }
  | { readonly kind: 'no-number'; readonly test: string }
  /** Its results are numbers. */
  | { readonly kind: 'no-codes'; readonly test: string }
  | { readonly kind: 'too-deep'; readonly step: number }

/** What can be asked and may mislead: a rule that looks behind the index day chooses people by their future. */
export interface CohortWarning {
  readonly kind: 'looks-ahead'
  readonly step: number
}

export function problemsOf(definition: CohortDefinition): CohortProblem[] {
  const problems = eventsOf(definition).flatMap((event) => problemsOfEvent(event, definition.codeSets))
  for (const [step, { rule }] of definition.steps.entries())
    if (depthOf(rule) > RULE_DEPTH_MAX) problems.push({ kind: 'too-deep', step })
  return problems
}

export function warningsOf(definition: CohortDefinition): CohortWarning[] {
  return definition.steps.flatMap(({ rule }, step) =>
    looksAhead(rule) ? [{ kind: 'looks-ahead' as const, step }] : [],
  )
}

/** Every event that a definition asks for, the entry's first. */
export function eventsOf({ entry, steps }: Pick<CohortDefinition, 'entry' | 'steps'>): EventFilter[] {
  const washout = entry.washout === undefined ? [] : [entry.washout.event]
  return [entry.event, ...washout, ...steps.flatMap(({ rule }) => eventsOfRule(rule))]
}

/**
 * The text whose hash names the question. Titles, and the names of code sets, say nothing about who is meant: they are left
 * out, and code sets are numbered by their first use.
 */
export function canonicalCohort(definition: CohortDefinition): string {
  const { codeSets, schema } = definition
  const numbers = new Map<string, string>()
  for (const event of eventsOf(definition))
    if ('codes' in event && !numbers.has(event.codes)) numbers.set(event.codes, `set-${numbers.size + 1}`)
  const numbered = (event: EventFilter): EventFilter => {
    const plain = canonicalEvent(event)
    return 'codes' in plain ? { ...plain, codes: numbers.get(plain.codes)! } : plain
  }
  const { entry, steps } = mapEvents(definition, numbered)
  const sets = [...numbers].flatMap(([id, number]) => {
    const set = codeSets[id]
    if (set === undefined) return []
    const { kind, include, exclude } = canonicalCodeSet(set)
    return [[number, { kind, include, exclude }] as const]
  })
  return canonicalJson({
    schema,
    codeSets: Object.fromEntries(sets),
    entry: entry as CanonicalValue,
    steps: steps.map(({ use, rule }) => ({ use, rule: rule as CanonicalValue })),
  })
}

/** One meaning, one text: classes in order, `7` for `7.0`, and nothing said that is so anyway. */
export function canonicalEvent(event: EventFilter): EventFilter {
  switch (event.kind) {
    case 'diagnosis': {
      const { isPrincipal, classes, ...rest } = event
      return { ...rest, ...(isPrincipal === true ? { isPrincipal } : {}), ...classesInOrder(classes) }
    }
    case 'visit':
      return { kind: event.kind, ...classesInOrder(event.classes) }
    case 'result': {
      const { value, ...rest } = event
      if (value === undefined) return rest
      const limits = Object.entries(value).flatMap(([name, limit]) =>
        limit === undefined ? [] : [[name, plainDecimal(limit)] as const],
      )
      return { ...rest, value: Object.fromEntries(limits) }
    }
    case 'coded-result':
      return { ...event, anyOf: resultCodesInOrder(event.anyOf) }
    case 'prescription':
    case 'procedure':
    case 'claim':
    case 'death':
      return event
    default:
      return unreachable(event)
  }
}

function classesInOrder<T extends string>(classes: readonly T[] | undefined): { classes?: T[] } {
  if (classes === undefined) return {}
  return { classes: [...new Set(classes)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) }
}

function plainDecimal(text: string): string {
  return /^-?[0-9]+\.[0-9]+$/.test(text) ? text.replace(/\.?0+$/, '') : text
}

/** What keeps an event from being asked. */
export function problemsOfEvent(event: EventFilter, codeSets: CohortDefinition['codeSets']): CohortProblem[] {
  switch (event.kind) {
    case 'diagnosis':
    case 'procedure':
    case 'prescription': {
      const set = codeSets[event.codes]
      if (set === undefined) return [{ kind: 'unknown-code-set', codeSet: event.codes }]
      const wanted = event.kind === 'prescription' ? 'medicine' : event.kind
      return set.kind === wanted ? [] : [{ kind: 'wrong-codes', codeSet: event.codes, wanted }]
    }
    case 'result':
    case 'coded-result': {
      const test = askedTest(event.test)
      if (test === null) return [{ kind: 'unknown-test', test: event.test }]
      if (event.kind === 'coded-result')
        return test.unit === '' ? [] : [{ kind: 'no-codes', test: event.test }]
      return event.value !== undefined && test.unit === '' ? [{ kind: 'no-number', test: event.test }] : []
    }
    case 'visit':
    case 'claim':
    case 'death':
      return []
    default:
      return unreachable(event)
  }
}

function eventsOfRule(rule: CohortRule): EventFilter[] {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return rule.of.flatMap(eventsOfRule)
    case 'not':
      return eventsOfRule(rule.rule)
    case 'occurs':
    case 'last':
      return [rule.event]
    default:
      return []
  }
}

function mapEvents(
  { entry, steps }: CohortDefinition,
  change: (event: EventFilter) => EventFilter,
): Pick<CohortDefinition, 'entry' | 'steps'> {
  const ofRule = (rule: CohortRule): CohortRule => {
    switch (rule.kind) {
      case 'all':
      case 'any':
        return { ...rule, of: rule.of.map(ofRule) }
      case 'not':
        return { ...rule, rule: ofRule(rule.rule) }
      case 'occurs':
      case 'last':
        return { ...rule, event: change(rule.event) }
      default:
        return rule
    }
  }
  const { event, washout, ...rest } = entry
  return {
    entry: {
      ...rest,
      event: change(event),
      ...(washout === undefined ? {} : { washout: { ...washout, event: change(washout.event) } }),
    },
    steps: steps.map((step) => ({ ...step, rule: ofRule(step.rule) })),
  }
}

function depthOf(rule: CohortRule): number {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return 1 + Math.max(...rule.of.map(depthOf))
    case 'not':
      return 1 + depthOf(rule.rule)
    default:
      return 1
  }
}

function looksAhead(rule: CohortRule): boolean {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return rule.of.some(looksAhead)
    case 'not':
      return looksAhead(rule.rule)
    case 'occurs':
    case 'last':
      return rule.window.to === null || rule.window.to > 0
    case 'observed':
      return rule.afterDays > 0
    default:
      return false
  }
}
