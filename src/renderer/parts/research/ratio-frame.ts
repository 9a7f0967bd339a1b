/** The frame of a picture of ratios: a log scale upwards with its ticks, a line at 1, and the names of both axes. Pure. */
import type { Figure, Shape } from './figure.ts'
import { ticksOf } from './forest-figure.ts'

/** Beyond these a ratio is cut: what has no information must not flatten the rest. */
const FAR = 20

export interface RatioFrame {
  readonly left: number
  readonly right: number
  readonly top: number
  /** Where the plot ends below. */
  readonly floor: number
  /** Ticks and their lines: drawn below what is shown. */
  readonly grid: readonly Shape[]
  /** The line at 1, where nothing differs. */
  readonly one: Shape
  /** Of a ratio, cut where it is too far. */
  y(ratio: number): number
  /** What is below the plot and left of it. */
  names(across: string, up: string): readonly Shape[]
}

/** @param ratios all that is to be seen in it; 1 always is */
export function ratioFrame(
  { width, height }: Pick<Figure, 'width' | 'height'>,
  edge: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
  ratios: readonly number[],
): RatioFrame {
  const cut = (ratio: number): number => Math.min(FAR, Math.max(1 / FAR, ratio))
  const shown = ratios.map(cut)
  const ticks = ticksOf(Math.min(1, ...shown), Math.max(1, ...shown))
  const [least, most] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)]
  const { left, top } = edge
  const [right, floor] = [width - edge.right, height - edge.bottom]
  const y = (ratio: number): number =>
    floor - ((Math.log(cut(ratio)) - least) / (most - least)) * (floor - top)
  const across = (ratio: number) =>
    ({ kind: 'line', x1: left, y1: y(ratio), x2: right, y2: y(ratio) }) as const
  return {
    left,
    right,
    top,
    floor,
    y,
    grid: ticks.flatMap((tick): Shape[] => [
      { ...across(tick), tone: 'line' },
      {
        kind: 'text',
        x: left - 6,
        y: y(tick) + 4,
        text: String(tick),
        anchor: 'end',
        tone: 'soft',
        size: 11,
      },
    ]),
    one: { ...across(1), tone: 'soft', dash: '3 3' },
    names: (below, beside) => [
      { kind: 'text', x: (left + right) / 2, y: height - 8, text: below, anchor: 'middle', tone: 'soft' },
      {
        kind: 'text',
        x: 14,
        y: (top + floor) / 2,
        text: beside,
        anchor: 'middle',
        tone: 'soft',
        isUpright: true,
      },
    ],
  }
}
