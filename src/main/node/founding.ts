/** Institutions found a consortium, one alone or several together: keys, the founding document, facts of a profile. */
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { assert } from '../../shared/std/assert.ts'
import { truncateTime } from './chain/block.ts'
import {
  encodeGenesis,
  encodeSignedGenesis,
  signGenesis,
  verifyGenesis,
  type Genesis,
} from './chain/genesis.ts'
import { memberIdOf, type Member, type MemberKind } from './chain/members.ts'
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
  const member: FoundingMember = { ...founding, kind: 'hospital', isVoter: true }
  return foundTogether(crypto, random, now, { name: founding.institutionName, members: [member] })[0]!
}

export interface FoundingMember extends Founding {
  readonly kind: MemberKind
  readonly isVoter: boolean
}

export interface Consortium {
  readonly name: string
  readonly members: readonly FoundingMember[]
  /** Changes of the default policy. */
  readonly policy?: Readonly<Record<string, number>>
}

/**
 * Several institutions with one founding document, signed by all. The hospitals share the first keys of the gateway and
 * of linkage, all members share the first pre-shared key of the network.
 * @param now milliseconds since 1970
 */
export function foundTogether(
  crypto: Crypto,
  random: Random,
  now: number,
  consortium: Consortium,
): Founded[] {
  const shared = {
    gateway: random(32),
    linkage: random(32),
    network: random(32),
  }
  const made = consortium.members.map((founding) => {
    const { keys, member } = createInstitution(crypto, random, founding)
    const first = (key: Bytes) => [{ epoch: FIRST_EPOCH, key: key.slice() }]
    // Whoever opens no record holds no key that does.
    const ofHospital = (key: Bytes) => (founding.kind === 'hospital' ? first(key) : [])
    const node = {
      ...keys.node,
      gatewayEpochs: ofHospital(shared.gateway),
      linkageEpochs: ofHospital(shared.linkage),
      networkGenerations: first(shared.network),
    }
    return { keys: { ...keys, node }, member }
  })
  const policy = createPolicy(consortium.policy)
  const genesis: Genesis = {
    name: consortium.name.normalize('NFC'),
    // Cut like every birth time, or the first block of this minute would be older than its chain.
    createdAt: truncateTime(now, policyValue(policy, 'timestampGranularityMs')),
    nonce: random(16),
    members: made.map(({ member }) => member),
    policy,
    networkGeneration: FIRST_EPOCH,
  }
  const genesisPart = encodeGenesis(genesis)
  const signatures = made.map(({ member, keys }) =>
    signGenesis(crypto, genesisPart, member.memberId, keys.root.root),
  )
  const genesisBytes = encodeSignedGenesis(genesis, signatures)
  const check = verifyGenesis(crypto, genesisBytes)
  assert(check.kind === 'valid', 'what we found is valid')
  const chainId = toHex(check.chainId)
  return made.map(({ keys, member }) => ({ keys, genesisBytes, memberId: toHex(member.memberId), chainId }))
}

/** An institution with keys of its own and none that a consortium shares: it founds with others, or asks to join. */
export function createInstitution(
  crypto: Crypto,
  random: Random,
  { institutionName, personName, roles, kind, isVoter }: FoundingMember,
): { readonly keys: InstitutionKeys; readonly member: Member } {
  const user = random(32)
  const keys: InstitutionKeys = {
    node: {
      consensus: random(32),
      network: random(32),
      author: random(32),
      gateway: random(32),
      next: [],
      gatewayEpochs: [],
      linkageEpochs: [],
      networkGenerations: [],
    },
    session: {
      custodian: random(32),
      custodianEpochs: [{ epoch: FIRST_EPOCH, key: random(32) }],
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
  const rootKey = crypto.ed25519PublicKey(keys.root.root)
  const member: Member = {
    memberId: memberIdOf(crypto, rootKey),
    kind,
    name: institutionName.normalize('NFC'),
    rootKey,
    consensusKey: crypto.ed25519PublicKey(keys.node.consensus),
    authorKey: crypto.ed25519PublicKey(keys.node.author),
    networkKey: crypto.ed25519PublicKey(keys.node.network),
    custodianKey: crypto.x25519PublicKey(keys.session.custodian),
    gatewayKey: kind === 'hospital' ? crypto.x25519PublicKey(keys.node.gateway) : null,
    isVoter,
  }
  return { keys, member }
}
