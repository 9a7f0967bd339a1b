/** For whose tasks a demonstration of so many patients is large enough, in words that stand beside the size. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { DEMONSTRATION_LEAST } from '../../../shared/domain/populations.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words } from '../../words/catalogue.ts'

export function enoughFor(
  patients: number,
  { enoughFor: t }: Pick<Words['firstRun'], 'enoughFor'>,
  locale: Locale,
): string {
  const { questions, insurer, benchmark } = DEMONSTRATION_LEAST
  if (patients < questions) return t.nobody(formatNumber(questions, locale))
  if (patients < insurer) return t.questions(formatNumber(insurer, locale))
  return patients < benchmark ? t.insurer(formatNumber(benchmark, locale)) : t.benchmark
}
