/**
 * Pre-shared keys of the network as they are rotated (docs/spec/network.md section 9): the author of the decision makes
 * the key, the others ask for it, both keys are open until everybody had time, and the old one closes by this machine's
 * clock, only where the new one is here.
 */
import { equalBytes } from '../../shared/std/bytes.ts'
import { encode, tryDecode } from './chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type MemberId } from './chain/ids.ts'
import type { ConsortiumState } from './chain/state.ts'
import type { Random } from './crypto/crypto.ts'
import type { FinalItem } from './final-items.ts'
import { openGenerations } from './membership/open-generations.ts'
import type { Clock } from './network/clock.ts'
import type { NodeNetwork, PreSharedKey } from './network/node-network.ts'
import type { SharedKeys } from './shared-keys.ts'
import { metaKey } from './storage/buckets.ts'
import { put, StorageFailure, type Store } from './storage/store.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'

export interface NetworkGenerations {
  /** Those to open from the start. */
  open(): PreSharedKey[]
  /** Generations that are decided and whose key is not here. */
  missing(): { readonly generation: number; readonly author: MemberId | null }[]
  /** A final item, in order. */
  take(item: FinalItem): Promise<void>
  /** The network listens: from now on what should be open is opened and what is over closed, also while nothing happens. */
  start(network: NodeNetwork): void
  /** Keys or the consortium's state may be others now. */
  nudge(): void
  /** Resolves when it does nothing more. */
  close(): Promise<void>
}

export interface NetworkGenerationsOptions {
  readonly store: Store
  readonly random: Random
  readonly memberId: MemberId
  readonly shared: Pick<SharedKeys, 'network' | 'has' | 'add'>
  readonly consortium: () => ConsortiumState
  readonly now: () => number
  /** Of the last final segment: whatever this machine's clock says, it is not earlier. */
  readonly chainTime: () => number
  /** False while others say that this machine's clock is wrong. */
  readonly isClockRight: () => boolean
  /**
   * Whether the others would still be there if only this generation and newer ones were open: looked at before the time of
   * the one before ends it for good. `signal` ends the look where the node does.
   */
  readonly isEnough: (network: NodeNetwork, generation: number, signal: AbortSignal) => Promise<boolean>
  /** Whether this node may write and change anything: not one that is halted. */
  readonly mayAct: () => boolean
  /** How long the old key stays open once the new one is in effect. */
  readonly overlapMs: number
  /** How often the clock is looked at until then. A timer alone stands still while the machine sleeps. */
  readonly lookMs: number
  readonly after: Clock['after']
  /** A generation could not be opened or closed, its port is another's perhaps; it is tried again. Told once until it can. */
  readonly onRefused: (generation: number) => void
  /** The time of the key before this one is over, and the others cannot be reached by this one. Told once until they can. */
  readonly onUnreached: (generation: number) => void
  /** The store does not take what has to be kept. */
  readonly onFailure: (error: unknown) => void
}

const NETWORK = metaKey('network')

