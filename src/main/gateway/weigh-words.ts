/** What the gateways' words on a study come to: agreed, still open, or held because too few say the same. Pure. */
import { compareBytes, equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { ATTESTED_GATEWAYS_LEAST, attestationsNeeded } from '../node/chain/apply-study.ts'
import { gatewaysOf } from '../node/chain/members.ts'
import { policyValue } from '../node/chain/policy.ts'
import { isNamed, membersOf, type ConsortiumState } from '../node/chain/state.ts'
import type { ResultOutcome } from '../node/chain/study-items.ts'
import type { Attestation } from '../node/studies/study-exchange.ts'

export type Weighed =
  /** So many say the same that the result may be final. */
  | {
      readonly kind: 'agreed'
      readonly outcome: ResultOutcome
      readonly resultHash: Bytes
      /** Sorted by member id. */
      readonly attestations: readonly Attestation[]
      /** Words of gateways that said something else. */
      readonly differing: readonly Attestation[]
    }
  /**
   * Whatever those who are silent will say, no answer can have enough. `isByEngine`: those who ran the same engine say the same, so nobody need
   * be wrong.
   */
  | { readonly kind: 'held'; readonly isByEngine: boolean }
  | { readonly kind: 'open' }
  /** Fewer than four gateways, and the members did not decide to release what few have attested. */
  | { readonly kind: 'unattested' }

export function weighWords(state: ConsortiumState, attestations: readonly Attestation[]): Weighed {
  const gateways = gatewaysOf(membersOf(state))
  if (gateways.length < ATTESTED_GATEWAYS_LEAST && policyValue(state.policy, 'releaseUnattested') === 0)
    return { kind: 'unattested' }
  const needed = attestationsNeeded(state)
  // Whoever was named attests nothing from then on.
  const counting = gateways.filter(({ memberId }) => !isNamed(state, memberId))
  const words = attestations.filter(({ memberId }) =>
    counting.some((gateway) => equalBytes(gateway.memberId, memberId)),
  )
  const groups: Attestation[][] = []
  for (const word of words) {
    const group = groups.find(([first]) => isSame(first!, word))
    if (group === undefined) groups.push([word])
    else group.push(word)
  }
  const agreed = groups.find((group) => group.length >= needed)
  if (agreed !== undefined) {
    const { outcome, resultHash } = agreed[0]!
    return {
      kind: 'agreed',
      outcome,
      resultHash,
      attestations: agreed.toSorted((a, b) => compareBytes(a.memberId, b.memberId)),
      differing: words.filter((word) => !agreed.includes(word)),
    }
  }
  const silent = counting.length - words.length
  const most = groups.reduce((size, group) => Math.max(size, group.length), 0)
  if (groups.length === 0 || most + silent >= needed) return { kind: 'open' }
  const isByEngine = words.every((a) => words.every((b) => a.engine !== b.engine || isSame(a, b)))
  return { kind: 'held', isByEngine }
}

/** Of whatever engines: the same bytes are the same answer. */
function isSame(a: Attestation, b: Attestation): boolean {
  return a.outcome === b.outcome && equalBytes(a.resultHash, b.resultHash)
}
