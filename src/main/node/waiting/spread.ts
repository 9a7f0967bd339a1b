/**
 * Hands what was accepted here to those who vote: bodies and items first, so that votes carry hashes only. At once when a
 * visit was opened and found good, again when a voter's link comes up, and every few seconds until it is final.
 */
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { decodeKeyRow, scopeNumberOf, type KeyRow } from '../chain/key-box.ts'
import type { CheckedOutbox } from '../checked-outbox.ts'
import { encodeBodyMessage, type TravellingVisit } from '../network/protocols/bodies.ts'
import { encodeKeyBoxMessage } from '../network/protocols/key-box.ts'
import type { Lane, Peer, PeerName, Transport } from '../network/transport.ts'
import type { Outbox, QueuedVisit } from '../outbox/outbox.ts'
import { readRowsOf } from '../storage/key-box-store.ts'
import type { ReadableStore } from '../storage/store.ts'
import type { EpochKey } from '../vault/institution-keys.ts'
import type { WaitingItems } from './items.ts'
import { SUBMISSION_LIFE_MS } from './visits.ts'

export interface Spread {
  /** These may go out now. */
  visits(ready: readonly QueuedVisit[]): void
  items(): void
  close(): Promise<void>
}

export interface SpreadOptions {
  readonly transport: Transport
  readonly store: ReadableStore
  readonly outbox: Outbox
  readonly checked: CheckedOutbox
  readonly items: WaitingItems
  readonly gatewayEpochs: () => readonly EpochKey[]
  readonly now: () => number
  readonly onFailure: (error: unknown) => void
}

/** Visits that are accepted within this leave together. */
const COALESCE_MS = 1
const OFFER_AGAIN_MS = 5_000
/** Bodies in one message: small enough that a lane is never busy with one for long. */
const MESSAGE_BYTES = 256 * 1024
const MESSAGE_VISITS = 128
const GATEWAY = scopeNumberOf('gateway')

type Backlog = {
  /** Roots in hex, in order of acceptance. */
  readonly roots: Set<string>
  hasItems: boolean
  running: Promise<void> | null
}

type Parcel = { readonly bodies: Bytes; readonly rows: Bytes }

