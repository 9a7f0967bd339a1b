import { expect, it } from 'vitest'
import type { MemberId } from '../chain/ids.ts'
import { encode } from '../chain/codec.ts'
import { metaKey } from './buckets.ts'
import { gatewayEpochWrite, readGatewayEpoch, type GatewayEpoch } from './gateway-epoch.ts'
import { createMemoryStore } from './memory.ts'
import { put, StorageFailure } from './store.ts'
import { checkedValue } from './value.ts'

const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const rotated: GatewayEpoch = {
  epoch: 2,
  since: 1_700_000_000_000,
  author: new Uint8Array(16).fill(7) as MemberId,
  holders: bytes(1),
  announced: [
    { height: 4, commitment: bytes(2) },
    { height: 9, commitment: bytes(3) },
  ],
}

it('keeps what the chain announced, and is refused where it is damaged: it is no chain without rotations', async () => {
  const store = createMemoryStore()
  expect(await readGatewayEpoch(store)).toBeNull()
  await store.commit([gatewayEpochWrite(rotated)])
  expect(await readGatewayEpoch(store)).toEqual(rotated)
  const key = metaKey('gateway-epoch')
  const whole = (await store.get(key))!
  for (const damaged of [whole.subarray(0, -1), whole.map((byte, i) => (i === 20 ? byte ^ 1 : byte))]) {
    await store.commit([put(key, damaged)])
    await expect(readGatewayEpoch(store)).rejects.toThrow(StorageFailure)
  }
})

it('is read as it was kept before authors were', async () => {
  const store = createMemoryStore()
  const { epoch, since, holders, announced } = rotated
  const list = announced.map(({ height, commitment }) => [height, commitment])
  const key = metaKey('gateway-epoch')
  await store.commit([put(key, checkedValue(key, encode([epoch, since, holders, list])))])
  expect(await readGatewayEpoch(store)).toEqual({ ...rotated, author: null })
})
