/** What a code of a result means, where it is one that forms know; else the code itself. Pure. */
import { codeOfResultLabel } from '../../../shared/domain/result-codes.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'

type Words = Pick<AllWords, 'clinical'>

export function resultCodeName(code: string, { clinical }: Words): string {
  const named: Readonly<Record<string, string>> = clinical.resultCodes
  return named[code] ?? code
}

/** Of a label of a column, and of the one that stands for every other code. */
export function resultLabelName(label: string, words: Words): string {
  const code = codeOfResultLabel(label)
  return code === null ? words.clinical.otherResult : resultCodeName(code, words)
}
