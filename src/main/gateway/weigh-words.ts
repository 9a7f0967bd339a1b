/** What the gateways' words on a study come to: agreed, still open, or held because too few say the same. Pure. */
import { compareBytes, equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { gatewaysOf } from '../node/chain/members.ts'
import { policyValue } from '../node/chain/policy.ts'
import { isNamed, membersOf, type ConsortiumState } from '../node/chain/state.ts'
import type { ResultOutcome } from '../node/chain/study-items.ts'
import { faultsTolerated } from '../node/chain/voters.ts'
import type { Attestation } from '../node/studies/study-exchange.ts'

export type Weighed =
  /** So many say the same that the result may be final. */
  | {
      readonly kind: 'agreed'
      readonly outcome: ResultOutcome
      readonly resultHash: Bytes
      /** Sorted by member id. */
      readonly attestations: readonly Attestation[]
      /** Gateways that said something else. */
      readonly differing: readonly MemberId[]
    }
  /** Whatever those who are silent will say, no answer can have enough. */
  | { readonly kind: 'held' }
  | { readonly kind: 'open' }
  /** Fewer than four gateways, and the members did not decide to release what few have attested. */
  | { readonly kind: 'unattested' }

/** Below this many gateways nobody can be outvoted, so that one lies unseen. */
const GATEWAYS_LEAST = 4

/** How many gateways must say the same (record-format.md section 9): all, where they are few. */
export function wordsNeeded(state: ConsortiumState): number {
  const gateways = gatewaysOf(membersOf(state)).length
  return gateways < GATEWAYS_LEAST ? gateways : gateways - faultsTolerated(gateways)
}

export function weighWords(state: ConsortiumState, attestations: readonly Attestation[]): Weighed {
  const gateways = gatewaysOf(membersOf(state))
  if (gateways.length < GATEWAYS_LEAST && policyValue(state.policy, 'releaseUnattested') === 0)
    return { kind: 'unattested' }
  const needed = wordsNeeded(state)
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
      differing: words.filter((word) => !agreed.includes(word)).map(({ memberId }) => memberId),
    }
  }
  const silent = counting.length - words.length
  const most = groups.reduce((size, group) => Math.max(size, group.length), 0)
  return groups.length > 0 && most + silent < needed ? { kind: 'held' } : { kind: 'open' }
}

function isSame(a: Attestation, b: Attestation): boolean {
  return a.outcome === b.outcome && equalBytes(a.resultHash, b.resultHash)
}
