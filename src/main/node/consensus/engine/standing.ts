/**
 * Whether a node may sign (R29). After its data were repaired, restored from a backup, cloned or found damaged it may
 * have signed what it no longer knows; it observes until no height is left at which that could be.
 */
import { encode, tryDecode, type Cbor } from '../../chain/codec.ts'
import { asArray, asList, isBytes, isCount, keyOf, MEMBER_ID_BYTES, type MemberId } from '../../chain/ids.ts'
import { MEMBERS_MAX } from '../../chain/limits.ts'
import { quorumOf } from '../../chain/voters.ts'

export type ObservingReason =
  /** The log has a hole, or does not fit the chain. */
  | 'log-damaged'
  /** The store was repaired, restored or copied. */
  | 'data-restored'
  /** A peer showed a signature of this node that is not in its log: another machine signs with the same key. */
  | 'unknown-own-signature'
  /** The network found another process that answers with this member's keys, whether or not it has voted yet. */
  | 'keys-elsewhere'

const REASONS: readonly ObservingReason[] = [
  'log-damaged',
  'data-restored',
  'unknown-own-signature',
  'keys-elsewhere',
]

export type Standing =
  | {
      readonly kind: 'voting'
      readonly from: FirstRounds | null
    }
  | {
      readonly kind: 'observing'
      readonly reason: ObservingReason
      /** Greatest height of which anything was seen. */
      readonly seenHeight: number
      /** Other voters that have said at which height they are. */
      readonly heard: readonly MemberId[]
      /** A person has said that no other machine runs with these keys. */
      readonly isConfirmed: boolean
      /** As it was while the node voted: where it came back before. */
      readonly from: FirstRounds | null
    }

/** Where a voting node does not know what it signed: nothing below these rounds. Null in a standing: it knows everything. */
export interface FirstRounds {
  /** The height at which it came back. */
  readonly height: number
  readonly round: number
  /** At the height after that one. */
  readonly roundAfter: number
}

export const VOTING: Standing = { kind: 'voting', from: null }

export function observe(reason: ObservingReason, height: number, from: FirstRounds | null = null): Standing {
  return { kind: 'observing', reason, seenHeight: height, heard: [], isConfirmed: false, from }
}

/**
 * A peer says its height, or (`peer` null) a signature of our own was seen at one. `enough`: see `reportersNeeded`.
 * Once confirmed and enough have spoken the bar stays where it is, or a chain that moves on would never let the node in.
 */
export function withHeightSeen(
  standing: Standing,
  height: number,
  peer: MemberId | null,
  enough: number,
): Standing {
  if (standing.kind === 'voting') return standing
  if (peer !== null && standing.isConfirmed && standing.heard.length >= enough) return standing
  const isNew = peer !== null && !standing.heard.some((other) => keyOf(other) === keyOf(peer))
  if (!isNew && height <= standing.seenHeight) return standing
  return {
    ...standing,
    seenHeight: Math.max(standing.seenHeight, height),
    heard: isNew ? [...standing.heard, peer].slice(0, MEMBERS_MAX) : standing.heard,
  }
}

export function withConfirmation(standing: Standing): Standing {
  return standing.kind === 'voting' ? standing : { ...standing, isConfirmed: true }
}

/** Another process lives with the same keys: whoever confirmed the opposite was wrong, and has to look again. */
export function withKeysElsewhere(standing: Standing, height: number): Standing {
  const isNews = standing.kind === 'voting' || standing.reason !== 'keys-elsewhere' || standing.isConfirmed
  return isNews ? observe('keys-elsewhere', height, standing.from) : standing
}

/** How many other voters must have said where they are: any quorum that this node was part of has a correct one in it. */
export function reportersNeeded(voterCount: number): number {
  return Math.min(quorumOf(voterCount), voterCount - 1)
}

/** Whether nothing can be decided without each of the voters, so that one which observes stops the chain: two or three. */
export function needsEveryVoter(voterCount: number): boolean {
  return voterCount > 1 && quorumOf(voterCount) === voterCount
}

/**
 * Where a node may sign again that has forgotten what it signed at a height which does not end without it, given the
 * rounds that all others have said to be in. It was never more than one round ahead of the furthest of them, because it
 * left a round with the precommits of all in hand, or followed one who had left it; except where it came back before:
 * there it may have been alone in its first round. What it had locked all others have locked, or it would not have been
 * decided. At the height after, it may have been alone in the first round that it had there.
 */
export function comingBack(standing: Standing, height: number, roundsOfOthers: readonly number[]): Standing {
  const round = Math.max(Math.max(...roundsOfOthers) + 2, firstRoundAt(standing, height) + 1)
  return { kind: 'voting', from: { height, round, roundAfter: firstRoundAt(standing, height + 1) + 1 } }
}

/** The round below which a node signs nothing at `height`. */
export function firstRoundAt({ from }: Standing, height: number): number {
  if (height === from?.height) return from.round
  return from !== null && height === from.height + 1 ? from.roundAfter : 0
}

/**
 * What holds at the beginning of `height`. What this node signed, it signed at most one height above what a correct one
 * of those who reported has reached since; so two heights above the greatest report is safe.
 */
export function atHeight(standing: Standing, height: number, voterCount: number): Standing {
  if (standing.kind === 'voting')
    return standing.from !== null && height > standing.from.height + 1 ? VOTING : standing
  const isEnough = standing.heard.length >= reportersNeeded(voterCount)
  const isAbove = voterCount === 1 || height >= standing.seenHeight + 2
  return standing.isConfirmed && isEnough && isAbove ? VOTING : standing
}

export function encodeStanding(standing: Standing): Uint8Array {
  const { from } = standing
  const rounds = from === null ? [] : [from.height, from.round, from.roundAfter]
  if (standing.kind === 'voting') return encode([1, rounds])
  const { reason, seenHeight, heard, isConfirmed } = standing
  return encode([2, reason, seenHeight, heard, isConfirmed ? 1 : 0, rounds])
}

/** Null for bytes that this code did not write. */
export function decodeStanding(bytes: Uint8Array): Standing | null {
  const value = tryDecode(bytes)
  const voting = asArray(value, 2)
  if (voting?.[0] === 1) {
    const from = firstRoundsIn(voting[1])
    return from === 'malformed' ? null : { kind: 'voting', from }
  }
  const slots = asArray(value, 6)
  if (slots === null || slots[0] !== 2) return null
  const [, reason, seenHeight, entries, isConfirmed, rounds] = slots
  const heard = asList(entries, MEMBERS_MAX)
  const from = firstRoundsIn(rounds)
  if (!isReason(reason) || !isCount(seenHeight) || heard === null || from === 'malformed') return null
  if (!heard.every((entry) => isBytes(entry, MEMBER_ID_BYTES)) || (isConfirmed !== 0 && isConfirmed !== 1))
    return null
  return {
    kind: 'observing',
    reason,
    seenHeight,
    heard: heard as readonly Uint8Array[] as readonly MemberId[],
    isConfirmed: isConfirmed === 1,
    from,
  }
}

function firstRoundsIn(value: Cbor | undefined): FirstRounds | null | 'malformed' {
  const slots = asList(value, 3)
  if (slots?.length === 0) return null
  const [height, round, roundAfter] = slots ?? []
  return isCount(height) && isCount(round) && isCount(roundAfter)
    ? { height, round, roundAfter }
    : 'malformed'
}

function isReason(value: unknown): value is ObservingReason {
  return REASONS.some((reason) => reason === value)
}
