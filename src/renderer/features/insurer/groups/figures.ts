/** The pictures of a monitoring table: groups beside each other, one group through time, and its cumulative sum. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { MonitorGroupView, MonitorUnits, MonitorView } from '../../../../shared/contract/monitor.ts'
import { formatNumber } from '../../../lib/format.ts'
import { DASHES, fitted, type Figure, type Shape, widthOf } from '../../../parts/research/figure.ts'
import { ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { wholePercent } from '../../../parts/insurer/pricing-names.ts'
import { EDGE, FLOOR, HEIGHT, pathOf, plotOf, RIGHT, WIDTH } from '../../../parts/insurer/plot.ts'

type Words = Pick<AllWords, 'groups'>
const BOX = 8
/** Marks a month without a number; the words below say so. */
const WITHHELD = '×'
const LEGEND_STEP = 70
/** More for the first word, which is longer. */
const LEGEND_FIRST = 24
/** Of a name that stands left of its place, where there is more room. */
const NAME_MOST = 170
const NAME_HEIGHT = 12
const NAME_SIZE = 11
const NAME_GAP = 4
/** Beyond this a ratio is drawn at the edge: one small group must not flatten the others. */
const RATIO_MOST = 2.5

/** Observed over expected against what is expected; null where no group can be read. */
export function funnelFigure(
  { funnel }: Pick<MonitorUnits, 'funnel'>,
  { groups: t }: Words,
  locale: Locale,
): Figure | null {
  const { points, limits } = funnel
  if (points.length === 0 || limits.length === 0) return null
  const reach = Math.max(
    1.2,
    ...points.map(({ ratio }) => ratio),
    ...limits.slice(3).map(({ upper95 }) => upper95),
  )
  const top = Math.min(RATIO_MOST, 1.1 * reach)
  const most = limits.at(-1)!.expected
  const plot = plotOf(
    { least: 0, most, name: t.expectedByRoot, isRoot: true },
    { least: 0, most: top, name: t.ratio },
    locale,
  )
  const at = (expected: number, value: number) => ({
    x: plot.x(expected),
    y: plot.y(Math.min(top, Math.max(0, value))),
  })
  const lineOf = (of: (limit: (typeof limits)[number]) => number): string =>
    pathOf(limits.map((limit) => at(limit.expected, of(limit))))
  const legend = [
    { text: t.funnelLegend.inner, from: 210, dash: '6 4' },
    { text: t.funnelLegend.outer, from: 150, dash: '2 3' },
  ].flatMap(({ text, from, dash }): Shape[] => [
    { kind: 'line', x1: RIGHT - from, y1: 9, x2: RIGHT - from + 20, y2: 9, tone: 'soft', width: 1.75, dash },
    { kind: 'text', x: RIGHT - from + 25, y: 13, text, tone: 'soft', size: NAME_SIZE },
  ])
  legend.push({
    kind: 'text',
    x: RIGHT,
    y: 13,
    text: t.funnelLegend.signal,
    anchor: 'end',
    tone: 'soft',
    size: NAME_SIZE,
  })
  const shapes: Shape[] = [
    ...plot.shapes,
    { kind: 'line', x1: plot.x(0), y1: plot.y(1), x2: RIGHT, y2: plot.y(1), tone: 'ink' },
    { kind: 'path', d: lineOf(({ upper95 }) => upper95), tone: 'soft', dash: '6 4' },
    { kind: 'path', d: lineOf(({ lower95 }) => lower95), tone: 'soft', dash: '6 4' },
    { kind: 'path', d: lineOf(({ upper998 }) => upper998), tone: 'soft', dash: '2 3' },
    { kind: 'path', d: lineOf(({ lower998 }) => lower998), tone: 'soft', dash: '2 3' },
    ...legend,
  ]
  const names: Name[] = []
  const places: Shape[] = []
  for (const { label, expected, ratio, lower, upper, isSignal } of points) {
    const place = at(expected, ratio)
    const tone = isSignal ? 1 : 0
    const isLeft = place.x < WIDTH - 120
    // What says that a group stands out, or lies beyond the edge, is never cut off.
    const beyond = ratio > top ? ` ${ratioWithLimits({ ratio, lower, upper }, locale).ratio} ↑` : ''
    const sign = `${beyond}${isSignal ? ' ▲' : ''}`
    const room =
      Math.min(NAME_MOST, isLeft ? RIGHT - place.x - 8 : place.x - EDGE.left - 8) - widthOf(sign) * NAME_SIZE
    shapes.push({
      kind: 'line',
      x1: place.x,
      y1: at(expected, lower).y,
      x2: place.x,
      y2: at(expected, upper).y,
      tone,
    })
    places.push({
      kind: 'box',
      x: place.x - BOX / 2,
      y: place.y - BOX / 2,
      width: BOX,
      height: BOX,
      tone,
    })
    names.push({
      kind: 'text',
      x: place.x + (isLeft ? 8 : -8),
      y: place.y - 5,
      text: `${fitted(nameOf(label, t), room, NAME_SIZE)}${sign}`,
      anchor: isLeft ? 'start' : 'end',
      size: NAME_SIZE,
      isBold: isSignal,
      hasSeam: true,
    })
  }
  // Over the lines of all limits, and below the places: no name hides one.
  shapes.push(...readable(names), ...places)
  return {
    description: t.funnelOf(
      points.map((point) => `${nameOf(point.label, t)} ${ratioWithLimits(point, locale).ratio}`).join(', '),
    ),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}

type Name = Extract<Shape, { kind: 'text' }>

/** Names that can be read: what stands out first, and no other where one stands already. The table has all of them. */
function readable(names: readonly Name[]): Name[] {
  const shown: Name[] = []
  for (const name of names.toSorted((a, b) => Number(b.isBold === true) - Number(a.isBold === true)))
    if (name.isBold === true || shown.every((other) => !isOver(name, other))) shown.push(name)
  return shown
}

/** Only names of groups: each stands left or right of its place. */
function isOver(a: Name, b: Name): boolean {
  const [ofA, ofB] = [reachOf(a), reachOf(b)]
  return (
    ofA.left < ofB.right + NAME_GAP && ofB.left < ofA.right + NAME_GAP && Math.abs(a.y - b.y) < NAME_HEIGHT
  )
}

function reachOf({ x, text, anchor, size }: Name): { readonly left: number; readonly right: number } {
  const width = widthOf(text) * (size ?? NAME_SIZE)
  return anchor === 'end' ? { left: x - width, right: x } : { left: x, right: x + width }
}

/** Claims of a group by month beside what was expected, with where 19 of 20 such months lie by chance and noise. */
export function monthsFigure(
  { label, months }: Pick<MonitorGroupView, 'label' | 'months'>,
  { groups: t }: Words,
  locale: Locale,
): Figure | null {
  const shown = months.filter(({ claims }) => claims !== null)
  if (shown.length === 0) return null
  const half = (expected: number, noise: number): number => 1.96 * Math.sqrt(expected + noise)
  const most = Math.max(
    1,
    ...months.map(({ claims, expected, noise }) =>
      Math.max(claims ?? 0, expected === null ? 0 : expected + half(expected, noise)),
    ),
  )
  const plot = plotOf(
    { least: 0, most: months.length - 1, name: t.month, names: months.map(({ month }) => month) },
    { least: 0, most: 1.08 * most, name: t.claims },
    locale,
  )
  const floor = (value: number): number => plot.y(Math.max(0, value))
  // A band over a month without a number would say that something is known of it.
  const bands = runsOf(months).flatMap((run): Shape[] => {
    const at = ({ i, middle, noise }: (typeof run)[number], sign: 1 | -1): string =>
      `${plot.x(i).toFixed(1)} ${floor(middle + sign * half(middle, noise)).toFixed(1)}`
    const [up, down] = [run.map((each) => at(each, 1)), run.map((each) => at(each, -1)).toReversed()]
    if (run.length > 1) return [{ kind: 'band', d: `M${[...up, ...down].join('L')}Z`, tone: 2 }]
    // A month alone has no width: its limits stand as a line.
    const [{ i, middle, noise }] = run as [(typeof run)[number]]
    const [x, reach] = [plot.x(i), half(middle, noise)]
    return [
      { kind: 'line', x1: x, y1: floor(middle + reach), x2: x, y2: floor(middle - reach), tone: 2, width: 3 },
    ]
  })
  return {
    description: t.monthsOf(nameOf(label, t)),
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...plot.shapes,
      ...bands,
      {
        kind: 'path',
        d: pathOf(months.map(({ expected: e }, i) => (e === null ? null : { x: plot.x(i), y: floor(e) }))),
        tone: 2,
        dash: '7 4',
      },
      {
        kind: 'path',
        d: pathOf(
          months.map(({ claims }, i) => (claims === null ? null : { x: plot.x(i), y: floor(claims) })),
        ),
        tone: 0,
      },
      ...months.flatMap(({ claims }, i): Shape[] =>
        claims === null
          ? []
          : [{ kind: 'box', x: plot.x(i) - 3, y: floor(claims) - 3, width: 6, height: 6, tone: 0 }],
      ),
      // On the axis, and no box: it has no number.
      ...months.flatMap(({ claims }, i): Shape[] =>
        claims === null
          ? [{ kind: 'text', x: plot.x(i), y: floor(0) - 4, text: WITHHELD, anchor: 'middle', size: 13 }]
          : [],
      ),
      { kind: 'line', x1: RIGHT - 190, y1: 9, x2: RIGHT - 170, y2: 9, tone: 0, width: 1.75 },
      { kind: 'text', x: RIGHT - 165, y: 13, text: t.observed, size: 11 },
      { kind: 'line', x1: RIGHT - 90, y1: 9, x2: RIGHT - 70, y2: 9, tone: 2, width: 1.75, dash: '7 4' },
      { kind: 'text', x: RIGHT - 65, y: 13, text: t.expected, size: 11 },
    ],
  }
}

