/** The tables of a monitoring page: what the charts draw and the tiles say, the same numbers. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type {
  CauseBy,
  MonitorCause,
  MonitorGroupView,
  MonitorRate,
  MonitorUnits,
  MonitorView,
} from '../../../../shared/contract/monitor.ts'
import { usualExponent } from '../../../../shared/domain/currencies.ts'
import { formatFixed, formatMinute, formatNumber, formatP } from '../../../lib/format.ts'
import { minorUnits, money, signed, wholePercent } from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { ratioInBrackets, ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { nameOf } from './figures.ts'
import { calledOf } from './words-for.ts'

type Words = Pick<AllWords, 'groups'>

/** A number from here on is written without decimals, and one below the other with more. */
const LARGE = 100
const SMALL = 0.1

/** `amount`: money whose currency stands over the column. */
export type RateKind = 'number' | 'share' | 'money' | 'amount'

/** A rate with its limits; claims alone without a denominator; or that it was withheld. */
export function rateText(
  rate: MonitorRate,
  kind: RateKind,
  { groups: t }: Words,
  locale: Locale,
  currency = '',
): string {
  switch (rate.kind) {
    case 'withheld':
      return t.withheld
    case 'too-noisy':
      return t.tooNoisy
    case 'claims-only':
      return t.claimsOnly
    case 'rate': {
      const text = (value: number) => valueText(value, kind, locale, currency, rate.value)
      return `${text(rate.value)} (${text(rate.lower)}–${text(rate.upper)})`
    }
  }
}

/**
 * @param currency of `money` and `amount`, which come in minor units
 * @param rate whose places it gets, as a limit of it: the two are compared
 */
export function valueText(
  value: number,
  kind: RateKind,
  locale: Locale,
  currency = '',
  rate = value,
): string {
  if (kind === 'share') return `${formatFixed(100 * value, locale, 1)} %`
  if (kind === 'amount') return formatNumber(value / minorUnits(currency), locale, usualExponent(currency))
  return kind === 'money'
    ? money(value, currency, locale)
    : formatFixed(value, locale, rate !== 0 && Math.abs(rate) < SMALL ? 4 : rate < LARGE ? 2 : 0)
}

/** What the width of a band is made of, in words: the largest first, nothing under a twentieth. */
export function widthText(
  { from }: Extract<MonitorRate, { kind: 'rate' }>,
  { groups: t }: Words,
  locale: Locale,
): string {
  return (['chance', 'noise', 'immaturity'] as const)
    .map((part) => ({ part, share: from[part] }))
    .filter(({ share }) => share >= 0.05)
    .sort((a, b) => b.share - a.share)
    .map(({ part, share }) => `${t.widthOf[part]} ${wholePercent(share, locale)}`)
    .join(t.listComma)
}

/** How far claims come together, with the most that it may be. */
export function dispersionSaid(
  { dispersion }: Pick<MonitorUnits, 'dispersion'>,
  { groups: t }: Words,
  locale: Locale,
): string {
  if (dispersion === null) return t.dispersion(null, '')
  const { phi, stdErr } = dispersion
  const text = (value: number) => formatNumber(Math.max(1, value), locale, 2)
  return t.dispersion(text(phi), text(phi + 1.96 * stdErr))
}

/** What a year without any change would show all the same, and from what. */
export function falseAlarmsSaid(
  view: Pick<MonitorView, 'cusums' | 'falseAlarmsPerYear' | 'plans' | 'tablesPerYear'>,
  { groups: t }: Words,
  locale: Locale,
): string {
  const levels = [view, ...(view.plans === null ? [] : [view.plans])]
  const sum = (of: (level: (typeof levels)[number]) => number) =>
    levels.reduce((total, each) => total + of(each), 0)
  const [rises, apart] = [
    sum(({ falseAlarmsPerYear }) => falseAlarmsPerYear.rises),
    sum(({ falseAlarmsPerYear }) => falseAlarmsPerYear.levels),
  ]
  const text = (value: number) => formatNumber(value, locale, value < 1 ? 2 : 1)
  const charts = String(sum(({ cusums }) => cusums.length))
  return t.falseAlarms(text(rises + apart), String(view.tablesPerYear), text(rises), charts, text(apart))
}

