/** Ratios of a factor's levels with their limits on a log scale, over bars of the exposure behind them. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { PricedAnswer, RelativityFactorView } from '../../../../shared/contract/pricing.ts'
import { formatNumber } from '../../../lib/format.ts'
import { factorName, levelName } from '../../../parts/insurer/pricing-names.ts'
import { fitted, type Figure, type Shape } from '../../../parts/research/figure.ts'
import { ratioFrame } from '../../../parts/research/ratio-frame.ts'
import type { Words } from '../../../words/catalogue.ts'
import { isUnseen, type Stability, unseenWord } from './pricing-tables.ts'

const WIDTH = 760
const HEIGHT = 330
const EDGE = { left: 56, right: 20, top: 18, bottom: 52 }
/** Of the plot's height that bars take at most: they lie under the ratios. */
const BARS = 0.3
const LEGEND_STEP = 160
/** Between the ratios of one level, which would hide each other. */
const BESIDE = 22

interface Band {
  readonly ratio: number | null
  readonly lower: number | null
  readonly upper: number | null
}

interface Level {
  readonly level: string
  readonly exposure: number
  /** What stands for its exposure where no cell of it was shown; null where one was. */
  readonly unseen: string | null
  /** One for each series. */
  readonly bands: readonly Band[]
}

interface Named {
  /** Of several series, in their order; one needs no legend. */
  readonly series: readonly string[]
  readonly ratio: string
  readonly exposure: string
  level(level: string): string
  description(rows: string): string
}

/** Null where no level has a relativity. */
export function relativityFigure(
  { factor, rows }: RelativityFactorView,
  words: Words,
  locale: Locale,
): Figure | null {
  const { pricing: t } = words
  return levelFigure(
    rows.map(({ level, exposure, claims, isInTable, relativity, lower, upper }) => ({
      level,
      exposure,
      unseen: isUnseen({ exposure, claims }) ? unseenWord({ isInTable }, words) : null,
      bands: [{ ratio: relativity, lower, upper }],
    })),
    {
      series: [],
      ratio: t.relativity,
      exposure: `${factorName(factor, words)} · ${t.exposureYears}`,
      level: (level) => levelName(factor, level, words),
      description: (text) => t.figure(factorName(factor, words), text),
    },
    locale,
  )
}

/** Null where nothing was expected of any level. */
export function actualFigure(
  { factor, levels }: NonNullable<PricedAnswer['validation']>['byFactor'][number],
  words: Words,
  locale: Locale,
): Figure | null {
  const { pricing: t } = words
  return levelFigure(
    levels.map(({ level, exposure, claims, cost }) => ({
      level,
      exposure,
      unseen: null,
      bands: [claims, cost],
    })),
    {
      series: [t.claims, t.costs],
      ratio: t.actualAxis,
      exposure: `${factorName(factor, words)} · ${t.exposureYears}`,
      level: (level) => levelName(factor, level, words),
      description: (text) => t.actualSaid(factorName(factor, words), text),
    },
    locale,
  )
}

/** Null where no level has a relativity in either. */
export function stabilityFigure({ factor, levels }: Stability, words: Words, locale: Locale): Figure | null {
  const { pricing: t, groups } = words
  return levelFigure(
    levels.map(({ level, exposure, priced, later }) => ({
      level,
      exposure,
      // Levels of a fit are those of the answer.
      unseen: exposure === 0 ? groups.withheld : null,
      bands: [priced, later],
    })),
    {
      series: [t.stabilityPriced, t.stabilityLater],
      ratio: t.relativity,
      exposure: `${factorName(factor, words)} · ${t.exposureYears}`,
      level: (level) => levelName(factor, level, words),
      description: (text) => t.stabilitySaid(factorName(factor, words), text),
    },
    locale,
  )
}

type DrawnBand = Band & { readonly ratio: number }
const isDrawn = (band: Band): band is DrawnBand => band.ratio !== null

