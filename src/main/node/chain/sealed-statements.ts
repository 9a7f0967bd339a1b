/**
 * What a person at a hospital says about patients and visits, to hospitals only (record-format.md section 9): that two
 * patient keys are one person, that they are not after all, that another hospital's visit says something wrong. Nothing of
 * it decides a vote: a version that does not know a type leaves it alone.
 */
import type { Cbor } from './codec.ts'
import { asArray, isBytes, isCount, isText } from './ids.ts'

type Said = {
  /** Key id of the person, as in a record's envelope. */
  readonly userKeyId: string
  /** When it was said, milliseconds since 1970; the segment's time is when it was decided. */
  readonly at: number
}
/** Two patient keys of one person, in the order of their bytes. */
export type LinkContent = Said & {
  readonly kind: 'link'
  /** 16 random bytes: what an end names. */
  readonly linkId: Uint8Array
  readonly first: Uint8Array
  readonly second: Uint8Array
  /** Epoch of the linkage key under which both were made. */
  readonly keyEpoch: number
  readonly reason: string
  readonly text: string | null
}
/** Ends a link; counts only from the hospital that made it. */
export type UnlinkContent = Said & {
  readonly kind: 'unlink'
  readonly linkId: Uint8Array
  readonly reason: string
  readonly text: string | null
}
/** `path`: what of the record is disputed, as in a finding (`observations.2.value`); empty for all of it. */
export type DisputeContent = Said & {
  readonly kind: 'dispute'
  readonly merkleRoot: Uint8Array
  readonly path: string
  readonly text: string
}
export type StatementContent = LinkContent | UnlinkContent | DisputeContent

export const LINK = 2
export const UNLINK = 3
export const DISPUTE = 4

const REASON_MAX = 64
const TEXT_MAX = 500
const PATH_MAX = 200
const USER_MAX = 64

export function statementToCbor(content: StatementContent): Cbor {
  const { userKeyId, at } = content
  switch (content.kind) {
    case 'link':
      return [
        LINK,
        content.linkId,
        content.first,
        content.second,
        content.keyEpoch,
        content.reason,
        content.text,
        userKeyId,
        at,
      ]
    case 'unlink':
      return [UNLINK, content.linkId, content.reason, content.text, userKeyId, at]
    case 'dispute':
      return [DISPUTE, content.merkleRoot, content.path, content.text, userKeyId, at]
  }
}

/** Null for anything that is not exactly one of them. */
export function statementFromCbor(value: Cbor | undefined): StatementContent | null {
  return linkOf(value) ?? unlinkOf(value) ?? disputeOf(value)
}

function linkOf(value: Cbor | undefined): LinkContent | null {
  const slots = asArray(value, 9)
  if (slots === null || slots[0] !== LINK) return null
  const [, linkId, first, second, keyEpoch, reason, text, userKeyId, at] = slots
  if (!isBytes(linkId, 16) || !isBytes(first, 32) || !isBytes(second, 32) || !isCount(keyEpoch)) return null
  if (!isText(reason, REASON_MAX) || !isTextOrNull(text, TEXT_MAX)) return null
  if (!isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'link', linkId, first, second, keyEpoch, reason, text, userKeyId, at }
}

function unlinkOf(value: Cbor | undefined): UnlinkContent | null {
  const slots = asArray(value, 6)
  if (slots === null || slots[0] !== UNLINK) return null
  const [, linkId, reason, text, userKeyId, at] = slots
  if (!isBytes(linkId, 16) || !isText(reason, REASON_MAX) || !isTextOrNull(text, TEXT_MAX)) return null
  if (!isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'unlink', linkId, reason, text, userKeyId, at }
}

function disputeOf(value: Cbor | undefined): DisputeContent | null {
  const slots = asArray(value, 6)
  if (slots === null || slots[0] !== DISPUTE) return null
  const [, merkleRoot, path, text, userKeyId, at] = slots
  if (!isBytes(merkleRoot, 32) || typeof path !== 'string' || path.length > PATH_MAX) return null
  if (!isText(text, TEXT_MAX) || !isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'dispute', merkleRoot, path, text, userKeyId, at }
}

function isTextOrNull(value: Cbor | undefined, lengthMax: number): value is string | null {
  return value === null || isText(value, lengthMax)
}