export function groupsTable(
  portfolio: MonitorGroupView,
  units: Pick<MonitorUnits, 'groups' | 'isCompared' | 'isStandardised' | 'shrunk'>,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.groups
  const row = (group: MonitorGroupView, isHeading: boolean) => ({
    isHeading,
    cells: [
      nameOf(group.label, t),
      group.lives === null ? '' : formatNumber(group.lives, locale),
      group.exposure === null ? '' : formatFixed(group.exposure, locale, 1),
      rateText(group.visits, 'number', words, locale),
      rateText(group.claims, 'number', words, locale),
      rateText(group.severity, 'amount', words, locale, currency),
      rateText(group.purePremium, 'amount', words, locale, currency),
      rateText(group.lossRatio, 'share', words, locale),
      isOwnMeasure(group, units)
        ? '–'
        : group.actualToExpected === null
          ? t.notReadable
          : ratioInBrackets(group.actualToExpected, locale),
      group.caseMix === null
        ? t.withheld
        : `${formatNumber(group.caseMix.points, locale, 2)} (${formatNumber(group.caseMix.lower, locale, 2)}–${formatNumber(group.caseMix.upper, locale, 2)})`,
    ],
  })
  return {
    title: t.tableTitle,
    header: [
      t.group,
      t.lives,
      t.memberYears,
      t.measures.visits,
      t.measures.claims,
      inCurrency(t.measures.severity, currency),
      inCurrency(t.measures.purePremium, currency),
      t.measures.lossRatio,
      t.ratio,
      t.measures.caseMix,
    ],
    rows: [row(portfolio, true), ...inOrder(units).map((group) => row(group, false))],
    notes: [t.bandNote, units.isStandardised ? t.expectedBy : t.expectedCrude, t.ownMeasure],
  }
}

/** By the credible actual over expected, the highest first; what has none comes last, as it came. */
function inOrder({ groups, shrunk }: Pick<MonitorUnits, 'groups' | 'shrunk'>): readonly MonitorGroupView[] {
  const ratios = new Map(shrunk.ratios.map(({ label, ratio }) => [label, ratio]))
  const placeOf = ({ label }: MonitorGroupView) => ratios.get(label ?? '') ?? -Infinity
  return groups.toSorted((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(b) - placeOf(a)))
}

/** What of each ratio is the group's own; null where no group has any. */
export function rankingTable(
  units: Pick<MonitorUnits, 'groups' | 'shrunk'>,
  words: Words,
  locale: Locale,
): PaperTable | null {
  const t = words.groups
  const { ratios, lossRatios, lossMiddle } = units.shrunk
  if (ratios.length === 0 && lossRatios.length === 0) return null
  const drawn = (
    found: (typeof ratios)[number] | undefined,
    text: (ratio: number) => string,
  ): readonly string[] =>
    found === undefined ? ['', ''] : [wholePercent(found.credibility, locale), text(found.ratio)]
  return {
    title: t.ranking.title,
    header: [
      t.group,
      t.ratio,
      t.ranking.credibility,
      t.ranking.ratio,
      t.measures.lossRatio,
      t.ranking.credibility,
      t.ranking.lossRatio,
    ],
    rows: inOrder(units).map((group) => ({
      cells: [
        nameOf(group.label, t),
        group.actualToExpected === null ? t.notReadable : ratioInBrackets(group.actualToExpected, locale),
        ...drawn(
          ratios.find(({ label }) => label === group.label),
          (ratio) => formatFixed(ratio, locale, 2),
        ),
        rateText(group.lossRatio, 'share', words, locale),
        ...drawn(
          lossRatios.find(({ label }) => label === group.label),
          (ratio) => valueText(ratio, 'share', locale),
        ),
      ],
    })),
    notes: [
      t.ranking.note,
      ...(lossMiddle === null ? [] : [t.ranking.middle(valueText(lossMiddle, 'share', locale))]),
    ],
  }
}

const inCurrency = (name: string, currency: string): string =>
  currency === '' ? name : `${name} (${currency})`

/** Of all groups, and of one without others, as much is expected as was observed: it would be 1 whatever happened. */
export const isOwnMeasure = (
  { label, exposure }: MonitorGroupView,
  { isCompared }: Pick<MonitorUnits, 'isCompared'>,
): boolean => label === null || (exposure !== null && !isCompared)

export function funnelTable(
  { funnel }: Pick<MonitorUnits, 'funnel'>,
  { groups: t }: Words,
  locale: Locale,
): PaperTable {
  return {
    title: t.funnelTitle,
    header: [t.group, t.expected, t.ratio, t.limits95, t.p, t.standsOut],
    rows: funnel.points.map((point) => {
      const { label, expected, p, isSignal } = point
      const { ratio, limits } = ratioWithLimits(point, locale)
      return {
        cells: [
          nameOf(label, t),
          formatFixed(expected, locale, 1),
          ratio,
          limits,
          formatP(p, locale),
          isSignal ? t.yes : t.no,
        ],
      }
    }),
    notes: [
      t.funnelNote(formatNumber(funnel.phi, locale, 2)),
      ...(funnel.leftOut > 0 ? [t.funnelLeftOut(String(funnel.leftOut))] : []),
    ],
  }
}

