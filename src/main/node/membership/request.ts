/**
 * The request file: an institution says who it is, with which keys, and where it can be reached. It is the first step of
 * joining, of founding together, and of changing keys. Signed by its root key, so that nobody else can change a word (M1); that
 * the root key is the institution's is what the fingerprint on the telephone is for.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { ADDRESS_TEXT_MAX, isAddress } from '../../../shared/domain/address.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'
import { asArray, asList, isBytes, isCount, isText, type ChainId } from '../chain/ids.ts'
import { memberFromCbor, memberToCbor, type Member } from '../chain/members.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { NO_CHAIN, signatureInput } from '../crypto/labels.ts'
import { encodeFile, readFile, type FileRefusal } from './file.ts'
import { fingerprintOf } from './fingerprint.ts'
import { ADDRESSES_MAX } from './limits.ts'

/** take-part: to join or to found together. new-keys: of somebody who is a member already, on this chain only. */
export type RequestPurpose = 'take-part' | 'new-keys'

export type MembershipRequest = {
  readonly purpose: RequestPurpose
  /** Of the chain on which the keys shall change; null for an institution that is in none yet. */
  readonly chainId: ChainId | null
  /** `isVoter` says what the institution wishes for. */
  readonly member: Member
  /** Where its node will listen, the most useful first. May be empty: it then only dials. */
  readonly addresses: readonly string[]
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export type RequestRefusal = FileRefusal | 'malformed' | 'forged'

export type OpenedRequest =
  | {
      readonly kind: 'opened'
      readonly request: MembershipRequest
      /** To compare over the telephone. */
      readonly fingerprint: string
      /** The signed bytes, for a founding round. */
      readonly signed: Uint8Array
    }
  | { readonly kind: 'refused'; readonly reason: RequestRefusal }

const PURPOSE_NUMBER: Readonly<Record<RequestPurpose, number>> = { 'take-part': 1, 'new-keys': 2 }
const PURPOSES: readonly (RequestPurpose | undefined)[] = [undefined, 'take-part', 'new-keys']

/** The file's bytes. */
export function makeRequest(crypto: Crypto, request: MembershipRequest, rootSecret: Uint8Array): Uint8Array {
  const value = requestToCbor(request)
  const input = signatureInput('consilium/request/1', request.chainId ?? NO_CHAIN, encode(value))
  return encodeFile(crypto, 'request', encode([value, crypto.ed25519Sign(rootSecret, input)]))
}

export function openRequest(crypto: Crypto, fileBytes: Uint8Array): OpenedRequest {
  const file = readFile(crypto, fileBytes, 'request')
  return file.kind === 'read' ? openSignedRequest(crypto, file.payload) : file
}

/** As `openRequest`, from the signed bytes without the file around them. */
export function openSignedRequest(crypto: Crypto, signed: Uint8Array): OpenedRequest {
  const slots = asArray(tryDecode(signed), 2)
  const request = slots && requestFromCbor(crypto, slots[0])
  if (slots === null || request === null || !isBytes(slots[1], 64)) return refused('malformed')
  const encoded = encode(slots[0]!)
  const input = signatureInput('consilium/request/1', request.chainId ?? NO_CHAIN, encoded)
  if (!crypto.ed25519Verify(request.member.rootKey, input, slots[1])) return refused('forged')
  return { kind: 'opened', request, fingerprint: fingerprintOf(crypto, 'request', encoded), signed }
}

/** The same institution with the same keys; name and the wish for a vote may differ. */
export function hasSameKeys(a: Member, b: Member): boolean {
  const asOne = (member: Member) => encode(memberToCbor({ ...member, name: 'x', isVoter: a.isVoter }))
  return equalBytes(asOne(a), asOne(b))
}

function requestToCbor({ purpose, chainId, member, addresses, createdAt }: MembershipRequest): Cbor {
  return [1, PURPOSE_NUMBER[purpose], chainId, memberToCbor(member), addresses, createdAt]
}

function requestFromCbor(crypto: Crypto, value: Cbor | undefined): MembershipRequest | null {
  const slots = asArray(value, 6)
  if (slots === null || slots[0] !== 1) return null
  const [, purposeNumber, chainId, memberValue, addressValues, createdAt] = slots
  const purpose = typeof purposeNumber === 'number' ? PURPOSES[purposeNumber] : undefined
  const member = memberFromCbor(crypto, memberValue)
  const addresses = addressesFromCbor(addressValues)
  if (purpose === undefined || member === null || addresses === null || !isCount(createdAt)) return null
  if (chainId !== null && !isBytes(chainId, 32)) return null
  if ((purpose === 'new-keys') !== (chainId !== null)) return null
  return { purpose, chainId: chainId as ChainId | null, member, addresses, createdAt }
}

/** `host:port`, each once. */
export function addressesFromCbor(value: Cbor | undefined): string[] | null {
  const list = asList(value, ADDRESSES_MAX)
  if (list === null) return null
  const addresses: string[] = []
  for (const each of list) {
    if (!isText(each, ADDRESS_TEXT_MAX) || !isAddress(each) || addresses.includes(each)) return null
    addresses.push(each)
  }
  return addresses
}

function refused(reason: RequestRefusal): OpenedRequest {
  return { kind: 'refused', reason }
}
