/** Bringing records in and taking them out. */
import { Button, NativeSelect, Stack, Text } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node, pathForFile } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob, useKnownJobs } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { OnlyAtNode, useIsAtWorkPlace } from '../../../parts/OnlyAtNode.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { EarlierImports } from './EarlierImports.tsx'
import { FilesTrial } from './FilesTrial.tsx'
import { ImportReport } from './ImportReport.tsx'
import { SavedMappings } from './SavedMappings.tsx'
import { TableWizard } from './TableWizard.tsx'
import { useImport } from './use-import.ts'
import { useWizard } from './use-wizard.ts'
import { WatchedFolders } from './WatchedFolders.tsx'
import styles from './Import.module.css'

const SHOWN_PATHS = 8

export function ImportExport() {
  const t = useWords().imports
  const isWizard = useWizard((state) => state.paths !== null)
  const isAtPlace = useIsAtWorkPlace()
  const trialJobId = useImport((state) => state.trialJobId)
  const jobs = useKnownJobs()
  useEffect(() => {
    if (jobs !== null) useImport.getState().forgetGone(jobs)
  }, [jobs])
  return (
    <div className="room">
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${styles.body}`}>
        <OnlyAtNode />
        {!isAtPlace && (isWizard ? <TableWizard /> : <FilesOrTrial trialJobId={trialJobId} />)}
        <EarlierImports />
        {!isAtPlace && <WatchedFolders />}
        {!isAtPlace && !isWizard && <SavedMappings />}
        {!isAtPlace && <ExportPanel />}
      </div>
    </div>
  )
}

function FilesOrTrial({ trialJobId }: { readonly trialJobId: string | null }) {
  return trialJobId === null ? <ImportPanel /> : <FilesTrial jobId={trialJobId} />
}

function ImportPanel() {
  const t = useWords().imports
  const locale = useLocale()
  const { chosen, jobId, choose, clear, start, tryOut } = useImport()
  const job = useJob(jobId)
  const [isOver, setOver] = useState(false)
  const [isStarting, setStarting] = useState(false)
  const isRunning = job?.state === 'running'
  const add = (folders: boolean) => node.imports.chooseFiles({ folders }).then(choose).catch(tellFailure)
  const begin = async (how: () => Promise<void>) => {
    setStarting(true)
    await how().catch(tellFailure)
    setStarting(false)
  }
  // The button that began it is gone; the keyboard goes on beside the progress and then the report.
  const work = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (jobId !== null && document.activeElement === document.body) work.current?.focus()
  }, [jobId])
  return (
    <Panel title={t.importTitle}>
      {jobId === null ? (
        <div
          className={styles.drop}
          data-over={isOver || undefined}
          data-testid="drop"
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault()
            setOver(false)
            choose([...event.dataTransfer.files].map(pathForFile))
          }}
        >
          <IconFileUpload size={28} stroke={1.4} aria-hidden className={styles.icon} />
          <strong>{isOver ? t.dropNow : t.dropTitle}</strong>
          <Text size="sm" c="dimmed" ta="center" maw={480}>
            {t.dropBody}
          </Text>
          <div className={styles.buttons}>
            <Button variant={chosen.length > 0 ? 'default' : 'filled'} onClick={() => void add(false)}>
              {t.chooseFiles}
            </Button>
            <Button variant="default" onClick={() => void add(true)}>
              {t.chooseFolder}
            </Button>
          </div>
        </div>
      ) : (
        <Stack gap="sm" ref={work} tabIndex={-1} className={styles.work}>
          {job && <JobProgress job={job} cancelLabel={t.cancel} />}
          {isRunning && <Text size="sm">{t.running}</Text>}
          {job?.state === 'failed' && <FailureNote code={job.error?.code ?? 'unexpected'} />}
          {job && !isRunning && <ImportReport jobId={jobId} onAgain={clear} />}
        </Stack>
      )}
      {jobId === null && chosen.length > 0 && (
        <div className={styles.chosen}>
          <strong>{t.chosen(chosen.length)}</strong>
          <ul className={styles.paths}>
            {chosen.slice(0, SHOWN_PATHS).map((path) => (
              <li key={path} className="mono">
                {path}
              </li>
            ))}
            {chosen.length > SHOWN_PATHS && (
              <li>{t.chosenMore(formatNumber(chosen.length - SHOWN_PATHS, locale))}</li>
            )}
          </ul>
          <div className={styles.buttons}>
            <Button variant="subtle" onClick={clear}>
              {t.clear}
            </Button>
            <Button variant="default" disabled={isStarting} onClick={() => void begin(tryOut)}>
              {t.tryOut}
            </Button>
            <Button loading={isStarting} autoFocus onClick={() => void begin(start)}>
              {t.start}
            </Button>
          </div>
        </div>
      )}
    </Panel>
  )
}

function ExportPanel() {
  const t = useWords().imports
  const locale = useLocale()
  const mayExport = useOpenSession()?.person.roles.includes('administrator') === true
  const [format, setFormat] = useState<'fhir' | 'ndjson'>('fhir')
  const jobId = useImport((state) => state.exportJobId)
  const startExport = useImport((state) => state.startExport)
  const job = useJob(jobId)
  const report = useAsk(
    async () => (jobId !== null && job?.state === 'done' ? node.imports.exportReport({ jobId }) : null),
    [jobId, job?.state],
  ).value
  const choose = async () => {
    const folder = await node.app.chooseFolder({ purpose: 'export' })
    if (folder !== null) await startExport(format, folder)
  }
  return (
    <Panel title={t.exportTitle}>
      <Stack gap="sm">
        <Text size="sm">{t.exportBody}</Text>
        <Text size="sm">{mayExport ? t.exportAsks : t.exportNotYours}</Text>
        <div className={styles.export}>
          <NativeSelect
            label={t.format}
            value={format}
            data={[
              { value: 'fhir', label: t.formats.fhir },
              { value: 'ndjson', label: t.formats.ndjson },
            ]}
            onChange={(event) => setFormat(event.currentTarget.value === 'ndjson' ? 'ndjson' : 'fhir')}
          />
          <Button
            variant="default"
            disabled={job?.state === 'running' || !mayExport}
            onClick={() => void choose().catch(tellFailure)}
          >
            {t.exportFolder}
          </Button>
        </div>
        {job && <JobProgress job={job} cancelLabel={t.cancelExport} />}
        {job?.state === 'failed' && <FailureNote code={job.error?.code ?? 'unexpected'} />}
        {job?.state === 'cancelled' && <Callout tone="plain">{t.exportCancelled}</Callout>}
        {report && (
          <Callout tone="good" isLive title={t.exportTo(report.folder)}>
            {t.exportDone(
              formatNumber(report.visits, locale),
              formatNumber(report.patients, locale),
              formatNumber(report.files, locale),
            )}
          </Callout>
        )}
      </Stack>
    </Panel>
  )
}
