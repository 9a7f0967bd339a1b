/** Records of a cohort cleaned step by step: the steps with their parameters, and beside them what they do and leave. */
import { ActionIcon, Anchor, Button, Group, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { useState } from 'react'
import { cleaningPipeline, cleaningWarnings, type CleaningStep } from '../../../../shared/domain/cleaning.ts'
import { formatNumber, shortHash } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { JudgedOn } from '../../../parts/research/JudgedOn.tsx'
import { StepList } from '../../../parts/research/StepList.tsx'
import { useCleaningPart, useCohort } from '../../../parts/research/study-under-work.ts'
import { RecordsStanding } from '../../../parts/research/RecordsStanding.tsx'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import { TwinNote } from '../../../parts/research/TwinNote.tsx'
import { UnfinishedNote } from '../../../parts/research/UnfinishedNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { AttritionTable, ReasonTable } from './CleaningTables.tsx'
import { ExamplesPanel } from './ExamplesPanel.tsx'
import { MissingPanel } from './MissingPanel.tsx'
import { RealProfilePanel } from './RealProfilePanel.tsx'
import { askedText, useCleaning, type CleaningResult } from './use-cleaning.ts'
import { ValuesPanel } from './ValuesPanel.tsx'
import styles from './Cleaning.module.css'

export function Cleaning() {
  const words = useWords()
  const state = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  return (
    <div className="room" {...useCopiesReleased()}>
      <header className="room-head">
        <h1>{words.cleaning.title}</h1>
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
  const t = words.cleaning
  const { value: kept } = useCohort()
  const cohort = kept.title === '' ? { ...kept, title: words.cohorts.untitled } : kept
  const { value: part, canUndo, canRedo, change, undo, redo } = useCleaningPart()
  const { steps, cohortOn } = part
  const { isRunning, run } = useCleaning()
  const changeSteps = (next: readonly CleaningStep[]) => change({ ...part, steps: next })
  return (
    <>
      <UnfinishedNote kind="cleaning" isRunning={isRunning} onRun={() => void run(cohort, part, t.title)} />
      <Panel
        title={t.cohort(cohort.title)}
        side={
          <Group gap="md">
            <Anchor href="#/cohorts" size="sm">
              {t.toCohorts}
            </Anchor>
            <Button loading={isRunning} onClick={() => void run(cohort, part, t.title)}>
              {t.run}
            </Button>
          </Group>
        }
      >
        <div className={styles.stack}>
          <p className="secondary">{t.honest}</p>
          <div className={styles.choice}>
            {/* Without a step there is nothing to choose. */}
            <JudgedOn
              value={cohortOn}
              note={t.judgedNote[cohortOn]}
              isDisabled={steps.length === 0}
              onChange={(on) => change({ ...part, cohortOn: on })}
            />
          </div>
        </div>
      </Panel>
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Panel
            title={t.pipeline}
            side={
              <Group gap="xs">
                <ActionIcon variant="default" aria-label={t.undo} disabled={!canUndo} onClick={undo}>
                  <IconArrowBackUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon variant="default" aria-label={t.redo} disabled={!canRedo} onClick={redo}>
                  <IconArrowForwardUp size={16} aria-hidden />
                </ActionIcon>
              </Group>
            }
          >
            <Warnings steps={steps} />
            <StepList steps={steps} onChange={changeSteps} />
          </Panel>
          <AsText steps={steps} onChange={changeSteps} />
        </div>
        <div className={styles.stack}>
          <RealProfilePanel cohort={cohort} steps={steps} />
          <Result asked={askedText(cohort, part)} onRetry={() => void run(cohort, part, t.title)} />
        </div>
      </div>
    </>
  )
}

function Warnings({ steps }: { readonly steps: readonly CleaningStep[] }) {
  const t = useWords().cleaning
  const warnings = cleaningWarnings({ steps: [...steps] })
  if (warnings.length === 0) return null
  return (
    <Callout tone="warn">
      {warnings.map((warning, i) => {
        const name = t.steps[steps[warning.step]!.step]
        return (
          <div key={i}>
            {warning.kind === 'before-its-work'
              ? t.warnings['before-its-work'](name, t.steps[warning.needs])
              : t.warnings[warning.kind](name)}
          </div>
        )
      })}
    </Callout>
  )
}

function Result({ asked, onRetry }: { readonly asked: string; onRetry(): void }) {
  const t = useWords().cleaning
  const { result, jobId, failure, refusal, isRunning, isCancelled } = useCleaning()
  const job = useJob(jobId)
  if (failure !== null) return <FailureNote code={failure} onRetry={onRetry} />
  if (refusal !== null)
    return (
      <Callout tone="warn" isLive>
        {refusal === 'cohort' ? t.refusedCohort : t.refusedPipeline}
      </Callout>
    )
  return (
    <>
      {isRunning && job?.state === 'running' && <JobProgress job={job} />}
      {isCancelled && (
        <Callout tone="plain" isLive>
          {t.cancelled}
        </Callout>
      )}
      <Found asked={asked} result={result} isRunning={isRunning} />
    </>
  )
}

function Found({
  asked,
  result,
  isRunning,
}: {
  readonly asked: string
  readonly result: CleaningResult | null
  readonly isRunning: boolean
}) {
  const words = useWords()
  const t = words.cleaning
  const locale = useLocale()
  if (result === null)
    return (
      <Panel title={t.left}>
        <p className="secondary" role="status">
          {isRunning ? t.running : t.notYet}
        </p>
      </Panel>
    )
  const { preview } = result
  if (preview.snapshot.visitCount < 2)
    return (
      <Panel title={t.left}>
        <p role="status">
          {preview.snapshot.visitCount === 0 ? words.cohorts.noVisits : words.cohorts.oneVisit}
        </p>
      </Panel>
    )
  return (
    <div className={styles.stack} data-testid="cleaning-result" aria-busy={isRunning}>
      {asked !== result.asked && (
        <Callout tone="warn" isLive>
          {t.stale}
        </Callout>
      )}
      <Panel title={t.left}>
        <AttritionTable preview={preview} />
        <p className="secondary">
          {preview.judged === null ? t.ofWritten : t.ofCleaned} {t.eventsHint}{' '}
          {t.snapshot(
            formatNumber(preview.snapshot.visitCount, locale),
            formatNumber(preview.snapshot.upTo, locale),
          )}{' '}
          <span className="mono" title={`${t.hashes}: ${preview.pipelineHash} ${preview.resultHash}`}>
            {shortHash(preview.pipelineHash)} · {shortHash(preview.resultHash)}
          </span>
        </p>
      </Panel>
      <ValuesPanel preview={preview} />
      <MissingPanel preview={preview} />
      <Panel title={t.why}>
        <ReasonTable preview={preview} />
      </Panel>
      <ExamplesPanel preview={preview} jobId={result.jobId} />
    </div>
  )
}

function AsText({
  steps,
  onChange,
}: {
  readonly steps: readonly CleaningStep[]
  onChange(steps: readonly CleaningStep[]): void
}) {
  const t = useWords().cleaning
  const now = JSON.stringify({ schema: 'cleaning/1', title: t.title, steps }, null, 2)
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const take = () => {
    const read = readPipeline(typed ?? now)
    if (read.kind === 'wrong') return setWrong(read.where)
    setTyped(null)
    setWrong(null)
    onChange(read.steps)
  }
  return (
    <Panel title={t.asText}>
      <div className={styles.stack}>
        <Textarea
          aria-label={t.asText}
          className={room.mono}
          autosize
          minRows={4}
          maxRows={12}
          value={typed ?? now}
          spellCheck={false}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        {wrong !== null && (
          <Callout tone="bad" isLive>
            {t.notAPipeline(wrong)}
          </Callout>
        )}
        <Group justify="flex-end">
          <Button variant="default" disabled={typed === null} onClick={take}>
            {t.take}
          </Button>
        </Group>
      </div>
    </Panel>
  )
}

function readPipeline(
  text: string,
): { kind: 'read'; steps: readonly CleaningStep[] } | { kind: 'wrong'; where: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return { kind: 'wrong', where: error instanceof Error ? error.message : '' }
  }
  const read = cleaningPipeline.safeParse(parsed)
  if (read.success) return { kind: 'read', steps: read.data.steps }
  return { kind: 'wrong', where: read.error.issues[0]?.path.map(String).join('.') ?? '' }
}
