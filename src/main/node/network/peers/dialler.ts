/** Who is dialled when: each member's addresses one after the other, again after a while that grows, never while it is banned. */
import type { Random } from '../../crypto/crypto.ts'
import type { Clock } from '../clock.ts'
import type { NetworkLimits } from '../limits.ts'
import type { PeerName, PeerProblem } from '../transport.ts'
import { DialProblem, type Address, type Wires } from '../wire.ts'
import type { PeerRecord } from './peer-record.ts'

export interface Dialler {
  /** After what one waits for the other side to dial first. */
  first(record: PeerRecord): void
  after(record: PeerRecord, delayMs: number): void
  /** A connection or a dial has failed. */
  retry(record: PeerRecord): void
  /** Something new is known of where it can be reached. */
  anew(record: PeerRecord): void
  cancel(record: PeerRecord): void
}

export interface DiallerOptions {
  readonly wires: Pick<Wires, 'dial'>
  readonly clock: Clock
  readonly random: Random
  readonly limits: NetworkLimits
  readonly addressesOf: (peer: PeerName) => readonly Address[]
  readonly isRunning: () => boolean
  /** A member still, and one that this node connects to. */
  readonly isWanted: (record: PeerRecord) => boolean
  /** Whether the other side dials first; who may reach whom is not known, so both dial in the end. */
  readonly isTheirs: (record: PeerRecord) => boolean
}

export function createDialler(options: DiallerOptions): Dialler {
  const { wires, clock, random, limits, addressesOf, isRunning } = options

  /** That one waits saves most doubled connections. */
  const firstDelay = (record: PeerRecord): number => (options.isTheirs(record) ? limits.dialGraceMs : 0)

  function cancel(record: PeerRecord): void {
    record.cancelDial?.()
    record.cancelDial = null
  }

  function after(record: PeerRecord, delayMs: number): void {
    if (!isRunning()) return
    record.cancelDial?.()
    record.cancelDial = clock.after(delayMs, () => {
      record.cancelDial = null
      void dial(record)
    })
  }

  function retry(record: PeerRecord): void {
    const backoff = Math.min(
      limits.dialBackoffFirstMs * 2 ** Math.min(record.attempt, 16),
      limits.dialBackoffMaxMs,
    )
    record.attempt++
    // Between a half and the whole of it, so that a fleet that lost its power does not come back in step.
    const jitter = 0.5 + random(1)[0]! / 512
    after(record, backoff * jitter + (record.attempt === 1 ? firstDelay(record) : 0))
  }

  async function dial(record: PeerRecord): Promise<void> {
    if (!isRunning() || record.session !== null || record.dialling !== null) return
    if (!options.isWanted(record)) return
    const banLeft = record.banUntil - clock.now()
    if (banLeft > 0) {
      after(record, banLeft)
      return
    }
    const addresses = addressesOf(record.peer.name)
    if (addresses.length === 0) {
      // Its record or its own dial will come; no need to ask again and again.
      record.problem ??= 'no-address'
      return
    }
    const aborter = new AbortController()
    record.dialling = aborter
    let isConnected = false
    let problem: PeerProblem = 'unreachable'
    const { networkKey, next } = record.entry
    const keys = next === undefined ? [networkKey] : [networkKey, next.networkKey]
    for (const [address, key] of addresses.flatMap((each) => keys.map((one) => [each, one] as const))) {
      if (aborter.signal.aborted) break
      const cancelLimit = clock.after(limits.dialMs, () => aborter.abort())
      try {
        await wires.dial(key, address, aborter.signal)
        isConnected = true
        break
      } catch (error) {
        // Whatever a dial throws, the answer is the same: the next address, and later again.
        if (error instanceof DialProblem && error.problem === 'handshake') problem = 'handshake'
      } finally {
        cancelLimit()
      }
    }
    record.dialling = null
    if (record.session !== null || !isRunning()) return
    if (isConnected) {
      // The hello decides; where it never ends, its own limit closes the connection.
      after(record, 2 * limits.helloMs)
      return
    }
    record.problem = problem
    retry(record)
  }

  return {
    first: (record) => after(record, firstDelay(record)),
    after,
    retry,
    anew(record) {
      if (record.session !== null || !isRunning()) return
      record.attempt = 0
      after(record, 0)
    },
    cancel,
  }
}
