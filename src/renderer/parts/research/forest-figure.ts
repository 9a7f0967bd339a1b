/** A forest plot: each term's ratio with its limits on a log scale, the numbers beside. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatNumber } from '../../lib/format.ts'
import type { CoefficientRow } from './fit-answer.ts'
import { fitted, type Figure, type Shape } from './figure.ts'
import { ratioInBrackets } from './ratio-text.ts'

const WIDTH = 760
const ROW = 28
const TOP = 34
const BOTTOM = 44
const NAMES = 300
const NUMBERS = 150
const PLOT = { left: NAMES + 12, right: WIDTH - NUMBERS - 12 }
const BOX = 8
/** Beyond these a limit is drawn with an arrow: one term without information must not flatten the others. */
const FAR = 50
/** More lines than that are no picture: the table beside it has them all. */
export const TERMS_MOST = 60

interface ForestWords {
  readonly ratio: string
  readonly limits: string
  description(terms: string): string
  /** Said below where not all are drawn. */
  more(count: string): string
}

export function forestFigure(
  rows: readonly (CoefficientRow & { readonly label: string })[],
  words: ForestWords,
  locale: Locale,
): Figure | null {
  const known = rows.filter(
    (row) => row.ratio !== null && row.lower !== null && row.upper !== null,
  ) as readonly (CoefficientRow & { label: string; ratio: number; lower: number; upper: number })[]
  if (known.length === 0) return null
  const drawn = known.slice(0, TERMS_MOST)
  const isCut = drawn.length < known.length
  const clamp = (value: number) => Math.min(FAR, Math.max(1 / FAR, value))
  const all = drawn.flatMap(({ ratio, lower, upper }) => [ratio, lower, upper].map(clamp))
  const ticks = ticksOf(Math.min(...all, 1), Math.max(...all, 1))
  const [least, most] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)]
  const x = (value: number) =>
    PLOT.left + ((Math.log(clamp(value)) - least) / (most - least)) * (PLOT.right - PLOT.left)
  const height = TOP + drawn.length * ROW + BOTTOM + (isCut ? ROW : 0)
  const floor = TOP + drawn.length * ROW
  const shapes: Shape[] = [
    {
      kind: 'text',
      x: WIDTH - 8,
      y: 20,
      text: `${words.ratio} (${words.limits})`,
      anchor: 'end',
      isBold: true,
    },
    ...ticks.flatMap((tick): Shape[] => [
      { kind: 'line', x1: x(tick), y1: floor, x2: x(tick), y2: floor + 5, tone: 'ink' },
      {
        kind: 'text',
        x: x(tick),
        y: floor + 18,
        text: String(tick),
        anchor: 'middle',
        tone: 'soft',
        size: 11,
      },
    ]),
    { kind: 'line', x1: PLOT.left, y1: floor, x2: PLOT.right, y2: floor, tone: 'ink' },
    { kind: 'line', x1: x(1), y1: TOP - 6, x2: x(1), y2: floor, tone: 'soft', dash: '3 3' },
    {
      kind: 'text',
      x: (PLOT.left + PLOT.right) / 2,
      y: floor + BOTTOM - 8,
      text: words.ratio,
      anchor: 'middle',
      tone: 'soft',
    },
  ]
  if (isCut)
    shapes.push({
      kind: 'text',
      x: 8,
      y: height - 8,
      text: words.more(formatNumber(known.length - drawn.length, locale)),
      tone: 'soft',
    })
  for (const [i, { label, ratio, lower, upper }] of drawn.entries()) {
    const y = TOP + i * ROW + ROW / 2
    shapes.push(
      { kind: 'text', x: 8, y: y + 4, text: fitted(label, NAMES - 8) },
      { kind: 'line', x1: x(lower), y1: y, x2: x(upper), y2: y, tone: 0, width: 1.75 },
      ...(lower < 1 / FAR ? [arrow(x(lower), y, -1)] : []),
      ...(upper > FAR ? [arrow(x(upper), y, 1)] : []),
      { kind: 'box', x: x(ratio) - BOX / 2, y: y - BOX / 2, width: BOX, height: BOX, tone: 0 },
      {
        kind: 'text',
        x: WIDTH - 8,
        y: y + 4,
        text: ratioInBrackets({ ratio, lower, upper }, locale),
        anchor: 'end',
      },
    )
  }
  return {
    description: words.description(
      drawn.map(({ label, ...row }) => `${label} ${ratioInBrackets(row, locale)}`).join('; '),
    ),
    width: WIDTH,
    height,
    shapes,
  }
}

function arrow(x: number, y: number, to: 1 | -1): Shape {
  return { kind: 'path', d: `M${x - to * 5} ${y - 4}L${x} ${y}L${x - to * 5} ${y + 4}`, tone: 0 }
}

/** 1, 2 and 5 times powers of ten around what is shown, at most nine; tenths where few of them lie within a half and two. */
export function ticksOf(least: number, most: number): number[] {
  const steps: number[] = []
  for (let power = -3; power <= 3; power++)
    for (const step of [1, 2, 5]) steps.push(Number((step * 10 ** power).toPrecision(1)))
  const around = between(steps, least, most)
  // Tenths end there: what lies beyond them would be drawn over names and numbers.
  if (around.length > 3 || least < 0.5 || most > 2) return around
  return between(
    [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2],
    Math.max(least, 0.5),
    Math.min(most, 2),
  )
}

/** Those inside, with one on either side. */
function between(steps: readonly number[], least: number, most: number): number[] {
  const from = Math.max(
    0,
    steps.findLastIndex((step) => step <= least),
  )
  const past = steps.findIndex((step) => step >= most)
  const inside = steps.slice(from, (past < 0 ? steps.length - 1 : past) + 1)
  return inside.length > 1 ? inside : steps.slice(Math.max(0, from - 1), from + 2)
}
