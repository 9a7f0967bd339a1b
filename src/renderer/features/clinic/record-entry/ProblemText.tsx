/** A finding as one sentence. */
import { useWords, type Words } from '../../../words/catalogue.ts'
import type { Params } from '../../../words/findings.ts'
import styles from './Entry.module.css'
import type { Problem } from './to-visit.ts'
import { showUnit } from '../../../parts/units.ts'

export function problemSentence(problem: Pick<Problem, 'rule' | 'params'>, t: Words): string {
  const params: Record<string, string> = { ...problem.params }
  for (const key of ['unit', 'limitUnit']) if (params[key] !== undefined) params[key] = showUnit(params[key])
  const rules = t.findings.rules as Record<string, ((p: Params) => string) | undefined>
  return rules[problem.rule]?.(params) ?? problem.rule
}

export function ProblemText({ problem }: { readonly problem: Problem }) {
  const t = useWords()
  return (
    <span className={styles.problem} data-severity={problem.severity}>
      {problemSentence(problem, t)}
    </span>
  )
}
