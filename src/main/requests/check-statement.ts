/**
 * What a checker says beside the verdict on the chain, for hospitals only: which points were looked at, a comment, and the person's own
 * signature over all of it (record-format.md section 9). Pure.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../node/chain/codec.ts'
import { asArray, asList, isBytes, isCount, isText } from '../node/chain/ids.ts'
import { checkVerdictToCbor, type CheckItem } from '../node/chain/study-items.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { signatureInput } from '../node/crypto/labels.ts'

const VERSION = 1
const POINTS_MAX = 20
const POINT_MAX = 64
const COMMENT_MAX = 2_000

export type CheckStatement = {
  readonly checklist: readonly string[]
  readonly comment: string | null
  /** When it was said, milliseconds since 1970; the segment's time is when it was decided. */
  readonly at: number
  /** Ed25519 public key of the person. */
  readonly person: Bytes
  readonly signature: Bytes
}
type Said = Omit<CheckStatement, 'person' | 'signature'>
type About = Pick<CheckItem, 'studyHash' | 'proposalHash' | 'verdict'>

/** @param user Ed25519 seed of the person */
export function signCheck(
  crypto: Crypto,
  chainId: Bytes,
  about: About,
  said: Said,
  user: Bytes,
): CheckStatement {
  const signature = crypto.ed25519Sign(user, signInput(chainId, about, said))
  return { ...said, person: crypto.ed25519PublicKey(user), signature }
}

export function isSignedCheck(
  crypto: Crypto,
  chainId: Bytes,
  about: About,
  statement: CheckStatement,
): boolean {
  return crypto.ed25519Verify(statement.person, signInput(chainId, about, statement), statement.signature)
}

export function encodeCheck({ checklist, comment, at, person, signature }: CheckStatement): Bytes {
  return encode([VERSION, checklist, comment, at, person, signature]) as Bytes
}

/** Null for what `encodeCheck` never gives. */
export function decodeCheck(bytes: Bytes): CheckStatement | null {
  const [version, points, comment, at, person, signature] = asArray(tryDecode(bytes), 6) ?? []
  const checklist = asList(points, POINTS_MAX)
  if (version !== VERSION || checklist === null || !checklist.every(isPoint)) return null
  if (comment !== null && !isText(comment, COMMENT_MAX)) return null
  if (!isCount(at) || !isBytes(person, 32) || !isBytes(signature, 64)) return null
  const statement: CheckStatement = {
    checklist,
    comment,
    at,
    person: person as Bytes,
    signature: signature as Bytes,
  }
  return equalBytes(encodeCheck(statement), bytes) ? statement : null
}

const isPoint = (value: Cbor): value is string => isText(value, POINT_MAX)

function signInput(
  chainId: Bytes,
  { studyHash, proposalHash, verdict }: About,
  { checklist, comment, at }: Said,
): Uint8Array {
  const signed = encode([studyHash, proposalHash, checkVerdictToCbor(verdict), checklist, comment, at])
  return signatureInput('consilium/check/1', chainId, signed)
}
