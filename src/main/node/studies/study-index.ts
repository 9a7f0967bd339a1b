/** What became of every study, by author and time, out of the chain's items; made again from them whenever it is lost. */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import type { ChargeKind, RequesterClass } from '../chain/privacy-ledger.ts'
import {
  expiryDayOf,
  type CheckVerdict,
  type ResultOutcome,
  type ReviewVerdict,
  type StudyRules,
} from '../chain/study-items.ts'
import type { FinalItem } from '../final-items.ts'
import {
  authorRegistrationKey,
  authorStudyKey,
  commitmentKey,
  protocolRegistrationKey,
  rangeOf,
  readU64,
  registrationKey,
  studyAgainKey,
  studyRowKey,
} from '../storage/buckets.ts'
import { readItemHeight } from '../storage/chain-store.ts'
import { put, type KeyRange, type Store } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { decodeRegistration, decodeRow, encodeRegistration, encodeRow } from './row-bytes.ts'

export type StudyState =
  /** Submitted here, not final. */
  | 'asked'
  /** Final and paid; gateways compute. */
  | 'charged'
  /** Gateways attested different things. */
  | 'held'
  /** By rule: gateways wait for two hospitals' checks. */
  | 'to-be-checked'
  /** There is a result; `outcome` says which. */
  | 'answered'
  | 'refused'
  /** Nobody answered it by its day: it is over, and what it was charged stays spent (ADR 0030). */
  | 'expired'

export interface StudyRow extends StudyRules {
  /** Item hash. */
  readonly studyHash: ItemHash
  readonly commitment: Bytes
  readonly author: MemberId
  readonly requesterClass: RequesterClass
  readonly chargeKind: ChargeKind
  readonly chargeMicroRho: number
  readonly snapshotHash: ItemHash
  readonly studyId: Bytes
  readonly of: ItemHash | null
  /** Of the segment that holds it; null while it is `asked`. */
  readonly height: number | null
  /** Birth time of that segment; when it was submitted, while it is `asked`. Milliseconds since 1970. */
  readonly time: number
  readonly state: StudyState
  readonly result: {
    readonly itemHash: ItemHash
    readonly outcome: ResultOutcome
    readonly resultHash: Bytes
    /** Of the last segment with an erasure that those who attested it had looked at. */
    readonly erasureHeight: number
    readonly attesters: readonly { readonly memberId: MemberId; readonly engine: string }[]
    readonly height: number
    readonly time: number
  } | null
  /** In order of inclusion. */
  readonly checks: readonly CheckRow[]
  readonly reviews: readonly ReviewRow[]
  /** Gateways that were suspended for what they said of it, by items that prove it; in order of inclusion. */
  readonly suspensions: readonly SuspensionRow[]
}
export interface SuspensionRow {
  readonly itemHash: ItemHash
  /** Who is named. */
  readonly memberId: MemberId
  readonly outcome: ResultOutcome
  readonly resultHash: Bytes
  readonly engine: string
  readonly height: number
  readonly time: number
}
export interface CheckRow {
  readonly itemHash: ItemHash
  readonly memberId: MemberId
  readonly proposalHash: Bytes
  readonly verdict: CheckVerdict
  readonly height: number
  readonly time: number
}
export interface ReviewRow {
  readonly itemHash: ItemHash
  readonly memberId: MemberId
  readonly packageHash: Bytes
  readonly verdict: ReviewVerdict
  readonly textHash: Bytes
  readonly height: number
  readonly time: number
}
export interface RegistrationRow {
  readonly itemHash: ItemHash
  readonly author: MemberId
  readonly protocolHash: Bytes
  readonly height: number
  readonly time: number
}

/** What the chain says; what is made of it when it is asked for is `StudyRow`. */
export type ChainRow = Omit<StudyRow, 'state' | 'height'> & { readonly height: number }

export interface StudyIndex {
  studyOf(studyHash: Bytes): Promise<StudyRow | null>
  /** Newest first. `before`: the last row of the page before. */
  list(filter: {
    readonly author?: MemberId
    readonly states?: readonly StudyState[]
    readonly requesterClass?: RequesterClass
    /** Repeats and recomputations of this study. */
    readonly of?: Bytes
    readonly before?: StudyRow
    readonly limit: number
  }): Promise<readonly StudyRow[]>
  registrationOf(itemHash: Bytes): Promise<RegistrationRow | null>
  /** Of one member, or of one protocol; newest first, at most `limit`. */
  registrations(
    filter: ({ readonly author: MemberId } | { readonly protocolHash: Bytes }) & { readonly limit: number },
  ): Promise<readonly RegistrationRow[]>
}

