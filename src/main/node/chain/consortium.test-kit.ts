/** A consortium in memory for tests: members with all their secrets, sealed visits, final segments. */
import { createNodeCrypto } from '../crypto-node.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { compareBytes } from '../../../shared/std/bytes.ts'
import { assert, present } from '../../../shared/std/assert.ts'
import { applySegment, type ApplyOptions, type CheckedSegment } from './apply-segment.ts'
import type { AuthorSigner } from './author.ts'
import { buildSegment } from './build-segment.ts'
import { encodeCertificate, makeCertificate } from './certificate.ts'
import { chainStateOfGenesis, type ChainState } from './chain-state.ts'
import { encode } from './codec.ts'
import { encodeGenesis, encodeSignedGenesis, signGenesis, verifyGenesis } from './genesis.ts'
import type { ChainId, SegmentId } from './ids.ts'
import { approvalSignBytes, signItem, type DecisionItem, type ItemClear, type SealedPart } from './item.ts'
import { memberIdOf, type Member, type MemberKind } from './members.ts'
import { createPolicy } from './policy.ts'
import { sealBatch, type Field, type SealedRecord } from './record.ts'
import type { SegmentBundle } from './segment.ts'
import { heldSignBytes, type HeldSignature } from './study-items.ts'
import { fieldsOfVisit } from './visit-fields.ts'
import { signVote, type VoteType } from './vote.ts'
import { quorumOf } from './voters.ts'

export const crypto: Crypto = createNodeCrypto()

/** A stream of bytes from a seed: the same in every run and on every machine. */
export function seededRandom(seed: string): Random {
  let counter = 0
  return (byteCount) => {
    const bytes = new Uint8Array(byteCount)
    for (let offset = 0; offset < byteCount; offset += 32) {
      const chunk = crypto.sha256(encode([seed, counter++]))
      bytes.set(chunk.subarray(0, Math.min(32, byteCount - offset)), offset)
    }
    return bytes
  }
}

export type Institution = {
  readonly member: Member
  readonly rootSecret: Uint8Array
  readonly consensusSecret: Uint8Array
  readonly authorSecret: Uint8Array
  readonly networkSecret: Uint8Array
  readonly custodianSecret: Uint8Array
  readonly gatewaySecret: Uint8Array
}

