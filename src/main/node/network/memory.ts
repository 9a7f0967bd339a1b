/**
 * Connections in memory, for tests and the simulator: the same windows, handshake rules and gate as over libp2p, without
 * sockets. A hub is the network; each node gets its wires from it. Delivery is a task of its own, never a call inside
 * `send`, and may be delayed, cut and held by the test.
 */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import type { Lane } from './transport.ts'
import {
  DialProblem,
  type Address,
  type LaneStream,
  type LaneStreamHandlers,
  type Wire,
  type WireHandlers,
  type Wires,
  type WiresHandlers,
} from './wire.ts'

/** As in yamux: what a paused reader may still be sent. */
const WINDOW_BYTES = 256 * 1024

export type MemoryHubOptions = {
  /** Runs a delivery; the default is the next turn of the event loop, in order. */
  readonly schedule?: (from: string, to: string, deliver: () => void) => void
}

export interface MemoryHub {
  /** `name` is how tests call the node, and its host in addresses. */
  wires(
    name: string,
    options: { readonly networkKey: Bytes; readonly generations: readonly MemoryGeneration[] },
  ): MemoryWires
  /** Ends what is open between the two and refuses new connections until `join`. */
  part(a: string, b: string): void
  join(a: string, b: string): void
}

export type MemoryWires = Wires & {
  openGeneration(generation: MemoryGeneration): Promise<void>
  closeGeneration(generation: number): Promise<void>
  takeKey(networkSecret: Bytes, networkKey: Bytes): Promise<void>
}

export type MemoryGeneration = { readonly generation: number; readonly psk: Bytes; readonly port: number }

type Listener = {
  readonly name: string
  readonly networkKey: Bytes
  readonly generation: MemoryGeneration
  readonly handlers: WiresHandlers
  readonly open: Set<Wire>
}

