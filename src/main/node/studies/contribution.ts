/** One gateway's part of a snapshot's noise key: 32 random bytes under the key that the hospitals share (docs/spec/gateways.md section 4). */
import { concatBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, type ChainId, type MemberId, type SegmentId } from '../chain/ids.ts'
import { CONTRIBUTION_PART_BYTES, contributionEpochOf } from '../chain/item.ts'
import { KEY_BYTES, NONCE_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hkdfSha256 } from '../crypto/hkdf.ts'
import { ascii } from '../crypto/labels.ts'
import { u32 } from '../storage/buckets.ts'
import type { EpochKey } from '../vault/institution-keys.ts'

export interface ContributionAbout {
  readonly height: number
  readonly segmentId: SegmentId
  readonly memberId: MemberId
}

const INFO = ascii('consilium/contribution-seal/1')

export function sealContribution(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  about: ContributionAbout,
  { epoch, key }: EpochKey,
): Bytes {
  const part = random(CONTRIBUTION_PART_BYTES)
  const nonce = random(NONCE_BYTES)
  const sealed = crypto.sealGcm(keyFor(crypto, about, epoch, key), nonce, aadOf(chainId, about, epoch), part)
  crypto.forget(part)
  return encode([epoch, concatBytes(nonce, sealed)])
}

export type OpenedContribution =
  | { readonly kind: 'opened'; readonly part: Bytes }
  /** Not what any gateway seals. */
  | { readonly kind: 'damaged' }
  /** Under an epoch whose key is not here. */
  | { readonly kind: 'no-key' }

export function openContribution(
  crypto: Crypto,
  chainId: ChainId,
  about: ContributionAbout,
  sealed: Bytes,
  epochs: readonly EpochKey[],
): OpenedContribution {
  const epoch = contributionEpochOf(sealed)
  if (epoch === null) return { kind: 'damaged' }
  const box = asArray(tryDecode(sealed), 2)![1] as Bytes
  const key = epochs.find((each) => each.epoch === epoch)?.key
  if (key === undefined) return { kind: 'no-key' }
  const opening = keyFor(crypto, about, epoch, key)
  const part = crypto.openGcm(
    opening,
    box.subarray(0, NONCE_BYTES),
    aadOf(chainId, about, epoch),
    box.subarray(NONCE_BYTES),
  )
  return part === null ? { kind: 'damaged' } : { kind: 'opened', part }
}

function keyFor(crypto: Crypto, about: ContributionAbout, epoch: number, epochKey: Bytes): Bytes {
  const salt = encode([about.height, about.segmentId, about.memberId])
  return hkdfSha256(crypto, epochKey, salt, concatBytes(INFO, u32(epoch)), KEY_BYTES)
}

function aadOf(chainId: ChainId, about: ContributionAbout, epoch: number): Bytes {
  return encode([chainId, about.height, about.segmentId, about.memberId, epoch])
}
