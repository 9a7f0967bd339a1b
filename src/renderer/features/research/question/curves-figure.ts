/** Curves over time with their bands: survival by groups, the incidence of an event, or survival as a model sees it. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatNumber, formatSignificant } from '../../../lib/format.ts'
import { roundValues, stepsOf, type Curve } from '../../../parts/research/fit-answer.ts'
import {
  DASHES,
  fitted,
  TEXT_SIZE,
  type Figure,
  type Shape,
  type Tone,
} from '../../../parts/research/figure.ts'

/** More lines than that nobody can tell apart. */
export const CURVES_MOST = 6
const WIDTH = 760
const HEIGHT = 340
const EDGE = { left: 58, right: 150, top: 14, bottom: 46 }
const TIMES_MOST = 7
const LABEL_GAP = 15

interface CurveWords {
  readonly time: string
  readonly probability: string
  nameOf(curve: Curve): string
  description(names: string): string
}

export function curvesFigure(curves: readonly Curve[], words: CurveWords, locale: Locale): Figure | null {
  const drawn = curves.filter(({ time }) => time.length > 0).slice(0, CURVES_MOST)
  if (drawn.length === 0) return null
  const first = Math.min(0, ...drawn.map(({ time }) => time[0]!))
  const last = Math.max(first + 1, ...drawn.map(({ time }) => time.at(-1)!))
  const [right, floor] = [WIDTH - EDGE.right, HEIGHT - EDGE.bottom]
  const x = (time: number) => EDGE.left + ((time - first) / (last - first)) * (right - EDGE.left)
  const y = (value: number) => EDGE.top + (1 - value) * (floor - EDGE.top)
  const shapes: Shape[] = []
  for (const level of [0, 0.25, 0.5, 0.75, 1])
    shapes.push(
      { kind: 'line', x1: EDGE.left, y1: y(level), x2: right, y2: y(level), tone: 'line' },
      {
        kind: 'text',
        x: EDGE.left - 6,
        y: y(level) + 4,
        text: formatNumber(level, locale, 2),
        anchor: 'end',
        tone: 'soft',
        size: 11,
      },
    )
  for (const time of roundValues(first, last, TIMES_MOST))
    shapes.push({
      kind: 'text',
      x: x(time),
      y: floor + 17,
      text: formatSignificant(time, locale, 6),
      anchor: 'middle',
      tone: 'soft',
      size: 11,
    })
  shapes.push(
    {
      kind: 'text',
      x: (EDGE.left + right) / 2,
      y: HEIGHT - 8,
      text: words.time,
      anchor: 'middle',
      tone: 'soft',
    },
    {
      kind: 'text',
      x: 14,
      y: (EDGE.top + floor) / 2,
      text: words.probability,
      anchor: 'middle',
      tone: 'soft',
      isUpright: true,
    },
  )
  const ends: { y: number; tone: Tone; name: string; dash: string | undefined }[] = []
  for (const [i, curve] of drawn.entries()) {
    const tone = i as Tone
    const start = curve.state !== undefined && curve.state > 0 ? 0 : 1
    const band = bandOf(curve, start, first, x, y)
    if (band !== null) shapes.push({ kind: 'band', d: band, tone })
    const steps = stepsOf(curve)
    const d = steps.map(({ time, estimate }) => `H${at(x(time))}V${at(y(estimate))}`).join('')
    const end = x(curve.time.at(-1)!)
    const dash = DASHES[i]
    shapes.push({
      kind: 'path',
      d: `M${at(x(first))} ${at(y(start))}${d}H${at(end)}`,
      tone,
      ...(dash === undefined ? {} : { dash }),
    })
    ends.push({ y: y(steps.at(-1)?.estimate ?? start), tone, name: words.nameOf(curve), dash })
  }
  // Names stand at the ends of their lines, apart from each other.
  let below = -Infinity
  for (const end of ends.toSorted((a, b) => a.y - b.y)) {
    const place = Math.max(end.y, below + LABEL_GAP)
    below = place
    shapes.push(
      {
        kind: 'line',
        x1: right + 6,
        y1: place,
        x2: right + 28,
        y2: place,
        tone: end.tone,
        width: 1.75,
        ...(end.dash === undefined ? {} : { dash: end.dash }),
      },
      { kind: 'text', x: right + 33, y: place + 4, text: fitted(end.name, EDGE.right - 36, 11), size: 11 },
    )
  }
  return {
    description: words.description(drawn.map(words.nameOf).join(', ')),
    width: WIDTH,
    height: Math.max(HEIGHT, below + TEXT_SIZE),
    shapes,
  }
}

const at = (value: number): string => value.toFixed(1)

/** Steps of the limits; null where there are none. More corners than a picture has places are thinned as the line is. */
function bandOf(
  curve: Curve,
  start: number,
  first: number,
  x: (time: number) => number,
  y: (value: number) => number,
): string | null {
  const limit = (values: Curve['lower']) => stepsOf({ ...curve, estimate: values })
  const [lower, upper] = [limit(curve.lower), limit(curve.upper)]
  if (lower.length === 0 || upper.length === 0) return null
  const forth = upper.map(({ time, estimate }) => `H${at(x(time))}V${at(y(estimate))}`).join('')
  const end = x(Math.max(lower.at(-1)!.time, upper.at(-1)!.time))
  // Backwards along the lower limit: its level holds until the next step.
  let back = ''
  for (const { time, estimate } of lower.toReversed()) back += `V${at(y(estimate))}H${at(x(time))}`
  return `M${at(x(first))} ${at(y(start))}${forth}H${at(end)}${back}V${at(y(start))}Z`
}
