/** What the finder takes over from the check before a vote, and what not. */
import { afterEach, expect, it } from 'vitest'
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { PatientName } from '../chain/access.ts'
import { encodeHead } from '../chain/block.ts'
import type { ChainId, MemberId, MerkleRoot } from '../chain/ids.ts'
import { scopeNumberOf } from '../chain/key-box.ts'
import { createNodeCrypto, createNodeRandom } from '../crypto-node.ts'
import { erasedKey, metaKey } from '../storage/buckets.ts'
import { segmentWrites } from '../storage/chain-store.ts'
import { rowWrite } from '../storage/key-box-store.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { put, type Store } from '../storage/store.ts'
import { checkedValue } from '../storage/value.ts'
import { createNodeSeal } from './node-seal.ts'
import { openPatientFinder, type PatientFinder } from './patient-finder.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()
const chainId = random(32) as ChainId
const author = random(16) as MemberId
const patientA: PatientName = { key: random(32), epoch: 0 }
const patientB: PatientName = { key: random(32), epoch: 0 }

const open: PatientFinder[] = []
afterEach(async () => {
  for (const finder of open.splice(0)) await finder.close()
})

async function startOn(store: Store, blockCount: number): Promise<PatientFinder> {
  const keys = () => [{ epoch: 0, key: new Uint8Array(32) }]
  const finder = await openPatientFinder({
    store,
    crypto,
    chainId,
    seal: createNodeSeal(crypto, random, chainId, keys),
    isHospital: () => true,
    gatewayEpochs: keys,
    readableCount: () => blockCount,
    blockCount: () => blockCount,
    onFailure: (error) => {
      throw error
    },
  })
  open.push(finder)
  return finder
}

/** Blocks with rows that nobody here can open: what is found of them was noted. */
async function finderOver(blockCount: number) {
  const store = createMemoryStore()
  const roots = Array.from({ length: blockCount }, () => random(32) as MerkleRoot)
  await store.commit([
    ...segmentWrites(
      1,
      { segment: random(8), certificate: random(8), items: [] },
      roots.map((merkleRoot, index) => ({
        index,
        hash: random(32),
        root: merkleRoot,
        head: encodeHead({
          chainId,
          index,
          previousHash: random(32),
          timestamp: 0,
          merkleRoot,
          bodyHash: random(32),
          keyCommitment: random(32),
          sizeClass: 0,
        }),
        body: random(64),
        sequence: null,
      })),
      [],
    ),
    ...roots.map((root) => rowWrite(root, scopeNumberOf('gateway'), 0, random(64))),
  ])
  const finder = await startOn(store, blockCount)
  const note = (index: number, patient: PatientName) =>
    finder.note(roots[index]!, { author, visitId: random(16), op: 'create', supersedes: null, patient })
  return { store, roots, finder, note }
}

const indexesOf = async (finder: PatientFinder, patient: PatientName) =>
  (await finder.find([patient])).map(({ index }) => index)

it('takes over what was said where a record was opened for a vote, and opens it not once more', async () => {
  const { finder, note } = await finderOver(5)
  note(0, patientA)
  note(1, patientB)
  note(2, patientA)
  note(4, patientA)
  await finder.settled()
  expect(finder.foundUpTo).toBe(5)
  expect(await indexesOf(finder, patientA)).toEqual([0, 2, 4])
  expect(await indexesOf(finder, patientB)).toEqual([1])
})

it('counts on in the rows of a name that lie there from an earlier start', async () => {
  const { store, roots, finder, note } = await finderOver(3)
  for (const index of [0, 1, 2]) note(index, patientA)
  await finder.settled()
  // As if it had to be made anew behind them: rows of a name have no gap.
  const done = metaKey('found')
  const again = await startOn(
    { ...store, get: async (key) => (equalBytes(key, done) ? null : store.get(key)) },
    1,
  )
  again.note(roots[0]!, { author, visitId: random(16), op: 'create', supersedes: null, patient: patientA })
  await again.settled()
  expect(await indexesOf(again, patientA)).toEqual([0, 0, 1, 2])
})

it('leaves out what was erased since it was opened', async () => {
  const { store, roots, finder, note } = await finderOver(2)
  for (const index of [0, 1]) note(index, patientA)
  const mark = erasedKey(roots[0]!)
  await store.commit([put(mark, checkedValue(mark, new Uint8Array(16)))])
  await finder.settled()
  expect(finder.foundUpTo).toBe(2)
  expect(await indexesOf(finder, patientA)).toEqual([1])
})
