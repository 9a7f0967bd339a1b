/** One label of the insurer's groups through all recorded tables: a figure of one measure and the tables beside it, the same numbers. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { MonitorSeries, SeriesPoint } from '../../../../shared/contract/monitor.ts'
import { formatFixed, formatNumber, formatRho } from '../../../lib/format.ts'
import { EDGE, FLOOR, HEIGHT, pathOf, plotOf, RIGHT, WIDTH } from '../../../parts/insurer/plot.ts'
import { minorUnits } from '../../../parts/insurer/pricing-names.ts'
import type { Figure, Shape } from '../../../parts/research/figure.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { ratioInBrackets, ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { nameOf } from './figures.ts'
import { rateText, valueText, type RateKind } from './tables.ts'

type Words = Pick<AllWords, 'groups' | 'groupSeries'>
type Row = MonitorSeries['groups'][number]

const RATES = { claims: 'number', severity: 'amount', purePremium: 'amount', lossRatio: 'share' } as const
/** A condition stands by its own name behind the colon. */
export type SeriesMeasure =
  keyof typeof RATES | 'exposure' | 'actualToExpected' | 'caseMix' | `prevalence:${string}`

export interface Measured {
  readonly value: number
  readonly lower: number
  readonly upper: number
}
/** A number with its limits, or in words why there is none. */
type Said =
  { readonly kind: 'value'; readonly of: Measured } | { readonly kind: 'none'; readonly why: string }

/** In order of reading; conditions as the tables have them. */
export function measuresOf(series: Pick<MonitorSeries, 'groups'>): SeriesMeasure[] {
  const conditions = new Set(
    series.groups.flatMap(({ points }) =>
      points.flatMap((point) => point?.prevalence.map(({ condition }) => condition) ?? []),
    ),
  )
  return [
    'actualToExpected',
    'claims',
    'severity',
    'purePremium',
    'lossRatio',
    'caseMix',
    'exposure',
    ...[...conditions].map((condition) => `prevalence:${condition}` as const),
  ]
}

const conditionOf = (measure: SeriesMeasure): string | null =>
  measure.startsWith('prevalence:') ? measure.slice('prevalence:'.length) : null

/** Without a unit. */
export function measureName(measure: SeriesMeasure, { groups: t }: Pick<Words, 'groups'>): string {
  const condition = conditionOf(measure)
  if (condition !== null) return `${t.measures.prevalence}: ${t.conditions[condition] ?? condition}`
  return measure === 'actualToExpected'
    ? t.measures.ratio
    : t.measures[measure as Exclude<SeriesMeasure, 'actualToExpected' | `prevalence:${string}`>]
}

/** As it stands along an axis and over a column. */
export function measureWithUnit(measure: SeriesMeasure, currency: string, words: Words): string {
  const name = measureName(measure, words)
  const kind = kindOf(measure)
  if (kind === 'share') return words.groupSeries.percent(name)
  return kind === 'amount' && currency !== '' ? words.groupSeries.withUnit(name, currency) : name
}

function kindOf(measure: SeriesMeasure): RateKind {
  if (conditionOf(measure) !== null) return 'share'
  return measure in RATES ? RATES[measure as keyof typeof RATES] : 'number'
}

/** In the unit of the axis: per cent, and whole units of money. */
export function saidOf(
  point: SeriesPoint | null,
  label: string | null,
  measure: SeriesMeasure,
  currency: string,
  { groups: t, groupSeries: w }: Words,
): Said {
  if (point === null) return { kind: 'none', why: w.absent }
  if (measure === 'exposure') {
    const { exposure: value } = point
    return value === null
      ? { kind: 'none', why: t.claimsOnly }
      : { kind: 'value', of: { value, lower: value, upper: value } }
  }
  if (measure === 'actualToExpected') {
    const { actualToExpected: found } = point
    if (found === null) return { kind: 'none', why: label === null ? w.ownMeasure : t.notReadable }
    return { kind: 'value', of: { value: found.ratio, lower: found.lower, upper: found.upper } }
  }
  if (measure === 'caseMix') {
    const { caseMix: found } = point
    if (found === null) return { kind: 'none', why: t.withheld }
    return { kind: 'value', of: { value: found.points, lower: found.lower, upper: found.upper } }
  }
  const condition = conditionOf(measure)
  const rate =
    condition === null
      ? point[measure as keyof typeof RATES]
      : (point.prevalence.find((each) => each.condition === condition)?.rate ?? { kind: 'withheld' as const })
  if (rate.kind !== 'rate')
    return { kind: 'none', why: rateText(rate, 'number', { groups: t }, 'en', currency) }
  const kind = kindOf(measure)
  const unit = kind === 'share' ? 100 : kind === 'amount' ? 1 / minorUnits(currency) : 1
  const { value, lower, upper } = rate
  return { kind: 'value', of: { value: unit * value, lower: unit * lower, upper: unit * upper } }
}

