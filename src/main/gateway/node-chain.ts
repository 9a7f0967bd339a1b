/** The chain as a gateway's service reads it: from its own node. */
import { present } from '../../shared/std/assert.ts'
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { firstRegistrationOf } from '../node/chain/apply-study.ts'
import { decodeSignedItem } from '../node/chain/item.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import { decodeSegment } from '../node/chain/segment.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { readPlaces, readSegment } from '../node/storage/chain-store.ts'
import type { GatewayChain, SnapshotPlace } from './gateway-port.ts'
import { memberAt } from './member-at.ts'

export function gatewayChainOf(node: ChainNode, crypto: Crypto): GatewayChain {
  const state = () => node.ledger.state.consortium

  async function placeOfHeight(height: number): Promise<Omit<SnapshotPlace, 'itemHash'> | null> {
    const stored = await readSegment(node.store, height)
    const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
    if (segment === null) return null
    const { firstIndex, count, time } = segment
    return { height, upTo: firstIndex + count - 1, day: Math.floor(time / DAY_MS) }
  }

  async function itemsAt(height: number) {
    const stored = await readSegment(node.store, height)
    // Damaged: it is fetched again, and then asked again.
    if (stored.kind !== 'ok') throw new Failure({ code: 'not-ready' })
    return stored.value.items.map((bytes) => {
      const signed = present(decodeSignedItem(crypto, bytes), 'a final item decodes')
      return signed.item.clear
    })
  }

  return {
    state,
    memberAt: (memberId, height) =>
      memberAt({ state: state(), founders: node.ledger.genesis.members, itemsAt }, memberId, height),
    lastTime: () => node.ledger.state.lastTime,
    async snapshotOf(itemHash: Bytes) {
      const declared = state().snapshots.find((each) => equalBytes(each.itemHash, itemHash))
      const place = declared === undefined ? null : await placeOfHeight(declared.height)
      return place === null ? null : { ...place, itemHash: declared!.itemHash }
    },
    placeOfHeight,
    async registrationOf(itemHash) {
      const found = await node.studies.index.registrationOf(itemHash)
      return found === null ? null : { author: found.author, height: found.height }
    },
    async hasRegistered(author, below) {
      const first = firstRegistrationOf(state(), author)
      return first !== null && first < below
    },
    async isErasedSince({ height, upTo }, until = Infinity) {
      for (const { state: stands, decidedAt, roots } of await node.erasures.list()) {
        if (stands !== 'decided' || decidedAt === null) continue
        if (decidedAt <= height || decidedAt > until) continue
        const places = await readPlaces(node.store, roots)
        if (places.some((place) => place?.index != null && place.index <= upTo)) return true
      }
      return false
    },
  }
}
