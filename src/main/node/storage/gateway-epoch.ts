/** Which epoch of the gateway scope is the newest that this node read in the chain, since when, and who holds its key. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount } from '../chain/ids.ts'
import { metaKey } from './buckets.ts'
import { put, type ReadableStore, type Write } from './store.ts'
import { checkedValue, readCheckedValue } from './value.ts'

export interface GatewayEpoch {
  readonly epoch: number
  /** Birth time of the segment that brought it. */
  readonly since: number
  /** Hash of those to whom it was sealed. */
  readonly holders: Bytes
}

const KEY = metaKey('gateway-epoch')

/** Null before the first rotation. */
export async function readGatewayEpoch(store: ReadableStore): Promise<GatewayEpoch | null> {
  const value = await store.get(KEY)
  const read = value === null ? null : readCheckedValue(KEY, value)
  const slots = read?.kind === 'ok' ? asArray(tryDecode(read.content), 3) : null
  if (slots === null || !isCount(slots[0]) || !isCount(slots[1]) || !isBytes(slots[2], 32)) return null
  return { epoch: slots[0], since: slots[1], holders: slots[2] }
}

export async function readNewestGatewayEpoch(store: ReadableStore): Promise<number> {
  return (await readGatewayEpoch(store))?.epoch ?? 0
}

export function gatewayEpochWrite({ epoch, since, holders }: GatewayEpoch): Write {
  return put(KEY, checkedValue(KEY, encode([epoch, since, holders])))
}
