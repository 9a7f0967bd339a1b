/**
 * Whether a node may sign (R29). After its data were repaired, restored from a backup, cloned or found damaged it may
 * have signed what it no longer knows; it observes until no height is left at which that could be.
 */
import { encode, tryDecode } from '../../chain/codec.ts'
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

export type Standing =
  | { readonly kind: 'voting' }
  | {
      readonly kind: 'observing'
      readonly reason: ObservingReason
      /** Greatest height of which anything was seen. */
      readonly seenHeight: number
      /** Other voters that have said at which height they are. */
      readonly heard: readonly MemberId[]
      /** A person has said that no other machine runs with these keys. */
      readonly isConfirmed: boolean
    }

export const VOTING: Standing = { kind: 'voting' }

export function observe(reason: ObservingReason, height: number): Standing {
  return { kind: 'observing', reason, seenHeight: height, heard: [], isConfirmed: false }
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

/** How many other voters must have said where they are: any quorum that this node was part of has a correct one in it. */
export function reportersNeeded(voterCount: number): number {
  return Math.min(quorumOf(voterCount), voterCount - 1)
}

/**
 * What holds at the beginning of `height`. What this node signed, it signed at most one height above what a correct one
 * of those who reported has reached since; so two heights above the greatest report is safe.
 */
export function atHeight(standing: Standing, height: number, voterCount: number): Standing {
  if (standing.kind === 'voting') return standing
  const isEnough = standing.heard.length >= reportersNeeded(voterCount)
  const isAbove = voterCount === 1 || height >= standing.seenHeight + 2
  return standing.isConfirmed && isEnough && isAbove ? VOTING : standing
}

export function encodeStanding(standing: Standing): Uint8Array {
  if (standing.kind === 'voting') return encode([1])
  const { reason, seenHeight, heard, isConfirmed } = standing
  return encode([2, reason, seenHeight, heard, isConfirmed ? 1 : 0])
}

/** Null for bytes that this code did not write. */
export function decodeStanding(bytes: Uint8Array): Standing | null {
  const value = tryDecode(bytes)
  if (asArray(value, 1)?.[0] === 1) return VOTING
  const slots = asArray(value, 5)
  if (slots === null || slots[0] !== 2) return null
  const [, reason, seenHeight, entries, isConfirmed] = slots
  const heard = asList(entries, MEMBERS_MAX)
  if (!isReason(reason) || !isCount(seenHeight) || heard === null) return null
  if (!heard.every((entry) => isBytes(entry, MEMBER_ID_BYTES)) || (isConfirmed !== 0 && isConfirmed !== 1))
    return null
  return {
    kind: 'observing',
    reason,
    seenHeight,
    heard: heard as readonly Uint8Array[] as readonly MemberId[],
    isConfirmed: isConfirmed === 1,
  }
}

function isReason(value: unknown): value is ObservingReason {
  return value === 'log-damaged' || value === 'data-restored' || value === 'unknown-own-signature'
}
