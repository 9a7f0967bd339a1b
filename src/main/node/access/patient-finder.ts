/**
 * Where the visits of a patient are, whoever wrote them: by the patient key, which hospitals compute alike. Filled from
 * final blocks behind the votes, so that it can always be made anew; opened through the gateway scope, of which nothing but
 * the key, the author and the version's place is kept. Without it nobody could answer another hospital while the screen is
 * locked, or say that visits exist at a hospital that is away.
 *
 * A row's key is a name of the patient with a running number, so that not even the rows of one patient lie together.
 */
import { concatBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { decodeHead, type Head } from '../chain/block.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, type ChainId, type MemberId, type MerkleRoot } from '../chain/ids.ts'
import { decodeKeyRow, scopeNumberOf, unwrapRow } from '../chain/key-box.ts'
import { peekBody } from '../chain/record.ts'
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
import { saidIn, type Said } from './said.ts'

/** One version of a visit, final. */
export interface FoundVisit extends Said {
  readonly index: number
  readonly merkleRoot: MerkleRoot
}

export interface PatientFinder {
  /** Blocks that are in it, all up to this one. */
  readonly foundUpTo: number
  /** Versions of this person's visits in the order of the chain. */
  find(patient: readonly PatientName[]): Promise<FoundVisit[]>
  /** The record of this root was opened and found good: what it says is not to be opened for once more. */
  note(merkleRoot: Bytes, said: Said): void
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
/** Records that were opened for a vote and are not in it yet; of what is more the oldest are opened again. */
const NOTED_MAX = 8_192

export async function openPatientFinder(options: PatientFinderOptions): Promise<PatientFinder> {
  const { store, crypto, chainId, seal } = options
  const stored = await store.get(DONE)
  const read = stored === null ? null : readCheckedValue(DONE, stored)
  let foundUpTo = read?.kind === 'ok' ? readU64(read.content) : 0
  const paces = await loadPaces(store)
  const listeners = new Set<() => void>()
  const counts = new Map<string, number>()
  /** By root in hex. */
  const noted = new Map<string, Said>()
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
    const found: { said: Said; head: Head; index: number }[] = []
    let done = first
    const blocks = await readBlocks(store, first, count)
    const heads = blocks.map((block) => (block.kind === 'ok' ? decodeHead(block.value.head) : null))
    const rows = await gatewayRows(heads.map((head) => head?.merkleRoot ?? (NO_ROOT as MerkleRoot)))
    let openedCount = 0
    for (const [i, block] of blocks.entries()) {
      const head = heads[i] ?? null
      if (head === null || block.kind !== 'ok') break
      const { row, isErased } = rows[i]!
      if (row === null && !isErased) break
      if (!isErased) {
        const known = noted.get(toHex(head.merkleRoot))
        const said = known ?? peek(head, block.value.body, row!)
        if (said !== null) found.push({ said, head, index: first + i })
        if (known === undefined && ++openedCount % BLOCKS_PER_BREATH === 0) await breath()
      }
      done = first + i + 1
      if (isClosed) return false
    }
    if (done === first) return false
    const fresh = await countsOf(found.map(({ said }) => said.patient))
    const writes = found.flatMap(({ said, head, index }) => rowWrites(said, head.merkleRoot, index, fresh))
    await breath()
    const named = found.map(({ head }) => head.merkleRoot)
    const isWritten = await inErasureTurn(store, async () => {
      if ((await notErased(store, named, (root) => root)).length < named.length) return false
      for (const { said, head } of found)
        if (said.op === 'create') countDay(paces, said.author, Math.floor(head.timestamp / DAY_MS))
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
    for (let i = 0; i < done - first; i++) noted.delete(toHex(heads[i]!.merkleRoot))
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

  /** `next`: the first free number of each name, counted on. */
  function rowWrites(said: Said, root: MerkleRoot, index: number, next: Map<string, number>): Write[] {
    const { patient, author, visitId, op, supersedes } = said
    const n = next.get(nameOf(patient))!
    const slot = slotOf(patient, n)
    // Of a linkage epoch that nobody here has heard of, nobody asks either.
    if (slot === null) return []
    next.set(nameOf(patient), n + 1)
    const key = findKey(slot)
    const byIndex = findIndexKey(index)
    const content = encode([index, author, visitId, root, ENUMS.op.indexOf(op), supersedes ?? NO_ROOT])
    return [put(key, seal.seal(key, content)), put(byIndex, seal.seal(byIndex, key))]
  }

  function slotOf({ epoch, key }: PatientName, n: number): Bytes | null {
    return seal.nameOf(epoch, concatBytes(key, u32(n)))
  }

  /** The first free number of each of these names. Most are new: one look for all of them at once tells. */
  async function countsOf(patients: readonly PatientName[]): Promise<Map<string, number>> {
    const next = new Map<string, number>()
    const unknown = new Map<string, { patient: PatientName; slot: Bytes }>()
    for (const patient of patients) {
      const name = nameOf(patient)
      const slot = slotOf(patient, 0)
      const counted = slot === null ? 0 : counts.get(name)
      if (counted !== undefined) next.set(name, counted)
      else unknown.set(name, { patient, slot: slot! })
    }
    const list = [...unknown]
    const firsts = await store.getMany(list.map(([, { slot }]) => findKey(slot)))
    for (const [i, [name, { patient }]] of list.entries())
      next.set(name, firsts[i] === null ? 0 : await countOf(patient))
    return next
  }

  /** Of a name that has a row. Rows of a name have no gap, so the first free number is found by halving. */
  async function countOf(patient: PatientName): Promise<number> {
    const has = async (n: number): Promise<boolean> => {
      const slot = slotOf(patient, n)
      return slot !== null && (await store.get(findKey(slot))) !== null
    }
    let high = 2
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
    note(merkleRoot, said) {
      if (noted.size >= NOTED_MAX) noted.delete(noted.keys().next().value!)
      noted.set(toHex(merkleRoot), said)
    },
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

const nameOf = ({ epoch, key }: PatientName): string => `${epoch}/${toHex(key)}`

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
