/** When a new key of the gateway scope is due (ADR 0009). */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { crypto, foundConsortium, makeItem, type Institution } from './chain/consortium.test-kit.ts'
import type { ItemHash } from './chain/ids.ts'
import { decodeSignedItem, itemHashOf } from './chain/item.ts'
import { sealEpochKey } from './chain/key-box.ts'
import { gatewaysOf, type Member } from './chain/members.ts'
import { encodeSealedContent, epochCommitmentOf } from './chain/sealed-content.ts'
import { ITEM_SEALED_STEP_BYTES } from './chain/limits.ts'
import type { FinalItem } from './final-items.ts'
import { openGatewayRotation, type GatewayRotation } from './gateway-rotation.ts'
import type { SharedKeys } from './shared-keys.ts'
import { createMemoryStore } from './storage/memory.ts'
import type { Store } from './storage/store.ts'
import type { EpochKey } from './vault/institution-keys.ts'

const four = foundConsortium({ seed: 'rotation', voters: 4 })
const { chainId, random, start } = four
const members = four.institutions.map(({ member }) => member)
const [own, liar, honest] = four.institutions as [Institution, Institution, Institution]
const MINUTE_MS = 60_000

let rotation: GatewayRotation | null = null
let begun = 0
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
  begun = performance.now()
})
afterEach(() => {
  rotation?.close()
  vi.useRealTimers()
})

async function opened(store: Store) {
  const held: EpochKey[] = [{ epoch: 0, key: random(32) }]
  const propose = vi.fn(async () => new Uint8Array(32) as ItemHash)
  const shared = {
    gateway: () => held,
    has: (_kind: string, epoch: number) => held.some((each) => each.epoch === epoch),
    add: async (_kind: string, keys: readonly EpochKey[]) => void held.push(...keys),
  }
  rotation = await openGatewayRotation({
    store,
    crypto,
    random,
    chainId,
    memberId: own.member.memberId,
    gatewaySecrets: () => [own.gatewaySecret],
    shared: shared as unknown as SharedKeys,
    founding: { members, time: start.lastTime },
    consortium: () => start.consortium,
    height: () => 5,
    chainTime: () => start.lastTime,
    now: () => start.lastTime + performance.now() - begun,
    isUpToDate: () => true,
    propose,
    isWaiting: async () => false,
    onKeys() {},
    onFailure(error) {
      throw error
    },
  })
  return { rotation, held, propose }
}

/** The next key for everybody, whoever gets the true one, in a segment of now. */
function announced(
  epoch: number,
  key: Uint8Array,
  isGiven: (member: Member) => boolean,
  author = liar,
): FinalItem {
  const sealed = gatewaysOf(members).map((member) => {
    const about = { scope: 'gateway', epoch, memberId: member.memberId } as const
    const told = isGiven(member) ? key : random(32)
    const each = sealEpochKey(crypto, random, chainId, about, member.gatewayKey!, told)
    return { memberId: member.memberId, gatewayKey: member.gatewayKey!, sealed: present(each).sealed }
  })
  const commitment = epochCommitmentOf(crypto, chainId, epoch, key)
  const content = encodeSealedContent({ kind: 'gateway-epoch', epoch, commitment, sealed })
  const box = new Uint8Array(12 + ITEM_SEALED_STEP_BYTES + 16)
  const bytes = makeItem(four, author, { kind: 'sealed' }, epoch, { sealed: { epoch: 0, box } })
  const signed = present(decodeSignedItem(crypto, bytes))
  const time = start.lastTime + performance.now() - begun
  return { signed, hash: itemHashOf(crypto, chainId, bytes), height: epoch, time, content }
}

it('is due where a key that was announced was given to nobody, though it names all who should have it', async () => {
  const { rotation, propose } = await opened(createMemoryStore())
  await rotation.take(announced(1, random(32), () => false))
  expect(rotation.missing()).toEqual([1])
  vi.advanceTimersByTime(MINUTE_MS / 2)
  expect(propose).not.toHaveBeenCalled()
  vi.advanceTimersByTime(3 * MINUTE_MS)
  expect(propose).toHaveBeenCalled()
})

