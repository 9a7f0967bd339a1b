import { describe, expect, it } from 'vitest'
import type { Reply } from '../../shared/contract/kit.ts'
import { concatBytes, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { messageFrame, requestFrame, responseFrame } from '../node/network/frames.ts'
import type { LaneStream, LaneStreamHandlers } from '../node/network/wire.ts'
import { PLACE_LIMITS, type PlaceLimits } from './limits.ts'
import { callLink, serveLink, type LinkEvent } from './link.ts'

const limits: PlaceLimits = {
  ...PLACE_LIMITS,
  requestBytesMax: 1_000,
  answerBytesMax: 2_000,
  callsMax: 4,
  callsBytesMax: 3_000,
}

/** Two ends of a line; what one sends arrives at the other in pieces of `pieceBytes`. */
function openLine(pieceBytes = 7): { near: LaneStream; far: LaneStream; isOpen: () => boolean } {
  const ends: (LaneStreamHandlers | null)[] = [null, null]
  let isOpen = true
  const end = (mine: 0 | 1): LaneStream => ({
    send(bytes) {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const piece = bytes.slice(at, at + pieceBytes)
        queueMicrotask(() => isOpen && ends[1 - mine]?.data(piece))
      }
      return true
    },
    pause() {},
    resume() {},
    abort() {
      if (!isOpen) return
      isOpen = false
      for (const handlers of ends) handlers?.closed()
    },
    listen: (handlers) => void (ends[mine] = handlers),
  })
  return { near: end(0), far: end(1), isOpen: () => isOpen }
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
const json = (value: unknown): Bytes => utf8Encode(JSON.stringify(value))

describe('a link', () => {
  it('carries calls, answers and events in both languages, however they are cut', async () => {
    const { near, far } = openLine()
    const events: LinkEvent[] = []
    const node = serveLink(
      far,
      limits,
      async (name, input) => ({ ok: true, value: { name, input } }),
      () => {},
    )
    const place = callLink(
      near,
      limits,
      (event) => events.push(event),
      () => {},
    )
    expect(await Promise.all([place.call('a.b', { 字: 1 }), place.call('c.d', undefined)])).toEqual([
      { ok: true, value: { name: 'a.b', input: { 字: 1 } } },
      { ok: true, value: { name: 'c.d' } },
    ])
    node.tell(['records', 'draftsChanged', null])
    await turn()
    expect(events).toEqual([['records', 'draftsChanged', null]])
    place.close()
  })

  it('answers what waits with “away” when it breaks, and everything after it', async () => {
    const { near, far } = openLine()
    const node = serveLink(
      far,
      limits,
      () => new Promise<Reply<unknown>>(() => {}),
      () => {},
    )
    const place = callLink(
      near,
      limits,
      () => {},
      () => {},
    )
    const waiting = place.call('a.b', null)
    await turn()
    node.close()
    const away = { ok: false, error: { code: 'node-away' } }
    expect(await waiting).toEqual(away)
    expect(await place.call('a.b', null)).toEqual(away)
  })

  it('refuses what is too large on the side where it arises, and the line goes on', async () => {
    const { near, far, isOpen } = openLine(4_096)
    serveLink(
      far,
      limits,
      async () => ({ ok: true, value: 'x'.repeat(limits.answerBytesMax) }),
      () => {},
    )
    const place = callLink(
      near,
      limits,
      () => {},
      () => {},
    )
    expect(await place.call('a.b', 'x'.repeat(limits.requestBytesMax))).toMatchObject({
      error: { code: 'input-too-large' },
    })
    expect(await place.call('a.b', null)).toMatchObject({ error: { code: 'answer-too-large' } })
    expect(isOpen()).toBe(true)
    place.close()
  })
})

describe('the node’s end of a link', () => {
  const broken: readonly (readonly [string, Bytes])[] = [
    ['no JSON', requestFrame(1, utf8Encode('{'))],
    ['bytes that are no text', requestFrame(1, Uint8Array.of(0xff, 0xfe))],
    ['a call without a name', requestFrame(1, json({ input: 1 }))],
    ['a name that is no text', requestFrame(1, json({ call: 7 }))],
    ['null', requestFrame(1, json(null))],
    ['an event from the wrong side', messageFrame(json(['a', 'b', null]))],
    ['an answer to nothing', responseFrame(9, json({ ok: true }))],
    ['an unknown kind of frame', Uint8Array.of(0, 0, 0, 1, 9)],
    ['a length beyond every bound', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0)],
    ['more bytes than a call may have', requestFrame(1, new Uint8Array(limits.requestBytesMax + 1))],
    ['an empty frame', Uint8Array.of(0, 0, 0, 0)],
  ]
  it.each(broken)('ends the line on %s', async (_, bytes) => {
    const { near, far, isOpen } = openLine(4_096)
    const asked: string[] = []
    serveLink(
      far,
      limits,
      async (name) => (asked.push(name), { ok: true, value: null }),
      () => {},
    )
    near.send(bytes)
    near.send(requestFrame(2, json({ call: 'after.it' })))
    await turn()
    expect(isOpen()).toBe(false)
    expect(asked).toEqual([])
  })

  it('ends the line where more calls wait than may, even in one piece', async () => {
    const { near, far, isOpen } = openLine(1 << 20)
    serveLink(
      far,
      limits,
      () => new Promise<Reply<unknown>>(() => {}),
      () => {},
    )
    const call = json({ call: 'a.b' })
    near.send(
      concatBytes(...Array.from({ length: limits.callsMax + 1 }, (_unused, id) => requestFrame(id, call))),
    )
    await turn()
    expect(isOpen()).toBe(false)
  })
})

describe('calls that wait', () => {
  it('hold no more bytes of the node than may wait: the work place asks no more, and another caller loses the line', async () => {
    const { near, far, isOpen } = openLine(1 << 20)
    serveLink(
      far,
      limits,
      () => new Promise<Reply<unknown>>(() => {}),
      () => {},
    )
    const place = callLink(
      near,
      limits,
      () => {},
      () => {},
    )
    const input = 'x'.repeat(900)
    const waiting = [1, 2, 3].map(() => place.call('a.b', input))
    expect(await place.call('a.b', input)).toEqual({ ok: false, error: { code: 'busy' } })
    await turn()
    expect(isOpen()).toBe(true)
    near.send(requestFrame(77, json({ call: 'a.b', input })))
    await turn()
    expect(isOpen()).toBe(false)
    expect(await Promise.all(waiting)).toMatchObject(Array(3).fill({ error: { code: 'node-away' } }))
  })
})

describe('the work place’s end of a link', () => {
  it.each([
    ['a call from the wrong side', requestFrame(1, json({ call: 'a.b' }))],
    ['an answer to nothing that was asked', responseFrame(77, json({ ok: true }))],
    ['an event that is none', messageFrame(json({ no: 'event' }))],
  ] as const)('ends the line on %s', async (_, bytes) => {
    const { near, far, isOpen } = openLine(4_096)
    callLink(
      near,
      limits,
      () => {},
      () => {},
    )
    far.send(bytes)
    await turn()
    expect(isOpen()).toBe(false)
  })
})
