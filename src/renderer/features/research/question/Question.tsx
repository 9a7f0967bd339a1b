/** One page from question to model: the whole question as a sentence, its parts, what this hospital has, and the result. */
import { ActionIcon, Button, Group, TextInput, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconDeviceFloppy,
  IconFileImport,
  IconFilePlus,
} from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { AttritionPanel } from '../../../parts/research/AttritionPanel.tsx'
import { named, newStudy } from '../../../parts/research/new-study.ts'
import { namesNow, useKept, useStudy } from '../../../parts/research/study-under-work.ts'
import { RecordsStanding } from '../../../parts/research/RecordsStanding.tsx'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ComparisonPanel } from './ComparisonPanel.tsx'
import { CutPanel } from './CutPanel.tsx'
import { ExamplesMenu, TutorialStart } from './ExamplesMenu.tsx'
import { HistoryPanel } from './HistoryPanel.tsx'
import { ReadyPanel } from './ReadyPanel.tsx'
import { releaseAs } from '../../../parts/research/release-output.ts'
import { Refusals } from './Refusals.tsx'
import { ResultPanel } from './ResultPanel.tsx'
import { Stages } from './Stages.tsx'
import { studySentences, wholeSentence } from '../../../parts/research/study-sentence.ts'
import { Tutorial } from './Tutorial.tsx'
import { isStale } from './found.ts'
import { useQuestion } from './use-question.ts'
import { useLoadedHistory } from './use-kept-models.ts'
import { useTutorial } from './use-tutorial.ts'
import { useRunKey } from '../../../lib/use-run-key.ts'
import { TwinNote } from '../../../parts/research/TwinNote.tsx'
import { useIsTwin } from '../../../parts/research/use-is-twin.ts'
import { UnfinishedNote } from '../../../parts/research/UnfinishedNote.tsx'
import styles from './Question.module.css'

