/** What a node finds in its own log of a height (R22, R28): read back, and every signature checked once more. */
import { equalBytes } from '../../../../shared/std/bytes.ts'
import { keyOf, type MemberId } from '../../chain/ids.ts'
import { segmentIdOf } from '../../chain/segment.ts'
import {
  proposalSignBytes,
  verifyProposal,
  verifyVote,
  voteSignBytes,
  type SignedVote,
} from '../../chain/vote.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import type { Seat, ValueId } from '../core/height.ts'
import type { LogRecord } from '../core/restore.ts'
import { seatProposal, seatVote } from './seats.ts'
import type { SigningGuard } from './signing-guard.ts'
import type { HeightContext, Value } from './world.ts'
import { decodeLogEntry } from './write-ahead-log.ts'

export interface OwnLogOptions {
  readonly crypto: Crypto
  readonly context: HeightContext
  readonly seatByMember: ReadonlyMap<string, Seat>
  readonly memberId: MemberId
  /** Learns what was signed. */
  readonly guard: SigningGuard
}

export interface OwnLog {
  readonly records: readonly LogRecord[]
  readonly values: ReadonlyMap<ValueId, Value>
}

/** `damaged` where anything is odd: this node may have signed what it does not know (R29). */
export function readOwnLog(options: OwnLogOptions, entries: readonly Uint8Array[]): OwnLog | 'damaged' {
  const records: LogRecord[] = []
  const values = new Map<ValueId, Value>()
  for (const bytes of entries) {
    const read = readEntry(options, bytes)
    if (read === 'damaged') return 'damaged'
    if (read.kind === 'value') values.set(keyOf(read.value.id), read.value)
    else records.push(read)
  }
  return { records, values }
}

function readEntry(
  { crypto, context, seatByMember, memberId, guard }: OwnLogOptions,
  bytes: Uint8Array,
): LogRecord | { readonly kind: 'value'; readonly value: Value } | 'damaged' {
  const { chainId, voters, height, epoch, protocolVersion } = context
  const voteIn = (signed: SignedVote) => {
    const { vote } = signed
    const seat = seatByMember.get(keyOf(vote.memberId))
    const isHere = vote.height === height && vote.epoch === epoch && vote.protocolVersion === protocolVersion
    if (!isHere || seat === undefined) return null
    const verified = verifyVote(crypto, chainId, signed, voters[seat]!.consensusKey)
    return verified && seatVote(verified, seat)
  }
  const entry = decodeLogEntry(bytes)
  if (entry === null) return 'damaged'
  switch (entry.kind) {
    case 'value':
      return {
        kind: 'value',
        value: { id: segmentIdOf(crypto, chainId, entry.bundle.segment), bundle: entry.bundle },
      }
    case 'proposal': {
      const seat = seatByMember.get(keyOf(entry.signed.proposal.memberId))
      if (seat === undefined) return 'damaged'
      const signed = verifyProposal(crypto, chainId, entry.signed, voters[seat]!.consensusKey)
      if (signed === null || !equalBytes(signed.proposal.memberId, memberId)) return 'damaged'
      const { proposal, signature } = signed
      guard.remember(proposal.round, 'proposal', proposalSignBytes(chainId, proposal), signature)
      return { kind: 'proposal', proposal: seatProposal(signed, seat, true) }
    }
    case 'vote': {
      const { vote, signature } = entry.signed
      const read = equalBytes(vote.memberId, memberId) ? voteIn(entry.signed) : null
      if (read === null) return 'damaged'
      guard.remember(vote.round, vote.type, voteSignBytes(chainId, vote), signature)
      return { kind: 'vote', vote: read }
    }
    case 'lock': {
      const { round, segmentId } = entry
      const type = 'prevote' as const
      const about = { type, protocolVersion, epoch, height, round, segmentId }
      const proof = entry.proof.map(({ memberId: signer, signature }) =>
        voteIn({ vote: { ...about, memberId: signer }, signature }),
      )
      const held = proof.filter((vote) => vote !== null)
      if (held.length < proof.length) return 'damaged'
      return { kind: 'lock', value: keyOf(segmentId), round, proof: held }
    }
  }
}