/** Months in a row of which something is expected. */
function runsOf(
  months: MonitorGroupView['months'],
): readonly { readonly i: number; readonly middle: number; readonly noise: number }[][] {
  const runs: { i: number; middle: number; noise: number }[][] = []
  months.forEach(({ expected: middle, noise }, i) => {
    if (middle === null) return
    const last = runs.at(-1)
    if (last?.at(-1)?.i === i - 1) last.push({ i, middle, noise })
    else runs.push([{ i, middle, noise }])
  })
  return runs
}

/** Claims per member-year by month with their limits; null where no month has a rate. */
export function ratesFigure(
  { label, months }: Pick<MonitorGroupView, 'label' | 'months'>,
  { groups: t }: Words,
  locale: Locale,
): Figure | null {
  const points = months.flatMap(({ rate }, i) =>
    rate.kind === 'rate' ? [{ i, value: rate.value, lower: rate.lower, upper: rate.upper }] : [],
  )
  if (points.length === 0) return null
  const plot = plotOf(
    {
      least: 0,
      most: Math.max(1, months.length - 1),
      name: t.month,
      names: months.map(({ month }) => month),
    },
    { least: 0, most: 1.08 * Math.max(...points.map(({ upper }) => upper), 0.001), name: t.measures.claims },
    locale,
  )
  // Limits of each month by themselves: between two months nothing is known.
  return {
    description: t.ratesTitle(nameOf(label, t)),
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...plot.shapes,
      ...points.map(({ i, lower, upper }): Shape => ({
        kind: 'line',
        x1: plot.x(i),
        y1: plot.y(upper),
        x2: plot.x(i),
        y2: plot.y(lower),
        tone: 2,
        width: 3,
      })),
      {
        kind: 'path',
        d: pathOf(
          months.map(({ rate }, i) =>
            rate.kind === 'rate' ? { x: plot.x(i), y: plot.y(rate.value) } : null,
          ),
        ),
        tone: 0,
      },
      ...points.map(({ i, value }): Shape => ({
        kind: 'box',
        x: plot.x(i) - 3,
        y: plot.y(value) - 3,
        width: 6,
        height: 6,
        tone: 0,
      })),
      ...months.flatMap(({ rate }, i): Shape[] =>
        rate.kind === 'withheld'
          ? [{ kind: 'text', x: plot.x(i), y: plot.y(0) - 4, text: WITHHELD, anchor: 'middle', size: 13 }]
          : [],
      ),
    ],
  }
}