export function Question() {
  const words = useWords()
  const state = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  const copies = useCopiesReleased()
  return (
    <div className="room" {...copies}>
      <header className="room-head">
        <h1>{words.question.title}</h1>
      </header>
      <div className={`room-body ${styles.body}`}>
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

function Work() {
  const words = useWords()
  const locale = useLocale()
  useKept()
  const { study, change } = useStudy()
  useLoadedHistory()
  const { weighed, fitted, isRunning, run, forget } = useQuestion()
  const sentences = useMemo(
    () => studySentences(named(study, namesNow()), words, locale),
    [study, words, locale],
  )
  const { isOpen: isTaught } = useTutorial()
  useRunKey(() => void run(study, 'fit'))
  // Whoever runs it looks for the result, which stands below a long form; the tutorial says itself where to look.
  const results = useRef<HTMLDivElement>(null)
  const [isNew, setNew] = useState(false)
  const seen = useRef(fitted)
  useEffect(() => {
    if (isRunning) setNew(false)
    if (isRunning || fitted === seen.current) return
    seen.current = fitted
    if (isTaught || fitted === null) return
    setNew(true)
    results.current?.scrollIntoView({ block: 'start' })
  }, [isRunning, fitted, isTaught])
  return (
    <>
      <Head study={study} sentence={wholeSentence(sentences, locale)} />
      {isTaught && <Tutorial />}
      <UnfinishedNote kind="question" isRunning={isRunning} onRun={() => void run(study, 'fit')} />
      <Running />
      <Refusals study={study} />
      <div className={styles.parts}>
        <Stages study={study} onChange={change} sentences={sentences} weighed={weighed} fitted={fitted} />
        <div className={styles.stack}>
          <AttritionPanel
            definition={named(study, namesNow()).cohort}
            sentences={sentences.cohort}
            isFitting={isRunning}
          />
          <ReadyPanel study={study} found={weighed} />
          {weighed === null && !isRunning && !isTaught && <TutorialStart />}
        </div>
      </div>
      <CutPanel study={study} found={weighed} />
      {fitted === null ? (
        <Panel title={words.question.results}>
          <p className="secondary" role="status">
            {isRunning ? words.question.running : words.question.noResult}
          </p>
        </Panel>
      ) : (
        <>
          {isStale(fitted, study, 'models') && (
            <Callout tone="warn" isLive>
              {words.question.stale}
            </Callout>
          )}
          <div ref={results}>
            <span className="visually-hidden" role="status">
              {isNew && words.question.resultReady}
            </span>
            <ResultPanel found={fitted} />
          </div>
        </>
      )}
      <ComparisonPanel study={named(study, namesNow())} />
      <HistoryPanel
        study={named(study, namesNow())}
        onOpen={(ran) => {
          forget()
          change(ran)
        }}
      />
    </>
  )
}

function Head({ study, sentence }: { readonly study: StudyDocument; readonly sentence: string }) {
  const t = useWords().question
  const isTwin = useIsTwin()
  const locale = useLocale()
  const { before, after, keeping, change, undo, redo } = useStudy()
  const { fitted, isRunning, run, forget } = useQuestion()
  const open = async () => {
    const file = await node.studies.openFile()
    if (file === null) return
    if (file.kind === 'not-a-study') {
      notifications.show({ color: 'red', message: t.notAStudy(file.name) })
      return
    }
    forget()
    change(file.study)
    notifications.show({ message: t.opened(file.name) })
  }
  const save = async () => {
    // The state and the engine of the result, where it is one of the question as it stands: the file gives its bytes again.
    const isOfNow = fitted !== null && !isStale(fitted, study, 'models')
    const pinned = isOfNow
      ? { snapshot: fitted.pinned.snapshot, engine: fitted.pinned.engine }
      : { snapshot: study.snapshot, engine: study.engine }
    const whole = { ...named(study, namesNow()), ...pinned }
    await releaseAs(
      { kind: 'study', name: whole.title, study: whole },
      'json',
      isOfNow ? { jobId: fitted.jobId } : null,
    )
  }
  return (
    <Panel
      title={t.whole}
      side={
        <Group gap="xs">
          <IconOf label={t.undo} isOff={before.length === 0} onClick={undo}>
            <IconArrowBackUp size={16} aria-hidden />
          </IconOf>
          <IconOf label={t.redo} isOff={after.length === 0} onClick={redo}>
            <IconArrowForwardUp size={16} aria-hidden />
          </IconOf>
          <ExamplesMenu />
          <IconOf label={t.fresh} isOff={false} onClick={() => (forget(), change(newStudy()))}>
            <IconFilePlus size={16} aria-hidden />
          </IconOf>
          <IconOf label={t.open} isOff={false} onClick={() => void open().catch(tellFailure)}>
            <IconFileImport size={16} aria-hidden />
          </IconOf>
          <IconOf label={t.saveStudy} isOff={false} onClick={() => void save().catch(tellFailure)}>
            <IconDeviceFloppy size={16} aria-hidden />
          </IconOf>
          <Button variant="default" disabled={isRunning} onClick={() => void run(study, 'weigh')}>
            {t.weigh}
          </Button>
          <Button loading={isRunning} onClick={() => void run(study, 'fit')} title={t.runHint}>
            {t.run}
          </Button>
        </Group>
      }
    >
      <p className={styles.said} data-testid="whole-question">
        {sentence}
      </p>
      <div className={styles.row}>
        <TextInput
          className={styles.wide}
          label={t.name}
          placeholder={t.untitled}
          maxLength={200}
          value={study.title}
          onChange={({ currentTarget }) => change({ ...study, title: currentTarget.value })}
        />
        <p className={`secondary ${styles.wide}`}>{isTwin ? t.honestTwin : t.honest}</p>
      </div>
      <div className={styles.foot}>
        <span className="secondary" role="status" data-testid="keeping" data-state={keeping}>
          {t.keeping[keeping]}
        </span>
        <span className="secondary">{t.runHint}</span>
      </div>
      {study.snapshot !== null && (
        <Callout
          tone="plain"
          action={
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => change({ ...study, snapshot: null, engine: null })}
            >
              {t.newest}
            </Button>
          }
        >
          {t.pinned(formatNumber(study.snapshot.upTo, locale))}
        </Callout>
      )}
    </Panel>
  )
}

function IconOf({
  label,
  isOff,
  onClick,
  children,
}: {
  readonly label: string
  readonly isOff: boolean
  onClick(): void
  readonly children: ReactNode
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={label} disabled={isOff} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}

function Running() {
  const words = useWords()
  const { jobId, isRunning, isCancelled, failure, run } = useQuestion()
  const { study } = useStudy()
  const job = useJob(jobId)
  if (isRunning) return job?.state === 'running' ? <JobProgress job={job} /> : null
  if (isCancelled)
    return (
      <Callout tone="plain" isLive>
        {words.question.cancelled}
      </Callout>
    )
  return failure === null ? null : <FailureNote code={failure.code} onRetry={() => void run(study, 'fit')} />
}
