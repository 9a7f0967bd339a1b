/**
 * The networks between a node and its work places, derived: the lasting one from a key of the node's own, that of a pairing
 * from its code. Neither has anything to do with the keys of the consortium's network.
 */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ChainId } from '../node/chain/ids.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { hkdfSha256 } from '../node/crypto/hkdf.ts'
import { ascii } from '../node/crypto/labels.ts'

/** What one end needs to listen or dial there. */
export interface PlaceNetwork {
  /** Ed25519 seed of this end. */
  readonly networkSecret: Bytes
  /** 32 bytes. */
  readonly psk: Bytes
  /** Bound into the knock, so that it opens no other network: the chain of the institution, or what stands for it. */
  readonly networkId: ChainId
  /** `host:port`; null only dials. */
  readonly listen: string | null
}

const KEY_BYTES = 32

const derive = (crypto: Crypto, key: Bytes, salt: Bytes, info: string): Bytes =>
  hkdfSha256(crypto, key, salt, ascii(info), KEY_BYTES)

export interface NodeEnd {
  readonly networkSecret: Bytes
  readonly psk: Bytes
  /** Authenticates the list of work places. */
  readonly listKey: Bytes
}

/** The node's end, from the key that lies with its other keys. */
export function nodeEndOf(crypto: Crypto, key: Bytes, chainId: ChainId): NodeEnd {
  return {
    networkSecret: derive(crypto, key, chainId, 'consilium/work-places/1/node'),
    psk: derive(crypto, key, chainId, 'consilium/work-places/1/psk'),
    listKey: derive(crypto, key, chainId, 'consilium/work-places/1/list'),
  }
}

/** Both ends of a pairing: who knows the code can be either, and who does not can be none. */
export function pairingOf(crypto: Crypto, code: Bytes) {
  const none = new Uint8Array(0)
  return {
    node: derive(crypto, code, none, 'consilium/pairing/1/node'),
    place: derive(crypto, code, none, 'consilium/pairing/1/place'),
    psk: derive(crypto, code, none, 'consilium/pairing/1/psk'),
    networkId: derive(crypto, code, none, 'consilium/pairing/1/network') as ChainId,
  }
}

/** What seals the drafts of one person at one work place while the node is away; opened by that person's unlock only. */
export function draftKeyOf(crypto: Crypto, drafts: Bytes, placeId: string, personId: string): Bytes {
  return derive(crypto, drafts, ascii(placeId), `consilium/work-place-drafts/1/${personId}`)
}

/** What hides, at a work place, whose drafts wait there; from its own secret, so that it opens without a person. */
export const keptPatientsKeyOf = (crypto: Crypto, secret: Bytes): Bytes =>
  derive(crypto, secret, new Uint8Array(0), 'consilium/work-place-drafts/2/patients')
