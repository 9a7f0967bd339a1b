/**
 * Where the visits of a patient are, whoever wrote them: by the patient key, which hospitals compute alike. Filled from
 * final blocks behind the votes, so that it can always be made anew; opened through the gateway scope, of which nothing but
 * the key, the author and the version's place is kept. Without it nobody could answer another hospital while the screen is
 * locked, or say that visits exist at a hospital that is away.
 *
 * A row's key is a name of the patient with a running number, so that not even the rows of one patient lie together.
 */
import { concatBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { decodeHead } from '../chain/block.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, type ChainId, type MemberId, type MerkleRoot } from '../chain/ids.ts'
import { decodeKeyRow, scopeNumberOf, unwrapRow } from '../chain/key-box.ts'
import { peekBody, type Field } from '../chain/record.ts'
import { ENUMS } from '../chain/visit-fields.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { erasedKey, findIndexKey, findKey, metaKey, readU64, u32, u64 } from '../storage/buckets.ts'
import { inErasureTurn, notErased } from '../storage/erasure-turn.ts'
import { readBlocks } from '../storage/chain-store.ts'
import { readRowsOf } from '../storage/key-box-store.ts'
import { del, put, type Store, type Write } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import type { EpochKey } from '../vault/institution-keys.ts'
import type { PatientName } from '../chain/access.ts'
import type { NodeSeal } from './node-seal.ts'

/** One version of a visit, final. */
export interface FoundVisit {
  readonly index: number
  readonly merkleRoot: MerkleRoot
  readonly author: MemberId
  readonly visitId: Bytes
  readonly op: (typeof ENUMS.op)[number]
  /** Merkle root of the version before; null for a first one. */
  readonly supersedes: Bytes | null
  /** The name by which it was found. */
  readonly patient: PatientName
}

export interface PatientFinder {
  /** Blocks that are in it, all up to this one. */
  readonly foundUpTo: number
  /** Versions of this person's visits in the order of the chain. */
  find(patient: readonly PatientName[]): Promise<FoundVisit[]>
  nudge(): void
  /** Resolves when every block that can be read now is in it. */
  settled(): Promise<void>
  /** What takes a block out of it, for the write that destroys its keys. */
  forgetting(index: number): Promise<Write[]>
  /** Visits that this hospital records on an ordinary day: the median of the last days, so that an import is no day. */
  visitsPerDay(author: MemberId): number
  onGrown(listener: () => void): () => void
  close(): Promise<void>
}

export interface PatientFinderOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly seal: NodeSeal
  readonly isHospital: () => boolean
  readonly gatewayEpochs: () => readonly EpochKey[]
  /** Blocks whose rows are here, all up to this one. */
  readonly readableCount: () => number
  readonly blockCount: () => number
  readonly onFailure: (error: unknown) => void
}

const DONE = metaKey('found')
/** Blocks of one write, and of one breath: some milliseconds. */
const BLOCKS_AT_ONCE = 64
const BLOCKS_PER_BREATH = 8
const AGAIN_MS = 1_000
const REST_MS_MAX = 200
const GATEWAY = scopeNumberOf('gateway')
const NO_ROOT = new Uint8Array(32)
/** A name's rows that were counted lately. */
const COUNTS_MAX = 20_000

