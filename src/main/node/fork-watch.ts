/**
 * Looks, beside the engine, at every decision that a peer shows: does this node have another one for that height (R33)?
 * The engine knows the height before its own, and only what it decided itself since it started; the store knows them all.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { checkCertificate, type CertificateContext } from './chain/certificate.ts'
import { certificateContextOf } from './chain/chain-state.ts'
import { keyOf, type MemberId } from './chain/ids.ts'
import { decodeSegment, segmentIdOf } from './chain/segment.ts'
import { decodeMessage } from './consensus/engine/messages.ts'
import type { Crypto } from './crypto/crypto.ts'
import { certificateOfBundle, type DecidedBundle } from './decided-bundle.ts'
import type { Ledger } from './ledger.ts'
import { readSegment } from './storage/chain-store.ts'
import type { ReadableStore } from './storage/store.ts'

export type FoundFork = {
  readonly context: CertificateContext
  readonly height: number
  readonly theirs: DecidedBundle
}

export interface ForkWatch {
  /** A message of the consensus lane, before the engine has it. */
  hear(from: MemberId, message: Bytes): void
  /** This height is about to be decided here by these voters. */
  deciding(context: CertificateContext, height: number): void
  /** Looks once more at what was shown: it may have come before this node had a decision of its own. */
  again(): void
}

export interface ForkWatchOptions {
  readonly crypto: Crypto
  readonly store: ReadableStore
  readonly ledger: Ledger
  readonly onFork: (fork: FoundFork) => void
}

/** CBOR: an array of five that begins with the number of the message `decided`. */
const DECIDED_START = [0x85, 0x05]

export function createForkWatch({ crypto, store, ledger, onFork }: ForkWatchOptions): ForkWatch {
  const { chainId } = ledger
  /** The last that each peer showed, until it is two heights old: one for each, so nobody makes this grow. */
  const shown = new Map<string, { readonly theirs: DecidedBundle; readonly height: number }>()
  let last: { readonly context: CertificateContext; readonly height: number } | null = null

  /** Voters of the last height are known, and those of every height of this epoch. */
  function contextAt(height: number, epoch: number): CertificateContext | null {
    if (last?.height === height) return last.context
    const now = certificateContextOf(ledger.state)
    return now.epoch === epoch ? now : null
  }

  async function look(theirs: DecidedBundle): Promise<void> {
    const read = certificateOfBundle(crypto, chainId, theirs)
    if (read === null || read.segment.height > ledger.state.height) return
    const { certificate, segment, segmentId } = read
    const { height } = segment
    const own = await readSegment(store, height)
    // Damaged here says nothing about others: it is mended first.
    if (own.kind !== 'ok' || decodeSegment(own.value.segment) === null) return
    if (equalBytes(segmentIdOf(crypto, chainId, own.value.segment), segmentId)) return
    const context = contextAt(height, segment.epoch)
    if (context === null || checkCertificate(crypto, context, certificate, height, segmentId) !== null) return
    // A damaged copy is not what the chain goes on from.
    if (!(await isOwnDecision(height, own.value.segment))) return
    onFork({ context, height, theirs })
  }

  async function isOwnDecision(height: number, segment: Bytes): Promise<boolean> {
    const id = segmentIdOf(crypto, chainId, segment)
    if (height === ledger.state.height) return equalBytes(ledger.state.lastSegmentId, id)
    const next = await readSegment(store, height + 1)
    const after = next.kind === 'ok' ? decodeSegment(next.value.segment) : null
    return after !== null && equalBytes(after.previousSegmentId, id)
  }

  return {
    hear(from, message) {
      if (!DECIDED_START.every((byte, i) => message[i] === byte)) return
      const decoded = decodeMessage(message)
      if (decoded?.kind !== 'decided') return
      const theirs = { certificate: decoded.certificate, bundle: decoded.bundle }
      shown.set(keyOf(from), { theirs, height: ledger.state.height })
      void look(theirs).catch(ignoreClosedStore)
    },
    deciding(context, height) {
      last = { context, height }
      for (const [name, each] of shown) if (each.height + 1 < height) shown.delete(name)
    },
    again() {
      for (const { theirs } of shown.values()) void look(theirs).catch(ignoreClosedStore)
    },
  }
}

/** A store that fails or closes stops the node elsewhere; what was shown will be shown again. */
function ignoreClosedStore(): void {}