/** Every alert that was shown, of all tables, newest first. */
export function notedTable({ noted }: Pick<MonitorView, 'noted'>, words: Words, locale: Locale): PaperTable {
  const t = words.groups
  return {
    title: t.noted.title,
    header: [
      t.noted.when,
      t.noted.who,
      t.noted.what,
      t.noted.months,
      t.ratio,
      t.limits95,
      t.noted.table,
      t.noted.looked,
    ],
    rows: noted.map((alert) => {
      const { notedAt, lookedAt, kind, since, month, lastMonth } = alert
      const { ratio, limits } = ratioWithLimits(alert, locale)
      return {
        cells: [
          formatMinute(notedAt),
          calledOf(alert, words),
          t.noted.kinds[kind],
          month === null || month === since ? since : `${since}–${month}`,
          ratio,
          limits,
          lastMonth,
          lookedAt === null ? t.noted.notYet : lookedAt === 0 ? t.noted.before : formatMinute(lookedAt),
        ],
      }
    }),
    notes: [t.noted.note],
  }
}

export function ratesTable(
  { label, months }: Pick<MonitorGroupView, 'label' | 'months'>,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.groups
  return {
    title: t.ratesTitle(nameOf(label, t)),
    header: [t.month, t.exposure, t.measures.claims, t.limits95, t.known, t.widthHead],
    rows: months.map(({ month, exposure, rate }) => ({
      cells: [
        month,
        exposure === null ? '' : formatFixed(exposure, locale, 1),
        ...(rate.kind === 'rate'
          ? [
              valueText(rate.value, 'number', locale),
              [rate.lower, rate.upper]
                .map((limit) => valueText(limit, 'number', locale, '', rate.value))
                .join('–'),
              wholePercent(rate.completion, locale),
              widthText(rate, words, locale),
            ]
          : [rateText(rate, 'number', words, locale), '', '', '']),
      ],
    })),
    notes: [t.ratesNote, ...withheldSaid(months, words)],
  }
}

/** By how much more than expected a chart looks for. */
export const riseText = (ratio: number, locale: Locale): string => wholePercent(ratio - 1, locale)

export function monthsTable(
  { label, months }: MonitorGroupView,
  /** Of this group. */
  cusums: MonitorUnits['cusums'],
  { groups: t }: Words,
  locale: Locale,
): PaperTable {
  const text = (value: number | null, digits = 1) =>
    value === null ? t.withheld : formatFixed(value, locale, digits)
  return {
    title: t.monthsOf(nameOf(label, t)),
    header: [
      t.month,
      t.exposure,
      t.patients,
      t.observed,
      t.expected,
      ...cusums.map(({ ratio }) => t.cusumOfRise(riseText(ratio, locale))),
      t.signal,
    ],
    rows: months.map(({ month, claims, patients, expected, exposure }) => {
      const seen = cusums.map(({ points }) => points.find((each) => each.month === month))
      return {
        cells: [
          month,
          exposure === null ? '' : formatFixed(exposure, locale, 1),
          text(patients, 0),
          text(claims, 0),
          expected === null ? '' : text(expected),
          ...seen.map((point) => (point === undefined ? '' : formatFixed(point.value, locale, 2))),
          seen.some((point) => point?.isSignal === true) ? t.yes : '',
        ],
      }
    }),
    notes: [
      ...withheldSaid(months, { groups: t }),
      ...cusums.map(({ ratio, threshold, falseAlarmsPerYear }) =>
        t.cusumNote(
          riseText(ratio, locale),
          formatNumber(threshold, locale, 2),
          formatNumber(falseAlarmsPerYear, locale, 2),
        ),
      ),
    ],
  }
}

export function ewmaTable(
  { label, points }: MonitorUnits['ewmas'][number],
  { groups: t }: Words,
  locale: Locale,
): PaperTable {
  return {
    title: t.ewmaTitle(nameOf(label, t)),
    header: [t.month, t.ewma, t.ewmaLower, t.ewmaUpper],
    rows: points.map(({ month, value, lower, upper }) => ({
      cells: [month, ...[value, lower, upper].map((each) => formatFixed(each, locale, 3))],
    })),
    notes: [t.ewmaNote],
  }
}

