/**
 * Findings of an answer by rule as tables of a paper: the very digits that were signed, and names as people say them where the study is
 * at hand; without it the signed names stand as they are. Pure.
 */
import type { Locale } from '../../../shared/contract/app.ts'
import type { ByRuleFinding } from '../../../shared/domain/by-rule-answer.ts'
import { isCurve, type StudyDocument } from '../../../shared/domain/study.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import type { PaperRow, PaperTable } from './paper-table.ts'
import { columnWords } from './study-sentence.ts'
import { termWords, valueWords } from './term-words.ts'

type Words = Pick<AllWords, 'requests' | 'cohorts' | 'clinical' | 'question'>

export function findingTable(
  finding: ByRuleFinding,
  study: StudyDocument | null,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.requests.answer
  const say = study === null ? AS_SIGNED : spoken(study, words, locale)
  const title = findingTitle(finding.name, say, words)
  switch (finding.kind) {
    case 'model':
      return {
        title,
        header: [t.term, t.coefficient, t.error, t.interval95],
        rows: finding.coefficients.map(({ term, coefficient, error, low, high }) => ({
          cells: [say.term(placeOf(finding.name), term), coefficient, error, `${low} – ${high}`],
        })),
        notes: [t.events(finding.patients, finding.events)],
      }
    case 'curve':
      return {
        title,
        header: [t.until, t.survival, t.atRisk],
        rows: finding.steps.map(({ day, survival, atRisk }) => ({ cells: [day, survival, atRisk] })),
        notes: [t.rounded],
      }
    case 'table':
      return {
        title,
        header: [...finding.axes.map(({ variable }) => say.column(variable)), t.patients],
        rows: [
          ...finding.cells.map((cell, i): PaperRow => ({
            cells: [...levelsOf(finding.axes, i, say), cell ?? t.hidden],
          })),
          {
            isHeading: true,
            cells: [
              t.total,
              ...finding.axes.slice(1).map(() => ''),
              finding.cells.every((cell) => cell === null) ? t.hidden : finding.total,
            ],
          },
        ],
        notes: [t.rounded],
      }
    case 'mean':
      return { title, header: ['', t.value], rows: [{ cells: [t.mean, finding.value] }], notes: [] }
    case 'quantile':
      return {
        title,
        header: [t.quantile, t.value],
        rows: [{ cells: [t.quantileOf(String(Number(finding.perMille) / 10)), finding.value] }],
        notes: [],
      }
    default:
      return unreachable(finding)
  }
}

interface Say {
  column(name: string): string
  level(column: string, level: string): string
  term(model: number, term: string): string
  /** Of a model of curves: the column whose levels they are of. */
  curveBy(model: number): string | null
}

const AS_SIGNED: Say = {
  column: (name) => name,
  level: (_, level) => level,
  term: (_, term) => term,
  curveBy: () => null,
}

function spoken(study: StudyDocument, words: Words, locale: Locale): Say {
  return {
    column: (name) => columnWords(name, study, words, locale),
    level: (column, level) =>
      level === '' ? words.question.tables.notKnown : valueWords(study, column, level, words),
    term: (model, term) => termWords(term, study, model, words, locale),
    curveBy(model) {
      const of = study.models[model]
      // Of several columns the label names all of them at once.
      return of !== undefined && isCurve(of.family) && of.covariates.length === 1 ? of.covariates[0]! : null
    },
  }
}

/** `model/0` → 0. */
const placeOf = (name: string): number => Number(name.split('/')[1] ?? 0)

/** `model/0` → “Model 1”. */
function findingTitle(name: string, say: Say, words: Words): string {
  const t = words.requests.answer.findings
  const [kind = '', first = '', ...rest] = name.split('/')
  const number = String(Number(first) + 1)
  const label = rest.join('/')
  switch (kind) {
    case 'model':
      return t.model(number)
    case 'curve': {
      const by = say.curveBy(Number(first))
      return t.curve(number, label === '' || by === null ? label : say.level(by, label))
    }
    case 'baseline':
      return t.baseline([say.column(first), ...(rest.length === 0 ? [] : [label])].join(' · '))
    default:
      return name
  }
}

function levelsOf(
  axes: readonly { readonly variable: string; readonly levels: readonly string[] }[],
  cell: number,
  say: Say,
): string[] {
  const levels: string[] = []
  let rest = cell
  for (const { variable, levels: names } of axes.toReversed()) {
    levels.unshift(say.level(variable, names[rest % names.length] ?? ''))
    rest = Math.floor(rest / names.length)
  }
  return levels
}
