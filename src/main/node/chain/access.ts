/**
 * Reading a patient's visits at other hospitals, as hospitals say it to each other (record-format.md section 9, types 9 to
 * 11): who reads whose records on which basis and until when, that it has ended, and what a person thinks of a glass that
 * was broken. It names a patient by pseudonyms only; outsiders see that a hospital said something. No vote depends on it.
 */
import { compareBytes, equalBytes } from '../../../shared/std/bytes.ts'
import { encode, type Cbor } from './codec.ts'
import { asArray, asList, isBytes, isCount, isText, type MemberId } from './ids.ts'

/** A patient key with the epoch of the linkage key that made it. */
export type PatientName = { readonly epoch: number; readonly key: Uint8Array }

export type AccessBasis = 'treatment' | 'consent' | 'break-glass'

type Said = {
  /** Key id of the person, as in a record's envelope. */
  readonly userKeyId: string
  /** When it was said, milliseconds since 1970. */
  readonly at: number
}
export type AccessContent = Said & {
  readonly kind: 'access'
  /** 16 random bytes. */
  readonly accessId: Uint8Array
  readonly basis: AccessBasis
  /** All names of one person, in the order of their bytes: linked entries have one each, linkage epochs another. */
  readonly patient: readonly PatientName[]
  readonly expiresAt: number
  /** Of a broken glass: a code. Null otherwise. */
  readonly reason: string | null
  /** A broken glass: in words. A consent: where it is filed. */
  readonly text: string | null
}
/** By the hospital that reads, or by one whose records are read. */
export type AccessEndContent = Said & { readonly kind: 'access-end'; readonly accessId: Uint8Array }
/** What a person thinks of a broken glass. */
export type AccessReviewContent = Said & {
  readonly kind: 'access-review'
  readonly accessId: Uint8Array
  readonly verdict: 'agree' | 'object'
  readonly text: string | null
}
export type AnyAccessContent = AccessContent | AccessEndContent | AccessReviewContent

const ACCESS = 9
const END = 10
const REVIEW = 11
const BASES: readonly (AccessBasis | undefined)[] = [undefined, 'treatment', 'consent', 'break-glass']
const VERDICTS: readonly (AccessReviewContent['verdict'] | undefined)[] = [undefined, 'agree', 'object']
/** More entries of one person, times epochs of linkage, than any hospital has. */
export const PATIENT_NAMES_MAX = 64
const REASON_MAX = 64
const TEXT_MAX = 500
const USER_MAX = 64

const HOUR_MS = 3_600_000
/** How long each may last at most. A treatment relation that goes on is recorded anew, by one key. */
export const ACCESS_MS_MAX: Readonly<Record<AccessBasis, number>> = {
  treatment: 7 * 24 * HOUR_MS,
  consent: 30 * 24 * HOUR_MS,
  'break-glass': 4 * HOUR_MS,
}
export const REVIEW_MS = 72 * HOUR_MS

export function accessToCbor(content: AnyAccessContent): Cbor {
  const { accessId, userKeyId, at } = content
  switch (content.kind) {
    case 'access': {
      const { basis, patient, expiresAt, reason, text } = content
      const names = patient.map(({ epoch, key }) => [epoch, key])
      return [ACCESS, accessId, BASES.indexOf(basis), names, expiresAt, reason, text, userKeyId, at]
    }
    case 'access-end':
      return [END, accessId, userKeyId, at]
    case 'access-review':
      return [REVIEW, accessId, VERDICTS.indexOf(content.verdict), content.text, userKeyId, at]
  }
}

/** Null for anything that is not exactly one of them. */
export function accessFromCbor(value: Cbor | undefined): AnyAccessContent | null {
  return accessOf(value) ?? endOf(value) ?? reviewOf(value)
}

