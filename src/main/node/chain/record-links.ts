/**
 * Whether a version may follow the one that it names, and whether a record says truly who keeps it. Part of what decides
 * a vote; frozen with profile 1 (docs/spec/record-format.md section 6).
 */
import { equalBytes, toHex } from '../../../shared/std/bytes.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import type { Crypto } from '../crypto/crypto.ts'
import type { Author, AuthorKeyOf, BatchCache } from './author.ts'
import type { ChainId, MemberId } from './ids.ts'
import { openBody, type Field, type OpenRefusal, type RecordCommitments } from './record.ts'
import { visitOfFields, type VisitRefusal } from './visit-fields.ts'

/** What an index keeps of a version that is in the chain (or earlier in the same segment). */
export type EarlierVersion = { readonly visitId: string; readonly author: MemberId }

export type LinkRefusal =
  'link-facility' | 'link-visit-exists' | 'link-unknown-version' | 'link-other-visit' | 'link-other-author'

export type LinkLookup = {
  /** By the Merkle root in hex, or null where no such version is in the chain. */
  readonly versionOf: (merkleRootHex: string) => EarlierVersion | null
  /** Whether any version of the visit is in the chain. */
  readonly isKnownVisit: (visitId: string) => boolean
}

/**
 * Null where the links hold. The facility is the signer's institution; a visit is created once; a later version names a
 * version of the same visit by the same institution. Two versions may name the same one: no vote depends on which of them counts (ADR 0011).
 */
export function checkLinks(record: VisitRecord, author: MemberId, lookup: LinkLookup): LinkRefusal | null {
  const { op, visitId, supersedes } = record.envelope
  if (record.encounter.facility !== toHex(author)) return 'link-facility'
  if (op === 'create') return lookup.isKnownVisit(visitId) ? 'link-visit-exists' : null
  const earlier = supersedes === undefined ? null : lookup.versionOf(supersedes)
  if (earlier === null) return 'link-unknown-version'
  if (earlier.visitId !== visitId) return 'link-other-visit'
  if (!equalBytes(earlier.author, author)) return 'link-other-author'
  return null
}

export type OpenVisitResult =
  | { kind: 'opened'; record: VisitRecord; fields: readonly Field[]; author: Author }
  | { kind: 'refused'; reason: OpenRefusal | VisitRefusal; field?: string }

/** Opens a body down to the record: all that a voter checks before its vote, but for the links. */
export function openVisit(
  crypto: Crypto,
  chainId: ChainId,
  commitments: RecordCommitments,
  body: Uint8Array,
  dataKey: Uint8Array,
  authorKeyOf: AuthorKeyOf,
  cache: BatchCache | null = null,
): OpenVisitResult {
  const opened = openBody(crypto, chainId, commitments, body, dataKey, authorKeyOf, cache)
  if (opened.kind === 'refused') return opened
  const visit = visitOfFields(opened.fields)
  if (visit.kind === 'refused') return visit
  return { kind: 'opened', record: visit.record, fields: opened.fields, author: opened.author }
}
