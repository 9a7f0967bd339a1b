/** When pre-shared keys open and close, with the clock and the timers in the test's hand. */
import { describe, expect, it } from 'vitest'
import type { Bytes } from '../../shared/std/bytes.ts'
import { foundConsortium } from './chain/consortium.test-kit.ts'
import type { ConsortiumState } from './chain/state.ts'
import type { NodeNetwork } from './network/node-network.ts'
import { openNetworkGenerations, type NetworkGenerations } from './network-generations.ts'
import { NetworkFailure } from './network/transport.ts'
import { createMemoryStore } from './storage/memory.ts'

const DAY_MS = 86_400_000
const { start, institutions } = foundConsortium({ seed: 'generations', voters: 1 })

/** One machine: what lies on its disk, its clock, its ports and its timers. */
function machine() {
  const store = createMemoryStore()
  const held = new Map<number, Bytes>([[0, new Uint8Array(32)]])
  const ports: string[] = []
  const failures: unknown[] = []
  const refused: number[] = []
  const unreached: number[] = []
  let timer: { readonly ms: number; readonly call: () => void } | null = null
  let running: NetworkGenerations | null = null
  const at = {
    now: 1_000 * DAY_MS,
    consortium: { ...start.consortium, networkGeneration: 0 } as ConsortiumState,
    held,
    ports,
    failures,
    refused,
    store,
    chainTime: 0,
    isClockRight: true,
    mayAct: true,
    isEnough: (_signal: AbortSignal): boolean | Promise<boolean> => true,
    unreached,
    /** Of this generation the port is another program's. */
    takenPort: null as number | null,
    /** What the network itself has open. */
    open: new Set<number>(),
    get timerMs() {
      return timer?.ms ?? null
    },
    /** The time of the timer has come; the clock of the machine is another matter. */
    async ring() {
      const due = timer
      timer = null
      due?.call()
      await settle()
    },
    async start() {
      running = await openNetworkGenerations({
        store,
        random: (size) => new Uint8Array(size),
        memberId: institutions[0]!.member.memberId,
        shared: {
          network: () => [...held].map(([epoch, key]) => ({ epoch, key })),
          has: (_kind, epoch) => held.has(epoch),
          async add() {},
        },
        consortium: () => at.consortium,
        now: () => at.now,
        chainTime: () => at.chainTime,
        isClockRight: () => at.isClockRight,
        mayAct: () => at.mayAct,
        isEnough: async (_network, _generation, signal) => at.isEnough(signal),
        onUnreached: (generation) => unreached.push(generation),
        overlapMs: 7 * DAY_MS,
        lookMs: 60_000,
        after(ms, call) {
          const mine = { ms, call }
          timer = mine
          return () => {
            if (timer === mine) timer = null
          }
        },
        onRefused: (generation) => refused.push(generation),
        onFailure: (error) => failures.push(error),
      })
      const first = running.open().map(({ generation }) => generation)
      ports.push(`start ${first}`)
      at.open = new Set(first.filter((generation) => generation !== at.takenPort))
      const network: Pick<NodeNetwork, 'openGeneration' | 'closeGeneration' | 'generationsOpen'> = {
        async openGeneration({ generation }) {
          if (generation === at.takenPort) throw new NetworkFailure({ code: 'address-in-use', address: '' })
          ports.push(`open ${generation}`)
          at.open.add(generation)
        },
        async closeGeneration(generation) {
          ports.push(`close ${generation}`)
          at.open.delete(generation)
        },
        generationsOpen: () => [...at.open],
      }
      running.start(network as NodeNetwork)
      await settle()
    },
    async nudge() {
      running!.nudge()
      await settle()
    },
    async stop() {
      await running!.close()
    },
    /** The key of a generation is here, and the chain has it in effect. */
    async change(generation: number) {
      held.set(generation, new Uint8Array(32).fill(generation))
      at.consortium = { ...at.consortium, networkGeneration: generation }
      await at.nudge()
    },
  }
  return at
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the old pre-shared key', () => {
  it('closes by the clock on a chain that stands still', async () => {
    const at = machine()
    await at.start()
    expect(at.timerMs).toBeNull()
    await at.change(1)
    expect(at.ports).toEqual(['start 0', 'open 1'])
    // The clock is looked at again and again: a machine that slept has timers that slept with it.
    expect(at.timerMs).toBe(60_000)
    at.now += 7 * DAY_MS - 1
    await at.ring()
    expect(at.ports).toEqual(['start 0', 'open 1'])
    expect(at.timerMs).toBe(1)
    at.now += 1
    await at.ring()
    expect(at.ports).toEqual(['start 0', 'open 1', 'close 0'])
    expect(at.timerMs).toBeNull()
    expect(at.failures).toEqual([])
  })

  it('stays closed after a start, also where the clock went back', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    await at.stop()
    at.now += 8 * DAY_MS
    await at.start()
    await at.ring()
    expect(at.ports.slice(-2)).toEqual(['start 0,1', 'close 0'])
    await at.stop()
    at.now -= 5 * DAY_MS
    await at.start()
    expect(at.ports.at(-1)).toBe('start 1')
    expect(at.timerMs).toBeNull()
  })

  it('is not kept open for the time by which a clock was ahead', async () => {
    const at = machine()
    at.now += 300 * DAY_MS
    await at.start()
    await at.change(1)
    at.now -= 300 * DAY_MS
    await at.ring()
    at.now += 7 * DAY_MS
    await at.ring()
    expect(at.ports).toEqual(['start 0', 'open 1', 'close 0'])
  })

  it('is not closed by a clock that others say is wrong, nor before they could have said it', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    await at.stop()
    // The machine starts with a clock that is ahead; a moment later its peers say so.
    at.now += 8 * DAY_MS
    await at.start()
    expect(at.ports.at(-1)).toBe('start 0,1')
    at.isClockRight = false
    await at.ring()
    await at.ring()
    expect(at.ports.at(-1)).toBe('start 0,1')
    expect(at.timerMs).toBe(60_000)
    at.now -= 8 * DAY_MS
    at.isClockRight = true
    await at.ring()
    expect(at.ports.at(-1)).toBe('start 0,1')
    at.now += 7 * DAY_MS
    await at.ring()
    expect(at.ports.at(-1)).toBe('close 0')
  })

  it('has its whole time where the clock was behind when the new one came', async () => {
    const at = machine()
    at.chainTime = at.now
    at.now -= 300 * DAY_MS
    await at.start()
    await at.change(1)
    at.now += 300 * DAY_MS
    await at.ring()
    await at.ring()
    expect(at.ports).toEqual(['start 0', 'open 1'])
    at.now += 7 * DAY_MS
    await at.ring()
    expect(at.ports.at(-1)).toBe('close 0')
  })

  it('stays open while the port of the new one is taken, which is told once and tried again', async () => {
    const at = machine()
    await at.start()
    at.takenPort = 1
    await at.change(1)
    expect(at.ports).toEqual(['start 0'])
    await at.ring()
    expect(at.refused).toEqual([1])
    at.now += 8 * DAY_MS
    await at.ring()
    expect(at.ports).toEqual(['start 0'])
    at.takenPort = null
    await at.ring()
    expect(at.ports).toEqual(['start 0', 'open 1'])
    await at.ring()
    expect(at.ports.at(-1)).toBe('close 0')
    expect(at.failures).toEqual([])
  })

  it('is the only way where the port of the new one is taken at a start, which is told and tried again', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    await at.stop()
    at.takenPort = 1
    await at.start()
    expect(at.ports).toEqual(['start 0', 'open 1', 'start 0,1'])
    expect(at.refused).toEqual([1])
    at.now += 8 * DAY_MS
    await at.ring()
    expect([...at.open]).toEqual([0])
    at.takenPort = null
    await at.ring()
    expect([...at.open]).toEqual([0, 1])
    await at.ring()
    expect([...at.open]).toEqual([1])
    expect(at.failures).toEqual([])
  })

  it('stays open past its time while the others cannot be reached by the new one', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    at.isEnough = () => false
    at.now += 8 * DAY_MS
    await at.ring()
    await at.ring()
    expect(at.ports).toEqual(['start 0', 'open 1'])
    expect(at.unreached).toEqual([1])
    // Nothing was kept of a time that is over: a start opens both.
    await at.stop()
    await at.start()
    expect(at.ports.at(-1)).toBe('start 0,1')
    at.isEnough = () => true
    await at.ring()
    expect(at.ports.at(-1)).toBe('close 0')
  })

  it('holds nobody up who quits while the others are looked for', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    let isLooking = false
    at.isEnough = (signal) => {
      isLooking = true
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)))
    }
    at.now += 8 * DAY_MS
    await at.ring()
    expect(isLooking).toBe(true)
    await at.stop()
    expect(at.ports).toEqual(['start 0', 'open 1'])
    expect(at.unreached).toEqual([])
    expect(at.timerMs).toBeNull()
  })

  it('is not tried again where the store does not take what is to be kept', async () => {
    const at = machine()
    await at.start()
    at.store.fillDisk(true)
    await at.change(1)
    expect(at.failures).toMatchObject([{ detail: { code: 'disk-full' } }])
    expect(at.ports).toEqual(['start 0'])
    expect(at.timerMs).toBeNull()
  })

  it('stays as it is at a node that is halted, which writes nothing', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    at.mayAct = false
    at.now += 8 * DAY_MS
    await at.ring()
    await at.stop()
    at.store.fillDisk(true)
    await at.start()
    await at.change(2)
    expect(at.ports).toEqual(['start 0', 'open 1', 'start 0,1'])
    expect(at.failures).toEqual([])
  })

  it('has no timer left when the node has ended', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    expect(at.timerMs).not.toBeNull()
    await at.stop()
    expect(at.timerMs).toBeNull()
    at.now += 8 * DAY_MS
    await at.nudge()
    expect(at.ports).toEqual(['start 0', 'open 1'])
  })

  it('makes room for the one after the next before that takes its port', async () => {
    const at = machine()
    await at.start()
    await at.change(1)
    at.now += DAY_MS
    await at.change(2)
    expect(at.ports).toEqual(['start 0', 'open 1', 'close 0', 'open 2'])
    at.now += 7 * DAY_MS
    await at.ring()
    expect(at.ports.at(-1)).toBe('close 1')
  })
})
