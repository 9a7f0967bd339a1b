/**
 * Reviews that a person signed here: the chain has the hash of the text, this node the text, sealed for whoever wrote it under keys that every
 * kind of member has.
 */
import { z } from 'zod'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { ChainNode } from '../node/node.ts'
import { keptReviewsKey } from '../node/storage/buckets.ts'
import { put } from '../node/storage/store.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

/** The oldest go first: the chain has them still. */
const REVIEWS_MAX = 200
/** Of all of them as text, like a shelf: they are read and written whole. */
export const REVIEWS_BYTES_MAX = 8 << 20

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

/** What is there cannot be read here and now: its key has not come, or a newer version wrote it. */
export class KeptReviewsFailure extends Failure<{ code: 'kept-reviews-unreadable' }> {}

/** Newest first; empty where nothing was kept, or what was kept does not open. */
export async function keptReviews(
  world: World,
  node: ChainNode,
  userKeyId: string,
): Promise<readonly KeptReview[]> {
  return (await load(world, node, userKeyId)) ?? []
}

/** Null where something was kept that cannot be read: it is not nothing, and may be read again. */
async function load(world: World, node: ChainNode, userKeyId: string): Promise<readonly KeptReview[] | null> {
  const key = keyOf(world, userKeyId)
  const value = await node.store.get(key)
  if (value === null) return []
  const content = sealOf(world, node).open(key, value)
  const read = content === null ? null : stored.safeParse(jsonOf(utf8Decode(content)))
  return read?.success === true ? read.data.reviews : null
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * One after the other, so that none is lost; nothing is written over what cannot be read.
 * @throws {KeptReviewsFailure}; {NodeFailure}; {StorageFailure}
 */
export async function keepReview(
  world: World,
  node: ChainNode,
  userKeyId: string,
  kept: KeptReview,
): Promise<void> {
  const work = async (): Promise<void> => {
    const key = keyOf(world, userKeyId)
    const before = await load(world, node, userKeyId)
    if (before === null) throw new KeptReviewsFailure({ code: 'kept-reviews-unreadable' })
    const reviews = asManyAsFit([kept, ...before])
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

/** The newest; each with the comma behind it, and a little for what is around them. */
function asManyAsFit(reviews: readonly KeptReview[]): readonly KeptReview[] {
  let bytes = 64
  return reviews.slice(0, REVIEWS_MAX).filter((each) => {
    bytes += utf8Encode(JSON.stringify(each)).length + 1
    return bytes <= REVIEWS_BYTES_MAX
  })
}

const turns = new WeakMap<ChainNode, Promise<unknown>>()

/** As of protocols: the audit's keys outlive every change of keys. */
function sealOf({ crypto, random }: World, node: ChainNode) {
  return createNodeSeal(crypto, random, node.ledger.chainId, () => node.auditKeys.list())
}

const keyOf = ({ crypto }: World, userKeyId: string): Bytes =>
  keptReviewsKey(crypto.sha256(utf8Encode(`consilium/kept-reviews/1 ${userKeyId}`)))
