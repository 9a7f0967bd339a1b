/**
 * One open pairing, in the node: a listener that only the holder of the code can speak to, for ten minutes and one machine.
 * The same machine may ask again while it is open, where the answer was lost on its way.
 */
import type { Reply } from '../../shared/contract/kit.ts'
import { equalBytes, fromHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Wires } from '../node/network/wire.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { parse } from '../services/dispatch.ts'
import { serveLink } from './link.ts'
import type { PlaceLimits } from './limits.ts'
import { LINK, pairInput, type PairAnswer } from './messages.ts'
import { pairingOf } from './place-network.ts'

/** The code was withdrawn, used or too old before the machine's turn came. */
export class PairingFailure extends Failure<{ code: 'no-answer' }> {}

export interface OpenPairing {
  readonly name: string
  readonly until: number
  /** With the port that it really has. */
  readonly address: string
  close(): Promise<void>
}

export interface PairingOptions {
  readonly world: Pick<ProfileWorld, 'crypto' | 'now' | 'openPlaceWires'>
  readonly limits: PlaceLimits
  readonly code: Bytes
  readonly name: string
  readonly listen: string
  /** Admits the machine: durable when it resolves. `isOpen` tells whether the code still holds when its turn comes. */
  readonly admit: (key: Bytes, isOpen: () => boolean) => Promise<PairAnswer>
  /** Used, or too old. */
  readonly onClosed: () => void
}

/** @throws {NetworkFailure} `address-in-use`, `bad-address` */
export async function openPairing(options: PairingOptions): Promise<OpenPairing> {
  const { world, limits } = options
  const ends = pairingOf(world.crypto, options.code)
  const placeEnd = world.crypto.ed25519PublicKey(ends.place)
  const until = world.now() + limits.pairingMs
  const wires: Wires = await world.openPlaceWires({
    networkSecret: ends.node,
    psk: ends.psk,
    networkId: ends.networkId,
    listen: options.listen,
  })
  let admitted: { key: string; answer: Promise<PairAnswer> } | null = null
  let isOver = false

  async function close(): Promise<void> {
    if (isOver) return
    isOver = true
    clearTimeout(expiry)
    for (const secret of [ends.node, ends.place, ends.psk]) secret.fill(0)
    await wires.stop()
    options.onClosed()
  }
  const expiry = setTimeout(() => void close(), limits.pairingMs)
  expiry.unref()

  const isOpen = (): boolean => !isOver && world.now() <= until

  async function answer(name: string, input: unknown): Promise<Reply<unknown>> {
    const parsed = parse(pairInput, input)
    if (name !== LINK.pair || parsed?.success !== true || !isOpen())
      return { ok: false, error: { code: 'no-answer' } }
    const { key } = parsed.data
    if (admitted !== null && admitted.key !== key) return { ok: false, error: { code: 'no-answer' } }
    admitted ??= { key, answer: options.admit(fromHex(key), isOpen) }
    try {
      const value = await admitted.answer
      // Once: whoever types it after this machine finds nobody.
      setTimeout(() => void close(), limits.pairedMs).unref()
      return { ok: true, value }
    } catch (error) {
      admitted = null
      if (!(error instanceof Failure)) throw error
      return { ok: false, error: { code: error.detail.code } }
    }
  }

  try {
    await wires.start({
      admits: (key) => !isOver && equalBytes(key, placeEnd),
      wire(wire) {
        let isTaken = false
        wire.listen({
          lane(lane, stream) {
            if (isTaken || lane !== 'control') return wire.abort()
            isTaken = true
            serveLink(stream, limits, answer, () => wire.abort())
          },
          closed() {},
        })
      },
    })
  } catch (error) {
    isOver = true
    clearTimeout(expiry)
    for (const secret of [ends.node, ends.place, ends.psk]) secret.fill(0)
    await wires.stop()
    throw error
  }
  return { name: options.name, until, address: wires.addresses()[0]?.address ?? options.listen, close }
}
