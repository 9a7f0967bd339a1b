/** Lift: what a model said of groups of cells in order of its premium, and what they cost; of two models beside each other, both. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { PricedAnswer } from '../../../../shared/contract/pricing.ts'
import { minorUnits, money } from '../../../parts/insurer/pricing-names.ts'
import { EDGE, HEIGHT, pathOf, plotOf, WIDTH } from '../../../parts/insurer/plot.ts'
import type { Figure, Shape } from '../../../parts/research/figure.ts'
import type { Words } from '../../../words/catalogue.ts'

type Bins = NonNullable<PricedAnswer['validation']>['lift']

interface Series {
  readonly name: string
  readonly tone: 0 | 1 | 2
  readonly dash?: string
  readonly values: readonly (number | undefined)[]
}
const LEGEND_STEP = 160

/** Null of fewer than two groups: there is no order to see. The table beside it has the same numbers. */
export function liftFigure(
  bins: Bins,
  title: string,
  currency: string,
  { pricing: t }: Pick<Words, 'pricing'>,
  locale: Locale,
): Figure | null {
  if (bins.length < 2) return null
  const isDouble = bins.some(({ alternative }) => alternative !== undefined)
  const series: readonly Series[] = [
    {
      name: bins.some(({ lower }) => lower !== null) ? t.actualWithLimits : t.actual,
      tone: 0,
      values: bins.map(({ actual }) => actual),
    },
    {
      name: isDouble ? t.challenger : t.predicted,
      tone: 1,
      dash: '7 4',
      values: bins.map(({ predicted }) => predicted),
    },
    ...(isDouble
      ? [
          {
            name: t.champion,
            tone: 2,
            dash: '2 3',
            values: bins.map(({ alternative }) => alternative),
          } as const,
        ]
      : []),
  ]
  const major = (minor: number): number => minor / minorUnits(currency)
  const shown = series
    .flatMap(({ values }) => values.filter((value) => value !== undefined))
    .concat(bins.flatMap(({ lower, upper }) => [lower, upper].filter((value) => value !== null)))
    .map(major)
  const plot = plotOf(
    {
      least: -0.4,
      most: bins.length - 0.6,
      name: isDouble ? t.doubleLiftAxis : t.liftAxis,
      names: bins.map((_, i) => String(i + 1)),
    },
    {
      least: Math.min(0, ...shown),
      most: 1.08 * Math.max(...shown, 1e-9),
      name: currency === '' ? t.liftCost : `${t.liftCost} (${currency})`,
    },
    locale,
  )
  const at = (value: number | undefined, i: number) =>
    value === undefined ? null : { x: plot.x(i), y: plot.y(major(value)) }
  return {
    description: `${title}: ${series
      .map(({ name, tone, values }) => {
        const texts = values.map((value, i) => {
          if (value === undefined) return '–'
          const { lower, upper } = bins[i]!
          const limits =
            tone !== 0 || lower === null || upper === null
              ? ''
              : ` (${money(lower, currency, locale)}–${money(upper, currency, locale)})`
          return `${money(value, currency, locale)}${limits}`
        })
        return `${name} ${texts.join(', ')}`
      })
      .join('; ')}`,
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...plot.shapes,
      // Chance and noise of what was seen: bins are told apart by no more than this leaves.
      ...bins.flatMap(({ lower, upper }, i): Shape[] =>
        lower === null || upper === null
          ? []
          : [
              {
                kind: 'line',
                x1: plot.x(i),
                y1: plot.y(major(lower)),
                x2: plot.x(i),
                y2: plot.y(major(upper)),
                tone: 0,
                width: 1.25,
              },
            ],
      ),
      ...series.flatMap(({ name, tone, dash, values }, s): Shape[] => {
        const places = values.map(at)
        const x = EDGE.left + s * LEGEND_STEP
        const drawn = { tone, ...(dash === undefined ? {} : { dash }) }
        return [
          { kind: 'line', x1: x, y1: 9, x2: x + 20, y2: 9, width: 1.75, ...drawn },
          { kind: 'text', x: x + 25, y: 13, text: name, size: 11 },
          { kind: 'path', d: pathOf(places), ...drawn },
          ...places.flatMap((place): Shape[] =>
            place === null
              ? []
              : [{ kind: 'box', x: place.x - 3, y: place.y - 3, width: 6, height: 6, tone }],
          ),
        ]
      }),
    ],
  }
}
