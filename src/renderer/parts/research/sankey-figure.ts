/** A Sankey diagram: persons flow from their entry through what happens next, step by step. Pure. */
import { fitted, type Figure, type Shape, type Tone } from './figure.ts'

const WIDTH = 900
const LEFT = 8
const BOX = 12
const TOP = 30
const GAP = 14
/** Room for two lines of words beside a box. */
const SLOT = 30
const FLOW_HEIGHT = 260
const LEAST_HEIGHT = 3
/** Of an interval beside its box. */
const WHISKER = 3

export interface SankeyNode {
  /** From 1 on. */
  readonly step: number
  readonly name: string
  /** How many, as it is said. */
  readonly count: string
  /** Persons that it is drawn for. */
  readonly size: number
  /** Half of the interval of the number. */
  readonly half?: number
  readonly tone: Tone
  /** Its number is not said, and its height says nothing. */
  readonly isHollow: boolean
}

export interface SankeyLink {
  /** Places among the nodes; `from` null: the entry. */
  readonly from: number | null
  readonly to: number
  readonly size: number
}

export interface Sankey {
  readonly entry: Pick<SankeyNode, 'name' | 'count' | 'size'>
  readonly nodes: readonly SankeyNode[]
  readonly links: readonly SankeyLink[]
  readonly description: string
}

interface Placed {
  readonly x: number
  readonly y: number
  readonly height: number
  /** How much of either side is taken by flows. */
  in: number
  out: number
}

/** Null where there is no step. */
export function sankeyFigure({ entry, nodes, links, description }: Sankey): Figure | null {
  const stepCount = Math.max(0, ...nodes.map(({ step }) => step))
  if (stepCount === 0) return null
  const pitch = (WIDTH - LEFT) / (stepCount + 1)
  const scale = FLOW_HEIGHT / entry.size
  const heightOf = (size: number): number => Math.max(LEAST_HEIGHT, scale * size)
  const shapes: Shape[] = []
  const flows: Shape[] = []
  const start: Placed = { x: LEFT, y: TOP, height: FLOW_HEIGHT, in: 0, out: 0 }
  const placed: Placed[] = []
  let floor = TOP + FLOW_HEIGHT
  for (let step = 1; step <= stepCount; step++) {
    let y = TOP
    for (const [i, node] of nodes.entries()) {
      if (node.step !== step) continue
      const height = heightOf(node.size)
      placed[i] = { x: LEFT + step * pitch, y, height, in: 0, out: 0 }
      y += Math.max(height, SLOT) + GAP
    }
    floor = Math.max(floor, y - GAP)
  }
  for (const { from, to, size } of links) {
    const source = from === null ? start : placed[from]!
    const target = placed[to]!
    const height = heightOf(size)
    // Flows may be drawn higher than what is left of their box: they share it then.
    const [fromHeight, toHeight] = [
      Math.min(height, Math.max(1, source.height - source.out)),
      Math.min(height, Math.max(1, target.height - target.in)),
    ]
    flows.push({
      kind: 'band',
      d: ribbon(source.x + BOX, source.y + source.out, fromHeight, target.x, target.y + target.in, toHeight),
      tone: nodes[to]!.tone,
    })
    source.out += fromHeight
    target.in += toHeight
  }
  const label = (at: Placed, name: string, count: string): void => {
    const room = pitch - BOX - 14
    shapes.push(
      { kind: 'text', x: at.x + BOX + 5, y: at.y + 12, text: fitted(name, room), isBold: true },
      {
        kind: 'text',
        x: at.x + BOX + 5,
        y: at.y + 26,
        text: fitted(count, room, 11),
        tone: 'soft',
        size: 11,
      },
    )
  }
  shapes.push({ kind: 'box', x: start.x, y: start.y, width: BOX, height: start.height, tone: 'ink' })
  label(start, entry.name, entry.count)
  for (const [i, { name, count, half, tone, isHollow }] of nodes.entries()) {
    const at = placed[i]!
    if (isHollow)
      shapes.push({
        kind: 'path',
        d: `M${at.x} ${n(at.y)}h${BOX}v${n(at.height)}h-${BOX}Z`,
        tone,
        dash: '2 2',
      })
    else shapes.push({ kind: 'box', x: at.x, y: at.y, width: BOX, height: at.height, tone })
    if (half !== undefined) shapes.push(...whisker(at, scale * half))
    label(at, name, count)
  }
  for (let step = 1; step <= stepCount; step++)
    shapes.push({
      kind: 'text',
      x: LEFT + step * pitch,
      y: 16,
      text: String(step),
      tone: 'soft',
      size: 11,
    })
  return { description, width: WIDTH, height: Math.ceil(floor + 10), shapes: [...flows, ...shapes] }
}

/** Left of a box: how far its lower edge may lie up or down. */
function whisker({ x, y, height }: Placed, half: number): Shape[] {
  const [from, to] = [y + Math.max(0, height - half), y + height + half]
  const at = x - WHISKER - 1
  const line = (x1: number, y1: number, x2: number, y2: number): Shape => ({
    kind: 'line',
    x1,
    y1,
    x2,
    y2,
    tone: 'ink',
  })
  return [
    line(at, from, at, to),
    line(at - WHISKER, from, at + WHISKER, from),
    line(at - WHISKER, to, at + WHISKER, to),
  ]
}

function ribbon(x1: number, y1: number, h1: number, x2: number, y2: number, h2: number): string {
  const middle = n((x1 + x2) / 2)
  return (
    `M${n(x1)} ${n(y1)}C${middle} ${n(y1)} ${middle} ${n(y2)} ${n(x2)} ${n(y2)}V${n(y2 + h2)}` +
    `C${middle} ${n(y2 + h2)} ${middle} ${n(y1 + h1)} ${n(x1)} ${n(y1 + h1)}Z`
  )
}

const n = (value: number): string => value.toFixed(1)
