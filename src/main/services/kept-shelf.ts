/**
 * What a researcher keeps under names: cohorts, versions of code sets, and the pathways under work. Sealed in the hospital's store like
 * the study under work (`kept-study.ts`); the store knows who by a hash only.
 */
import { z } from 'zod'
import { saidCount } from '../../shared/contract/said.ts'
import { codeSet } from '../../shared/domain/code-set.ts'
import { cohortDefinition } from '../../shared/domain/cohort.ts'
import { pathwaysDefinition } from '../../shared/domain/pathways.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal, type NodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { keptShelfKey } from '../node/storage/buckets.ts'
import { put } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

export const COHORTS_MAX = 200
export const CODE_SETS_MAX = 200
export const VERSIONS_MAX = 100
/** Of all of it as text: a study's own limit, since it is read and written whole. */
const SHELF_BYTES_MAX = 8 << 20

const stored = z.object({
  format: z.literal(1),
  cohorts: z.array(
    z.object({
      name: z.string(),
      definition: cohortDefinition,
      savedAt: z.number(),
      counted: z.object({ hash: z.string(), upTo: z.int(), at: z.number(), persons: saidCount }).nullable(),
    }),
  ),
  codeSets: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.int(), set: codeSet, savedAt: z.number() })),
    }),
  ),
  pathways: pathwaysDefinition.nullable(),
})
export type StoredShelf = z.infer<typeof stored>

type World = Pick<ProfileWorld, 'crypto' | 'random' | 'now'>

type Changed =
  | { readonly kind: 'kept'; readonly shelf: StoredShelf }
  | { readonly kind: 'refused'; readonly reason: 'full' | 'no-key' }

export interface KeptShelf {
  /** Empty where nothing was kept, or what was kept does not open any more. */
  load(userKeyId: string): Promise<StoredShelf>
  /** One change after the other, so that none is lost. Nothing is written where `change` gives the same. @throws {StorageFailure} */
  change(userKeyId: string, change: (before: StoredShelf) => StoredShelf): Promise<Changed>
}

const EMPTY: StoredShelf = { format: 1, cohorts: [], codeSets: [], pathways: null }

/** Changes of one store come one after the other, whichever service asks. */
const turns = new WeakMap<ChainNode, Promise<unknown>>()

export function createKeptShelf(world: World, node: () => ChainNode): KeptShelf {
  async function load(userKeyId: string): Promise<StoredShelf> {
    const key = keyOf(world, userKeyId)
    const value = await node().store.get(key)
    const content = value === null ? null : (await sealOf(world, node())).open(key, value)
    if (content === null) return EMPTY
    const read = stored.safeParse(JSON.parse(utf8Decode(content)))
    return read.success ? read.data : EMPTY
  }

  async function changed(userKeyId: string, change: (before: StoredShelf) => StoredShelf): Promise<Changed> {
    const seal = await sealOf(world, node())
    if (!seal.isReady) return { kind: 'refused', reason: 'no-key' }
    const before = await load(userKeyId)
    const shelf = change(before)
    if (shelf === before) return { kind: 'kept', shelf }
    const content = utf8Encode(JSON.stringify(shelf))
    if (isTooMuch(shelf) || content.length > SHELF_BYTES_MAX) return { kind: 'refused', reason: 'full' }
    const key = keyOf(world, userKeyId)
    await node().write([put(key, seal.seal(key, content))])
    return { kind: 'kept', shelf }
  }

  return {
    load,
    change(userKeyId, change) {
      const work = (): Promise<Changed> => changed(userKeyId, change)
      const done = (turns.get(node()) ?? Promise.resolve()).then(work, work)
      turns.set(
        node(),
        done.catch(() => {}),
      )
      return done
    },
  }
}

const isTooMuch = ({ cohorts, codeSets }: StoredShelf): boolean =>
  cohorts.length > COHORTS_MAX ||
  codeSets.length > CODE_SETS_MAX ||
  codeSets.some(({ versions }) => versions.length > VERSIONS_MAX)

async function sealOf(world: World, node: ChainNode): Promise<NodeSeal> {
  const { linkage } = await node.analysisKeys()
  return createNodeSeal(world.crypto, world.random, node.gatewayKeys().chainId, () => linkage)
}

const keyOf = ({ crypto }: World, userKeyId: string): Bytes =>
  keptShelfKey(crypto.sha256(utf8Encode(`consilium/kept-shelf/1 ${userKeyId}`)))
