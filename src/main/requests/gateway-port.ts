/** What the services ask of this hospital's gateway. Its own work is in `src/main/gateway`. */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'

/** An answer by rule that this gateway has computed, judged and rounded, and that waits for people. */
export interface WaitingProposal {
  readonly studyHash: ItemHash
  /** `labelHash("consilium/result/1", chainId, answer)` */
  readonly proposalHash: Bytes
  /** What would leave, `release-by-rule/1`. */
  readonly answer: Bytes
  readonly checks: readonly RuleCheck[]
}

export interface GatewayChecks {
  /** Computed here, whether people have looked by now or not. */
  proposals(): Promise<readonly WaitingProposal[]>
}
