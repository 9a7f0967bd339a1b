/** What was priced as tables: the same cells on the screen and in every file. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { PooledAnswer, PricedAnswer, RelativityFactorView } from '../../../../shared/contract/pricing.ts'
import type { WatchLevel } from '../../../../shared/domain/group-alert.ts'
import { formatNumber, formatP, formatSignificant } from '../../../lib/format.ts'
import {
  factorName,
  levelName,
  money,
  percent,
  ratioOf,
  signed,
  signedShare,
} from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import type { Words } from '../../../words/catalogue.ts'

export type Shown = 'tariff' | 'frequency' | 'severity' | 'pure-premium'

export function relativitiesTable(
  { factor, rows }: RelativityFactorView,
  shown: Shown,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  const rate = (value: number | null): string =>
    value === null
      ? '–'
      : shown === 'frequency'
        ? formatSignificant(value, locale, 3)
        : money(value, currency, locale)
  return {
    title: t.tableTitle(t.measures[shown], factorName(factor, words)),
    header: [t.level, t.exposureYears, t.claims, t.observed, t.fitted, t.relativity, t.limits, t.p],
    rows: rows.map((row) => ({
      cells: [
        levelName(factor, row.level, words),
        ...(isUnseen(row)
          ? [unseenWord(row, words), unseenWord(row, words)]
          : [formatNumber(row.exposure, locale, 0), formatNumber(row.claims, locale, 0)]),
        rate(row.observed),
        rate(row.fitted),
        row.relativity === null ? t.noData : ratioOf(row.relativity, locale),
        row.isBase
          ? t.isBase
          : row.exposure === 0
            ? row.isInTable
              ? t.noCellShown
              : '–'
            : row.lower === null || row.upper === null
              ? '–'
              : `${ratioOf(row.lower, locale)}–${ratioOf(row.upper, locale)}`,
        row.p === null ? '–' : formatP(row.p, locale),
      ],
    })),
    notes: [t.tableNote],
  }
}

/** Of no cell that was shown: either they were withheld, which is not that nobody is in it, or the answer has no such level at all. */
export const isUnseen = ({
  exposure,
  claims,
}: {
  readonly exposure: number
  readonly claims: number
}): boolean => exposure === 0 && claims === 0

export const unseenWord = ({ isInTable }: { readonly isInTable: boolean }, words: Words): string =>
  isInTable ? words.groups.withheld : words.pricing.noData

export function modelsTable({ rates }: PricedAnswer, words: Words, locale: Locale): PaperTable {
  const t = words.pricing
  return {
    title: t.model,
    header: [t.measure, t.familyHead, t.dispersion, t.dispersionP, t.explained, t.used],
    textColumns: [1],
    rows: rates.map(({ measure, family, pearson, devianceExplained, cellsUsed, converged }) => ({
      cells: [
        t.measures[measure],
        `${t.families[family] ?? family}${converged ? '' : ` (${t.notConverged})`}`,
        pearson.dispersion === null ? '–' : spreadOf(pearson.dispersion, locale),
        // Only a count has a dispersion of 1 to be compared with.
        pearson.p === null || measure !== 'frequency' ? '–' : formatP(pearson.p, locale),
        devianceExplained === null ? '–' : percent(devianceExplained, locale),
        formatNumber(cellsUsed, locale),
      ],
    })),
    notes: [t.dispersionNote, t.explainedNote],
  }
}

export function indicationTable(
  { premium, claims, added, target, change }: NonNullable<PricedAnswer['indication']>,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  const limits =
    change.lower === null || change.upper === null
      ? ''
      : ` (${signedShare(change.lower, locale)} – ${signedShare(change.upper, locale)})`
  return {
    title: t.indication,
    header: [t.indicationOf, t.indicationShare],
    rows: [
      { cells: [t.indicationClaims, percent(claims, locale)] },
      { cells: [t.indicationAdded, percent(added, locale)] },
      { cells: [t.indicationTogether, percent(claims + added, locale)] },
      { cells: [t.indicationTarget, percent(target, locale)] },
      {
        cells: [
          t.indicationChange,
          change.value === null ? '–' : `${signedShare(change.value, locale)}${limits}`,
        ],
      },
    ],
    notes: [t.indicationPremium(money(premium, currency, locale)), t.indicationNote],
  }
}

export type TailRows = Extract<PooledAnswer, { kind: 'pooled' }>['tail']

export function tailTable(rows: TailRows, currency: string, words: Words, locale: Locale): PaperTable {
  const t = words.pricing
  return {
    title: t.tail,
    header: [t.tailCap, t.tailCount, t.tailExcess, t.tailVariation, t.tailIndex, t.tailShape],
    textColumns: [5],
    rows: rows.map(({ cap, count, tail }) => ({
      cells: [
        money(cap, currency, locale),
        formatNumber(count, locale),
        ...(tail === null
          ? [t.tailFew, '–', '–', '–']
          : [
              money(tail.excess, currency, locale),
              `± ${percent(tail.variation, locale)}`,
              `${formatNumber(tail.index, locale, 2)} ± ${formatNumber(tail.indexError, locale, 2)}`,
              t.tailShapes[tail.shape],
            ]),
      ],
    })),
    notes: [t.tailNote, ...(rows.some(({ tail }) => tail !== null && tail.index <= 2) ? [t.tailHeavy] : [])],
  }
}