function accessOf(value: Cbor | undefined): AccessContent | null {
  const slots = asArray(value, 9)
  if (slots === null || slots[0] !== ACCESS) return null
  const [, accessId, basisNumber, nameValues, expiresAt, reason, text, userKeyId, at] = slots
  const basis = typeof basisNumber === 'number' ? BASES[basisNumber] : undefined
  const patient = namesOf(nameValues)
  if (!isBytes(accessId, 16) || basis === undefined || patient === null || !isCount(expiresAt)) return null
  if (!isTextOrNull(reason, REASON_MAX) || !isTextOrNull(text, TEXT_MAX)) return null
  if (!isText(userKeyId, USER_MAX) || !isCount(at)) return null
  // Whoever breaks the glass says why.
  if ((basis === 'break-glass') !== (reason !== null)) return null
  return { kind: 'access', accessId, basis, patient, expiresAt, reason, text, userKeyId, at }
}

function endOf(value: Cbor | undefined): AccessEndContent | null {
  const slots = asArray(value, 4)
  if (slots === null || slots[0] !== END) return null
  const [, accessId, userKeyId, at] = slots
  if (!isBytes(accessId, 16) || !isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'access-end', accessId, userKeyId, at }
}

function reviewOf(value: Cbor | undefined): AccessReviewContent | null {
  const slots = asArray(value, 6)
  if (slots === null || slots[0] !== REVIEW) return null
  const [, accessId, number, text, userKeyId, at] = slots
  const verdict = typeof number === 'number' ? VERDICTS[number] : undefined
  if (!isBytes(accessId, 16) || verdict === undefined || !isTextOrNull(text, TEXT_MAX)) return null
  if (!isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'access-review', accessId, verdict, text, userKeyId, at }
}

function namesOf(value: Cbor | undefined): PatientName[] | null {
  const list = asList(value, PATIENT_NAMES_MAX)
  if (list === null || list.length === 0) return null
  const names: PatientName[] = []
  for (const each of list) {
    const pair = asArray(each, 2)
    if (pair === null || !isCount(pair[0]) || !isBytes(pair[1], 32)) return null
    const name = { epoch: pair[0], key: pair[1] }
    if (names.length > 0 && compareNames(names.at(-1)!, name) >= 0) return null
    names.push(name)
  }
  return names
}

export const compareNames = (a: PatientName, b: PatientName): number =>
  compareBytes(a.key, b.key) || a.epoch - b.epoch

function isTextOrNull(value: Cbor | undefined, lengthMax: number): value is string | null {
  return value === null || isText(value, lengthMax)
}

export type AccessRefusal =
  /** Not signed by the hospital that asks: somebody else's, replayed. */
  | 'not-yours'
  | 'expired'
  /** Longer than its basis allows. */
  | 'too-long'
  /** Said in the future: the asker's clock, or ours, is wrong. */
  | 'clock'
  | 'ended'
  /** The same id was used for something else. */
  | 'altered'
  /** More patients than any day's work. */
  | 'too-many'

/** How far clocks of two hospitals may be apart. */
export const CLOCK_APART_MS = 5 * 60_000

export type KnownAccess = {
  readonly content: AccessContent
  readonly author: MemberId
  readonly endedAt: number | null
}

/**
 * Whether a hospital that presents this may read its patient's visits now. By the answering side's clock alone: what the
 * asker's clock says makes an access shorter, never longer.
 * @param known the same id as it was known here before
 */
export function judgeAccess(
  content: AccessContent,
  author: MemberId,
  from: MemberId,
  now: number,
  known: KnownAccess | null,
): AccessRefusal | null {
  if (!equalBytes(author, from)) return 'not-yours'
  if (content.at > now + CLOCK_APART_MS) return 'clock'
  if (content.expiresAt - content.at > ACCESS_MS_MAX[content.basis]) return 'too-long'
  if (content.expiresAt <= now) return 'expired'
  if (known !== null && (!equalBytes(known.author, author) || !isSameAccess(known.content, content)))
    return 'altered'
  if (known !== null && known.endedAt !== null) return 'ended'
  return null
}

const isSameAccess = (a: AccessContent, b: AccessContent): boolean =>
  equalBytes(encode(accessToCbor(a)), encode(accessToCbor(b)))
