/** What of a price is said wherever something is asked of all hospitals: what remains, and what keeps it from being asked. Pure. */
import type { AskProblem, Priced } from '../../../shared/contract/requests.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'

type Words = Pick<AllWords, 'requests'>

/** “About 11 more tables like this this year, for all researchers.” */
export function remainingWords(
  { binding, chargeKind }: Priced,
  words: Words,
  text: (value: number) => string,
): string {
  const t = words.requests.budget
  if (binding === null) return ''
  const count = text(binding.times)
  const what = chargeKind in t.what ? t.what[chargeKind as keyof typeof t.what](count) : ''
  return t.more[binding.limit]?.(count, what) ?? ''
}

export function problemWords(problem: AskProblem, words: Words): string {
  const t = words.requests
  switch (problem.kind) {
    case 'request':
      return t.problem[problem.problem]
    case 'cleaning':
      return t.cleaningCompares(String(problem.step + 1))
    case 'answer-too-long':
      return t.answerTooLong
    case 'imputes':
      return t.imputes
    case 'study': {
      const part = problem.problem.kind
      return part === 'cohort' || part === 'intervals' || part === 'cleaning'
        ? t.problemOfPart[part]
        : t.problemOfPart.study
    }
  }
}
