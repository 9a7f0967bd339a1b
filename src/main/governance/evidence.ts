/**
 * Two certificates for one height as people see them and take them out of the house: who signed what, and a file that
 * anybody can check who knows the voters' public keys (docs/spec/consensus.md section 7).
 */
import { z } from 'zod'
import type { ContradictionView } from '../../shared/contract/governance.ts'
import { toHex, tryFromHex } from '../../shared/std/bytes.ts'
import type { ChainId, MemberId } from '../node/chain/ids.ts'
import { keyOf } from '../node/chain/ids.ts'
import { checkContradiction, type Contradiction } from '../node/contradiction.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { certificateOfBundle } from '../node/decided-bundle.ts'

/** A certificate, its segment and heads of 32 MiB, in hex, twice. */
export const EVIDENCE_TEXT_MAX = 160 * 1024 * 1024

export function contradictionViewOf(
  crypto: Crypto,
  chainId: ChainId,
  found: Contradiction | 'damaged',
): ContradictionView {
  if (found === 'damaged')
    return { height: null, foundAt: null, isSameRound: false, decisions: [], signedBoth: [] }
  const nameOf = (memberId: MemberId): string => {
    const voter = found.voters.find((each) => keyOf(each.memberId) === keyOf(memberId))
    return voter === undefined || voter.name === '' ? toHex(memberId).slice(0, 8) : voter.name
  }
  const read = found.decisions
    .map((each) => certificateOfBundle(crypto, chainId, each))
    .filter((each) => each !== null)
  const signers = read.map(({ certificate }) => certificate.signatures.map(({ memberId }) => memberId))
  const [first, second] = signers
  const both =
    first === undefined || second === undefined
      ? []
      : first.filter((memberId) => second.some((other) => keyOf(other) === keyOf(memberId)))
  return {
    height: found.height,
    foundAt: found.foundAt,
    isSameRound: read.length === 2 && read[0]!.certificate.round === read[1]!.certificate.round,
    decisions: read.map(({ certificate, segment, segmentId }) => ({
      segmentId: toHex(segmentId),
      round: certificate.round,
      visitCount: segment.count,
      time: segment.time,
      signers: certificate.signatures.map(({ memberId }) => nameOf(memberId)),
    })),
    signedBoth: both.map(nameOf),
  }
}

const hex = z.string().regex(/^([0-9a-f]{2})*$/)
const count = z.number().int().nonnegative()
const evidenceFile = z.object({
  format: z.literal('consilium-contradiction'),
  version: z.literal(1),
  consortiumName: z.string(),
  chainId: hex.length(64),
  height: count,
  epoch: count,
  protocolVersion: count,
  foundAt: count,
  reportedBy: z.string(),
  voters: z.array(z.object({ memberId: hex.length(32), name: z.string(), consensusKey: hex.length(64) })),
  decisions: z
    .array(z.object({ segment: hex, certificate: hex, heads: z.array(hex), items: z.array(hex) }))
    .length(2),
})

/** Text of the file, null where the other certificate is not here. */
export function evidenceText(
  chainId: ChainId,
  about: { readonly consortiumName: string; readonly reportedBy: string },
  found: Contradiction | 'damaged',
): string | null {
  if (found === 'damaged' || found.decisions.length === 0) return null
  const { height, epoch, protocolVersion, foundAt } = found
  const file: z.infer<typeof evidenceFile> = {
    format: 'consilium-contradiction',
    version: 1,
    consortiumName: about.consortiumName,
    chainId: toHex(chainId),
    height,
    epoch,
    protocolVersion,
    foundAt,
    reportedBy: about.reportedBy,
    voters: found.voters.map(({ memberId, name, consensusKey }) => ({
      memberId: toHex(memberId),
      name,
      consensusKey: toHex(consensusKey),
    })),
    decisions: found.decisions.map(({ certificate, bundle }) => ({
      segment: toHex(bundle.segment),
      certificate: toHex(certificate),
      heads: bundle.heads.map(toHex),
      items: bundle.items.map(toHex),
    })),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

export type CheckedEvidence =
  | {
      readonly kind: 'holds'
      readonly chainId: string
      readonly consortiumName: string
      readonly view: ContradictionView
      /** Whose keys they are the file claims: to be compared with the members' own. */
      readonly voters: readonly { readonly name: string; readonly consensusKey: string }[]
    }
  | {
      readonly kind: 'refused'
      readonly reason: 'malformed' | 'not-two' | 'same-decision' | 'not-certified'
    }

/** Needs nothing but the file. What it cannot know is whether these were the voters. */
export function checkEvidence(crypto: Crypto, text: string): CheckedEvidence {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'refused', reason: 'malformed' }
  }
  const parsed = evidenceFile.safeParse(json)
  if (!parsed.success) return { kind: 'refused', reason: 'malformed' }
  const { data } = parsed
  const bytes = (each: string): Uint8Array => tryFromHex(each)!
  const chainId = bytes(data.chainId) as ChainId
  const decisions = data.decisions.map(({ segment, certificate, heads, items }) => ({
    certificate: bytes(certificate),
    bundle: {
      segment: bytes(segment),
      certificate: null,
      heads: heads.map(bytes),
      items: items.map(bytes),
    },
  }))
  const found: Contradiction = {
    height: data.height,
    foundAt: data.foundAt,
    epoch: data.epoch,
    protocolVersion: data.protocolVersion,
    voters: data.voters.map(({ memberId, name, consensusKey }) => ({
      memberId: bytes(memberId) as MemberId,
      name,
      consensusKey: bytes(consensusKey),
    })),
    decisions: decisions as unknown as Contradiction['decisions'],
  }
  const reason = checkContradiction(crypto, chainId, found)
  if (reason !== null) return { kind: 'refused', reason }
  return {
    kind: 'holds',
    chainId: data.chainId,
    consortiumName: data.consortiumName,
    view: contradictionViewOf(crypto, chainId, found),
    voters: data.voters.map(({ name, consensusKey }) => ({ name, consensusKey })),
  }
}