export function cusumFigure(
  { label, points, threshold }: MonitorView['cusums'][number],
  { groups: t }: Words,
  locale: Locale,
): Figure {
  const most = 1.12 * Math.max(threshold, ...points.map(({ value }) => value))
  const plot = plotOf(
    {
      least: 0,
      most: Math.max(1, points.length - 1),
      name: t.month,
      names: points.map(({ month }) => month),
    },
    { least: 0, most, name: t.cusumSum },
    locale,
  )
  return {
    description: t.cusumOf(
      nameOf(label, t),
      points
        .filter(({ isSignal }) => isSignal)
        .map(({ month }) => month)
        .join(', '),
    ),
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...plot.shapes,
      {
        kind: 'line',
        x1: plot.x(0),
        y1: plot.y(threshold),
        x2: RIGHT,
        y2: plot.y(threshold),
        tone: 1,
        dash: '6 4',
      },
      // At the left, where a sum begins at 0 and leaves room.
      { kind: 'text', x: plot.x(0) + 4, y: plot.y(threshold) - 5, text: t.threshold, size: 11 },
      {
        kind: 'path',
        d: pathOf(points.map(({ value }, i) => ({ x: plot.x(i), y: plot.y(value) }))),
        tone: 0,
      },
      ...points.flatMap(({ value, isSignal }, i): Shape[] => {
        const size = isSignal ? 9 : 5
        const box: Shape = {
          kind: 'box',
          x: plot.x(i) - size / 2,
          y: plot.y(value) - size / 2,
          width: size,
          height: size,
          tone: isSignal ? 1 : 0,
        }
        return isSignal
          ? [
              box,
              {
                kind: 'text',
                x: plot.x(i),
                y: Math.min(FLOOR, plot.y(value)) - 8,
                text: '▲',
                anchor: 'middle',
                size: 11,
              },
            ]
          : [box]
      }),
    ],
  }
}

