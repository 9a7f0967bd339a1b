/** Why nothing was priced, what that means, and what to do. */
import { List } from '@mantine/core'
import type { PricingProblem } from '../../../shared/contract/pricing.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useWords, type Words } from '../../words/catalogue.ts'
import { factorName } from './pricing-names.ts'

export function PricingRefused({ problem }: { readonly problem: PricingProblem }) {
  const words = useWords()
  const t = words.pricing
  if (problem.kind === 'factors')
    return (
      <Callout tone="bad" isLive title={t.nothingPriced}>
        {t.problems.factors}
        <List size="sm">
          {problem.refusals.map(({ factor, reason, detail }) => (
            <List.Item key={factor}>
              {t.problems.refusal[reason](factorName(factor, words), detail)}
            </List.Item>
          ))}
        </List>
      </Callout>
    )
  return (
    <Callout tone="bad" isLive title={t.nothingPriced}>
      {problemText(problem, words)}
    </Callout>
  )
}

function problemText(problem: Exclude<PricingProblem, { kind: 'factors' }>, { pricing: t }: Words): string {
  switch (problem.kind) {
    case 'engine':
      return (t.engine[problem.code] ?? t.engine['other']!)({ ...problem.detail, code: problem.code })
    case 'mismatch':
      return t.problems.mismatch[problem.what]
    default:
      return t.problems[problem.kind]
  }
}
