/** A customised model against what happened, by bands of its score. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { NoisyAnswer } from '../../../shared/contract/answers.ts'
import type { RequestOutput } from '../../../shared/domain/request-output.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import type { PaperTable } from './paper-table.ts'

type Words = Pick<AllWords, 'requests'>

const SCORE_UNIT = 1_000
const YEAR_DAYS = 365.25

export function liftTable(
  { bands, ratio, unscored }: Extract<NoisyAnswer, { kind: 'lift' }>,
  { edges, actual }: Extract<RequestOutput, { kind: 'score' }>,
  title: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.requests
  const number = (value: number, digits = 0) => formatNumber(value, locale, digits)
  const unit = actual.variable === 'claims' ? SCORE_UNIT : 1
  const ratioCells = (of: typeof ratio) =>
    of === null ? [t.answer.hidden, ''] : [number(of.value, 3), `${number(of.low, 3)}–${number(of.high, 3)}`]
  const total = (of: (band: (typeof bands)[number]) => number) =>
    bands.reduce((sum, band) => sum + of(band), 0)
  const cellsOf = (sums: {
    readonly patients: number | null
    readonly exposureDays: number
    readonly observed: number
    readonly expected: number
  }) => [
    sums.patients === null ? '' : number(sums.patients),
    number(sums.exposureDays / YEAR_DAYS, 1),
    number(sums.observed),
    number(sums.expected / unit, 1),
  ]
  return {
    title,
    header: [
      t.formula.band,
      t.answer.patients,
      t.formula.exposure,
      t.formula.observed,
      t.formula.expected,
      t.formula.ratio,
      t.answer.interval95,
    ],
    rows: [
      ...bands.map((band) => ({
        cells: [bandName(edges, band.level, words, locale), ...cellsOf(band), ...ratioCells(band.ratio)],
      })),
      {
        isHeading: true,
        cells: [
          t.answer.total,
          ...cellsOf({
            // Who has two stretches may be in two bands: their sum is nobody's number.
            patients: null,
            exposureDays: total(({ exposureDays }) => exposureDays),
            observed: total(({ observed }) => observed),
            expected: total(({ expected }) => expected),
          }),
          ...ratioCells(ratio),
        ],
      },
      ...(unscored === null
        ? []
        : [{ cells: [t.formula.unscored, number(unscored.value), '', '', '', '', ''] }]),
    ],
    notes: [
      t.formula.note,
      ...(actual.variable === 'claims' ? [] : [t.formula.costNote]),
      t.answer.population,
    ],
  }
}

function bandName(edges: readonly number[], level: number, words: Words, locale: Locale): string {
  const t = words.requests
  const text = (edge: number) => formatNumber(edge / SCORE_UNIT, locale, 3)
  const [least, most] = [edges[level - 1], edges[level]]
  if (least === undefined) return most === undefined ? t.answer.everybody : t.below(text(most))
  return most === undefined ? t.from(text(least)) : t.between(text(least), text(most))
}
