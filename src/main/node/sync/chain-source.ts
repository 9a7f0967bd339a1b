/** What serving the chain to others needs of it: read from the store, bounded in bytes. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { ChainState } from '../chain/chain-state.ts'
import { decodeSegment, type SegmentBundle } from '../chain/segment.ts'
import { readBlocks, readSegment, type Stored, type StoredBlock } from '../storage/chain-store.ts'
import { tellDamage } from '../storage/damage.ts'
import type { ReadableStore } from '../storage/store.ts'

export interface ChainSource {
  /** After the last durable segment. */
  readonly state: ChainState
  /** Birth time of a segment; null where it is not here. */
  timeAt(height: number): Promise<number | null>
  /**
   * The final segment, with as many bodies from its start on as fit `bodyBytesMax`, at least one; null where it, or one
   * of its heads or bodies, is not here or damaged.
   */
  segmentAt(
    height: number,
    bodyBytesMax: number,
  ): Promise<{ bundle: SegmentBundle; firstIndex: number; count: number } | null>
  /** Bodies from `firstIndex` on, at least one, at most `count` or about `bytesMax`; null as above. */
  bodiesFrom(firstIndex: number, count: number, bytesMax: number): Promise<Bytes[] | null>
}

/** Blocks that are read at once. */
const READ_AT_ONCE = 64

/**
 * @param isRight whether a body is that of its head. What this disk has damaged must not be handed out: whoever gets it
 *   takes it for a forgery.
 */
export function createStoreSource(
  store: ReadableStore,
  state: () => ChainState,
  isRight: (head: Bytes, body: Bytes) => boolean = () => true,
): ChainSource {
  async function blocks(
    firstIndex: number,
    count: number,
    bytesMax: number,
    take: (head: Bytes, body: Bytes | null) => void,
  ): Promise<boolean> {
    let bytes = 0
    for (let at = 0; at < count; at += READ_AT_ONCE) {
      for (const [i, block] of (
        await readBlocks(store, firstIndex + at, Math.min(READ_AT_ONCE, count - at))
      ).entries()) {
        if (!isWhole(block, firstIndex + at + i)) return false
        const { head, body } = block.value
        const fits = bytes === 0 || bytes + body.length <= bytesMax
        bytes += fits ? body.length : bytesMax + 1
        take(head, fits ? body : null)
      }
    }
    return true
  }

  function isWhole(block: Stored<StoredBlock>, index: number): block is { kind: 'ok'; value: StoredBlock } {
    if (block.kind !== 'ok') return false
    if (isRight(block.value.head, block.value.body)) return true
    tellDamage(store, { kind: 'block', index })
    return false
  }

  return {
    get state() {
      return state()
    },
    async timeAt(height) {
      const stored = await readSegment(store, height)
      return stored.kind === 'ok' ? (decodeSegment(stored.value.segment)?.time ?? null) : null
    },
    async segmentAt(height, bodyBytesMax) {
      const stored = await readSegment(store, height)
      if (stored.kind !== 'ok') return null
      const { segment, certificate, items } = stored.value
      const decoded = decodeSegment(segment)
      if (decoded === null) {
        tellDamage(store, { kind: 'segment', height })
        return null
      }
      const { firstIndex, count } = decoded
      const heads: Bytes[] = []
      const bodies: Bytes[] = []
      const isWhole = await blocks(firstIndex, count, bodyBytesMax, (head, body) => {
        heads.push(head)
        if (body !== null) bodies.push(body)
      })
      if (!isWhole) return null
      return { bundle: { segment, certificate, heads, items, bodies }, firstIndex, count }
    },
    async bodiesFrom(firstIndex, count, bytesMax) {
      const bodies: Bytes[] = []
      let bytes = 0
      for (let at = 0; at < count && bytes < bytesMax; at += READ_AT_ONCE) {
        for (const [i, block] of (
          await readBlocks(store, firstIndex + at, Math.min(READ_AT_ONCE, count - at))
        ).entries()) {
          if (!isWhole(block, firstIndex + at + i)) return bodies.length > 0 ? bodies : null
          if (bytes > 0 && bytes + block.value.body.length > bytesMax) return bodies
          bytes += block.value.body.length
          bodies.push(block.value.body)
        }
      }
      return bodies
    },
  }
}