/** A weighted average of actual over expected between its limits around 1. */
export function ewmaFigure(
  { label, points }: MonitorUnits['ewmas'][number],
  { groups: t }: Words,
  locale: Locale,
): Figure {
  const [least, most] = [
    Math.min(...points.map(({ value, lower }) => Math.min(value, lower))),
    Math.max(...points.map(({ value, upper }) => Math.max(value, upper))),
  ]
  const margin = 0.1 * Math.max(0.05, most - least)
  const plot = plotOf(
    {
      least: 0,
      most: Math.max(1, points.length - 1),
      name: t.month,
      names: points.map(({ month }) => month),
    },
    { least: Math.max(0, least - margin), most: most + margin, name: t.ratio },
    locale,
  )
  const isBeyond = ({ value, lower, upper }: (typeof points)[number]) => value < lower || value > upper
  const lineOf = (of: (point: (typeof points)[number]) => number): string =>
    pathOf(points.map((point, i) => ({ x: plot.x(i), y: plot.y(of(point)) })))
  return {
    description: t.ewmaOf(
      nameOf(label, t),
      points
        .filter(isBeyond)
        .map(({ month }) => month)
        .join(t.listComma),
    ),
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...plot.shapes,
      // The limits lie around it, so that it is in the picture.
      { kind: 'line', x1: plot.x(0), y1: plot.y(1), x2: RIGHT, y2: plot.y(1), tone: 'ink' },
      { kind: 'path', d: lineOf(({ lower }) => lower), tone: 'soft', dash: '6 4' },
      { kind: 'path', d: lineOf(({ upper }) => upper), tone: 'soft', dash: '6 4' },
      { kind: 'path', d: lineOf(({ value }) => value), tone: 0 },
      ...points.map((point, i): Shape => {
        const size = isBeyond(point) ? 9 : 5
        return {
          kind: 'box',
          x: plot.x(i) - size / 2,
          y: plot.y(point.value) - size / 2,
          width: size,
          height: size,
          tone: isBeyond(point) ? 1 : 0,
        }
      }),
    ],
  }
}

