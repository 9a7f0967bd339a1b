/** Links between nodes that delay, lose, repeat and reorder messages, and can be cut in one direction or both. */
import type { Clock } from './clock.ts'
import type { Dice } from './random.ts'

export interface NetworkFaults {
  readonly delayLeastMs: number
  readonly delayMostMs: number
  readonly loss: number
  readonly duplication: number
}

export const CALM: NetworkFaults = { delayLeastMs: 1, delayMostMs: 5, loss: 0, duplication: 0 }

export interface Network<Message> {
  send(from: number, to: number, message: Message): void
  setFaults(faults: NetworkFaults): void
  /** Everything that a node sends and receives takes this much longer. */
  setSlow(node: number, extraMs: number): void
  cut(from: number, to: number): void
  heal(): void
  isCut(from: number, to: number): boolean
  /** Milliseconds since the link was cut in either direction; 0 while it is whole. */
  downForMs(from: number, to: number): number
  readonly sentCount: number
}

export function createNetwork<Message>(
  clock: Clock,
  dice: Dice,
  nodeCount: number,
  deliver: (from: number, to: number, message: Message) => void,
): Network<Message> {
  let faults = CALM
  let sentCount = 0
  const slow = new Array<number>(nodeCount).fill(0)
  const cutSince = new Map<number, number>()
  const link = (from: number, to: number): number => from * nodeCount + to

  function carry(from: number, to: number, message: Message): void {
    const delay = dice.between(faults.delayLeastMs, faults.delayMostMs) + slow[from]! + slow[to]!
    clock.after(delay, () => {
      // Cut while on its way: lost.
      if (!cutSince.has(link(from, to))) deliver(from, to, message)
    })
  }

  return {
    send(from, to, message) {
      sentCount++
      if (cutSince.has(link(from, to)) || dice.chance(faults.loss)) return
      carry(from, to, message)
      if (dice.chance(faults.duplication)) carry(from, to, message)
    },
    setFaults(next) {
      faults = next
    },
    setSlow(node, extraMs) {
      slow[node] = extraMs
    },
    cut(from, to) {
      if (!cutSince.has(link(from, to))) cutSince.set(link(from, to), clock.now())
    },
    heal() {
      cutSince.clear()
    },
    isCut: (from, to) => cutSince.has(link(from, to)),
    downForMs(from, to) {
      const since = cutSince.get(link(from, to)) ?? cutSince.get(link(to, from))
      return since === undefined ? 0 : clock.now() - since
    },
    get sentCount() {
      return sentCount
    },
  }
}
