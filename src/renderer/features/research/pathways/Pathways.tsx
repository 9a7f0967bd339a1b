/** A cohort followed through time: what is asked as a form, and what was found below it. */
import { ActionIcon, Anchor, Button, Group } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { formatNumber } from '../../../lib/format.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { useCleaningPart, useCohort } from '../../../parts/research/study-under-work.ts'
import { RecordsStanding } from '../../../parts/research/RecordsStanding.tsx'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import { useRunKey } from '../../../lib/use-run-key.ts'
import { UnfinishedNote } from '../../../parts/research/UnfinishedNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { PathwaysEditor } from './PathwaysEditor.tsx'
import { PathwaysResult } from './PathwaysResult.tsx'
import { RealPathways } from './RealPathways.tsx'
import { namedNow, useKeptPathways, usePathwaysUnderWork } from './pathways-under-work.ts'
import { TwinNote } from '../../../parts/research/TwinNote.tsx'
import { useIsTwin } from '../../../parts/research/use-is-twin.ts'
import { isStale, usePathways, type PathwaysQuestion } from './use-pathways.ts'
import styles from './Pathways.module.css'

export function Pathways() {
  const words = useWords()
  const state = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  return (
    <div className="room" {...useCopiesReleased()}>
      <header className="room-head">
        <h1>{words.pathways.title}</h1>
      </header>
      <div className={`room-body ${room.body} ${styles.body}`}>
        <TwinNote />
        {state.failure !== undefined && state.value === undefined ? (
          <FailureNote code={state.failure} onRetry={state.again} />
        ) : state.value?.kind === 'no-records' ? (
          <EmptyState>{words.cohorts.noRecords}</EmptyState>
        ) : (
          <>
            <RecordsStanding state={state.value} />
            <Work />
          </>
        )}
      </div>
    </div>
  )
}

/** The question with names where the person gave none. */
function useQuestion(): PathwaysQuestion {
  const words = useWords()
  const { value: kept } = useCohort()
  const { steps } = useCleaningPart().value
  const { definition } = usePathwaysUnderWork()
  return {
    cohort: kept.title === '' ? { ...kept, title: words.cohorts.untitled } : kept,
    cleaning:
      steps.length === 0 ? null : { schema: 'cleaning/1', title: words.cleaning.title, steps: [...steps] },
    definition: namedNow(definition),
  }
}

function Work() {
  const words = useWords()
  const t = words.pathways
  useKeptPathways()
  const question = useQuestion()
  const { definition, isUnkept, change } = usePathwaysUnderWork()
  const { found, isRunning, isCancelled, failure, refusals, run } = usePathways()
  useRunKey(() => void run(question))
  // Names say nothing of what was asked: those of now are shown, also in another language than it was asked in.
  const names = JSON.stringify(question)
  const shown = useMemo(
    () => (found === null || isStale(found, question) ? found : { ...found, asked: question }),
    [found, names],
  )
  return (
    <>
      <Head question={question} />
      <UnfinishedNote kind="pathways" isRunning={isRunning} onRun={() => void run(question)} />
      <Running />
      {failure !== null && <FailureNote code={failure} onRetry={() => void run(question)} />}
      {refusals.length > 0 && (
        <Callout tone="warn" isLive>
          {refusals.map((key) => t.refused[key] ?? key).join(' ')}
        </Callout>
      )}
      {isCancelled && (
        <Callout tone="plain" isLive>
          {t.cancelled}
        </Callout>
      )}
      {isUnkept && <Callout tone="warn">{t.notKept}</Callout>}
      <PathwaysEditor definition={definition} onChange={change} />
      <RealPathways question={question} />
      {found === null ? (
        <Panel title={t.sequence}>
          <p className="secondary" role="status">
            {isRunning ? t.running : t.notYet}
          </p>
        </Panel>
      ) : (
        <>
          {isStale(found, question) && (
            <Callout tone="warn" isLive>
              {t.stale}
            </Callout>
          )}
          <PathwaysResult found={shown ?? found} />
        </>
      )}
    </>
  )
}

function Head({ question }: { readonly question: PathwaysQuestion }) {
  const words = useWords()
  const t = words.pathways
  const isTwin = useIsTwin()
  const locale = useLocale()
  const { before, after, undo, redo } = usePathwaysUnderWork()
  const { isRunning, run } = usePathways()
  const { cohortOn } = useCleaningPart().value
  const steps = question.cleaning?.steps.length ?? 0
  return (
    <Panel
      title={t.cohort(question.cohort.title)}
      side={
        <Group gap="xs">
          <ActionIcon variant="default" aria-label={t.undo} disabled={before.length === 0} onClick={undo}>
            <IconArrowBackUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={t.redo} disabled={after.length === 0} onClick={redo}>
            <IconArrowForwardUp size={16} aria-hidden />
          </ActionIcon>
          <Button loading={isRunning} onClick={() => void run(question)}>
            {t.run}
          </Button>
        </Group>
      }
    >
      <div className={styles.foot}>
        <span>
          {steps === 0 ? t.notCleaned : t.cleaned(formatNumber(steps, locale))}{' '}
          {cohortOn === 'cleaned' && `${t.judgedAsWritten} `}
          <Anchor href="#/cleaning" size="sm" underline="always">
            {steps === 0 ? t.takeCleaned : words.cleaning.title}
          </Anchor>
        </span>
        <Anchor href="#/cohorts" size="sm">
          {t.toCohorts}
        </Anchor>
      </div>
      <p className="secondary" style={{ marginBlockEnd: 0 }}>
        {isTwin ? t.honestTwin : t.honest}
      </p>
    </Panel>
  )
}

function Running() {
  const { jobId } = usePathways()
  const job = useJob(jobId)
  return job === undefined ? null : <JobProgress job={job} />
}
