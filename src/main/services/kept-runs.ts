/**
 * What a person ran, and the models that are kept to be held against each other: sealed in the hospital's store like the study under work
 * (`kept-study.ts`), so that they are there on the next day too; the store knows who by a hash only.
 */
import { z } from 'zod'
import {
  keptModel,
  type KeptModelId,
  keptRun,
  KEPT_MODELS_MAX,
  type StudyHistory,
} from '../../shared/contract/study-history.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal, type NodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { keptStudyKey } from '../node/storage/buckets.ts'
import { put } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

/** Older runs go: their study files, and the audit, say of them for good. */
export const RUNS_MAX = 50
/** Of all of it as text, since it is read and written whole; below what one line of the local socket holds. */
const HISTORY_BYTES_MAX = 4 << 20

const stored = z.object({
  format: z.literal(1),
  runs: z.array(keptRun),
  models: z.array(keptModel),
})
type Run = StudyHistory['runs'][number]
type Models = StudyHistory['models']
export interface ModelChange {
  readonly add: Models
  readonly remove: readonly KeptModelId[]
}
type World = Pick<ProfileWorld, 'crypto' | 'random'>

export interface KeptRuns {
  /** Newest first; empty where nothing was kept, or what was kept does not open any more. */
  load(userKeyId: string): Promise<StudyHistory>
  /** A run of the same study with the same result comes to the top again. @throws {StorageFailure} */
  note(userKeyId: string, run: Run): Promise<boolean>
  /**
   * Removes and adds, so that whoever does not know of all loses none; answers what is kept by now. `isKept` false, with nothing changed,
   * where this institution has no key to seal under, or they would be more than are kept. @throws {StorageFailure}
   */
  keepModels(userKeyId: string, models: ModelChange): Promise<{ isKept: boolean; models: Models }>
  forgetRuns(userKeyId: string): Promise<boolean>
}

const EMPTY: StudyHistory = { runs: [], models: [] }

/** Changes of one store come one after the other, so that none is lost. */
const turns = new WeakMap<ChainNode, Promise<unknown>>()

export function createKeptRuns(world: World, node: () => ChainNode): KeptRuns {
  const keyOf = (userKeyId: string): Bytes =>
    keptStudyKey(world.crypto.sha256(utf8Encode(`consilium/kept-runs/1 ${userKeyId}`)))

  async function load(userKeyId: string): Promise<StudyHistory> {
    const key = keyOf(userKeyId)
    const value = await node().store.get(key)
    const content = value === null ? null : (await sealOf(world, node())).open(key, value)
    if (content === null) return EMPTY
    const read = stored.safeParse(JSON.parse(utf8Decode(content)))
    return read.success ? { runs: read.data.runs, models: read.data.models } : EMPTY
  }

  async function changed(
    userKeyId: string,
    change: (before: StudyHistory) => StudyHistory | null,
  ): Promise<boolean> {
    const seal = await sealOf(world, node())
    if (!seal.isReady) return false
    const next = change(await load(userKeyId))
    const content = next === null ? null : fitting(next)
    if (content === null) return false
    const key = keyOf(userKeyId)
    await node().write([put(key, seal.seal(key, content))])
    return true
  }

  const change = (
    userKeyId: string,
    next: (before: StudyHistory) => StudyHistory | null,
  ): Promise<boolean> => {
    const work = (): Promise<boolean> => changed(userKeyId, next)
    const done = (turns.get(node()) ?? Promise.resolve()).then(work, work)
    turns.set(
      node(),
      done.catch(() => {}),
    )
    return done
  }

  return {
    load,
    note: (userKeyId, run) =>
      change(userKeyId, ({ runs, models }) => {
        const others = runs.filter(
          ({ hash, resultHash }) => hash !== run.hash || resultHash !== run.resultHash,
        )
        return { runs: [run, ...others].slice(0, RUNS_MAX), models }
      }),
    async keepModels(userKeyId, order) {
      let models: Models = []
      const isKept = await change(userKeyId, ({ runs, models: before }) => {
        models = changedModels(before, order)
        return models.length > KEPT_MODELS_MAX ? null : { runs, models }
      })
      return { isKept, models: isKept ? models : (await load(userKeyId)).models }
    },
    forgetRuns: (userKeyId) => change(userKeyId, ({ models }) => ({ runs: [], models })),
  }
}

function changedModels(before: Models, { add, remove }: ModelChange): Models {
  const isSame = (one: KeptModelId) => (other: KeptModelId) =>
    one.resultHash === other.resultHash && one.m === other.m
  const left = before.filter((each) => !remove.some(isSame(each)))
  return [...left, ...add.filter((each) => !left.some(isSame(each)))]
}

/** The oldest runs go where all of it is too much; null where the models alone are. */
function fitting({ runs, models }: StudyHistory): Bytes | null {
  for (let kept = runs; ; kept = kept.slice(0, Math.floor(kept.length / 2))) {
    const content = utf8Encode(JSON.stringify({ format: 1, runs: kept, models }))
    if (content.length <= HISTORY_BYTES_MAX) return content
    if (kept.length === 0) return null
  }
}

async function sealOf(world: World, node: ChainNode): Promise<NodeSeal> {
  const { linkage } = await node.analysisKeys()
  return createNodeSeal(world.crypto, world.random, node.gatewayKeys().chainId, () => linkage)
}
