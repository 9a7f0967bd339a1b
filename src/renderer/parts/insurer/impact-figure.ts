/** Whose premiums move by how much: a bar of exposure for each span of the change. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { ImpactView } from '../../../shared/contract/pricing.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words } from '../../words/catalogue.ts'
import type { Figure, Shape } from '../research/figure.ts'
import { FLOOR, HEIGHT, plotOf, WIDTH } from './plot.ts'
import { signed } from './pricing-names.ts'

/** Of a bar's place that it takes. */
const BAR = 0.72

/** Null where nobody has both premiums. */
export function impactFigure(
  { bins }: ImpactView,
  { pricing: t }: Pick<Words, 'pricing'>,
  locale: Locale,
): Figure | null {
  const most = Math.max(0, ...bins.map(({ exposure }) => exposure))
  if (most === 0) return null
  const edge = (value: number): string => signed(100 * value, locale, 0).replace(/^(?=[1-9])/, '+')
  // An edge without end is null: of the first bin the lower one, of the last one the upper.
  const names = bins.map(({ from, to }) =>
    from === null
      ? t.impactBelow(edge(to ?? 0))
      : to === null
        ? t.impactFrom(edge(from))
        : t.impactBetween(edge(from), edge(to)),
  )
  const plot = plotOf(
    { least: -0.6, most: bins.length - 0.4, name: t.impactAxis, names: [] },
    { least: 0, most: 1.12 * most, name: t.exposureYears },
    locale,
  )
  return {
    description: `${t.impactFigure}: ${bins
      .map(({ exposure }, i) => `${names[i]} % ${formatNumber(exposure, locale, 0)}`)
      .join('; ')}`,
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...plot.shapes,
      ...bins.flatMap(({ exposure, to }, i): Shape[] => {
        const [left, right, top] = [plot.x(i - BAR / 2), plot.x(i + BAR / 2), plot.y(exposure)]
        return [
          { kind: 'box', x: left, y: top, width: right - left, height: FLOOR - top, tone: 0 },
          // Where two spans meet stands what parts them: names of both ends of each would lie on each other.
          ...(to === null
            ? []
            : [
                {
                  kind: 'text',
                  x: plot.x(i + 0.5),
                  y: FLOOR + 17,
                  text: edge(to),
                  anchor: 'middle',
                  tone: 'soft',
                  size: 11,
                } as const,
                {
                  kind: 'line',
                  x1: plot.x(i + 0.5),
                  y1: FLOOR,
                  x2: plot.x(i + 0.5),
                  y2: FLOOR + 4,
                  tone: 'soft',
                } as const,
              ]),
          {
            kind: 'text',
            x: plot.x(i),
            y: top - 5,
            text: formatNumber(exposure, locale, 0),
            anchor: 'middle',
            tone: 'soft',
            size: 10,
          },
        ]
      }),
    ],
  }
}
