/**
 * Tells members how far the chain goes and hands it out by ranges. Hospitals get everything at once; universities and
 * insurers get a segment when its time slot has closed, so that they cannot see when within it a visit was entered.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { policyValue } from '../chain/policy.ts'
import type { SegmentBundle } from '../chain/segment.ts'
import { systemClock, type Clock } from '../network/clock.ts'
import type { Peer, Transport } from '../network/transport.ts'
import type { ChainSource } from './chain-source.ts'
import { SYNC_LIMITS, type SyncLimits } from './limits.ts'
import {
  decodeRequest,
  encodeBodiesAnswer,
  encodeSegmentsAnswer,
  encodeStatus,
  SYNC_REFUSAL,
} from './messages.ts'

export type ChainServerOptions = {
  readonly transport: Transport
  readonly source: ChainSource
  /** Wall clock in milliseconds. */
  readonly now: () => number
  readonly clock?: Clock
  readonly limits?: Partial<SyncLimits>
}

export interface ChainServer {
  /** The chain has grown: peers are told soon. */
  grown(): void
  close(): void
}

export function startChainServer(options: ChainServerOptions): ChainServer {
  const { transport, source } = options
  const clock = options.clock ?? systemClock
  const limits = { ...SYNC_LIMITS, ...options.limits }
  let cancelTelling: (() => void) | null = null
  let cancelSlot: (() => void) | null = null
  let isClosed = false
  /** Every segment up to here is of a closed slot. */
  let closedHeight = 0

  const stopListening = transport.onPeer((event) => {
    if (event.kind === 'up') void tell(event.peer)
  })
  transport.onRequest('sync', answer)

  return {
    grown() {
      cancelTelling ??= clock.after(limits.statusEveryMs, () => {
        cancelTelling = null
        void tellAll()
      })
    },
    close() {
      isClosed = true
      stopListening()
      cancelTelling?.()
      cancelSlot?.()
    },
  }

  async function tellAll(): Promise<void> {
    for (const peer of transport.peers()) if (peer.state === 'up') await tell(peer)
  }

  async function tell(peer: Peer): Promise<void> {
    const height = await heightFor(peer)
    if (isClosed) return
    const { state } = source
    const isWhole = height === state.height
    // Of an earlier height only the height is told: it is what the peer asks by.
    const blockCount = isWhole ? state.blockCount : 0
    transport.send(
      peer.name,
      'sync',
      encodeStatus({ height, blockCount, tip: isWhole ? state.tip : state.chainId }),
    )
  }

  async function heightFor(peer: Peer): Promise<number> {
    const { state } = source
    if (peer.kind === 'hospital' && !peer.isGuest) return state.height
    const granularityMs = policyValue(state.consortium.policy, 'timestampGranularityMs')
    while (closedHeight < state.height) {
      const time = await source.timeAt(closedHeight + 1)
      if (time === null) break
      const openForMs = time + granularityMs - options.now()
      if (openForMs > 0) {
        tellWhenClosed(openForMs)
        break
      }
      closedHeight++
    }
    return closedHeight
  }

  function tellWhenClosed(ms: number): void {
    cancelSlot ??= clock.after(ms, () => {
      cancelSlot = null
      void tellAll()
    })
  }

  async function answer(peer: Peer, question: Bytes): Promise<Bytes | number> {
    const request = decodeRequest(question)
    if (request === null) return SYNC_REFUSAL.malformed
    const byteBudget = Math.min(request.byteBudget, 2 * limits.answerBytes)
    if (request.kind === 'bodies') {
      if (request.firstIndex + request.count > (await blockCountFor(peer))) return SYNC_REFUSAL.notHere
      const bodies = await source.bodiesFrom(request.firstIndex, request.count, byteBudget)
      return bodies === null ? SYNC_REFUSAL.notHere : encodeBodiesAnswer(bodies)
    }
    const to = Math.min(request.to, await heightFor(peer), request.from + limits.segmentsPerRequestMax - 1)
    const bundles: SegmentBundle[] = []
    let bytes = 0
    let missingFrom = 0
    let missingCount = 0
    for (let height = request.from; height <= to && bytes < byteBudget; height++) {
      const found = await source.segmentAt(height, byteBudget - bytes)
      if (found === null) break
      const { bundle, firstIndex, count } = found
      const bodyCount = bundle.bodies!.length
      bytes += bytesOf(bundle)
      // A segment that is no longer whole ends the answer; one that did not even begin waits for the next.
      if (bodyCount < count && bundles.length > 0) break
      bundles.push(bundle)
      if (bodyCount === count) continue
      missingFrom = firstIndex + bodyCount
      missingCount = count - bodyCount
      break
    }
    if (bundles.length === 0) return SYNC_REFUSAL.notHere
    return encodeSegmentsAnswer(bundles, { count: bundles.length, missingFrom, missingCount })
  }

  async function blockCountFor(peer: Peer): Promise<number> {
    const height = await heightFor(peer)
    if (height === source.state.height) return source.state.blockCount
    const next = await source.segmentAt(height + 1, 1)
    return next?.firstIndex ?? 0
  }
}

/** About: what the frame will weigh. */
function bytesOf({ segment, certificate, heads, items, bodies }: SegmentBundle): number {
  let bytes = segment.length + (certificate?.length ?? 0)
  for (const list of [heads, items, bodies ?? []]) for (const each of list) bytes += (each?.length ?? 0) + 5
  return bytes
}