export function startSpread(options: SpreadOptions): Spread {
  const { transport, store, outbox, checked } = options
  const backlogs = new Map<PeerName, Backlog>()
  /** Parcels that several peers get, so that bodies are read and encoded once. */
  const parcels = new Map<string, Promise<Parcel>>()
  let fresh: string[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let isClosed = false

  const stopListening = transport.onPeer(({ kind, peer }) => {
    if (kind === 'down') backlogs.delete(peer.name)
    else if (peer.isVoter) offerAll(peer)
  })
  const again = setInterval(() => {
    for (const peer of voters()) offerAll(peer, options.now() - OFFER_AGAIN_MS)
  }, OFFER_AGAIN_MS)
  again.unref()

  function voters(): Peer[] {
    return transport.peers().filter(({ state, isVoter }) => state === 'up' && isVoter)
  }

  function backlogOf(name: PeerName): Backlog {
    let backlog = backlogs.get(name)
    if (backlog === undefined) {
      backlog = { roots: new Set(), hasItems: false, running: null }
      backlogs.set(name, backlog)
    }
    return backlog
  }

  /** What was accepted before `until`; a link that lost nothing needs the newest only once. */
  function offerAll(peer: Peer, until = Infinity): void {
    const backlog = backlogOf(peer.name)
    for (const visit of outbox.oldest(Infinity, Infinity, (root) => !checked.isReady(root)))
      if (visit.submittedAt <= until) backlog.roots.add(toHex(visit.merkleRoot))
    backlog.hasItems = true
    pump(peer, backlog)
  }

  function pump(peer: Peer, backlog: Backlog): void {
    if (isClosed) return
    backlog.running ??= run(peer, backlog)
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
      })
      .finally(() => {
        backlog.running = null
      })
  }

  async function run(peer: Peer, backlog: Backlog): Promise<void> {
    while (!isClosed && backlogs.get(peer.name) === backlog) {
      if (backlog.hasItems) {
        backlog.hasItems = false
        for (const item of options.items.submittedHere())
          await deliver(peer, 'body', encodeBodyMessage({ kind: 'items', items: [item] }))
      }
      const visits = nextOf(backlog)
      if (visits.length === 0 && !backlog.hasItems) return
      if (visits.length === 0) continue
      const { bodies, rows } = await parcelOf(visits)
      await deliver(peer, 'keybox', rows)
      await deliver(peer, 'body', bodies)
    }
  }

  function nextOf(backlog: Backlog): QueuedVisit[] {
    const visits: QueuedVisit[] = []
    let bytes = 0
    for (const root of backlog.roots) {
      const visit = outbox.get(root)
      if (visit !== null) {
        bytes += 1_024 << (2 * visit.sizeClass)
        if (visits.length >= MESSAGE_VISITS || (bytes > MESSAGE_BYTES && visits.length > 0)) break
        visits.push(visit)
      }
      backlog.roots.delete(root)
    }
    return visits
  }

  function parcelOf(visits: readonly QueuedVisit[]): Promise<Parcel> {
    const name = `${visits[0]!.sequence}/${visits.length}/${visits.at(-1)!.sequence}`
    let parcel = parcels.get(name)
    if (parcel === undefined) {
      parcel = makeParcel(visits)
      parcels.set(name, parcel)
      const forget = (): void => {
        setTimeout(() => parcels.delete(name), 1_000).unref()
      }
      parcel.then(forget, forget)
    }
    return parcel
  }

  async function makeParcel(all: readonly QueuedVisit[]): Promise<Parcel> {
    const rows: KeyRow[] = []
    const visits: TravellingVisit[] = []
    // One that became final a moment ago has left the outbox.
    const waiting = all.filter(({ merkleRoot }) => outbox.has(toHex(merkleRoot)))
    const roots = waiting.map(({ merkleRoot }) => merkleRoot)
    const bodies = await outbox.bodiesIfThere(waiting)
    for (const { epoch } of options.gatewayEpochs())
      for (const found of await readRowsOf(store, roots, GATEWAY, epoch)) {
        const row = found?.kind === 'ok' ? decodeKeyRow(found.row) : null
        if (row !== null) rows.push(row)
      }
    for (const [i, { merkleRoot, keyCommitment, sizeClass }] of waiting.entries()) {
      const body = bodies[i]
      if (body != null) visits.push({ merkleRoot, keyCommitment, sizeClass, body })
    }
    const expiresAt = Math.floor(options.now()) + SUBMISSION_LIFE_MS
    return {
      bodies: encodeBodyMessage({ kind: 'visits', expiresAt, visits }),
      rows: encodeKeyBoxMessage({ rows }),
    }
  }

  /** Waits for room; whoever is gone gets everything anew when it is back. */
  async function deliver(peer: Peer, lane: Lane, message: Bytes): Promise<void> {
    while (!isClosed && transport.send(peer.name, lane, message) === 'full')
      await transport.writable(peer.name, lane)
  }

  function flush(): void {
    timer = null
    const roots = fresh
    fresh = []
    for (const peer of voters()) {
      const backlog = backlogOf(peer.name)
      for (const root of roots) backlog.roots.add(root)
      pump(peer, backlog)
    }
  }

  return {
    visits(ready) {
      for (const { merkleRoot } of ready) fresh.push(toHex(merkleRoot))
      timer ??= setTimeout(flush, COALESCE_MS)
    },
    items() {
      for (const peer of voters()) {
        const backlog = backlogOf(peer.name)
        backlog.hasItems = true
        pump(peer, backlog)
      }
    },
    async close() {
      isClosed = true
      stopListening()
      clearInterval(again)
      if (timer !== null) clearTimeout(timer)
      for (const { running } of [...backlogs.values()]) await running
    },
  }
}
