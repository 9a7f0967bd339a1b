/** Runs that end with the application are said on the next start; runs that end by themselves, or are stopped by a person, are not. */
import { expect, it } from 'vitest'
import type { ChainId } from '../node/chain/ids.ts'
import { createNodeCrypto, createNodeRandom } from '../node/crypto-node.ts'
import type { ChainNode } from '../node/node.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { StorageFailure, type Write } from '../node/storage/store.ts'
import { createJobs } from './jobs.ts'
import { createUnfinishedRuns } from './unfinished-runs.ts'

const random = createNodeRandom()
let time = 1_000
const world = { crypto: createNodeCrypto(), random, now: () => time }

/** As much of a node as keeps a sealed row; the writes of it are counted. */
function nodeWithStore(isFull = false) {
  const store = createMemoryStore()
  const linkage = [{ epoch: 0, key: random(32) }]
  const writes: Write[] = []
  const node = {
    store,
    async write(batch: readonly Write[]) {
      if (isFull) throw new StorageFailure({ code: 'disk-full', path: 'memory', freeBytes: 0 })
      writes.push(...batch)
      await store.commit(batch)
    },
    analysisKeys: async () => ({ linkage }),
    gatewayKeys: () => ({ chainId: random(32) as ChainId }),
  }
  const chainId = node.gatewayKeys().chainId
  node.gatewayKeys = () => ({ chainId })
  return { node: node as unknown as ChainNode, writes }
}

const never = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))

it('R18: are said of a run that ended with the application, until it is put away', async () => {
  const { node, writes } = nodeWithStore()
  const runs = createUnfinishedRuns(world, () => node, 0)
  const jobs = createJobs(
    () => {},
    () => time,
  )
  const begin = (kind: 'question' | 'cleaning') =>
    jobs.start('clean', 'patients', (control) =>
      runs.watching('ada', kind, control, () => never(control.signal)),
    )
  begin('question')
  const stopped = begin('cleaning')
  await expect.poll(() => writes.length).toBe(2)
  // While they run they are not over.
  expect(await runs.list('ada')).toEqual([])
  await jobs.handlers.cancel({ jobId: stopped.jobId })
  await stopped.finished
  time = 9_000
  await jobs.close()
  expect(await runs.list('ada')).toEqual([{ kind: 'question', startedAt: 1_000 }])
  expect(await runs.list('bo')).toEqual([])
  // Nobody reads in the store what was asked, or by whom.
  for (const write of writes)
    expect(Buffer.from(write.kind === 'put' ? write.value : []).toString('latin1')).not.toContain('question')
  await runs.forget('ada', 'cleaning')
  expect(await runs.list('ada')).toHaveLength(1)
  await runs.forget('ada', 'question')
  expect(await runs.list('ada')).toEqual([])
})

it('leave nothing behind where they end by themselves, and write nothing where they are short', async () => {
  const { node, writes } = nodeWithStore()
  const control = { jobId: 'one', signal: new AbortController().signal }
  const patient = createUnfinishedRuns(world, () => node)
  expect(await patient.watching('ada', 'question', control, async () => 'answer')).toBe('answer')
  expect(writes).toEqual([])
  const quick = createUnfinishedRuns(world, () => node, 0)
  const slow = () => new Promise((resolve) => setTimeout(resolve, 50))
  await quick.watching('ada', 'question', control, slow)
  await expect(
    quick.watching('ada', 'question', control, async () => {
      await slow()
      throw new Error('failed')
    }),
  ).rejects.toThrow('failed')
  expect(writes).toHaveLength(4)
  expect(await quick.list('ada')).toEqual([])
})

it('are answered also where the disk is full', async () => {
  const { node } = nodeWithStore(true)
  const runs = createUnfinishedRuns(world, () => node, 0)
  const control = { jobId: 'two', signal: new AbortController().signal }
  const slow = () => new Promise((resolve) => setTimeout(() => resolve('answer'), 50))
  expect(await runs.watching('ada', 'pathways', control, slow)).toBe('answer')
})
