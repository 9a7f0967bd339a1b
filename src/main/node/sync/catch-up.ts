/**
 * Brings a node that is behind to where its peers are: asks several for ranges at once, has them verified in order, and
 * says who answered with what was not true. Nothing that comes from a peer is believed; a claim of height only decides
 * whom to ask.
 */
import { assert } from '../../../shared/std/assert.ts'
import type { Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { systemClock, type Clock } from '../network/clock.ts'
import { NetworkFailure, type PeerName, type Transport } from '../network/transport.ts'
import type { AppliedRange, RangeRefusal } from './apply-range.ts'
import { SYNC_LIMITS, type SyncLimits } from './limits.ts'
import { decodeStatus, encodeRequest, readAnswerHead } from './messages.ts'

export interface SyncHost {
  /** Height of the last durable segment. */
  height(): number
  /**
   * Called before the first segment is written: from now until `end` nobody else appends to the chain, and the node does
   * not vote. Resolves when that holds.
   */
  begin(): Promise<void>
  /** Looks whether there is space for more. Asked before the first range and after each one. */
  mayWrite(): Promise<boolean>
  /** A range is durable: the host takes over its state, and what of its own became final leaves the outbox. */
  applied(range: AppliedRange): Promise<void>
  /** The node has caught up, or nobody can bring it further for now. */
  end(outcome: SyncOutcome): Promise<void>
}

export type SyncOutcome =
  | { readonly kind: 'caught-up'; readonly height: number }
  /**
   * No peer that is up can bring the next segment, or there is no space for it. Goes on by itself when one can, and with
   * `nudge` when there is space.
   */
  | { readonly kind: 'waiting'; readonly height: number; readonly target: number }
  /** Two chains exist: a third of the voters or more is faulty. */
  | { readonly kind: 'fork'; readonly height: number; readonly peer: PeerName }
  /** A newer protocol than this application's is in effect from here on. */
  | { readonly kind: 'needs-newer-version'; readonly height: number }
  /** This machine failed: its disk, or the thread that verifies. */
  | { readonly kind: 'failed'; readonly height: number; readonly failure: Failure }

export type SyncProgress = {
  readonly height: number
  /** What peers say they have. */
  readonly target: number
  readonly visitCount: number
  readonly elapsedMs: number
  readonly peers: readonly PeerName[]
}

export type SyncOffence = {
  readonly peer: PeerName
  readonly height: number
  readonly index: number | null
  readonly reason: RangeRefusal
}

export type CatchUpOptions = {
  readonly transport: Transport
  readonly host: SyncHost
  /** `RangeApplier.apply`, usually in a worker thread. */
  readonly apply: (from: number, answer: Bytes, laterBodies: readonly Bytes[]) => Promise<AppliedRange>
  /**
   * How far behind a node must be before it fetches ranges by itself. A voter decides or is handed the next height by
   * consensus: 2 for it, 1 for everybody else.
   */
  readonly startsWhenBehindBy: () => number
  readonly onProgress?: (progress: SyncProgress) => void
  /** A peer sent what does not verify. It has been cut already. */
  readonly onOffence?: (offence: SyncOffence) => void
  readonly clock?: Clock
  readonly limits?: Partial<SyncLimits>
}

export interface CatchUp {
  /** Consensus heard that a peer is ahead. */
  behind(peer: PeerName, height: number): void
  /** What it waited for may be there: looks again although no peer says more. */
  nudge(): void
  readonly isRunning: boolean
  /** The greatest height that a peer claims. */
  readonly target: number
  /** What a peer said last of its own height, also when it is away since; null before it spoke. */
  heightOf(peer: PeerName): number | null
  /** Waits for what is being written. */
  close(): Promise<void>
}

type Source = { readonly name: PeerName; height: number; open: number; restUntil: number }

/** A range of heights that came, is asked for, or is still to be asked for. */
type Piece = {
  readonly from: number
  count: number
  readonly peer: PeerName
  readonly answer: Bytes
  readonly laterBodies: Bytes[]
}

export function startCatchUp(options: CatchUpOptions): CatchUp {
  const { transport, host, apply } = options
  const clock = options.clock ?? systemClock
  const limits = { ...SYNC_LIMITS, ...options.limits }
  const sources = new Map<PeerName, Source>()
  /** For people: of members only, so it is as long as their table. */
  const said = new Map<PeerName, number>()
  let running: Promise<void> | null = null
  let isClosed = false
  /** Nobody could bring the next segment; tried again after a rest, or when a peer tells more. */
  let isWaiting = false
  /** A fork, a newer protocol, a failed disk: a person has to act, and the node starts anew. */
  let isOver = false
  let wake = (): void => {}

  const learn = (name: PeerName, height: number): void => {
    said.set(name, height)
    const source = sources.get(name)
    if (source === undefined) sources.set(name, { name, height, open: 0, restUntil: 0 })
    else {
      source.height = height
      source.restUntil = 0
    }
    wake()
    consider()
  }
  transport.onMessage('sync', (from, message) => {
    const status = decodeStatus(message)
    if (status === null) transport.penalise(from.name, 'violation')
    else learn(from.name, status.height)
  })
  const stopListening = transport.onPeer(({ kind, peer }) => {
    if (kind === 'down') {
      sources.delete(peer.name)
      wake()
    }
  })

  const nudge = (): void => {
    isWaiting = false
    consider()
  }

  return {
    behind: learn,
    nudge,
    get isRunning() {
      return running !== null
    },
    heightOf: (peer) => said.get(peer) ?? null,
    get target() {
      return target()
    },
    async close() {
      isClosed = true
      stopListening()
      wake()
      await running
    },
  }

  function target(): number {
    let height = 0
    for (const source of sources.values()) height = Math.max(height, source.height)
    return height
  }

  function consider(): void {
    if (isClosed || isOver || running !== null || target() < host.height() + options.startsWhenBehindBy())
      return
    running = run().finally(() => {
      running = null
      // What was told while the last step ended.
      if (!isWaiting) consider()
    })
  }

  async function run(): Promise<void> {
    isWaiting = false
    await host.begin()
    let outcome: SyncOutcome
    try {
      outcome = await fetchAll()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      outcome = { kind: 'failed', height: host.height(), failure: error }
    }
    isWaiting = outcome.kind === 'waiting'
    isOver = outcome.kind !== 'waiting' && outcome.kind !== 'caught-up'
    if (outcome.kind === 'waiting' && !isClosed) retryLater()
    await host.end(outcome)
  }

  function retryLater(): void {
    clock.after(limits.peerRestMs, nudge)
  }

  async function fetchAll(): Promise<SyncOutcome> {
    const startedAt = clock.now()
    const arrived = new Map<number, Piece>()
    /** Parts of what was asked for that did not come: asked again before anything new. */
    const gaps: { from: number; to: number }[] = []
    const bad = new Set<PeerName>()
    let openCount = 0
    let arrivedBytes = 0
    let next = host.height() + 1
    let visitCount = 0
    let bytesPerSegment = 4 * 1024
    /** Handed over to be verified, in order; the first is the next to be durable. */
    const applying: { readonly piece: Piece; result: AppliedRange | Failure | null }[] = []
    let submitted = host.height()
    let hasSpace = await host.mayWrite()

    const isUsable = (source: Source, height: number): boolean =>
      source.height >= height &&
      source.open < limits.requestsPerPeer &&
      source.restUntil <= clock.now() &&
      !bad.has(source.name) &&
      transport.isUp(source.name)

    const pick = (height: number): Source | null => {
      let best: Source | null = null
      for (const source of sources.values())
        if (isUsable(source, height) && (best === null || source.open < best.open)) best = source
      return best
    }

    const askMore = (): void => {
      for (;;) {
        gaps.sort((a, b) => a.from - b.from)
        const gap = gaps[0]
        const from = gap?.from ?? next
        if (from > target()) return
        // What everything else waits for is always asked.
        const isFull = arrivedBytes + openCount * limits.answerBytes >= limits.aheadBytesMax
        if (isFull && from !== submitted + 1) return
        const source = pick(from)
        if (source === null) return
        const length = Math.max(1, Math.floor(limits.answerBytes / bytesPerSegment))
        const to = Math.min(
          gap?.to ?? Infinity,
          from + Math.min(length, limits.segmentsPerRequestMax) - 1,
          source.height,
        )
        if (gap === undefined) next = to + 1
        else if (to < gap.to) gaps[0] = { from: to + 1, to: gap.to }
        else gaps.shift()
        source.open++
        openCount++
        void ask(source, from, to).then((piece) => {
          source.open--
          openCount--
          if (piece === null) gaps.push({ from, to })
          else {
            arrived.set(from, piece)
            arrivedBytes += bytesIn(piece)
            const last = from + piece.count - 1
            if (last < to) gaps.push({ from: last + 1, to })
            bytesPerSegment = Math.max(256, Math.ceil((bytesPerSegment + bytesIn(piece) / piece.count) / 2))
          }
          wake()
        })
      }
    }

    const ask = async (source: Source, from: number, to: number): Promise<Piece | null> => {
      try {
        return await fetchPiece(source.name, from, to)
      } catch (error) {
        if (!(error instanceof NetworkFailure)) throw error
        // It has not what it claims, or is slow: others first.
        source.restUntil = clock.now() + limits.peerRestMs
        return null
      }
    }

    /** Forgets what a peer brought that lied, and asks others for it. */
    const discard = (peer: PeerName): void => {
      bad.add(peer)
      for (const [from, piece] of arrived)
        if (piece.peer === peer) {
          arrived.delete(from)
          arrivedBytes -= bytesIn(piece)
          gaps.push({ from, to: from + piece.count - 1 })
        }
    }

    const submit = (): void => {
      for (;;) {
        const piece = arrived.get(submitted + 1)
        if (piece === undefined || applying.length >= APPLYING_MAX) return
        arrived.delete(piece.from)
        arrivedBytes -= bytesIn(piece)
        submitted += piece.count
        const entry: (typeof applying)[number] = { piece, result: null }
        applying.push(entry)
        apply(piece.from, piece.answer, piece.laterBodies).then(
          (range) => {
            entry.result = range
            wake()
          },
          (error: unknown) => {
            // A bug reaches `run` as what it is.
            entry.result = error as Failure
            wake()
          },
        )
      }
    }

    /** Takes over what became durable of the first piece; gives an outcome where that is the end. */
    const settle = async (piece: Piece, range: AppliedRange): Promise<SyncOutcome | null> => {
      const { refused } = range
      visitCount += range.visitCount
      if (range.count > 0) await host.applied(range)
      // After each range: between two looks of the node's own a fast peer can fill what is left of the disk.
      if (range.count > 0) hasSpace &&= await host.mayWrite()
      const height = host.height()
      assert(
        height === piece.from - 1 + range.count || refused?.reason === 'not-next',
        'the host takes over a range',
      )
      const [progress, peers] = [{ height, target: target(), visitCount }, [...sources.keys()]]
      options.onProgress?.({ ...progress, elapsedMs: clock.now() - startedAt, peers })
      if (refused === null) {
        assert(range.count === piece.count, 'a piece is applied whole or refused')
        return null
      }
      if (refused.reason === 'not-next') {
        // Not its fault: it waits for the range before it.
        if (bad.has(piece.peer)) gaps.push({ from: piece.from, to: piece.from + piece.count - 1 })
        else {
          arrived.set(piece.from, piece)
          arrivedBytes += bytesIn(piece)
        }
        return null
      }
      submitted = height
      if (refused.isFork) return { kind: 'fork', height: refused.height, peer: piece.peer }
      if (refused.reason === 'protocol-unsupported') return { kind: 'needs-newer-version', height }
      gaps.push({ from: height + 1, to: piece.from + piece.count - 1 })
      discard(piece.peer)
      sources.delete(piece.peer)
      transport.penalise(piece.peer, 'forged')
      options.onOffence?.({
        peer: piece.peer,
        height: refused.height,
        index: refused.index,
        reason: refused.reason,
      })
      return null
    }

    while (!isClosed || applying.length > 0) {
      const first = applying[0]
      if (first?.result != null) {
        applying.shift()
        if (first.result instanceof Error) throw first.result
        const outcome = await settle(first.piece, first.result)
        if (outcome !== null) return outcome
        continue
      }
      const height = host.height()
      if (applying.length === 0 && openCount === 0 && height >= target()) return { kind: 'caught-up', height }
      // What was handed over already is still written; what waits for it is let go.
      if (!hasSpace && applying.length === 0) return { kind: 'waiting', height, target: target() }
      if (!isClosed && hasSpace) {
        askMore()
        // A piece that has to be asked for again comes before those that wait for it.
        if (applying.every(({ piece }) => piece.from <= submitted)) submit()
        const isStuck = applying.length === 0 && openCount === 0 && pick(height + 1) === null
        if (isStuck && !arrived.has(height + 1)) return { kind: 'waiting', height, target: target() }
      }
      if (applying[0]?.result == null)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    // The answers that are still open settle by themselves and are dropped.
    return { kind: 'waiting', height: host.height(), target: target() }
  }

  async function fetchPiece(peer: PeerName, from: number, to: number): Promise<Piece | null> {
    const byteBudget = limits.answerBytes
    const timing = { timeoutMs: limits.requestMs }
    const answer = await transport.request(
      peer,
      'sync',
      encodeRequest({ kind: 'segments', from, to, byteBudget }),
      timing,
    )
    const head = readAnswerHead(answer)
    // Its numbers plan what is asked next; whether they are true shows when the answer is verified.
    if (head === null || head.count < 1 || head.count > to - from + 1) {
      transport.penalise(peer, 'violation')
      return null
    }
    const laterBodies: Bytes[] = []
    let { missingFrom: firstIndex, missingCount: count } = head
    while (count > 0 && !isClosed) {
      const request = encodeRequest({ kind: 'bodies', firstIndex, count, byteBudget })
      const later = await transport.request(peer, 'sync', request, timing)
      const came = bodyCountOf(later)
      if (came < 1 || came > count || laterBodies.length > LATER_ANSWERS_MAX) {
        transport.penalise(peer, 'violation')
        return null
      }
      laterBodies.push(later)
      firstIndex += came
      count -= came
    }
    return { from, count: head.count, peer, answer, laterBodies }
  }
}

/** One is being written while the next one is verified. */
const APPLYING_MAX = 2

/** The largest segment has 65,536 bodies of 256 KiB; no policy that fits a disk comes near this. */
const LATER_ANSWERS_MAX = 16_384

function bytesIn(piece: Piece): number {
  return piece.laterBodies.reduce((sum, each) => sum + each.length, piece.answer.length)
}

/** The length of the array that the bytes begin with, without parsing it: RFC 8949 section 3. */
function bodyCountOf(bytes: Bytes): number {
  const first = bytes[0] ?? 0
  if (first >> 5 !== 4) return 0
  const info = first & 31
  if (info < 24) return info
  const size = info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : 0
  let count = 0
  for (let i = 1; i <= size; i++) count = count * 256 + (bytes[i] ?? 0)
  return count
}
