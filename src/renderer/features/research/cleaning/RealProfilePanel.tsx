/** The real profile of all hospitals' records: asked only by the button that says what it costs, and shown with its noise beside what is counted here. */
import { Anchor, Button, Chip, Group, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { Catalog, OpenRequest, Priced } from '../../../../shared/contract/requests.ts'
import { canonicalCohort, type CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { PROFILE_TESTS, PROFILE_TESTS_MAX } from '../../../../shared/domain/cleaning-profile.ts'
import { epsilonOf } from '../../../../shared/domain/epsilon.ts'
import { formatInstant, formatNumber, formatSignificant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { aloneSteps } from '../../../parts/research/alone-steps.ts'
import { AskAllHospitals } from '../../../parts/research/AskAllHospitals.tsx'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { profileTables } from '../../../parts/research/profile-tables.ts'
import { RecordsStanding } from '../../../parts/research/RecordsStanding.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { useStudy, type CleaningPart } from '../../../parts/research/study-under-work.ts'
import { testName } from '../../../parts/research/test-name.ts'
import { useAskedBefore } from '../../../parts/research/use-asked-before.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import {
  alonePipelineOf,
  cleaningText,
  firstTests,
  profileAsked,
  profileOf,
  testsOfQuestion,
} from './profile-asked.ts'
import { useHere } from './use-here.ts'
import styles from './Cleaning.module.css'

interface Props {
  readonly cohort: CohortDefinition
  readonly steps: CleaningPart['steps']
}

export function RealProfilePanel({ cohort, steps }: Props) {
  const words = useWords()
  const t = words.cleaning.real
  const catalog = useAsk(() => node.requests.catalog(), [], ['requests.changed'])
  const cleaning = alonePipelineOf(steps, words.cleaning.title)
  const key = JSON.stringify([canonicalCohort(cohort), cleaningText(cleaning)])
  const before = useAskedBefore(
    'cleaning-profile',
    key,
    (question) =>
      question.lane === 'noise' &&
      canonicalCohort(question.cohort) === canonicalCohort(cohort) &&
      cleaningText(question.cleaning) === cleaningText(cleaning),
  )
  const [last] = before.value ?? []
  if (catalog.value === undefined)
    return catalog.failure === undefined ? null : (
      <Panel title={t.title}>
        <FailureNote code={catalog.failure} onRetry={catalog.again} />
      </Panel>
    )
  // Who is no hospital holds no record: what is shown here is of the twin.
  const isTwin = catalog.value.class !== 'hospital'
  return (
    <Panel title={t.title}>
      <div className={styles.stack} data-testid="real-profile">
        <p className={`secondary ${room.said}`}>{isTwin ? t.introTwin : t.introOwn}</p>
        {last !== undefined && <Answered opened={last} isTwin={isTwin} />}
        <Form catalog={catalog.value} cohort={cohort} steps={steps} hasAnswer={last !== undefined} />
      </div>
    </Panel>
  )
}

function Form({
  catalog,
  cohort,
  steps,
  hasAnswer,
}: Props & { readonly catalog: Catalog; readonly hasAnswer: boolean }) {
  const words = useWords()
  const t = words.cleaning.real
  const locale = useLocale()
  const study = useStudy((state) => state.study)
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  const tests = chosen ?? firstTests(study)
  const { named, cleaned } = testsOfQuestion(study)
  const offered = [...new Set([...named, ...cleaned, ...tests])]
  const choose = (next: readonly string[]) =>
    setChosen(PROFILE_TESTS.filter((key) => next.includes(key)).slice(0, PROFILE_TESTS_MAX))
  const leftOut = steps.length - aloneSteps(steps).length
  const cleaning = alonePipelineOf(steps, words.cleaning.title)
  const name = cohort.title
  return (
    <div className={room.small}>
      {hasAnswer && <h3 className={styles.heading}>{t.again}</h3>}
      <Chip.Group multiple value={[...tests]} onChange={choose}>
        <Group gap="xs" role="group" aria-label={t.tests}>
          <span>{t.tests}</span>
          {offered.map((key) => (
            <Chip
              key={key}
              value={key}
              size="sm"
              disabled={tests.length >= PROFILE_TESTS_MAX && !tests.includes(key)}
            >
              {testName(key, locale)}
            </Chip>
          ))}
          {tests.length < PROFILE_TESTS_MAX && (
            <NativeSelect
              size="xs"
              aria-label={t.addTest}
              value=""
              data={[
                { value: '', label: t.addTest },
                ...PROFILE_TESTS.filter((key) => !offered.includes(key)).map((key) => ({
                  value: key,
                  label: testName(key, locale),
                })),
              ]}
              onChange={({ currentTarget: { value } }) => value !== '' && choose([...tests, value])}
            />
          )}
        </Group>
      </Chip.Group>
      {tests.length === 0 ? (
        <p className="secondary">{t.noTests}</p>
      ) : (
        <AskAllHospitals
          catalog={catalog}
          button={t.ask}
          title={t.requestTitle(name)}
          askedAt={({ hash, stateAt }, microRho) =>
            stateAt === null
              ? null
              : profileAsked(
                  hash,
                  microRho,
                  cohort,
                  cleaning,
                  profileOf(tests, aloneSteps(steps), yearOf(stateAt)),
                )
          }
          says={(priced) => [...noiseWords(priced), ...(leftOut === 0 ? [] : [t.leftOut(String(leftOut))])]}
        />
      )}
    </div>
  )

  function noiseWords({ noise }: Priced): string[] {
    if (noise.length === 0) return []
    const text = (value: number) => formatNumber(value, locale)
    const range = (numbers: readonly number[]): readonly [string, string] => [
      text(Math.min(...numbers)),
      text(Math.max(...numbers)),
    ]
    return [
      t.noise(...range(noise.map(({ halfWidth }) => halfWidth))),
      t.shown(...range(noise.map(({ shownFrom }) => shownFrom ?? 0))),
    ]
  }
}

/** As the window says the day. */
const yearOf = (stateAt: number): number => Number(formatInstant(stateAt).slice(0, 4))

function Answered({ opened, isTwin }: { readonly opened: OpenRequest; readonly isTwin: boolean }) {
  const words = useWords()
  const t = words.cleaning.real
  const locale = useLocale()
  const { row, question, answer, snapshot, paidMicroRho, isUnattested } = opened
  const asked = question?.lane === 'noise' ? question : null
  const tables = answer?.kind === 'noise' && answer.answer.kind === 'tables' ? answer.answer.tables : null
  const here = useHere(tables === null ? null : asked, isTwin)
  const beside = here.tables === null ? null : { tables: here.tables, name: isTwin ? t.twin : t.own }
  const tablesWith = (others: typeof beside): PaperTable[] =>
    tables === null
      ? []
      : profileTables(tables, {
          title: row.title ?? t.title,
          steps: asked?.cleaning?.steps ?? [],
          here: others,
          words,
          locale,
        })
  const [shown, alone] = [tablesWith(beside), tablesWith(null)]
  const hint = words.requests.stateHints[row.state]
  const said =
    typeof hint === 'string'
      ? hint
      : words.requests.stateHints.computing(
          formatNumber(row.attestedBy.length, locale),
          formatNumber(row.attestationsNeeded, locale),
        )
  return (
    <div className={room.small} data-testid="real-answer" data-state={row.state}>
      <p className={room.said} role="status">
        <strong>{words.requests.states[row.state]}.</strong> {said}{' '}
        <Anchor href={`#/requests/list/${row.studyHash}`} size="sm">
          {t.toRequest}
        </Anchor>
      </p>
      {row.state === 'answered' && answer === null && (
        <p className="secondary">{words.requests.pane.answerElsewhere}</p>
      )}
      {answer?.kind === 'noise' && answer.answer.kind === 'withheld' && (
        <Callout tone="warn">{words.requests.answer.withheld}</Callout>
      )}
      {tables !== null && asked !== null && (
        <>
          <p className={`secondary ${room.said}`} data-testid="lane-label">
            {words.requests.answer.lanes.noise(formatSignificant(epsilonOf(paidMicroRho), locale, 2))}
            {snapshot !== null &&
              ` · ${words.requests.catalogue.snapshot(
                formatNumber(snapshot.height, locale),
                snapshot.stateAt === null ? '—' : formatInstant(snapshot.stateAt).slice(0, 10),
              )}`}
          </p>
          {isUnattested && <Callout tone="warn">{words.requests.answer.unattested}</Callout>}
          {isTwin && here.tables !== null && <Callout tone="plain">{t.besideTwin}</Callout>}
          {here.isCounting && <Counting jobId={here.jobId} isTwin={isTwin} />}
          {here.isStopped && <p className={`secondary ${room.said}`}>{t.countStopped}</p>}
          {here.tables === null && !here.isCounting && (!isTwin || here.isStopped) && (
            <div>
              <Button size="compact-sm" variant="default" onClick={here.count}>
                {isTwin ? t.countTwin : t.countHere}
              </Button>
            </div>
          )}
          {here.failure !== null && <FailureNote code={here.failure} onRetry={here.count} />}
          {shown.map((table, i) => (
            <div key={table.title}>
              <div className={styles.head}>
                <h3 className={styles.heading}>{table.title}</h3>
                {/* What leaves is the answer alone: its mark is not that of what stands beside it. */}
                <ReleaseMenu
                  what={{ kind: 'table', name: table.title, table: alone[i]! }}
                  of={{ jobId: null, studyHash: row.studyHash }}
                />
              </div>
              <PaperTableView table={table} />
            </div>
          ))}
        </>
      )}
    </div>
  )
}

/** Meanwhile: what is counted, how far the people are that are asked, then how many of them were read. */
function Counting({ jobId, isTwin }: { readonly jobId: string | null; readonly isTwin: boolean }) {
  const t = useWords().cleaning.real.counting
  const job = useJob(jobId)
  const records = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  const isFilling = records.value?.kind === 'filling' && records.value.total > 0
  return (
    <div className={room.small} data-testid="counting-here">
      <p className={room.said} role="status">
        {isTwin ? t.twin : t.own}
      </p>
      {isFilling && job?.done === 0 ? (
        <RecordsStanding state={records.value} />
      ) : (
        job?.state === 'running' && <JobProgress job={job} />
      )}
    </div>
  )
}
