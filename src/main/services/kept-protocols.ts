/**
 * Protocols that were registered before anything was asked: the chain has their hash and time, this node their text and the question that
 * was planned, sealed under keys that every kind of member has.
 */
import { z } from 'zod'
import { canonicalJson, type CanonicalValue } from '../../shared/std/canonical-json.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { createNodeSeal } from '../node/access/node-seal.ts'
import { decode, type Cbor } from '../node/chain/codec.ts'
import { labelHash } from '../node/crypto/labels.ts'
import type { ChainNode } from '../node/node.ts'
import { keptProtocolKey } from '../node/storage/buckets.ts'
import { put } from '../node/storage/store.ts'
import { OUTPUT_KINDS } from '../privacy/request/outputs.ts'
import type { StudyDocument } from '../privacy/request/study-document.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'

type World = Pick<ProfileWorld, 'crypto' | 'random'>

const stored = z.object({ format: z.literal('consilium-protocol/1'), title: z.string() })

const APPROVAL_FORMAT = 'consilium-kept-approval/1'
const approval = z.object({ format: z.literal(APPROVAL_FORMAT) })

/** One text for one protocol: what was written, and the question as a paper's reader sees it. */
export function protocolBytes(title: string, text: string, planned: StudyDocument): Bytes {
  const plan = planOf(planned) as CanonicalValue
  return utf8Encode(canonicalJson({ format: 'consilium-protocol/1', plan, text, title }))
}

export const protocolHashOf = ({ crypto }: Pick<World, 'crypto'>, chainId: Bytes, bytes: Bytes): Bytes =>
  labelHash(crypto, 'consilium/protocol/1', chainId, bytes)

/** @throws {NodeFailure}; {StorageFailure} */
export async function keepProtocol(world: World, node: ChainNode, hash: Bytes, bytes: Bytes): Promise<void> {
  const key = keptProtocolKey(hash)
  await node.write([put(key, sealOf(world, node).seal(key, bytes))])
}

/** That a registration of this node's approves a formula and stands for no protocol: in the chain both look alike. */
export async function keepApproval(
  world: World,
  node: ChainNode,
  hash: Bytes,
  formula: string,
): Promise<void> {
  const content = canonicalJson({ format: APPROVAL_FORMAT, formula })
  const key = keptProtocolKey(hash)
  await node.write([put(key, sealOf(world, node).seal(key, utf8Encode(content)))])
}

export async function isApproval(world: World, node: ChainNode, hash: Bytes): Promise<boolean> {
  const bytes = await readKept(world, node, hash)
  return bytes !== null && approval.safeParse(JSON.parse(utf8Decode(bytes))).success
}

/** Null where it is not this node's, or does not open any more. @param registrationHash of the registration's item */
export async function protocolOf(
  world: World,
  node: ChainNode,
  registrationHash: Bytes,
): Promise<Bytes | null> {
  const row = await node.studies.index.registrationOf(registrationHash)
  return row === null ? null : readProtocol(world, node, row.protocolHash)
}

/** What it is called; null as above. */
export async function protocolTitle(world: World, node: ChainNode, hash: Bytes): Promise<string | null> {
  const bytes = await readProtocol(world, node, hash)
  if (bytes === null) return null
  const read = stored.safeParse(JSON.parse(utf8Decode(bytes)))
  return read.success ? read.data.title : null
}

async function readProtocol(world: World, node: ChainNode, hash: Bytes): Promise<Bytes | null> {
  return (await isApproval(world, node, hash)) ? null : readKept(world, node, hash)
}

async function readKept(world: World, node: ChainNode, hash: Bytes): Promise<Bytes | null> {
  const key = keptProtocolKey(hash)
  const value = await node.store.get(key)
  return value === null ? null : sealOf(world, node).open(key, value)
}

/** Of the audit's keys, which universities and insurers hold too, and which outlive every change of keys. */
function sealOf({ crypto, random }: World, node: ChainNode) {
  return createNodeSeal(crypto, random, node.ledger.chainId, () => node.auditKeys.list())
}

function planOf(document: StudyDocument): object {
  const { title, purpose, lane } = document
  const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text))
  if (lane === 'rule') return { title, purpose, lane: 'by rule', study: parse(document.studyText) }
  const request = decode(document.requestBytes)
  const slots = request.kind === 'decoded' ? (request.value as readonly Cbor[]) : []
  const [kind, ...rest] = slots[5] as readonly Cbor[]
  return {
    title,
    purpose,
    lane: 'automatic',
    cohort: parse(document.cohortText),
    cleaning: parse(document.cleaningText),
    followUp: parse(document.followUpText),
    output: [OUTPUT_KINDS[kind as number], ...rest],
  }
}
