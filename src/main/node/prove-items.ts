/**
 * That items are final, for somebody without the chain (docs/spec/package.md): walks from the founding to the last of them, checking
 * all but the bodies on the way, and keeps who decided and where each item lies. Every decision about members and rules on the way is
 * kept too, so that the keys which signed are known, and how many had to.
 */
import { present } from '../../shared/std/assert.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { appendWithNodes, EMPTY_ACCUMULATOR, inclusionProof, type TreeNode } from './chain/accumulator.ts'
import { encode, type Cbor } from './chain/codec.ts'
import type { Decision, EpochEnd } from './chain/field-proof.ts'
import type { ItemHash } from './chain/ids.ts'
import { decodeSignedItem, itemHashOf } from './chain/item.ts'
import { startVerification } from './chain/verify-chain.ts'
import type { Crypto } from './crypto/crypto.ts'
import { readDecision, type ProveOptions } from './prove-finality.ts'
import { loadChainMeta } from './storage/chain-store.ts'
import type { ReadableStore } from './storage/store.ts'

export interface ItemsProof {
  readonly signedGenesis: Bytes
  readonly epochEnds: readonly EpochEnd[]
  readonly decisions: readonly Decision[]
  readonly items: readonly ProvenItem[]
}
export interface ProvenItem {
  /** Of its decision in `decisions`. */
  readonly decision: number
  /** Among the items of its segment, of `count`. */
  readonly index: number
  readonly count: number
  readonly bytes: Bytes
  /** From the item's hash to the decision's `itemsRoot` (RFC 9162 section 2.1.3.1). */
  readonly path: readonly Bytes[]
}
export type ItemsProofResult =
  | { readonly kind: 'proven'; readonly proof: ItemsProof }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'damaged' }
  /** The chain of this node does not hold all of them. */
  | { readonly kind: 'not-final' }

/** @param wanted hashes of the items */
export async function proveItems(
  crypto: Crypto,
  store: ReadableStore,
  wanted: readonly ItemHash[],
  options: ProveOptions & { readonly blockCount: number },
): Promise<ItemsProofResult> {
  const { genesis } = await loadChainMeta(store, 'store')
  const started = startVerification(crypto, genesis, { areBodiesNeeded: false })
  if (started.kind === 'broken') return { kind: 'damaged' }
  const { verifier } = started
  const { chainId } = verifier.state
  const missing = new Set(wanted.map(toHex))
  const epochEnds: EpochEnd[] = []
  const decisions: Decision[] = []
  const items: ProvenItem[] = []
  while (missing.size > 0) {
    if (options.isCancelled()) return { kind: 'cancelled' }
    const before = verifier.state
    const read = await readDecision(store, verifier)
    if (read === 'missing') return { kind: 'not-final' }
    if (read === 'damaged' || verifier.next(read).kind === 'broken') return { kind: 'damaged' }
    const { segment, certificate } = read
    const decision = { segment, certificate, protocolVersion: before.consortium.protocolVersion }
    const hashes = read.items.map((bytes) => itemHashOf(crypto, chainId, bytes))
    const kept = hashes.flatMap((hash, index) => {
      const isWanted = missing.delete(toHex(hash))
      const kind = decodeSignedItem(crypto, read.items[index]!)?.item.clear.kind
      return isWanted || kind === 'membership' || kind === 'policy' ? [index] : []
    })
    if (kept.length > 0) {
      const pathOf = pathsIn(crypto, hashes)
      for (const index of kept)
        items.push({
          decision: decisions.length,
          index,
          count: hashes.length,
          bytes: read.items[index]!,
          path: pathOf(index),
        })
      decisions.push(decision)
    }
    const { state } = verifier
    if (state.consortium.epoch !== before.consortium.epoch)
      epochEnds.push({ ...decision, nextVoters: state.voters })
    options.onProgress(state.blockCount, options.blockCount)
  }
  return { kind: 'proven', proof: { signedGenesis: genesis, epochEnds, decisions, items } }
}

/** The items of one segment are a tree of their own. */
function pathsIn(crypto: Crypto, hashes: readonly Bytes[]): (index: number) => Bytes[] {
  const nodes: TreeNode[] = []
  appendWithNodes(crypto, EMPTY_ACCUMULATOR, hashes, nodes)
  const nodeAt = (level: number, position: number) =>
    present(nodes.find((node) => node.level === level && node.position === position)).hash
  return (index) => inclusionProof(crypto, hashes.length, index, nodeAt)
}

/** `proof.cbor` of a package: `[1, signed genesis, [[decision …, voters], …], [decision, …], [[decision, index, count, item, path], …]]`. */
export function encodeItemsProof({ signedGenesis, epochEnds, decisions, items }: ItemsProof): Bytes {
  const slots = ({ segment, certificate, protocolVersion }: Decision): Cbor[] => [
    segment,
    certificate,
    protocolVersion,
  ]
  return encode([
    1,
    signedGenesis,
    epochEnds.map((end) => [
      ...slots(end),
      end.nextVoters.map(({ memberId, consensusKey }) => [memberId, consensusKey]),
    ]),
    decisions.map(slots),
    items.map(({ decision, index, count, bytes, path }) => [decision, index, count, bytes, [...path]]),
  ])
}
