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

function problemText(problem: Exclude<PricingProblem, { kind: 'factors' }>, words: Words): string {
  const { pricing: t } = words
  switch (problem.kind) {
    case 'engine': {
      const { factor } = problem.detail
      const named = typeof factor === 'string' ? { factor: factorName(factor, words) } : {}
      const say = t.engine[problem.code] ?? t.engine['other']!
      return say({ ...problem.detail, ...named, code: problem.code })
    }
    case 'mismatch':
      return t.problems.mismatch[problem.what]
    default:
      return t.problems[problem.kind]
  }
}
