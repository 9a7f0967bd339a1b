/**
 * Damage mends itself (A9). Whatever reader finds that the disk does not hold what was written says so (`storage/damage.ts`);
 * here the heights that it concerns wait in line, are looked at one by one, fetched again from members and reported. While
 * nothing else is to be done the whole chain is looked through, a few megabytes a minute, from where the last look ended.
 */
import { StorageFailure, put, type Store } from './storage/store.ts'
import { decodeSegment } from './chain/segment.ts'
import type { MemberId } from './chain/ids.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { KeyBoxRows } from './key-box-rows.ts'
import type { Ledger } from './ledger.ts'
import { createMender } from './mend.ts'
import { peerName, type PeerName, type Transport } from './network/transport.ts'
import { metaKey, readU64, u64 } from './storage/buckets.ts'
import { readPlace, readSegment } from './storage/chain-store.ts'
import { listenForDamage, type Damage } from './storage/damage.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'

export type RepairReport = {
  readonly height: number
  /** Blocks; empty where it was the segment itself. */
  readonly indexes: readonly number[]
} & (
  | { readonly kind: 'fetched'; readonly what: 'block' | 'key'; readonly from: PeerName }
  /** Made again from what is whole here. */
  | { readonly kind: 'indexed' }
  /** No member that is up has it. Tried again when one comes. */
  | { readonly kind: 'nowhere'; readonly what: 'block' | 'key' }
)

export interface Repairs {
  /** Heights that are damaged and that nobody could give. */
  readonly open: ReadonlySet<number>
  /** For those who find damage in another thread. */
  found(damage: Damage): void
  /** Resolves when nothing waits to be looked at. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface RepairOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly ledger: Ledger
  readonly transport: Transport | null
  readonly rows: Pick<KeyBoxRows, 'mend'>
  /** False while nothing may be written. */
  readonly mayWrite: () => boolean
  /** Nobody waits for anything: the time to look through what nobody asks for. */
  readonly isIdle: () => boolean
  readonly onReport: (report: RepairReport) => void
  readonly onFailure: (error: unknown) => void
  readonly limits?: Partial<RepairLimits>
}

export interface RepairLimits {
  readonly scrubEveryMs: number
  /** Bytes of the chain that one look takes in. */
  readonly scrubBytes: number
  readonly scrubHeights: number
  /** Looked at when the node starts: what was written last is what a crash can have hit. */
  readonly startHeights: number
}

export const REPAIR_LIMITS: RepairLimits = {
  scrubEveryMs: 60_000,
  scrubBytes: 4 * 1024 * 1024,
  scrubHeights: 2_000,
  startHeights: 8,
}

/** More than this are found by the look through everything. */
const WAITING_MAX = 10_000
const SCRUBBED = metaKey('scrubbed')

