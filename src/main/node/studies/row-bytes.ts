/** Rows of the index of studies as bytes of this node's store. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import {
  asArray,
  isBytes,
  isCount,
  listOf,
  MEMBER_ID_BYTES,
  type ItemHash,
  type MemberId,
} from '../chain/ids.ts'
import { ATTESTATIONS_MAX } from '../chain/limits.ts'
import {
  aboutStudyFromCbor,
  aboutStudyToCbor,
  isEngine,
  outcomeFromCbor,
  outcomeToCbor,
  STUDY_ITEM_NUMBER,
} from '../chain/study-items.ts'
import type { ChainRow, CheckRow, RegistrationRow, ReviewRow, SuspensionRow } from './study-index.ts'

const LIST_MAX = 1_024

/** What the item says is written as in the item; signatures stay in the chain. */
export function encodeRow(row: ChainRow): Bytes {
  const { studyHash, author, height, time, result } = row
  return encode([
    5,
    studyHash,
    author,
    aboutStudyToCbor({ ...row, kind: 'study', held: [] }),
    height,
    time,
    result && [
      said({ ...result, memberId: author }),
      aboutStudyToCbor({ kind: 'result', studyHash, ...result, attestations: [] }),
      result.attesters.map(({ memberId, engine }) => [memberId, engine]),
    ],
    row.checks.map((check) => [said(check), aboutStudyToCbor({ ...check, kind: 'check', studyHash })]),
    row.reviews.map((review) => [said(review), aboutStudyToCbor({ ...review, kind: 'review', studyHash })]),
    row.suspensions.map((named) => [
      said(named),
      outcomeToCbor(named.outcome),
      named.resultHash,
      named.engine,
    ]),
  ])
}

export function decodeRow(bytes: Bytes): ChainRow | null {
  const value = tryDecode(bytes) ?? undefined
  // Rows from before they told of suspensions have none: what the chain says of those is in its items.
  const before = asArray(value, 9)
  const slots = before?.[0] === 4 ? [5, ...before.slice(1), []] : asArray(value, 10)
  const study = slots && aboutStudyFromCbor(STUDY_ITEM_NUMBER.study, slots[3])
  if (!slots || slots[0] !== 5 || study?.kind !== 'study') return null
  const [, studyHash, author, , height, time, resultValue] = slots
  if (!isBytes(studyHash, 32) || !isBytes(author, MEMBER_ID_BYTES) || !isCount(height) || !isCount(time))
    return null
  const result = resultValue === null ? null : resultFromCbor(resultValue)
  const checks = listOf(slots[7], LIST_MAX, checkFromCbor)
  const reviews = listOf(slots[8], LIST_MAX, reviewFromCbor)
  const suspensions = listOf(slots[9], LIST_MAX, suspensionFromCbor)
  if (result === undefined || checks === null || reviews === null || suspensions === null) return null
  const { kind: _, held: __, ...asks } = study
  return {
    ...asks,
    studyHash: studyHash as ItemHash,
    author: author as MemberId,
    height,
    time,
    result,
    checks,
    reviews,
    suspensions,
  }
}

export function encodeRegistration({ itemHash, author, protocolHash, height, time }: RegistrationRow): Bytes {
  return encode([1, itemHash, author, protocolHash, height, time])
}

export function decodeRegistration(bytes: Bytes): RegistrationRow | null {
  const slots = asArray(tryDecode(bytes), 6)
  if (slots === null || slots[0] !== 1) return null
  const [, itemHash, author, protocolHash, height, time] = slots
  if (!isBytes(itemHash, 32) || !isBytes(author, MEMBER_ID_BYTES) || !isBytes(protocolHash, 32)) return null
  if (!isCount(height) || !isCount(time)) return null
  return { itemHash: itemHash as ItemHash, author: author as MemberId, protocolHash, height, time }
}

type Said = Pick<CheckRow, 'itemHash' | 'memberId' | 'height' | 'time'>

function said({ itemHash, memberId, height, time }: Said): Cbor {
  return [itemHash, memberId, height, time]
}

function saidFromCbor(value: Cbor | undefined): Said | null {
  const slots = asArray(value, 4)
  if (slots === null || !isBytes(slots[0], 32) || !isBytes(slots[1], MEMBER_ID_BYTES)) return null
  if (!isCount(slots[2]) || !isCount(slots[3])) return null
  return {
    itemHash: slots[0] as ItemHash,
    memberId: slots[1] as MemberId,
    height: slots[2],
    time: slots[3],
  }
}

function resultFromCbor(value: Cbor | undefined): ChainRow['result'] | undefined {
  const slots = asArray(value, 3)
  const by = slots && saidFromCbor(slots[0])
  const clear = slots && aboutStudyFromCbor(STUDY_ITEM_NUMBER.result, slots[1])
  const attesters = slots && listOf(slots[2], ATTESTATIONS_MAX, attesterFromCbor)
  if (!by || clear?.kind !== 'result' || !attesters) return undefined
  const { itemHash, height, time } = by
  const { outcome, resultHash, erasureHeight } = clear
  return { itemHash, outcome, resultHash, erasureHeight, attesters, height, time }
}

function attesterFromCbor(value: Cbor): { memberId: MemberId; engine: string } | null {
  const slots = asArray(value, 2)
  if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isEngine(slots[1])) return null
  return { memberId: slots[0] as MemberId, engine: slots[1] }
}

function checkFromCbor(value: Cbor): CheckRow | null {
  const slots = asArray(value, 2)
  const by = slots && saidFromCbor(slots[0])
  const clear = slots && aboutStudyFromCbor(STUDY_ITEM_NUMBER.check, slots[1])
  if (!by || clear?.kind !== 'check') return null
  return { ...by, proposalHash: clear.proposalHash, verdict: clear.verdict }
}

function reviewFromCbor(value: Cbor): ReviewRow | null {
  const slots = asArray(value, 2)
  const by = slots && saidFromCbor(slots[0])
  const clear = slots && aboutStudyFromCbor(STUDY_ITEM_NUMBER.review, slots[1])
  if (!by || clear?.kind !== 'review') return null
  return { ...by, packageHash: clear.packageHash, verdict: clear.verdict, textHash: clear.textHash }
}

function suspensionFromCbor(value: Cbor): SuspensionRow | null {
  const slots = asArray(value, 4)
  const by = slots && saidFromCbor(slots[0])
  const outcome = slots && outcomeFromCbor(slots[1])
  if (!by || !outcome || !isBytes(slots[2], 32) || !isEngine(slots[3])) return null
  return { ...by, outcome, resultHash: slots[2], engine: slots[3] }
}
