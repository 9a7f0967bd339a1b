/**
 * Bringing an institution's keys back by shares, as the chain has it (record-format.md section 9, types 12 to 14): a hospital
 * gives the others a part of the key; another hospital asks for it in the name of people who hold shares; three days later it
 * may be given out, unless somebody objected. Pure: who may do what when, from what was said.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Cbor } from './codec.ts'
import { asArray, isBytes, isCount, isText, MEMBER_ID_BYTES, type MemberId } from './ids.ts'

type Said = { readonly userKeyId: string; readonly at: number }
/** The hospitals' part of a recovery key. A later set of the same hospital replaces it. */
export type RecoverySetContent = Said & {
  readonly kind: 'recovery-set'
  /** 16 random bytes. */
  readonly setId: Uint8Array
  /** 32 random bytes, which open nothing without shares. */
  readonly part: Uint8Array
  readonly threshold: number
  readonly shareCount: number
}
/** By a hospital, for people of another one who came to it with shares. */
export type RecoveryRequestContent = Said & {
  readonly kind: 'recovery-request'
  readonly requestId: Uint8Array
  readonly memberId: MemberId
  readonly setId: Uint8Array
  readonly text: string | null
}
export type RecoveryVetoContent = Said & {
  readonly kind: 'recovery-veto'
  readonly requestId: Uint8Array
  readonly text: string | null
}
export type RecoveryContent = RecoverySetContent | RecoveryRequestContent | RecoveryVetoContent

const SET = 12
const REQUEST = 13
const VETO = 14
const TEXT_MAX = 500
const USER_MAX = 64
const COUNT_MAX = 255

/** Between the asking and the giving out, by the time of the chain. */
export const RECOVERY_DELAY_MS = 72 * 3_600_000

export function recoveryToCbor(content: RecoveryContent): Cbor {
  const { userKeyId, at } = content
  switch (content.kind) {
    case 'recovery-set':
      return [SET, content.setId, content.part, content.threshold, content.shareCount, userKeyId, at]
    case 'recovery-request':
      return [REQUEST, content.requestId, content.memberId, content.setId, content.text, userKeyId, at]
    case 'recovery-veto':
      return [VETO, content.requestId, content.text, userKeyId, at]
  }
}

/** Null for anything that is not exactly one of them. */
export function recoveryFromCbor(value: Cbor | undefined): RecoveryContent | null {
  return setOf(value) ?? requestOf(value) ?? vetoOf(value)
}

function setOf(value: Cbor | undefined): RecoveryContent | null {
  const slots = asArray(value, 7)
  if (slots === null || slots[0] !== SET) return null
  const [, setId, part, threshold, shareCount, userKeyId, at] = slots
  if (!isBytes(setId, 16) || !isBytes(part, 32) || !isCount(threshold) || !isCount(shareCount)) return null
  if (threshold < 2 || shareCount < threshold || shareCount > COUNT_MAX) return null
  if (!isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'recovery-set', setId, part, threshold, shareCount, userKeyId, at }
}

function requestOf(value: Cbor | undefined): RecoveryContent | null {
  const slots = asArray(value, 7)
  if (slots === null || slots[0] !== REQUEST) return null
  const [, requestId, memberId, setId, text, userKeyId, at] = slots
  if (!isBytes(requestId, 16) || !isBytes(memberId, MEMBER_ID_BYTES) || !isBytes(setId, 16)) return null
  if ((text !== null && !isText(text, TEXT_MAX)) || !isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return {
    kind: 'recovery-request',
    requestId,
    memberId: memberId as MemberId,
    setId,
    text,
    userKeyId,
    at,
  }
}

function vetoOf(value: Cbor | undefined): RecoveryContent | null {
  const slots = asArray(value, 5)
  if (slots === null || slots[0] !== VETO) return null
  const [, requestId, text, userKeyId, at] = slots
  if (!isBytes(requestId, 16) || (text !== null && !isText(text, TEXT_MAX))) return null
  if (!isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'recovery-veto', requestId, text, userKeyId, at }
}

/** A statement as the chain has it, in its order. */
export type SaidRecovery = {
  readonly content: RecoveryContent
  readonly author: MemberId
  /** Birth time of its segment; null while it waits at its author. */
  readonly time: number | null
}

export type RecoverySet = {
  readonly author: MemberId
  readonly content: RecoverySetContent
  /** A later one of the same hospital replaced it: its shares open nothing any more. */
  readonly isReplaced: boolean
}

export type RecoveryRequest = {
  readonly author: MemberId
  readonly content: RecoveryRequestContent
  /** By the chain; null while it waits at its author. */
  readonly askedAt: number | null
  readonly vetoes: readonly { readonly author: MemberId; readonly content: RecoveryVetoContent }[]
  /**
   * `queued`: not in the chain yet. `waiting`: the delay runs. `ready`: the part may be given out. `vetoed`: never.
   * `void`: of no set that counts, or asked by the institution itself.
   */
  readonly state: 'queued' | 'waiting' | 'ready' | 'vetoed' | 'void'
}

/** @param now birth time of the newest segment: no clock of one machine shortens the delay */
export function weighRecoveries(
  said: readonly SaidRecovery[],
  now: number,
): { readonly sets: readonly RecoverySet[]; readonly requests: readonly RecoveryRequest[] } {
  const all = said.flatMap(({ content, author }) =>
    content.kind === 'recovery-set' ? [{ content, author }] : [],
  )
  const sets = all.map((each, position) => ({
    ...each,
    isReplaced: all.slice(position + 1).some(({ author }) => equalBytes(author, each.author)),
  }))
  const requests = new Map<string, RecoveryRequest>()
  for (const { content, author, time } of said) {
    if (content.kind !== 'recovery-request') continue
    const id = idOf(content.requestId)
    // An id counts once, so that nobody takes over what was vetoed or has waited.
    if (requests.has(id)) continue
    const { memberId, setId } = content
    const vetoes = said.flatMap((each) =>
      each.content.kind === 'recovery-veto' && equalBytes(each.content.requestId, content.requestId)
        ? [{ author: each.author, content: each.content }]
        : [],
    )
    const isOfSet = sets.some(
      (set) => !set.isReplaced && equalBytes(set.author, memberId) && equalBytes(set.content.setId, setId),
    )
    const isVoid = !isOfSet || equalBytes(author, memberId)
    requests.set(id, {
      author,
      content,
      askedAt: time,
      vetoes,
      state: isVoid
        ? 'void'
        : vetoes.length > 0
          ? 'vetoed'
          : time === null
            ? 'queued'
            : now - time >= RECOVERY_DELAY_MS
              ? 'ready'
              : 'waiting',
    })
  }
  return { sets, requests: [...requests.values()] }
}

const idOf = (bytes: Uint8Array): string => bytes.join(',')
