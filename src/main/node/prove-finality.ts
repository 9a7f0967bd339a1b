/**
 * That a block is final, for somebody without the chain (chain/field-proof.ts): walks from the founding to the block's
 * decision, checking all but the bodies on the way, and keeps what shows who decided and where the block's hash lies.
 */
import type { Bytes } from '../../shared/std/bytes.ts'
import { appendWithNodes, inclusionProof, type Accumulator, type NodeReader } from './chain/accumulator.ts'
import { blockHashOf } from './chain/block.ts'
import type { EpochEnd, FieldProof } from './chain/field-proof.ts'
import { decodeSegment } from './chain/segment.ts'
import { startVerification, type Verifier } from './chain/verify-chain.ts'
import type { Crypto } from './crypto/crypto.ts'
import { loadChainMeta, readBlocks, readSegment } from './storage/chain-store.ts'
import type { ReadableStore } from './storage/store.ts'

export type Finality = Omit<FieldProof, 'disclosure'>
export type FinalityResult =
  { kind: 'proven'; finality: Finality } | { kind: 'cancelled' } | { kind: 'damaged' } | { kind: 'not-final' }

export interface ProveOptions {
  readonly isCancelled: () => boolean
  readonly onProgress: (blocks: number, total: number) => void
}

/** @param index of the block */
export async function proveFinality(
  crypto: Crypto,
  store: ReadableStore,
  index: number,
  options: ProveOptions,
): Promise<FinalityResult> {
  const { genesis } = await loadChainMeta(store, 'store')
  const started = startVerification(crypto, genesis, { areBodiesNeeded: false })
  if (started.kind === 'broken') return { kind: 'damaged' }
  const { verifier } = started
  const epochEnds: EpochEnd[] = []
  for (;;) {
    if (options.isCancelled()) return { kind: 'cancelled' }
    const before = verifier.state
    const read = await readDecision(store, verifier)
    if (read === 'missing') return { kind: 'not-final' }
    if (read === 'damaged' || verifier.next(read).kind === 'broken') return { kind: 'damaged' }
    const { segment, certificate, heads } = read
    const decision = { segment, certificate, protocolVersion: before.consortium.protocolVersion }
    const { state } = verifier
    if (state.blockCount > index) {
      const hashes = heads.map((head) => blockHashOf(crypto, state.chainId, head))
      const headPath = pathOf(crypto, before.heads, hashes, index)
      const head = heads[index - before.blockCount]!
      return { kind: 'proven', finality: { signedGenesis: genesis, epochEnds, decision, head, headPath } }
    }
    if (state.consortium.epoch !== before.consortium.epoch)
      epochEnds.push({ ...decision, nextVoters: state.voters })
    options.onProgress(state.blockCount, index + 1)
  }
}

/** The next decision as it is stored, without bodies. */
export async function readDecision(store: ReadableStore, { state }: Verifier) {
  const stored = await readSegment(store, state.height + 1)
  if (stored.kind !== 'ok') return stored.kind === 'missing' ? 'missing' : 'damaged'
  const count = decodeSegment(stored.value.segment)?.count
  if (count === undefined) return 'damaged'
  const heads: Bytes[] = []
  for (const block of await readBlocks(store, state.blockCount, count)) {
    if (block.kind !== 'ok') return 'damaged'
    heads.push(block.value.head)
  }
  return { ...stored.value, heads }
}

/**
 * A path needs complete nodes to the left of the block and nodes over this decision's own blocks. Those to the left that
 * lie wholly before the decision are peaks of the tree before it: their parent holds the block and was not complete.
 */
function pathOf(crypto: Crypto, before: Accumulator, hashes: readonly Bytes[], index: number): Uint8Array[] {
  const known = new Map<string, Uint8Array>()
  const name = (level: number, position: number) => `${level}/${position}`
  let first = 0
  for (const peak of before.peaks) {
    const level = Math.floor(Math.log2(before.size - first))
    known.set(name(level, first / 2 ** level), peak)
    first += 2 ** level
  }
  const nodes: Parameters<typeof appendWithNodes>[3] = []
  appendWithNodes(crypto, before, hashes, nodes)
  for (const { level, position, hash } of nodes) known.set(name(level, position), hash)
  const reader: NodeReader = (level, position) => known.get(name(level, position))!
  return inclusionProof(crypto, before.size + hashes.length, index, reader)
}
