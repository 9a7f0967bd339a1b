/** The rows of an invented person in words, and where the dated records of each column fell, as it may be said. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { CutReasonAnswer, IntervalExemplarAnswer } from '../../../../shared/contract/studies.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { formatNumber, formatSignificant } from '../../../lib/format.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { countOfText } from '../../../parts/research/small-count.ts'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import { valueWords } from '../../../parts/research/term-words.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { followedPersons } from './found.ts'
import type { StudyAnswer } from './study-answer.ts'

type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'question' | 'cut'>

/** Places where a dated record can fall, in the order of time (R: `tcount` of `tmerge`). */
export const PLACES = ['early', 'leading', 'within', 'boundary', 'gap', 'trailing', 'late', 'tied'] as const

/** Why a row ends, in one sentence part after another. */
export function whyWords(
  why: readonly CutReasonAnswer[],
  study: StudyDocument,
  words: Words,
  locale: Locale,
): string {
  const t = words.cut
  return why
    .map((each) => {
      switch (each.kind) {
        case 'known':
        case 'too-old':
          return t.why[each.kind](columnWords(each.name, study, words, locale))
        case 'cut':
        case 'piece':
          return t.why[each.kind]
        case 'end':
          return t.why[each.reason]
      }
    })
    .join(t.join)
}

/** First the three numbers of a row, then each column, the event, and why it ends. */
export function rowCells(
  row: IntervalExemplarAnswer['rows'][number],
  r: number,
  columns: IntervalExemplarAnswer['columns'],
  study: StudyDocument,
  words: Words,
  locale: Locale,
): string[] {
  const t = words.cut
  return [
    String(r + 1),
    formatNumber(row.start, locale),
    formatNumber(row.stop, locale),
    ...columns.map(({ name }, c) => {
      const value = row.values[c] ?? null
      if (value === null) return t.notKnown
      const said = valueWords(study, name, String(value), words)
      return typeof value === 'number' && said === String(value) ? formatSignificant(value, locale, 4) : said
    }),
    row.event ? t.yes : t.no,
    whyWords(row.why, study, words, locale),
  ]
}

/** Null while nobody is followed: then nothing fell anywhere. */
export function placesTable(
  study: StudyDocument,
  answer: StudyAnswer,
  words: Words,
  locale: Locale,
): PaperTable | null {
  const persons = followedPersons(answer)
  if (persons === 0) return null
  const t = words.cut
  const withheld = { small: words.cohorts.small, withheld: words.question.tables.withheld }
  const said = (count: number): string => countOfText(count, persons, withheld, locale)
  const { counts, rows, personDays } = answer.intervals
  const cells = counts.map((count) => [
    count.name === 'event' ? t.theEvent : columnWords(count.name, study, words, locale),
    ...PLACES.map((place) => said(count[place])),
  ])
  return {
    title: t.found,
    header: [t.record, ...PLACES.map((place) => t.places[place])],
    rows: cells.map((each) => ({ cells: each })),
    notes: [
      t.foundNote(said(persons), said(rows), said(personDays)),
      ...(cells.flat().includes(words.cohorts.small) ? [t.few] : []),
    ],
  }
}
