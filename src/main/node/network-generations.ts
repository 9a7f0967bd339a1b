/**
 * Pre-shared keys of the network as they are rotated (docs/spec/network.md section 9): the author of the decision makes
 * the key, the others ask for it, both keys are open until everybody had time, and the old one closes only where the new
 * one is here.
 */
import { equalBytes } from '../../shared/std/bytes.ts'
import { encode, tryDecode } from './chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type MemberId } from './chain/ids.ts'
import type { ConsortiumState } from './chain/state.ts'
import type { Random } from './crypto/crypto.ts'
import type { FinalItem } from './final-items.ts'
import type { NodeNetwork, PreSharedKey } from './network/node-network.ts'
import type { SharedKeys } from './shared-keys.ts'
import { metaKey } from './storage/buckets.ts'
import { put, type Store } from './storage/store.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'

export interface NetworkGenerations {
  /** Those to open from the start. */
  open(): PreSharedKey[]
  /** Generations that are decided and whose key is not here. */
  missing(): { readonly generation: number; readonly author: MemberId | null }[]
  /** A final item, in order. */
  take(item: FinalItem): Promise<void>
  /** Opens what should be open and closes what is over. */
  consider(network: NodeNetwork): Promise<void>
}

export interface NetworkGenerationsOptions {
  readonly store: Store
  readonly random: Random
  readonly memberId: MemberId
  readonly shared: SharedKeys
  readonly consortium: () => ConsortiumState
  readonly now: () => number
  /** How long the old key stays open once the new one is in effect. */
  readonly overlapMs: number
}

const NETWORK = metaKey('network')

export async function openNetworkGenerations(
  options: NetworkGenerationsOptions,
): Promise<NetworkGenerations> {
  const { store, shared, memberId } = options
  /** Who made a generation's key, and since when this node knows it in effect. */
  let author: { readonly generation: number; readonly memberId: MemberId } | null = null
  let since: { readonly generation: number; readonly time: number } | null = null
  await load()
  await noteInEffect()
  const opened = new Set(wanted().map(({ generation }) => generation))

  async function load(): Promise<void> {
    const value = await store.get(NETWORK)
    const read = value === null ? null : readCheckedValue(NETWORK, value)
    const slots = read?.kind === 'ok' ? asArray(tryDecode(read.content), 4) : null
    if (slots === null) return
    const [authorOf, made, sinceOf, time] = slots
    if (isCount(authorOf) && isBytes(made, MEMBER_ID_BYTES))
      author = { generation: authorOf, memberId: made as MemberId }
    if (isCount(sinceOf) && isCount(time)) since = { generation: sinceOf, time }
  }

  async function save(): Promise<void> {
    const content = encode([
      author?.generation ?? null,
      author?.memberId ?? null,
      since?.generation ?? null,
      since?.time ?? null,
    ])
    await store.commit([put(NETWORK, checkedValue(NETWORK, content))])
  }

  async function noteInEffect(): Promise<void> {
    const generation = options.consortium().networkGeneration
    if (since?.generation === generation) return
    since = { generation, time: Math.floor(options.now()) }
    await save()
  }

  /** The newest that is decided; those in effect and on their way count. */
  function decided(): number[] {
    const { networkGeneration, pending } = options.consortium()
    const coming = pending.flatMap(({ change }) => (change.kind === 'network' ? [change.number] : []))
    return [networkGeneration, ...coming]
  }

  function wanted(): PreSharedKey[] {
    const { networkGeneration } = options.consortium()
    const isOverlapOver = since !== null && options.now() - since.time > options.overlapMs
    const hasCurrent = shared.has('network', networkGeneration)
    return shared
      .network()
      .filter(
        ({ epoch }) =>
          epoch >= networkGeneration || !hasCurrent || (!isOverlapOver && epoch === networkGeneration - 1),
      )
      .map(({ epoch, key }) => ({ generation: epoch, psk: key }))
  }

  return {
    open: wanted,
    missing: () =>
      decided()
        .filter((generation) => !shared.has('network', generation))
        .map((generation) => ({
          generation,
          author: author?.generation === generation ? author.memberId : null,
        })),
    async take({ signed }) {
      const { clear, author: by } = signed.item
      if (clear.kind !== 'network') return
      author = { generation: clear.number, memberId: by }
      await save()
      if (equalBytes(by, memberId) && !shared.has('network', clear.number))
        await shared.add('network', [{ epoch: clear.number, key: options.random(32) }])
    },
    async consider(network) {
      await noteInEffect()
      const list = wanted()
      for (const key of list)
        if (!opened.has(key.generation)) {
          opened.add(key.generation)
          await network.openGeneration(key)
        }
      for (const generation of [...opened])
        if (!list.some((each) => each.generation === generation)) {
          opened.delete(generation)
          await network.closeGeneration(generation)
        }
    },
  }
}
