/** Findings of an answer by rule as tables of a paper: the very digits that were signed. Pure. */
import type { ByRuleFinding } from '../../../shared/domain/by-rule-answer.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import type { PaperRow, PaperTable } from './paper-table.ts'

type Words = Pick<AllWords, 'requests'>

export function findingTable(finding: ByRuleFinding, words: Words): PaperTable {
  const t = words.requests.answer
  const title = findingTitle(finding.name, words)
  switch (finding.kind) {
    case 'model':
      return {
        title,
        header: [t.term, t.coefficient, t.error, t.interval95],
        rows: finding.coefficients.map(({ term, coefficient, error, low, high }) => ({
          cells: [term, coefficient, error, `${low} – ${high}`],
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
        header: [...finding.axes.map(({ variable }) => variable), t.patients],
        rows: [
          ...finding.cells.map((cell, i): PaperRow => ({
            cells: [...levelsOf(finding.axes, i), cell ?? t.hidden],
          })),
          { isHeading: true, cells: [t.total, ...finding.axes.slice(1).map(() => ''), finding.total] },
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

/** `model/0` → “Model 1”. */
function findingTitle(name: string, words: Words): string {
  const t = words.requests.answer.findings
  const [kind = '', first = '', ...rest] = name.split('/')
  const number = String(Number(first) + 1)
  switch (kind) {
    case 'model':
      return t.model(number)
    case 'curve':
      return t.curve(number, rest.join('/'))
    case 'baseline':
      return t.baseline([first, ...rest].join(' · '))
    default:
      return name
  }
}

function levelsOf(axes: readonly { readonly levels: readonly string[] }[], cell: number): string[] {
  const levels: string[] = []
  let rest = cell
  for (const { levels: names } of axes.toReversed()) {
    levels.unshift(names[rest % names.length] ?? '')
    rest = Math.floor(rest / names.length)
  }
  return levels
}
