/**
 * Reviews that a person signed here: the chain has the hash of the text, this node the text, sealed for whoever wrote it under keys that every
 * kind of member has.
 */
import { z } from 'zod'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { keptReviewsKey } from '../node/storage/buckets.ts'
import { put } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

/** The oldest go first: the chain has them still. */
const REVIEWS_MAX = 200

const review = z.object({
  itemHash: z.string(),
  studyHash: z.string(),
  packageHash: z.string(),
  title: z.string(),
  verdict: z.enum(['confirmed', 'differs', 'not-recomputable']),
  text: z.string(),
  at: z.number(),
  /** Of the chain when it was signed. */
  height: z.int(),
})
const stored = z.object({ format: z.literal(1), reviews: z.array(review) })
export type KeptReview = z.infer<typeof review>

type World = Pick<ProfileWorld, 'crypto' | 'random'>

/** Newest first; empty where nothing was kept, or what was kept does not open any more. */
export async function keptReviews(
  world: World,
  node: ChainNode,
  userKeyId: string,
): Promise<readonly KeptReview[]> {
  const key = keyOf(world, userKeyId)
  const value = await node.store.get(key)
  const content = value === null ? null : sealOf(world, node).open(key, value)
  if (content === null) return []
  const read = stored.safeParse(JSON.parse(utf8Decode(content)))
  return read.success ? read.data.reviews : []
}

/** One after the other, so that none is lost. @throws {NodeFailure}; {StorageFailure} */
export async function keepReview(
  world: World,
  node: ChainNode,
  userKeyId: string,
  kept: KeptReview,
): Promise<void> {
  const work = async (): Promise<void> => {
    const key = keyOf(world, userKeyId)
    const reviews = [kept, ...(await keptReviews(world, node, userKeyId))].slice(0, REVIEWS_MAX)
    const content = utf8Encode(JSON.stringify({ format: 1, reviews }))
    await node.write([put(key, sealOf(world, node).seal(key, content))])
  }
  const done = (turns.get(node) ?? Promise.resolve()).then(work, work)
  turns.set(
    node,
    done.catch(() => {}),
  )
  return done
}

const turns = new WeakMap<ChainNode, Promise<unknown>>()

/** As of protocols: the audit's keys outlive every change of keys. */
function sealOf({ crypto, random }: World, node: ChainNode) {
  return createNodeSeal(crypto, random, node.ledger.chainId, () => node.auditKeys.list())
}

const keyOf = ({ crypto }: World, userKeyId: string): Bytes =>
  keptReviewsKey(crypto.sha256(utf8Encode(`consilium/kept-reviews/1 ${userKeyId}`)))
