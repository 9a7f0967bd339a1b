/** How many had the next event by when, with 95 % limits. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { WaitsAnswer } from '../../../../shared/contract/pathways.ts'
import type { Figure } from '../../../parts/research/figure.ts'
import { axesOf, CHART, coordinate } from './chart.ts'

interface WaitWords {
  readonly time: string
  readonly share: string
  readonly description: string
}

/** Null where fewer than 11 had it. */
export function waitFigure({ points }: WaitsAnswer, words: WaitWords, locale: Locale): Figure | null {
  const last = points.at(-1)
  if (last === undefined) return null
  const { x, y, shapes } = axesOf(
    { xFrom: 0, xTo: Math.max(1, last.day), yFrom: 0, yTo: 1, xName: words.time, yName: words.share },
    locale,
  )
  const steps = (of: (point: (typeof points)[number]) => number): string =>
    points.map((point) => `H${coordinate(x(point.day))}V${coordinate(y(of(point)))}`).join('')
  const start = `M${coordinate(x(0))} ${coordinate(y(0))}`
  let back = ''
  for (const point of points.toReversed())
    back += `V${coordinate(y(point.lower))}H${coordinate(x(point.day))}`
  shapes.push(
    { kind: 'band', d: `${start}${steps(({ upper }) => upper)}${back}V${coordinate(y(0))}Z`, tone: 0 },
    { kind: 'path', d: `${start}${steps(({ had }) => had)}`, tone: 0 },
  )
  return { description: words.description, width: CHART.width, height: CHART.height, shapes }
}
