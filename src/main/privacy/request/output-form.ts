/**
 * All that the grammar has to know of one kind of output (ADR 0036): how it is asked and written, what keeps it from being asked, how it is charged and which
 * tables it makes. A kind is a file of `outputs/` and a line of `outputs.ts`; whoever needs one of these looks it up there.
 */
import type { Cbor } from '../../node/chain/codec.ts'
import type { PricedKind } from '../../node/chain/privacy-ledger.ts'
import type { Axis } from './axis.ts'
import type { PartName, Share } from './part.ts'
import type { Bounded } from './shares.ts'

export interface OutputForm<O extends { readonly kind: string }> {
  readonly kind: O['kind']
  readonly charged: Charged
  /** Whose rules its axes keep: those of the dictionary, or its own. */
  readonly levels: 'dictionary' | 'own'
  /** Tables in which a cell has people and decides for itself whether it is shown. */
  readonly peopleIn: 'all' | readonly PartName[]
  /** The cells of the joint table, in the order of the variables' names; the largest of several tables. None: the whole cohort. */
  axesOf(output: O): readonly Axis[]
  /** Variables that are added up, with what a patient adds at most. */
  sumsOf(output: O): readonly Bounded[]
  /** What is wrong beyond axes and sums, each of which has rules of its own. */
  problemsOf(output: O, isCleaned: boolean): readonly RequestProblem[]
  /** One output for one meaning: order and doubled values say nothing. */
  canonical(output: O): O
  /** What follows the number of its kind in the bytes (docs/spec/privacy.md Q1). */
  toCbor(output: O): readonly Cbor[]
  /** The shape only; null where it is another one. */
  fromCbor(slots: readonly Cbor[]): O | null
  /** Its tables, in order. */
  sharesOf(output: O): readonly Share[]
}

export type OutputOf<F> = F extends OutputForm<infer O> ? O : never

/** Of a study whose protocol was registered before outcomes could be seen, and of every other. */
type Charged = { readonly registered: PricedKind; readonly other: PricedKind }
export const AS_TABLE: Charged = { registered: 'table', other: 'table' }
export const AS_MODEL: Charged = { registered: 'registered-model', other: 'model' }

export type RequestProblem =
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
