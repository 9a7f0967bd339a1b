/** Fitting a model to a table of one's own: choose the table, say the model, read the result. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { formatBytes, formatNumber } from '../../../lib/format.ts'
import { FailureNote, failureIsKnown, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { OnlyAtNode, useIsAtWorkPlace } from '../../../parts/OnlyAtNode.tsx'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { FitResult } from './FitResult.tsx'
import { missingOf } from './model-form.ts'
import { ModelForm } from './ModelForm.tsx'
import { SimulationPanel } from './SimulationPanel.tsx'
import { type Refusal, refusalOf, useModels } from './use-models.ts'
import styles from './Models.module.css'

export function Models() {
  const t = useWords().models
  const { jobId } = useModels()
  const isAtPlace = useIsAtWorkPlace()
  return (
    <div className="room" {...useCopiesReleased()}>
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${styles.body}`}>
        <Text size="sm">{t.honest}</Text>
        <OnlyAtNode />
        {!isAtPlace && <TablePanel />}
        {!isAtPlace && (jobId === null ? <ModelPanel /> : <FitPanel jobId={jobId} />)}
        {!isAtPlace && <SimulationPanel />}
      </div>
    </div>
  )
}

function TablePanel() {
  const t = useWords().models
  const locale = useLocale()
  const { path, table, isReading, jobId, refusal, chooseTable } = useModels()
  return (
    <Panel title={t.table}>
      <Group gap="md">
        <Button
          variant={path === null ? 'filled' : 'default'}
          loading={isReading}
          onClick={() => void chooseTable().catch(tellFailure)}
        >
          {path === null ? t.chooseTable : t.otherTable}
        </Button>
        {path !== null && (
          <div className={styles.file}>
            <span className="mono">{path}</span>
            <span className="secondary">
              {table === null
                ? t.reading
                : t.tableFacts(
                    formatNumber(table.rowCount, locale),
                    formatNumber(table.columns.length, locale),
                    formatBytes(table.bytes, locale),
                  )}
            </span>
          </div>
        )}
      </Group>
      {path === null && jobId === null && refusal !== null && <RefusalOf refusal={refusal} />}
    </Panel>
  )
}

function ModelPanel() {
  const t = useWords().models
  const { table, model, modelFile, refusal, chooseModel, change, fit } = useModels()
  if (table === null) return null
  const missing = missingOf(model)
  return (
    <Panel
      title={t.model}
      side={
        <Button size="compact-sm" variant="default" onClick={() => void chooseModel().catch(tellFailure)}>
          {t.chooseModel}
        </Button>
      }
    >
      <Stack gap="sm">
        {modelFile && (
          <Callout tone={modelFile.isModel ? 'plain' : 'bad'} isLive>
            {modelFile.isModel ? t.modelTaken(modelFile.name) : t.notAModel(modelFile.name)}
          </Callout>
        )}
        <ModelForm columns={table.columns} model={model} onChange={change} />
        {refusal && <RefusalOf refusal={refusal} />}
        <Group justify="flex-end" gap="md">
          {missing.length > 0 && (
            <span className="secondary">{t.incomplete(missing.map((key) => t.fields[key]).join(', '))}</span>
          )}
          <Button disabled={missing.length > 0} onClick={() => void fit().catch(tellFailure)}>
            {t.fit}
          </Button>
        </Group>
      </Stack>
    </Panel>
  )
}

function FitPanel({ jobId }: { readonly jobId: string }) {
  const t = useWords().models
  const { back } = useModels()
  const job = useJob(jobId)
  if (!job) return null
  return (
    <Panel
      title={t.result}
      side={
        job.state !== 'running' && (
          <Button size="compact-sm" variant="default" onClick={back}>
            {t.again}
          </Button>
        )
      }
    >
      <Stack gap="sm">
        {job.state === 'running' && <JobProgress job={job} cancelLabel={t.cancel} />}
        {job.state === 'cancelled' && (
          <Callout tone="plain" isLive>
            {t.cancelled}
          </Callout>
        )}
        {job.state === 'failed' && (
          <RefusalOf refusal={refusalOf(job.error?.code ?? 'unexpected', job.error?.detail)} />
        )}
        {job.state === 'done' && <FitResult jobId={jobId} />}
      </Stack>
    </Panel>
  )
}

/** What the engine refuses, in words; other failures as everywhere. */
function RefusalOf({ refusal }: { readonly refusal: Refusal }) {
  const words = useWords()
  const t = words.models
  if (refusal.kind === 'options') {
    return (
      <Callout tone="bad" isLive title={t.refusedTitle}>
        {t.refusedOptions(refusal.options.join(', '))}
      </Callout>
    )
  }
  const say = t.refusals[refusal.code]
  if (say === undefined || failureIsKnown(refusal.code, words)) return <FailureNote code={refusal.code} />
  return (
    <Callout tone="bad" isLive title={t.refusedTitle}>
      {say(refusal.detail)}
    </Callout>
  )
}
