/**
 * What members have decided on members and on numbers of the policy, by height. In which segments that is stands on the disk, read out of the chain by a
 * reader of its own, so that whoever asks for an old state reads those few segments and no others; once read, they stay in memory.
 */
import { Failure } from '../../shared/std/failure.ts'
import type { ChainId } from '../node/chain/ids.ts'
import type { ItemClear } from '../node/chain/item.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { openFinalItems } from '../node/final-items.ts'
import { decisionKey, keyTail, rangeOf, readU64 } from '../node/storage/buckets.ts'
import { put, type Store } from '../node/storage/store.ts'
import { checkedValue } from '../node/storage/value.ts'

export interface Decision {
  /** Of the segment that holds it; it is in effect `EFFECT_DELAY_HEIGHTS` later. */
  readonly height: number
  readonly item: Extract<ItemClear, { kind: 'membership' | 'policy' }>
}

export interface Decisions {
  /** Newest first, of segments up to this height. @throws Failure where the chain was not read so far, or a segment cannot be read */
  upTo(height: number): Promise<readonly Decision[]>
  /** The chain has grown. */
  nudge(): void
  close(): Promise<void>
}

export interface DecisionsOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly chainId: ChainId
  /** Of the newest segment. */
  readonly height: () => number
  /** Final items of a segment, in order. @throws Failure where it cannot be read */
  readonly itemsAt: (height: number) => Promise<readonly ItemClear[]>
  readonly onFailure: (error: unknown) => void
}

/** Whoever asks waits for so many segments that are not read yet, and no longer: a gateway that comes back after weeks goes on meanwhile. */
const WAIT_HEIGHTS = 1_000
const NOTHING = new Uint8Array(0)

export async function openDecisions(options: DecisionsOptions): Promise<Decisions> {
  const { store, crypto, chainId, itemsAt } = options
  /** Ascending. */
  const heights: number[] = []
  const known = new Map<number, readonly Decision[]>()
  for await (const { key } of store.scan(rangeOf('x/d'))) heights.push(readU64(keyTail('x/d', key)))

  const reader = await openFinalItems({
    store,
    crypto,
    chainId,
    mark: 'decisions-read',
    height: options.height,
    // It opens nothing that is sealed, and so waits for no key.
    isMember: () => true,
    isHospital: () => false,
    hasEpoch: () => false,
    gatewayKey: () => null,
    onUnknownEpoch() {},
    async take({ signed, height }) {
      const { kind } = signed.item.clear
      if ((kind !== 'membership' && kind !== 'policy') || height <= (heights.at(-1) ?? 0)) return
      const key = decisionKey(height)
      // Before the mark that says it was read.
      await store.commitUnsynced([put(key, checkedValue(key, NOTHING))])
      heights.push(height)
    },
    onFailure: options.onFailure,
  })
  reader.nudge()

  async function decidedAt(height: number): Promise<readonly Decision[]> {
    const before = known.get(height)
    if (before !== undefined) return before
    const found: Decision[] = []
    for (const item of await itemsAt(height))
      if (item.kind === 'membership' || item.kind === 'policy') found.unshift({ height, item })
    known.set(height, found)
    return found
  }

  return {
    async upTo(height) {
      if (reader.readUpTo < height && height - reader.readUpTo <= WAIT_HEIGHTS) await reader.settled()
      reader.nudge()
      if (reader.readUpTo < height) throw new Failure({ code: 'not-ready' })
      const decisions: Decision[] = []
      for (const each of heights.filter((at) => at <= height).reverse())
        decisions.push(...(await decidedAt(each)))
      return decisions
    },
    nudge: () => reader.nudge(),
    close: () => reader.close(),
  }
}
