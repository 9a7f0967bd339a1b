/** The line of a work place over wires that the test holds in its hands. */
import { describe, expect, it } from 'vitest'
import { toHex } from '../../shared/std/bytes.ts'
import type { LaneStream, LaneStreamHandlers, Wires } from '../node/network/wire.ts'
import { openPlaceConnection, type PlaceConnectionOptions, type Welcome } from './connection.ts'
import { PLACE_LIMITS, type PlaceLimits } from './limits.ts'
import { serveLink } from './link.ts'
import type { PlaceFacts } from './place-folder.ts'

const NODE_KEY = new Uint8Array(32).fill(7)
const limits: PlaceLimits = { ...PLACE_LIMITS, redialFirstMs: 1, redialMaxMs: 2 }
const facts = {
  nodeKey: toHex(NODE_KEY),
  chainId: '00'.repeat(32),
  secret: '11'.repeat(32),
  psk: '22'.repeat(32),
  address: '127.0.0.1:1',
} as PlaceFacts

/** Each dial is a new line; the node at its other end answers with the line's number. */
function wiresOfLines() {
  const lines: { cut(): void }[] = []
  const open = async (): Promise<Wires> => {
    let begin: Parameters<Wires['start']>[0] | null = null
    return {
      start: async (handlers) => void (begin = handlers),
      stop: async () => {},
      addresses: () => [],
      probe: async () => 'nobody',
      async dial() {
        const { near, far } = lane()
        const number = lines.push({ cut: near.abort })
        serveLink(
          far,
          limits,
          async () => ({ ok: true, value: number }),
          () => {},
        )
        begin!.wire({
          remoteKey: NODE_KEY,
          direction: 'outbound',
          generation: 1,
          openLane: async () => near,
          listen() {},
          abort: near.abort,
        })
      },
    }
  }
  return { lines, open }
}

function lane(): { near: LaneStream; far: LaneStream } {
  const ends: (LaneStreamHandlers | null)[] = [null, null]
  let isOpen = true
  const end = (mine: 0 | 1): LaneStream => ({
    send(bytes) {
      setImmediate(() => isOpen && ends[1 - mine]?.data(bytes.slice()))
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
  return { near: end(0), far: end(1) }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}
const openWith = (
  open: () => Promise<Wires>,
  over: Pick<PlaceConnectionOptions, 'greet'> & Partial<PlaceConnectionOptions>,
) =>
  openPlaceConnection({
    world: { openPlaceWires: open, sleep: async () => {} },
    facts,
    limits,
    onEvent() {},
    onAway() {},
    ...over,
  })

describe('a greeting', () => {
  it('that ends after its line changes nothing: the line that came since stays in use', async () => {
    const { lines, open } = wiresOfLines()
    const entered: number[] = []
    let endFirst: (welcome: Welcome) => void = () => {}
    let greeted = 0
    const connection = await openWith(open, {
      greet: () => {
        const mine = ++greeted
        const welcome = () => void entered.push(mine)
        return mine === 1 ? new Promise((resolve) => (endFirst = resolve)) : Promise.resolve(welcome)
      },
    })
    await until(() => greeted === 1)
    lines[0]!.cut()
    await until(() => entered.length === 1)
    endFirst(() => void entered.push(1))
    await new Promise((resolve) => setImmediate(resolve))
    expect(entered).toEqual([2])
    expect(await connection.call('a.b', null)).toEqual({ ok: true, value: 2 })
    await connection.close()
  })

  it('that never ends is given up, and the node counts as unreachable, not as refusing', async () => {
    const { open } = wiresOfLines()
    const away: string[] = []
    let greeted = 0
    const connection = await openWith(open, {
      limits: { ...limits, greetMs: 10 },
      greet: () => (++greeted === 1 ? new Promise(() => {}) : Promise.resolve(() => {})),
      onAway: (problem) => away.push(problem),
    })
    await until(() => greeted === 2)
    expect(away).toEqual(['unreachable'])
    expect(await connection.call('a.b', null)).toEqual({ ok: true, value: 2 })
    await connection.close()
  })

  it('that the node refuses is a refusal, and the line is dialled again', async () => {
    const { open } = wiresOfLines()
    const away: string[] = []
    let greeted = 0
    const connection = await openWith(open, {
      greet: async () => (++greeted === 1 ? null : () => {}),
      onAway: (problem) => away.push(problem),
    })
    await until(() => greeted === 2)
    expect(away).toEqual(['handshake'])
    await connection.close()
  })

  it('that is under way keeps nobody from closing', async () => {
    const { open } = wiresOfLines()
    let greeted = 0
    const connection = await openWith(open, { greet: () => (greeted++, new Promise(() => {})) })
    await until(() => greeted === 1)
    await connection.close()
  })
})
