/** A hospital founds a consortium of its own: keys, the founding document, and the facts of its profile. */
import { toHex } from '../../shared/std/bytes.ts'
import { assert } from '../../shared/std/assert.ts'
import { truncateTime } from './chain/block.ts'
import {
  encodeGenesis,
  encodeSignedGenesis,
  signGenesis,
  verifyGenesis,
  type Genesis,
} from './chain/genesis.ts'
import { memberIdOf, type Member } from './chain/members.ts'
import { createPolicy, policyValue } from './chain/policy.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import type { InstitutionKeys } from './vault/institution-keys.ts'

export interface Founding {
  readonly institutionName: string
  readonly personName: string
  readonly roles: readonly string[]
}

export interface Founded {
  readonly keys: InstitutionKeys
  readonly genesisBytes: Uint8Array
  readonly memberId: string
  readonly chainId: string
}

/** The first epoch of every key that has epochs. */
export const FIRST_EPOCH = 0

/**
 * One hospital, one vote: the same founding document, chain and engine that four will use.
 * @param now milliseconds since 1970
 */
export function foundAlone(crypto: Crypto, random: Random, now: number, founding: Founding): Founded {
  const keys = newKeys(crypto, random, founding)
  const rootKey = crypto.ed25519PublicKey(keys.root.root)
  const memberId = memberIdOf(crypto, rootKey)
  const name = founding.institutionName.normalize('NFC')
  const member: Member = {
    memberId,
    kind: 'hospital',
    name,
    rootKey,
    consensusKey: crypto.ed25519PublicKey(keys.node.consensus),
    authorKey: crypto.ed25519PublicKey(keys.node.author),
    networkKey: crypto.ed25519PublicKey(keys.node.network),
    custodianKey: crypto.x25519PublicKey(keys.session.custodian),
    gatewayKey: crypto.x25519PublicKey(keys.node.gateway),
    isVoter: true,
  }
  const policy = createPolicy()
  const genesis: Genesis = {
    name,
    // Cut like every birth time, or the first block of this minute would be older than its chain.
    createdAt: truncateTime(now, policyValue(policy, 'timestampGranularityMs')),
    nonce: random(16),
    members: [member],
    policy,
    networkGeneration: 0,
  }
  const signature = signGenesis(crypto, encodeGenesis(genesis), memberId, keys.root.root)
  const genesisBytes = encodeSignedGenesis(genesis, [signature])
  const check = verifyGenesis(crypto, genesisBytes)
  assert(check.kind === 'valid', 'what we found is valid')
  return { keys, genesisBytes, memberId: toHex(memberId), chainId: toHex(check.chainId) }
}

function newKeys(crypto: Crypto, random: Random, { personName, roles }: Founding): InstitutionKeys {
  const first = () => [{ epoch: FIRST_EPOCH, key: random(32) }]
  const user = random(32)
  return {
    node: {
      consensus: random(32),
      network: random(32),
      author: random(32),
      gateway: random(32),
      gatewayEpochs: first(),
      linkageEpochs: first(),
      networkGenerations: first(),
    },
    session: {
      custodian: random(32),
      custodianEpochs: first(),
      names: random(32),
      patientIndex: random(32),
      drafts: random(32),
      importSecret: random(32),
      user,
      person: {
        name: personName.normalize('NFC'),
        userKeyId: toHex(crypto.sha256(crypto.ed25519PublicKey(user)).subarray(0, 8)),
        roles,
      },
    },
    root: { root: random(32) },
  }
}
