/** Whose records the analysis asks: a hospital's own out of the chain, or the synthetic twin of a member that holds none. */
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { canonicalJson, type CanonicalValue } from '../../shared/std/canonical-json.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import type { ChainNode } from '../node/node.ts'
import { readBlock } from '../node/storage/chain-store.ts'
import { samePersonAt } from '../patients/person-links.ts'
import type { AnalysisThread, StartAnalysis } from '../workers/analysis.ts'
import type { SamePerson } from './study/prepare-study.ts'
import { TWIN_HOSPITALS, type TwinPlan } from './fill-twin.ts'
import { twinPlan } from './twin-plan.ts'

export interface AnalysedRecords {
  readonly isTwin: boolean
  /** What a study's snapshot names as its chain, hex. */
  chain(): Promise<string>
  /** Whose records are asked: ids of members, hex, in order. */
  readonly hospitals: readonly string[]
  holds(): boolean
  /** Blocks that can be asked. */
  reachable(): number
  /** Decisions up to this height are known. */
  decidedUpTo(): number
  /** At which height the state after this block was decided. `isNewest`: nothing later was asked for. */
  heightOf(block: number, isNewest: boolean): Promise<number>
  /** Entries that links make one person, decided up to `height`. */
  samePerson(height: number): Promise<SamePerson>
  /** Where the thread begins. */
  readonly start: StartAnalysis
  /** Brings the thread up to so many blocks. */
  advance(
    thread: AnalysisThread,
    blockCount: number,
  ): Promise<{ blockCount: number; sealedCount: number; unreadableCount: number }>
}

/** A hospital's own; the twin for whoever is a member and no hospital; of whoever is not a member yet, none. */
export function recordsOf(
  node: ChainNode,
  storePath: string,
  memberId: string,
  crypto: Crypto,
): () => AnalysedRecords {
  const own = recordsOfChain(node, storePath, memberId)
  const twin = recordsOfTwin(crypto, () => twinPlan(node))
  return () => {
    const member = findMember(membersOf(node.ledger.state.consortium), node.memberId)
    return member === null || member.kind === 'hospital' ? own : twin
  }
}

function recordsOfChain(node: ChainNode, storePath: string, memberId: string): AnalysedRecords {
  return {
    isTwin: false,
    chain: () => Promise.resolve(toHex(node.gatewayKeys().chainId)),
    hospitals: [memberId],
    holds: () => node.holdsRecords,
    // Rows come after blocks where a member catches up; a block without its rows says nothing yet.
    reachable: () => Math.min(node.status.blockCount, node.rowsHeldUpTo),
    decidedUpTo: () => node.itemsReadUpTo,
    async heightOf(block, isNewest) {
      const { blockCount, height } = node.status
      if (isNewest && block === blockCount - 1) return Math.min(height, node.itemsReadUpTo)
      const stored = block < 0 ? null : await readBlock(node.store, block)
      return stored?.kind === 'ok' ? stored.value.height : 0
    },
    samePerson: async (height) => samePersonAt(await node.statements.list(), height),
    start: { kind: 'chain', storePath, chainId: () => node.gatewayKeys().chainId },
    advance: async (thread, blockCount) =>
      thread.call('advance', { blockCount, keys: await node.analysisKeys() }),
  }
}

/**
 * A twin is its own little world: studies on it name it as their chain, so that none of its numbers can pass for one of the consortium's.
 * @param plan asked once, with the first question: what was released by then
 */
function recordsOfTwin(crypto: Crypto, plan: () => Promise<TwinPlan>): AnalysedRecords {
  let planned: Promise<TwinPlan> | null = null
  let chain = ''
  let blocks = 0
  const plannedOnce = (): Promise<TwinPlan> => {
    planned ??= plan().then((made) => {
      chain = toHex(crypto.sha256(utf8Encode(canonicalJson(made as unknown as CanonicalValue))))
      return made
    })
    return planned
  }
  return {
    isTwin: true,
    async chain() {
      await plannedOnce()
      return chain
    },
    hospitals: TWIN_HOSPITALS,
    holds: () => true,
    reachable: () => blocks,
    decidedUpTo: () => 0,
    heightOf: () => Promise.resolve(0),
    samePerson: () => Promise.resolve([]),
    start: { kind: 'twin' },
    async advance(thread) {
      const filled = await thread.call('fillTwin', await plannedOnce())
      blocks = filled.blockCount
      return { ...filled, sealedCount: 0, unreadableCount: 0 }
    },
  }
}
