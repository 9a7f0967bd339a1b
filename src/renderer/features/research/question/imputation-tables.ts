/** What a model filled in, and what the gaps cost, as tables of a paper (docs/spec/study.md section 8). Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { formatNumber, formatP, formatPercent, formatSignificant } from '../../../lib/format.ts'
import {
  covariateRows,
  ratioKind,
  type CoefficientRow,
  type FitAnswer,
} from '../../../parts/research/fit-answer.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { ratioText, ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import { countOfText, countText } from '../../../parts/research/small-count.ts'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import { termWords } from '../../../parts/research/term-words.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'

type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'question' | 'models'>

/** Empty where nothing was filled in. */
export function imputationTables(
  study: StudyDocument,
  m: number,
  result: FitAnswer,
  words: Words,
  locale: Locale,
): PaperTable[] {
  const { imputation } = result
  if (imputation === undefined || imputation.columns.length === 0) return []
  const t = words.question.tables
  const title = study.models[m]?.title ?? ''
  const small = { small: words.cohorts.small, withheld: t.withheld }
  const { complete } = imputation
  const without =
    complete === null || complete.noAnswer !== undefined
      ? []
      : covariateRows({ ...result, names: [], coefficients: [], lower: [], upper: [], ...complete })
  const freedom = (df: number | null | undefined): string =>
    typeof df === 'number' ? formatNumber(df, locale, 1) : words.models.none
  const share = (fmi: number | null | undefined): string =>
    typeof fmi === 'number' ? formatPercent(fmi, locale) : words.models.none
  const placeOf = new Map((result.names ?? []).map((name, j) => [name, j]))
  const terms = covariateRows(result).map((row) => {
    const j = placeOf.get(row.name)!
    const other = without.find(({ name }) => name === row.name)
    return {
      cells: [
        termWords(row.name, study, m, words, locale),
        ratioCell(row, words, locale),
        other === undefined ? words.models.none : ratioCell(other, words, locale),
        freedom(imputation.df[j]),
        share(imputation.fmi[j]),
      ],
    }
  })
  const tests = imputation.tests.map(({ term, f, df1, df2, p }) => ({
    cells: [
      term === null ? t.wholeTest : t.termTest(columnWords(term, study, words, locale)),
      `F ${formatSignificant(f, locale)}, ${words.models.columns.p} ${formatP(p, locale)}`,
      '',
      `${formatNumber(df1, locale)}; ${df2 === null ? '∞' : formatNumber(df2, locale, 1)}`,
      '',
    ],
  }))
  const ratio = words.models.ratios[ratioKind(result.family)]
  return [
    {
      title: t.filled(title),
      header: [t.filledColumn, t.filledRows, t.filledPersons],
      rows: imputation.columns.map(({ name, isOfPerson, rows, persons }) => {
        const column = columnWords(name, study, words, locale)
        return {
          cells: [
            isOfPerson ? t.filledOnce(column) : column,
            countOfText(rows, persons, small, locale),
            countText(persons, words.cohorts.small, locale),
          ],
        }
      }),
      notes: [t.imputedNote(formatNumber(imputation.sets, locale), formatNumber(imputation.rows, locale))],
    },
    {
      title: t.combined(title),
      header: [t.term, `${ratio}: ${t.filledIn}`, t.leftOut, t.freedom, t.fmi],
      rows: [...terms, ...tests],
      notes: [
        t.combinedNote,
        ...(complete?.noAnswer === undefined ? [] : [t.leftOutNote(reasonOf(complete.noAnswer, words))]),
      ],
    },
  ]
}

function reasonOf(
  detail: { readonly code: string } & Readonly<Record<string, unknown>>,
  words: Words,
): string {
  return words.models.refusals[detail.code]?.(detail) ?? detail.code
}

function ratioCell({ ratio, lower, upper }: CoefficientRow, words: Words, locale: Locale): string {
  if (ratio === null) return words.models.aliased
  if (lower === null || upper === null) return ratioText(ratio, locale)
  const said = ratioWithLimits({ ratio, lower, upper }, locale)
  return `${said.ratio} (${said.limits})`
}
