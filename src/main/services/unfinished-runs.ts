/**
 * Which questions were under way, so that one that ended with the application is said on the next start and can be run again. Kept like
 * the study under work (`kept-study.ts`): sealed, and the store knows who by a hash only. A run that ends by itself leaves no trace, and a
 * short one never makes one.
 */
import { z } from 'zod'
import { unfinishedRun, type UnfinishedRun } from '../../shared/contract/study-history.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal, type NodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { keptStudyKey } from '../node/storage/buckets.ts'
import { put, StorageFailure } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { isEnding, type JobControl } from './jobs.ts'

/** Whoever waited for less asks again without being told. */
export const NOTED_AFTER_MS = 2_000
/** Of one person. */
const NOTED_MAX = 20

const stored = z.object({
  format: z.literal(1),
  runs: z.array(unfinishedRun.extend({ id: z.string() })),
})
type Noted = z.infer<typeof stored>['runs'][number]
type World = Pick<ProfileWorld, 'crypto' | 'random' | 'now'>

export interface UnfinishedRuns {
  /** Does the work of a job; it is noted while it runs, and stays noted where it ends with the application. */
  watching<T>(
    asker: string | null,
    kind: UnfinishedRun['kind'],
    control: Pick<JobControl, 'jobId' | 'signal'>,
    work: () => Promise<T>,
  ): Promise<T>
  /** Those that an earlier start of the application left; empty where none was noted or what was noted does not open any more. */
  list(userKeyId: string): Promise<UnfinishedRun[]>
  forget(userKeyId: string, kind: UnfinishedRun['kind']): Promise<void>
}

/** Changes of one store come one after the other, so that none is lost. */
const turns = new WeakMap<ChainNode, Promise<unknown>>()
/** Runs of this process: of another one are those that are noted and not here. */
const alive = new Set<string>()

export function createUnfinishedRuns(
  world: World,
  node: () => ChainNode,
  notedAfterMs = NOTED_AFTER_MS,
): UnfinishedRuns {
  const keyOf = (userKeyId: string): Bytes =>
    keptStudyKey(world.crypto.sha256(utf8Encode(`consilium/unfinished-runs/1 ${userKeyId}`)))

  async function load(userKeyId: string): Promise<Noted[]> {
    const key = keyOf(userKeyId)
    const value = await node().store.get(key)
    const content = value === null ? null : (await sealOf(world, node())).open(key, value)
    if (content === null) return []
    const read = stored.safeParse(JSON.parse(utf8Decode(content)))
    return read.success ? read.data.runs : []
  }

  const change = (userKeyId: string, next: (before: Noted[]) => Noted[]): Promise<void> => {
    const of = node()
    const work = async (): Promise<void> => {
      const seal = await sealOf(world, of)
      if (!seal.isReady) return
      const before = await load(userKeyId)
      const runs = next(before)
      if (runs.length === before.length && runs.every((run, i) => run === before[i])) return
      const key = keyOf(userKeyId)
      const content = utf8Encode(JSON.stringify({ format: 1, runs: runs.slice(-NOTED_MAX) }))
      await of.write([put(key, seal.seal(key, content))])
    }
    const done = (turns.get(of) ?? Promise.resolve()).then(work, work)
    turns.set(
      of,
      done.catch(() => {}),
    )
    return done
  }

  return {
    async watching(asker, kind, { jobId, signal }, work) {
      if (asker === null) return work()
      const startedAt = world.now()
      alive.add(jobId)
      const noted: Promise<void>[] = []
      const timer = setTimeout(() => {
        noted.push(quietly(change(asker, (before) => [...before, { id: jobId, kind, startedAt }])))
      }, notedAfterMs)
      try {
        return await work()
      } finally {
        clearTimeout(timer)
        await Promise.all(noted)
        if (noted.length > 0 && !isEnding(signal))
          await quietly(change(asker, (before) => before.filter(({ id }) => id !== jobId)))
        alive.delete(jobId)
      }
    },
    async list(userKeyId) {
      const noted = await load(userKeyId)
      return noted.flatMap(({ id, kind, startedAt }) => (alive.has(id) ? [] : [{ kind, startedAt }]))
    },
    forget: (userKeyId, kind) =>
      change(userKeyId, (before) => before.filter((run) => run.kind !== kind || alive.has(run.id))),
  }
}

/** A disk that is full notes nothing; what was asked is answered all the same. */
async function quietly(noting: Promise<void>): Promise<void> {
  try {
    await noting
  } catch (error) {
    if (!(error instanceof StorageFailure)) throw error
  }
}

async function sealOf(world: World, node: ChainNode): Promise<NodeSeal> {
  const { linkage } = await node.analysisKeys()
  return createNodeSeal(world.crypto, world.random, node.gatewayKeys().chainId, () => linkage)
}