/** Claims of each month in parts by how long after the visit they came, and in dashes what is still to come by the months before. */
export function triangleFigure(
  { months, cumulative, completion }: Extract<MonitorView['triangle'], { kind: 'triangle' }>,
  { groups: t }: Words,
  locale: Locale,
): Figure {
  const known = cumulative.map((values) => values.at(-1)!)
  const whole = known.map((value, i) => (completion[i]! > 0 ? value / completion[i]! : value))
  const plot = plotOf(
    { least: -0.6, most: months.length - 0.4, name: t.month, names: months },
    { least: 0, most: 1.08 * Math.max(1, ...whole, ...cumulative.flat()), name: t.claimsKnown },
    locale,
  )
  const y = (value: number): number => plot.y(Math.max(0, value))
  const half = 0.32 * (plot.x(1) - plot.x(0))
  const toneOf = (delay: number) => (delay % DASHES.length) as 0 | 1 | 2 | 3 | 4 | 5
  const legend = cumulative[0]!.flatMap((_, delay): Shape[] => {
    const x = EDGE.left + delay * LEGEND_STEP + (delay === 0 ? 0 : LEGEND_FIRST)
    return [
      { kind: 'box', x, y: 4, width: 9, height: 9, tone: toneOf(delay) },
      { kind: 'text', x: x + 13, y: 12, text: t.withinMonths(delay), size: 11 },
    ]
  })
  return {
    description: t.triangleOf(
      months
        .map((month, i) =>
          t.knownOf(month, formatNumber(known[i]!, locale), wholePercent(completion[i]!, locale)),
        )
        .join(t.listComma),
    ),
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...plot.shapes,
      ...legend,
      ...months.flatMap((_, i): Shape[] => {
        const x = plot.x(i)
        return cumulative[i]!.map((value, delay) => {
          const [from, to] = [y(delay === 0 ? 0 : cumulative[i]![delay - 1]!), y(value)]
          return {
            kind: 'box',
            x: x - half,
            y: Math.min(from, to),
            width: 2 * half,
            height: Math.abs(from - to),
            tone: toneOf(delay),
          }
        })
      }),
      ...months.flatMap((_, i): Shape[] => {
        const [left, right] = [(plot.x(i) - half).toFixed(1), (plot.x(i) + half).toFixed(1)]
        const [top, floor] = [y(whole[i]!).toFixed(1), y(known[i]!).toFixed(1)]
        const d = `M${left} ${floor}L${left} ${top}L${right} ${top}L${right} ${floor}`
        return whole[i]! > known[i]! ? [{ kind: 'path', d, tone: 'ink', dash: '3 3' }] : []
      }),
    ],
  }
}

/** `other` stands for many; the portfolio has no label. Words are those of what is watched. */
export const nameOf = (label: string | null, t: Words['groups']): string =>
  label === null ? t.portfolio : label === 'other' ? t.other : label
