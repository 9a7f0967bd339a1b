/** Reads files, or the generator, ahead of the thread that seals (imports/read-ahead.ts). */
import { parentPort } from 'node:worker_threads'
import { assert, present } from '../../shared/std/assert.ts'
import type { SourceEvent } from '../imports/intake.ts'
import { EVENTS_PER_PULL, type ReadCalls } from '../imports/read-ahead.ts'
import { eventsOf } from '../imports/sources.ts'
import { speak } from './calls.ts'

let events: AsyncIterator<SourceEvent> | null = null
// Pulls arrive before the last one is answered: one after the other, or events would change places.
let turn: Promise<unknown> = Promise.resolve()

speak<Record<string, never>, ReadCalls>(present(parentPort), {
  start({ source }) {
    events = eventsOf(source)[Symbol.asyncIterator]()
  },
  pull() {
    const mine = turn.then(async () => {
      assert(events !== null, 'a source is started before it is read')
      const pulled: SourceEvent[] = []
      while (pulled.length < EVENTS_PER_PULL) {
        const next = await events.next()
        if (next.done === true) return { events: pulled, isDone: true }
        pulled.push(next.value)
      }
      return { events: pulled, isDone: false }
    })
    turn = mine.catch(() => {})
    return mine
  },
})
