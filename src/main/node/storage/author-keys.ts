/**
 * Which author key each member had, and since when. The chain's state knows those in effect only; records that were
 * written under an earlier one are read for as long as they are kept.
 */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type MemberId } from '../chain/ids.ts'
import { findMember } from '../chain/members.ts'
import { membersOf, type ConsortiumState } from '../chain/state.ts'
import { authorKeyKey, keyTail, rangeOf, readU64 } from './buckets.ts'
import { put, type ReadableStore, type Write } from './store.ts'
import { checkedValue, readCheckedValue } from './value.ts'

export interface AuthorKeySince {
  readonly memberId: MemberId
  readonly authorKey: Bytes
  /** The key before, null for a member that came with this one. */
  readonly before: Bytes | null
  /** The first height at which it is in effect. */
  readonly sinceHeight: number
  /** Birth time of the segment before that height. */
  readonly sinceTime: number
}

/** What belongs into the write of the segment between these two states. `height` and `time` are that segment's. */
export function authorKeyWrites(
  before: ConsortiumState,
  after: ConsortiumState,
  height: number,
  time: number,
): Write[] {
  if (before.members === after.members) return []
  const known = membersOf(before)
  return membersOf(after).flatMap(({ memberId, authorKey }) => {
    const earlier = findMember(known, memberId)?.authorKey ?? null
    if (earlier !== null && equalBytes(earlier, authorKey)) return []
    const key = authorKeyKey(memberId, height + 1)
    return [put(key, checkedValue(key, encode([authorKey, earlier, time])))]
  })
}

/** Oldest first for each member; those of the founding are in the genesis and not here. */
export async function readAuthorKeys(store: ReadableStore): Promise<AuthorKeySince[]> {
  const list: AuthorKeySince[] = []
  for await (const { key, value } of store.scan(rangeOf('c'))) {
    const tail = keyTail('c', key)
    const read = readCheckedValue(key, value)
    const slots = read.kind === 'ok' ? asArray(tryDecode(read.content), 3) : null
    if (slots === null || tail.length !== MEMBER_ID_BYTES + 8) continue
    const [authorKey, before, sinceTime] = slots
    if (!isBytes(authorKey, 32) || (before !== null && !isBytes(before, 32)) || !isCount(sinceTime)) continue
    const memberId = tail.slice(0, MEMBER_ID_BYTES) as MemberId
    list.push({
      memberId,
      authorKey,
      before,
      sinceHeight: readU64(tail.subarray(MEMBER_ID_BYTES)),
      sinceTime,
    })
  }
  return list
}

/** Every author key that a member ever had, by member id in hex. */
export function authorKeysEver(
  founders: readonly { readonly memberId: MemberId; readonly authorKey: Bytes }[],
  changes: readonly AuthorKeySince[],
): Map<string, Bytes[]> {
  const ever = new Map<string, Bytes[]>()
  const note = (memberId: MemberId, key: Bytes | null): void => {
    const name = toHex(memberId)
    const keys = ever.get(name) ?? []
    ever.set(name, keys)
    if (key !== null && !keys.some((other) => equalBytes(other, key))) keys.push(key)
  }
  for (const { memberId, authorKey } of founders) note(memberId, authorKey)
  for (const { memberId, authorKey, before } of changes) {
    note(memberId, before)
    note(memberId, authorKey)
  }
  return ever
}
