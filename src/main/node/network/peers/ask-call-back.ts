/**
 * The asking side of "call me at my address" (docs/spec/network.md section 4): which members are asked one after the other,
 * and what counts as an answer. That this node was reached counts only where the call was seen here: nobody's word is
 * taken for it.
 */
import type { Random } from '../../crypto/crypto.ts'
import type { Clock } from '../clock.ts'
import type { PeerName } from '../transport.ts'
import type { CalledBack, CallOutcome } from './call-back.ts'
import type { PeerRecord } from './peer-record.ts'

export interface CallBackAnswer {
  readonly peer: PeerName
  readonly outcome: CallOutcome
  readonly address: string
}

export interface CallBackAsker {
  /** Null where none of them answered. */
  ask(members: readonly PeerRecord[]): Promise<CallBackAnswer | null>
  /** An answer that nobody waits for any more is let be. */
  answered(record: PeerRecord | null, id: number, answer: CalledBack): void
  /** Nobody will answer any more. */
  close(): void
}

/** Members that are asked to call, one after the other, while they have no time for it. */
const CALLERS_MAX = 3
/** Three addresses that nobody answers at, and the way there and back. */
const CALL_ANSWER_MS = 30_000

export function createCallBackAsker(clock: Clock, random: Random): CallBackAsker {
  let lastId = 0
  const open = new Map<number, { readonly record: PeerRecord; take(answer: CalledBack): void }>()

  function askOne(record: PeerRecord): Promise<CallBackAnswer | null> {
    const id = ++lastId
    const askedAt = clock.now()
    return new Promise((resolve) => {
      const end = (answer: CallBackAnswer | null): void => {
        cancel()
        open.delete(id)
        resolve(answer)
      }
      const cancel = clock.after(CALL_ANSWER_MS, () => end(null))
      open.set(id, {
        record,
        take({ outcome, address }) {
          const peer = record.peer.name
          if (outcome === 'reached' && record.calledAt < askedAt) end(null)
          else end({ peer, outcome, address })
        },
      })
      record.session?.sendControl({ kind: 'call-me', id })
    })
  }

  return {
    async ask(members) {
      const first = members.length === 0 ? 0 : random(1)[0]! % members.length
      let answer: CallBackAnswer | null = null
      for (const record of [...members.slice(first), ...members.slice(0, first)].slice(0, CALLERS_MAX)) {
        const came = await askOne(record)
        if (came === null) continue
        answer = came
        if (came.outcome !== 'too-soon') break
      }
      return answer
    },
    answered(record, id, answer) {
      const asked = open.get(id)
      if (asked !== undefined && asked.record === record) asked.take(answer)
    },
    close() {
      for (const { take } of [...open.values()]) take({ outcome: 'nobody', address: '' })
    },
  }
}
