/** The request under work, before anything is asked: what a form changes of it, and the examples that it begins with. Pure. */
import type { Asked, Catalog, CatalogVariable } from '../../../../shared/contract/requests.ts'
import { presetSteps, type CleaningPipeline } from '../../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { USUAL_LEFT, type IntervalDefinition } from '../../../../shared/domain/intervals.ts'
import type { AllowedPurpose } from '../../../../shared/domain/purposes.ts'
import type { RequestAxis, RequestOutput } from '../../../../shared/domain/request-output.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { unreachable } from '../../../../shared/std/unreachable.ts'
import { aloneSteps } from '../../../parts/research/alone-steps.ts'
import { newCohort } from '../../../parts/research/new-cohort.ts'
import { firstEdges, timeEdgesOf } from '../../../parts/research/request-axis.ts'

/** What a person composes; monitoring tables, cleaning profiles and pathways are made by their own rooms. */
export type OutputKind = Exclude<RequestOutput['kind'], 'monitor' | 'cleaning-profile' | 'pathways'>

export interface Draft {
  readonly lane: Asked['lane']
  /** Null: the newest. */
  readonly snapshot: string | null
  readonly cohort: CohortDefinition
  readonly isCleaned: boolean
  /** Kept while a form is shown that does not need it. */
  readonly followUp: IntervalDefinition
  readonly output: RequestOutput
  /** Millionths of rho; null: what the form proposes. */
  readonly microRho: number | null
  readonly registration: string | null
  readonly isPublished: boolean
  /** By rule. */
  readonly study: StudyDocument | null
  readonly title: string
  readonly purpose: AllowedPurpose
}

const PATIENTS = { unit: 'patients' } as const
const STEP_DAYS = 90
const FOLLOWED_DAYS = 1_800

export const newDraft = (): Draft => ({
  lane: 'noise',
  snapshot: null,
  cohort: newCohort(''),
  isCleaned: true,
  followUp: newFollowUp(),
  output: { kind: 'count' },
  microRho: null,
  registration: null,
  isPublished: false,
  study: null,
  title: '',
  purpose: 'research',
})

/** Until somebody is admitted, for five years at most. */
const newFollowUp = (): IntervalDefinition => ({
  schema: 'intervals/1',
  codeSets: {},
  followUp: {
    startAfterDays: 0,
    event: { kind: 'visit', classes: ['IMP'] },
    earlierEvents: 'keep',
    left: USUAL_LEFT,
    atMostDays: FOLLOWED_DAYS,
    until: null,
    atLeastDays: 1,
  },
  covariates: [],
  clock: 'index',
  cuts: [],
  rows: { kind: 'changes' },
})

/** Steps of the usual cleaning that look at one person at a time. */
function alonePipeline(): CleaningPipeline {
  return { schema: 'cleaning/1', title: 'alone', steps: aloneSteps(presetSteps('careful')) }
}

type First = {
  readonly [K in OutputKind]: (variables: readonly CatalogVariable[]) => RequestOutput & { kind: K }
}

/** What a form begins with when it is chosen, in the order in which forms are offered. */
const FIRST: First = {
  count: () => ({ kind: 'count' }),
  histogram: (variables) => ({ kind: 'histogram', axis: axisOf('age-years', variables), counted: PATIENTS }),
  table: (variables) => ({
    kind: 'table',
    axes: [axisOf('age-years', variables), axisOf('sex', variables)],
    counted: PATIENTS,
  }),
  mean: () => ({ kind: 'mean', variable: 'hba1c-tenths', least: 40, greatest: 140 }),
  quantiles: (variables) => ({
    kind: 'quantiles',
    axis: { variable: 'age-years', edges: everyStep('age-years', variables) },
    perMille: [250, 500, 750],
  }),
  'kaplan-meier': (variables) => ({
    kind: 'kaplan-meier',
    timeEdges: timeEdgesOf(STEP_DAYS, FOLLOWED_DAYS),
    by: axisOf('sex', variables),
  }),
  cox: (variables) => ({
    kind: 'cox',
    // Coarser than a curve: every step of time counts once for each cell of the covariates, and 500 cells are the most.
    timeEdges: timeEdgesOf(4 * STEP_DAYS, FOLLOWED_DAYS),
    covariates: [{ variable: 'age-years', edges: [50, 70] }, axisOf('sex', variables)],
  }),
  poisson: (variables) => ({
    kind: 'poisson',
    exposure: { variable: 'exposure-days', most: 365 },
    claims: { variable: 'claims', most: 20 },
    factors: tariffFactors(variables),
    cellsMost: 2,
  }),
  gamma: (variables) => ({
    kind: 'gamma',
    claims: { variable: 'claims', most: 20 },
    cost: { variable: 'cost-minor', most: 10_000_000 },
    factors: tariffFactors(variables),
    cellsMost: 2,
  }),
  // Claims of a year, by age alone: something to begin with.
  score: () => ({
    kind: 'score',
    formula: 'if age_years < 50 then 1 else 2',
    columns: ['age-years'],
    edges: [1_500],
    exposure: { variable: 'exposure-days', most: 365 },
    actual: { variable: 'claims', most: 20 },
    cellsMost: 2,
  }),
}

