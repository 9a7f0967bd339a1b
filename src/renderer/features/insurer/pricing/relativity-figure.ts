/** Relativities of a factor with their limits on a log scale, over bars of the exposure behind them. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { RelativityFactorView } from '../../../../shared/contract/pricing.ts'
import { formatNumber } from '../../../lib/format.ts'
import { fitted, type Figure, type Shape } from '../../../parts/research/figure.ts'
import { ticksOf } from '../../../parts/research/forest-figure.ts'

const WIDTH = 760
const HEIGHT = 330
const EDGE = { left: 56, right: 20, top: 18, bottom: 52 }
/** Of the plot's height that bars take at most: they lie under the relativities. */
const BARS = 0.3
/** A level without information must not flatten the others. */
const FAR = 20

interface FigureWords {
  readonly relativity: string
  readonly exposure: string
  description(rows: string): string
  level(level: string): string
}

/** Null where no level has a relativity. */
export function relativityFigure(
  { rows }: RelativityFactorView,
  words: FigureWords,
  locale: Locale,
): Figure | null {
  const drawn = rows.filter(({ relativity }) => relativity !== null)
  if (drawn.length === 0) return null
  const clamp = (value: number): number => Math.min(FAR, Math.max(1 / FAR, value))
  const all = drawn.flatMap(({ relativity, lower, upper }) =>
    [relativity, lower, upper].flatMap((value) => (value === null ? [] : [clamp(value)])),
  )
  const ticks = ticksOf(Math.min(...all, 1), Math.max(...all, 1))
  const [least, most] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)]
  const [right, floor] = [WIDTH - EDGE.right, HEIGHT - EDGE.bottom]
  const span = (right - EDGE.left) / rows.length
  const x = (i: number): number => EDGE.left + span * (i + 0.5)
  const y = (ratio: number): number =>
    floor - ((Math.log(clamp(ratio)) - least) / (most - least)) * (floor - EDGE.top)
  const exposureMost = Math.max(...rows.map(({ exposure }) => exposure), 1e-9)
  const bar = (exposure: number): number => (Math.max(0, exposure) / exposureMost) * BARS * (floor - EDGE.top)
  const shapes: Shape[] = ticks.flatMap((tick): Shape[] => [
    { kind: 'line', x1: EDGE.left, y1: y(tick), x2: right, y2: y(tick), tone: 'line' },
    {
      kind: 'text',
      x: EDGE.left - 6,
      y: y(tick) + 4,
      text: String(tick),
      anchor: 'end',
      tone: 'soft',
      size: 11,
    },
  ])
  rows.forEach(({ exposure }, i) => {
    const height = bar(exposure)
    // Outlined, so that it is a bar also where tones are the same.
    shapes.push({
      kind: 'box',
      x: x(i) - span * 0.32,
      y: floor - height,
      width: span * 0.64,
      height,
      tone: 'line',
    })
  })
  shapes.push({ kind: 'line', x1: EDGE.left, y1: y(1), x2: right, y2: y(1), tone: 'soft', dash: '3 3' })
  rows.forEach(({ level, relativity, lower, upper }, i) => {
    shapes.push({
      kind: 'text',
      x: x(i),
      y: floor + 16,
      text: fitted(words.level(level), span - 4, 11),
      anchor: 'middle',
      size: 11,
    })
    if (relativity === null) return
    if (lower !== null && upper !== null)
      shapes.push({ kind: 'line', x1: x(i), y1: y(lower), x2: x(i), y2: y(upper), tone: 0, width: 2 })
    shapes.push({ kind: 'box', x: x(i) - 5, y: y(relativity) - 5, width: 10, height: 10, tone: 0 })
  })
  shapes.push(
    {
      kind: 'text',
      x: 14,
      y: (EDGE.top + floor) / 2,
      text: words.relativity,
      anchor: 'middle',
      tone: 'soft',
      isUpright: true,
    },
    {
      kind: 'text',
      x: (EDGE.left + right) / 2,
      y: HEIGHT - 10,
      text: words.exposure,
      anchor: 'middle',
      tone: 'soft',
      size: 11,
    },
  )
  const say = (value: number | null): string => (value === null ? '–' : formatNumber(value, locale, 2))
  return {
    description: words.description(
      drawn
        .map(
          ({ level, relativity, lower, upper }) =>
            `${words.level(level)} ${say(relativity)} (${say(lower)}–${say(upper)})`,
        )
        .join('; '),
    ),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}