export async function openNetworkGenerations(
  options: NetworkGenerationsOptions,
): Promise<NetworkGenerations> {
  const { store, shared, memberId } = options
  /** Who made a generation's key, and since when this node knows it in effect. */
  let author: { readonly generation: number; readonly memberId: MemberId } | null = null
  let since: { readonly generation: number; readonly time: number } | null = null
  let network: NodeNetwork | null = null
  const ending = new AbortController()
  let cancelLook: (() => void) | null = null
  let considering: Promise<void> = Promise.resolve()
  /** Others have had the time to say that this machine's clock is wrong: before that nothing closes by it. */
  let isClockHeard = false
  const refused = new Set<number>()
  const unreached = new Set<number>()
  await load()
  if (options.mayAct()) await noteInEffect()
  const first = wanted().keys
  const opened = new Set(first.map(({ generation }) => generation))

  function isClosed(): boolean {
    return ending.signal.aborted
  }

  async function load(): Promise<void> {
    const value = await store.get(NETWORK)
    const read = value === null ? null : readCheckedValue(NETWORK, value)
    const slots = read?.kind === 'ok' ? asArray(tryDecode(read.content), 4) : null
    if (slots === null) return
    const [authorOf, made, sinceOf, time] = slots
    if (isCount(authorOf) && isBytes(made, MEMBER_ID_BYTES))
      author = { generation: authorOf, memberId: made as MemberId }
    if (isCount(sinceOf) && isCount(time)) since = { generation: sinceOf, time }
  }

  async function save(): Promise<void> {
    const content = encode([
      author?.generation ?? null,
      author?.memberId ?? null,
      since?.generation ?? null,
      since?.time ?? null,
    ])
    await store.commit([put(NETWORK, checkedValue(NETWORK, content))])
  }

  async function noteInEffect(): Promise<void> {
    const generation = options.consortium().networkGeneration
    const now = latestTime()
    // Later than now: the clock was ahead when it was noted, and nobody waits for it to come there again.
    if (since?.generation === generation && since.time <= now) return
    since = { generation, time: now }
    await save()
  }

  /** A clock that is behind must not say that a key has been in effect for long. */
  function latestTime(): number {
    return Math.max(Math.floor(options.now()), options.chainTime())
  }

  /** Once its time is over a key stays closed, also where the clock goes back. */
  async function noteOver(): Promise<void> {
    if (since === null || since.time === OVER) return
    since = { ...since, time: OVER }
    await save()
  }

  /** The newest that is decided; those in effect and on their way count. */
  function decided(): number[] {
    const { networkGeneration, pending } = options.consortium()
    const coming = pending.flatMap(({ change }) => (change.kind === 'network' ? [change.number] : []))
    return [networkGeneration, ...coming]
  }

  function isClockTrusted(): boolean {
    return isClockHeard && options.isClockRight()
  }

  function wanted(): { readonly keys: PreSharedKey[]; readonly closesInMs: number | null } {
    const held = shared.network()
    const time = latestTime()
    const from = since?.time ?? time
    const { open, closesInMs } = openGenerations({
      held: held.map(({ epoch }) => epoch),
      current: options.consortium().networkGeneration,
      since: from,
      now: isClockTrusted() || from === OVER ? time : Math.min(time, from + options.overlapMs - 1),
      overlapMs: options.overlapMs,
    })
    const keys = held
      .filter(({ epoch }) => open.includes(epoch))
      .map(({ epoch, key }) => ({ generation: epoch, psk: key }))
    return { keys, closesInMs }
  }

  /** One after the other: a port is free before the next generation takes it. */
  function consider(): void {
    considering = considering.then(openAndClose).catch(options.onFailure)
  }

  async function openAndClose(): Promise<void> {
    if (network === null || isClosed() || !options.mayAct()) return
    cancelLook?.()
    cancelLook = null
    await noteInEffect()
    const { keys, closesInMs } = wanted()
    // One whose port was taken at the start is opened like one that has just come.
    const areOpen = network.generationsOpen()
    for (const generation of [...opened]) if (!areOpen.includes(generation)) opened.delete(generation)
    const isOpen = (generation: number): boolean => keys.some((each) => each.generation === generation)
    const { networkGeneration } = options.consortium()
    // The port of the one in effect was taken so far: what is before it stays the only way to the others.
    const isOnlyWay = (generation: number): boolean =>
      generation === networkGeneration - 1 && isOpen(networkGeneration) && !opened.has(networkGeneration)
    const isOver = opened.has(networkGeneration - 1) && !isOpen(networkGeneration - 1)
    let isLeft = [...opened].some(isOnlyWay) || (isOver && !(await isEnough(network, networkGeneration)))
    if (isClosed()) return
    if (closesInMs === null && isClockTrusted() && isOpen(networkGeneration) && !isLeft) await noteOver()
    const isKept = (generation: number): boolean => isLeft && generation === networkGeneration - 1
    for (const generation of [...opened].filter((each) => !isOpen(each) && !isKept(each)))
      if (await isDone(generation, network.closeGeneration(generation))) opened.delete(generation)
      else isLeft = true
    // One that stays open past its time keeps its port.
    const isPortFree = (generation: number): boolean =>
      [...opened].every((other) => (other - generation) % 2 !== 0)
    for (const key of keys.filter(({ generation }) => isPortFree(generation)))
      if (await isDone(key.generation, network.openGeneration(key))) opened.add(key.generation)
      else isLeft = true
    const dueMs = closesInMs !== null && isClockTrusted() ? closesInMs : Infinity
    if (isClosed() || (closesInMs === null && !isLeft)) return
    cancelLook = options.after(Math.min(dueMs, options.lookMs), () => {
      isClockHeard = true
      consider()
    })
  }

  async function isEnough(by: NodeNetwork, generation: number): Promise<boolean> {
    if (await options.isEnough(by, generation, ending.signal)) {
      unreached.delete(generation)
      return true
    }
    if (isClosed()) return false
    if (!unreached.has(generation)) options.onUnreached(generation)
    unreached.add(generation)
    return false
  }

  async function isDone(generation: number, change: Promise<void>): Promise<boolean> {
    try {
      await change
      refused.delete(generation)
      return true
    } catch (error) {
      if (error instanceof StorageFailure) throw error
      if (!refused.has(generation) && !isClosed()) options.onRefused(generation)
      refused.add(generation)
      return false
    }
  }

  return {
    open: () => first,
    missing: () =>
      decided()
        .filter((generation) => !shared.has('network', generation))
        .map((generation) => ({
          generation,
          author: author?.generation === generation ? author.memberId : null,
        })),
    async take({ signed }) {
      const { clear, author: by } = signed.item
      if (clear.kind !== 'network') return
      author = { generation: clear.number, memberId: by }
      await save()
      if (equalBytes(by, memberId) && !shared.has('network', clear.number))
        await shared.add('network', [{ epoch: clear.number, key: options.random(32) }])
    },
    start(started) {
      network = started
      consider()
    },
    nudge: consider,
    async close() {
      // Others may be dialled at this moment, which takes as long as nobody answers: nobody who quits waits for that.
      ending.abort()
      cancelLook?.()
      await considering
    },
  }
}

/** In place of a time: long ago, whatever clock is asked. */
const OVER = 0
