/**
 * Whether a customised model may be evaluated (docs/spec/privacy.md Q9, ADR 0028): it reads no variable that the consortium forbids, and as many hospitals as
 * the consortium asks for have approved its very text, before it was charged. The chain says both, so gateways say the same.
 */
import { equalBytes, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import type { ChainId, MemberId } from '../node/chain/ids.ts'
import type { Member } from '../node/chain/members.ts'
import type { PolicyName } from '../node/chain/policy.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { labelHash } from '../node/crypto/labels.ts'
import type { Output } from '../privacy/request/outputs.ts'
import { SCORE_COLUMN_BITS } from '../privacy/request/score-output.ts'

/** A hospital's registration of this hash is its approval of the formula. */
export function approvalHashOf(crypto: Crypto, chainId: ChainId, formula: string): Bytes {
  return labelHash(crypto, 'consilium/formula-approval/1', chainId, utf8Encode(formula))
}

/** Of the policy's number, in the order of their bits. */
export function forbiddenColumns(mask: number): readonly string[] {
  return SCORE_COLUMN_BITS.filter((_, i) => ((mask >> i) & 1) === 1)
}

export interface FormulaState {
  policyOf(name: PolicyName): Promise<number>
  /** Who registered this hash below the study's height. */
  registeredBy(protocolHash: Bytes): Promise<readonly MemberId[]>
  memberOf(memberId: MemberId): Promise<Member | null>
}

export type FormulaVerdict =
  | { readonly kind: 'permitted' }
  | { readonly kind: 'refused'; readonly reason: 'forbidden-column' | 'not-approved' }

export async function isFormulaPermitted(
  crypto: Crypto,
  chainId: ChainId,
  output: Output,
  author: Uint8Array,
  state: FormulaState,
): Promise<FormulaVerdict> {
  if (output.kind !== 'score') return { kind: 'permitted' }
  const forbidden = forbiddenColumns(await state.policyOf('formulaColumnsForbidden'))
  if (output.columns.some((name) => forbidden.includes(name)))
    return { kind: 'refused', reason: 'forbidden-column' }
  const needed = await state.policyOf('formulaApprovalsMin')
  if (needed === 0) return { kind: 'permitted' }
  const approving = new Set<string>()
  for (const memberId of await state.registeredBy(approvalHashOf(crypto, chainId, output.formula))) {
    const member = await state.memberOf(memberId)
    // Nobody approves their own.
    if (member?.kind === 'hospital' && !equalBytes(memberId, author)) approving.add(memberId.join())
  }
  return approving.size >= needed ? { kind: 'permitted' } : { kind: 'refused', reason: 'not-approved' }
}