function textOf({ value, lower, upper }: Measured, measure: SeriesMeasure, locale: Locale) {
  if (measure === 'actualToExpected') return ratioWithLimits({ ratio: value, lower, upper }, locale)
  const text = (each: number) =>
    kindOf(measure) === 'share' ? formatFixed(each, locale, 1) : valueText(each, 'number', locale, '', value)
  return { ratio: text(value), limits: measure === 'exposure' ? '' : `${text(lower)}–${text(upper)}` }
}

type Points = readonly { readonly at: number; readonly of: Measured }[]

/** Tables that follow each other and both have the number. */
function runsOf(said: readonly Said[]): Points[] {
  const runs: { at: number; of: Measured }[][] = []
  said.forEach((each, at) => {
    if (each.kind === 'none') return
    const last = runs.at(-1)
    if (last?.at(-1)?.at === at - 1) last.push({ at, of: each.of })
    else runs.push([{ at, of: each.of }])
  })
  return runs
}

/** Null where fewer than two tables have the number. */
export function seriesFigure(
  { tables }: Pick<MonitorSeries, 'tables'>,
  { label, points }: Row,
  measure: SeriesMeasure,
  currency: string,
  words: Words,
  locale: Locale,
): Figure | null {
  const { groups: t, groupSeries: w } = words
  const said = points.map((point) => saidOf(point, label, measure, currency, words))
  const runs = runsOf(said)
  const shown = runs.flat()
  if (shown.length < 2) return null
  const most = 1.08 * Math.max(...shown.map(({ of }) => of.upper), measure === 'actualToExpected' ? 1.1 : 0)
  const plot = plotOf(
    {
      least: -0.25,
      most: tables.length - 0.75,
      name: w.lastMonths,
      names: tables.map(({ source }) => source.lastMonth),
    },
    { least: 0, most: most > 0 ? most : 1, name: measureWithUnit(measure, currency, words) },
    locale,
  )
  const place = ({ at }: Points[number], value: number) => ({ x: plot.x(at), y: plot.y(Math.max(0, value)) })
  const spot = ({ x, y }: { x: number; y: number }) => `${x.toFixed(1)} ${y.toFixed(1)}`
  const shapes: Shape[] = [...plot.shapes]
  if (measure === 'actualToExpected')
    shapes.push({ kind: 'line', x1: EDGE.left, y1: plot.y(1), x2: RIGHT, y2: plot.y(1), tone: 'ink' })
  for (const run of runs) {
    if (run.length > 1) {
      const up = run.map((each) => spot(place(each, each.of.upper)))
      const down = run.map((each) => spot(place(each, each.of.lower))).toReversed()
      shapes.push({ kind: 'band', d: `M${[...up, ...down].join('L')}Z`, tone: 0 })
    }
    shapes.push({ kind: 'path', d: pathOf(run.map((each) => place(each, each.of.value))), tone: 0 })
  }
  for (const each of shown) {
    const { x, y } = place(each, each.of.value)
    shapes.push(
      {
        kind: 'line',
        x1: x,
        y1: place(each, each.of.upper).y,
        x2: x,
        y2: place(each, each.of.lower).y,
        tone: 0,
      },
      { kind: 'box', x: x - 4, y: y - 4, width: 8, height: 8, tone: 0 },
    )
  }
  said.forEach((each, at) => {
    if (each.kind === 'none')
      shapes.push({ kind: 'text', x: plot.x(at), y: FLOOR - 4, text: '×', anchor: 'middle', size: 13 })
  })
  const list = shown
    .map((each) => `${tables[each.at]!.source.lastMonth} ${textOf(each.of, measure, locale).ratio}`)
    .join(t.listComma)
  return {
    description: w.described(nameOf(label, t), measureName(measure, words), list),
    width: WIDTH,
    height: HEIGHT,
    shapes,
  }
}

