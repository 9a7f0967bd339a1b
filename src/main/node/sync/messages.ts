/** What is said on the sync lane (docs/spec/network.md section 6). Decoders give a well-formed message or null. */
import { concatBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { asArray, asList, isBytes, isCount } from '../chain/ids.ts'
import { SEGMENT_ITEMS_MAX, SEGMENT_VISITS_MAX } from '../chain/limits.ts'
import type { SegmentBundle } from '../chain/segment.ts'
import { readU64, u64 } from '../storage/buckets.ts'

/** How far a member's chain goes, as far as it serves it to the one it tells. */
export type ChainStatus = { readonly height: number; readonly blockCount: number; readonly tip: Bytes }

export type SyncRequest =
  /** Whole segments from `from` on, at most up to `to`, about `byteBudget` bytes of them. */
  | { readonly kind: 'segments'; readonly from: number; readonly to: number; readonly byteBudget: number }
  /** Bodies of blocks `firstIndex …`: what did not fit the answer before. */
  | {
      readonly kind: 'bodies'
      readonly firstIndex: number
      readonly count: number
      readonly byteBudget: number
    }

/** Refusals of requests. */
export const SYNC_REFUSAL = { malformed: 1, notHere: 2 } as const

/**
 * What stands before the segments of an answer, so that the asking node can plan on without parsing them:
 * `u32 count ‖ u32 missing bodies ‖ u64 index of the first missing body`.
 */
export type AnswerHead = {
  readonly count: number
  /** Bodies at the end of the last segment that did not fit. */
  readonly missingCount: number
  readonly missingFrom: number
}

const ANSWER_HEAD_BYTES = 16
const COUNT_MAX = 2 ** 32 - 1

export function encodeStatus({ height, blockCount, tip }: ChainStatus): Bytes {
  return encode([1, height, blockCount, tip])
}

export function decodeStatus(bytes: Bytes): ChainStatus | null {
  const slots = asArray(tryDecode(bytes), 4)
  if (slots === null) return null
  const [kind, height, blockCount, tip] = slots
  if (kind !== 1 || !isCount(height) || !isCount(blockCount) || !isBytes(tip, 32)) return null
  return { height, blockCount, tip }
}

export function encodeRequest(request: SyncRequest): Bytes {
  return request.kind === 'segments'
    ? encode([1, request.from, request.to, request.byteBudget])
    : encode([2, request.firstIndex, request.count, request.byteBudget])
}

export function decodeRequest(bytes: Bytes): SyncRequest | null {
  const slots = asArray(tryDecode(bytes), 4)
  if (slots === null) return null
  const [kind, first, second, byteBudget] = slots
  if (!isCount(first) || !isCount(second) || !isCount(byteBudget)) return null
  if (kind === 1)
    return first >= 1 && second >= first ? { kind: 'segments', from: first, to: second, byteBudget } : null
  if (kind !== 2 || second < 1 || second > SEGMENT_VISITS_MAX) return null
  return { kind: 'bodies', firstIndex: first, count: second, byteBudget }
}

/** `bundles` are final segments; the last one may lack bodies at its end. */
export function encodeSegmentsAnswer(bundles: readonly SegmentBundle[], head: AnswerHead): Bytes {
  const start = new Uint8Array(ANSWER_HEAD_BYTES)
  const view = new DataView(start.buffer)
  view.setUint32(0, head.count)
  view.setUint32(4, head.missingCount)
  start.set(u64(head.missingFrom), 8)
  const entries = bundles.map(({ segment, certificate, heads, items, bodies }): Cbor => {
    return [segment, certificate, heads, items, bodies ?? []]
  })
  return concatBytes(start, encode(entries))
}

/** Only the numbers in front: the rest is parsed where it is verified. */
export function readAnswerHead(bytes: Bytes): AnswerHead | null {
  if (bytes.length < ANSWER_HEAD_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, ANSWER_HEAD_BYTES)
  const missingFrom = readU64(bytes, 8)
  if (!Number.isSafeInteger(missingFrom)) return null
  return { count: view.getUint32(0), missingCount: view.getUint32(4), missingFrom }
}

/** The segments of an answer and the bodies that came after it, put together; null for anything malformed. */
export function decodeSegmentsAnswer(bytes: Bytes, laterBodies: readonly Bytes[]): SegmentBundle[] | null {
  const head = readAnswerHead(bytes)
  const entries = head && asList(tryDecode(bytes.subarray(ANSWER_HEAD_BYTES)), COUNT_MAX)
  if (head === null || entries === null || entries.length !== head.count) return null
  const later: Bytes[] = []
  for (const answer of laterBodies) {
    const bodies = decodeBodiesAnswer(answer)
    if (bodies === null) return null
    later.push(...bodies)
  }
  const bundles: SegmentBundle[] = []
  for (const [i, entry] of entries.entries()) {
    const slots = asArray(entry, 5)
    if (slots === null) return null
    const [segment, certificate] = slots
    const heads = byteStrings(slots[2], SEGMENT_VISITS_MAX)
    const items = byteStrings(slots[3], SEGMENT_ITEMS_MAX)
    const bodies = byteStrings(slots[4], SEGMENT_VISITS_MAX)
    if (!(segment instanceof Uint8Array) || !(certificate instanceof Uint8Array)) return null
    if (heads === null || items === null || bodies === null) return null
    const isLast = i === entries.length - 1
    bundles.push({ segment, certificate, heads, items, bodies: isLast ? [...bodies, ...later] : bodies })
  }
  return bundles
}

export function encodeBodiesAnswer(bodies: readonly Bytes[]): Bytes {
  return encode(bodies)
}

export function decodeBodiesAnswer(bytes: Bytes): Bytes[] | null {
  return byteStrings(tryDecode(bytes), SEGMENT_VISITS_MAX)
}

function byteStrings(value: Cbor | undefined, countMax: number): Bytes[] | null {
  const list = asList(value, countMax)
  if (list === null) return null
  for (const each of list) if (!(each instanceof Uint8Array)) return null
  return list as Bytes[]
}
