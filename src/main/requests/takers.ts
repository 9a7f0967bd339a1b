/**
 * Who computed a study, by what they found: in the result, beside it (docs/spec/gateways.md X2) and by suspensions in the chain. One deviating word is told, however
 * many agreed.
 */
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { isComputed } from '../node/chain/apply-study.ts'
import { gatewaysOf } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import type { ResultOutcome } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'

export interface Takers {
  /** Found the very bytes of the result; those whose words are in it first. */
  readonly same: readonly MemberId[]
  readonly otherwise: readonly {
    readonly memberId: MemberId
    readonly outcome: ResultOutcome
    /** By an item of the chain, which proves it. */
    readonly isSuspended: boolean
    /** With an engine that nobody ran whose word is in the result: it may have found what that gives (ADR 0029). */
    readonly isOfOtherEngine: boolean
  }[]
  /** Gateways that had their vote when it was asked and said nothing. */
  readonly silent: readonly MemberId[]
}

/**
 * Whether a word speaks against the result: a refusal, and what another version found, are told and accuse nobody (ADR 0029).
 */
export function isAgainst({ outcome, isSuspended, isOfOtherEngine }: Takers['otherwise'][number]): boolean {
  return isSuspended || (isComputed(outcome) && !isOfOtherEngine)
}

/** Nobody of a study without a result. @param from `all`: members within reach are asked; `here`: nobody is asked */
export async function takersOf(node: ChainNode, row: StudyRow, from: 'all' | 'here'): Promise<Takers> {
  const { result, suspensions, studyHash } = row
  if (result === null) return { same: [], otherwise: [], silent: [] }
  const beside = await node.studies.exchange.attestationsBeside(studyHash, from)
  const isSame = (word: { outcome: ResultOutcome; resultHash: Uint8Array }): boolean =>
    word.outcome === result.outcome && equalBytes(word.resultHash, result.resultHash)
  const same = [...result.attesters, ...beside.filter(isSame)].map(({ memberId }) => memberId)
  const otherwise = new Map<string, Takers['otherwise'][number]>()
  for (const word of beside)
    if (!isSame(word)) {
      const isOfOtherEngine = !result.attesters.some(({ engine }) => engine === word.engine)
      otherwise.set(toHex(word.memberId), { ...word, isSuspended: false, isOfOtherEngine })
    }
  for (const word of suspensions)
    otherwise.set(toHex(word.memberId), { ...word, isSuspended: true, isOfOtherEngine: false })
  const { consortium } = node.ledger.state
  const silent = gatewaysOf(membersOf(consortium))
    .map(({ memberId }) => memberId)
    .filter(
      (gateway) =>
        !otherwise.has(toHex(gateway)) &&
        !same.some((each) => equalBytes(each, gateway)) &&
        !consortium.suspensions.some(
          (each) => equalBytes(each.memberId, gateway) && each.height <= (row.height ?? 0),
        ),
    )
  return { same, otherwise: [...otherwise.values()], silent }
}

/** A recomputation in which everybody who took part had signed the answer, though there is a gateway that had not. */
export function isBySignersAlone({ same, otherwise, silent }: Takers, answered: StudyRow): boolean {
  const hasSigned = (gateway: MemberId): boolean =>
    (answered.result?.attesters ?? []).some(({ memberId }) => equalBytes(memberId, gateway))
  return (
    same.every(hasSigned) &&
    otherwise.every(({ memberId }) => hasSigned(memberId)) &&
    !silent.every(hasSigned)
  )
}