export const OUTPUT_KINDS = Object.keys(FIRST) as readonly OutputKind[]

export function firstOutput(kind: OutputKind, variables: readonly CatalogVariable[]): RequestOutput {
  return FIRST[kind](variables)
}

const tariffFactors = (variables: readonly CatalogVariable[]): RequestAxis[] =>
  ['age-years', 'sex', 'payer'].map((name) => axisOf(name, variables))

export function axisOf(name: string, variables: readonly CatalogVariable[]): RequestAxis {
  const found = variables.find((each) => each.name === name)
  return { variable: name, edges: found === undefined ? [] : firstEdges(found) }
}

const QUANTILE_BINS_MOST = 40

/** Fine bins: quantiles are read between them. */
export function everyStep(name: string, variables: readonly CatalogVariable[]): number[] {
  const found = variables.find((each) => each.name === name)
  if (found === undefined || found.kind === 'label') return []
  const { least, greatest, step } = found
  const width = Math.ceil((greatest - least) / step / QUANTILE_BINS_MOST) * step
  const edges: number[] = []
  for (let edge = Math.floor(least / step) * step + width; edge < greatest; edge += width)
    if (edge > least) edges.push(edge)
  return edges
}

/** Variables that the output names; those of a follow-up need one. */
export function namesOf(output: RequestOutput): string[] {
  switch (output.kind) {
    case 'count':
      return []
    case 'histogram':
    case 'quantiles':
      return [output.axis.variable]
    case 'table':
      return output.axes.map(({ variable }) => variable)
    case 'mean':
      return [output.variable]
    case 'kaplan-meier':
      return ['follow-up-days', ...(output.by === null ? [] : [output.by.variable])]
    case 'cox':
      return ['follow-up-days', ...output.covariates.map(({ variable }) => variable)]
    case 'poisson':
      return [
        output.exposure.variable,
        output.claims.variable,
        ...output.factors.map(({ variable }) => variable),
      ]
    case 'gamma':
      return [output.claims.variable, output.cost.variable, ...output.factors.map(({ variable }) => variable)]
    case 'monitor':
    case 'cleaning-profile':
    case 'pathways':
      return []
    case 'score':
      return [output.exposure.variable, output.actual.variable, ...output.columns]
    default:
      return unreachable(output)
  }
}

/** Nobody has a value of it without the follow-up of a request. */
export const isOfFollowUp = (variable: string): boolean => variable.startsWith('follow-up-')

export const needsFollowUp = (output: RequestOutput): boolean => namesOf(output).some(isOfFollowUp)

type PricedKind = 'count' | 'table' | 'model' | 'registered-model'

export function pricedKindOf({ output, registration }: Pick<Draft, 'output' | 'registration'>): PricedKind {
  if (output.kind === 'count') return 'count'
  if (!isModel(output)) return 'table'
  return registration === null ? 'model' : 'registered-model'
}

export function isModel(output: RequestOutput): boolean {
  switch (output.kind) {
    case 'cox':
    case 'poisson':
    case 'gamma':
    case 'score':
      return true
    case 'count':
    case 'histogram':
    case 'table':
    case 'mean':
    case 'quantiles':
    case 'kaplan-meier':
    case 'monitor':
    case 'cleaning-profile':
    case 'pathways':
      return false
    default:
      return unreachable(output)
  }
}

