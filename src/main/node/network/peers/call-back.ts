/**
 * "Call me at my address": a member asks another one to dial what it announces, so that it learns whether it can be reached
 * from outside (docs/spec/network.md section 4). Here is what keeps that from being a way to have others look around for it:
 * only addresses in the asker's own signed record or given by hand, few and seldom, one call at a time, never to this
 * machine itself, and an answer of one word.
 */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { parseAddress } from '../../../../shared/domain/address.ts'
import type { Clock } from '../clock.ts'
import type { PeerName } from '../transport.ts'
import type { Address, ProbeOutcome, Wires } from '../wire.ts'

export type CallOutcome =
  | ProbeOutcome
  /** The asker's addresses are not known, or none of them may be called. */
  | 'no-address'
  /** It asked a moment ago, or somebody else is being called. */
  | 'too-soon'

export const CALL_OUTCOMES = [
  'reached',
  'refused',
  'nobody',
  'other-machine',
  'no-address',
  'too-soon',
] as const satisfies readonly CallOutcome[]

export const CALL_LIMITS = {
  /** One member may ask this often. */
  everyMs: 30_000,
  addressesPerCall: 3,
  /** Different addresses that are called for one member in a day: enough to try out a router, too few to look around. */
  addressesPerDay: 16,
  dayMs: 86_400_000,
  dialMs: 6_000,
} as const

export interface CallBacks {
  /** @param key the network key that the asker has proven on its connection */
  call(asker: PeerName, key: Bytes, addresses: readonly Address[]): Promise<CalledBack>
}

export interface CalledBack {
  readonly outcome: CallOutcome
  /** The last that was dialled; empty where none was. */
  readonly address: string
}

export interface CallBackOptions {
  readonly clock: Clock
  readonly wires: Pick<Wires, 'probe'>
  /** Whether this node is reached at its own machine only, as all are in a demonstration. */
  readonly isLocal: () => boolean
}

export function createCallBacks({ clock, wires, isLocal }: CallBackOptions): CallBacks {
  const askedAt = new Map<PeerName, number>()
  const called = new Map<PeerName, Map<string, number>>()
  let isCalling = false

  /** Those that may be dialled for this member, and count from now on. */
  function pick(asker: PeerName, addresses: readonly Address[]): Address[] {
    const now = clock.now()
    const known = called.get(asker) ?? new Map<string, number>()
    called.set(asker, known)
    for (const [address, at] of known) if (now - at >= CALL_LIMITS.dayMs) known.delete(address)
    const picked: Address[] = []
    for (const each of addresses) {
      if (picked.length >= CALL_LIMITS.addressesPerCall) break
      if (!known.has(each.address) && known.size >= CALL_LIMITS.addressesPerDay) continue
      if (!isLocal() && isLocalHost(parseAddress(each.address)?.host ?? '')) continue
      if (!known.has(each.address)) known.set(each.address, now)
      picked.push(each)
    }
    return picked
  }

  return {
    async call(asker, key, addresses) {
      const now = clock.now()
      const before = askedAt.get(asker)
      if (isCalling || (before !== undefined && now - before < CALL_LIMITS.everyMs))
        return { outcome: 'too-soon', address: '' }
      askedAt.set(asker, now)
      isCalling = true
      try {
        let last: CalledBack = { outcome: 'no-address', address: '' }
        for (const address of pick(asker, addresses)) {
          const aborter = new AbortController()
          const cancel = clock.after(CALL_LIMITS.dialMs, () => aborter.abort())
          try {
            const outcome = await wires.probe(key, address, {
              signal: aborter.signal,
              isLocalAllowed: isLocal(),
            })
            last = { outcome, address: address.address }
          } finally {
            cancel()
          }
          if (last.outcome === 'reached') break
        }
        return last
      } finally {
        isCalling = false
      }
    },
  }
}

/** This machine itself, or what only a cable knows: names are looked up first, and what they lead to is asked. */
export function isLocalHost(host: string): boolean {
  const text = host.toLowerCase().replace(/^::ffff:/, '')
  if (text === 'localhost' || text.endsWith('.localhost')) return true
  if (/^(127|0)\./.test(text) || /^169\.254\./.test(text)) return true
  return text === '::' || text === '::1' || /^fe[89ab]/.test(text)
}
