/** What keeps the question from being asked, in words and by place. */
import { useEffect, useRef } from 'react'
import type { StudyDocument, StudyProblem } from '../../../../shared/domain/study.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords, type Words } from '../../../words/catalogue.ts'
import { useQuestion } from './use-question.ts'
import styles from './Question.module.css'

export function Refusals({ study }: { readonly study: StudyDocument }) {
  const words = useWords()
  const { refusals } = useQuestion()
  const place = useRef<HTMLDivElement>(null)
  // Who presses the key far below would see nothing happen.
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [refusals])
  if (refusals.length === 0) return null
  const said = [...new Set(refusals.map((each) => refusalWords(each, study, words)))]
  return (
    <div ref={place} className={styles.refusals}>
      <Callout tone="warn" isLive title={words.question.problemsTitle}>
        <ul className={styles.findings}>
          {said.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Callout>
    </div>
  )
}

function refusalWords(refusal: StudyProblem, study: StudyDocument, words: Words): string {
  const t = words.question.problems
  const modelName = (m: number): string => study.models[m]?.title || words.question.modelNumber(String(m + 1))
  switch (refusal.kind) {
    case 'cohort':
      return `${t.cohort} ${words.cohorts.problems[refusal.problem.kind]}`
    case 'cleaning':
      return t.cleaning
    case 'nothing-cleaned':
    case 'schema-not-said':
      return t[refusal.kind]
    case 'intervals': {
      const say = t.intervals[refusal.problem.kind]
      return typeof say === 'string' ? say : say('name' in refusal.problem ? refusal.problem.name : '')
    }
    case 'baseline-by-number':
      return t['baseline-by-number'](refusal.name)
    case 'nothing-competes':
    case 'clock-not-possible':
    case 'nothing-to-estimate':
    case 'rows-of-unequal-length':
    case 'strata-not-possible':
    case 'pieces-not-possible':
    case 'imputation-not-possible':
    case 'imputation-without-curves':
      return t[refusal.kind](modelName(refusal.model))
    default:
      return t[refusal.kind](modelName(refusal.model), refusal.name)
  }
}
