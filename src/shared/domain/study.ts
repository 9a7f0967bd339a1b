/**
 * A question from the cohort to the model in one document that runs again identically (docs/spec/study.md): who, how the records
 * are cleaned, how people are followed, what is fitted, and at which state of which chain.
 */
import { z } from 'zod'
import { canonicalJson, type CanonicalValue } from '../std/canonical-json.ts'
import {
  canonicalCleaning,
  cleaningPipeline,
  cleaningProblems,
  cleaningWarnings,
  type CleaningProblem,
  type CleaningWarning,
} from './cleaning.ts'
import {
  canonicalCohort,
  canonicalEvent,
  cohortDefinition,
  problemsOf,
  warningsOf,
  type CohortProblem,
  type EventFilter,
} from './cohort.ts'
import {
  canonicalIntervals,
  changesWithTime,
  intervalDefinition,
  problemsOfIntervals,
  type IntervalDefinition,
  type IntervalProblem,
} from './intervals.ts'
import { decimalText } from './visit.ts'

const columnName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)
const names = (most: number) => z.array(columnName).max(most)

/** How rows without a value are filled in: so many sets, each by so many rounds, each value from one of so many donors (docs/spec/study.md). */
export const imputationSettings = z.object({
  sets: z.int().min(2).max(100),
  rounds: z.int().min(1).max(50),
  donors: z.int().min(1).max(20),
})
export type ImputationSettings = z.infer<typeof imputationSettings>
export const USUAL_IMPUTATION: ImputationSettings = { sets: 20, rounds: 10, donors: 5 }

/** A model over the columns of the intervals; `fit` knows the rest (docs/spec/statistics.md). */
export const studyModel = z.object({
  /** For people; no part of the hash. */
  title: z.string().min(1).max(120),
  /**
   * `cox`: hazard ratios; `km`: curves by the combinations of `covariates`; `aj`: cumulative incidence beside that of death and of
   * what competes, which keep the event from happening, by the same; `finegray`: how its covariates change that incidence; `logistic`
   * and `cloglog`: a row is a trial (pooled models, on rows of equal length); `poisson` and `negbin`: rates of events over the time at
   * risk, which is their offset, alike among rows of the same covariates or spread as a gamma distribution.
   */
  family: z.enum(['cox', 'km', 'aj', 'finegray', 'logistic', 'cloglog', 'poisson', 'negbin']),
  covariates: names(100),
  /** Those of them that hold labels, or numbers that are only names. */
  factors: names(100),
  /** Those that bend: restricted cubic splines with so many knots, drawn against a value (decimal text; null: the median). */
  splines: z
    .array(
      z.object({
        name: columnName,
        knots: z.int().min(3).max(7),
        reference: decimalText.nullable(),
      }),
    )
    .max(20),
  /** Pairs of covariates whose effects depend on each other: their products are in the model too. */
  interactions: z.array(z.tuple([columnName, columnName])).max(20),
  strata: names(5),
  /** Standard errors that hold when rows of one person are alike. */
  isClusteredByPerson: z.boolean(),
  ties: z.enum(['efron', 'breslow', 'exact']),
  confidencePercent: z.int().min(50).max(99),
  /** Of `cox`: survival as the model sees it, by the values of this covariate, the others as usual (docs/spec/study.md). */
  curvesOf: columnName.nullable(),
  /**
   * Of `cox`: time begins anew with each piece (of `study/5`), which with the piece as stratum is cross-sectional pooling; absent: it is
   * that of the table.
   */
  timeFrom: z.literal('piece').optional(),
  /** Rows in which a column of the model says nothing are filled in (of `study/5`); absent: they are left out. */
  imputation: imputationSettings.optional(),
})
export type StudyModel = z.infer<typeof studyModel>

export const studySnapshot = z.object({
  /** The chain's id, hex. */
  chain: z.string().regex(/^[0-9a-f]{64}$/),
  /** Blocks up to this one, it too. */
  upTo: z.int().min(-1).max(0x7fff_fffe),
  /** Decisions up to this height, it too: which entries are one person. */
  height: z.int().min(0).max(0x7fff_fffe),
  /** Whose records: ids of members, hex, in order. */
  hospitals: z
    .array(z.string().regex(/^[0-9a-f]{32}$/))
    .min(1)
    .max(100),
})
export type StudySnapshot = z.infer<typeof studySnapshot>

