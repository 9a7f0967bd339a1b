/** Where members can be reached, kept in the store over a restart: what people said, and what members signed. */
import type { Bytes } from '../../shared/std/bytes.ts'
import { encode, tryDecode } from './chain/codec.ts'
import { asArray, asList, isCount, isText, type MemberId } from './chain/ids.ts'
import { ADDRESS_TEXT_MAX, isAddress } from '../../shared/domain/address.ts'
import { decodeControl, encodeControl, type AddressRecord } from './network/protocols/hello.ts'
import { NETWORK_LIMITS } from './network/limits.ts'
import { peerName, type PeerName } from './network/transport.ts'
import type { Address } from './network/wire.ts'
import { addressKey, keyTail, rangeOf } from './storage/buckets.ts'
import { put, type ReadableStore, type Write } from './storage/store.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'

export interface SavedAddresses {
  readonly memberId: MemberId
  readonly byHand: readonly Address[]
  readonly record: AddressRecord | null
}

export interface KnownAddresses {
  /** All of them, as the network wants them at its start. */
  readonly byHand: readonly { readonly peer: PeerName; readonly addresses: readonly Address[] }[]
  readonly records: readonly AddressRecord[]
  saveByHand(of: MemberId, addresses: readonly Address[]): Promise<void>
  saveRecord(record: AddressRecord): Promise<void>
}

/** @param commit writes durably, or throws */
export async function openAddresses(
  store: ReadableStore,
  commit: (writes: Write[]) => Promise<void>,
): Promise<KnownAddresses> {
  const book = await loadAddresses(store)
  async function save(of: MemberId, change: Partial<SavedAddresses>): Promise<void> {
    const name = peerName(of)
    const entry = { ...(book.get(name) ?? { memberId: of, byHand: [], record: null }), ...change }
    book.set(name, entry)
    await commit([addressesWrite(entry)])
  }
  return {
    get byHand() {
      return [...book].map(([peer, { byHand }]) => ({ peer, addresses: byHand }))
    },
    get records() {
      return [...book.values()].flatMap(({ record }) => (record === null ? [] : [record]))
    },
    saveByHand: (of, addresses) => save(of, { byHand: [...addresses] }),
    saveRecord: (record) => save(record.memberId, { record }),
  }
}

async function loadAddresses(store: ReadableStore): Promise<Map<PeerName, SavedAddresses>> {
  const saved = new Map<PeerName, SavedAddresses>()
  for await (const { key, value } of store.scan(rangeOf('a'))) {
    const memberId = keyTail('a', key).slice() as MemberId
    const read = readCheckedValue(key, value)
    const entry = read.kind === 'ok' ? decodeEntry(memberId, read.content) : null
    if (entry !== null) saved.set(peerName(memberId), entry)
  }
  return saved
}

export function addressesWrite(entry: SavedAddresses): Write {
  const key = addressKey(entry.memberId)
  return put(key, checkedValue(key, encodeEntry(entry)))
}

function encodeEntry({ byHand, record }: SavedAddresses): Bytes {
  return encode([
    1,
    byHand.map(({ generation, address }) => [generation, address]),
    record === null ? null : encodeControl({ kind: 'addresses', records: [record] }),
  ])
}

function decodeEntry(memberId: MemberId, bytes: Bytes): SavedAddresses | null {
  const slots = asArray(tryDecode(bytes), 3)
  const list = slots && asList(slots[1], NETWORK_LIMITS.addressesMax)
  if (slots === null || slots[0] !== 1 || !list) return null
  const byHand: Address[] = []
  for (const each of list) {
    const pair = asArray(each, 2)
    if (pair === null || !isCount(pair[0]) || !isText(pair[1], ADDRESS_TEXT_MAX) || !isAddress(pair[1]))
      return null
    byHand.push({ generation: pair[0], address: pair[1] })
  }
  const control = slots[2] instanceof Uint8Array ? decodeControl(slots[2]) : null
  const record = control?.kind === 'addresses' ? (control.records[0] ?? null) : null
  return { memberId, byHand, record }
}
