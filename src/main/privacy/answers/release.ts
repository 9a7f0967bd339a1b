/** What an answer is made of: whole numbers and decimals of whole numbers, nothing else (docs/spec/privacy.md section 4). */
import { encode } from '../../node/chain/codec.ts'
import type { PathState, Transition, Wait } from '../request/pathways-output.ts'
import { releaseToCbor } from './release-forms.ts'

/** A noisy whole number, the exact one lies within ± halfWidth with 95 %. */
export type Whole = { readonly value: bigint; readonly halfWidth: bigint }
/** mantissa · 10^exponent with at most four digits. */
export type Decimal = readonly [mantissa: number, exponent: number]
/** An estimate with its 95 % interval: chance of the sample and noise together. */
export type Estimate = { readonly value: Decimal; readonly low: Decimal; readonly high: Decimal }

type TableRelease = {
  readonly kind: 'table'
  /** Null where a cell does not certainly stand for enough patients. */
  readonly cells: readonly (bigint | null)[]
  readonly halfWidth: bigint
  /** For each axis and level the sum of the cells that are shown: nothing can be taken away from it that is not shown. */
  readonly margins: readonly (readonly Whole[])[]
  readonly total: Whole
}

export type CurveStep = { readonly untilDay: number; readonly survival: Estimate; readonly atRisk: bigint }
/** Of a band of a score: noisy sums, what was expected in the unit of its table, and observed over expected. */
export type LiftBand = {
  readonly level: number
  readonly patients: bigint
  readonly exposureDays: bigint
  readonly observed: bigint
  readonly expected: bigint
  readonly ratio: Estimate | null
}
/** Cells by the names of their levels, the last axis running fastest; null where too few, which is below `shownFrom` with noise. */
export type LabelledTable = {
  readonly name: string
  readonly axes: readonly (readonly string[])[]
  readonly cells: readonly (bigint | null)[]
  readonly halfWidth: bigint
  readonly shownFrom: bigint
}
export type Effect = { readonly variable: string; readonly level: number; readonly logRatio: Estimate }

export type Release =
  /** Too few, beyond doubt or perhaps: the same words for every reason. It was charged, and stays so. */
  | { readonly kind: 'withheld' }
  | { readonly kind: 'count'; readonly count: Whole }
  | TableRelease
  | { readonly kind: 'mean'; readonly mean: Estimate; readonly count: Whole }
  | { readonly kind: 'quantiles'; readonly quantiles: readonly (Estimate | null)[]; readonly count: Whole }
  | {
      readonly kind: 'curves'
      readonly curves: readonly { readonly level: number | null; readonly steps: readonly CurveStep[] }[]
    }
  /** Against the least level that is shown of each variable. */
  | { readonly kind: 'effects'; readonly effects: readonly Effect[]; readonly count: Whole }
  /** Of a monitoring table: cells of each of its tables in their order, the last axis running fastest; null where too few. */
  | { readonly kind: 'monitor'; readonly tables: readonly (readonly (bigint | null)[])[] }
  /** Of a customised model: bands that are shown, all of them together, and patients of whom its formula says nothing. */
  | {
      readonly kind: 'lift'
      readonly bands: readonly LiftBand[]
      readonly ratio: Estimate | null
      readonly unscored: Whole | null
    }
  /** Of a cleaning profile: tables that say themselves what their cells are. */
  | { readonly kind: 'tables'; readonly tables: readonly LabelledTable[] }
  | PathwaysRelease

/** Persons by what happened at a step, by what followed what, by how long it took; what is not listed is too few to tell. */
type PathwaysRelease = {
  readonly kind: 'pathways'
  readonly total: Whole
  /** An event or end of a step: as many as come to it, and go on from it. */
  readonly places: readonly { readonly step: number; readonly state: PathState; readonly count: Whole }[]
  readonly transitions: readonly (Transition & { readonly count: Whole })[]
  readonly waits: readonly (Wait & { readonly count: Whole })[]
}

export const WITHHELD: Release = { kind: 'withheld' }

/** More than the longest answer of 500 cells: every answer has this length, so that none tells by its length what it says (G10). */
const ANSWER_BYTES = 16_384

/**
 * The bytes that gateways sign and everybody keeps: the answer, and zeros. What does not fit is withheld whole: its length is that of numbers that noise is
 * in already, so every gateway finds the same and nothing is told by it.
 */
export function encodeRelease(release: Release): Uint8Array {
  const encoded = encode(['release/1', releaseToCbor(release)])
  if (encoded.length > ANSWER_BYTES) return encodeRelease(WITHHELD)
  const bytes = new Uint8Array(ANSWER_BYTES)
  bytes.set(encoded)
  return bytes
}

/** Four significant digits. What the language says of this rounding is exact, so it is the same everywhere. */
export function decimalOf(value: number): Decimal {
  if (value === 0) return [0, 0]
  const [mantissa, exponent] = value.toExponential(3).split('e')
  const digits = mantissa!.replace('.', '')
  const zeros = /0*$/.exec(digits)![0].length
  const sign = value < 0 ? -1 : 1
  const size = Number(digits.replace('-', '').slice(0, 4 - zeros))
  return [sign * size, Number(exponent) - 3 + zeros]
}

export function estimateOf(value: number, low: number, high: number): Estimate {
  return { value: decimalOf(value), low: decimalOf(low), high: decimalOf(high) }
}