export const studyDocument = z.object({
  /**
   * `study/4` says on what the cohort is judged, `study/5` that rows are filled in or time begins anew with each piece: a reader that does
   * not know of it must not judge it on something else, or fit another model.
   */
  schema: z.enum(['study/3', 'study/4', 'study/5']),
  title: z.string().min(1).max(200),
  cohort: cohortDefinition,
  /** Who is in is judged on what the cleaning left (of `study/4` and later); absent: on the records as they were written. */
  cohortOn: z.literal('cleaned').optional(),
  /** What is done to the records of whoever is in the cohort; null: they are taken as they are. */
  cleaning: cleaningPipeline.nullable(),
  intervals: intervalDefinition,
  models: z.array(studyModel).min(1).max(20),
  /** The groups of the table that describes people at their start; null: all in one. */
  baselineBy: columnName.nullable(),
  /** Null until the study was run: the next run takes the newest state and names it. */
  snapshot: studySnapshot.nullable(),
  /** What chance is drawn from, where a step draws. */
  seed: z.string().min(1).max(64),
  /** The engine whose results these are; null until the study was run. */
  engine: z.string().min(1).max(120).nullable(),
})
export type StudyDocument = z.infer<typeof studyDocument>

/** A study as a file or a store holds it: one of the version before says what it said. */
export const studyFile: z.ZodType<StudyDocument> = z.preprocess(fromBefore, studyDocument)

/** `study/2` knew neither splines nor interactions. */
function fromBefore(read: unknown): unknown {
  const study = read as { schema?: unknown; models?: unknown } | null
  if (typeof study !== 'object' || study?.schema !== 'study/2' || !Array.isArray(study.models)) return read
  const models = study.models.map((model: unknown) =>
    typeof model === 'object' ? { splines: [], interactions: [], ...model } : model,
  )
  return { ...study, schema: 'study/3', models }
}

export type StudyProblem =
  | { readonly kind: 'cohort'; readonly problem: CohortProblem }
  | { readonly kind: 'intervals'; readonly problem: IntervalProblem }
  | { readonly kind: 'cleaning'; readonly problem: CleaningProblem }
  | { readonly kind: 'no-such-column'; readonly model: number; readonly name: string }
  | { readonly kind: 'label-as-number'; readonly model: number; readonly name: string }
  | { readonly kind: 'factor-not-used'; readonly model: number; readonly name: string }
  /** Only numbers bend, each once: no labels, groups, or columns of 0 and 1. */
  | { readonly kind: 'spline-not-possible'; readonly model: number; readonly name: string }
  /** Two different covariates of the model, each pair once; curves have no terms. */
  | { readonly kind: 'interaction-not-possible'; readonly model: number; readonly name: string }
  | { readonly kind: 'nothing-to-estimate'; readonly model: number }
  /** Who is in can be judged after a cleaning only where there is one; `study/4` says so, and nothing else does. */
  | { readonly kind: 'nothing-cleaned' }
  /** Death is what is waited for, and nothing else competes: an incidence beside nothing is the curve of Kaplan and Meier. */
  | { readonly kind: 'nothing-competes'; readonly model: number }
  /** Fine and Gray's model keeps people at risk whom something else has ended: what is known of them must not change meanwhile. */
  | { readonly kind: 'changes-with-time'; readonly model: number; readonly name: string }
  /** Its time begins with each person's own start. */
  | { readonly kind: 'clock-not-possible'; readonly model: number }
  /** Trials of unequal length are no trials of one kind. */
  | { readonly kind: 'rows-of-unequal-length'; readonly model: number }
  /** A pooled model has no strata: groups are factors among its covariates. */
  | { readonly kind: 'strata-not-possible'; readonly model: number }
  /** A curve for each value that a number takes would show persons, not groups. */
  | { readonly kind: 'number-as-groups'; readonly model: number; readonly name: string }
  /** Curves are drawn for a covariate of a Cox model. */
  | { readonly kind: 'no-curves-of'; readonly model: number; readonly name: string }
  /** A model fills rows in, or counts time within pieces, and the schema does not say so, or says so of none. */
  | { readonly kind: 'schema-not-said' }
  /** Only the time of a Cox model can begin anew with each piece. */
  | { readonly kind: 'pieces-not-possible'; readonly model: number }
  /** Filled in are values of covariates with effects: curves of groups, and Fine and Gray's model, have no combined answer. */
  | { readonly kind: 'imputation-not-possible'; readonly model: number }
  /** Adjusted curves are drawn of one table, not of several. */
  | { readonly kind: 'imputation-without-curves'; readonly model: number }
  /** People are described by groups, not by each value of a number. */
  | { readonly kind: 'baseline-by-number'; readonly name: string }

