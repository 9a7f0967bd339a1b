/**
 * Destroying the keys of records by decision (record-format.md section 9, types 5 to 8): a hospital asks for records of its
 * own, a second hospital agrees (of the two that have to, the one that asks is the first, ADR 0033), every hospital destroys its rows of the key box and says so. The chain keeps who asked,
 * who agreed and who did it; the records' heads and sealed bodies stay, and nobody opens them any more.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash } from '../crypto/labels.ts'
import { encode, type Cbor } from './codec.ts'
import { asArray, asList, isBytes, isCount, isText, type ChainId, type MemberId } from './ids.ts'

type Said = { readonly userKeyId: string; readonly at: number }
/** One part of a request; a long one has several, since an item has an upper size. */
export type ErasureRequestContent = Said & {
  readonly kind: 'erasure-request'
  /** 16 random bytes. */
  readonly erasureId: Uint8Array
  readonly part: number
  readonly partCount: number
  /** Merkle roots, at most `ROOTS_PER_PART`. */
  readonly roots: readonly Uint8Array[]
  readonly reason: string
  readonly text: string | null
}
export type ErasureApprovalContent = Said & {
  readonly kind: 'erasure-approval'
  readonly erasureId: Uint8Array
  /** Of the whole request, so that nobody agrees to another list than it saw. */
  readonly listHash: Uint8Array
}
/** By the node of a hospital when the keys are gone from its disk. */
export type ErasureReceiptContent = {
  readonly kind: 'erasure-receipt'
  readonly erasureId: Uint8Array
  readonly listHash: Uint8Array
  /** Rows of the key box that were there and are destroyed. */
  readonly rowCount: number
  readonly at: number
}
/** The asking hospital takes its request back before it was agreed to. */
export type ErasureWithdrawalContent = Said & {
  readonly kind: 'erasure-withdrawal'
  readonly erasureId: Uint8Array
}
export type ErasureContent =
  ErasureRequestContent | ErasureApprovalContent | ErasureReceiptContent | ErasureWithdrawalContent

const REQUEST = 5
const APPROVAL = 6
const RECEIPT = 7
const WITHDRAWAL = 8
/** Fits an item with all its frames: 1,500 × 34 bytes. */
export const ROOTS_PER_PART = 1_500
/** More visits than a life holds; together with `ROOTS_PER_PART` 96,000 versions. */
export const PARTS_MAX = 64
const REASON_MAX = 64
const TEXT_MAX = 500
const USER_MAX = 64

export function erasureToCbor(content: ErasureContent): Cbor {
  const { erasureId, at } = content
  switch (content.kind) {
    case 'erasure-request': {
      const { part, partCount, roots, reason, text, userKeyId } = content
      return [REQUEST, erasureId, part, partCount, [...roots], reason, text, userKeyId, at]
    }
    case 'erasure-approval':
      return [APPROVAL, erasureId, content.listHash, content.userKeyId, at]
    case 'erasure-receipt':
      return [RECEIPT, erasureId, content.listHash, content.rowCount, at]
    case 'erasure-withdrawal':
      return [WITHDRAWAL, erasureId, content.userKeyId, at]
  }
}

/** Null for anything that is not exactly one of them. */
export function erasureFromCbor(value: Cbor | undefined): ErasureContent | null {
  return requestOf(value) ?? approvalOf(value) ?? receiptOf(value) ?? withdrawalOf(value)
}

