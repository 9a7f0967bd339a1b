/** Before a fit: how many persons and events this hospital has, how many parameters that carries, and what may mislead. */
import type { ReadinessFinding } from '../../../../shared/domain/study-answer.ts'
import { Table } from '@mantine/core'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { formatNumber } from '../../../lib/format.ts'
import { countText } from '../../../parts/research/small-count.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { carriedBy, hasTerms, type StudyAnswer } from './study-answer.ts'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import { followedPersons, isStale, type Found } from './found.ts'
import tables from '../../../parts/research/PaperTable.module.css'
import styles from './Question.module.css'

export function ReadyPanel({
  study,
  found,
}: {
  readonly study: StudyDocument
  readonly found: Found | null
}) {
  const t = useWords().question
  return (
    <Panel title={t.ready}>
      <div className={styles.stack} data-testid="ready">
        {found === null ? (
          <p className="secondary">{t.notWeighed}</p>
        ) : (
          <Counted study={study} found={found} />
        )}
      </div>
    </Panel>
  )
}

function Counted({ study, found }: { readonly study: StudyDocument; readonly found: Found }) {
  const words = useWords()
  const t = words.question
  const locale = useLocale()
  const { answer, asked, ran } = found
  const people = (count: number): string => countText(count, words.cohorts.small, locale)
  const { visits } = answer.snapshot
  if (visits === 0) return <p role="status">{words.cohorts.noVisits}</p>
  if (visits === 1) return <p role="status">{words.cohorts.oneVisit}</p>
  return (
    <>
      {isStale(found, study, 'models') && (
        <Callout tone="warn" isLive>
          {t.stale}
        </Callout>
      )}
      {ran.changes !== null && (
        <p className="secondary">
          {t.changes(
            people(ran.changes.amended),
            people(ran.changes.retracted),
            people(ran.changes.withdrawn),
            people(ran.changes.added),
          )}
        </p>
      )}
      {followedPersons(answer) === 0 ? (
        <p role="status">
          {(answer.cohort.steps.at(-1) ?? answer.cohort.afterWashout) === 0
            ? t.nobody
            : t.nobodyLeft(people(answer.cohort.steps.at(-1) ?? answer.cohort.afterWashout))}
        </p>
      ) : (
        asked.models.map((model, m) => {
          const before = answer.models[m]?.before
          if (before === undefined) return null
          const isCarried = before.parameters <= carriedBy(before.events)
          return (
            <div key={m} data-testid="readiness">
              <h3 className={styles.heading}>{found.pinned.models[m]?.title}</h3>
              <p>
                {t.has(people(before.persons), people(before.events))}{' '}
                {hasTerms(model) && (
                  <>
                    {t.carries(formatNumber(carriedBy(before.events), locale))}{' '}
                    {t.asks(formatNumber(before.parameters, locale))}{' '}
                    <strong data-state={isCarried ? 'good' : 'warn'} className={styles.verdict}>
                      {isCarried ? t.enough : t.tooFew}
                    </strong>
                  </>
                )}
              </p>
              <ul className={styles.findings}>
                {before.findings.map((finding, i) => (
                  <li key={i}>
                    <FindingWords finding={finding} study={asked} />
                  </li>
                ))}
              </ul>
            </div>
          )
        })
      )}
      <Attrition answer={answer} />
      <Warnings answer={answer} study={asked} />
    </>
  )
}

function FindingWords({
  finding,
  study,
}: {
  readonly finding: ReadinessFinding
  readonly study: StudyDocument
}) {
  const words = useWords()
  const t = words.question.findings
  const locale = useLocale()
  const people = (count: number): string => countText(count, words.cohorts.small, locale)
  const number = (count: number): string => formatNumber(count, locale)
  const nameOf = (name: string): string => columnWords(name, study, words, locale)
  switch (finding.kind) {
    case 'few-events':
      return t['few-events']
    case 'rows-without-values':
    case 'rows-filled-in':
    case 'pieces-cut-short':
      return t[finding.kind](number(finding.rows), people(finding.events))
    case 'already':
      return t.already(people(finding.persons), nameOf(finding.name))
    case 'earlier-events':
    case 'earlier-competing':
    case 'later-events':
    case 'visits-after-death':
      return t[finding.kind](people(finding.persons))
    case 'overlap':
      return t.overlap(number(finding.rows))
    case 'constant':
      return t.constant(nameOf(finding.name))
  }
}

function Attrition({ answer }: { readonly answer: StudyAnswer }) {
  const words = useWords()
  const t = words.question
  const locale = useLocale()
  const people = (count: number): string => countText(count, words.cohorts.small, locale)
  const entered = answer.cohort.steps.at(-1) ?? answer.cohort.afterWashout
  const isFewer = (answer.intervals.attrition[0]?.persons ?? entered) < entered
  return (
    <>
      {isFewer && <p className="secondary">{t.fewerAfterCleaning(people(entered))}</p>}
      <Table aria-label={t.leftAfter} className={tables.numbers}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.leftAfter}</Table.Th>
            <Table.Th scope="col">{t.leftOf.persons}</Table.Th>
            <Table.Th scope="col">{t.leftOf.events}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {answer.intervals.attrition.map(({ step, persons, events }) => (
            <Table.Tr key={step}>
              <Table.Th scope="row">{t.leftSteps[step] ?? step}</Table.Th>
              <Table.Td>{people(persons)}</Table.Td>
              <Table.Td>{people(events)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}

function Warnings({ answer, study }: { readonly answer: StudyAnswer; readonly study: StudyDocument }) {
  const words = useWords()
  const t = words.question
  const locale = useLocale()
  if (answer.warnings.length === 0) return null
  return (
    <Callout tone="warn" title={t.warningsTitle}>
      <ul className={styles.findings}>
        {answer.warnings.map((warning, i) => (
          <li key={i}>{said(warning)}</li>
        ))}
      </ul>
    </Callout>
  )

  function said(warning: StudyAnswer['warnings'][number]): string {
    switch (warning.kind) {
      case 'chosen-by-follow-up':
        return t.warnings[warning.kind](String(warning.days))
      case 'no-washout':
      case 'covariate-is-event':
        return t.warnings[warning.kind](columnWords(warning.name, study, words, locale))
      case 'entry-gone':
        return t.warnings[warning.kind](countText(warning.persons, words.cohorts.small, locale))
      default:
        return t.warnings[warning.kind]
    }
  }
}