/** Covariates of these are groups, not terms. */
export function isCurve(family: StudyModel['family']): boolean {
  return family === 'km' || family === 'aj'
}

/** A row is a person, from the start to whatever ended the time. */
export function isOfPersons(family: StudyModel['family']): boolean {
  return family === 'finegray'
}

/** A row is a trial. */
export function isPooled(family: StudyModel['family']): boolean {
  return family === 'logistic' || family === 'cloglog'
}

/** Events over the time at risk: rows of any length, with the logarithm of their length as offset. */
export function isRate(family: StudyModel['family']): boolean {
  return family === 'poisson' || family === 'negbin'
}

/** Models whose answers can be combined over filled-in tables. */
export function canImpute(family: StudyModel['family']): boolean {
  return family === 'cox' || isPooled(family) || isRate(family)
}

/** Whether a model of the study fills rows in: such an answer is no release of the gateways. */
export function isImputing({ models }: Pick<StudyDocument, 'models'>): boolean {
  return models.some(({ imputation }) => imputation !== undefined)
}

/** The schema that says what a document uses. */
export function schemaOf(study: Pick<StudyDocument, 'models' | 'cohortOn'>): StudyDocument['schema'] {
  if (study.models.some(({ imputation, timeFrom }) => imputation !== undefined || timeFrom !== undefined))
    return 'study/5'
  return study.cohortOn === undefined ? 'study/3' : 'study/4'
}

/** What keeps a study from being run. */
export function problemsOfStudy(study: StudyDocument): StudyProblem[] {
  const { schema, cohort, cohortOn, cleaning, intervals, models, baselineBy } = study
  const isNewer = (schema === 'study/5') === (schemaOf(study) === 'study/5')
  const isSaid = schema === 'study/5' || (schema === 'study/4') === (cohortOn !== undefined)
  const canBeJudged = isSaid && (cohortOn === undefined || cleaning !== null)
  const isDescribable = baselineBy === null || groupColumns(intervals).includes(baselineBy)
  return [
    ...problemsOf(cohort).map((problem) => ({ kind: 'cohort' as const, problem })),
    ...(canBeJudged ? [] : [{ kind: 'nothing-cleaned' as const }]),
    ...(isNewer ? [] : [{ kind: 'schema-not-said' as const }]),
    ...(cleaning === null ? [] : cleaningProblems(cleaning)).map((problem) => ({
      kind: 'cleaning' as const,
      problem,
    })),
    ...problemsOfIntervals(intervals).map((problem) => ({ kind: 'intervals' as const, problem })),
    ...models.flatMap((model, m) => problemsOfModel(model, m, intervals)),
    ...(isDescribable ? [] : [{ kind: 'baseline-by-number' as const, name: baselineBy }]),
  ]
}

/** What a reader of the design sees before anything is computed. */
export type StudyWarning =
  | { readonly kind: 'cleaning'; readonly warning: CleaningWarning }
  /** Units, impossible values and duplicates are as they were written. */
  | { readonly kind: 'not-cleaned' }
  /** A rule of the cohort that looks behind the index day: people are chosen by their future (immortal time). */
  | { readonly kind: 'immortal-time'; readonly step: number }
  /** Whoever is at risk too shortly is left out: also by the future. */
  | { readonly kind: 'chosen-by-follow-up'; readonly days: number }
  /** Nothing keeps people out who take the medicine already: prevalent users. */
  | { readonly kind: 'no-washout'; readonly name: string }
  /** It is what is waited for, under another name. */
  | { readonly kind: 'covariate-is-event'; readonly name: string }
  /** Nobody ever leaves: time without a visit counts as time without the event. */
  | { readonly kind: 'nobody-leaves' }

