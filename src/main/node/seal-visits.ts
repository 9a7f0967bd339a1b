/** From fields to what the outbox takes: one author batch sealed, each data key wrapped for its two scopes and dropped. */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { AuthorSigner } from './chain/author.ts'
import type { ChainId, MemberId } from './chain/ids.ts'
import { encodeKeyRow, scopeNumberOf, wrapUnderEpoch, type Scope } from './chain/key-box.ts'
import { sealBatch, type Field } from './chain/record.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import type { SealedVisit } from './outbox/outbox.ts'
import type { EpochKey } from './vault/institution-keys.ts'

export interface SealingKeys {
  readonly chainId: ChainId
  readonly memberId: MemberId
  /** Ed25519 seed of the member's author key. */
  readonly author: Bytes
  /** Keys of the newest epochs. */
  readonly custodian: EpochKey
  readonly gateway: EpochKey
}

export type SealedOrRefused =
  { kind: 'sealed'; visit: SealedVisit } | { kind: 'refused'; reason: 'record-too-large' }

/** The answers are in the order of the records; at most 4,096 at once. */
export function sealVisits(
  crypto: Crypto,
  random: Random,
  keys: SealingKeys,
  records: readonly (readonly Field[])[],
): SealedOrRefused[] {
  const signer: AuthorSigner = {
    memberId: keys.memberId,
    key: crypto.ed25519PublicKey(keys.author),
    secret: keys.author,
    certificate: null,
  }
  return sealBatch(crypto, random, keys.chainId, signer, records).map((sealed) => {
    if (sealed.kind === 'refused') return sealed
    const { merkleRoot, keyCommitment, bodyHash, sizeClass, body, dataKey } = sealed
    const row = (scope: Scope, { epoch, key }: EpochKey) => ({
      scope: scopeNumberOf(scope),
      epoch,
      bytes: encodeKeyRow(
        wrapUnderEpoch(crypto, random, keys.chainId, { merkleRoot, scope, epoch }, key, dataKey),
      ),
    })
    const rows = [row('custodian', keys.custodian), row('gateway', keys.gateway)]
    crypto.forget(dataKey)
    return { kind: 'sealed', visit: { merkleRoot, keyCommitment, bodyHash, sizeClass, body, rows } }
  })
}