/** A count may as well be as precise as it may be; of tables there are to be several in a year. */
export function usualPrice(kind: PricedKind, most: number): number {
  return kind === 'table' ? Math.max(100, Math.floor(most / 4)) : most
}

/** As it is sent; null while there is no snapshot or no study to ask about. */
export function askedOf(
  draft: Draft,
  catalog: Catalog,
  most: Readonly<Record<PricedKind, number>>,
): Asked | null {
  const snapshot = draft.snapshot ?? catalog.snapshots[0]?.hash
  if (snapshot === undefined) return null
  if (draft.lane === 'rule')
    return draft.study === null ? null : { lane: 'rule', snapshot, study: draft.study }
  const kind = pricedKindOf(draft)
  return {
    lane: 'noise',
    snapshot,
    cohort: draft.cohort.title === '' ? { ...draft.cohort, title: draft.title || 'cohort' } : draft.cohort,
    cleaning: draft.isCleaned ? alonePipeline() : null,
    followUp: needsFollowUp(draft.output) ? draft.followUp : null,
    output: draft.output,
    microRho: draft.microRho ?? usualPrice(kind, most[kind]),
    registration: kind === 'registered-model' ? draft.registration : null,
    isPublished: draft.isPublished,
  }
}

export const EXAMPLES = ['people', 'ages', 'hba1c', 'kinds', 'admission', 'tariff'] as const
export type Example = (typeof EXAMPLES)[number]

/** @param title in the window's language */
export function exampleDraft(example: Example, title: string, { variables }: Catalog): Draft {
  const diabetes: CohortDefinition = {
    schema: 'cohort/1',
    title,
    codeSets: {
      'set-1': {
        kind: 'diagnosis',
        name: 'E10-E14',
        include: ['E10*', 'E11*', 'E12*', 'E13*', 'E14*'],
        exclude: [],
      },
    },
    entry: { event: { kind: 'diagnosis', codes: 'set-1' }, priorDays: 0, which: 'first' },
    steps: [],
  }
  const of = (cohort: CohortDefinition, output: RequestOutput): Draft => ({
    ...newDraft(),
    title,
    cohort,
    output,
  })
  const everybody = newCohort(title)
  switch (example) {
    case 'people':
      return of(diabetes, { kind: 'count' })
    case 'ages':
      return of(diabetes, {
        kind: 'table',
        axes: [{ variable: 'age-years', edges: [40, 50, 60, 70, 80] }, axisOf('sex', variables)],
        counted: PATIENTS,
      })
    case 'hba1c':
      return of(diabetes, firstOutput('mean', variables))
    case 'kinds':
      return of(everybody, {
        kind: 'table',
        axes: [axisOf('payer', variables), axisOf('visit-class', variables)],
        counted: { unit: 'visits', cellsMost: 3, perCellMost: 10 },
      })
    case 'admission':
      return of(diabetes, firstOutput('kaplan-meier', variables))
    case 'tariff':
      return { ...of(everybody, firstOutput('poisson', variables)), purpose: 'group-pricing' }
    default:
      return unreachable(example)
  }
}

const SCORE_UNIT = 1_000
const SCORE_BANDS_MAX = 19

/** `0.5, 1, 2` in thousandths; null for what does not rise from above 0. */
export function scoreEdges(text: string): number[] | null {
  const pieces = text
    .normalize('NFKC')
    .split(/[\s,;、]+/)
    .filter((piece) => piece !== '')
  const edges = pieces.map((piece) =>
    /^[0-9]{1,9}(\.[0-9]{1,3})?$/.test(piece) ? Math.round(SCORE_UNIT * Number(piece)) : NaN,
  )
  const isRising = edges.every((edge, i) => edge > (edges[i - 1] ?? 0))
  return edges.length > 0 && edges.length <= SCORE_BANDS_MAX && isRising ? edges : null
}

export const scoreEdgesText = (edges: readonly number[]): string =>
  edges.map((edge) => String(edge / SCORE_UNIT)).join(', ')