export function createInstitution(
  random: Random,
  name: string,
  kind: MemberKind = 'hospital',
  isVoter = kind === 'hospital',
): Institution {
  const [rootSecret, consensusSecret, authorSecret, networkSecret, custodianSecret, gatewaySecret] =
    Array.from({ length: 6 }, () => random(32)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
  const rootKey = crypto.ed25519PublicKey(rootSecret)
  const member: Member = {
    memberId: memberIdOf(crypto, rootKey),
    kind,
    name,
    rootKey,
    consensusKey: crypto.ed25519PublicKey(consensusSecret),
    authorKey: crypto.ed25519PublicKey(authorSecret),
    networkKey: crypto.ed25519PublicKey(networkSecret),
    custodianKey: crypto.x25519PublicKey(custodianSecret),
    gatewayKey: kind === 'hospital' ? crypto.x25519PublicKey(gatewaySecret) : null,
    isVoter,
  }
  return { member, rootSecret, consensusSecret, authorSecret, networkSecret, custodianSecret, gatewaySecret }
}

export type Consortium = {
  readonly random: Random
  readonly institutions: readonly Institution[]
  readonly chainId: ChainId
  readonly signedGenesis: Uint8Array
  readonly start: ChainState
}

export const FOUNDED_AT = Date.UTC(2026, 0, 1)

export function foundConsortium(
  options: {
    seed?: string
    voters?: number
    hospitals?: number
    others?: readonly MemberKind[]
    policy?: Readonly<Record<string, number>>
  } = {},
): Consortium {
  const random = seededRandom(options.seed ?? 'consortium')
  const voters = options.voters ?? 4
  const institutions = [
    ...Array.from({ length: voters }, (_, i) => createInstitution(random, `Hospital ${i + 1}`)),
    ...Array.from({ length: options.hospitals ?? 0 }, (_, i) =>
      createInstitution(random, `Clinic ${i + 1}`, 'hospital', false),
    ),
    ...(options.others ?? []).map((kind, i) => createInstitution(random, `${kind} ${i + 1}`, kind)),
  ]
  const genesis = {
    name: 'Test consortium',
    createdAt: FOUNDED_AT,
    nonce: random(16),
    members: institutions.map((institution) => institution.member),
    policy: createPolicy(options.policy),
    networkGeneration: 1,
  }
  const genesisBytes = encodeGenesis(genesis)
  const signatures = institutions.map(({ member, rootSecret }) =>
    signGenesis(crypto, genesisBytes, member.memberId, rootSecret),
  )
  const signedGenesis = encodeSignedGenesis(genesis, signatures)
  const check = verifyGenesis(crypto, signedGenesis)
  assert(
    check.kind === 'valid',
    `the genesis of a test is valid: ${check.kind === 'refused' ? check.reason : ''}`,
  )
  const { chainId } = check
  return {
    random,
    institutions,
    chainId,
    signedGenesis,
    start: chainStateOfGenesis(crypto, chainId, check.genesis),
  }
}

export function signerOf({ member, authorSecret }: Institution): AuthorSigner {
  return { memberId: member.memberId, key: member.authorKey, secret: authorSecret, certificate: null }
}

export function fieldsOf(record: VisitRecord): Field[] {
  const result = fieldsOfVisit(record)
  assert(
    result.kind === 'fields',
    `the record of a test has fields: ${result.kind === 'refused' ? result.field : ''}`,
  )
  return result.fields
}

/** Sealed records of one batch; each fits. */
export function sealVisits(
  consortium: Consortium,
  institution: Institution,
  records: readonly (readonly Field[])[],
): SealedRecord[] {
  return sealBatch(crypto, consortium.random, consortium.chainId, signerOf(institution), records).map(
    (result) => {
      assert(result.kind === 'sealed', 'the record of a test fits')
      return result
    },
  )
}

/** A signed item, approved by all voters where its kind needs it. */
export function makeItem(
  consortium: Consortium,
  author: Institution,
  clear: ItemClear,
  sequence: number,
  options: { notAfterHeight?: number; sealed?: SealedPart | null; approvers?: readonly Institution[] } = {},
): Uint8Array {
  const { chainId } = consortium
  const notAfterHeight = options.notAfterHeight ?? 1_000_000
  const approvers = options.approvers ?? consortium.institutions.filter(({ member }) => member.isVoter)
  const memberId = author.member.memberId
  const approved = isDecision(clear)
    ? {
        ...clear,
        approvals: approvers.map(({ member, rootSecret }) => ({
          memberId: member.memberId,
          signature: crypto.ed25519Sign(
            rootSecret,
            approvalSignBytes(chainId, clear, memberId, sequence, notAfterHeight),
          ),
        })),
      }
    : clear
  const item = { clear: approved, sealed: options.sealed ?? null, author: memberId, sequence, notAfterHeight }
  return signItem(crypto, chainId, item, author.authorSecret)
}

function isDecision(clear: ItemClear): clear is DecisionItem {
  return ['membership', 'policy', 'protocol', 'network'].includes(clear.kind)
}

/** What every gateway signs that has the document of this commitment; it does not run out. */
export function heldBy({ chainId, institutions }: Consortium, commitment: Uint8Array): HeldSignature[] {
  const until = 2 ** 50
  return institutions
    .filter(({ member }) => member.gatewayKey !== null)
    .map(({ member: { memberId }, authorSecret }) => {
      const input = heldSignBytes(chainId, commitment, memberId, until)
      return { memberId, until, signature: crypto.ed25519Sign(authorSecret, input) }
    })
    .sort((x, y) => compareBytes(x.memberId, y.memberId))
}

export function certify(
  consortium: Consortium,
  state: ChainState,
  height: number,
  segmentId: SegmentId,
  signers: readonly Institution[] = consortium.institutions,
  type: VoteType = 'precommit',
): Uint8Array {
  const quorum = quorumOf(state.voters.length)
  const seats = state.voters
    .map((voter) => signers.find(({ member }) => String(member.memberId) === String(voter.memberId)))
    .filter((institution) => institution !== undefined)
  const votes = seats.slice(0, quorum).map(({ member, consensusSecret }) =>
    signVote(
      crypto,
      consortium.chainId,
      {
        type,
        protocolVersion: state.consortium.protocolVersion,
        epoch: state.consortium.epoch,
        height,
        round: 0,
        segmentId,
        memberId: member.memberId,
      },
      consensusSecret,
    ),
  )
  return encodeCertificate(makeCertificate(votes))
}

/** Builds, certifies and applies one segment; throws where any part of it is refused. */
export function finalise(
  consortium: Consortium,
  state: ChainState,
  waiting: { records?: readonly SealedRecord[]; items?: readonly Uint8Array[]; time?: number },
  options: ApplyOptions = { isKnownRecord: () => false },
  signers: readonly Institution[] = consortium.institutions,
): { bundle: SegmentBundle; applied: CheckedSegment; state: ChainState } {
  const records = waiting.records ?? []
  const items = waiting.items ?? []
  const time = waiting.time ?? state.lastTime + 60_000
  const built = buildSegment(crypto, state, { candidates: records, items }, time, options.earlierAt)
  assert(built.kind === 'built', 'there is something to decide')
  const refusal = built.refusedItems[0]
  assert(refusal === undefined, `the items of a test are taken: ${refusal?.reason}`)
  const bundle: SegmentBundle = {
    ...built.bundle,
    certificate: certify(consortium, state, built.segment.height, built.segmentId, signers),
    bodies: records.slice(0, built.candidateCount).map((record) => record.body),
  }
  const applied = applySegment(crypto, state, bundle, options)
  assert(
    applied.kind === 'applied',
    `the segment of a test applies: ${applied.kind === 'rejected' ? applied.reason : ''}`,
  )
  return { bundle, applied, state: applied.state }
}

/** A clone of bytes with one byte changed. */
export function flipped(bytes: Uint8Array, position: number, mask = 0x01): Uint8Array {
  const copy = bytes.slice()
  copy[position] = present(copy[position]) ^ mask
  return copy
}

/** A small visit with everything that a form enters; `n` makes it one of many. */
export function sampleVisit(n = 0, changes: Partial<VisitRecord> = {}): VisitRecord {
  const hex = (length: number, salt: number) =>
    Array.from(crypto.sha256(encode([n, salt])), (byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .slice(0, length)
  return {
    envelope: {
      schema: 'visit/1',
      recordId: hex(32, 1),
      visitId: hex(32, 2),
      op: 'create',
      recordedAt: '2026-03-01T09:12:30+08:00',
      recorder: { userKeyId: 'clerk-1', role: 'clerk' },
      origin: { kind: 'form' },
      confirmations: [],
    },
    patient: {
      key: hex(64, 3),
      keyEpoch: 1,
      sex: 'female',
      birthDate: '1961-05-04',
      consent: { scope: 'treatment-and-research' },
      linkTokens: [],
    },
    encounter: {
      class: 'AMB',
      status: 'finished',
      admission: { at: '2026-03-01T09:00:00+08:00', zone: 'Asia/Hong_Kong' },
      day: '2026-03-01',
      facility: '00112233445566778899aabbccddeeff',
      payer: { type: 'NHI' },
      reason: { text: '覆診 follow-up' },
    },
    observations: [
      {
        code: { system: 'http://loinc.org', code: '4548-4', display: 'Hemoglobin A1c' },
        kind: 'lab',
        status: 'final',
        value: { type: 'decimal', value: '7.0', unit: '%' },
        refHigh: '5.6',
        flag: 'H',
        resultDate: '2026-03-01',
        sourceCodings: [],
      },
      {
        code: { system: 'http://loinc.org', code: '8480-6', display: 'Systolic blood pressure' },
        kind: 'vital',
        status: 'final',
        value: { type: 'decimal', value: '142', unit: 'mm[Hg]' },
        sourceCodings: [],
      },
    ],
    diagnoses: [
      {
        code: {
          system: 'http://hl7.org/fhir/sid/icd-10-cm',
          code: 'E119',
          display: 'Type 2 diabetes mellitus',
        },
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        verification: 'confirmed',
        text: '二型糖尿病，控制欠佳',
      },
    ],
    procedures: [],
    prescriptions: [
      {
        code: { system: 'http://www.whocc.no/atc', code: 'A10BA02', display: 'metformin' },
        sourceCodings: [],
        dose: { value: '500', unit: 'mg' },
        perDay: '2',
        daysSupply: 90,
        status: 'active',
        intent: 'order',
      },
    ],
    claims: [],
    notes: ['Diet discussed.'],
    ...changes,
  }
}
