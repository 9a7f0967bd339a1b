/** Two cohorts as tables of a paper: persons, and what they are like on the day of entry. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { CohortComparison } from '../../../../shared/contract/cohorts.ts'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { formatNumber, formatPercent, formatSignificant } from '../../../lib/format.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { saidText } from '../../../parts/research/said-text.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'

type Words = Pick<AllWords, 'clinical' | 'cohorts' | 'models' | 'pathways' | 'question'>
type Compared = Extract<CohortComparison, { kind: 'compared' }>
type Row = NonNullable<Compared['rows']>[number]

export function overlapTable(
  { persons, both, only }: Compared,
  names: readonly [string, string],
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.cohorts.compare
  return {
    title: t.overlap,
    header: ['', t.overlap],
    rows: [
      { cells: [names[0], formatNumber(persons[0], locale)] },
      { cells: [names[1], formatNumber(persons[1], locale)] },
      { cells: [t.inBoth, saidText(both, words, locale)] },
      { cells: [t.onlyIn(names[0]), saidText(only[0], words, locale)] },
      { cells: [t.onlyIn(names[1]), saidText(only[1], words, locale)] },
    ],
    notes: [],
  }
}

/** Null where only sizes are said. */
export function differenceTable(
  { persons, rows }: Compared,
  names: readonly [string, string],
  words: Words,
  locale: Locale,
): PaperTable | null {
  const t = words.cohorts.compare
  if (rows === null) return null
  return {
    title: t.rows,
    header: ['', ...names, t.difference],
    rows: rows.map((row) => ({
      cells: [
        nameOf(row, words, locale),
        ...([0, 1] as const).map((side) => sideText(row, side, persons[side], words, locale)),
        row.difference === null ? words.models.none : row.difference.toFixed(2).replace('-', '−'),
      ],
    })),
    notes: [t.note],
  }
}

function nameOf({ what }: Row, words: Words, locale: Locale): string {
  const t = words.cohorts.compare
  switch (what.kind) {
    case 'age':
      return t.age
    case 'sex': {
      const sexes = words.clinical.sex as Readonly<Record<string, string>>
      return t.sex(what.sex === null ? t.noSex : (sexes[what.sex] ?? what.sex))
    }
    case 'diagnosis':
      return t.diagnosis(what.code)
    case 'result': {
      const test = labTestByKey(what.test)
      if (test === null) return what.test
      return `${locale === 'en' ? test.en : test.zh} (${test.unit})`
    }
  }
}

function sideText(row: Row, side: 0 | 1, all: number, words: Words, locale: Locale): string {
  const { persons, mean, sd } = row.sides[side]
  const said = saidText(persons, words, locale)
  if (row.what.kind === 'age' || row.what.kind === 'result') {
    if (mean === null) return said
    const of = (value: number | null) =>
      value === null ? words.models.none : formatSignificant(value, locale, 3)
    return words.cohorts.compare.ofPersons(of(mean), of(sd), said)
  }
  return persons.said === 'exact' ? `${said} (${formatPercent(persons.count / all, locale)})` : said
}