export function startRepairs(options: RepairOptions): Repairs {
  const { store, ledger, transport } = options
  const limits = { ...REPAIR_LIMITS, ...options.limits }
  const mender = createMender({ ...options, isClosed: () => isClosed })
  const heights = new Set<number>()
  const blocks = new Set<number>()
  const roots = new Map<string, Damage & { kind: 'row' }>()
  const open = new Set<number>()
  let isClosed = false
  let running: Promise<void> | null = null

  const stopListening = listenForDamage(store, found)
  const stopPeers = transport?.onPeer(({ kind }) => {
    if (kind === 'up' && open.size > 0) {
      for (const height of open) enqueue(height)
      run()
    }
  })
  const timer = setInterval(() => {
    if (!options.isIdle()) return
    for (const height of open) enqueue(height)
    run(true)
  }, limits.scrubEveryMs)
  timer.unref()

  const { height: last } = ledger.state
  for (let height = Math.max(1, last - limits.startHeights + 1); height <= last; height++) enqueue(height)
  // After whoever starts this has finished starting.
  setImmediate(() => run())

  return {
    open,
    found,
    async settled() {
      while (running !== null) await running
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      stopListening()
      stopPeers?.()
      await running
    },
  }

  function found(damage: Damage): void {
    const { height, blockCount } = ledger.state
    switch (damage.kind) {
      case 'segment':
        if (damage.height < 1 || damage.height > height) return
        enqueueFound(damage.height)
        break
      case 'block':
        if (damage.index >= blockCount || blocks.size >= WAITING_MAX) return
        blocks.add(damage.index)
        break
      case 'row':
        if (roots.size >= WAITING_MAX) return
        roots.set(damage.root.join(), { ...damage, root: damage.root.slice() })
        break
    }
    run()
  }

  function enqueue(height: number): void {
    if (heights.size < WAITING_MAX) heights.add(height)
  }

  /** What was looked at in vain waits for the next peer or the next round: looking itself finds the damage again. */
  function enqueueFound(height: number): void {
    if (!open.has(height)) enqueue(height)
  }

  function run(isScrub = false): void {
    if (isClosed || running !== null || !options.mayWrite()) return
    running = work(isScrub)
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
      })
      .finally(() => {
        running = null
        if (heights.size + blocks.size + roots.size > 0) run()
      })
  }

  async function work(isScrub: boolean): Promise<void> {
    // The reader that found it goes first.
    await new Promise((resolve) => setImmediate(resolve))
    const isAllowed = (): boolean => !isClosed && options.mayWrite()
    while (isAllowed()) {
      const [root] = roots
      const [index] = blocks
      const [height] = heights
      if (root !== undefined) {
        roots.delete(root[0])
        const at = await indexOf(root[1].root)
        if (at !== null) blocks.add(at)
      } else if (index !== undefined) {
        blocks.delete(index)
        const at = await heightOf(index)
        if (at !== null) enqueueFound(at)
      } else if (height !== undefined) {
        heights.delete(height)
        await repair(height)
      } else break
    }
    if (isScrub && isAllowed()) await scrub()
  }

  /** @returns the bytes that were looked at */
  async function repair(height: number): Promise<number> {
    if (height > ledger.state.height) return 0
    const looked = await mender.look(height)
    switch (looked.kind) {
      case 'unknown':
        // What comes after it is mended first and says what belongs here; at the end the state itself says it.
        if (open.has(height + 1)) fail(height, [], 'block')
        else {
          await repair(height + 1)
          if (!open.has(height + 1)) return await repair(height)
          fail(height, [], 'block')
        }
        return 0
      case 'nowhere':
        fail(height, [], 'block')
        return 0
      case 'fetched':
        open.delete(height)
        options.onReport({ ...looked, what: 'block', height })
        break
      case 'indexed': {
        const { firstIndex, count } = looked
        options.onReport({
          kind: 'indexed',
          height,
          indexes: Array.from({ length: count }, (_, i) => firstIndex + i),
        })
        break
      }
      case 'whole':
        break
    }
    await repairRows(height)
    return looked.kind === 'whole' ? looked.byteCount : 0
  }

  async function repairRows(height: number): Promise<void> {
    const stored = await readSegment(store, height)
    const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
    if (segment === null || segment.count === 0) return
    const { fetched, lost } = await options.rows.mend(segment.firstIndex, segment.count)
    for (const [from, indexes] of byMember(fetched))
      options.onReport({ kind: 'fetched', what: 'key', height, indexes, from })
    if (lost.length > 0) fail(height, lost, 'key')
    else open.delete(height)
  }

  /** Said once, until it is mended. */
  function fail(height: number, indexes: readonly number[], what: 'block' | 'key'): void {
    if (open.has(height) || isClosed) return
    open.add(height)
    options.onReport({ kind: 'nowhere', what, height, indexes })
  }

  async function scrub(): Promise<void> {
    const value = await store.get(SCRUBBED)
    const read = value === null ? null : readCheckedValue(SCRUBBED, value)
    let height = read?.kind === 'ok' ? readU64(read.content) : 0
    let byteCount = 0
    for (let i = 0; i < limits.scrubHeights && byteCount < limits.scrubBytes; i++) {
      if (isClosed || !options.mayWrite() || !options.isIdle() || ledger.state.height === 0) break
      height = height >= ledger.state.height ? 1 : height + 1
      byteCount += await repair(height)
      if (height === ledger.state.height) break
    }
    if (!isClosed && options.mayWrite())
      await store.commitUnsynced([put(SCRUBBED, checkedValue(SCRUBBED, u64(height)))])
  }

  async function indexOf(root: Uint8Array): Promise<number | null> {
    try {
      return (await readPlace(store, root))?.index ?? null
    } catch (error) {
      // Its place is damaged as well; the look through everything finds both.
      if (error instanceof StorageFailure && error.detail.code === 'corrupt') return null
      throw error
    }
  }

  /** The height of a block that may not say it itself any more. */
  async function heightOf(index: number): Promise<number | null> {
    let [low, high] = [1, ledger.state.height]
    while (low <= high) {
      const middle = (low + high) >> 1
      const at = await segmentNear(middle, low, high)
      if (at === null) return null
      const { firstIndex, count } = at
      if (index >= firstIndex && index < firstIndex + count) return at.height
      if (index < firstIndex) high = at.height - 1
      else low = at.height + 1
    }
    return null
  }

  /** Damaged ones are stepped over, and wait in line themselves. */
  async function segmentNear(middle: number, low: number, high: number) {
    for (let away = 0; middle - away >= low || middle + away <= high; away++)
      for (const height of away === 0 ? [middle] : [middle - away, middle + away]) {
        if (height < low || height > high) continue
        const stored = await readSegment(store, height)
        const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
        if (segment !== null && segment.height === height) return segment
        enqueue(height)
      }
    return null
  }
}

function byMember(
  fetched: readonly { readonly index: number; readonly from: MemberId }[],
): ReadonlyMap<PeerName, readonly number[]> {
  const found = new Map<PeerName, number[]>()
  for (const { index, from } of fetched) {
    const name = peerName(from)
    found.set(name, [...(found.get(name) ?? []), index])
  }
  return found
}