export interface StudyIndexOfNode extends StudyIndex {
  /** A final item, in order; maybe again after a crash. */
  take(item: FinalItem): Promise<void>
  /** Item hash of this author's newest final study with this commitment. */
  finalStudyOf(author: MemberId, commitment: Bytes): Promise<ItemHash | null>
}

export interface StudyIndexOptions {
  readonly store: Store
  /** Submitted here and not final yet. */
  readonly asked: () => readonly StudyRow[]
  /** Whether gateways said different things of a study without a result. */
  readonly isHeld: (studyHash: ItemHash) => boolean
  /** Day of chain time (since 1970) up to which every item was taken; null while some are still to be taken. */
  readonly dayRead: () => number | null
}

const NOTHING = new Uint8Array(0)
/** Keys of studies and registrations end like this, whatever they are sorted by. */
const HEIGHT_AND_HASH_BYTES = 8 + 32

/** One study has at most so many reviews in the index; the chain has all. */
const REVIEWS_MAX = 64
/** More than gateways that may be faulty: one that was cleared may be named again, of another study. */
const SUSPENSIONS_MAX = 64

export function openStudyIndex({ store, asked, isHeld, dayRead }: StudyIndexOptions): StudyIndexOfNode {
  async function rowOf(studyHash: Bytes): Promise<ChainRow | null> {
    const height = await readItemHeight(store, studyHash)
    return height === null ? null : rowAt(height, studyHash)
  }

  async function rowAt(height: number, studyHash: Bytes): Promise<ChainRow | null> {
    const key = studyRowKey(height, studyHash)
    return readRow(key, await store.get(key))
  }

  async function change(studyHash: Bytes, changed: (row: ChainRow) => ChainRow | null): Promise<void> {
    const row = await rowOf(studyHash)
    const next = row && changed(row)
    if (next) await save(next)
  }

  async function save(
    row: ChainRow,
    beside: readonly (readonly [key: Bytes, content: Bytes])[] = [],
  ): Promise<void> {
    const rows = [[studyRowKey(row.height, row.studyHash), encodeRow(row)] as const, ...beside]
    await store.commitUnsynced(rows.map(([key, content]) => put(key, checkedValue(key, content))))
  }

  /** @param day as it was before the row was read: a result that is taken meanwhile is in the row or not yet of that day */
  function shown(row: ChainRow, day: number | null): StudyRow {
    const over = row.result === null && day !== null && day >= expiryDayOf(row.time, row)
    return { ...row, state: over ? 'expired' : stateOf(row, isHeld(row.studyHash)) }
  }

  return {
    async take({ signed, hash: itemHash, height, time }) {
      const { clear, author: memberId } = signed.item
      const said = { itemHash, memberId, height, time }
      switch (clear.kind) {
        case 'study': {
          // Told again: what became of it since is there.
          if ((await rowOf(itemHash)) !== null) return
          const { kind: _, held: __, ...asks } = clear
          const row = { ...asks, studyHash: itemHash, author: memberId, height, time }
          return save({ ...row, result: null, checks: [], reviews: [], suspensions: [] }, [
            [commitmentKey(memberId, clear.commitment), itemHash],
            [authorStudyKey(memberId, height, itemHash), NOTHING],
            ...(clear.of === null ? [] : [[studyAgainKey(clear.of, height, itemHash), NOTHING] as const]),
          ])
        }
        case 'result': {
          const { outcome, resultHash, erasureHeight } = clear
          const attesters = clear.attestations.map(({ memberId: by, engine }) => ({ memberId: by, engine }))
          const result = { itemHash, outcome, resultHash, erasureHeight, attesters, height, time }
          return change(clear.studyHash, (row) => ({ ...row, result }))
        }
        case 'check': {
          const { proposalHash, verdict } = clear
          return change(clear.studyHash, (row) =>
            isAmong(row.checks, itemHash)
              ? null
              : { ...row, checks: [...row.checks, { ...said, proposalHash, verdict }] },
          )
        }
        case 'review': {
          const { packageHash, verdict, textHash } = clear
          return change(clear.studyHash, (row) =>
            isAmong(row.reviews, itemHash) || row.reviews.length >= REVIEWS_MAX
              ? null
              : { ...row, reviews: [...row.reviews, { ...said, packageHash, verdict, textHash }] },
          )
        }
        case 'suspension': {
          const { outcome, resultHash, engine } = clear.said
          const named = { itemHash, memberId: clear.memberId, outcome, resultHash, engine, height, time }
          return change(clear.studyHash, (row) =>
            isAmong(row.suspensions, itemHash) || row.suspensions.length >= SUSPENSIONS_MAX
              ? null
              : { ...row, suspensions: [...row.suspensions, named] },
          )
        }
        case 'registration': {
          const { protocolHash } = clear
          const row = { itemHash, author: memberId, protocolHash, height, time }
          const rows = [
            [registrationKey(height, itemHash), encodeRegistration(row)],
            [authorRegistrationKey(memberId, height, itemHash), NOTHING],
            [protocolRegistrationKey(protocolHash, height, itemHash), NOTHING],
          ] as const
          return store.commitUnsynced(rows.map(([key, content]) => put(key, checkedValue(key, content))))
        }
        default:
      }
    },
    async finalStudyOf(author, commitment) {
      const key = commitmentKey(author, commitment)
      const value = await store.get(key)
      const read = value === null ? null : readCheckedValue(key, value)
      return read?.kind === 'ok' ? (read.content as ItemHash) : null
    },
    async studyOf(studyHash) {
      const day = dayRead()
      const row = await rowOf(studyHash)
      if (row !== null) return shown(row, day)
      return asked().find((each) => equalBytes(each.studyHash, studyHash)) ?? null
    },
    async list({ author, states, requesterClass, of, before, limit }) {
      const isMeant = (row: StudyRow): boolean =>
        (author === undefined || equalBytes(row.author, author)) &&
        (states === undefined || states.includes(row.state)) &&
        (requesterClass === undefined || row.requesterClass === requesterClass) &&
        (of === undefined || (row.of !== null && equalBytes(row.of, of)))
      const rows: StudyRow[] = []
      const waiting = before === undefined || before.height === null ? asked() : []
      const beforeAt = waiting.findIndex(({ studyHash }) => before && equalBytes(studyHash, before.studyHash))
      for (const row of waiting.slice(beforeAt + 1)) if (rows.length < limit && isMeant(row)) rows.push(row)
      const { range, keyOf } = whereOf(author, of)
      const to =
        before === undefined || before.height === null ? range.to : keyOf(before.height, before.studyHash)
      const day = dayRead()
      for await (const { key, value } of store.scan({ ...range, to, reverse: true })) {
        if (rows.length >= limit) break
        const tail = key.subarray(key.length - HEIGHT_AND_HASH_BYTES)
        const isRow = author === undefined && of === undefined
        const row = isRow ? readRow(key, value) : await rowAt(readU64(tail), tail.subarray(8))
        const found = row === null ? null : shown(row, day)
        if (found !== null && isMeant(found)) rows.push(found)
      }
      return rows
    },
    async registrationOf(itemHash) {
      const height = await readItemHeight(store, itemHash)
      if (height === null) return null
      const key = registrationKey(height, itemHash)
      return readRegistration(key, await store.get(key))
    },
    async registrations({ limit, ...of }) {
      const range = 'author' in of ? rangeOf('x/a', of.author) : rangeOf('x/h', of.protocolHash)
      const rows: RegistrationRow[] = []
      for await (const { key } of store.scan({ ...range, reverse: true })) {
        if (rows.length >= limit) break
        const tail = key.subarray(key.length - HEIGHT_AND_HASH_BYTES)
        const at = registrationKey(readU64(tail), tail.subarray(8))
        const row = readRegistration(at, await store.get(at))
        if (row !== null) rows.push(row)
      }
      return rows
    },
  }
}

