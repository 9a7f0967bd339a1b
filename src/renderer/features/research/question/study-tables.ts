/** The tables of a paper from a study's answer: who the people are, and what the models say. Pure. */
import type { BaselineColumn } from '../../../../shared/domain/study-answer.ts'
import type { Locale } from '../../../../shared/contract/app.ts'
import { askedTest } from '../../../../shared/domain/asked-tests.ts'
import { changesWithTime } from '../../../../shared/domain/intervals.ts'
import { isCurve, isRate, type StudyDocument, type StudyModel } from '../../../../shared/domain/study.ts'
import { formatNumber, formatP, formatPercent, formatSignificant } from '../../../lib/format.ts'
import { baselineRow, ratioKind, covariateRows, type FitAnswer } from '../../../parts/research/fit-answer.ts'
import { ratioText, ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import { countText } from '../../../parts/research/small-count.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { baselineCells, isFlag, type BaselineCells } from './baseline-cells.ts'
import type { PaperRow, PaperTable } from '../../../parts/research/paper-table.ts'
import { isFit, type StudyAnswer } from './study-answer.ts'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import { termWords, valueWords } from '../../../parts/research/term-words.ts'
import { SMALL, type Cell } from './suppression.ts'

type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'question' | 'models'>

const DAYS_PER_YEAR = 365.25

export function tableOne(
  study: StudyDocument,
  { baseline }: StudyAnswer,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.question.tables
  const { groups, by, columns } = baseline
  const cells = baselineCells(baseline)
  const labelOf = (column: string, label: string | null): string =>
    label === null ? t.notKnown : valueWords(study, column, label, words)
  const rows: PaperRow[] = [
    { cells: [t.persons, ...cells.persons.map((cell) => cellText(cell, words, locale))] },
    { cells: [t.withEvent, ...shares(cells.events, cells.persons, null, words, locale)] },
    {
      cells: [
        t.personYears,
        ...groups.map((group, g) =>
          cells.persons[g]!.isSuppressed
            ? words.models.none
            : formatNumber(group.personDays / DAYS_PER_YEAR, locale, 1),
        ),
      ],
    },
    ...columns.flatMap((column, c) => baselineRows(column, c, cells, study, words, locale)),
  ]
  const isWithheld = rows.some((row) => row.cells.includes(t.withheld))
  return {
    title: t.one,
    header: [
      '',
      ...groups.map(({ kind, label }) => (kind === 'all' || by === null ? t.everybody : labelOf(by, label))),
    ],
    rows,
    notes: [t.oneNote, ...(isWithheld ? [t.withheldNote] : [])],
  }
}

function baselineRows(
  column: BaselineColumn,
  c: number,
  { persons, columns }: BaselineCells,
  study: StudyDocument,
  words: Words,
  locale: Locale,
): PaperRow[] {
  const t = words.question.tables
  const name = columnWords(column.name, study, words, locale)
  const { missing: unknown, values, counts } = columns[c]!
  const missing = unknown.some(({ count }) => count > 0)
    ? [{ isIndented: true, cells: [t.notKnown, ...shares(unknown, persons, null, words, locale)] }]
    : []
  if (column.kind === 'number') {
    const cells = column.groups.map((group, g) => {
      if (group.mean === null || values[g]!.isSuppressed) return words.models.none
      const write = (value: number | null) =>
        value === null ? words.models.none : formatSignificant(value, locale, 3)
      return `${write(group.mean)} (${write(group.sd)}); ${write(group.median)} [${write(group.q1)}, ${write(group.q3)}]`
    })
    return [{ cells: [t.meanOf(name), ...cells] }, ...missing]
  }
  const cellsOf = (label: number) => shares(counts[label]!, persons, unknown, words, locale)
  if (isFlag(column)) return [{ cells: [t.countOf(name), ...cellsOf(1)] }, ...missing]
  return [
    { isHeading: true, cells: [t.countOf(name), ...persons.map(() => '')] },
    ...column.labels.map((label, l) => ({
      isIndented: true,
      cells: [valueWords(study, column.name, label, words), ...cellsOf(l)],
    })),
    ...missing,
  ]
}

/** Counts with their share of those who are not `without`; no share of a number that is not said. */
function shares(
  row: readonly Cell[],
  persons: readonly Cell[],
  without: readonly Cell[] | null,
  words: Words,
  locale: Locale,
): string[] {
  return row.map((cell, g) => {
    const said = cellText(cell, words, locale)
    const of = persons[g]!.count - (without?.[g]!.count ?? 0)
    const isHidden = [cell, persons[g]!, without?.[g]].some((each) => each?.isSuppressed === true)
    return of === 0 || isHidden ? said : `${said} (${formatPercent(cell.count / of, locale)})`
  })
}

function cellText({ count, isSuppressed }: Cell, words: Words, locale: Locale): string {
  return isSuppressed && count >= SMALL
    ? words.question.tables.withheld
    : countText(count, words.cohorts.small, locale)
}

/** Null for a model without terms, or without an answer. */
export function modelTable(
  study: StudyDocument,
  m: number,
  answer: StudyAnswer,
  words: Words,
  locale: Locale,
): PaperTable | null {
  const t = words.question.tables
  const model = study.models[m]
  const { before, result } = answer.models[m] ?? {}
  if (model === undefined || before === undefined || isCurve(model.family) || !isFit(result)) return null
  const ratio = words.models.ratios[ratioKind(result.family)]
  const percent = formatPercent(result.conf ?? model.confidencePercent / 100, locale)
  const limits = words.models.columns.limits(percent)
  const { low, high } = t
  const rows = covariateRows(result).map((row): PaperRow => {
    const name = termWords(row.name, study, m, words, locale)
    if (row.ratio === null) return { cells: [name, words.models.aliased, '', ''] }
    const { ratio: point, lower, upper } = row
    const said =
      lower === null || upper === null
        ? { ratio: ratioText(point, locale), limits: words.models.none }
        : ratioWithLimits({ ratio: point, lower, upper }, locale)
    return {
      cells: [name, said.ratio, said.limits, row.p === null ? words.models.none : formatP(row.p, locale)],
    }
  })
  const persons = countText(before.persons, words.cohorts.small, locale)
  const events = countText(before.events, words.cohorts.small, locale)
  return {
    title: t.model(model.title, words.question.families[model.family]),
    header: [t.term, ratio, limits, 'p'],
    rows,
    data: {
      header: [t.term, ratio, `${limits}: ${low}`, `${limits}: ${high}`, 'p'],
      rows: covariateRows(result).map(({ name, ratio: point, lower, upper, p }) => ({
        cells: [
          termWords(name, study, m, words, locale),
          ...[point, lower, upper, p].map((value) => (value === null ? '' : String(value))),
        ],
      })),
    },
    notes: [
      t.modelNote(persons, events),
      ...baselineNote(model, result, words, locale),
      ...(model.isClusteredByPerson ? [t.robustNote] : []),
      ...imputationNote(result, words, locale),
    ],
  }
}

function imputationNote({ imputation }: FitAnswer, words: Words, locale: Locale): string[] {
  const t = words.question.tables
  if (imputation === undefined) return []
  if (imputation.columns.length === 0) return [t.nothingImputedNote]
  return [t.imputedNote(formatNumber(imputation.sets, locale), formatNumber(imputation.rows, locale))]
}

const PER_PERSON_DAYS = 1_000 * DAYS_PER_YEAR

/** What the intercept says, which is no ratio: odds of a piece of time, or a rate of its days. */
function baselineNote(model: StudyModel, result: FitAnswer, words: Words, locale: Locale): string[] {
  const row = baselineRow(result)
  if (row === null || row.ratio === null || row.lower === null || row.upper === null) return []
  const t = words.question.tables
  const times = isRate(model.family) ? PER_PERSON_DAYS : 1
  const write = (value: number) => formatSignificant(value * times, locale, 3)
  const say = isRate(model.family) ? t.baseRate : t.baseOdds
  return [say(write(row.ratio), `${write(row.lower)}–${write(row.upper)}`)]
}

/**
 * The first thing that is read: the ratio that the question is about, with its limits, per what, or against which level. That is the
 * first covariate that changes with time, else the last one that was taken in, seldom the age at entry. Null where there is none.
 */
export function headline(
  study: StudyDocument,
  m: number,
  result: FitAnswer,
  words: Words,
  locale: Locale,
): string | null {
  const row = askedRow(study, m, result)
  if (row === null || row.ratio === null || row.lower === null || row.upper === null) return null
  const column = columnOf(row.name, study, m)
  const said = ratioWithLimits({ ratio: row.ratio, lower: row.lower, upper: row.upper }, locale)
  return words.question.headline(
    words.models.ratios[ratioKind(result.family)],
    said.ratio,
    said.limits,
    `${termWords(row.name, study, m, words, locale)}${column === null ? '' : perWhat(column)}`,
  )

  function perWhat(name: string): string {
    const t = words.question
    const covariate = study.intervals.covariates.find((each) => each.name === name)
    const model = study.models[m]
    if (model?.factors.includes(name) === true) {
      // Levels that are known beforehand: the first one in order is the reference, unless it has a term itself.
      const sexes =
        covariate?.kind === 'sex' && covariateRows(result).filter((each) => each.name.startsWith(name))
      return sexes !== false && sexes.length === 1 && sexes[0]!.name === `${name}male`
        ? t.comparedWith(valueWords(study, name, 'female', words))
        : ''
    }
    if (covariate?.kind === 'age') return t.perUnit(t.year)
    const unit =
      covariate?.kind === 'result' || covariate?.kind === 'result-before'
        ? askedTest(covariate.test)?.unit
        : ''
    return unit === undefined || unit === '' ? '' : t.perUnit(unit)
  }
}

/** No bend and no product: such a ratio says nothing alone. */
function askedRow(study: StudyDocument, m: number, result: FitAnswer) {
  const rows = covariateRows(result).filter(({ ratio }) => ratio !== null)
  const model = study.models[m]
  const plain = rows.filter(({ name }) => {
    const column = columnOf(name, study, m)
    return column !== null && model?.splines.some((spline) => spline.name === column) !== true
  })
  const changing = new Set(study.intervals.covariates.filter(changesWithTime).map(({ name }) => name))
  const lastTaken = model?.covariates.at(-1)
  const of = (isMeant: (column: string) => boolean) =>
    plain.find(({ name }) => isMeant(columnOf(name, study, m)!))
  return of((column) => changing.has(column)) ?? of((column) => column === lastTaken) ?? rows[0] ?? null
}

/** The column of a term; null for a product. */
function columnOf(term: string, study: StudyDocument, m: number): string | null {
  const { covariates = [], factors = [], interactions = [] } = study.models[m] ?? {}
  if (interactions.length > 0 && term.includes(':')) return null
  const name = term.replace(/'+$/, '')
  if (covariates.includes(name)) return name
  const [factor] = factors.filter((each) => term.startsWith(each)).sort((x, y) => y.length - x.length)
  return factor ?? null
}
