/**
 * Carries out what hospitals decided to erase (docs/spec/erasure.md): destroys the rows of the key box and what else hangs
 * on a record in this store, makes sure that no file keeps the bytes, and says so in the chain. Done again after a crash
 * until it is done; once done, the keys are asked of nobody.
 */
import { compareBytes, equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { createBatchCache } from './chain/author.ts'
import { decodeHead } from './chain/block.ts'
import { encode, tryDecode, type Cbor } from './chain/codec.ts'
import {
  ROOTS_PER_PART,
  weighErasures,
  type Erasure,
  type ErasureContent,
  type SaidErasure,
} from './chain/erasure.ts'
import type { ChainId, ItemHash, MemberId } from './chain/ids.ts'
import { decodeKeyRow } from './chain/key-box.ts'
import type { Member } from './chain/members.ts'
import { erasuresLeft } from './chain/apply-erasure.ts'
import { FRESH_BEHIND_MS } from './chain/limits.ts'
import { isErasureContent } from './chain/sealed-content.ts'
import type { ConsortiumState } from './chain/state.ts'
import { visitOfFields } from './chain/visit-fields.ts'
import { openRecord, type OpeningKeys } from './check-records.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import type { FinalItem } from './final-items.ts'
import type { HospitalStatements } from './hospital-statements.ts'
import {
  awaitedKey,
  erasedKey,
  erasedWithKey,
  isIn,
  keyTail,
  metaKey,
  ownVisitKey,
  rangeOf,
  readU64,
  visitKey,
} from './storage/buckets.ts'
import { inErasureTurn } from './storage/erasure-turn.ts'
import { forgottenMark } from './storage/forgotten.ts'
import { readBlock, readPlace } from './storage/chain-store.ts'
import { readRows, rowDeletes } from './storage/key-box-store.ts'
import { del, put, type ReadableStore, type Store, type Write } from './storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from './storage/value.ts'

export interface ErasureStanding extends Erasure {
  /** Hospitals that have to destroy their rows: those in effect when it was decided and still members. */
  readonly expected: readonly MemberId[]
  /**
   * `refused`: the list names a record that the asking hospital did not write; this node destroys nothing of it.
   * @see docs/spec/erasure.md
   */
  readonly here: 'nothing-to-do' | 'to-do' | 'done' | 'refused'
}

/** Rows of a patient in this hospital's own tables. */
export interface BesideChain {
  /** Drafts, printed summaries. */
  readonly keys: readonly Bytes[]
  /** Entries of the table of names, with the tag under which their visits lie. */
  readonly people: readonly { readonly tag: Bytes; readonly nameKey: Bytes }[]
}

export interface Erasures {
  /** In the order in which they were asked for. */
  list(): Promise<readonly ErasureStanding[]>
  /** Whether the last list rests on all that was said; a damaged segment is read once it is mended. */
  readonly areAllRead: boolean
  /** Whether this version's keys were destroyed here. */
  isErased(root: Bytes): Promise<boolean>
  /**
   * Asks for records of this hospital. When it resolves, the request is durable here.
   * @param beside what of the patient lies in this store beside the chain, and goes with the rows
   * @returns the erasure's id; null where this member is no hospital
   */
  request(
    ask: { roots: readonly Bytes[]; reason: string; text: string | null; userKeyId: string },
    beside: BesideChain,
  ): Promise<Bytes | null>
  /**
   * Agrees to a request. `not-open`: there is none that waits for it. `too-many-today`: this hospital agreed to as many as the chain takes of it on a
   * day; one that had to wait would be lost where another item of this hospital comes first.
   */
  approve(erasureId: Bytes, userKeyId: string): Promise<'taken' | 'not-open' | 'too-many-today'>
  withdraw(erasureId: Bytes, userKeyId: string): Promise<boolean>
  /** A final item, in order; maybe again after a crash. */
  take(item: FinalItem): Promise<void>
  /** Looks whether there is something to do, and does it. */
  nudge(): void
  /** Resolves when nothing is left to do now. */
  settled(): Promise<void>
  /** @param gone keys of what lay beside the chain and is deleted now */
  onDone(listener: (erasureId: Bytes, gone: readonly Bytes[]) => void): () => void
  close(): Promise<void>
}

export interface ErasuresOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly now: () => number
  readonly statements: HospitalStatements
  /** Whether this member holds rows. */
  readonly isHospital: () => boolean
  readonly founding: readonly Member[]
  readonly consortium: () => ConsortiumState
  /** Those of final records: also under author keys that were replaced since. */
  readonly openingKeys: () => Promise<OpeningKeys>
  /** What else of a version lies in this store for others' sake, for the write that destroys its keys. */
  readonly alongWith: (root: Bytes, index: number | null) => Promise<Write[]>
  readonly onFailure: (error: unknown) => void
}