/** Where the narrowest list is that has all of these; every key of it ends in height and hash. */
function whereOf(
  author: Bytes | undefined,
  of: Bytes | undefined,
): { readonly range: KeyRange; readonly keyOf: (height: number, studyHash: Bytes) => Bytes } {
  if (of !== undefined)
    return { range: rangeOf('x/w', of), keyOf: (height, hash) => studyAgainKey(of, height, hash) }
  if (author !== undefined)
    return { range: rangeOf('x/u', author), keyOf: (height, hash) => authorStudyKey(author, height, hash) }
  return { range: rangeOf('x/t'), keyOf: studyRowKey }
}

function stateOf(row: ChainRow, isHeld: boolean): StudyState {
  if (row.result !== null) return row.result.outcome === 'refused' ? 'refused' : 'answered'
  if (isHeld) return 'held'
  return row.chargeKind === 'by-rule' ? 'to-be-checked' : 'charged'
}

function isAmong(rows: readonly { readonly itemHash: ItemHash }[], itemHash: ItemHash): boolean {
  return rows.some((row) => toHex(row.itemHash) === toHex(itemHash))
}

function readRow(key: Bytes, value: Bytes | null): ChainRow | null {
  const read = value === null ? null : readCheckedValue(key, value)
  return read?.kind === 'ok' ? decodeRow(read.content) : null
}

function readRegistration(key: Bytes, value: Bytes | null): RegistrationRow | null {
  const read = value === null ? null : readCheckedValue(key, value)
  return read?.kind === 'ok' ? decodeRegistration(read.content) : null
}
