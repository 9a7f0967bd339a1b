/** Relativities of a factor with their limits on a log scale, over bars of the exposure behind them. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { RelativityFactorView } from '../../../../shared/contract/pricing.ts'
import { formatNumber } from '../../../lib/format.ts'
import { fitted, type Figure, type Shape } from '../../../parts/research/figure.ts'
import { ratioFrame } from '../../../parts/research/ratio-frame.ts'
import { isUnseen } from './pricing-tables.ts'

const WIDTH = 760
const HEIGHT = 330
const EDGE = { left: 56, right: 20, top: 18, bottom: 52 }
/** Of the plot's height that bars take at most: they lie under the relativities. */
const BARS = 0.3

interface FigureWords {
  readonly relativity: string
  readonly exposure: string
  /** Instead of an exposure: no cell of the level was shown. */
  readonly withheld: string
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
  const frame = ratioFrame(
    { width: WIDTH, height: HEIGHT },
    EDGE,
    drawn.flatMap((row) => [row.relativity, row.lower, row.upper].filter((value) => value !== null)),
  )
  const { left, right, top, floor, y } = frame
  const span = (right - left) / rows.length
  const x = (i: number): number => left + span * (i + 0.5)
  const exposureMost = Math.max(...rows.map(({ exposure }) => exposure), 1e-9)
  const bar = (exposure: number): number => (Math.max(0, exposure) / exposureMost) * BARS * (floor - top)
  const shapes: Shape[] = [...frame.grid]
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
  shapes.push(frame.one)
  rows.forEach(({ level, exposure, claims, relativity, lower, upper }, i) => {
    shapes.push({
      kind: 'text',
      x: x(i),
      y: floor + 16,
      text: fitted(words.level(level), span - 4, 11),
      anchor: 'middle',
      size: 11,
    })
    // What the bar says, below its level.
    shapes.push({
      kind: 'text',
      x: x(i),
      y: floor + 29,
      text: isUnseen({ exposure, claims })
        ? fitted(words.withheld, span - 4, 10)
        : formatNumber(exposure, locale),
      anchor: 'middle',
      tone: 'soft',
      size: 10,
    })
    if (relativity === null) return
    if (lower !== null && upper !== null)
      shapes.push({ kind: 'line', x1: x(i), y1: y(lower), x2: x(i), y2: y(upper), tone: 0, width: 2 })
    shapes.push({ kind: 'box', x: x(i) - 5, y: y(relativity) - 5, width: 10, height: 10, tone: 0 })
  })
  shapes.push(...frame.names(words.exposure, words.relativity))
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