function levelFigure(levels: readonly Level[], words: Named, locale: Locale): Figure | null {
  const seen = levels.flatMap(({ bands }) => bands.filter(isDrawn))
  if (seen.length === 0) return null
  const frame = ratioFrame(
    { width: WIDTH, height: HEIGHT },
    EDGE,
    seen.flatMap(({ ratio, lower, upper }) => [ratio, lower, upper].filter((value) => value !== null)),
  )
  const { left, right, top, floor, y } = frame
  const span = (right - left) / levels.length
  const exposureMost = Math.max(...levels.map(({ exposure }) => exposure), 1e-9)
  const shapes: Shape[] = [...frame.grid]
  levels.forEach(({ exposure }, i) => {
    const height = (Math.max(0, exposure) / exposureMost) * BARS * (floor - top)
    // Outlined, so that it is a bar also where tones are the same.
    shapes.push({
      kind: 'box',
      x: left + span * (i + 0.18),
      y: floor - height,
      width: span * 0.64,
      height,
      tone: 'line',
    })
  })
  shapes.push(frame.one)
  levels.forEach(({ level, exposure, unseen, bands }, i) => {
    const middle = left + span * (i + 0.5)
    shapes.push({
      kind: 'text',
      x: middle,
      y: floor + 16,
      text: fitted(words.level(level), span - 4, 11),
      anchor: 'middle',
      size: 11,
    })
    // What the bar says, below its level.
    shapes.push({
      kind: 'text',
      x: middle,
      y: floor + 29,
      text: unseen !== null ? fitted(unseen, span - 4, 10) : formatNumber(exposure, locale),
      anchor: 'middle',
      tone: 'soft',
      size: 10,
    })
    const beside = Math.min(BESIDE, span / (bands.length + 1))
    bands.forEach((band, s) => {
      if (!isDrawn(band)) return
      const x = middle + beside * (s - (bands.length - 1) / 2)
      shapes.push(...bandShapes(band, x, y, s === 0 ? 0 : 1))
    })
  })
  words.series.forEach((name, s) => {
    const x = left + s * LEGEND_STEP
    shapes.push(...bandShapes({ ratio: 1, lower: null, upper: null }, x + 6, () => 9, s === 0 ? 0 : 1), {
      kind: 'text',
      x: x + 18,
      y: 13,
      text: name,
      size: 11,
    })
  })
  shapes.push(...frame.names(words.exposure, words.ratio))
  const say = (value: number | null): string => (value === null ? '–' : formatNumber(value, locale, 2))
  return {
    description: words.description(
      levels
        .filter(({ bands }) => bands.some(isDrawn))
        .map(
          ({ level, bands }) =>
            `${words.level(level)} ${bands
              .map(({ ratio, lower, upper }) => `${say(ratio)} (${say(lower)}–${say(upper)})`)
              .join(', ')}`,
        )
        .join('; '),
    ),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}

/** The second series is hollow: it is told apart also where tones are the same. */
function bandShapes(
  { ratio, lower, upper }: DrawnBand,
  x: number,
  y: (ratio: number) => number,
  tone: 0 | 1,
): Shape[] {
  const limits: readonly Shape[] =
    lower === null || upper === null
      ? []
      : [{ kind: 'line', x1: x, y1: y(lower), x2: x, y2: y(upper), tone, width: 2 }]
  const half = 5
  // Rounded, as all other coordinates are: a picture is the same text again.
  const [at, middle] = [y(ratio), x].map((place) => Math.round(place * 10) / 10) as [number, number]
  return [
    ...limits,
    tone === 0
      ? { kind: 'box', x: x - half, y: at - half, width: 2 * half, height: 2 * half, tone }
      : {
          kind: 'path',
          d: `M${middle} ${at - half}l${half} ${half}l${-half} ${half}l${-half} ${-half}Z`,
          tone,
        },
  ]
}
