/**
 * What others can make this node keep before it has looked at it (R14): messages that wait to be read, and those of the
 * height that comes next. Each peer has a bound of its own; what is lost is offered again.
 */
import { keyOf, type MemberId } from '../../chain/ids.ts'

/** Messages of one peer that wait to be read, e.g. while the disk is slow. */
const WAITING_MESSAGES_MAX = 512
const WAITING_BYTES_MAX = 16 * 1024 * 1024
/** Messages for the next height that arrive before this one is decided here. */
const EARLY_MESSAGES_MAX = 64
const EARLY_BYTES_MAX = 4 * 1024 * 1024

/** What of one peer waits. */
export type Load = { count: number; byteCount: number }

export interface Loads {
  of(peer: MemberId): Load
}

export function createLoads(): Loads {
  const loads = new Map<string, Load>()
  return {
    of(peer) {
      const name = keyOf(peer)
      let load = loads.get(name)
      if (load === undefined) loads.set(name, (load = { count: 0, byteCount: 0 }))
      return load
    },
  }
}

/** Counts a message that arrived; false where there is no room for it. */
export function takeOn(load: Load, byteCount: number, isBounded: boolean): boolean {
  const isFull = load.count >= WAITING_MESSAGES_MAX || load.byteCount + byteCount > WAITING_BYTES_MAX
  // One message may have any size, or the largest could never come.
  if (isFull && load.count > 0 && isBounded) return false
  load.count++
  load.byteCount += byteCount
  return true
}

/** It is read now. */
export function putDown(load: Load, byteCount: number): void {
  load.count--
  load.byteCount -= byteCount
}

export interface EarlyMessage {
  readonly from: MemberId
  readonly bytes: Uint8Array
}

export interface EarlyMessages {
  keep(from: MemberId, bytes: Uint8Array): void
  /** All of them, and none is kept any more. */
  takeAll(): EarlyMessage[]
}

export function createEarlyMessages(): EarlyMessages {
  const byPeer = new Map<string, { byteCount: number; messages: EarlyMessage[] }>()
  return {
    keep(from, bytes) {
      const name = keyOf(from)
      const held = byPeer.get(name) ?? { byteCount: 0, messages: [] }
      if (held.messages.length >= EARLY_MESSAGES_MAX || held.byteCount + bytes.length > EARLY_BYTES_MAX)
        return
      held.byteCount += bytes.length
      held.messages.push({ from, bytes })
      byPeer.set(name, held)
    },
    takeAll() {
      const all = [...byPeer.values()].flatMap(({ messages }) => messages)
      byPeer.clear()
      return all
    },
  }
}