export async function openErasures(options: ErasuresOptions): Promise<Erasures> {
  const { store, crypto, random, chainId, memberId, statements } = options
  const hospitals = await loadHospitals(options)
  const listeners = new Set<(erasureId: Bytes, gone: readonly Bytes[]) => void>()
  /** Erasures that name another hospital's records; looked at again after a restart, with the same outcome. */
  const refused = new Set<string>()
  let running: Promise<void> | null = null
  let isAgain = false
  let isClosed = false

  async function weigh(): Promise<Erasure[]> {
    const said: SaidErasure[] = []
    for (const { content, author, height } of await statements.list())
      if (isErasureContent(content)) said.push({ content, author, height })
    const countAt = (height: number): number =>
      hospitals.filter(({ since, until }) => since <= height && (until === null || until > height)).length
    return weighErasures(crypto, chainId, said, countAt)
  }

  async function isErased(root: Bytes): Promise<boolean> {
    return (await store.get(erasedKey(root))) !== null
  }

  async function standingOf(erasure: Erasure): Promise<ErasureStanding> {
    const decidedAt = erasure.decidedAt
    const expected =
      decidedAt === null
        ? []
        : hospitals.flatMap(({ memberId: id, since, until }) =>
            since <= decidedAt && until === null ? [id] : [],
          )
    let here: ErasureStanding['here'] = 'nothing-to-do'
    if (erasure.state === 'decided' && options.isHospital()) {
      // Marks are written with the deletes, in order: the last one tells of all.
      if (refused.has(toHex(erasure.erasureId))) here = 'refused'
      else here = (await isErased(erasure.roots.at(-1)!)) ? 'done' : 'to-do'
    }
    return { ...erasure, expected, here }
  }

  function nudge(): void {
    if (isClosed || !options.isHospital()) return
    isAgain = true
    running ??= run()
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
      })
      .finally(() => {
        running = null
      })
  }

  async function run(): Promise<void> {
    while (isAgain && !isClosed) {
      isAgain = false
      for (const erasure of await weigh()) {
        if (isClosed) return
        if (erasure.state === 'withdrawn') await forgetRequest(erasure)
        if (erasure.state !== 'decided' || refused.has(toHex(erasure.erasureId))) continue
        await carryOut(erasure)
      }
    }
  }

  async function forgetRequest({ erasureId }: Erasure): Promise<void> {
    const key = erasedWithKey(erasureId)
    if ((await store.get(key)) !== null) await store.commit([del(key)])
  }

  async function carryOut(erasure: Erasure): Promise<void> {
    const { erasureId, listHash, roots, author } = erasure
    const isDone = await isErased(roots.at(-1)!)
    const hasSaid = async (): Promise<boolean> =>
      (await statements.list()).some(
        (each) =>
          each.content.kind === 'erasure-receipt' &&
          equalBytes(each.author, memberId) &&
          equalBytes(each.content.erasureId, erasureId),
      )
    if (isDone && (await hasSaid())) return
    let rowCount = 0
    if (!isDone) {
      const visits = await visitsOf(roots, author)
      if (visits === 'foreign') refused.add(toHex(erasureId))
      if (visits === 'foreign' || visits === 'unclear') return
      const { rows, gone } = await destroy(erasure, visits)
      rowCount = rows
      for (const listener of listeners) listener(erasureId, gone)
    }
    // Also when a crash came between: the bytes may still lie in files then.
    for (const bucket of ['k', 'v', 'p', 'x/v', 'u', 'n', 'd', 'q', 'x/c', 'z/f', 'z/i', 'z/g'] as const)
      await store.purge(rangeOf(bucket))
    if (!(await hasSaid()))
      await statements.say({ kind: 'erasure-receipt', erasureId, listHash, rowCount, at: options.now() })
  }

  /**
   * Visit ids by Merkle root, of the records that have a key here. `foreign` where one was written by somebody else,
   * `unclear` where a key is here and the record does not open (a key of the scope is on its way, a block is being mended):
   * nothing is destroyed before its author is known.
   */
  async function visitsOf(
    roots: readonly Bytes[],
    author: MemberId,
  ): Promise<ReadonlyMap<string, Bytes> | 'foreign' | 'unclear'> {
    const cache = createBatchCache()
    const keys = await options.openingKeys()
    const ids = new Map<string, Bytes>()
    for (const root of roots) {
      const rows = await readRows(store, root)
      const row = rows.find((each) => each.kind === 'ok' && decodeKeyRow(each.row)?.scope === 'gateway')
      if (row?.kind !== 'ok') continue
      const place = await readPlace(store, root)
      if (place === null || place.index === null) return 'unclear'
      const block = await readBlock(store, place.index)
      const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
      if (block.kind !== 'ok' || head === null) return 'unclear'
      const record = { ...head, body: block.value.body, row: row.row }
      const opened = openRecord(crypto, keys, record, cache)
      if (opened.kind === 'refused') return 'unclear'
      crypto.forget(opened.dataKey)
      if (!equalBytes(opened.author.memberId, author)) return 'foreign'
      const visit = visitOfFields(opened.fields)
      if (visit.kind === 'visit') ids.set(toHex(root), fromHex(visit.record.envelope.visitId))
    }
    return ids
  }

  /** @returns how many rows of the key box were there, and keys of what lay beside the chain */
  async function destroy(
    { erasureId, roots }: Erasure,
    visits: ReadonlyMap<string, Bytes>,
  ): Promise<{ rows: number; gone: Bytes[] }> {
    let rowCount = 0
    const gone: Bytes[] = []
    const sequences = new Set<number>()
    for (let at = 0; at < roots.length; at += ROOTS_AT_ONCE)
      await inErasureTurn(store, async () => {
        const writes: Write[] = []
        for (const root of roots.slice(at, at + ROOTS_AT_ONCE)) {
          const rows = await rowDeletes(store, root)
          rowCount += rows.length
          writes.push(...rows)
          const visitId = visits.get(toHex(root))
          if (visitId !== undefined) writes.push(del(visitKey(visitId)))
          const place = await readPlace(store, root)
          writes.push(...(await options.alongWith(root, place?.index ?? null)))
          const sequence = place?.sequence ?? null
          if (sequence !== null) {
            sequences.add(sequence)
            writes.push(del(ownVisitKey(sequence)), del(awaitedKey(sequence)))
          }
          // The mark of the last one comes with what goes last: until then the whole is done again.
          if (root !== roots.at(-1)) writes.push(markOf(root, erasureId))
        }
        if (at + ROOTS_AT_ONCE >= roots.length) {
          const ofPatients = sequences.size === 0 ? [] : await patientRows(sequences)
          gone.push(...(await besideOf(erasureId, new Set(ofPatients.map(toHex)))))
          writes.push(...[...ofPatients, ...gone, erasedWithKey(erasureId)].map(del))
          writes.push(
            ...gone.filter((key) => isIn('n', key)).map((key) => forgottenMark(keyTail('n', key))),
            markOf(roots.at(-1)!, erasureId),
          )
        }
        await store.commit(writes)
      })
    return { rows: rowCount, gone }
  }

  /** Rows that say which own visits belong to one patient: found by the visit's number, as the patient is sealed here. */
  async function patientRows(sequences: ReadonlySet<number>): Promise<Bytes[]> {
    const keys: Bytes[] = []
    for await (const { key } of store.scan(rangeOf('p')))
      if (sequences.has(readU64(keyTail('p', key), PATIENT_TAG_BYTES))) keys.push(key)
    return keys
  }

  /** What is still there of what the request named. Whoever came again since keeps the name: other visits need it. */
  async function besideOf(erasureId: Bytes, goneRows: ReadonlySet<string>): Promise<Bytes[]> {
    const key = erasedWithKey(erasureId)
    const value = await store.get(key)
    if (value === null) return []
    const { keys, people } = besideFromBytes(expectContent(readCheckedValue(key, value), key))
    const wanted = [...keys]
    for (const { tag, nameKey } of people) {
      let hasOthers = false
      for await (const row of store.scan(rangeOf('p', tag))) hasOthers ||= !goneRows.has(toHex(row.key))
      if (!hasOthers) wanted.push(nameKey)
    }
    const values = await store.getMany(wanted)
    return wanted.filter((_, i) => values[i] !== null)
  }

  async function say(content: ErasureContent): Promise<ItemHash | null> {
    const hash = await statements.say(content)
    nudge()
    return hash
  }

  async function find(erasureId: Bytes): Promise<Erasure | undefined> {
    return (await weigh()).find((each) => equalBytes(each.erasureId, erasureId))
  }

  return {
    get areAllRead() {
      return statements.areAllRead
    },
    async list() {
      const found: ErasureStanding[] = []
      for (const erasure of await weigh()) found.push(await standingOf(erasure))
      return found
    },
    isErased,
    async request({ roots, reason, text, userKeyId }, beside) {
      if (!options.isHospital()) return null
      const erasureId = random(16)
      const sorted = [...roots].sort(compareBytes)
      const with_ = erasedWithKey(erasureId)
      // Before the request: what it takes along must be known when it is decided.
      await store.commit([put(with_, checkedValue(with_, besideToBytes(beside)))])
      const partCount = Math.ceil(sorted.length / ROOTS_PER_PART)
      for (let part = 0; part < partCount; part++)
        await say({
          kind: 'erasure-request',
          erasureId,
          part,
          partCount,
          roots: sorted.slice(part * ROOTS_PER_PART, (part + 1) * ROOTS_PER_PART),
          reason,
          text,
          userKeyId,
          at: options.now(),
        })
      return erasureId
    },
    async approve(erasureId, userKeyId) {
      const erasure = await find(erasureId)
      if (erasure?.state !== 'asked' || erasure.approval !== null) return 'not-open'
      const waiting = (await statements.list()).filter(
        ({ content, author, height }) =>
          content.kind === 'erasure-approval' && height === null && equalBytes(author, memberId),
      )
      // As whoever proposes next may see it, whose clock may be behind: in the first minute of a day it is of the day before.
      const left = erasuresLeft(options.consortium(), memberId, options.now() - FRESH_BEHIND_MS)
      if (waiting.length >= left) return 'too-many-today'
      const { listHash } = erasure
      await say({ kind: 'erasure-approval', erasureId, listHash, userKeyId, at: options.now() })
      return 'taken'
    },
    async withdraw(erasureId, userKeyId) {
      const erasure = await find(erasureId)
      const isOpen = erasure?.state === 'asked' || erasure?.state === 'incomplete'
      if (!isOpen || !equalBytes(erasure.author, memberId)) return false
      await say({ kind: 'erasure-withdrawal', erasureId, userKeyId, at: options.now() })
      return true
    },
    async take({ signed, height, content }) {
      const { clear } = signed.item
      if (clear.kind === 'membership' && clear.member.kind === 'hospital') {
        const { memberId: id } = clear.member
        const times = hospitals.filter((each) => equalBytes(each.memberId, id))
        const now = times.find(({ until }) => until === null)
        // The same item may be told twice.
        const isTold = times.some(({ since, until }) => since === height || until === height)
        if (clear.change === 'remove' && now !== undefined && !isTold) now.until = height
        if (clear.change === 'add' && now === undefined && !isTold)
          hospitals.push({ memberId: id, since: height, until: null })
        await store.commitUnsynced([put(HOSPITALS, checkedValue(HOSPITALS, encodeHospitals(hospitals)))])
      }
      if (content !== null) nudge()
    },
    nudge,
    async settled() {
      nudge()
      while (running !== null) await running
    },
    onDone(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      isClosed = true
      await running
    },
  }
}

