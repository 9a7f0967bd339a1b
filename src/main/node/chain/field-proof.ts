/**
 * One field of one visit, proven to whoever knows the chain's id and nothing else (docs/spec/field-proof.md): from the
 * founding document over the voters of each epoch to the decision that holds the block, and from its head to the field.
 * Every other field stays unknown: of them only hashes over secret salts are shown.
 */
import { compareBytes, equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { verifyInclusion } from './accumulator.ts'
import { blockHashOf, decodeHead, type Head } from './block.ts'
import { checkCertificate, decodeCertificate, type Certificate } from './certificate.ts'
import { encode, tryDecode, type Cbor } from './codec.ts'
import { decodeDisclosure, encodeDisclosure, verifyDisclosure, type Disclosure } from './disclosure.ts'
import { verifyGenesis } from './genesis.ts'
import { asArray, asList, isBytes, isCount, MEMBER_ID_BYTES, type ChainId, type MemberId } from './ids.ts'
import { MEMBERS_MAX } from './limits.ts'
import { decodeSegment, segmentIdOf, type Segment } from './segment.ts'
import { votersOf, votersRoot, type Voter } from './voters.ts'

/** A segment with what makes it final. */
export type Decision = {
  readonly segment: Uint8Array
  readonly certificate: Uint8Array
  /** In effect at its height: the words in which its voters signed. */
  readonly protocolVersion: number
}
/** The last decision of an epoch, and who decides from the next height on. */
export type EpochEnd = Decision & { readonly nextVoters: readonly Voter[] }

export type FieldProof = {
  readonly signedGenesis: Uint8Array
  /** Of every epoch before the visit's, the oldest first. */
  readonly epochEnds: readonly EpochEnd[]
  readonly decision: Decision
  readonly head: Uint8Array
  /** From the block's hash to the decision's `headsRoot`. */
  readonly headPath: readonly Uint8Array[]
  readonly disclosure: Disclosure
}

export type FieldProofRefusal =
  'malformed' | 'genesis' | 'epoch' | 'certificate' | 'voters' | 'head' | 'not-in-chain' | 'field'

export type ProvenField =
  | {
      readonly kind: 'proven'
      readonly chainId: ChainId
      readonly consortium: string
      readonly head: Head
      readonly height: number
      /** How many of how many voters signed the decision. */
      readonly signatures: number
      readonly voters: number
      readonly field: Disclosure
    }
  | { readonly kind: 'refused'; readonly reason: FieldProofRefusal }

/** More changes of the voters than any consortium makes; a longer proof is refused before work is done on it. */
const EPOCHS_MAX = 10_000
const PATH_MAX = 64
const VERSION = 1

export function encodeFieldProof(proof: FieldProof): Uint8Array {
  return encode([
    VERSION,
    proof.signedGenesis,
    proof.epochEnds.map((end) => [
      ...decisionSlots(end),
      end.nextVoters.map(({ memberId, consensusKey }) => [memberId, consensusKey]),
    ]),
    decisionSlots(proof.decision),
    proof.head,
    [...proof.headPath],
    encodeDisclosure(proof.disclosure),
  ])
}

export function decodeFieldProof(bytes: Uint8Array): FieldProof | null {
  const slots = asArray(tryDecode(bytes), 7)
  if (slots === null || slots[0] !== VERSION) return null
  const [, signedGenesis, endValues, decisionValue, head, pathValue, disclosureBytes] = slots
  const ends = asList(endValues, EPOCHS_MAX)?.map(epochEndOf)
  const decision = decisionOf(asArray(decisionValue, 3))
  const path = asList(pathValue, PATH_MAX)
  if (!(signedGenesis instanceof Uint8Array) || !(head instanceof Uint8Array)) return null
  if (!(disclosureBytes instanceof Uint8Array) || decision === null || ends === undefined) return null
  if (path === null || !path.every((node) => isBytes(node, 32))) return null
  const disclosure = decodeDisclosure(disclosureBytes)
  if (disclosure === null || ends.includes(null)) return null
  return {
    signedGenesis,
    epochEnds: ends as EpochEnd[],
    decision,
    head,
    headPath: path as Uint8Array[],
    disclosure,
  }
}

/**
 * Everything of a proof, from its bytes. That the chain is the one meant is for the caller to say: whoever makes a chain of
 * its own can prove anything in it.
 */
export function verifyFieldProof(crypto: Crypto, bytes: Uint8Array): ProvenField {
  const proof = decodeFieldProof(bytes)
  if (proof === null) return refused('malformed')
  const founded = verifyGenesis(crypto, proof.signedGenesis)
  if (founded.kind === 'refused') return refused('genesis')
  const { chainId, genesis } = founded
  let voters: readonly Voter[] = votersOf(genesis.members)
  let height = 0
  for (const [epoch, end] of proof.epochEnds.entries()) {
    const checked = checkDecision(crypto, chainId, end, epoch, voters)
    if (checked.kind === 'refused') return checked
    // Heights only grow, so that no decision can stand for two epochs.
    if (checked.segment.height <= height) return refused('epoch')
    height = checked.segment.height
    const isSorted = end.nextVoters.every(
      (voter, i) => i === 0 || compareBytes(end.nextVoters[i - 1]!.memberId, voter.memberId) < 0,
    )
    const root = votersRoot(crypto, chainId, epoch + 1, end.nextVoters)
    if (!isSorted || !equalBytes(root, checked.segment.nextVotersRoot)) return refused('voters')
    voters = end.nextVoters
  }
  const checked = checkDecision(crypto, chainId, proof.decision, proof.epochEnds.length, voters)
  if (checked.kind === 'refused') return checked
  const { segment, certificate } = checked
  if (segment.height <= height) return refused('epoch')
  const head = decodeHead(proof.head)
  if (head === null || !equalBytes(head.chainId, chainId)) return refused('head')
  const size = segment.firstIndex + segment.count
  const hash = blockHashOf(crypto, chainId, proof.head)
  const isInside =
    head.index >= segment.firstIndex &&
    head.index < size &&
    verifyInclusion(crypto, segment.headsRoot, size, head.index, hash, proof.headPath)
  if (!isInside) return refused('not-in-chain')
  if (!verifyDisclosure(crypto, head.merkleRoot, head.sizeClass, proof.disclosure)) return refused('field')
  return {
    kind: 'proven',
    chainId,
    consortium: genesis.name,
    head,
    height: segment.height,
    signatures: certificate.signatures.length,
    voters: voters.length,
    field: proof.disclosure,
  }
}

function checkDecision(
  crypto: Crypto,
  chainId: ChainId,
  decision: Decision,
  epoch: number,
  voters: readonly Voter[],
):
  | { kind: 'decided'; segment: Segment; certificate: Certificate }
  | { kind: 'refused'; reason: FieldProofRefusal } {
  const segment = decodeSegment(decision.segment)
  const certificate = decodeCertificate(decision.certificate)
  if (segment === null || certificate === null) return refused('malformed')
  if (!equalBytes(segment.chainId, chainId) || segment.epoch !== epoch) return refused('epoch')
  const context = { chainId, protocolVersion: decision.protocolVersion, epoch, voters }
  const id = segmentIdOf(crypto, chainId, decision.segment)
  return checkCertificate(crypto, context, certificate, segment.height, id) === null
    ? { kind: 'decided', segment, certificate }
    : refused('certificate')
}

const decisionSlots = (decision: Decision): Cbor[] => [
  decision.segment,
  decision.certificate,
  decision.protocolVersion,
]

function decisionOf(slots: readonly (Cbor | undefined)[] | null): Decision | null {
  if (slots === null) return null
  const [segment, certificate, protocolVersion] = slots
  if (!(segment instanceof Uint8Array) || !(certificate instanceof Uint8Array)) return null
  return isCount(protocolVersion) ? { segment, certificate, protocolVersion } : null
}

function epochEndOf(value: Cbor): EpochEnd | null {
  const slots = asArray(value, 4)
  const decision = decisionOf(slots)
  const list = slots && asList(slots[3], MEMBERS_MAX)
  if (decision === null || !list) return null
  const nextVoters: Voter[] = []
  for (const entry of list) {
    const pair = asArray(entry, 2)
    if (pair === null || !isBytes(pair[0], MEMBER_ID_BYTES) || !isBytes(pair[1], 32)) return null
    nextVoters.push({ memberId: pair[0] as MemberId, consensusKey: pair[1] })
  }
  return { ...decision, nextVoters }
}

function refused(reason: FieldProofRefusal): { kind: 'refused'; reason: FieldProofRefusal } {
  return { kind: 'refused', reason }
}
