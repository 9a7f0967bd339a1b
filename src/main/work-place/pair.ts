/** A computer becomes a work place: address and code typed once, the node's answer kept in a folder of its own. */
import { parseAddress } from '../../shared/domain/address.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import type { LaneStream, Wire } from '../node/network/wire.ts'
import { asProfileFailure, ProfileFailure } from '../profile/profile-failure.ts'
import { prepareEmptyFolder } from '../profile/profile-folder.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { PLACE_LIMITS } from './limits.ts'
import { callLink } from './link.ts'
import { LINK, pairAnswer, type PairAnswer } from './messages.ts'
import { readPairingCode } from './pairing-code.ts'
import { loadPlace, savePlace, type PlaceFacts } from './place-folder.ts'
import { pairingOf } from './place-network.ts'

type PairWorld = Pick<ProfileWorld, 'crypto' | 'random' | 'openPlaceWires' | 'placeLimits'>

/**
 * In the folder of a work place of the same institution the computer keeps its key, so it stays the same work place, and what it
 * kept while the node was away goes on: the node's address has changed, or the computer was removed and comes back.
 * @throws {ProfileFailure} `bad-address`, `bad-code`, `no-answer` (the code is wrong, used or old, or nobody listens),
 *   `folder-not-empty`, `folder-not-writable`, `disk-full`
 */
export async function pairWorkPlace(
  world: PairWorld,
  wish: { readonly folder: string; readonly address: string; readonly code: string },
): Promise<PlaceFacts> {
  const at = parseAddress(wish.address)
  if (at === null) throw new ProfileFailure({ code: 'bad-address' })
  const code = readPairingCode(wish.code)
  if (code === null) throw new ProfileFailure({ code: 'bad-code' })
  try {
    // Before the code is used up.
    const before = await loadPlace(wish.folder)
    if (before === null) await prepareEmptyFolder(wish.folder)
    const secret = before === null ? world.random(32) : fromHex(before.secret)
    const answer = await ask(world, wish.address, code, toHex(world.crypto.ed25519PublicKey(secret)))
    if (before !== null && before.chainId !== answer.chainId)
      throw new ProfileFailure({ code: 'folder-not-empty', detail: wish.folder })
    const { port, ...facts } = answer
    const host = at.kind === 'ip6' ? `[${at.host}]` : at.host
    const place = { ...facts, address: `${host}:${port}`, secret: toHex(secret) }
    await savePlace(wish.folder, place)
    return place
  } catch (error) {
    throw asProfileFailure(error, wish.folder) ?? error
  }
}

async function ask(world: PairWorld, address: string, code: Uint8Array, key: string): Promise<PairAnswer> {
  const limits = { ...PLACE_LIMITS, ...world.placeLimits }
  const ends = pairingOf(world.crypto, code)
  const nodeEnd = world.crypto.ed25519PublicKey(ends.node)
  const wires = await world.openPlaceWires({
    networkSecret: ends.place,
    psk: ends.psk,
    networkId: ends.networkId,
    listen: null,
  })
  const signal = AbortSignal.timeout(limits.dialMs)
  let wire: Wire | null = null
  try {
    await wires.start({
      admits: (other) => toHex(other) === toHex(nodeEnd),
      wire(dialled) {
        wire = dialled
        dialled.listen({ lane: () => dialled.abort(), closed() {} })
      },
    })
    let stream: LaneStream
    try {
      await wires.dial(nodeEnd, { generation: 1, address }, signal)
      stream = await (wire as Wire | null)!.openLane('control', signal)
    } catch (cause) {
      throw new ProfileFailure({ code: 'no-answer' }, { cause })
    }
    const link = callLink(
      stream,
      limits,
      () => {},
      () => {},
    )
    const reply = await link.call(LINK.pair, { format: 1, key })
    link.close()
    const answer = reply.ok ? pairAnswer.safeParse(reply.value) : null
    if (answer?.success !== true) throw new ProfileFailure({ code: 'no-answer' })
    return answer.data
  } finally {
    for (const secret of [ends.node, ends.place, ends.psk]) secret.fill(0)
    await wires.stop()
  }
}
