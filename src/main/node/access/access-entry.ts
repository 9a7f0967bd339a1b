/** One access as it lies in this hospital's store: what was said of it, and what became of it. */
import { tryDecode, encode, type Cbor } from '../chain/codec.ts'
import type { Bytes } from '../../../shared/std/bytes.ts'
import { accessFromCbor, accessToCbor, type AccessContent } from '../chain/access.ts'
import { asArray, type MemberId } from '../chain/ids.ts'
import { refusalNumber, refusalOf, type AccessAnswerRefusal } from '../network/protocols/access.ts'

/** What one hospital answered when it was last asked. */
export interface HospitalAnswer {
  readonly memberId: MemberId
  /** `away`: not connected, or no answer in time. `left`: no member any more. */
  readonly kind: 'answered' | 'away' | 'left' | 'refused'
  readonly refusal: AccessAnswerRefusal | null
  readonly versionCount: number
  readonly at: number
}

export interface AccessReview {
  readonly author: MemberId
  readonly verdict: 'agree' | 'object'
  readonly text: string | null
  readonly userKeyId: string
  readonly at: number
  readonly height: number | null
}

export interface AccessEntry {
  readonly content: AccessContent
  /** The hospital that reads. */
  readonly author: MemberId
  /** The signed item: of own accesses, to be presented again. */
  readonly item: Bytes | null
  /** Where the chain has it; null while it waits. */
  readonly height: number | null
  /** `unclear`: not every block has been looked at that may be ours. */
  readonly side: 'reader' | 'custodian' | 'unclear'
  /** The reader's ends everything, a custodian's the reading of its own visits. */
  readonly ends: readonly { readonly author: MemberId; readonly userKeyId: string; readonly at: number }[]
  readonly reviews: readonly AccessReview[]
  /** Of the reader: what the others answered. */
  readonly answers: readonly HospitalAnswer[]
  /** Of the reader: the keys that came are destroyed. */
  readonly isDestroyed: boolean
  /** Of the reader: the latest time at which this access was looked at, whatever the clock says now. */
  readonly seenAt: number
}

const SIDES = ['reader', 'custodian', 'unclear'] as const
const KINDS = ['answered', 'away', 'left', 'refused'] as const
const VERDICTS = ['agree', 'object'] as const

export function encodeEntry(entry: AccessEntry): Bytes {
  return encode([
    1,
    accessToCbor(entry.content),
    entry.author,
    entry.item,
    entry.height,
    SIDES.indexOf(entry.side),
    entry.ends.map(({ author, userKeyId, at }) => [author, userKeyId, at]),
    entry.reviews.map(({ author, verdict, text, userKeyId, at, height }) => [
      author,
      VERDICTS.indexOf(verdict),
      text,
      userKeyId,
      at,
      height,
    ]),
    entry.answers.map(({ memberId, kind, refusal, versionCount, at }) => [
      memberId,
      KINDS.indexOf(kind),
      refusal === null ? null : refusalNumber(refusal),
      versionCount,
      at,
    ]),
    entry.isDestroyed ? 1 : 0,
    entry.seenAt,
  ])
}

/** Null for a form of a later version. What was sealed here is otherwise as it was written. */
export function decodeEntry(bytes: Bytes): AccessEntry | null {
  const slots = asArray(tryDecode(bytes), 11)
  const content = slots?.[0] === 1 ? accessFromCbor(slots[1]) : null
  if (slots === null || content?.kind !== 'access') return null
  const [, , author, item, height, side, ends, reviews, answers, isDestroyed, seenAt] = slots
  return {
    content,
    author: author as Uint8Array as MemberId,
    item: item as Bytes | null,
    height: height as number | null,
    side: SIDES[side as number]!,
    ends: (ends as Cbor[][]).map(([by, userKeyId, at]) => ({
      author: by as Uint8Array as MemberId,
      userKeyId: userKeyId as string,
      at: at as number,
    })),
    reviews: (reviews as Cbor[][]).map(([by, verdict, text, userKeyId, at, of]) => ({
      author: by as Uint8Array as MemberId,
      verdict: VERDICTS[verdict as number]!,
      text: text as string | null,
      userKeyId: userKeyId as string,
      at: at as number,
      height: of as number | null,
    })),
    answers: (answers as Cbor[][]).map(([memberId, kind, refusal, versionCount, at]) => ({
      memberId: memberId as Uint8Array as MemberId,
      kind: KINDS[kind as number]!,
      refusal: refusal === null ? null : refusalOf(refusal as number),
      versionCount: versionCount as number,
      at: at as number,
    })),
    isDestroyed: isDestroyed === 1,
    seenAt: seenAt as number,
  }
}