function requestOf(value: Cbor | undefined): ErasureContent | null {
  const slots = asArray(value, 9)
  if (slots === null || slots[0] !== REQUEST) return null
  const [, erasureId, part, partCount, rootValues, reason, text, userKeyId, at] = slots
  const roots = asList(rootValues, ROOTS_PER_PART)
  if (!isBytes(erasureId, 16) || !isCount(part) || !isCount(partCount) || part >= partCount) return null
  if (partCount > PARTS_MAX || roots === null || roots.length === 0) return null
  if (!roots.every((root) => isBytes(root, 32)) || !isText(reason, REASON_MAX)) return null
  if ((text !== null && !isText(text, TEXT_MAX)) || !isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return {
    kind: 'erasure-request',
    erasureId,
    part,
    partCount,
    roots: roots as Uint8Array[],
    reason,
    text,
    userKeyId,
    at,
  }
}

function approvalOf(value: Cbor | undefined): ErasureContent | null {
  const slots = asArray(value, 5)
  if (slots === null || slots[0] !== APPROVAL) return null
  const [, erasureId, listHash, userKeyId, at] = slots
  if (!isBytes(erasureId, 16) || !isBytes(listHash, 32) || !isText(userKeyId, USER_MAX) || !isCount(at))
    return null
  return { kind: 'erasure-approval', erasureId, listHash, userKeyId, at }
}

function receiptOf(value: Cbor | undefined): ErasureContent | null {
  const slots = asArray(value, 5)
  if (slots === null || slots[0] !== RECEIPT) return null
  const [, erasureId, listHash, rowCount, at] = slots
  if (!isBytes(erasureId, 16) || !isBytes(listHash, 32) || !isCount(rowCount) || !isCount(at)) return null
  return { kind: 'erasure-receipt', erasureId, listHash, rowCount, at }
}

function withdrawalOf(value: Cbor | undefined): ErasureContent | null {
  const slots = asArray(value, 4)
  if (slots === null || slots[0] !== WITHDRAWAL) return null
  const [, erasureId, userKeyId, at] = slots
  if (!isBytes(erasureId, 16) || !isText(userKeyId, USER_MAX) || !isCount(at)) return null
  return { kind: 'erasure-withdrawal', erasureId, userKeyId, at }
}

export function erasureListHash(
  crypto: Crypto,
  chainId: ChainId,
  author: MemberId,
  erasureId: Uint8Array,
  roots: readonly Uint8Array[],
): Uint8Array {
  return labelHash(crypto, 'consilium/erasure/1', chainId, encode([author, erasureId, [...roots]]))
}

/** A statement as the chain has it; `height` null while it waits at its author. */
export type SaidErasure = {
  readonly content: ErasureContent
  readonly author: MemberId
  readonly height: number | null
}

export type Erasure = {
  readonly erasureId: Uint8Array
  readonly author: MemberId
  readonly roots: readonly Uint8Array[]
  readonly listHash: Uint8Array
  readonly reason: string
  readonly text: string | null
  readonly userKeyId: string
  readonly at: number
  /** `incomplete`: parts of the request are not final yet. */
  readonly state: 'incomplete' | 'asked' | 'decided' | 'withdrawn'
  /** Height of the approval that counted. */
  readonly decidedAt: number | null
  /** That which counted, or one that waits. */
  readonly approval: (Said & { readonly author: MemberId; readonly height: number | null }) | null
  readonly receipts: readonly { readonly author: MemberId; readonly rowCount: number; readonly at: number }[]
}

/**
 * What the statements, in the order of the chain, come to.
 * @param hospitalCountAt hospitals in effect at a height. Where there is one alone, a second person of it agrees instead of
 *   a second hospital (DESIGN 2).
 */
export function weighErasures(
  crypto: Crypto,
  chainId: ChainId,
  said: readonly SaidErasure[],
  hospitalCountAt: (height: number) => number,
): Erasure[] {
  const found: Building[] = []
  const find = (erasureId: Uint8Array) =>
    found.find((each) => each.state !== 'withdrawn' && equalBytes(each.erasureId, erasureId))
  for (const { content, author, height } of said) {
    if (content.kind === 'erasure-request') {
      takePart(crypto, chainId, found, content, author, height)
      continue
    }
    const erasure = find(content.erasureId)
    if (erasure === undefined) continue
    if (content.kind === 'erasure-withdrawal') {
      const isOwn = equalBytes(author, erasure.author)
      if (isOwn && height !== null && erasure.state !== 'decided') erasure.state = 'withdrawn'
      continue
    }
    if (!equalBytes(content.listHash, erasure.listHash)) continue
    if (content.kind === 'erasure-receipt') {
      const isKnown = erasure.receipts.some((receipt) => equalBytes(receipt.author, author))
      if (height !== null && erasure.state === 'decided' && !isKnown)
        erasure.receipts.push({ author, rowCount: content.rowCount, at: content.at })
      continue
    }
    if (erasure.state !== 'asked') continue
    const isSecondHospital = !equalBytes(author, erasure.author)
    const isSecondPerson =
      content.userKeyId !== erasure.userKeyId && hospitalCountAt(height ?? Infinity) === 1
    if (!isSecondHospital && !isSecondPerson) continue
    if (height === null && erasure.approval !== null) continue
    erasure.approval = { author, userKeyId: content.userKeyId, at: content.at, height }
    if (height === null) continue
    erasure.state = 'decided'
    erasure.decidedAt = height
  }
  return found
}

type Building = {
  -readonly [K in keyof Erasure]: Erasure[K]
} & { receipts: { author: MemberId; rowCount: number; at: number }[]; roots: Uint8Array[] }

/** Parts come in order and by one author; anything else is no part of a request. */
function takePart(
  crypto: Crypto,
  chainId: ChainId,
  found: Building[],
  content: ErasureRequestContent,
  author: MemberId,
  height: number | null,
): void {
  const { erasureId, part, partCount, roots, reason, text, userKeyId, at } = content
  const known = found.find((each) => equalBytes(each.erasureId, erasureId))
  if (part === 0 && known === undefined)
    found.push({
      erasureId,
      author,
      roots: [...roots],
      listHash: erasureListHash(crypto, chainId, author, erasureId, roots),
      reason,
      text,
      userKeyId,
      at,
      state: height !== null && partCount === 1 ? 'asked' : 'incomplete',
      decidedAt: null,
      approval: null,
      receipts: [],
    })
  const isNext =
    known?.state === 'incomplete' &&
    equalBytes(known.author, author) &&
    known.roots.length === part * ROOTS_PER_PART
  if (!isNext || part === 0) return
  known.roots.push(...roots)
  known.listHash = erasureListHash(crypto, chainId, author, erasureId, known.roots)
  if (height !== null && part === partCount - 1) known.state = 'asked'
}
