/**
 * Where members can be reached: what an invitation or the administrator said, and what members say of themselves in
 * signed records that are passed on between members. Nothing else is ever dialled.
 */
import { toHex } from '../../../../shared/std/bytes.ts'
import type { ChainId } from '../../chain/ids.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import { NETWORK_LIMITS } from '../limits.ts'
import { isAddress } from '../../../../shared/domain/address.ts'
import { verifyAddressRecord, type AddressRecord } from '../protocols/hello.ts'
import { peerName, type MemberEntry, type PeerName } from '../transport.ts'
import type { Address } from '../wire.ts'

export interface AddressBook {
  /** From an invitation or by hand; tried after what the member says itself. */
  add(peer: PeerName, addresses: readonly Address[]): void
  /** Takes a record that is newer than what is known and signed by a member. True where it was taken. */
  take(record: AddressRecord, member: MemberEntry): boolean
  /** Newest generation first. */
  addressesOf(peer: PeerName): readonly Address[]
  /** Whether the member's own newest word has an address in this generation. */
  isAnnounced(peer: PeerName, generation: number): boolean
  /** Known records, to be passed on and saved. */
  records(): readonly AddressRecord[]
  /** Drops whoever is no member any more. */
  keepOnly(peers: ReadonlySet<PeerName>): void
}

export function createAddressBook(crypto: Crypto, chainId: ChainId): AddressBook {
  const byHand = new Map<PeerName, Address[]>()
  const records = new Map<PeerName, AddressRecord>()

  return {
    add(peer, addresses) {
      const known = byHand.get(peer) ?? []
      for (const each of addresses)
        if (isAddress(each.address) && !known.some((other) => isSame(other, each))) known.unshift(each)
      byHand.set(peer, known.slice(0, NETWORK_LIMITS.addressesMax))
    },
    take(record, member) {
      const name = peerName(record.memberId)
      if (name !== peerName(member.memberId)) return false
      const known = records.get(name)
      if (known !== undefined && known.sequence >= record.sequence) return false
      const keys = member.next === undefined ? [member.memberKey] : [member.memberKey, member.next.memberKey]
      if (!keys.some((key) => verifyAddressRecord(crypto, chainId, record, key))) return false
      records.set(name, record)
      return true
    },
    addressesOf(peer) {
      const all = [...(records.get(peer)?.addresses ?? [])]
      for (const each of byHand.get(peer) ?? []) if (!all.some((other) => isSame(other, each))) all.push(each)
      // Stable, so within a generation the member's own word stays first.
      return all.sort((a, b) => b.generation - a.generation)
    },
    isAnnounced: (peer, generation) =>
      records.get(peer)?.addresses.some((each) => each.generation === generation) === true,
    records: () => [...records.values()],
    keepOnly(peers) {
      for (const name of [...byHand.keys()]) if (!peers.has(name)) byHand.delete(name)
      for (const [name, record] of records) if (!peers.has(toHex(record.memberId))) records.delete(name)
    },
  }
}

function isSame(a: Address, b: Address): boolean {
  return a.generation === b.generation && a.address === b.address
}
