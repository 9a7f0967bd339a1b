/**
 * What may be asked automatically (lane A): one output of one cohort at one snapshot at a price, in a closed grammar. There is no free
 * expression in it: cohorts and follow-ups are definitions of their own closed grammars, named by their hashes, variables and bins are
 * the dictionary's (docs/spec/privacy.md section 3).
 */
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { PricedKind } from '../../node/chain/privacy-ledger.ts'
import { needsFollowUp, variableOf } from './dictionary.ts'
import {
  canonicalMonitor,
  isMonitorInForm,
  monitorAxes,
  PLAN_CELLS_MAX,
  type MonitorOutput,
} from './monitor-output.ts'
import { canonicalProfile, isProfileInForm, profileAxes, type ProfileOutput } from './profile-output.ts'
import {
  canonicalPathwaysOutput,
  isPathwaysInForm,
  pathwayAxes,
  type PathwaysOutput,
} from './pathways-output.ts'
import { canonicalScore, isScoreInForm, scoreAxis, type ScoreOutput } from './score-output.ts'

/**
 * A variable cut into levels; `edges` are the lower ends of the second and later bins, and empty for labels. `labels`: of a variable whose
 * levels the request itself names.
 */
export type Axis = {
  readonly variable: string
  readonly edges: readonly number[]
  readonly labels?: readonly string[]
}

/** Patients count once; of visits, one patient touches at most so many cells, each at most so often. */
export type Counted =
  | { readonly unit: 'patients' }
  | { readonly unit: 'visits'; readonly cellsMost: number; readonly perCellMost: number }

/** What one patient adds to one cell at most. */
export type Bounded = { readonly variable: string; readonly most: number }

export type Output =
  | { readonly kind: 'count' }
  | { readonly kind: 'histogram'; readonly axis: Axis; readonly counted: Counted }
  | { readonly kind: 'table'; readonly axes: readonly Axis[]; readonly counted: Counted }
  /** Of patients, each value brought into least … greatest. */
  | { readonly kind: 'mean'; readonly variable: string; readonly least: number; readonly greatest: number }
  | { readonly kind: 'quantiles'; readonly axis: Axis; readonly perMille: readonly number[] }
  | { readonly kind: 'kaplan-meier'; readonly timeEdges: readonly number[]; readonly by: Axis | null }
  | { readonly kind: 'cox'; readonly timeEdges: readonly number[]; readonly covariates: readonly Axis[] }
  /** Claims per day of exposure; a patient is in at most `cellsMost` tariff cells. */
  | {
      readonly kind: 'poisson'
      readonly exposure: Bounded
      readonly claims: Bounded
      readonly factors: readonly Axis[]
      readonly cellsMost: number
    }
  /** Cost per claim. */
  | {
      readonly kind: 'gamma'
      readonly claims: Bounded
      readonly cost: Bounded
      readonly factors: readonly Axis[]
      readonly cellsMost: number
    }
  /** Several tables of one insurer's own groups. */
  | MonitorOutput
  /** A customised model's score against what happened. */
  | ScoreOutput
  /** What results look like before and after the cleaning, in people. */
  | ProfileOutput
  /** Which event follows which, and how long after. */
  | PathwaysOutput

export type ReleaseRequest = {
  /** Item hash of a declared snapshot, 32 bytes. */
  readonly snapshot: Uint8Array
  /** SHA-256 of the cohort's canonical text, and of the follow-up's where the output has time in it. */
  readonly cohort: Uint8Array
  /** SHA-256 of the cleaning pipeline's canonical text; null: records are taken as they were written. */
  readonly cleaning: Uint8Array | null
  readonly followUp: Uint8Array | null
  readonly output: Output
  readonly microRho: number
}

type RequestProblem =
  | 'unknown-variable'
  | 'no-number'
  | 'edges'
  | 'variable-twice'
  | 'too-many-cells'
  | 'too-few-cells'
  | 'axes'
  | 'range'
  | 'quantiles'
  | 'bounds'
  | 'follow-up'
  | 'price'
  /** Names, months or bounds of a monitoring table; or it is of a cleaned cohort. */
  | 'groups'
  /** Of a customised model: no formula of the listed variables in its one form, too long a one, or its bands. */
  | 'formula'
  /** Tests, units, reasons or years of a cleaning profile. */
  | 'profile'
  /** Events without their codes, or more events or steps than may be asked. */
  | 'pathways'

export const CELLS_MAX = 500
export const EDGES_MAX = 100
/** Of a relativity, cells beyond the parameters, so that the spread can be measured. */
export const FREE_CELLS_LEAST = 10
const AXES_MAX = 6
const CONTRIBUTION_MAX = 100
/** Below this there is so much noise that nothing is learnt, and shares of it would be zero. */
const MICRO_RHO_LEAST = 100

