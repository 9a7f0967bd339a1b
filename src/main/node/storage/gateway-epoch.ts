/** Which epochs of the gateway scope this node read in the chain, since when the newest one is, and who holds its key. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount, listOf, MEMBER_ID_BYTES, type MemberId } from '../chain/ids.ts'
import { metaKey } from './buckets.ts'
import { put, StorageFailure, type ReadableStore, type Write } from './store.ts'
import { checkedValue, readCheckedValue } from './value.ts'

export interface GatewayEpoch {
  readonly epoch: number
  /** Birth time of the segment that brought it. */
  readonly since: number
  /** Who announced it; null for that of the founding. */
  readonly author: MemberId | null
  /** Hash of those to whom it was sealed. */
  readonly holders: Bytes
  /** Each epoch from the first on; the founding brought epoch 0. */
  readonly announced: readonly Announced[]
}

export interface Announced {
  /** Of the segment that brought it. */
  readonly height: number
  /** To its key: what others say is the key is held against it. */
  readonly commitment: Bytes
}

const KEY = metaKey('gateway-epoch')

/**
 * Null before the first rotation.
 * @throws {StorageFailure} `corrupt`: whoever went on without it would pass over everything that is sealed under a later epoch, erasures too
 */
export async function readGatewayEpoch(store: ReadableStore): Promise<GatewayEpoch | null> {
  const value = await store.get(KEY)
  if (value === null) return null
  const read = readCheckedValue(KEY, value)
  const found = read.kind === 'ok' ? decoded(read.content) : null
  if (found === null)
    throw new StorageFailure({ code: 'corrupt', path: 'chain', bucket: 'm', key: 'gateway-epoch' })
  return found
}

function decoded(content: Bytes): GatewayEpoch | null {
  const read = tryDecode(content)
  const earlier = asArray(read, 4)
  // Before authors were kept: who announced the newest is not known.
  const slots = earlier === null ? asArray(read, 5) : [...earlier.slice(0, 2), null, ...earlier.slice(2)]
  if (slots === null || !isCount(slots[0]) || !isCount(slots[1]) || !isBytes(slots[3], 32)) return null
  if (slots[2] !== null && !isBytes(slots[2], MEMBER_ID_BYTES)) return null
  const [epoch, since, author, holders] = [slots[0], slots[1], slots[2] as MemberId | null, slots[3]]
  const announced = listOf(slots[4], epoch, (entry): Announced | null => {
    const [height, commitment] = asArray(entry, 2) ?? []
    return isCount(height) && isBytes(commitment, 32) ? { height, commitment } : null
  })
  return announced?.length === epoch ? { epoch, since, author, holders, announced } : null
}

/** @throws {StorageFailure} as above */
export async function readNewestGatewayEpoch(store: ReadableStore): Promise<number> {
  return (await readGatewayEpoch(store))?.epoch ?? 0
}

export function gatewayEpochWrite({ epoch, since, author, holders, announced }: GatewayEpoch): Write {
  const list = announced.map(({ height, commitment }) => [height, commitment])
  return put(KEY, checkedValue(KEY, encode([epoch, since, author, holders, list])))
}
