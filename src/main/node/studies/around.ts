/** Who is who for the exchange of studies, and how a question is asked of one of them. */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import { findMember, gatewaysOf, type Member } from '../chain/members.ts'
import { membersOf } from '../chain/state.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import type { Ledger } from '../ledger.ts'
import {
  encodeStudyRequest,
  studyRefusalOf,
  type StudyAnswerRefusal,
  type StudyRequest,
} from '../network/protocols/studies.ts'
import { NetworkFailure, peerName, type Transport } from '../network/transport.ts'

/** What every part of the exchange stands on. */
export interface Around {
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly ledger: Ledger
  readonly now: () => number
  /** Null for a node without a network. */
  readonly transport: Pick<Transport, 'request' | 'isUp'> | null
  /** Ed25519 seed of the author key in effect. */
  readonly authorSecret: () => Bytes
  /** X25519 secrets of this node's gateway key: more than one while it changes. */
  readonly gatewaySecrets: () => readonly Bytes[]
}

export function gatewaysIn({ ledger }: Pick<Around, 'ledger'>): Member[] {
  return gatewaysOf(membersOf(ledger.state.consortium))
}

export function isGateway(around: Pick<Around, 'ledger'>, memberId: Bytes): boolean {
  return gatewaysIn(around).some((gateway) => equalBytes(gateway.memberId, memberId))
}

export function memberIn({ ledger }: Pick<Around, 'ledger'>, memberId: Bytes): Member | null {
  return findMember(membersOf(ledger.state.consortium), memberId)
}

type WithinReach = Pick<Around, 'ledger' | 'memberId' | 'transport'>
const isReachable = (around: WithinReach, { memberId }: Member): boolean =>
  !equalBytes(memberId, around.memberId) && around.transport?.isUp(peerName(memberId)) === true

/** The other gateways that are reachable now. */
export function reachableGateways(around: WithinReach): Member[] {
  return gatewaysIn(around).filter((member) => isReachable(around, member))
}

/** The other members that are reachable now, gateways among them. */
export function reachableMembers(around: WithinReach): Member[] {
  return membersOf(around.ledger.state.consortium).filter((member) => isReachable(around, member))
}

export type Asked =
  | { readonly kind: 'answer'; readonly bytes: Bytes }
  | { readonly kind: 'refused'; readonly refusal: StudyAnswerRefusal | null }
  | { readonly kind: 'away' }

/** A question to one member; whoever is away or refuses is an answer too. */
export async function ask(
  { transport }: Pick<Around, 'transport'>,
  to: MemberId,
  request: StudyRequest,
): Promise<Asked> {
  if (transport === null) return { kind: 'away' }
  try {
    return {
      kind: 'answer',
      bytes: await transport.request(peerName(to), 'studies', encodeStudyRequest(request)),
    }
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error
    return error.detail.code === 'request-refused'
      ? { kind: 'refused', refusal: studyRefusalOf(error.detail.reason) }
      : { kind: 'away' }
  }
}

export const nameOf = (...parts: readonly Bytes[]): string => parts.map(toHex).join('/')