export function createMemoryHub({ schedule = inTurn() }: MemoryHubOptions = {}): MemoryHub {
  const listeners = new Map<string, Listener>()
  const parted = new Set<string>()
  const open: { readonly a: string; readonly b: string; readonly wire: Wire }[] = []
  const pairName = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`)

  return {
    part(a, b) {
      parted.add(pairName(a, b))
      for (const each of [...open]) if (pairName(each.a, each.b) === pairName(a, b)) each.wire.abort()
    },
    join(a, b) {
      parted.delete(pairName(a, b))
    },
    wires(name, { networkKey: firstKey, generations: first }) {
      let networkKey = firstKey
      let handlers: WiresHandlers | null = null
      let generations = first
      const mine: Listener[] = []
      const listen = (generation: MemoryGeneration, given: WiresHandlers): void => {
        const listener = { name, networkKey, generation, handlers: given, open: new Set<Wire>() }
        mine.push(listener)
        listeners.set(`${name}:${generation.port}`, listener)
      }
      return {
        async start(given) {
          handlers = given
          for (const generation of generations) listen(generation, given)
        },
        async openGeneration(generation) {
          generations = [...generations, generation]
          if (handlers !== null) listen(generation, handlers)
        },
        async closeGeneration(number) {
          generations = generations.filter(({ generation }) => generation !== number)
          for (const listener of mine.filter((each) => each.generation.generation === number)) {
            mine.splice(mine.indexOf(listener), 1)
            listeners.delete(`${name}:${listener.generation.port}`)
          }
          for (const each of [...open])
            if ((each.a === name || each.b === name) && each.wire.generation === number) each.wire.abort()
        },
        async takeKey(_secret, publicKey) {
          networkKey = publicKey
          if (handlers === null) return
          for (const listener of mine.splice(0)) listeners.delete(`${name}:${listener.generation.port}`)
          for (const each of [...open]) if (each.a === name || each.b === name) each.wire.abort()
          for (const generation of generations) listen(generation, handlers)
        },
        async stop() {
          for (const listener of mine.splice(0)) {
            listeners.delete(`${name}:${listener.generation.port}`)
            for (const wire of [...listener.open]) wire.abort()
          }
          for (const each of [...open]) if (each.a === name || each.b === name) each.wire.abort()
        },
        async dial(remoteKey, address, signal) {
          const from = generations.find(({ generation }) => generation === address.generation)
          await turn(schedule, name, 'hub')
          const there = listeners.get(address.address)
          if (signal.aborted || handlers === null || from === undefined || there === undefined)
            throw new DialProblem('unreachable')
          if (parted.has(pairName(name, there.name))) throw new DialProblem('unreachable')
          if (!equalBytes(from.psk, there.generation.psk) || !equalBytes(remoteKey, there.networkKey))
            throw new DialProblem('handshake')
          if (!there.handlers.admits(networkKey) || !handlers.admits(remoteKey))
            throw new DialProblem('handshake')
          const [outbound, inbound] = wirePair(schedule, name, there.name, {
            diallerKey: networkKey,
            responderKey: there.networkKey,
            generation: address.generation,
          })
          const entry = { a: name, b: there.name, wire: outbound.wire }
          open.push(entry)
          outbound.onClosed(() => open.splice(open.indexOf(entry), 1))
          handlers.wire(outbound.wire)
          there.handlers.wire(inbound.wire)
        },
        async probe(remoteKey, address, { signal }) {
          const from = generations.find(({ generation }) => generation === address.generation)
          await turn(schedule, name, 'hub')
          const there = listeners.get(address.address)
          if (signal.aborted || from === undefined || there === undefined) return 'nobody'
          if (parted.has(pairName(name, there.name))) return 'nobody'
          const isItself =
            equalBytes(from.psk, there.generation.psk) &&
            equalBytes(remoteKey, there.networkKey) &&
            there.handlers.admits(networkKey)
          if (!isItself) return 'other-machine'
          const [, inbound] = wirePair(schedule, name, there.name, {
            diallerKey: networkKey,
            responderKey: there.networkKey,
            generation: address.generation,
          })
          there.handlers.wire(inbound.wire)
          schedule(name, there.name, () => inbound.close())
          return 'reached'
        },
        addresses: (): readonly Address[] =>
          generations.map(({ generation, port }) => ({ generation, address: `${name}:${port}` })),
      }
    },
  }
}

type Schedule = NonNullable<MemoryHubOptions['schedule']>

/** In order for each direction, a task each. */
function inTurn(): Schedule {
  return (_from, _to, deliver) => {
    setImmediate(deliver)
  }
}

function turn(schedule: Schedule, from: string, to: string): Promise<void> {
  return new Promise((resolve) => schedule(from, to, resolve))
}

type WireEnd = {
  readonly wire: Wire
  onClosed(call: () => void): void
  remote: WireEnd | null
  receive: WireHandlers | null
  readonly streams: Set<StreamEnd>
  close(): void
}

function wirePair(
  schedule: Schedule,
  dialler: string,
  responder: string,
  keys: { diallerKey: Bytes; responderKey: Bytes; generation: number },
): [WireEnd, WireEnd] {
  const make = (isDialler: boolean): WireEnd => {
    const here = isDialler ? dialler : responder
    const there = isDialler ? responder : dialler
    const streams = new Set<StreamEnd>()
    const onClosed: (() => void)[] = []
    let isClosed = false
    const end: WireEnd = {
      remote: null,
      receive: null,
      streams,
      onClosed: (call) => onClosed.push(call),
      close() {
        if (isClosed) return
        isClosed = true
        for (const stream of [...streams]) stream.close()
        end.receive?.closed()
        for (const call of onClosed) call()
      },
      wire: {
        remoteKey: isDialler ? keys.responderKey : keys.diallerKey,
        direction: isDialler ? 'outbound' : 'inbound',
        generation: keys.generation,
        async openLane(lane: Lane) {
          await turn(schedule, here, there)
          const remote = end.remote!
          if (isClosed) throw new Error('the connection is closed')
          const [near, far] = streamPair(schedule, here, there)
          streams.add(near)
          near.onClosed = () => streams.delete(near)
          remote.streams.add(far)
          far.onClosed = () => remote.streams.delete(far)
          remote.receive?.lane(lane, far)
          if (remote.receive === null) far.abort()
          return near
        },
        listen(handlers) {
          end.receive = handlers
          if (isClosed) handlers.closed()
        },
        abort() {
          if (isClosed) return
          end.close()
          schedule(here, there, () => end.remote!.close())
        },
      },
    }
    return end
  }
  const a = make(true)
  const b = make(false)
  a.remote = b
  b.remote = a
  return [a, b]
}

type StreamEnd = LaneStream & {
  remote: StreamEnd | null
  onClosed: () => void
  close(): void
  arrive(piece: Bytes): void
  credit(byteCount: number): void
}

function streamPair(schedule: Schedule, a: string, b: string): [StreamEnd, StreamEnd] {
  const make = (here: string, there: string): StreamEnd => {
    let handlers: LaneStreamHandlers | null = null
    let isClosed = false
    let isPaused = false
    let window = WINDOW_BYTES
    let unsent: Bytes[] = []
    let unread: Bytes[] = []
    const flush = (): void => {
      while (unsent.length > 0 && window > 0 && !isClosed) {
        const piece = unsent[0]!
        const part = piece.length <= window ? piece : piece.subarray(0, window)
        if (part.length === piece.length) unsent.shift()
        else unsent[0] = piece.subarray(part.length)
        window -= part.length
        // Copied, as a socket would: nobody shares memory with another node.
        const copy = part.slice()
        schedule(here, there, () => end.remote!.arrive(copy))
      }
    }
    const read = (): void => {
      while (unread.length > 0 && !isPaused && handlers !== null && !isClosed) {
        const piece = unread.shift()!
        schedule(here, there, () => end.remote!.credit(piece.length))
        handlers.data(piece)
      }
    }
    const end: StreamEnd = {
      remote: null,
      onClosed: () => {},
      send(bytes: Bytes) {
        if (isClosed) return true
        unsent.push(bytes)
        flush()
        return unsent.length === 0
      },
      pause() {
        isPaused = true
      },
      resume() {
        isPaused = false
        read()
      },
      abort() {
        if (isClosed) return
        end.close()
        schedule(here, there, () => end.remote!.close())
      },
      listen(given: LaneStreamHandlers) {
        handlers = given
        if (isClosed) given.closed()
        else read()
      },
      close() {
        if (isClosed) return
        isClosed = true
        unsent = []
        unread = []
        end.onClosed()
        handlers?.closed()
      },
      arrive(piece: Bytes) {
        if (isClosed) return
        unread.push(piece)
        read()
      },
      credit(byteCount: number) {
        const wasFull = unsent.length > 0
        window += byteCount
        flush()
        if (wasFull && unsent.length === 0 && !isClosed) handlers?.drain()
      },
    }
    return end
  }
  const near = make(a, b)
  const far = make(b, a)
  near.remote = far
  far.remote = near
  return [near, far]
}
