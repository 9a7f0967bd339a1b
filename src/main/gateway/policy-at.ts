/** What a number of the policy was when a segment was decided: gateways compute at different times, and must not differ because members decided meanwhile. */
import { EFFECT_DELAY_HEIGHTS } from '../node/chain/limits.ts'
import { POLICY_DEFAULTS, type Policy, type PolicyName } from '../node/chain/policy.ts'
import type { Decision } from './decisions.ts'

export interface PolicyHistory {
  /** Of the consortium's founding. */
  readonly founding: Policy
  /** Newest first. */
  decidedUpTo(height: number): Promise<readonly Decision[]>
}

export async function policyAt(
  { founding, decidedUpTo }: PolicyHistory,
  name: PolicyName,
  height: number,
): Promise<number> {
  for (const { item } of await decidedUpTo(height - EFFECT_DELAY_HEIGHTS))
    if (item.kind === 'policy' && item.name === name) return item.value
  return founding.find(([each]) => each === name)?.[1] ?? POLICY_DEFAULTS[name]
}
