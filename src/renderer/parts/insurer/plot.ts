/** The frame that pictures of the insurer's rooms share: axes, lines across, and places of values. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatSignificant } from '../../lib/format.ts'
import { roundValues } from '../research/fit-answer.ts'
import { widthOf, type Shape } from '../research/figure.ts'

export const WIDTH = 560
export const HEIGHT = 320
export const EDGE = { left: 72, right: 30, top: 18, bottom: 48 }
const VALUES_MOST = 6
const NAME_SIZE = 11
/** Between two names below the axis. */
const NAME_GAP = 8

export const FLOOR = HEIGHT - EDGE.bottom
export const RIGHT = WIDTH - EDGE.right

export interface Plot {
  x(value: number): number
  y(value: number): number
  readonly shapes: readonly Shape[]
}

interface Ends {
  readonly least: number
  readonly most: number
}

/** Values below by their places, names such as months by their numbers from 0. */
export function plotOf(
  across: Ends & {
    readonly name: string
    readonly names?: readonly string[]
    /** Places by the root, from 0 on: many small values beside a few large ones. */
    readonly isRoot?: boolean
  },
  up: Ends & { readonly name: string },
  locale: Locale,
): Plot {
  const isRoot = across.isRoot === true
  const scaled = (value: number) => (isRoot ? Math.sqrt(Math.max(0, value)) : value)
  const [least, most] = [scaled(across.least), scaled(across.most)]
  const x = (value: number) =>
    EDGE.left + ((scaled(value) - least) / (most - least || 1)) * (RIGHT - EDGE.left)
  const y = (value: number) => FLOOR - ((value - up.least) / (up.most - up.least || 1)) * (FLOOR - EDGE.top)
  const shapes: Shape[] = []
  for (const value of roundValues(up.least, up.most, VALUES_MOST)) {
    shapes.push(
      { kind: 'line', x1: EDGE.left, y1: y(value), x2: RIGHT, y2: y(value), tone: 'line' },
      text(EDGE.left - 6, y(value) + 4, formatSignificant(value, locale, 4), 'end'),
    )
  }
  if (across.names === undefined)
    for (const round of roundValues(least, most, VALUES_MOST)) {
      const value = isRoot ? round * round : round
      shapes.push(text(x(value), FLOOR + 17, formatSignificant(value, locale, 4), 'middle'))
    }
  else {
    const widest = Math.max(...across.names.map((name) => widthOf(name) * NAME_SIZE + NAME_GAP))
    const every = Math.max(1, Math.ceil((across.names.length * widest) / (RIGHT - EDGE.left)))
    for (const [i, name] of across.names.entries())
      if (i % every === 0) shapes.push(text(x(i), FLOOR + 17, name, 'middle'))
  }
  shapes.push(
    { kind: 'line', x1: EDGE.left, y1: FLOOR, x2: RIGHT, y2: FLOOR, tone: 'soft' },
    { ...text((EDGE.left + RIGHT) / 2, HEIGHT - 8, across.name, 'middle'), size: 12 },
    { ...text(14, (EDGE.top + FLOOR) / 2, up.name, 'middle'), size: 12, isUpright: true },
  )
  return { x, y, shapes }
}

const text = (x: number, y: number, words: string, anchor: 'middle' | 'end'): Shape & { kind: 'text' } => ({
  kind: 'text',
  x,
  y,
  text: words,
  anchor,
  tone: 'soft',
  size: NAME_SIZE,
})

/** A line through places; where one is not known it begins anew. */
export function pathOf(points: readonly ({ readonly x: number; readonly y: number } | null)[]): string {
  let d = ''
  let isDown = false
  for (const point of points) {
    if (point === null) {
      isDown = false
      continue
    }
    d += `${isDown ? 'L' : 'M'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`
    isDown = true
  }
  return d
}
