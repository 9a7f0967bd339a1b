/** The line of a work place over wires that the test holds in its hands. */
import { describe, expect, it } from 'vitest'
import type { Wires } from '../node/network/wire.ts'
import { openPlaceConnection, type PlaceConnectionOptions, type Welcome } from './connection.ts'
import { PLACE_LIMITS, type PlaceLimits } from './limits.ts'
import { LINE_FACTS, wiresOfLines } from './lines.test-kit.ts'

const limits: PlaceLimits = { ...PLACE_LIMITS, redialFirstMs: 1, redialMaxMs: 2 }
/** The node at its other end answers with the line's number. */
const numberedLines = () => wiresOfLines(async (line) => ({ ok: true, value: line }))

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}
const openWith = (
  open: () => Promise<Wires>,
  over: Pick<PlaceConnectionOptions, 'greet'> & Partial<PlaceConnectionOptions>,
) =>
  openPlaceConnection({
    world: { openPlaceWires: open, sleep: async () => {} },
    facts: LINE_FACTS,
    address: () => LINE_FACTS.address,
    limits,
    onEvent() {},
    onAway() {},
    ...over,
  })

describe('a greeting', () => {
  it('that ends after its line changes nothing: the line that came since stays in use', async () => {
    const { lines, open } = numberedLines()
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
    const { open } = numberedLines()
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
    const { open } = numberedLines()
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
    const { open } = numberedLines()
    let greeted = 0
    const connection = await openWith(open, { greet: () => (greeted++, new Promise(() => {})) })
    await until(() => greeted === 1)
    await connection.close()
  })
})