export async function openPatientFinder(options: PatientFinderOptions): Promise<PatientFinder> {
  const { store, crypto, chainId, seal } = options
  const stored = await store.get(DONE)
  const read = stored === null ? null : readCheckedValue(DONE, stored)
  let foundUpTo = read?.kind === 'ok' ? readU64(read.content) : 0
  const paces = await loadPaces(store)
  const listeners = new Set<() => void>()
  const counts = new Map<string, number>()
  let running: Promise<void> | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let isClosed = false

  function nudge(): void {
    if (isClosed || running !== null || !options.isHospital() || !seal.isReady) return
    if (foundUpTo >= Math.min(options.readableCount(), options.blockCount())) return later()
    running = run()
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
      })
      .finally(() => {
        running = null
        later()
      })
  }

  /** Rows of the key box come without anybody saying so. */
  function later(): void {
    if (isClosed || timer !== null || foundUpTo >= options.blockCount()) return
    timer = setTimeout(() => {
      timer = null
      nudge()
    }, AGAIN_MS)
    timer.unref()
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      const began = performance.now()
      const end = Math.min(options.readableCount(), options.blockCount(), foundUpTo + BLOCKS_AT_ONCE)
      if (end <= foundUpTo || !(await take(foundUpTo, end - foundUpTo))) return
      for (const listener of listeners) listener()
      // Votes and people come first: it takes a quarter of the time at most.
      if (foundUpTo < options.blockCount()) await rest(3 * (performance.now() - began))
    }
  }

  /** False where a block or its row cannot be read now. */
  async function take(first: number, count: number): Promise<boolean> {
    const writes: Write[] = []
    const fresh = new Map<string, number>()
    const named: MerkleRoot[] = []
    const created: { author: MemberId; day: number }[] = []
    let done = first
    const blocks = await readBlocks(store, first, count)
    const heads = blocks.map((block) => (block.kind === 'ok' ? decodeHead(block.value.head) : null))
    const rows = await gatewayRows(heads.map((head) => head?.merkleRoot ?? (NO_ROOT as MerkleRoot)))
    for (const [i, block] of blocks.entries()) {
      const head = heads[i] ?? null
      if (head === null || block.kind !== 'ok') break
      const { row, isErased } = rows[i]!
      if (row === null && !isErased) break
      if (row !== null) {
        const said = peek(head, block.value.body, row)
        // Of a linkage epoch that nobody here has heard of, nobody asks either.
        if (said !== null) {
          writes.push(...(await rowWrites(said, head.merkleRoot, first + i, fresh)))
          named.push(head.merkleRoot)
          if (said.op === 'create')
            created.push({ author: said.author, day: Math.floor(head.timestamp / DAY_MS) })
        }
      }
      done = first + i + 1
      if (i % BLOCKS_PER_BREATH === BLOCKS_PER_BREATH - 1) await breath()
      if (isClosed) return false
    }
    if (done === first) return false
    const isWritten = await inErasureTurn(store, async () => {
      if ((await notErased(store, named, (root) => root)).length < named.length) return false
      for (const { author, day } of created) countDay(paces, author, day)
      writes.push(
        put(DONE, checkedValue(DONE, u64(done))),
        put(PACES, checkedValue(PACES, encodePaces(paces))),
      )
      await store.commitUnsynced(writes)
      return true
    })
    // One of them was erased meanwhile: looked at anew, it leaves no row.
    if (!isWritten) return take(first, count)
    if (counts.size > COUNTS_MAX) counts.clear()
    for (const [name, next] of fresh) counts.set(name, next)
    foundUpTo = done
    return true
  }

  async function gatewayRows(
    roots: readonly MerkleRoot[],
  ): Promise<{ row: Bytes | null; isErased: boolean }[]> {
    const erased = await store.getMany(roots.map(erasedKey))
    const found = roots.map((_, i) => ({ row: null as Bytes | null, isErased: erased[i] !== null }))
    for (const { epoch } of options.gatewayEpochs())
      for (const [i, stored] of (await readRowsOf(store, roots, GATEWAY, epoch)).entries())
        if (stored?.kind === 'ok') found[i]!.row = stored.row
    return found
  }

  function peek(head: Parameters<typeof peekBody>[2], body: Bytes, rowBytes: Bytes): Said | null {
    const row = decodeKeyRow(rowBytes)
    const epochKey = options.gatewayEpochs().find(({ epoch }) => epoch === row?.epoch)?.key
    if (row === null || epochKey === undefined) return null
    const unwrapped = unwrapRow(crypto, chainId, row, { suite: 1, epochKey }, head.keyCommitment)
    if (unwrapped.kind === 'refused') return null
    const opened = peekBody(crypto, chainId, head, body, unwrapped.dataKey)
    crypto.forget(unwrapped.dataKey)
    return opened === null ? null : saidIn(opened.fields, opened.author.memberId)
  }

  async function rowWrites(
    said: Said,
    root: MerkleRoot,
    index: number,
    fresh: Map<string, number>,
  ): Promise<Write[]> {
    const { patient, author, visitId, op, supersedes } = said
    const name = `${patient.epoch}/${toHex(patient.key)}`
    const n = fresh.get(name) ?? counts.get(name) ?? (await countOf(patient))
    const slot = slotOf(patient, n)
    if (slot === null) return []
    fresh.set(name, n + 1)
    const key = findKey(slot)
    const byIndex = findIndexKey(index)
    const content = encode([index, author, visitId, root, ENUMS.op.indexOf(op), supersedes ?? NO_ROOT])
    return [put(key, seal.seal(key, content)), put(byIndex, seal.seal(byIndex, key))]
  }

  function slotOf({ epoch, key }: PatientName, n: number): Bytes | null {
    return seal.nameOf(epoch, concatBytes(key, u32(n)))
  }

  /** Rows of a name have no gap, so the first free number is found by halving. */
  async function countOf(patient: PatientName): Promise<number> {
    const has = async (n: number): Promise<boolean> => {
      const slot = slotOf(patient, n)
      return slot !== null && (await store.get(findKey(slot))) !== null
    }
    let high = 1
    while (await has(high - 1)) high *= 2
    let low = high >> 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (await has(middle)) low = middle + 1
      else high = middle
    }
    return low
  }

  async function find(patient: readonly PatientName[]): Promise<FoundVisit[]> {
    const found: FoundVisit[] = []
    for (const name of patient) {
      for (let n = 0; ; n += BLOCKS_AT_ONCE) {
        const slots = Array.from({ length: BLOCKS_AT_ONCE }, (_, i) => slotOf(name, n + i))
        if (slots[0] === null) break
        const keys = slots.map((slot) => findKey(slot!))
        const values = await store.getMany(keys)
        for (const [i, value] of values.entries()) {
          const content = value === null ? null : seal.open(keys[i]!, value)
          const visit = content === null ? null : foundIn(content, name)
          if (visit !== null) found.push(visit)
        }
        if (values.at(-1) === null) break
      }
    }
    return found.sort((a, b) => a.index - b.index)
  }

  return {
    get foundUpTo() {
      return foundUpTo
    },
    find,
    nudge,
    async settled() {
      nudge()
      while (running !== null) await running
    },
    async forgetting(index) {
      const byIndex = findIndexKey(index)
      const value = await store.get(byIndex)
      const key = value === null ? null : seal.open(byIndex, value)
      if (key === null) return []
      // The row stays, and says nothing: without it the rows behind would not be found.
      return [put(key, seal.seal(key, encode([]))), del(byIndex)]
    },
    visitsPerDay(author) {
      const days = paces.get(toHex(author))
      if (days === undefined) return 0
      const counts = [...days.values()].sort((a, b) => a - b)
      return counts[counts.length >> 1] ?? 0
    },
    onGrown(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}

type Said = Pick<FoundVisit, 'author' | 'visitId' | 'op' | 'supersedes' | 'patient'>

/** The form of fields was checked before the record became final. */
function saidIn(fields: readonly Field[], author: MemberId): Said | null {
  const textOf = (name: string) => {
    const value = fields.find(([each]) => each === name)?.[1]
    return typeof value === 'string' ? value : null
  }
  const key = fields.find(([name]) => name === 'patient.key')?.[1]
  const op = ENUMS.op.find((each) => each === textOf('op'))
  const visitId = textOf('visitId')
  if (op === undefined || visitId === null || !Array.isArray(key)) return null
  const [hex, epoch] = key as (string | null)[]
  const supersedes = textOf('supersedes')
  return {
    author,
    visitId: fromHex(visitId),
    op,
    supersedes: supersedes === null ? null : fromHex(supersedes),
    patient: { key: fromHex(hex!), epoch: Number(epoch) },
  }
}

function foundIn(content: Bytes, patient: PatientName): FoundVisit | null {
  const slots = asArray(tryDecode(content), 6)
  // Its keys were destroyed.
  if (slots === null) return null
  const [index, author, visitId, root, op, supersedes] = slots as [
    number,
    Uint8Array,
    Bytes,
    Uint8Array,
    number,
    Bytes,
  ]
  return {
    index,
    author: author as MemberId,
    visitId,
    merkleRoot: root as MerkleRoot,
    op: ENUMS.op[op]!,
    supersedes: supersedes.every((byte) => byte === 0) ? null : supersedes,
    patient,
  }
}

/** Visits by day of chain time, of the last days on which the hospital recorded any; by member id in hex. */
type Paces = Map<string, Map<number, number>>
const PACES = metaKey('found-paces')
const PACE_DAYS = 30
const DAY_MS = 86_400_000

function countDay(paces: Paces, author: MemberId, day: number): void {
  const days = paces.get(toHex(author)) ?? new Map<number, number>()
  paces.set(toHex(author), days)
  days.set(day, (days.get(day) ?? 0) + 1)
  if (days.size > PACE_DAYS) days.delete(Math.min(...days.keys()))
}

const encodePaces = (paces: Paces): Bytes =>
  encode([...paces].map(([author, days]) => [fromHex(author), [...days].map(([day, count]) => [day, count])]))

async function loadPaces(store: Store): Promise<Paces> {
  const value = await store.get(PACES)
  const read = value === null ? null : readCheckedValue(PACES, value)
  const list = (read?.kind === 'ok' ? tryDecode(read.content) : []) as [Bytes, [number, number][]][]
  return new Map(list.map(([author, days]) => [toHex(author), new Map(days)]))
}

const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, REST_MS_MAX)))

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
