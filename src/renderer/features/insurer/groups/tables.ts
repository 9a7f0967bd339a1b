/** The tables of a monitoring page: what the charts draw and the tiles say, the same numbers. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type {
  CauseBy,
  MonitorCause,
  MonitorGroupView,
  MonitorRate,
  MonitorView,
} from '../../../../shared/contract/monitor.ts'
import { formatNumber, formatP, formatPercent, formatSignificant } from '../../../lib/format.ts'
import { money } from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { nameOf } from './figures.ts'

type Words = Pick<AllWords, 'groups'>

export type RateKind = 'number' | 'share' | 'money'

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
      const text = (value: number) => valueText(value, kind, locale, currency)
      return `${text(rate.value)} (${text(rate.lower)}–${text(rate.upper)})`
    }
  }
}

/** @param currency of `money`, which comes in minor units */
export function valueText(value: number, kind: RateKind, locale: Locale, currency = ''): string {
  if (kind === 'share') return `${formatSignificant(100 * value, locale, 3)} %`
  return kind === 'money' ? money(value, currency, locale) : formatSignificant(value, locale, 3)
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
    .map(({ part, share }) => `${t.widthOf[part]} ${formatPercent(share, locale)}`)
    .join(t.listComma)
}

export function groupsTable(view: MonitorView, currency: string, words: Words, locale: Locale): PaperTable {
  const t = words.groups
  const row = (group: MonitorGroupView, isHeading: boolean) => ({
    isHeading,
    cells: [
      nameOf(group.label, t),
      group.lives === null ? '' : formatNumber(group.lives, locale),
      group.exposure === null ? '' : formatNumber(group.exposure, locale, 1),
      rateText(group.visits, 'number', words, locale),
      rateText(group.claims, 'number', words, locale),
      rateText(group.severity, 'money', words, locale, currency),
      rateText(group.purePremium, 'money', words, locale, currency),
      rateText(group.lossRatio, 'share', words, locale),
      isOwnMeasure(group, view) ? '–' : ratioText(group.actualToExpected, words, locale),
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
      t.measures.severity,
      t.measures.purePremium,
      t.measures.lossRatio,
      t.ratio,
      t.measures.caseMix,
    ],
    rows: [row(view.portfolio, true), ...view.groups.map((group) => row(group, false))],
    notes: [t.bandNote, view.isStandardised ? t.expectedBy : t.expectedCrude, t.ownMeasure],
  }
}

/** Of all groups, and of one without others, as much is expected as was observed: it would be 1 whatever happened. */
export const isOwnMeasure = (
  { label, exposure }: MonitorGroupView,
  { isCompared }: Pick<MonitorView, 'isCompared'>,
): boolean => label === null || (exposure !== null && !isCompared)

export function ratioText(
  ratio: MonitorGroupView['actualToExpected'],
  { groups: t }: Words,
  locale: Locale,
): string {
  if (ratio === null) return t.notReadable
  const text = (value: number) => formatNumber(value, locale, 2)
  return `${text(ratio.ratio)} (${text(ratio.lower)}–${text(ratio.upper)})`
}

export function funnelTable(
  { funnel }: Pick<MonitorView, 'funnel'>,
  { groups: t }: Words,
  locale: Locale,
): PaperTable {
  const text = (value: number) => formatNumber(value, locale, 2)
  return {
    title: t.funnelTitle,
    header: [t.group, t.expected, t.ratio, t.limits95, t.p, t.standsOut],
    rows: funnel.points.map(({ label, expected, ratio, lower, upper, p, isSignal }) => ({
      cells: [
        nameOf(label, t),
        formatNumber(expected, locale, 1),
        text(ratio),
        `${text(lower)}–${text(upper)}`,
        formatP(p, locale),
        isSignal ? t.yes : t.no,
      ],
    })),
    notes: [t.funnelNote(text(funnel.phi), String(funnel.leftOut))],
  }
}

export function monthsTable(
  { label, months }: MonitorGroupView,
  cusum: MonitorView['cusums'][number] | undefined,
  { groups: t }: Words,
  locale: Locale,
): PaperTable {
  const text = (value: number | null, digits = 1) =>
    value === null ? t.withheld : formatNumber(value, locale, digits)
  return {
    title: t.monthsOf(nameOf(label, t)),
    header: [t.month, t.exposure, t.patients, t.observed, t.expected, t.cusumSum, t.signal],
    rows: months.map(({ month, claims, patients, expected, exposure }) => {
      const point = cusum?.points.find((each) => each.month === month)
      return {
        cells: [
          month,
          exposure === null ? '' : formatNumber(exposure, locale, 1),
          text(patients, 0),
          text(claims, 0),
          expected === null ? '' : text(expected),
          point === undefined ? '' : formatNumber(point.value, locale, 2),
          point?.isSignal === true ? t.yes : '',
        ],
      }
    }),
    notes:
      cusum === undefined
        ? []
        : [
            t.cusumNote(
              formatNumber(cusum.threshold, locale, 2),
              formatNumber(cusum.falseAlarmsPerYear, locale, 2),
            ),
          ],
  }
}

export function causeTable(
  label: string,
  by: CauseBy,
  cause: Extract<MonitorCause, { kind: 'rows' }>,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.groups
  const text = (value: number) => formatNumber(value, locale, 2)
  return {
    title: t.causeOf(nameOf(label, t), t.by[by]),
    header: [t.by[by], t.observed, t.expected, t.excess, t.ratio],
    rows: cause.rows.map((row) => ({
      cells: [
        by === 'condition' ? (t.conditions[row.label] ?? row.label) : row.label,
        formatNumber(row.observed, locale),
        formatNumber(row.expected, locale, 1),
        formatNumber(row.excess, locale, 1),
        `${text(row.ratio)} (${text(row.lower)}–${text(row.upper)})`,
      ],
    })),
    notes: cause.leftOut > 0 ? [t.leftOut(String(cause.leftOut))] : [],
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

export function triangleTable(
  triangle: Extract<MonitorView['triangle'], { kind: 'triangle' }>,
  { groups: t }: Words,
  locale: Locale,
): PaperTable {
  return {
    title: t.triangleTitle,
    header: [t.month, ...triangle.months.map((_, delay) => t.withinMonths(delay)), t.known],
    rows: triangle.months.map((month, i) => ({
      cells: [
        month,
        ...triangle.months.map((_, delay) => {
          const value = triangle.cumulative[i]![delay]
          return value === undefined ? '' : formatNumber(value, locale)
        }),
        formatPercent(triangle.completion[i]!, locale),
      ],
    })),
    notes: [t.triangleNote],
  }
}