/** Which months have no number, and which are not of all groups: a gap would look like a month that nobody asked for. */
export function withheldSaid(months: MonitorGroupView['months'], { groups: t }: Words): string[] {
  const whole = months.filter(({ claims }) => claims === null)
  const partly = months.filter(({ claims, withheld }) => claims !== null && withheld > 0)
  return [
    ...(whole.length > 0 ? [t.monthsWithheld(whole.map(({ month }) => month).join(t.listComma))] : []),
    ...(partly.length > 0
      ? [
          t.monthsPartly(
            partly.map(({ month, withheld }) => t.monthPart(month, String(withheld))).join(t.listComma),
          ),
        ]
      : []),
  ]
}

type Months = readonly { readonly month: string }[]

/** Of which months the parts are; nothing where the table has none. */
function causePeriod(by: CauseBy, months: Months, { groups: t }: Words): string[] {
  const [first, last] = [months[0], months.at(-1)]
  if (first === undefined || last === undefined) return []
  return [by === 'month' ? t.causeMonths(first.month, last.month) : t.causePeriod(first.month, last.month)]
}

export function causeTable(
  label: string,
  by: CauseBy,
  cause: Extract<MonitorCause, { kind: 'rows' }>,
  { months, prevalence }: Pick<MonitorGroupView, 'prevalence'> & { readonly months: Months },
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.groups
  // A condition is of persons with a visit for it; age and month are of claims.
  const of = by === 'condition' ? 'persons' : 'claims'
  const hidden = by === 'condition' ? prevalence.filter(({ rate }) => rate.kind === 'withheld').length : 0
  return {
    title: t.causeOf(nameOf(label, t), t.by[by]),
    header: [
      t.by[by],
      t.observedOf[of],
      t.expected,
      t.excess,
      t.ratio,
      ...(by === 'condition' ? [t.p, t.standsOut] : []),
    ],
    rows: cause.rows.map((row) => ({
      cells: [
        by === 'condition' ? (t.conditions[row.label] ?? row.label) : row.label,
        formatNumber(row.observed, locale),
        formatFixed(row.expected, locale, 1),
        signed(row.excess, locale, 1),
        ratioInBrackets(row, locale),
        ...(by === 'condition' ? [formatP(row.p, locale), row.standsOut === true ? t.yes : t.no] : []),
      ],
    })),
    notes: [
      ...causePeriod(by, months, words),
      ...(by === 'condition' && cause.rows.length > 0 ? [t.causeTests] : []),
      ...(cause.leftOut > 0 ? [t.leftOut(String(cause.leftOut))] : []),
      ...(hidden > 0 ? [t.causeWithheld(String(hidden))] : []),
    ],
  }
}

export function prevalenceTable(
  view: MonitorView,
  group: MonitorGroupView,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.groups
  return {
    title: t.prevalenceOf(nameOf(group.label, t)),
    header: [t.condition, nameOf(group.label, t), ...(group.label === null ? [] : [t.portfolio])],
    rows: group.prevalence.map(({ condition, rate }, i) => ({
      cells: [
        t.conditions[condition] ?? condition,
        rateText(rate, 'share', words, locale),
        ...(group.label === null
          ? []
          : [rateText(view.portfolio.prevalence[i]!.rate, 'share', words, locale)]),
      ],
    })),
    notes: [t.prevalenceNote],
  }
}

/** Why there is no triangle, and what counts as none without one. */
export function triangleStop(
  triangle: Exclude<MonitorView['triangle'], { kind: 'triangle' }>,
  { groups: t }: Words,
): string[] {
  if (triangle.kind === 'withheld') return [t.triangleStops.withheld(String(triangle.cells))]
  const said = t.triangleStops[triangle.kind]
  return triangle.kind === 'undeveloped' && triangle.cutAfter !== null
    ? [said, t.laterNone(triangle.cutAfter)]
    : [said]
}

export function triangleTable(
  triangle: Extract<MonitorView['triangle'], { kind: 'triangle' }>,
  { groups: t }: Words,
  locale: Locale,
): PaperTable {
  const delays = triangle.cumulative[0]!
  return {
    title: t.triangleTitle,
    header: [t.month, ...delays.map((_, delay) => t.withinMonths(delay)), t.known],
    rows: triangle.months.map((month, i) => ({
      cells: [
        month,
        ...delays.map((_, delay) => {
          const value = triangle.cumulative[i]![delay]
          return value === undefined ? '' : formatNumber(value, locale)
        }),
        wholePercent(triangle.completion[i]!, locale),
      ],
    })),
    notes: [t.triangleNote, ...(triangle.isCut ? [t.laterNone(delays.length - 1)] : [])],
  }
}
