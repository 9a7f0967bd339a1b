/** One question on records as they were written and after their cleaning: each ratio beside the other, and what the steps found. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { isCurve } from '../../../../shared/domain/study.ts'
import { covariateRows, type CoefficientRow } from '../../../parts/research/fit-answer.ts'
import { countText } from '../../../parts/research/small-count.ts'
import type { Words } from '../../../words/catalogue.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { isFit } from './study-answer.ts'
import { ratioText, ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import { termWords } from '../../../parts/research/term-words.ts'
import type { Found } from './found.ts'

interface CleaningDifference {
  readonly table: PaperTable
  /** Terms that are next to nothing as written and not after the steps, in words. */
  readonly hidden: readonly string[]
  /** What the steps derived and left out, in words; rows of few persons are not said exactly. */
  readonly reasons: readonly string[]
}

/** Of a term that is there after the steps, as written no more than this share of its effect is left. */
const HIDDEN_SHARE = 1 / 3

/** Null where no model has terms on both sides. */
export function cleaningDifference(
  cleaned: Found,
  asWritten: Found,
  words: Words,
  locale: Locale,
): CleaningDifference | null {
  const t = words.tutorial.compare
  const { pinned } = cleaned
  const rows: { cells: string[]; isHeading?: boolean; isIndented?: boolean }[] = []
  const hidden: string[] = []
  for (const [m, model] of pinned.models.entries()) {
    const [after, before] = [cleaned, asWritten].map(({ answer }) => answer.models[m]?.result)
    if (isCurve(model.family) || !isFit(after) || !isFit(before)) continue
    if (pinned.models.length > 1) rows.push({ cells: [model.title, '', ''], isHeading: true })
    const plain = new Map(covariateRows(before).map((row) => [row.name, row]))
    for (const row of covariateRows(after)) {
      const other = plain.get(row.name)
      const name = termWords(row.name, pinned, m, words, locale)
      rows.push({
        cells: [name, ratioCell(other, words, locale), ratioCell(row, words, locale)],
        ...(pinned.models.length > 1 ? { isIndented: true } : {}),
      })
      if (other !== undefined && isHidden(row, other)) hidden.push(name)
    }
  }
  if (rows.length === 0) return null
  return {
    table: { title: t.title, header: [t.term, t.asWritten, t.cleaned], rows, notes: [] },
    hidden: [...new Set(hidden)],
    reasons: reasonsOf(cleaned, words, locale),
  }
}

function isHidden({ lower, upper, coefficient }: CoefficientRow, other: CoefficientRow): boolean {
  if (lower === null || upper === null || coefficient === null || other.coefficient === null) return false
  return (lower > 1 || upper < 1) && Math.abs(other.coefficient) < HIDDEN_SHARE * Math.abs(coefficient)
}

export function ratioCell(
  row: CoefficientRow | undefined,
  words: Pick<Words, 'models'>,
  locale: Locale,
): string {
  if (row === undefined || row.ratio === null) return words.models.none
  const { ratio, lower, upper } = row
  if (lower === null || upper === null) return ratioText(ratio, locale)
  const said = ratioWithLimits({ ratio, lower, upper }, locale)
  return `${said.ratio} (${said.limits})`
}

function reasonsOf({ answer }: Found, words: Words, locale: Locale): string[] {
  const rows = new Map<string, number>()
  for (const { reasons } of answer.cleaning?.steps ?? [])
    for (const { act, reason, rows: count } of reasons)
      if (act !== 'flagged' && reason !== 'visit-left-out') rows.set(reason, (rows.get(reason) ?? 0) + count)
  return [...rows].map(([reason, count]) =>
    words.tutorial.compare.reason(
      words.cleaning.reasons[reason as keyof typeof words.cleaning.reasons],
      countText(count, words.cohorts.small, locale),
    ),
  )
}
