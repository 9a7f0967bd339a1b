/** A hospital's gateway on its own node: started with it, closed before it. Null where the node is no gateway's. */
import type { AnalysisHome } from '../analytics/analysis-home.ts'
import type { EarlierCohort } from '../analytics/study/propose-release.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import type { Crypto, Random } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import type { Store } from '../node/storage/store.ts'
import { openDecisions } from './decisions.ts'
import { GATEWAY_ENGINE } from './engine.ts'
import { openGatewayBook } from './gateway-book.ts'
import { openGatewayHome, type GatewayHome } from './gateway-home.ts'
import type { GatewayAnalysis, GatewayOptions } from './gateway-port.ts'
import { gatewayChainOf, itemsAt } from './node-chain.ts'

export interface OpenGatewayOptions {
  readonly node: ChainNode
  readonly store: Store
  readonly crypto: Crypto
  readonly random: Random
  readonly now: () => number
  readonly analysis: AnalysisHome
  readonly note: GatewayOptions['note']
  readonly onFailure: (error: unknown) => void
}

/** A hospital that joins takes its gateway with it at its next start. */
export async function openGateway(options: OpenGatewayOptions): Promise<GatewayHome | null> {
  const { node, store, crypto, random, now, analysis, note, onFailure } = options
  if (node.member === null || node.member.gatewayKey === null || !node.holdsRecords) return null
  const { chainId } = node.ledger
  const { linkage } = await node.analysisKeys()
  const book = await openGatewayBook(
    store,
    createNodeSeal(crypto, random, chainId, () => linkage),
  )
  const { exchange, snapshots } = node.studies
  const decisions = await openDecisions({
    store,
    crypto,
    chainId,
    height: () => node.ledger.state.height,
    itemsAt: (height) => itemsAt(node, crypto, height),
    onFailure,
  })
  const stop = node.onFinal(() => decisions.nudge())
  const home = openGatewayHome({
    crypto,
    chainId,
    memberId: node.memberId,
    engine: GATEWAY_ENGINE,
    chain: gatewayChainOf(node, decisions),
    exchange,
    analysis: gatewayAnalysisOf(analysis),
    book,
    noiseKeyOf: (snapshotHash) => snapshots.noiseKeyOf(snapshotHash),
    note,
    now,
    after(ms, run) {
      const timer = setTimeout(run, ms)
      timer.unref()
      return () => clearTimeout(timer)
    },
    onFailure,
  })
  snapshots.setMayDeclare((height) => home.mayDeclare(height))
  return {
    ...home,
    async close() {
      await home.close()
      stop()
      await decisions.close()
    },
  }
}

/** What a gateway's service asks of the thread; exact numbers stay in it. */
function gatewayAnalysisOf(home: AnalysisHome): GatewayAnalysis {
  return {
    prepare: () => void home.state(),
    answer: (question, at, isFromRecords) =>
      home.gated(at, isFromRecords, (running, { scope }) =>
        running.call('answerRequest', { ...question, scope }),
      ),
    propose: (question, at, isFromRecords) =>
      home.gated(
        { ...at, alsoAt: otherStates(question.earlier) },
        isFromRecords,
        (running, { scope, samePersonAt, cancel }) =>
          running.call('proposeRelease', { question: { ...question, scope, samePersonAt }, cancel }),
      ),
    newPersons: (at, after) =>
      home.gated(at, false, (running, { scope }) => running.call('newPersons', { scope, after })),
  }
}

/** What earlier studies were asked of, where it was another snapshot. */
function otherStates(earlier: readonly EarlierCohort[]) {
  return earlier.flatMap(({ then }) => (then?.kind === 'kept' ? [then] : []))
}