/**
 * When hospitals came and left, by the heights of the decisions: who had to agree and who has to destroy is the same for
 * everybody, also for one that joins later.
 */
interface HospitalTime {
  readonly memberId: MemberId
  readonly since: number
  until: number | null
}
const HOSPITALS = metaKey('hospitals')

async function loadHospitals({ store, founding }: ErasuresOptions): Promise<HospitalTime[]> {
  const value = await store.get(HOSPITALS)
  if (value !== null)
    return (tryDecode(expectContent(readCheckedValue(HOSPITALS, value), HOSPITALS)) as Cbor[][]).map(
      ([memberId, since, until]) => ({ memberId, since, until }) as unknown as HospitalTime,
    )
  return founding.flatMap(({ kind, memberId }) =>
    kind === 'hospital' ? [{ memberId, since: 0, until: null }] : [],
  )
}

const encodeHospitals = (hospitals: readonly HospitalTime[]): Bytes =>
  encode(hospitals.map(({ memberId, since, until }) => [memberId, since, until]))

function besideToBytes({ keys, people }: BesideChain): Bytes {
  return encode([[...keys], people.map(({ tag, nameKey }) => [tag, nameKey])])
}

function besideFromBytes(bytes: Bytes): BesideChain {
  const [keys, people] = tryDecode(bytes) as [Bytes[], [Bytes, Bytes][]]
  return { keys, people: people.map(([tag, nameKey]) => ({ tag, nameKey })) }
}

const ROOTS_AT_ONCE = 200
const PATIENT_TAG_BYTES = 16

function markOf(root: Bytes, erasureId: Bytes): Write {
  const key = erasedKey(root)
  return put(key, checkedValue(key, erasureId))
}

/** Versions whose keys were destroyed here, hex, with the erasure that did it. */
export async function loadErased(store: ReadableStore): Promise<ReadonlyMap<string, string>> {
  const erased = new Map<string, string>()
  for await (const { key, value } of store.scan(rangeOf('y/e')))
    erased.set(toHex(keyTail('y/e', key)), toHex(expectContent(readCheckedValue(key, value), key)))
  return erased
}