it('is due also where one key after the other is announced that nobody gets, and counts one of them alone', async () => {
  const { rotation, propose } = await opened(createMemoryStore())
  for (let epoch = 1; epoch <= 6 && propose.mock.calls.length === 0; epoch++) {
    await rotation.take(announced(epoch, random(32), () => false))
    vi.advanceTimersByTime(MINUTE_MS - 1_000)
  }
  expect(propose).toHaveBeenCalled()
  expect(rotation.missing()).toEqual([1])
  const key = random(32)
  await rotation.take(announced(2, key, () => true, honest))
  expect(rotation.missing()).toEqual([1])
  expect(rotation.commitmentOf(2)).toEqual(epochCommitmentOf(crypto, chainId, 2, key))
})

it('is counted from the first key that did not come, whoever announced the next one', async () => {
  const { rotation, propose } = await opened(createMemoryStore())
  await rotation.take(announced(1, random(32), () => false))
  vi.advanceTimersByTime(MINUTE_MS - 1_000)
  await rotation.take(announced(2, random(32), () => false, honest))
  vi.advanceTimersByTime((4 * MINUTE_MS) / 3 + 3_000)
  expect(propose).toHaveBeenCalled()
})

it('is counted alike by who reads the chain again years later, what came too soon too', async () => {
  const items: FinalItem[] = []
  const before = await opened(createMemoryStore())
  const keys = [1, 2, 2, 3].map(() => random(32))
  for (const [i, [epoch, author, afterMs]] of (
    [
      [1, liar, 0],
      // Within five minutes by the same one: for nobody.
      [2, liar, MINUTE_MS],
      [2, honest, MINUTE_MS],
      [3, liar, MINUTE_MS],
    ] as const
  ).entries()) {
    vi.advanceTimersByTime(afterMs)
    items.push({ ...announced(epoch, keys[i]!, () => true, author), height: i + 1 })
    await before.rotation.take(items[i]!)
  }
  before.rotation.close()
  vi.advanceTimersByTime(3 * 365 * 24 * 60 * MINUTE_MS)
  const { rotation } = await opened(createMemoryStore())
  for (const item of items) await rotation.take(item)
  for (const each of [before.rotation, rotation]) {
    expect([1, 2, 3].map((epoch) => each.commitmentOf(epoch))).toEqual(
      [keys[0]!, keys[2]!, keys[3]!].map((key, i) => epochCommitmentOf(crypto, chainId, i + 1, key)),
    )
    expect([each.hasEpoch(2, 3), each.hasEpoch(2, 4)]).toEqual([false, true])
  }
})

it('is not made by who made the last one a moment ago: the turn is another’s', async () => {
  const { rotation, propose } = await opened(createMemoryStore())
  await rotation.take(announced(1, random(32), () => false, own))
  vi.advanceTimersByTime(4 * MINUTE_MS)
  expect(propose).not.toHaveBeenCalled()
  vi.advanceTimersByTime(3 * MINUTE_MS)
  expect(propose).toHaveBeenCalled()
})

it('is not due where it came, be it later', async () => {
  const { rotation, held, propose } = await opened(createMemoryStore())
  await rotation.take(announced(1, random(32), () => true))
  vi.advanceTimersByTime(5 * MINUTE_MS)
  const late = random(32)
  await rotation.take(announced(2, late, (member) => member !== own.member, honest))
  vi.advanceTimersByTime(MINUTE_MS / 2)
  held.push({ epoch: 2, key: late })
  vi.advanceTimersByTime(5 * MINUTE_MS)
  expect(propose).not.toHaveBeenCalled()
})

it('says after a restart too what a key that was announced is held against', async () => {
  const store = createMemoryStore()
  const key = random(32)
  const before = await opened(store)
  await before.rotation.take(announced(1, key, () => false))
  before.rotation.close()
  const { rotation } = await opened(store)
  expect(rotation.commitmentOf(1)).toEqual(epochCommitmentOf(crypto, chainId, 1, key))
  expect(rotation.commitmentOf(0)).toBeNull()
  expect(rotation.hasEpoch(1, 2)).toBe(true)
  expect(rotation.hasEpoch(1, 1)).toBe(false)
})
