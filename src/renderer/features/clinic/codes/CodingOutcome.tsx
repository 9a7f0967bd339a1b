/** What became of giving codes: remembered, corrected, and what stays as it is with its reason. */
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'

export function CodingOutcome({ jobId }: { readonly jobId: string }) {
  const words = useWords()
  const t = words.codes
  const locale = useLocale()
  const report = useAsk(() => node.codes.codingReport({ jobId }), [jobId]).value
  if (!report) return null
  const { learnt, amended, left, isCancelled } = report
  const number = (value: number) => formatNumber(value, locale)
  const reasons = t.leftReasons as Record<string, string>
  return (
    <Callout tone={left.length > 0 ? 'warn' : 'good'} isLive>
      <span data-testid="coding-outcome">
        {learnt > 0 && `${t.learntCount(number(learnt))} `}
        {t.amendedCount(number(amended), amended === 1)} {isCancelled && t.cancelled}
        {left.length > 0 && ` ${t.leftCount(number(left.reduce((sum, { count }) => sum + count, 0)))} `}
        {left
          .map(({ reason, count }) => `${reasons[reason] ?? reasons['other']!} (${number(count)})`)
          .join(', ')}
      </span>
    </Callout>
  )
}
