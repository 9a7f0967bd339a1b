/** What synthetic patients were made with, beside what the example found of them. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { CLEANING_TRUTH } from '../../../../shared/domain/built-in-studies.ts'
import { formatPercent } from '../../../lib/format.ts'
import { coefficientRows } from '../../../parts/research/fit-answer.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { ratioText, ratioWithLimits } from '../../../parts/research/ratio-text.ts'
import { isSameButCleaning } from '../../../parts/research/study-stages.ts'
import { termWords } from '../../../parts/research/term-words.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import type { Found } from './found.ts'
import { ownCopy } from './own-copy.ts'
import { isFit } from './study-answer.ts'

type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'question' | 'models' | 'tutorial'>

/** Of the example about cleaning only, however its records are cleaned: of any other question nobody knows the truth. Null for others, and without an answer. */
export function truthTable({ pinned, answer }: Found, words: Words, locale: Locale): PaperTable | null {
  const t = words.tutorial.truth
  const result = answer.models[0]?.result
  if (!isSameButCleaning(pinned, ownCopy('cleaning', words)) || !isFit(result)) return null
  const rows = coefficientRows(result).flatMap(({ name, ratio, lower, upper }) => {
    const truth = CLEANING_TRUTH[name]
    if (truth === undefined || ratio === null || lower === null || upper === null) return []
    const made = Math.exp(truth)
    const said = ratioWithLimits({ ratio, lower, upper }, locale)
    const decimals = (said.ratio.split('.')[1] ?? '').length
    // Ratios for one mm[Hg] or mg/dL are close to 1.
    const text = ratioText(made, locale, Math.max(3, decimals))
    const isInside = lower <= made && made <= upper
    return [
      {
        cells: [
          termWords(name, pinned, 0, words, locale),
          text,
          `${said.ratio} (${said.limits})`,
          isInside ? t.inside : t.outside,
        ],
      },
    ]
  })
  const percent = formatPercent(result.conf ?? 0.95, locale)
  return {
    title: t.title,
    header: [words.tutorial.compare.term, t.made, t.found(percent), t.limits(percent)],
    rows,
    notes: [t.note],
  }
}
