/** A work place's line to its node: dialled, kept, and dialled again by itself for as long as the work place is open. */
import { fromHex, type Bytes } from '../../shared/std/bytes.ts'
import type { Reply } from '../../shared/contract/kit.ts'
import type { ChainId } from '../node/chain/ids.ts'
import { DialProblem, type LaneStream, type Wire } from '../node/network/wire.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { callLink, type LinkEvent, type PlaceEndOfLink } from './link.ts'
import type { PlaceLimits } from './limits.ts'
import type { PlaceFacts } from './place-folder.ts'

export interface PlaceConnection {
  /** `node-away` while there is no line, or where it breaks before the answer. */
  call(name: string, input: unknown): Promise<Reply<unknown>>
  /** Ends the line that there is; another one is dialled at once. */
  dialAgain(): void
  close(): Promise<void>
}

/** What the hello brought, taken over in the turn in which the line comes into use; never, where it ended before. */
export type Welcome = () => void

export interface PlaceConnectionOptions {
  readonly world: Pick<ProfileWorld, 'openPlaceWires' | 'sleep'>
  readonly facts: PlaceFacts
  readonly limits: PlaceLimits
  readonly onEvent: (event: LinkEvent) => void
  /** Says hello. Null where the node does not let this work place in. */
  readonly greet: (call: PlaceEndOfLink['call']) => Promise<Welcome | null>
  /** `host:port`, asked for at each dial. */
  readonly address: () => string
  readonly onAway: (problem: 'unreachable' | 'handshake') => void
}

export async function openPlaceConnection(options: PlaceConnectionOptions): Promise<PlaceConnection> {
  const { world, facts, limits } = options
  const nodeKey = fromHex(facts.nodeKey)
  const stop = new AbortController()
  let link: PlaceEndOfLink | null = null
  let taken: ((wire: Wire) => void) | null = null
  const wires = await world.openPlaceWires({
    networkSecret: fromHex(facts.secret),
    psk: fromHex(facts.psk),
    networkId: fromHex(facts.chainId) as Bytes as ChainId,
    listen: null,
  })
  await wires.start({
    admits: (key) => key.every((byte, i) => byte === nodeKey[i]),
    wire(wire) {
      if (wire.direction === 'outbound' && taken !== null) taken(wire)
      else wire.abort()
    },
  })

  async function run(): Promise<void> {
    let pauseMs = limits.redialFirstMs
    while (!stop.signal.aborted) {
      const outcome = await oneLine()
      if (stop.signal.aborted) return
      options.onAway(outcome === 'handshake' ? 'handshake' : 'unreachable')
      // A line that held is dialled again at once; one that did not come to be, ever more slowly.
      pauseMs = outcome === 'ended' ? limits.redialFirstMs : Math.min(2 * pauseMs, limits.redialMaxMs)
      await pause(pauseMs, stop.signal)
    }
  }

  /** Resolves when it is over. */
  async function oneLine(): Promise<'ended' | 'unreachable' | 'handshake'> {
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(limits.dialMs)])
    let wire: Wire | null = null
    taken = (dialled) => {
      taken = null
      wire = dialled
      // Until the stream is there; what closes meanwhile makes its opening fail.
      dialled.listen({ lane: () => dialled.abort(), closed() {} })
    }
    let stream: LaneStream
    try {
      await wires.dial(nodeKey, { generation: 1, address: options.address() }, signal)
      const dialled = wire as Wire | null
      if (dialled === null) return 'unreachable'
      stream = await dialled.openLane('control', signal)
    } catch (error) {
      ;(wire as Wire | null)?.abort()
      // Nobody said no: the time was up.
      if (signal.aborted) return 'unreachable'
      return error instanceof DialProblem ? error.problem : 'unreachable'
    } finally {
      taken = null
    }
    const held = wire as Wire | null
    return new Promise((resolve) => {
      let outcome: 'ended' | 'unreachable' | 'handshake' = 'unreachable'
      let isOver = false
      let mine: PlaceEndOfLink | null = null
      const giveUp = (): void => mine?.close()
      const late = setTimeout(giveUp, limits.greetMs)
      mine = callLink(stream, limits, options.onEvent, () => {
        isOver = true
        if (link === mine) link = null
        clearTimeout(late)
        stop.signal.removeEventListener('abort', giveUp)
        held?.abort()
        resolve(outcome)
      })
      stop.signal.addEventListener('abort', giveUp, { once: true })
      if (stop.signal.aborted) giveUp()
      if (!isOver) void meet(mine)

      async function meet(line: PlaceEndOfLink): Promise<void> {
        try {
          const welcome = await options.greet(line.call)
          // Another line may be in use by now: what this one brought is nobody's.
          if (isOver) return
          outcome = welcome === null ? 'handshake' : 'ended'
          clearTimeout(late)
          if (welcome === null) return line.close()
          link = line
          welcome()
        } catch (error) {
          line.close()
          throw error // a bug: loud, and the next line is dialled all the same
        }
      }
    })
  }

  const running = run()
  return {
    call: (name, input) =>
      link?.call(name, input) ?? Promise.resolve({ ok: false, error: { code: 'node-away' } }),
    dialAgain: () => link?.close(),
    async close() {
      stop.abort()
      await running
      await wires.stop()
    },
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