/** Where noise explains all of the spread, nothing is left to be said of it. */
const spreadOf = (value: number, locale: Locale): string =>
  value < 0.001 ? `< ${formatNumber(0.001, locale, 3)}` : formatSignificant(value, locale, 3)

export function developmentTable(
  development: NonNullable<PricedAnswer['development']>,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  const n = (value: number | null): string => (value === null ? '–' : formatNumber(value, locale, 0))
  return {
    title: t.development,
    header: [t.month, t.known, t.chainLadder, t.ultimate, t.error, t.method],
    textColumns: [5],
    rows: development.months.map(({ month, known, chainLadder, ultimate, stdErr, method }) => ({
      cells: [month, n(known), n(chainLadder), n(ultimate), n(stdErr), t.methods[method]],
    })),
    notes: [t.developmentSaid(ratioOf(development.factor, locale))],
  }
}

export function credibilityTable(
  { groups }: NonNullable<PricedAnswer['credibility']>,
  unit: WatchLevel,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  const rate = (value: number | null): string => ratioOf(value, locale)
  return {
    title: t.credibility(unit),
    header: [factorName(unit, words), t.exposureYears, t.own, t.z, t.blended, t.error],
    rows: groups.map(({ group, exposure, own, factor, rate: blended, stdErr }) => ({
      cells: [
        levelName(unit, group, words),
        formatNumber(exposure, locale, 0),
        rate(own),
        ratioOf(factor, locale),
        rate(blended),
        rate(stdErr),
      ],
    })),
    notes: [t.credibilityNote],
  }
}

type Lift = NonNullable<PricedAnswer['validation']>['lift']

export function liftTable(
  bins: Lift,
  title: string,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  const isDouble = bins.some(({ alternative }) => alternative !== undefined)
  return {
    title,
    header: [
      t.bin,
      t.exposureYears,
      isDouble ? t.challenger : t.predicted,
      ...(isDouble ? [t.champion] : []),
      t.actual,
      t.limits,
    ],
    rows: bins.map(({ exposure, predicted, actual, lower, upper, alternative }, i) => ({
      cells: [
        String(i + 1),
        formatNumber(exposure, locale, 0),
        money(predicted, currency, locale),
        ...(isDouble ? [alternative === undefined ? '–' : money(alternative, currency, locale)] : []),
        money(actual, currency, locale),
        lower === null || upper === null
          ? '–'
          : `${money(lower, currency, locale)}–${money(upper, currency, locale)}`,
      ],
    })),
    notes: [t.liftNote],
  }
}

export function actualTable(
  { factor, levels }: NonNullable<PricedAnswer['validation']>['byFactor'][number],
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  const band = ({
    ratio,
    lower,
    upper,
  }: {
    ratio: number | null
    lower: number | null
    upper: number | null
  }): string => `${ratioOf(ratio, locale)} (${ratioOf(lower, locale)}–${ratioOf(upper, locale)})`
  return {
    title: t.actualToExpected(factorName(factor, words)),
    header: [t.level, t.exposureYears, t.claimsRatio, t.costRatio],
    rows: levels.map(({ level, exposure, claims, cost }) => ({
      cells: [levelName(factor, level, words), formatNumber(exposure, locale, 0), band(claims), band(cost)],
    })),
    notes: [],
  }
}

export type Stability = NonNullable<NonNullable<PricedAnswer['validation']>['stability']>[number]

export function stabilityTable({ factor, levels }: Stability, words: Words, locale: Locale): PaperTable {
  const t = words.pricing
  const band = ({ ratio, lower, upper }: Stability['levels'][number]['priced'], isBase: boolean): string =>
    ratio === null
      ? t.noData
      : isBase
        ? t.isBase
        : `${ratioOf(ratio, locale)} (${ratioOf(lower, locale)}–${ratioOf(upper, locale)})`
  return {
    title: t.stability(factorName(factor, words)),
    header: [t.level, t.exposureYears, t.stabilityPriced, t.stabilityLater, t.stabilityZ, t.p],
    rows: levels.map(({ level, isBase, exposure, priced, later, z, p }) => ({
      cells: [
        levelName(factor, level, words),
        exposure === 0 ? words.groups.withheld : formatNumber(exposure, locale, 0),
        band(priced, isBase),
        band(later, isBase),
        isBase || z === null ? '–' : signed(z, locale, 2),
        isBase || p === null ? '–' : formatP(p, locale),
      ],
    })),
    notes: [t.stabilityNote],
  }
}