/** What is wrong with a request that its shape cannot say; empty where it may be asked. */
export function problemsOfRequest({
  output,
  cleaning,
  followUp,
  microRho,
}: ReleaseRequest): RequestProblem[] {
  const problems: RequestProblem[] = []
  if (!Number.isSafeInteger(microRho) || microRho < MICRO_RHO_LEAST) problems.push('price')
  const axes = axesOf(output)
  // Bands of a score are thousandths of whatever the formula says: its own rules come with it.
  for (const axis of output.kind === 'score' ? [] : axes) {
    const problem = problemOfAxis(axis)
    if (problem !== null) problems.push(problem)
  }
  if (new Set(axes.map(({ variable }) => variable)).size < axes.length) problems.push('variable-twice')
  if (axes.length > AXES_MAX) problems.push('axes')
  else if (problems.length === 0 && cellCountOf(axes) > CELLS_MAX) problems.push('too-many-cells')
  problems.push(...problemsOfOutput(output))
  // One table for one snapshot: of everybody, as recorded.
  if (output.kind === 'monitor' && cleaning !== null) problems.push('groups')
  // Nothing that is not cleaned has a reason.
  if (output.kind === 'cleaning-profile' && cleaning === null && output.reasons.length > 0)
    problems.push('profile')
  const names = [...axes.map(({ variable }) => variable), ...sumsOf(output).map(({ variable }) => variable)]
  if (names.some(needsFollowUp) !== (followUp !== null)) problems.push('follow-up')
  return problems
}

/** One request for one meaning: order of variables and doubled quantiles say nothing. */
export function canonicalRequest(request: ReleaseRequest): ReleaseRequest {
  return { ...request, output: canonicalOutput(request.output) }
}

/** The cells of the joint table, in the order of the variables' names; the whole cohort where there are none. */
export function axesOf(output: Output): readonly Axis[] {
  switch (output.kind) {
    case 'count':
    case 'mean':
      return []
    case 'histogram':
    case 'quantiles':
      return [output.axis]
    case 'table':
      return output.axes
    case 'kaplan-meier':
      return [...(output.by === null ? [] : [output.by]), ...timeAxes(output.timeEdges)]
    case 'cox':
      return [...output.covariates, ...timeAxes(output.timeEdges)]
    case 'poisson':
    case 'gamma':
      return output.factors
    case 'monitor': {
      // The largest of its tables; the others have axes of their own.
      const { group, age, sex } = monitorAxes(output)
      return [group, age, sex]
    }
    case 'score':
      return [scoreAxis(output)]
    case 'cleaning-profile': {
      // The largest of its joint tables.
      const { test, known } = profileAxes(output)
      return [test, known]
    }
    case 'pathways':
      // The larger of its two tables, where there are events enough to follow each other.
      return [pathwayAxes(output).transition]
    default:
      return unreachable(output)
  }
}

/** Of the table by plan, age and sex of a monitoring request; 0 without plans. */
export function planCellCount(output: MonitorOutput): number {
  const { plan, age, sex } = monitorAxes(output)
  return output.plans === null ? 0 : cellCountOf([plan, age, sex])
}

/** Levels of an axis; the last one is "not known". */
export function levelCount({ variable, edges, labels }: Axis): number {
  if (labels !== undefined) return labels.length + 1
  const entry = variableOf(variable)
  return (entry?.kind === 'label' ? entry.levels.length : edges.length + 1) + 1
}

export function cellCountOf(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * levelCount(axis), 1)
}

export function chargeKindOf(output: Output, isRegistered: boolean): PricedKind {
  switch (output.kind) {
    case 'count':
      return 'count'
    case 'histogram':
    case 'table':
    case 'mean':
    case 'quantiles':
    case 'kaplan-meier':
    case 'cleaning-profile':
    case 'pathways':
      return 'table'
    case 'cox':
    case 'poisson':
    case 'gamma':
    case 'score':
      return isRegistered ? 'registered-model' : 'model'
    case 'monitor':
      return isRegistered ? 'registered-model' : 'table'
    default:
      return unreachable(output)
  }
}

function timeAxes(edges: readonly number[]): readonly Axis[] {
  return [
    { variable: 'follow-up-days', edges },
    { variable: 'follow-up-event', edges: [] },
  ]
}

/** Variables that are added up, with what a patient adds at most. */
export function sumsOf(output: Output): readonly Bounded[] {
  switch (output.kind) {
    case 'mean':
      return [{ variable: output.variable, most: output.greatest }]
    case 'poisson':
      return [output.exposure, output.claims]
    case 'gamma':
      return [output.claims, output.cost]
    case 'score':
      return [output.exposure, output.actual]
    default:
      return []
  }
}

