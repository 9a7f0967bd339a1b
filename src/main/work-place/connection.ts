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
  close(): Promise<void>
}

export interface PlaceConnectionOptions {
  readonly world: Pick<ProfileWorld, 'openPlaceWires' | 'sleep'>
  readonly facts: PlaceFacts
  readonly limits: PlaceLimits
  readonly onEvent: (event: LinkEvent) => void
  /** Says hello; the line is used once it resolves true, and given up where it does not. */
  readonly greet: (call: PlaceEndOfLink['call']) => Promise<boolean>
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
      await wires.dial(nodeKey, { generation: 1, address: facts.address }, signal)
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
      let isGreeted = false
      const mine = callLink(stream, limits, options.onEvent, () => {
        link = null
        held?.abort()
        resolve(isGreeted ? 'ended' : 'handshake')
      })
      const giveUp = (): void => mine.close()
      stop.signal.addEventListener('abort', giveUp, { once: true })
      void options.greet(mine.call).then((isWelcome) => {
        isGreeted = isWelcome
        if (isWelcome) link = mine
        else mine.close()
      })
    })
  }

  const running = run()
  return {
    call: (name, input) =>
      link?.call(name, input) ?? Promise.resolve({ ok: false, error: { code: 'node-away' } }),
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