export function warningsOfStudy({ cohort, cleaning, intervals }: StudyDocument): StudyWarning[] {
  const { followUp, covariates, codeSets } = intervals
  const waitedFor = meaningOf(followUp.event, codeSets)
  const { washout } = cohort.entry
  // A washout of another event keeps nobody out who takes this medicine.
  const washedOut = washout === undefined ? null : meaningOf(washout.event, cohort.codeSets)
  const warnings: StudyWarning[] = warningsOf(cohort).map(({ step }) => ({ kind: 'immortal-time', step }))
  if (cleaning === null) warnings.push({ kind: 'not-cleaned' })
  else warnings.push(...cleaningWarnings(cleaning).map((warning) => ({ kind: 'cleaning' as const, warning })))
  if (followUp.atLeastDays > 1) warnings.push({ kind: 'chosen-by-follow-up', days: followUp.atLeastDays })
  for (const each of covariates) {
    if (!('event' in each)) continue
    const meaning = meaningOf(each.event, codeSets)
    if (each.kind === 'since' && each.event.kind === 'prescription' && meaning !== washedOut)
      warnings.push({ kind: 'no-washout', name: each.name })
    if (meaning === waitedFor) warnings.push({ kind: 'covariate-is-event', name: each.name })
  }
  if (followUp.left === null) warnings.push({ kind: 'nobody-leaves' })
  return warnings
}

/** The text whose hash names the study: whoever runs it at one engine gets the same bytes. Titles are no part of it. */
export function canonicalStudy(study: StudyDocument): string {
  const { schema, cohort, cohortOn, cleaning, intervals, models, baselineBy, snapshot, seed, engine } = study
  return canonicalJson({
    schema,
    cohort: canonicalCohort(cohort),
    cohortOn,
    cleaning: cleaning === null ? null : canonicalCleaning(cleaning),
    intervals: canonicalIntervals(intervals),
    models: models.map(({ title: _, ...model }) => ({
      ...model,
      factors: inOrder(model.factors),
      splines: [...model.splines].sort((a, b) => byCodeUnits(a.name, b.name)),
    })),
    baselineBy,
    snapshot:
      snapshot === null
        ? null
        : { ...snapshot, hospitals: [...new Set(snapshot.hospitals)].sort(byCodeUnits) },
    seed,
    engine,
  })
}

function problemsOfModel(
  { family, covariates, factors, splines, interactions, strata, curvesOf, imputation, timeFrom }: StudyModel,
  model: number,
  intervals: IntervalDefinition,
): StudyProblem[] {
  const problems: StudyProblem[] = []
  const labels = new Set(labelColumns(intervals))
  const hasPeriods = intervals.cuts.length > 0 || intervals.rows.kind === 'every'
  const known = new Set([...intervals.covariates.map(({ name }) => name), ...(hasPeriods ? ['period'] : [])])
  for (const name of new Set([...covariates, ...strata]))
    if (!known.has(name)) problems.push({ kind: 'no-such-column', model, name })
  for (const name of covariates)
    if (!isCurve(family) && labels.has(name) && !factors.includes(name))
      problems.push({ kind: 'label-as-number', model, name })
  const groups = new Set([...labels, ...factors, ...(hasPeriods ? ['period'] : []), ...twoValued(intervals)])
  for (const name of isCurve(family) ? new Set([...covariates, ...strata]) : [])
    if (known.has(name) && !groups.has(name)) problems.push({ kind: 'number-as-groups', model, name })
  for (const name of factors)
    if (!covariates.includes(name)) problems.push({ kind: 'factor-not-used', model, name })
  const bending = bendingColumns(intervals)
  for (const [i, { name }] of splines.entries()) {
    const isFree = !factors.includes(name) && splines.findIndex((each) => each.name === name) === i
    if (isCurve(family) || !covariates.includes(name) || !bending.includes(name) || !isFree)
      problems.push({ kind: 'spline-not-possible', model, name })
  }
  const pairs = new Set<string>()
  for (const [one, other] of interactions) {
    const pair = inOrder([one, other]).join(' × ')
    const areThere = covariates.includes(one) && covariates.includes(other) && one !== other
    if (isCurve(family) || !areThere || pairs.has(pair))
      problems.push({ kind: 'interaction-not-possible', model, name: pair })
    pairs.add(pair)
  }
  problems.push(...problemsOfCompeting(family, [...covariates, ...strata], model, intervals))
  if (curvesOf !== null && (family !== 'cox' || !covariates.includes(curvesOf)))
    problems.push({ kind: 'no-curves-of', model, name: curvesOf })
  if (!isCurve(family) && covariates.length === 0) problems.push({ kind: 'nothing-to-estimate', model })
  if (timeFrom !== undefined && family !== 'cox') problems.push({ kind: 'pieces-not-possible', model })
  if ((isPooled(family) || timeFrom !== undefined) && !areOfEqualLength(intervals))
    problems.push({ kind: 'rows-of-unequal-length', model })
  if ((isPooled(family) || isRate(family)) && strata.length > 0)
    problems.push({ kind: 'strata-not-possible', model })
  if (imputation !== undefined && !canImpute(family))
    problems.push({ kind: 'imputation-not-possible', model })
  if (imputation !== undefined && curvesOf !== null)
    problems.push({ kind: 'imputation-without-curves', model })
  return problems
}

