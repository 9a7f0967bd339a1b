/** Axes of the room's charts: where a value stands, and what is written beside. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatSignificant } from '../../../lib/format.ts'
import { roundValues } from '../../../parts/research/fit-answer.ts'
import type { Shape } from '../../../parts/research/figure.ts'

export const CHART = { width: 760, height: 320, left: 64, right: 20, top: 14, bottom: 46 } as const

export interface Axes {
  x(value: number): number
  y(value: number): number
  readonly shapes: Shape[]
}

interface AxesOf {
  readonly xFrom: number
  readonly xTo: number
  readonly yFrom: number
  readonly yTo: number
  readonly xName: string
  readonly yName: string
  /** Ticks of x; round values where absent. */
  readonly xTicks?: readonly { readonly at: number; readonly text: string }[]
  /** Further room below, for numbers under the axis. */
  readonly below?: number
}

export function axesOf(of: AxesOf, locale: Locale): Axes {
  const { width, height, left, right, top, bottom } = CHART
  const [end, floor] = [width - right, height - bottom]
  const x = (value: number) => left + ((value - of.xFrom) / (of.xTo - of.xFrom)) * (end - left)
  const y = (value: number) => floor - ((value - of.yFrom) / (of.yTo - of.yFrom)) * (floor - top)
  const ticks =
    of.xTicks ??
    roundValues(of.xFrom, of.xTo, 8).map((at) => ({ at, text: formatSignificant(at, locale, 6) }))
  const shapes: Shape[] = [
    ...roundValues(of.yFrom, of.yTo, 6).flatMap((level): Shape[] => [
      { kind: 'line', x1: left, y1: y(level), x2: end, y2: y(level), tone: 'line' },
      {
        kind: 'text',
        x: left - 6,
        y: y(level) + 4,
        text: formatSignificant(level, locale, 4),
        anchor: 'end',
        tone: 'soft',
        size: 11,
      },
    ]),
    ...ticks.map(({ at, text }): Shape => ({
      kind: 'text',
      x: x(at),
      y: floor + 17,
      text,
      anchor: 'middle',
      tone: 'soft',
      size: 11,
    })),
    {
      kind: 'text',
      x: (left + end) / 2,
      y: height - 8 + (of.below ?? 0),
      text: of.xName,
      anchor: 'middle',
      tone: 'soft',
    },
    {
      kind: 'text',
      x: 14,
      y: (top + floor) / 2,
      text: of.yName,
      anchor: 'middle',
      tone: 'soft',
      isUpright: true,
    },
  ]
  return { x, y, shapes }
}

export const coordinate = (value: number): string => value.toFixed(1)

/** A line through points, or the outline of a band: forth along the upper ones and back along the lower ones. */
export function lineThrough(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${coordinate(x)} ${coordinate(y)}`).join('')
}
