/**
 * Keys that members share and that come in epochs: the gateway scope, the linkage of patients, the pre-shared key of the
 * network. Those of the founding lie in the vault; later ones come while nobody is there to type a passphrase, so they
 * lie in the store, sealed under a key of the node itself.
 */
import type { Bytes } from '../../shared/std/bytes.ts'
import { ascii } from './crypto/labels.ts'
import { hkdfSha256 } from './crypto/hkdf.ts'
import { KEY_BYTES, NONCE_BYTES, type Crypto, type Random } from './crypto/crypto.ts'
import { encode } from './chain/codec.ts'
import type { ChainId } from './chain/ids.ts'
import { keyTail, rangeOf, sharedKeyKey } from './storage/buckets.ts'
import { put, type Store } from './storage/store.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'
import type { EpochKey, NodeKeys, OwnKeys } from './vault/institution-keys.ts'

export type SharedKind = 'gateway' | 'linkage' | 'network'
/** The keys of the audit, of the work places' network and of what is kept of studies are the institution's own: they lie beside the others, and no member is ever given them. */
export type KeptKind = SharedKind | 'audit' | 'places' | 'studies'

export interface SharedKeys {
  /** Oldest first. */
  gateway(): readonly EpochKey[]
  linkage(): readonly EpochKey[]
  network(): readonly EpochKey[]
  audit(): readonly EpochKey[]
  places(): readonly EpochKey[]
  studies(): readonly EpochKey[]
  has(kind: KeptKind, epoch: number): boolean
  /** Durable when it resolves. A key that is here already stays as it is. */
  add(kind: KeptKind, keys: readonly EpochKey[]): Promise<void>
  /** Seals what lies in the store to these keys of the node, in one write. */
  reseal(own: Pick<OwnKeys, 'gateway' | 'network'>): Promise<void>
  /** Overwrites the keys that came from the store; the vault's belong to whoever opened it. */
  forget(): void
}

export interface SharedKeysOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly keys: NodeKeys
}

type Seals = Pick<OwnKeys, 'gateway' | 'network'>

const KIND_NUMBER: Readonly<Record<KeptKind, number>> = {
  gateway: 1,
  linkage: 2,
  network: 3,
  audit: 4,
  places: 5,
  studies: 6,
}
const KINDS: readonly (KeptKind | undefined)[] = [
  undefined,
  'gateway',
  'linkage',
  'network',
  'audit',
  'places',
  'studies',
]
const INFO = ascii('consilium/shared-keys/1')

/** Reads those that came after the founding. One that is damaged is left out: other members have it. */
export async function openSharedKeys(options: SharedKeysOptions): Promise<SharedKeys> {
  const { store, crypto, random, chainId, keys } = options
  const held: Record<KeptKind, Map<number, Bytes>> = {
    gateway: new Map(keys.gatewayEpochs.map(({ epoch, key }) => [epoch, key])),
    linkage: new Map(keys.linkageEpochs.map(({ epoch, key }) => [epoch, key])),
    network: new Map(keys.networkGenerations.map(({ epoch, key }) => [epoch, key])),
    audit: new Map(),
    places: new Map(),
    studies: new Map(),
  }
  const later: Bytes[] = []
  /** What new entries are sealed to, and how far the store is sealed to it already. */
  let sealedTo: Seals = keys
  const inStore: Record<KeptKind, Set<number>> = {
    gateway: new Set(),
    linkage: new Set(),
    network: new Set(),
    audit: new Set(),
    places: new Set(),
    studies: new Set(),
  }

  for await (const { key, value } of store.scan(rangeOf('e'))) {
    const tail = keyTail('e', key)
    const kind = KINDS[tail[0]!]
    const epoch = new DataView(tail.buffer, tail.byteOffset).getUint32(1)
    const read = readCheckedValue(key, value)
    const opened = kind !== undefined && read.kind === 'ok' ? open(kind, epoch, read.content) : null
    if (kind === undefined || opened === null || held[kind].has(epoch)) continue
    inStore[kind].add(epoch)
    held[kind].set(epoch, opened)
    later.push(opened)
  }

  function listOf(kind: KeptKind): readonly EpochKey[] {
    return [...held[kind]].map(([epoch, key]) => ({ epoch, key })).sort((a, b) => a.epoch - b.epoch)
  }

  /** Gateway and linkage keys open records, so they lie under the gateway's secret; the others under the network's. */
  function sealingKey(kind: KeptKind, own: Seals): Bytes {
    const isOfRecords = kind === 'gateway' || kind === 'linkage'
    const secret = isOfRecords ? own.gateway : own.network
    return hkdfSha256(crypto, secret, chainId, INFO, KEY_BYTES)
  }

  function aad(kind: KeptKind, epoch: number): Bytes {
    return encode([KIND_NUMBER[kind], epoch, chainId])
  }

  /** While keys change, entries of before and after lie side by side. */
  function open(kind: KeptKind, epoch: number, content: Bytes): Bytes | null {
    for (const own of [keys, ...keys.next]) {
      const opened = openWith(kind, epoch, content, own)
      if (opened !== null) return opened
    }
    return null
  }

  function openWith(kind: KeptKind, epoch: number, content: Bytes, own: Seals): Bytes | null {
    const key = sealingKey(kind, own)
    const opened = crypto.openGcm(
      key,
      content.subarray(0, NONCE_BYTES),
      aad(kind, epoch),
      content.subarray(NONCE_BYTES),
    )
    crypto.forget(key)
    return opened !== null && opened.length === KEY_BYTES ? opened : null
  }

  function seal(kind: KeptKind, { epoch, key: secret }: EpochKey): Bytes {
    const key = sealingKey(kind, sealedTo)
    const nonce = random(NONCE_BYTES)
    const sealed = crypto.sealGcm(key, nonce, aad(kind, epoch), secret)
    crypto.forget(key)
    const content = new Uint8Array(NONCE_BYTES + sealed.length)
    content.set(nonce)
    content.set(sealed, NONCE_BYTES)
    return content
  }

  return {
    gateway: () => listOf('gateway'),
    linkage: () => listOf('linkage'),
    network: () => listOf('network'),
    audit: () => listOf('audit'),
    places: () => listOf('places'),
    studies: () => listOf('studies'),
    has: (kind, epoch) => held[kind].has(epoch),
    async add(kind, list) {
      const fresh = list.filter(({ epoch }) => !held[kind].has(epoch))
      if (fresh.length === 0) return
      await store.commit(
        fresh.map((each) => {
          const key = sharedKeyKey(KIND_NUMBER[kind], each.epoch)
          return put(key, checkedValue(key, seal(kind, each)))
        }),
      )
      for (const { epoch, key } of fresh) {
        const own = key.slice()
        held[kind].set(epoch, own)
        inStore[kind].add(epoch)
        later.push(own)
      }
    },
    async reseal(own) {
      if (sealedTo === own) return
      const before = sealedTo
      sealedTo = own
      try {
        await store.commit(
          (Object.keys(inStore) as KeptKind[]).flatMap((kind) =>
            [...inStore[kind]].map((epoch) => {
              const key = sharedKeyKey(KIND_NUMBER[kind], epoch)
              return put(key, checkedValue(key, seal(kind, { epoch, key: held[kind].get(epoch)! })))
            }),
          ),
        )
      } catch (error) {
        sealedTo = before
        throw error
      }
    },
    forget() {
      for (const secret of later.splice(0)) crypto.forget(secret)
    },
  }
}