function problemsOfCompeting(
  family: StudyModel['family'],
  used: readonly string[],
  model: number,
  { followUp, covariates, clock }: IntervalDefinition,
): StudyProblem[] {
  if (family !== 'aj' && family !== 'finegray') return []
  const problems: StudyProblem[] = []
  if (followUp.event.kind === 'death' && followUp.competing === undefined)
    problems.push({ kind: 'nothing-competes', model })
  if (family === 'aj') return problems
  const changing = new Set(covariates.filter(changesWithTime).map(({ name }) => name))
  for (const name of new Set(used))
    if (changing.has(name) || name === 'period') problems.push({ kind: 'changes-with-time', model, name })
  if (clock !== 'index') problems.push({ kind: 'clock-not-possible', model })
  return problems
}

/** With the cohort judged after the cleaning, or on the records as they were written: the schema follows. */
export function judgedOn(study: StudyDocument, on: 'written' | 'cleaned'): StudyDocument {
  const { cohortOn: _before, ...rest } = study
  const judged = on === 'written' ? rest : { ...rest, cohortOn: 'cleaned' as const }
  return { ...judged, schema: schemaOf(judged) }
}

/** With other models: the schema follows. */
export function withModels(study: StudyDocument, models: StudyModel[]): StudyDocument {
  const changed = { ...study, models }
  return { ...changed, schema: schemaOf(changed) }
}

/** Columns whose values are groups of people. */
export function groupColumns(intervals: IntervalDefinition): string[] {
  return [...labelColumns(intervals), ...twoValued(intervals)]
}

/** Columns whose numbers are amounts: their effect may bend. */
export function bendingColumns({ covariates }: IntervalDefinition): string[] {
  return covariates.flatMap((each) =>
    each.kind === 'age' ||
    each.kind === 'result' ||
    each.kind === 'result-before' ||
    each.kind === 'score' ||
    each.kind === 'score-before' ||
    each.kind === 'slope' ||
    each.kind === 'times' ||
    (each.kind === 'before' && each.as === 'count')
      ? [each.name]
      : [],
  )
}

export function labelColumns({ covariates }: IntervalDefinition): string[] {
  return covariates.flatMap((each) =>
    each.kind === 'sex' || each.kind === 'hospital' || 'categories' in each ? [each.name] : [],
  )
}

/** Columns that hold 0 and 1. */
function twoValued({ covariates }: IntervalDefinition): string[] {
  return covariates.flatMap((each) =>
    each.kind === 'since' || (each.kind === 'before' && each.as === 'any') ? [each.name] : [],
  )
}

/** Cuts split pieces unless they lie on their borders, which only the index clock has at the same days for everybody. */
function areOfEqualLength({ rows, cuts, clock, followUp }: IntervalDefinition): boolean {
  if (rows.kind !== 'every') return false
  const { days } = rows
  const first = followUp.startAfterDays
  return cuts.every((cut) => clock === 'index' && (cut <= first || (cut - first) % days === 0))
}

/** Code sets are compared by what they hold. */
function meaningOf(event: EventFilter, codeSets: IntervalDefinition['codeSets']): string {
  const set = 'codes' in event ? codeSets[event.codes] : undefined
  const codes = set === undefined ? null : { include: inOrder(set.include), exclude: inOrder(set.exclude) }
  return canonicalJson({ ...canonicalEvent(event), codes } as CanonicalValue)
}

function inOrder(list: readonly string[]): string[] {
  return [...new Set(list)].sort(byCodeUnits)
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
