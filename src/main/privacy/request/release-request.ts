/**
 * What may be asked automatically (lane A): one output of one cohort at one snapshot at a price, in a closed grammar. There is no free
 * expression in it: cohorts and follow-ups are definitions of their own closed grammars, named by their hashes, variables and bins are
 * the dictionary's (docs/spec/privacy.md section 3). What a kind of output adds to these rules stands in its file of `outputs/`.
 */
import type { PricedKind } from '../../node/chain/privacy-ledger.ts'
import { CELLS_MAX, cellCountOf, EDGES_MAX, type Axis } from './axis.ts'
import { needsFollowUp, variableOf } from './dictionary.ts'
import type { RequestProblem } from './output-form.ts'
import { formOf, type Output } from './outputs.ts'
import type { Bounded } from './shares.ts'

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

const AXES_MAX = 6
/** Below this there is so much noise that nothing is learnt, and shares of it would be zero. */
const MICRO_RHO_LEAST = 100

/** What is wrong with a request that its shape cannot say; empty where it may be asked. */
export function problemsOfRequest({
  output,
  cleaning,
  followUp,
  microRho,
}: ReleaseRequest): RequestProblem[] {
  const form = formOf(output)
  const axes = form.axesOf(output)
  const sums = form.sumsOf(output)
  const problems: RequestProblem[] = []
  if (!Number.isSafeInteger(microRho) || microRho < MICRO_RHO_LEAST) problems.push('price')
  if (form.levels === 'dictionary') problems.push(...axes.flatMap((axis) => problemOfAxis(axis) ?? []))
  if (new Set(axes.map(({ variable }) => variable)).size < axes.length) problems.push('variable-twice')
  if (axes.length > AXES_MAX) problems.push('axes')
  else if (problems.length === 0 && cellCountOf(axes) > CELLS_MAX) problems.push('too-many-cells')
  problems.push(...sums.flatMap((sum) => problemOfSum(sum) ?? []))
  problems.push(...form.problemsOf(output, cleaning !== null))
  if ([...axes, ...sums].some(({ variable }) => needsFollowUp(variable)) !== (followUp !== null))
    problems.push('follow-up')
  return problems
}

/** One request for one meaning, as its kind of output has it. */
export function canonicalRequest(request: ReleaseRequest): ReleaseRequest {
  return { ...request, output: formOf(request.output).canonical(request.output) }
}

/** The cells of its joint table; none: the whole cohort. */
export const axesOf = (output: Output): readonly Axis[] => formOf(output).axesOf(output)

/** What it adds up, with what a patient adds at most. */
export const sumsOf = (output: Output): readonly Bounded[] => formOf(output).sumsOf(output)

export function chargeKindOf(output: Output, isRegistered: boolean): PricedKind {
  const { charged } = formOf(output)
  return isRegistered ? charged.registered : charged.other
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

function problemOfSum({ variable, most }: Bounded): RequestProblem | null {
  const entry = variableOf(variable)
  if (entry === null) return 'unknown-variable'
  if (entry.kind === 'label') return 'no-number'
  return most <= entry.least || most > entry.greatest ? 'range' : null
}