/** The numbers of the figure, with what each table cost. */
export function seriesTable(
  { tables }: Pick<MonitorSeries, 'tables'>,
  { label, points }: Row,
  measure: SeriesMeasure,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const { groups: t, groupSeries: w } = words
  return {
    title: w.figureOf(nameOf(label, t), measureName(measure, words)),
    header: [
      w.tableUpTo,
      w.months,
      w.snapshot,
      w.charge,
      measureWithUnit(measure, currency, words),
      w.limits,
      w.remarks,
    ],
    textColumns: [6],
    rows: tables.map(({ source }, i) => {
      const said = saidOf(points[i]!, label, measure, currency, words)
      const { ratio, limits } =
        said.kind === 'value' ? textOf(said.of, measure, locale) : { ratio: '', limits: '' }
      return {
        cells: [
          source.lastMonth,
          formatNumber(source.months, locale),
          source.snapshotHeight === null ? '–' : String(source.snapshotHeight),
          formatRho(source.microRho, locale),
          ratio,
          limits,
          [
            ...(said.kind === 'none' ? [said.why] : []),
            ...(points[i]?.hasOtherGroups === true ? [w.otherGroupsShort] : []),
          ].join(t.listSemicolon),
        ],
      }
    }),
    notes: seriesNotes({ tables }, { label, points }, words),
  }
}

/** Which tables share months, whether they are of one length, which have another composition, and which have no rates. */
export function seriesNotes(
  { tables }: Pick<MonitorSeries, 'tables'>,
  { points }: Pick<Row, 'points'> & { readonly label: string | null },
  { groups: t, groupSeries: w }: Words,
): string[] {
  const lastOf = (each: MonitorSeries['tables'][number]) => each.source.lastMonth
  const mismatched = tables.filter(({ mismatch }) => mismatch !== null).map(lastOf)
  const withheld = tables.filter(({ isWithheld }) => isWithheld).map(lastOf)
  return [
    ...tables.flatMap((each) =>
      each.sharedMonths > 0 ? [w.overlap(lastOf(each), String(each.sharedMonths))] : [],
    ),
    ...(new Set(tables.map(({ source }) => source.months)).size > 1 ? [w.otherLengths] : []),
    ...tables.flatMap((each, i) => (points[i]?.hasOtherGroups === true ? [w.otherGroups(lastOf(each))] : [])),
    ...(mismatched.length > 0 ? [w.mismatched(mismatched.join(t.listComma), String(mismatched.length))] : []),
    ...(withheld.length > 0 ? [w.withheldTables(withheld.join(t.listComma), String(withheld.length))] : []),
  ]
}

/** One line a table, every measure that stands in the page of one. */
export function allMeasuresTable(
  { tables }: Pick<MonitorSeries, 'tables'>,
  { label, points }: Row,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const { groups: t, groupSeries: w } = words
  const columns = ['claims', 'severity', 'purePremium', 'lossRatio'] as const
  return {
    title: w.all(nameOf(label, t)),
    header: [
      w.tableUpTo,
      t.memberYears,
      ...columns.map((measure) => measureWithUnit(measure, currency, words)),
      t.measures.ratio,
      t.measures.caseMix,
    ],
    rows: tables.map(({ source }, i) => {
      const point = points[i] ?? null
      if (point === null) return { cells: [source.lastMonth, ...Array<string>(7).fill(w.absent)] }
      const { exposure, actualToExpected: ratio, caseMix } = point
      const two = (value: number) => formatNumber(value, locale, 2)
      return {
        cells: [
          source.lastMonth,
          exposure === null ? t.claimsOnly : formatFixed(exposure, locale, 1),
          ...columns.map((measure) => rateText(point[measure], RATES[measure], words, locale, currency)),
          ratio === null ? (label === null ? '–' : t.notReadable) : ratioInBrackets(ratio, locale),
          caseMix === null
            ? t.withheld
            : `${two(caseMix.points)} (${two(caseMix.lower)}–${two(caseMix.upper)})`,
        ],
      }
    }),
    notes: [t.bandNote],
  }
}
