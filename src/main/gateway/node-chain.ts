/** The chain as a gateway's service reads it: from its own node. */
import { present } from '../../shared/std/assert.ts'
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { firstRegistrationOf } from '../node/chain/apply-study.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { decodeSignedItem } from '../node/chain/item.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import { decodeSegment } from '../node/chain/segment.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { readPlaces, readSegment, readSegmentTime } from '../node/storage/chain-store.ts'
import type { Decisions } from './decisions.ts'
import type { GatewayChain, SnapshotPlace } from './gateway-port.ts'
import { marketAt } from './market-at.ts'
import { memberAt } from './member-at.ts'
import { policyAt } from './policy-at.ts'

export function gatewayChainOf(node: ChainNode, decisions: Pick<Decisions, 'upTo'>): GatewayChain {
  const decidedUpTo = (height: number) => decisions.upTo(height)
  const state = () => node.ledger.state.consortium
  /** By snapshot; `asOf`: of the last erasure by then. */
  const erasedAt = new Map<string, { readonly asOf: number; readonly first: number | null }>()

  const placeOfHeight = (height: number) => placeAt(node, height)

  async function timeAt(height: number): Promise<number> {
    const time = await readSegmentTime(node.store, height)
    if (time === null) throw new Failure({ code: 'not-ready' })
    return time
  }

  return {
    state,
    memberAt: (memberId, height) =>
      memberAt({ state: state(), founders: node.ledger.genesis.members, decidedUpTo }, memberId, height),
    marketAt: (height, notBefore) =>
      marketAt({ founders: node.ledger.genesis.members, decidedUpTo, timeAt }, height, notBefore),
    policyAt: (name, height) => policyAt({ founding: node.ledger.genesis.policy, decidedUpTo }, name, height),
    registeredBy: (protocolHash, below) => registeredBy(node, protocolHash, below),
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
    async isExpired(studyHash) {
      return (await node.studies.index.studyOf(studyHash))?.state === 'expired'
    },
    async firstErasureOf({ itemHash, height, upTo }) {
      const name = toHex(itemHash)
      const { erasureHeight } = state()
      const before = erasedAt.get(name)
      if (before?.asOf === erasureHeight) return before.first
      const isRead = node.itemsReadUpTo >= erasureHeight
      const first = await firstErasureOf(node, { height, upTo })
      if (isRead) erasedAt.set(name, { asOf: erasureHeight, first })
      return first
    },
  }
}

/** Up to which visit a segment goes, and on which day; null where it is not here. */
export async function placeAt(
  { store }: Pick<ChainNode, 'store'>,
  height: number,
): Promise<Omit<SnapshotPlace, 'itemHash'> | null> {
  const stored = await readSegment(store, height)
  const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
  if (segment === null) return null
  const { firstIndex, count, time } = segment
  return { height, upTo: firstIndex + count - 1, day: Math.floor(time / DAY_MS) }
}

/** Height at which the first record of a snapshot was erased, as far as the chain was read here; null: none. @throws Failure where that cannot be read now */
export async function firstErasureOf(
  { store, erasures }: Pick<ChainNode, 'store' | 'erasures'>,
  { height, upTo }: Pick<SnapshotPlace, 'height' | 'upTo'>,
): Promise<number | null> {
  let first: number | null = null
  for (const { state: stands, decidedAt, roots } of await erasures.list()) {
    if (stands !== 'decided' || decidedAt === null || decidedAt <= height) continue
    if (first !== null && decidedAt >= first) continue
    const places = await readPlaces(store, roots)
    if (places.some((place) => place?.index != null && place.index <= upTo)) first = decidedAt
  }
  // Damaged: it is fetched again, and then asked again.
  if (!erasures.areAllRead) throw new Failure({ code: 'not-ready' })
  return first
}

/** Clear parts of a segment's items, in order. @throws Failure where it cannot be read now */
export async function itemsAt(node: Pick<ChainNode, 'store'>, crypto: Crypto, height: number) {
  const stored = await readSegment(node.store, height)
  // Damaged: it is fetched again, and then asked again.
  if (stored.kind !== 'ok') throw new Failure({ code: 'not-ready' })
  return stored.value.items.map(
    (bytes) => present(decodeSignedItem(crypto, bytes), 'a final item decodes').item.clear,
  )
}

/** Of all members, however old. */
export async function registeredBy(
  node: Pick<ChainNode, 'studies'>,
  protocolHash: Bytes,
  below: number,
): Promise<readonly MemberId[]> {
  const rows = await node.studies.index.registrations({ protocolHash, limit: REGISTRATIONS_MAX })
  return rows.flatMap(({ author, height }) => (height < below ? [author] : []))
}

const REGISTRATIONS_MAX = 1_000_000
