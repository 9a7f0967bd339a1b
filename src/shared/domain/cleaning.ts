/**
 * How raw facts become facts that can be analysed: an ordered list of steps in a closed grammar. docs/spec/cleaning.md says in words
 * what each step does, `src/main/analytics/cleaning` does it. Nothing here names a value to write: a step derives, flags or leaves
 * out by its rule, and the source stays beside what was derived.
 */
import { z } from 'zod'
import { canonicalJson, type CanonicalValue } from '../std/canonical-json.ts'
import { labTestByKey } from './lab-tests.ts'
import { decimalText } from './visit.ts'

const positive = decimalText.refine((text) => Number(text) > 0)
const testKey = z.string().min(1).max(32)
const days = z.int().min(0).max(36_525)

const visitStatus = z.enum(['planned', 'in-progress', 'finished', 'cancelled', 'entered-in-error'])
const resultStatus = z.enum([
  'registered',
  'preliminary',
  'final',
  'amended',
  'corrected',
  'cancelled',
  'entered-in-error',
  'unknown',
])

/** One step; `version` changes when the meaning of its parameters does. Numbers with a point are decimal text: they are hashed. */
export const cleaningStep = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('select-version'),
    version: z.literal(1),
    /** Only what was in the chain up to this block, on facts with all versions; null: all that the facts hold. Of a pipeline: null. */
    asOfBlock: z.int().min(0).max(0x7fff_fffe).nullable(),
    visitStatuses: z.array(visitStatus).min(1).max(5),
    resultStatuses: z.array(resultStatus).min(1).max(8),
  }),
  z.object({
    step: z.literal('normalise-text'),
    version: z.literal(1),
    /** A letter O where ICD-10 has only digits is a zero. */
    isLetterORepaired: z.boolean(),
    /** Numbers that were typed in digits of another width are numbers. */
    areDigitsFolded: z.boolean(),
  }),
  z.object({
    step: z.literal('link-persons'),
    version: z.literal(1),
    /** A visit counts as shared when it has at least so many results, all of them the same. */
    sharedResults: z.int().min(2).max(50),
    /** Bits of evidence from which two persons are one. */
    linkFromBits: positive,
    /** From which they are listed for review. */
    reviewFromBits: positive,
  }),
  z.object({
    step: z.literal('deduplicate'),
    version: z.literal(1),
    isExactMerged: z.boolean(),
    /** Visits of other facilities within so many days, or that overlap, and that agree; null: left alone. */
    nearDays: z.int().min(0).max(7).nullable(),
    /** Results and diagnoses that near duplicates have in common. */
    sharedItems: z.int().min(1).max(50),
    /** Stays that begin so many days after one at another facility ended are one episode; null: none. */
    transferDays: z.int().min(0).max(7).nullable(),
  }),
  z.object({
    step: z.literal('harmonise-units'),
    version: z.literal(1),
    /** Where the stated unit makes a value implausible and exactly one other known unit does not. */
    isGuessed: z.boolean(),
    /** A guess must not be further from the person's own values than a moved decimal point. */
    isHeldAgainstOwn: z.boolean(),
  }),
  z.object({
    step: z.literal('range-rule'),
    version: z.literal(1),
    impossible: z.enum(['missing', 'flag']),
    unusual: z.enum(['missing', 'flag']),
  }),
  z.object({
    step: z.literal('outlier'),
    version: z.literal(1),
    /** Robust z on the log scale, for each test and sex. */
    cut: positive,
    /** Distance to the person's own median in median deviations within persons. */
    jump: positive,
    /** Own values from which a jump can be told. */
    ownValues: z.int().min(3).max(50),
    action: z.enum(['flag', 'missing', 'winsorise']),
    /** Share on each side that `winsorise` pulls in. */
    tail: positive.refine((text) => Number(text) < 0.25),
  }),
  z.object({
    step: z.literal('date-rules'),
    version: z.literal(1),
    /** Day and month exchanged, where the person's other visits agree. */
    isBirthRepaired: z.boolean(),
    /** What most visits of the person say. */
    isSexByMost: z.boolean(),
    /** A date that cannot be is made missing; otherwise it is flagged only. */
    areImpossibleMissing: z.boolean(),
  }),
  z.object({
    step: z.literal('carry-forward'),
    version: z.literal(1),
    /** Days after which a value is too old to stand for today's, by test. */
    maxGapDays: z.record(testKey, days.min(1)),
  }),
  z.object({
    step: z.literal('missingness'),
    version: z.literal(1),
    tests: z.array(testKey).min(1).max(20),
    /** Little's test that values are missing completely at random. */
    isTested: z.boolean(),
  }),
  z.object({
    step: z.literal('group-codes'),
    version: z.literal(1),
    charlson: z.enum(['charlson1987', 'quan2011']).nullable(),
    elixhauser: z.enum(['vanWalraven2009', 'swiss2021']).nullable(),
    /** Days before; null: any earlier visit. */
    lookBackDays: days.min(1).nullable(),
  }),
])
export type CleaningStep = z.infer<typeof cleaningStep>
export type CleaningStepName = CleaningStep['step']
export type StepOf<Name extends CleaningStepName> = Extract<CleaningStep, { step: Name }>

