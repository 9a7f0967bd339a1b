/** The numbers of the pictures of a fit beside its data, as tables. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatNumber, formatPercent, formatSignificant } from '../../lib/format.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import type {
  CalibrationGroup,
  Diagnostics,
  ProportionalTerm,
} from '../../../shared/domain/model-diagnostics.ts'
import type { PaperRow, PaperTable } from './paper-table.ts'
import { ratioText, ratioWithLimits } from './ratio-text.ts'

type Words = Pick<AllWords, 'models'>

export function changeTable(
  { bins, isWeight }: ProportionalTerm,
  of: { readonly term: string; readonly time: string; readonly level: number },
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.models.diagnose.change
  const number = numberIn(words, locale)
  const percent = formatPercent(of.level, locale)
  return {
    title: t.of(of.term),
    header: [of.time, t.events, t.mean, t.smooth, words.models.columns.limits(percent)],
    rows: bins.time.map((time, i) => ({
      cells: [
        formatSignificant(time, locale, 4),
        formatNumber(bins.events[i]!, locale),
        number(bins.mean[i]),
        number(bins.estimate[i]),
        `${number(bins.lower[i])} – ${number(bins.upper[i])}`,
      ],
    })),
    notes: [isWeight ? t.weight : t.effect, t.note(percent)],
  }
}

export function influenceTable(
  { influence, of }: Diagnostics,
  nameOf: (term: string) => string,
  words: Words,
  locale: Locale,
): PaperTable | null {
  if (influence === null || influence === undefined) return null
  const t = words.models.diagnose.influence
  const what = of === 'subject' ? t.ofSubjects : t.ofRows
  const number = numberIn(words, locale)
  const ratio = (value: number | null) => (value === null ? t.dominated : ratioText(Math.exp(value), locale))
  const rows = influence.terms.flatMap((term): PaperRow[] => {
    const name = nameOf(term.name)
    return [
      {
        cells: [
          name,
          term.largestMean === null ? t.dominated : number(term.largestMean),
          ratio(term.withoutUpper),
          ratio(term.withoutLower),
        ],
      },
      ...term.bins.map(({ from, to, subjects }) => ({
        isIndented: true,
        cells: [
          to === null ? t.above(number(from)) : t.between(number(from), number(to)),
          `${formatNumber(subjects, locale)} (${formatPercent(subjects / influence.count, locale)})`,
          '',
          '',
        ],
      })),
    ]
  })
  return {
    title: t.title,
    header: [
      words.models.diagnose.term,
      `${t.most}; ${what}`,
      `${t.without} ${t.withoutUpper}`,
      `${t.without} ${t.withoutLower}`,
    ],
    rows,
    notes: [t.note(what)],
  }
}

export function calibrationTable(
  groups: readonly CalibrationGroup[],
  { of, level }: Pick<Diagnostics, 'of' | 'level'>,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.models.diagnose.calibration
  const areSubjects = of === 'subject'
  return {
    title: t.title,
    header: [
      t.group,
      areSubjects ? t.subjects : t.rows,
      t.observed,
      t.expected,
      t.ratio,
      t.limits(formatPercent(level, locale)),
    ],
    rows: groups.map(({ subjects, observed, expected, ...limits }, g) => {
      const said = ratioWithLimits(limits, locale)
      return {
        cells: [
          t.rank(String(g + 1)),
          formatNumber(subjects, locale),
          formatNumber(observed, locale),
          formatNumber(expected, locale, 1),
          said.ratio,
          said.limits,
        ],
      }
    }),
    notes: [areSubjects ? t.note : t.noteRows],
  }
}

function numberIn(words: Words, locale: Locale) {
  return (value: number | null | undefined): string =>
    value === null || value === undefined ? words.models.none : formatSignificant(value, locale, 3)
}
