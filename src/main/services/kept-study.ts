/**
 * The study that a person works on, sealed in the hospital's store: after a crash, and on the next day, it is as it was left. Sealed under
 * the node's key, since researchers hold no key of patients; the store knows who by a hash only.
 */
import { z } from 'zod'
import { studyFile, type StudyDocument } from '../../shared/domain/study.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal, type NodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { keptStudyKey } from '../node/storage/buckets.ts'
import { put } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

const stored = z.object({ format: z.literal(1), savedAt: z.number(), study: studyFile })

interface KeptStudy {
  readonly study: StudyDocument
  /** Milliseconds since 1970. */
  readonly savedAt: number
}

type World = Pick<ProfileWorld, 'crypto' | 'random' | 'now'>

/** Null where nothing was kept, or what was kept does not open any more. */
export async function loadKeptStudy(
  world: World,
  node: ChainNode,
  userKeyId: string,
): Promise<KeptStudy | null> {
  const key = keyOf(world, userKeyId)
  const value = await node.store.get(key)
  const content = value === null ? null : (await sealOf(world, node)).open(key, value)
  if (content === null) return null
  const read = stored.safeParse(JSON.parse(utf8Decode(content)))
  return read.success ? { study: read.data.study, savedAt: read.data.savedAt } : null
}

/** Null where this institution has no key to seal under. @throws {NodeFailure}; {StorageFailure} */
export async function keepStudy(
  world: World,
  node: ChainNode,
  userKeyId: string,
  study: StudyDocument,
): Promise<KeptStudy | null> {
  const seal = await sealOf(world, node)
  if (!seal.isReady) return null
  const kept = { format: 1 as const, savedAt: world.now(), study }
  const key = keyOf(world, userKeyId)
  await node.write([put(key, seal.seal(key, utf8Encode(JSON.stringify(kept))))])
  return kept
}

async function sealOf(world: World, node: ChainNode): Promise<NodeSeal> {
  const { linkage } = await node.analysisKeys()
  return createNodeSeal(world.crypto, world.random, node.gatewayKeys().chainId, () => linkage)
}

const keyOf = ({ crypto }: World, userKeyId: string): Bytes =>
  keptStudyKey(crypto.sha256(utf8Encode(`consilium/kept-study/1 ${userKeyId}`)))