/** Why a row was changed, left out or marked; the screens have words for each. */
export const CLEANING_REASONS = [
  'after-state',
  'replaced',
  'came-too-late',
  'retracted',
  'visit-status',
  'result-status',
  'entered-in-error',
  'refuted',
  'visit-left-out',
  'letter-o',
  'code-not-understood',
  'digits-of-another-width',
  'same-person',
  'maybe-same-person',
  'exact-duplicate',
  'near-duplicate',
  'maybe-duplicate',
  'joined-to-kept-visit',
  'transfer',
  'unit-understood',
  'unit-guessed',
  'unit-doubtful',
  'unit-unknown',
  'decimal-point-likely',
  'impossible',
  'unusual',
  'outlier',
  'jump',
  'winsorised',
  'birth-day-and-month',
  'birth-differs',
  'birth-after-visit',
  'sex-differs',
  'discharge-before-admission',
  'onset-after-visit',
  'onset-before-birth',
  'death-before-visit',
  'result-before-birth',
  'end-before-start',
] as const
export type CleaningReason = (typeof CLEANING_REASONS)[number]

/** In the order in which they are done unless a person chooses another. */
export const CLEANING_STEPS = [
  'select-version',
  'normalise-text',
  'link-persons',
  'deduplicate',
  'harmonise-units',
  'range-rule',
  'outlier',
  'date-rules',
  'carry-forward',
  'missingness',
  'group-codes',
] as const satisfies readonly CleaningStepName[]

/** What one person adds to an automatic answer must depend on nobody else (docs/spec/privacy.md Q6): these look at others. */
export const COMPARING_STEPS: readonly CleaningStepName[] = ['link-persons', 'outlier']

export const CLEANING_STEPS_MAX = 30

/** Stands in a profile for units that the table of tests does not have: what was typed there may be anything, also a name. */
export const OTHER_UNIT = '{other}'

export const cleaningPipeline = z.object({
  schema: z.literal('cleaning/1'),
  title: z.string().min(1).max(200),
  steps: z.array(cleaningStep).max(CLEANING_STEPS_MAX),
})
export type CleaningPipeline = z.infer<typeof cleaningPipeline>

/** What keeps a pipeline from being run. */
export type CleaningProblem =
  | { readonly kind: 'unknown-test'; readonly step: number; readonly test: string }
  | { readonly kind: 'no-number'; readonly step: number; readonly test: string }
  | { readonly kind: 'review-above-link'; readonly step: number }
  /** An older state is what a snapshot is for: the warehouse gives out no replaced version that a step could go back to. */
  | { readonly kind: 'older-state'; readonly step: number }

/** What can be run and may not do what was meant. */
export type CleaningWarning =
  /** `step` comes before `needs`, whose work it is done on. */
  | { readonly kind: 'before-its-work'; readonly step: number; readonly needs: CleaningStepName }
  | { readonly kind: 'twice'; readonly step: number }
  /** Visits of other statuses than finished are not among the facts that a snapshot gives out. */
  | { readonly kind: 'finished-only'; readonly step: number }

/** What a step works on is made by these. */
const NEEDS: Partial<Record<CleaningStepName, readonly CleaningStepName[]>> = {
  'link-persons': ['normalise-text'],
  deduplicate: ['link-persons'],
  'harmonise-units': ['normalise-text'],
  'range-rule': ['harmonise-units'],
  outlier: ['harmonise-units', 'range-rule'],
  'carry-forward': ['deduplicate', 'harmonise-units', 'range-rule', 'outlier'],
  missingness: ['deduplicate', 'range-rule', 'outlier'],
  'group-codes': ['normalise-text', 'deduplicate'],
}

export function cleaningProblems({ steps }: Pick<CleaningPipeline, 'steps'>): CleaningProblem[] {
  return steps.flatMap((each, step): CleaningProblem[] => {
    if (each.step === 'link-persons')
      return Number(each.reviewFromBits) > Number(each.linkFromBits)
        ? [{ kind: 'review-above-link', step }]
        : []
    if (each.step === 'select-version') return each.asOfBlock === null ? [] : [{ kind: 'older-state', step }]
    if (each.step === 'carry-forward')
      return Object.keys(each.maxGapDays).flatMap((test) =>
        labTestByKey(test) === null ? [{ kind: 'unknown-test', step, test }] : [],
      )
    if (each.step !== 'missingness') return []
    return each.tests.flatMap((test): CleaningProblem[] => {
      const known = labTestByKey(test)
      if (known === null) return [{ kind: 'unknown-test', step, test }]
      return each.isTested && known.unit === '' ? [{ kind: 'no-number', step, test }] : []
    })
  })
}

