/** What became of every study, by author and time, out of the chain's items; made again from them whenever it is lost. */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import type { ChargeKind, RequesterClass } from '../chain/privacy-ledger.ts'
import type { CheckVerdict, ResultOutcome, ReviewVerdict, StudyRules } from '../chain/study-items.ts'
import type { FinalItem } from '../final-items.ts'
import { commitmentKey, rangeOf, registrationKey, studyRowKey, u64 } from '../storage/buckets.ts'
import { readItemHeight } from '../storage/chain-store.ts'
import { put, type Store } from '../storage/store.ts'
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
    readonly attesters: readonly MemberId[]
    readonly height: number
    readonly time: number
  } | null
  /** In order of inclusion. */
  readonly checks: readonly CheckRow[]
  readonly reviews: readonly ReviewRow[]
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
  /** Newest first, at most `limit`. */
  registrations(filter: {
    readonly author?: MemberId
    readonly limit: number
  }): Promise<readonly RegistrationRow[]>
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
}

/** One study has at most so many reviews in the index; the chain has all. */
const REVIEWS_MAX = 64

export function openStudyIndex({ store, asked, isHeld }: StudyIndexOptions): StudyIndexOfNode {
  async function rowOf(studyHash: Bytes): Promise<ChainRow | null> {
    const height = await readItemHeight(store, studyHash)
    if (height === null) return null
    const key = studyRowKey(height, studyHash)
    return readRow(key, await store.get(key))
  }

  async function change(studyHash: Bytes, changed: (row: ChainRow) => ChainRow | null): Promise<void> {
    const row = await rowOf(studyHash)
    const next = row && changed(row)
    if (next) await save(next)
  }

  async function save(row: ChainRow): Promise<void> {
    const key = studyRowKey(row.height, row.studyHash)
    await store.commitUnsynced([put(key, checkedValue(key, encodeRow(row)))])
  }

  function shown(row: ChainRow): StudyRow {
    return { ...row, state: stateOf(row, isHeld(row.studyHash)) }
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
          const key = commitmentKey(memberId, clear.commitment)
          await store.commitUnsynced([put(key, checkedValue(key, itemHash))])
          return save({ ...row, result: null, checks: [], reviews: [] })
        }
        case 'result': {
          const { outcome, resultHash } = clear
          const attesters = clear.attestations.map((each) => each.memberId)
          const result = { itemHash, outcome, resultHash, attesters, height, time }
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
        case 'registration': {
          const key = registrationKey(height, itemHash)
          const row = { itemHash, author: memberId, protocolHash: clear.protocolHash, height, time }
          return store.commitUnsynced([put(key, checkedValue(key, encodeRegistration(row)))])
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
      const row = await rowOf(studyHash)
      if (row !== null) return shown(row)
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
      // What is about a study came after it.
      const since = of === undefined ? 0 : await readItemHeight(store, of)
      if (since === null) return rows
      const all = { ...rangeOf('x/t'), from: rangeOf('x/t', u64(since)).from, reverse: true }
      const range =
        before === undefined || before.height === null
          ? all
          : { ...all, to: studyRowKey(before.height, before.studyHash) }
      for await (const { key, value } of store.scan(range)) {
        if (rows.length >= limit) break
        const row = readRow(key, value)
        if (row !== null && isMeant(shown(row))) rows.push(shown(row))
      }
      return rows
    },
    async registrationOf(itemHash) {
      const height = await readItemHeight(store, itemHash)
      if (height === null) return null
      const key = registrationKey(height, itemHash)
      return readRegistration(key, await store.get(key))
    },
    async registrations({ author, limit }) {
      const rows: RegistrationRow[] = []
      for await (const { key, value } of store.scan({ ...rangeOf('x/m'), reverse: true })) {
        if (rows.length >= limit) break
        const row = readRegistration(key, value)
        if (row !== null && (author === undefined || equalBytes(row.author, author))) rows.push(row)
      }
      return rows
    },
  }
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
