/**
 * Rows of the store that the node itself reads while nobody has unlocked, and that say something of patients all the same.
 * They lie sealed under keys that are derived from the linkage keys: whoever takes the disk reads nothing of them.
 */
import { concatBytes, type Bytes } from '../../../shared/std/bytes.ts'
import type { ChainId } from '../chain/ids.ts'
import { KEY_BYTES, NONCE_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hkdfSha256, hmacSha256 } from '../crypto/hkdf.ts'
import { ascii } from '../crypto/labels.ts'
import { readU32, u32 } from '../storage/buckets.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { newestEpoch, type EpochKey } from '../vault/institution-keys.ts'

const SEAL_INFO = ascii('consilium/node-row/1')
const NAME_INFO = ascii('consilium/node-name/1')
/** Contents are padded to a multiple of this, so that a length tells nothing. */
const PAD_BYTES = 128
const EPOCH_BYTES = 4
const LENGTH_BYTES = 4

export interface NodeSeal {
  /** Whether there is a key to seal under: a hospital that joins has one a moment after. */
  readonly isReady: boolean
  /** The value of a row: bound to its key. */
  seal(key: Bytes, content: Bytes): Bytes
  /** Null where it is damaged, or under a key that is not here. */
  open(key: Bytes, value: Bytes): Bytes | null
  /** 16 bytes that stand for this, or null where the epoch's key is not here. Means nothing without that key. */
  nameOf(epoch: number, what: Bytes): Bytes | null
}

export function createNodeSeal(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  linkage: () => readonly EpochKey[],
): NodeSeal {
  const derived = new Map<string, Bytes>()
  function keyFor(epoch: number, info: Bytes): Bytes | null {
    const name = `${epoch}/${info === SEAL_INFO ? 'seal' : 'name'}`
    const known = derived.get(name)
    if (known !== undefined) return known
    const secret = linkage().find((each) => each.epoch === epoch)?.key
    if (secret === undefined) return null
    const key = hkdfSha256(crypto, secret, chainId, info, KEY_BYTES)
    derived.set(name, key)
    return key
  }

  return {
    get isReady() {
      return linkage().length > 0
    },
    seal(key, content) {
      const { epoch } = newestEpoch(linkage())
      const padded = new Uint8Array(Math.ceil((LENGTH_BYTES + content.length) / PAD_BYTES) * PAD_BYTES)
      padded.set(u32(content.length))
      padded.set(content, LENGTH_BYTES)
      const nonce = random(NONCE_BYTES)
      const sealed = crypto.sealGcm(keyFor(epoch, SEAL_INFO)!, nonce, key, padded)
      padded.fill(0)
      return checkedValue(key, concatBytes(u32(epoch), nonce, sealed))
    },
    open(key, value) {
      const read = readCheckedValue(key, value)
      if (read.kind !== 'ok' || read.content.length < EPOCH_BYTES + NONCE_BYTES) return null
      const { content } = read
      const sealing = keyFor(readU32(content), SEAL_INFO)
      if (sealing === null) return null
      const nonce = content.subarray(EPOCH_BYTES, EPOCH_BYTES + NONCE_BYTES)
      const padded = crypto.openGcm(sealing, nonce, key, content.subarray(EPOCH_BYTES + NONCE_BYTES))
      if (padded === null || padded.length < LENGTH_BYTES) return null
      const length = readU32(padded)
      return length > padded.length - LENGTH_BYTES
        ? null
        : padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
    },
    nameOf(epoch, what) {
      const naming = keyFor(epoch, NAME_INFO)
      return naming === null ? null : hmacSha256(crypto, naming, what).slice(0, 16)
    },
  }
}
