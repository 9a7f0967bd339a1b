/** Between an item being final and the index having taken it lies a moment, in which it waits no more and is in no list yet. */
import { describe, expect, it } from 'vitest'
import { crypto, foundConsortium, heldBy, makeItem } from '../chain/consortium.test-kit.ts'
import type { ItemHash } from '../chain/ids.ts'
import { decodeSignedItem, itemHashOf } from '../chain/item.ts'
import { studyRulesOf } from '../chain/study-items.ts'
import type { Ledger } from '../ledger.ts'
import { finalItemKey, u64 } from '../storage/buckets.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { put } from '../storage/store.ts'
import { checkedValue } from '../storage/value.ts'
import { openStudies, type StudiesOfNode } from './studies.ts'

async function scene() {
  const consortium = foundConsortium({ seed: 'caught up', voters: 4, others: ['university'] })
  const { chainId, random, institutions } = consortium
  const university = institutions.find(({ member }) => member.kind === 'university')!
  const store = createMemoryStore()
  const commitment = random(32)
  const bytes = makeItem(
    consortium,
    university,
    {
      kind: 'study',
      commitment,
      requesterClass: 'university',
      chargeKind: 'table',
      chargeMicroRho: 1_000,
      snapshotHash: random(32) as ItemHash,
      studyId: random(16),
      of: null,
      ...studyRulesOf(consortium.start.consortium.policy),
      held: heldBy(consortium, commitment),
    },
    1,
  )
  const studyHash = itemHashOf(crypto, chainId, bytes)
  // It is final, and nothing has read it yet.
  const key = finalItemKey(studyHash)
  await store.commit([put(key, checkedValue(key, u64(1)))])
  const state = { ...consortium.start, height: 1 }
  let readUpTo = 0
  let reads = 0
  const studies: StudiesOfNode = await openStudies({
    store,
    crypto,
    random,
    chainId,
    memberId: university.member.memberId,
    ledger: { chainId, state } as unknown as Ledger,
    now: () => state.lastTime,
    transport: null,
    shared: { studies: () => [{ epoch: 0, key: random(32) }], gateway: () => [], add: async () => {} },
    authorSecret: () => university.authorSecret,
    gatewaySecrets: () => [],
    submittedHere: () => [],
    currentOf: async (itemHash) => itemHash as ItemHash,
    propose: async () => studyHash,
    items: {
      height: () => readUpTo,
      isMember: () => true,
      isHospital: () => false,
      hasEpoch: () => false,
      gatewayKey: () => null,
      onUnknownEpoch() {},
    },
    async settled() {
      reads++
      if (readUpTo === 1) return
      const signed = decodeSignedItem(crypto, bytes)!
      await studies.take({ signed, hash: studyHash, height: 1, time: state.lastTime, content: null })
      readUpTo = 1
    },
    isHalted: () => false,
    onFailure(error) {
      throw error
    },
  })
  return { studies, studyHash, author: university.member.memberId, reads: () => reads }
}

describe('whoever asks for a study that became final a moment ago', () => {
  it('finds it, by its hash and in the list of its author', async () => {
    const one = await scene()
    expect(await one.studies.index.studyOf(one.studyHash)).toMatchObject({ state: 'charged', height: 1 })
    await one.studies.close()
    const other = await scene()
    expect(await other.studies.index.list({ author: other.author, limit: 5 })).toHaveLength(1)
    await other.studies.close()
  })

  it('waits for nothing where everything was read', async () => {
    const { studies, studyHash, reads } = await scene()
    await studies.index.studyOf(studyHash)
    await studies.index.studyOf(studyHash)
    expect(reads()).toBe(1)
    await studies.close()
  })
})
