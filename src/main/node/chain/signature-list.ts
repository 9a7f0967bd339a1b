/** Members' signatures in an item: sorted by member, each once, so that a set of them has one encoding. */
import { compareBytes } from '../../../shared/std/bytes.ts'
import type { Cbor } from './codec.ts'
import { asArray, asList, isBytes, MEMBER_ID_BYTES, type MemberId } from './ids.ts'
import { ATTESTATIONS_MAX } from './limits.ts'

export type MemberSignature = { readonly memberId: MemberId; readonly signature: Uint8Array }

export function signaturesToCbor(signatures: readonly MemberSignature[]): Cbor {
  return [...signatures]
    .sort((a, b) => compareBytes(a.memberId, b.memberId))
    .map(({ memberId, signature }) => [memberId, signature])
}

export function signaturesFromCbor(value: Cbor | undefined): MemberSignature[] | null {
  const list = asList(value, ATTESTATIONS_MAX)
  if (list === null) return null
  const signatures: MemberSignature[] = []
  for (const entry of list) {
    const slots = asArray(entry, 2)
    if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isBytes(slots[1], 64)) return null
    signatures.push({ memberId: slots[0] as MemberId, signature: slots[1] })
  }
  return isSortedById(signatures) ? signatures : null
}

export function isSortedById(entries: readonly { memberId: MemberId }[]): boolean {
  for (let i = 1; i < entries.length; i++)
    if (compareBytes(entries[i - 1]!.memberId, entries[i]!.memberId) >= 0) return false
  return true
}