export function cleaningWarnings({ steps }: Pick<CleaningPipeline, 'steps'>): CleaningWarning[] {
  return steps.flatMap((each, step): CleaningWarning[] => {
    const later = steps.slice(step + 1).map((other) => other.step)
    const late = (NEEDS[each.step] ?? []).filter((needed) => later.includes(needed))
    const isAgain = steps.slice(0, step).some((other) => other.step === each.step)
    return [
      ...late.map((needs) => ({ kind: 'before-its-work' as const, step, needs })),
      ...(isAgain ? [{ kind: 'twice' as const, step }] : []),
      ...(each.step === 'select-version' && each.visitStatuses.some((status) => status !== 'finished')
        ? [{ kind: 'finished-only' as const, step }]
        : []),
    ]
  })
}

/** The text whose hash names the pipeline; the title says nothing about what is done. */
export function canonicalCleaning({ schema, steps }: CleaningPipeline): string {
  return canonicalJson({ schema, steps: steps.map((step) => canonicalStep(step) as CanonicalValue) })
}

/** Lists whose order says nothing, in order and without doubles. */
function canonicalStep(step: CleaningStep): CleaningStep {
  switch (step.step) {
    case 'select-version':
      return {
        ...step,
        visitStatuses: inOrder(step.visitStatuses),
        resultStatuses: inOrder(step.resultStatuses),
      }
    case 'missingness':
      return { ...step, tests: inOrder(step.tests) }
    default:
      return step
  }
}

function inOrder<T extends string>(list: readonly T[]): T[] {
  return [...new Set(list)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** A step as it is done unless a person says otherwise (docs/spec/cleaning.md names the reasons). */
export function usualStep<Name extends CleaningStepName>(name: Name): StepOf<Name>
export function usualStep(name: CleaningStepName): CleaningStep {
  switch (name) {
    case 'select-version':
      return {
        step: name,
        version: 1,
        asOfBlock: null,
        visitStatuses: ['finished'],
        resultStatuses: ['final', 'amended', 'corrected'],
      }
    case 'normalise-text':
      return { step: name, version: 1, isLetterORepaired: true, areDigitsFolded: true }
    case 'link-persons':
      return { step: name, version: 1, sharedResults: 3, linkFromBits: '20', reviewFromBits: '10' }
    case 'deduplicate':
      return { step: name, version: 1, isExactMerged: true, nearDays: 1, sharedItems: 3, transferDays: 1 }
    case 'harmonise-units':
      return { step: name, version: 1, isGuessed: true, isHeldAgainstOwn: true }
    case 'range-rule':
      return { step: name, version: 1, impossible: 'missing', unusual: 'flag' }
    case 'outlier':
      return { step: name, version: 1, cut: '5', jump: '5', ownValues: 4, action: 'flag', tail: '0.005' }
    case 'date-rules':
      return { step: name, version: 1, isBirthRepaired: true, isSexByMost: true, areImpossibleMissing: true }
    case 'carry-forward':
      return {
        step: name,
        version: 1,
        maxGapDays: { sbp: 365, bmi: 730, smoking: 1825, hba1c: 365, ldl: 730, ldlD: 730, creat: 365 },
      }
    case 'missingness':
      return { step: name, version: 1, tests: ['sbp', 'bmi', 'hba1c', 'ldlD', 'creat'], isTested: true }
    case 'group-codes':
      return {
        step: name,
        version: 1,
        charlson: 'quan2011',
        elixhauser: 'vanWalraven2009',
        lookBackDays: 365,
      }
  }
}

export type CleaningPreset = 'none' | 'versions' | 'careful' | 'strict'
export const CLEANING_PRESETS: readonly CleaningPreset[] = ['none', 'versions', 'careful', 'strict']

/** `none`: facts as they are. `versions`: what counts, and no more. `careful`: every step as usual. `strict`: doubtful values go. */
export function presetSteps(preset: CleaningPreset): CleaningStep[] {
  switch (preset) {
    case 'none':
      return []
    case 'versions':
      return [usualStep('select-version')]
    case 'careful':
      return CLEANING_STEPS.map((name) => usualStep(name))
    case 'strict':
      return CLEANING_STEPS.map((name): CleaningStep => {
        if (name === 'range-rule') return { ...usualStep(name), unusual: 'missing' }
        if (name === 'outlier') return { ...usualStep(name), action: 'missing' }
        return usualStep(name)
      })
  }
}

/** Columns that a step derives and a person can read; where a row now belongs to another visit is none. */
export const SHOWN_COLUMNS = [
  'code',
  'value',
  'canonical',
  'birth',
  'sex',
  'discharge',
  'death',
  'died',
  'onset',
  'end',
] as const
export type ShownColumn = (typeof SHOWN_COLUMNS)[number]
