/**
 * Keys of other hospitals' visits that this hospital may read for a while: still wrapped, since only a person's session
 * opens them. Gone from the store and from its files when the access is over.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, type MemberId, type MerkleRoot } from '../chain/ids.ts'
import type { GrantedVersion } from '../network/protocols/access.ts'
import { grantKey, keyTail, rangeOf } from '../storage/buckets.ts'
import { inErasureTurn, notErased } from '../storage/erasure-turn.ts'
import { del, put, type Store, type Write } from '../storage/store.ts'
import type { NodeSeal } from './node-seal.ts'

export interface GrantedKey extends GrantedVersion {
  readonly accessId: Bytes
  /** The hospital that wrote the visit. */
  readonly custodian: MemberId
}

export interface GrantedKeys {
  /** Durable with the next write that is: what a crash takes is asked for again. */
  keep(accessId: Bytes, custodian: MemberId, granted: readonly GrantedVersion[]): Promise<void>
  /** Every key of this version, of whatever access. */
  of(root: Bytes): Promise<GrantedKey[]>
  /** Destroys them, in the files too. @returns how many there were */
  destroy(isOver: (accessId: Bytes, custodian: MemberId) => boolean): Promise<number>
  /** For the write that erases a version. */
  forgetting(root: Bytes): Promise<Write[]>
}

const ROOT_BYTES = 32

export function openGrantedKeys(store: Store, seal: NodeSeal): GrantedKeys {
  function read(key: Bytes, value: Bytes): GrantedKey | null {
    const content = seal.open(key, value)
    const slots = content === null ? null : asArray(tryDecode(content), 5)
    if (slots === null) return null
    const [custodian, visitId, epoch, patientKey, wrap] = slots as [Bytes, Bytes, number, Bytes, Bytes]
    const tail = keyTail('z/g', key)
    return {
      accessId: tail.slice(ROOT_BYTES),
      merkleRoot: tail.slice(0, ROOT_BYTES) as MerkleRoot,
      custodian: custodian as MemberId,
      visitId,
      patient: { epoch, key: patientKey },
      wrap,
    }
  }

  return {
    async keep(accessId, custodian, granted) {
      await inErasureTurn(store, async () => {
        const kept = await notErased(store, granted, ({ merkleRoot }) => merkleRoot)
        await store.commitUnsynced(
          kept.map(({ merkleRoot, visitId, patient, wrap }) => {
            const key = grantKey(merkleRoot, accessId)
            return put(key, seal.seal(key, encode([custodian, visitId, patient.epoch, patient.key, wrap])))
          }),
        )
      })
    },
    async of(root) {
      const keys: GrantedKey[] = []
      for await (const { key, value } of store.scan(rangeOf('z/g', root))) {
        const granted = read(key, value)
        if (granted !== null) keys.push(granted)
      }
      return keys
    },
    async destroy(isOver) {
      const writes: Write[] = []
      for await (const { key, value } of store.scan(rangeOf('z/g'))) {
        const granted = read(key, value)
        // What does not open any more opens nothing either.
        if (granted === null || isOver(granted.accessId, granted.custodian)) writes.push(del(key))
      }
      if (writes.length === 0) return 0
      await store.commit(writes)
      await store.purge(rangeOf('z/g'))
      return writes.length
    },
    async forgetting(root) {
      const writes: Write[] = []
      for await (const { key } of store.scan(rangeOf('z/g', root))) writes.push(del(key))
      return writes
    },
  }
}
