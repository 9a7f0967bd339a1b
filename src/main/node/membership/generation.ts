/**
 * A new pre-shared key of the network, for everybody who stays. The chain decides the generation's number and the height
 * at which it starts; the key itself travels with the proposal, sealed to each member. Until the old one is closed both
 * open doors, so that a sleeping member is not shut out (docs/spec/network.md section 9).
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type ChainId,
  type MemberId,
} from '../chain/ids.ts'
import { MEMBERS_MAX } from '../chain/limits.ts'
import type { Member } from '../chain/members.ts'
import { KEY_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { openSealed, sealTo, type NumberedKey } from './shared-secrets.ts'

export type GenerationShare = { readonly memberId: MemberId; readonly box: Uint8Array }

/** One share for each member; members whose key is unusable are left out and need a new invitation. */
export function shareGeneration(
  crypto: Crypto,
  random: Random,
  chainId: ChainId,
  members: readonly Member[],
  { epoch, key }: NumberedKey,
): GenerationShare[] {
  const content = encode([1, epoch, key])
  const shares = members.flatMap((member) => {
    const box = sealTo(crypto, random, 'generation', chainId, member, content)
    return box === null ? [] : [{ memberId: member.memberId, box }]
  })
  content.fill(0)
  return shares
}

/** The member's own share; null where there is none or it does not open. */
export function openGeneration(
  crypto: Crypto,
  chainId: ChainId,
  shares: readonly GenerationShare[],
  memberId: MemberId,
  custodianSecret: Uint8Array,
): NumberedKey | null {
  const mine = shares.find((share) => equalBytes(share.memberId, memberId))
  if (mine === undefined) return null
  const content = openSealed(crypto, 'generation', chainId, memberId, custodianSecret, mine.box)
  const slots = content && asArray(tryDecode(content), 3)
  content?.fill(0)
  if (!slots || slots[0] !== 1 || !isCount(slots[1]) || !isBytes(slots[2], KEY_BYTES)) return null
  return { epoch: slots[1], key: slots[2] }
}

export function sharesToCbor(shares: readonly GenerationShare[]): Cbor {
  return shares.map(({ memberId, box }) => [memberId, box])
}

export function sharesFromCbor(value: Cbor | undefined): GenerationShare[] | null {
  const list = asList(value, MEMBERS_MAX)
  if (list === null) return null
  const shares: GenerationShare[] = []
  for (const each of list) {
    const pair = asArray(each, 2)
    if (pair === null || !isBytes(pair[0], MEMBER_ID_BYTES) || !(pair[1] instanceof Uint8Array)) return null
    shares.push({ memberId: pair[0] as MemberId, box: pair[1] })
  }
  return shares
}
