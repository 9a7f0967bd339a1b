/**
 * The body lane: sealed visits and items on their way to those who vote, and asking for bodies again (docs/spec/network.md
 * section 7). Bodies are ciphertext here; whether a record opens is the business of hospitals.
 */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../chain/codec.ts'
import { asArray, asList, isBytes, isCount, type MerkleRoot } from '../../chain/ids.ts'
import { CLASS_BYTES, ITEM_BYTES_MAX, SEGMENT_ITEMS_MAX, type SizeClass } from '../../chain/limits.ts'
import { bodyBytesOf, type RecordCommitments } from '../../chain/record.ts'
import { PROPOSAL_BYTES_MAX } from '../../membership/limits.ts'

export type TravellingVisit = RecordCommitments & { readonly body: Bytes }

export type BodyMessage =
  /** From the hospital that wrote them; `expiresAt` in milliseconds since 1970 belongs to this submission. */
  | { readonly kind: 'visits'; readonly expiresAt: number; readonly visits: readonly TravellingVisit[] }
  /** Signed items, encoded. */
  | { readonly kind: 'items'; readonly items: readonly Bytes[] }
  /**
   * A copy of a proposal, as `encodeProposal` gives it. On this lane because every member shares it with every voter. Who
   * does not know the version lets the message be.
   */
  | { readonly kind: 'proposal'; readonly version: number; readonly proposal: Bytes }

export type BodyRequest =
  /** For bodies by the roots of their records; the answer holds those that are there, in any order. */
  | { readonly kind: 'bodies'; readonly roots: readonly MerkleRoot[] }
  /**
   * For the pre-shared key of a generation of the network that was decided: 32 bytes. On this lane because it is the one
   * that every member shares with every voter.
   */
  | { readonly kind: 'network-key'; readonly generation: number }

export const VISITS_PER_MESSAGE_MAX = 4_096
export const ROOTS_PER_REQUEST_MAX = 4_096
export const PROPOSAL_MESSAGE_VERSION = 1

export function encodeBodyMessage(message: BodyMessage): Bytes {
  switch (message.kind) {
    case 'visits':
      return encode([1, message.expiresAt, message.visits.map(visitToCbor)])
    case 'items':
      return encode([2, message.items])
    case 'proposal':
      return encode([3, message.version, message.proposal])
  }
}

export function decodeBodyMessage(bytes: Bytes): BodyMessage | null {
  const value = tryDecode(bytes)
  const submission = asArray(value, 3)
  if (submission !== null && submission[0] === 1) {
    const visits = visitsFromCbor(submission[2])
    return visits && isCount(submission[1]) ? { kind: 'visits', expiresAt: submission[1], visits } : null
  }
  if (submission !== null && submission[0] === 3) {
    const [, version, proposal] = submission
    if (!isCount(version) || version < 1) return null
    if (!(proposal instanceof Uint8Array) || proposal.length > PROPOSAL_BYTES_MAX) return null
    return { kind: 'proposal', version, proposal }
  }
  const pair = asArray(value, 2)
  if (pair === null || pair[0] !== 2) return null
  const items = asList(pair[1], SEGMENT_ITEMS_MAX)
  if (items === null) return null
  for (const item of items) if (!(item instanceof Uint8Array) || item.length > ITEM_BYTES_MAX) return null
  return { kind: 'items', items: items as Bytes[] }
}

export function encodeBodyRequest(request: BodyRequest): Bytes {
  return encode(request.kind === 'bodies' ? [1, request.roots] : [2, request.generation])
}

export function decodeBodyRequest(bytes: Bytes): BodyRequest | null {
  const slots = asArray(tryDecode(bytes), 2)
  if (slots?.[0] === 2) return isCount(slots[1]) ? { kind: 'network-key', generation: slots[1] } : null
  const roots = slots?.[0] === 1 ? rootsFromCbor(slots[1], ROOTS_PER_REQUEST_MAX) : null
  return roots && { kind: 'bodies', roots }
}

export function encodeBodyAnswer(visits: readonly TravellingVisit[]): Bytes {
  return encode(visits.map(visitToCbor))
}

export function decodeBodyAnswer(bytes: Bytes): TravellingVisit[] | null {
  return visitsFromCbor(tryDecode(bytes))
}

/** The visits from the beginning on that fit `byteMax` together, at least one: what one message should carry. */
export function visitsThatFit(visits: readonly TravellingVisit[], byteMax: number): TravellingVisit[] {
  let bytes = 0
  const end = visits.findIndex(({ body }, i) => (bytes += body.length + 80) > byteMax && i > 0)
  return visits.slice(0, Math.min(end < 0 ? visits.length : end, VISITS_PER_MESSAGE_MAX))
}

export function rootsFromCbor(value: Cbor | undefined, countMax: number): MerkleRoot[] | null {
  const roots = asList(value, countMax)
  if (roots === null) return null
  for (const root of roots) if (!isBytes(root, 32)) return null
  return roots as Uint8Array[] as MerkleRoot[]
}

function visitToCbor({ merkleRoot, keyCommitment, sizeClass, body }: TravellingVisit): Cbor {
  return [merkleRoot, keyCommitment, sizeClass, body]
}

function visitsFromCbor(value: Cbor | undefined): TravellingVisit[] | null {
  const list = asList(value, VISITS_PER_MESSAGE_MAX)
  if (list === null) return null
  const visits: TravellingVisit[] = []
  for (const entry of list) {
    const slots = asArray(entry, 4)
    if (slots === null) return null
    const [merkleRoot, keyCommitment, sizeClass, body] = slots
    if (!isBytes(merkleRoot, 32) || !isBytes(keyCommitment, 32)) return null
    if (!isCount(sizeClass) || sizeClass >= CLASS_BYTES.length) return null
    if (!isBytes(body, bodyBytesOf(sizeClass as SizeClass))) return null
    visits.push({
      merkleRoot: merkleRoot as MerkleRoot,
      keyCommitment,
      sizeClass: sizeClass as SizeClass,
      body,
    })
  }
  return visits
}
