/** A Sankey diagram: persons flow from their entry through what happens next. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { PathwaysAnswer } from '../../../../shared/contract/pathways.ts'
import type { SaidCount } from '../../../../shared/contract/said.ts'
import type { PathwaysDefinition } from '../../../../shared/domain/pathways.ts'
import { fitted, type Figure, type Shape, type Tone } from '../../../parts/research/figure.ts'
import { saidText } from '../../../parts/research/said-text.ts'
import { formatNumber } from '../../../lib/format.ts'
import { nodeText, toneOf, type Words } from './pathways-names.ts'

type Traversed = Extract<PathwaysAnswer, { kind: 'traversed' }>

const WIDTH = 900
const LEFT = 8
const BOX = 12
const TOP = 30
const GAP = 14
/** Room for two lines of words beside a box. */
const SLOT = 30
const FLOW_HEIGHT = 260
/** What is not said is drawn as high as the least that is, and hollow. */
const UNSAID = { small: 5, withheld: 11, hidden: 8 } as const

interface Placed {
  readonly x: number
  readonly y: number
  readonly height: number
  readonly tone: Tone
  /** How much of either side is taken by flows. */
  in: number
  out: number
}

export function sequenceFigure(
  { sequences, persons }: Traversed,
  definition: PathwaysDefinition,
  words: Words,
  locale: Locale,
): Figure | null {
  const { nodes, links } = sequences
  const stepCount = Math.max(0, ...nodes.map(({ step }) => step))
  if (stepCount === 0) return null
  const t = words.pathways
  const pitch = (WIDTH - LEFT) / (stepCount + 1)
  const scale = FLOW_HEIGHT / persons
  const heightOf = (said: SaidCount): number => Math.max(3, scale * drawn(said))
  const shapes: Shape[] = []
  const flows: Shape[] = []
  const entry: Placed = { x: LEFT, y: TOP, height: FLOW_HEIGHT, tone: 'ink', in: 0, out: 0 }
  const placed: Placed[] = []
  let floor = TOP + FLOW_HEIGHT
  for (let step = 1; step <= stepCount; step++) {
    let y = TOP
    for (const [i, node] of nodes.entries()) {
      if (node.step !== step) continue
      const height = heightOf(node.persons)
      placed[i] = { x: LEFT + step * pitch, y, height, tone: toneOf(node.what), in: 0, out: 0 }
      y += Math.max(height, SLOT) + GAP
    }
    floor = Math.max(floor, y - GAP)
  }
  for (const { from, to, persons: said } of links) {
    const source = from === null ? entry : placed[from]!
    const target = placed[to]!
    const height = heightOf(said)
    // Flows that are not said may be drawn higher than what is left of their box: they share it then.
    const [fromHeight, toHeight] = [
      Math.min(height, Math.max(1, source.height - source.out)),
      Math.min(height, Math.max(1, target.height - target.in)),
    ]
    flows.push({
      kind: 'band',
      d: ribbon(source.x + BOX, source.y + source.out, fromHeight, target.x, target.y + target.in, toHeight),
      tone: target.tone,
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
  shapes.push({ kind: 'box', x: entry.x, y: entry.y, width: BOX, height: entry.height, tone: 'ink' })
  label(entry, t.index, formatNumber(persons, locale))
  for (const [i, { persons: said, what }] of nodes.entries()) {
    const at = placed[i]!
    if (said.said === 'exact')
      shapes.push({ kind: 'box', x: at.x, y: at.y, width: BOX, height: at.height, tone: at.tone })
    else
      shapes.push({
        kind: 'path',
        d: `M${at.x} ${n(at.y)}h${BOX}v${n(at.height)}h-${BOX}Z`,
        tone: at.tone,
        dash: '2 2',
      })
    label(at, nodeText(what, definition, words), saidText(said, words, locale))
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
  const described = nodes
    .map(
      ({ step, what, persons: said }) =>
        `${step}. ${nodeText(what, definition, words)} ${saidText(said, words, locale)}`,
    )
    .join('; ')
  return {
    description: t.sequenceOf(described),
    width: WIDTH,
    height: Math.ceil(floor + 10),
    shapes: [...flows, ...shapes],
  }
}

const drawn = (persons: SaidCount): number =>
  persons.said === 'exact' ? persons.count : UNSAID[persons.said]

function ribbon(x1: number, y1: number, h1: number, x2: number, y2: number, h2: number): string {
  const middle = n((x1 + x2) / 2)
  return (
    `M${n(x1)} ${n(y1)}C${middle} ${n(y1)} ${middle} ${n(y2)} ${n(x2)} ${n(y2)}V${n(y2 + h2)}` +
    `C${middle} ${n(y2 + h2)} ${middle} ${n(y1 + h1)} ${n(x1)} ${n(y1 + h1)}Z`
  )
}

const n = (value: number): string => value.toFixed(1)
