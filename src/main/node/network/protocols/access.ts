/** What a hospital answers to one that may read a patient's visits (docs/spec/access.md): a wrapped key for each version. */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import type { AccessRefusal, PatientName } from '../../chain/access.ts'
import { encode, tryDecode } from '../../chain/codec.ts'
import { GRANT_SUITE, GRANT_WRAP_BYTES } from '../../chain/grant-wrap.ts'
import { asArray, asList, isBytes, isCount, type MerkleRoot } from '../../chain/ids.ts'

export interface GrantedVersion {
  readonly merkleRoot: MerkleRoot
  readonly visitId: Bytes
  /** As in the record. */
  readonly patient: PatientName
  readonly wrap: Bytes
}

/** Versions of one answer: more than a life of visits. */
export const GRANTED_MAX = 4_096

export function encodeAccessAnswer(granted: readonly GrantedVersion[]): Bytes {
  return encode(
    granted.map(({ merkleRoot, visitId, patient, wrap }) => [
      merkleRoot,
      visitId,
      patient.epoch,
      patient.key,
      GRANT_SUITE,
      wrap,
    ]),
  )
}

/** Null for anything that is no answer; a suite of a later profile is null as well, as in the key box. */
export function decodeAccessAnswer(bytes: Bytes): GrantedVersion[] | null {
  const list = asList(tryDecode(bytes) ?? undefined, GRANTED_MAX)
  if (list === null) return null
  const granted: GrantedVersion[] = []
  for (const each of list) {
    const slots = asArray(each, 6)
    if (slots === null) return null
    const [merkleRoot, visitId, epoch, key, suite, wrap] = slots
    if (!isBytes(merkleRoot, 32) || !isBytes(visitId, 16) || !isCount(epoch) || !isBytes(key, 32)) return null
    if (suite !== GRANT_SUITE || !isBytes(wrap, GRANT_WRAP_BYTES)) return null
    granted.push({ merkleRoot: merkleRoot as MerkleRoot, visitId, patient: { epoch, key }, wrap })
  }
  return granted
}

/** `not-permitted`: the asker is no hospital in effect. */
export type AccessAnswerRefusal = AccessRefusal | 'malformed' | 'not-permitted' | 'not-ready'

/** As numbers of refused requests; never given to another meaning. */
const NUMBERS: readonly (readonly [AccessAnswerRefusal, number])[] = [
  ['malformed', 1],
  ['not-permitted', 3],
  ['not-yours', 20],
  ['expired', 21],
  ['too-long', 22],
  ['clock', 23],
  ['ended', 24],
  ['altered', 25],
  ['too-many', 26],
  ['not-ready', 27],
]

export const refusalNumber = (refusal: AccessAnswerRefusal): number =>
  NUMBERS.find(([each]) => each === refusal)![1]

/** Null for a number that a later version gave a meaning. */
export const refusalOf = (number: number): AccessAnswerRefusal | null =>
  NUMBERS.find(([, each]) => each === number)?.[0] ?? null
