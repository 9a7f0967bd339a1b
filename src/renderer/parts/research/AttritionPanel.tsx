/** Who is left after each step of the question, while it is being changed: bars with persons, and who left where. */
import { Skeleton } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import type { CohortCount } from '../../../shared/contract/cohorts.ts'
import { canonicalCohort, type CohortDefinition } from '../../../shared/domain/cohort.ts'
import { formatNumber, shortHash } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { FailureNote } from '../FailureNote.tsx'
import { useLastBlock } from './use-last-block.ts'
import { Callout } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import styles from './CohortEditor.module.css'

/** While keys come faster than this, the last question is asked only. */
const QUIET_MS = 150
/** Fewer persons than this are not said exactly (docs/spec/cohort.md section 7). */
const SMALL = 11

export function AttritionPanel({
  definition,
  sentences,
  isFitting = false,
}: {
  readonly definition: CohortDefinition
  readonly sentences: readonly string[]
  /** A fit has the thread that counts: the count comes after it. */
  readonly isFitting?: boolean
}) {
  const t = useWords().cohorts
  const question = useMemo(
    () => ({ definition, sentences }),
    [JSON.stringify(definition), sentences.join('\n')],
  )
  const { definition: asked, sentences: said } = useQuiet(question)
  // Records may have been made ready since, as after a start: the count is of those that are here.
  const lastBlock = useLastBlock()
  // An answer stays with the sentences of its own question, also while the next one is asked; those of the same one follow the language.
  const count = useAsk(
    async () => ({ asked, said, answer: await node.cohorts.count({ definition: asked }) }),
    [asked, lastBlock],
  )
  const answer = count.failure === undefined ? count.value?.answer : undefined
  return (
    <Panel
      title={t.attrition}
      side={
        count.isAsking ? <span className="secondary">{isFitting ? t.waitsForFit : t.counting}</span> : null
      }
    >
      <div
        className={styles.attrition}
        data-testid="attrition"
        aria-busy={count.isAsking || asked !== question.definition}
      >
        {count.failure !== undefined && <FailureNote code={count.failure} onRetry={count.again} />}
        {answer === undefined && count.failure === undefined && <Skeleton height={160} />}
        {answer?.kind === 'refused' && (
          <Callout tone="plain">
            {[...new Set(answer.problems.map(({ kind }) => t.problems[kind]))].join(' ')}
          </Callout>
        )}
        {answer?.kind === 'counted' && (
          <Bars
            answer={answer}
            sentences={areSame(count.value!.asked, definition) ? sentences : count.value!.said}
          />
        )}
      </div>
    </Panel>
  )
}

const areSame = (one: CohortDefinition, other: CohortDefinition): boolean =>
  canonicalCohort(one) === canonicalCohort(other)

type Counted = Extract<CohortCount, { kind: 'counted' }>

function Bars({ answer, sentences }: { readonly answer: Counted; readonly sentences: readonly string[] }) {
  const t = useWords().cohorts
  const locale = useLocale()
  const { snapshot, attrition } = answer
  if (snapshot.visitCount < 2) return <p>{snapshot.visitCount === 0 ? t.noVisits : t.oneVisit}</p>
  const rows = [
    { name: t.rows.all, persons: snapshot.personCount },
    { name: t.rows.event, persons: attrition.withEvent },
    { name: t.rows.prior, persons: attrition.withPriorDays },
    { name: t.rows.washout, persons: attrition.afterWashout },
    ...attrition.steps.map((persons, i) => ({ name: sentences[i + 1] ?? '', persons })),
  ]
  const most = Math.max(1, snapshot.personCount)
  const said = (persons: number): string =>
    persons > 0 && persons < SMALL ? t.small : formatNumber(persons, locale)
  return (
    <>
      <table className={styles.bars}>
        <caption className={styles.caption}>{t.persons}</caption>
        <tbody>
          {rows.map(({ name, persons }, i) => {
            const before = rows[i - 1]?.persons ?? persons
            const left = before - persons
            return (
              <tr key={i}>
                <th scope="row">{name}</th>
                <td className={styles.bar} aria-hidden>
                  <span style={{ inlineSize: `${(100 * persons) / most}%` }} />
                </td>
                <td className={styles.persons}>{said(persons)}</td>
                <td className={`secondary ${styles.left}`}>{left > 0 ? t.leaves(said(left)) : ''}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {answer.looksAhead.length > 0 && <Callout tone="warn">{t.looksAhead}</Callout>}
      <p className="secondary">
        {t.snapshot(formatNumber(snapshot.visitCount, locale), formatNumber(snapshot.upTo, locale))}{' '}
        <span className="mono" title={`${t.copyHash} ${answer.hash}`}>
          {shortHash(answer.hash)}
        </span>
      </p>
    </>
  )
}

function useQuiet<T>(value: T): T {
  const [quiet, setQuiet] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), QUIET_MS)
    return () => clearTimeout(timer)
  }, [value])
  return quiet
}
