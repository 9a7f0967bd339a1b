/** What computing a study comes to, and what it stands on. */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ResultOutcome } from '../node/chain/study-items.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'
import type { Fetching } from './fetching.ts'
import type { GatewayOptions } from './gateway-port.ts'

export type Computed =
  | {
      readonly kind: 'word'
      readonly outcome: ResultOutcome
      readonly answer: Bytes
      readonly requestHash: Bytes | null
      /** Refused because a record of the snapshot is gone: nothing was judged. */
      readonly isUnjudged?: true
      /** Of a recomputation that found something else: which numbers. */
      readonly differing?: readonly string[]
    }
  /** What would leave by rule, for two people to look at. */
  | {
      readonly kind: 'proposal'
      readonly answer: Bytes
      readonly checks: readonly RuleCheck[]
      readonly requestHash: Bytes
    }
  /** Not now: a document, a key or records are not here yet, or an earlier study has to be judged first. */
  | { readonly kind: 'later'; readonly why: 'document' | 'noise-key' | 'earlier' | 'snapshot' }

/** What computing stands on: nothing of it waits for another member. */
export type ComputeOptions = Omit<GatewayOptions, 'exchange'> & {
  readonly fetching: Fetching
  /** Of the last erasure of which everything is known that was said of it. */
  readonly erasureHeight: number
}
