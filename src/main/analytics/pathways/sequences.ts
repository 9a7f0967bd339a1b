/**
 * Which event follows which, counted over the persons of a cohort: nodes (what happened at a step) and links (from what to what), with the
 * days between. Rare and further nodes of a step are one. Pure.
 */
import { cellOf, SMALL, type Cell, type Line } from './protect.ts'
import { spreadOf, wholeDays, type Spread } from './spread.ts'
import type { Step } from './steps-of.ts'
import type { Watch } from './watch.ts'

/** More nodes than these at one step are lines that nobody follows. */
const NODES_MOST = 10

/** What a node is: classes that happened on one day as bits, several rare ones together, or what ended the way. */
export type NodeKind =
  | { readonly kind: 'classes'; readonly classes: number }
  | { readonly kind: 'other' }
  /** The watch ended without a further event; `death`: by death. */
  | { readonly kind: 'none' }
  | { readonly kind: 'death' }

export interface SequenceNode {
  /** From 1 on. */
  readonly step: number
  readonly what: NodeKind
  readonly persons: Cell
}

export interface SequenceLink {
  /** Places among the nodes; `from` null: the index day. */
  readonly from: number | null
  readonly to: number
  readonly persons: Cell
  /** Days from the step before, to the next one or to the end of the watch; null of fewer than 11 persons. */
  readonly days: Spread | null
}

export interface SequenceTable {
  /** In the order of steps; within one by persons, what ends the way last. */
  readonly nodes: readonly SequenceNode[]
  readonly links: readonly SequenceLink[]
  readonly lines: readonly Line[]
}

export interface SequenceBuilder {
  add(steps: readonly Step[], watch: Watch): void
  /** @param total everybody who was added */
  finish(total: Cell): SequenceTable
}

/** Keys of nodes: classes as bits, and what is no class. */
const OTHER = -1
const NONE = -2
const DEATH = -3

interface Way {
  /** Of each step, then what ended it where it is shorter than it may be. */
  readonly keys: readonly number[]
  /** Days of each from the one before. */
  readonly gaps: readonly number[]
}

export function createSequences(stepsMost: number): SequenceBuilder {
  const ways: Way[] = []
  return {
    add(steps, { from, to, isDeath }) {
      const keys = steps.map(({ classes }) => classes)
      const days = steps.map(({ day }) => day)
      if (keys.length < stepsMost) {
        keys.push(isDeath ? DEATH : NONE)
        days.push(to)
      }
      ways.push({ keys, gaps: days.map((day, i) => day - (days[i - 1] ?? from)) })
    },
    finish: (total) => tableOf(ways, stepsMost, total),
  }
}

function tableOf(all: readonly Way[], stepsMost: number, total: Cell): SequenceTable {
  const nodes: SequenceNode[] = []
  const links: SequenceLink[] = []
  const lines: Line[] = []
  /** What ended at the steps so far. */
  const ended: Cell[] = []
  /** Node of each way at the step before; null: the index day. */
  let at: (number | null)[] = all.map(() => null)
  let before: readonly number[] = []
  for (let step = 1; step <= stepsMost; step++) {
    const isOn = all.map(({ keys }) => keys.length >= step)
    if (!isOn.includes(true)) break
    const shown = shownKeys(all.flatMap(({ keys }, w) => (isOn[w] === true ? [keys[step - 1]!] : [])))
    const keyOf = (way: Way): number => {
      const key = way.keys[step - 1]!
      return shown.has(key) ? key : OTHER
    }
    const counts = new Map<number, number>()
    const gaps = new Map<string, { from: number | null; to: number; days: number[] }>()
    for (const [w, way] of all.entries()) {
      if (isOn[w] !== true) continue
      const key = keyOf(way)
      counts.set(key, (counts.get(key) ?? 0) + 1)
      const name = `${at[w]} ${key}`
      const link = gaps.get(name)
      if (link === undefined) gaps.set(name, { from: at[w]!, to: key, days: [way.gaps[step - 1]!] })
      else link.days.push(way.gaps[step - 1]!)
    }
    const first = nodes.length
    const order = [...counts].sort(([a, m], [b, n]) => rankOf(a) - rankOf(b) || n - m || a - b)
    const placeOf = new Map(order.map(([key], i) => [key, first + i]))
    for (const [key, count] of order) nodes.push({ step, what: kindOf(key), persons: cellOf(count) })
    const mine = nodes.slice(first)
    const here: SequenceLink[] = [...gaps.values()]
      .map(({ from, to, days }) => {
        const place = placeOf.get(to)!
        return {
          from,
          to: place,
          // From the index day all go to the nodes of the first step: the same persons, so the same count.
          persons: from === null ? nodes[place]!.persons : cellOf(days.length),
          days: spreadOf(days, wholeDays),
        }
      })
      .sort((a, b) => (a.from ?? -1) - (b.from ?? -1) || a.to - b.to)
    links.push(...here)
    for (const place of before)
      lines.push({
        whole: nodes[place]!.persons,
        parts: here.filter(({ from }) => from === place).map(({ persons }) => persons),
      })
    if (step > 1)
      for (const [i, node] of mine.entries())
        lines.push({
          whole: node.persons,
          parts: here.filter(({ to }) => to === first + i).map(({ persons }) => persons),
        })
    // Everybody is at this step, or ended at one before.
    lines.push({ whole: total, parts: [...ended, ...mine.map(({ persons }) => persons)] })
    ended.push(...mine.filter(({ what }) => isEnd(what)).map(({ persons }) => persons))
    before = mine.flatMap(({ what }, i) => (isEnd(what) ? [] : [first + i]))
    at = all.map((way, w) => (isOn[w] === true ? placeOf.get(keyOf(way))! : at[w]!))
  }
  return { nodes, links, lines }
}

/** Classes of at least 11 persons, the most frequent ones; what ended a way is always a node of its own. */
function shownKeys(keys: readonly number[]): ReadonlySet<number> {
  const counts = new Map<number, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  const frequent = [...counts]
    .filter(([key, count]) => key > 0 && count >= SMALL)
    .sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, NODES_MOST)
  return new Set([NONE, DEATH, ...frequent.map(([key]) => key)])
}

const rankOf = (key: number): number => (key > 0 ? 0 : -key)

function kindOf(key: number): NodeKind {
  if (key > 0) return { kind: 'classes', classes: key }
  return { kind: key === OTHER ? 'other' : key === NONE ? 'none' : 'death' }
}

export const isEnd = ({ kind }: NodeKind): boolean => kind === 'none' || kind === 'death'
