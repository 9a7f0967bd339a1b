/**
 * What members share and strangers must not have: the network's pre-shared key, and between hospitals the keys of the
 * gateway scope and of the patient key. They travel sealed to one institution's custodian key, inside signed files.
 */
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { asArray, asList, isBytes, isCount, type ChainId, type MemberId } from '../chain/ids.ts'
import type { Member } from '../chain/members.ts'
import { KEY_BYTES, type Crypto, type Random } from '../crypto/crypto.ts'
import { hpkeOpen, hpkeSeal } from '../crypto/hpke.ts'
import { ascii } from '../crypto/labels.ts'

/** A key with the number that names it: an epoch, or a generation of the network. */
export type NumberedKey = { readonly epoch: number; readonly key: Uint8Array }

export type SharedSecrets = {
  /** Pre-shared keys of the network that are in use. */
  readonly networkGenerations: readonly NumberedKey[]
  /** Empty for whoever is no hospital: then records stay sealed to it. */
  readonly gatewayEpochs: readonly NumberedKey[]
  /** HMAC keys of the patient key; empty for whoever is no hospital. */
  readonly linkageEpochs: readonly NumberedKey[]
}

/** What each kind of institution may be told: only hospitals open records and know patients. */
export function secretsFor(member: Pick<Member, 'kind'>, secrets: SharedSecrets): SharedSecrets {
  const { networkGenerations } = secrets
  return member.kind === 'hospital' ? secrets : { networkGenerations, gatewayEpochs: [], linkageEpochs: [] }
}

/** Null where the recipient's key is unusable. */
export function sealTo(
  crypto: Crypto,
  random: Random,
  purpose: SealPurpose,
  chainId: ChainId,
  recipient: Pick<Member, 'memberId' | 'custodianKey'>,
  content: Uint8Array,
): Uint8Array | null {
  const aad = encode([chainId, recipient.memberId])
  return hpkeSeal(crypto, random, recipient.custodianKey, INFO[purpose], aad, content)
}

export function openSealed(
  crypto: Crypto,
  purpose: SealPurpose,
  chainId: ChainId,
  memberId: MemberId,
  custodianSecret: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null {
  const aad = encode([chainId, memberId])
  return hpkeOpen(
    crypto,
    custodianSecret,
    crypto.x25519PublicKey(custodianSecret),
    INFO[purpose],
    aad,
    sealed,
  )
}

export type SealPurpose = 'founding' | 'invitation'
const INFO: Readonly<Record<SealPurpose, Uint8Array>> = {
  founding: ascii('consilium/seal-founding/1'),
  invitation: ascii('consilium/seal-invitation/1'),
}

export function secretsToCbor(secrets: SharedSecrets): Cbor {
  return [
    keysToCbor(secrets.networkGenerations),
    keysToCbor(secrets.gatewayEpochs),
    keysToCbor(secrets.linkageEpochs),
  ]
}

export function secretsFromCbor(value: Cbor | undefined): SharedSecrets | null {
  const slots = asArray(value, 3)
  const networkGenerations = keysFromCbor(slots?.[0])
  const gatewayEpochs = keysFromCbor(slots?.[1])
  const linkageEpochs = keysFromCbor(slots?.[2])
  if (networkGenerations === null || networkGenerations.length === 0) return null
  if (gatewayEpochs === null || linkageEpochs === null) return null
  return { networkGenerations, gatewayEpochs, linkageEpochs }
}

export function decodeSecrets(bytes: Uint8Array): SharedSecrets | null {
  return secretsFromCbor(tryDecode(bytes))
}

const KEYS_MAX = 4_096

function keysToCbor(keys: readonly NumberedKey[]): Cbor {
  return [...keys].sort((a, b) => a.epoch - b.epoch).map(({ epoch, key }) => [epoch, key])
}

function keysFromCbor(value: Cbor | undefined): NumberedKey[] | null {
  const list = asList(value, KEYS_MAX)
  if (list === null) return null
  const keys: NumberedKey[] = []
  for (const each of list) {
    const pair = asArray(each, 2)
    if (pair === null || !isCount(pair[0]) || !isBytes(pair[1], KEY_BYTES)) return null
    if (keys.length > 0 && keys.at(-1)!.epoch >= pair[0]) return null
    keys.push({ epoch: pair[0], key: pair[1] })
  }
  return keys
}
