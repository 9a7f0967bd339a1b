/** A finding as one sentence. */
import { useWords, type Words } from '../../../words/catalogue.ts'
import styles from './Entry.module.css'
import type { Problem } from './to-visit.ts'
import { findingSentence } from '../../../parts/finding-sentence.ts'

export const problemSentence = (problem: Pick<Problem, 'rule' | 'params'>, t: Words): string =>
  findingSentence(problem, t)

export function ProblemText({ problem }: { readonly problem: Problem }) {
  const t = useWords()
  return (
    <span className={styles.problem} data-severity={problem.severity}>
      {problemSentence(problem, t)}
    </span>
  )
}