function problemOfAxis({ variable, edges, labels }: Axis): RequestProblem | null {
  if (labels !== undefined) return null
  const entry = variableOf(variable)
  if (entry === null) return 'unknown-variable'
  if (entry.kind === 'label') return edges.length === 0 ? null : 'edges'
  const { least, greatest, step } = entry
  const isGood = edges.every(
    (edge, i) => edge > least && edge <= greatest && edge % step === 0 && (i === 0 || edge > edges[i - 1]!),
  )
  return isGood && edges.length > 0 && edges.length <= EDGES_MAX ? null : 'edges'
}

function problemsOfOutput(output: Output): RequestProblem[] {
  const problems: RequestProblem[] = []
  for (const { variable, most } of sumsOf(output)) {
    const entry = variableOf(variable)
    if (entry === null) problems.push('unknown-variable')
    else if (entry.kind === 'label') problems.push('no-number')
    else if (most <= entry.least || most > entry.greatest) problems.push('range')
  }
  switch (output.kind) {
    case 'histogram':
    case 'table':
      if (output.counted.unit === 'visits') {
        const { cellsMost, perCellMost } = output.counted
        if (!isContribution(cellsMost) || !isContribution(perCellMost)) problems.push('bounds')
      }
      if (output.kind === 'table' && output.axes.length < 2) problems.push('axes')
      break
    case 'mean': {
      const entry = variableOf(output.variable)
      if (output.least >= output.greatest || (entry?.kind === 'number' && output.least < entry.least))
        problems.push('range')
      break
    }
    case 'quantiles':
      if (variableOf(output.axis.variable)?.kind === 'label') problems.push('no-number')
      if (output.perMille.length < 1 || output.perMille.some((each) => each < 50 || each > 950))
        problems.push('quantiles')
      break
    case 'cox':
      if (output.covariates.length < 1) problems.push('axes')
      break
    case 'poisson':
    case 'gamma':
      if (output.factors.length < 1) problems.push('axes')
      else if (freeCellCount(output.factors) < FREE_CELLS_LEAST) problems.push('too-few-cells')
      if (!isContribution(output.cellsMost)) problems.push('bounds')
      break
    case 'monitor':
      if (!isMonitorInForm(output)) problems.push('groups')
      else if (planCellCount(output) > PLAN_CELLS_MAX) problems.push('too-many-cells')
      break
    case 'score':
      if (!isScoreInForm(output)) problems.push('formula')
      if (!isContribution(output.cellsMost)) problems.push('bounds')
      break
    case 'cleaning-profile':
      if (!isProfileInForm(output)) problems.push('profile')
      break
    case 'pathways':
      if (!isPathwaysInForm(output)) problems.push('pathways')
      else if (cellCountOf([pathwayAxes(output).wait]) > CELLS_MAX) problems.push('too-many-cells')
      break
    case 'count':
    case 'kaplan-meier':
      break
    default:
      return unreachable(output)
  }
  return problems
}

/** Cells with known levels, less the parameters of a log-linear model. */
function freeCellCount(factors: readonly Axis[]): number {
  const known = factors.map((axis) => levelCount(axis) - 1)
  const parameters = known.reduce((sum, levels) => sum + levels - 1, 1)
  return known.reduce((product, levels) => product * levels, 1) - parameters
}

function isContribution(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= CONTRIBUTION_MAX
}

function canonicalOutput(output: Output): Output {
  switch (output.kind) {
    case 'table':
      return { ...output, axes: inOrder(output.axes), counted: canonicalCounted(output.counted) }
    case 'histogram':
      return { ...output, counted: canonicalCounted(output.counted) }
    case 'quantiles':
      return { ...output, perMille: [...new Set(output.perMille)].sort((a, b) => a - b) }
    case 'cox':
      return { ...output, covariates: inOrder(output.covariates) }
    case 'poisson':
    case 'gamma':
      return { ...output, factors: inOrder(output.factors) }
    case 'monitor':
      return canonicalMonitor(output)
    case 'score':
      return canonicalScore(output)
    case 'cleaning-profile':
      return canonicalProfile(output)
    case 'pathways':
      return canonicalPathwaysOutput(output)
    case 'count':
    case 'mean':
    case 'kaplan-meier':
      return output
    default:
      return unreachable(output)
  }
}

function canonicalCounted(counted: Counted): Counted {
  return counted.unit === 'patients' ? { unit: 'patients' } : counted
}

function inOrder(axes: readonly Axis[]): readonly Axis[] {
  return [...axes].sort((a, b) => (a.variable < b.variable ? -1 : a.variable > b.variable ? 1 : 0))
}
