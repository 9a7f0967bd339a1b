/** The imports that were made: what came in, its signed manifest, going on after a crash, and undoing. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useState } from 'react'
import type { ImportBatch, ManifestCheck } from '../../../../shared/contract/batches.ts'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { followJob, useJobs } from '../../../parts/jobs.ts'
import { OwnPassphrase } from '../../../parts/OwnPassphrase.tsx'
import { Callout, type Tone } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import { sentencesOf } from './issue-words.ts'
import { Warnings } from './Warnings.tsx'
import styles from './Batches.module.css'

const LISTED_MAX = 100
const CAN_GO_ON: ReadonlySet<ImportBatch['state']> = new Set(['interrupted', 'cancelled', 'failed'])

export function EarlierImports() {
  const t = useWords().batches
  const jobs = [...useJobs().values()].filter(({ kind }) => kind === 'import' || kind === 'undo-import')
  const asked = useAsk(() => node.imports.batches({ limit: LISTED_MAX }), [])
  const [check, setCheck] = useState<ManifestCheck | null>(null)
  // An import or an undo that begins or ends changes the list.
  const states = jobs.map(({ jobId, state }) => `${jobId} ${state}`).join()
  const again = asked.again
  useEffect(() => again(), [states])
  return (
    <Panel
      title={t.title}
      side={
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => node.imports.chooseManifest().then(setCheck, tellFailure)}
        >
          {t.check}
        </Button>
      }
    >
      {check && <Checked check={check} t={t} />}
      {asked.failure !== undefined && <FailureNote code={asked.failure} onRetry={asked.again} />}
      {asked.value?.length === 0 && <p className="secondary">{t.none}</p>}
      {asked.value !== undefined && asked.value.length > 0 && (
        <ul className={styles.list}>
          {asked.value.map((batch) => (
            <Batch key={batch.batchId} batch={batch} t={t} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Batch({ batch, t }: { batch: ImportBatch; t: Words['batches'] }) {
  const words = useWords()
  const locale = useLocale()
  const [isAsking, setAsking] = useState(false)
  const { batchId, undo } = batch
  const count = (value: number) => formatNumber(value, locale)
  const isUndone = undo !== null && undo.at !== null
  const isStopped = undo !== null && undo.at === null && !batch.isBusy
  const state =
    undo === null ? t.states[batch.state] : isUndone ? t.undone : batch.isBusy ? t.undoing : t.undoStopped
  const save = (work: () => Promise<{ path: string | null }>) => () =>
    void work().then(({ path }) => {
      if (path !== null) notifications.show({ message: t.saved(path) })
    }, tellFailure)
  const goOn = () => void node.imports.resumeBatch({ batchId }).then(followJob).catch(tellFailure)
  return (
    <li className={styles.batch} data-testid="batch">
      <div className={styles.head}>
        <strong>{namesOf(batch, t)}</strong>
        <span className={styles.state} data-state={undo === null ? batch.state : 'undone'}>
          {state}
        </span>
      </div>
      <div className="secondary">
        {formatInstant(batch.startedAt)} · {batch.by}
        {batch.startedBy === 'folder' && ` · ${t.fromFolder}`}
      </div>
      <div>{t.counts(count(batch.visits), count(batch.duplicates), count(batch.rejectedCount))}</div>
      <Warnings warnings={batch.warnings} />
      {batch.versionsRoot !== null && (
        <div className="secondary">
          {t.root}: <BlockHash hash={batch.versionsRoot} />
        </div>
      )}
      {undo !== null && isUndone && (
        <div className="secondary">
          {t.undoDone(count(undo.retracted), count(undo.reverted))}
          {undo.linksKept > 0 && <> {t.linksKept(count(undo.linksKept))}</>}
          {undo.stayedCount > 0 && (
            <>
              {' '}
              {t.stayed(count(undo.stayedCount))}
              <ul className={styles.stayed}>
                {undo.stayed.map(({ merkleRoot, patientName, admission, reason }) => (
                  <li key={merkleRoot}>
                    {patientName}, {admission.slice(0, 10)}: {t.stayReasons[reason]}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
      {isAsking ? (
        <UndoForm batch={batch} t={t} onClose={() => setAsking(false)} />
      ) : (
        <div className={styles.actions}>
          {CAN_GO_ON.has(batch.state) && undo === null && !batch.isBusy && (
            <Button size="compact-sm" title={t.goOnWhat} onClick={goOn}>
              {t.goOn}
            </Button>
          )}
          {batch.hasManifest && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={save(() => node.imports.saveManifest({ batchId }))}
            >
              {t.saveManifest}
            </Button>
          )}
          {batch.rejectedCount > 0 && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={save(() =>
                node.imports.saveBatchRejects({ batchId, sentences: sentencesOf('left-out', words) }),
              )}
            >
              {t.saveRejects}
            </Button>
          )}
          {batch.unusualCount > 0 && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={save(() =>
                node.imports.saveBatchRejects({
                  batchId,
                  list: 'unusual',
                  sentences: sentencesOf('unusual', words),
                }),
              )}
            >
              {t.saveUnusual}
            </Button>
          )}
          {batch.visits > 0 && !batch.isBusy && !isUndone && (
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsking(true)}>
              {isStopped ? t.undoGoOn : t.undo}
            </Button>
          )}
        </div>
      )}
    </li>
  )
}

function UndoForm({ batch, t, onClose }: { batch: ImportBatch; t: Words['batches']; onClose(): void }) {
  const shell = useWords().shell
  const locale = useLocale()
  const [passphrase, setPassphrase] = useState('')
  const [problem, setProblem] = useState<'wrong-passphrase' | 'running' | 'unknown-batch'>()
  const [isStarting, setStarting] = useState(false)
  const problems = {
    'wrong-passphrase': t.wrongPassphrase,
    running: t.running,
    'unknown-batch': t.unknown,
  }
  const undo = async () => {
    setProblem(undefined)
    setStarting(true)
    try {
      const answer = await node.imports.undoBatch({ batchId: batch.batchId, passphrase })
      if (answer.kind === 'started') {
        await followJob()
        onClose()
      } else setProblem(answer.reason)
    } catch (failure) {
      tellFailure(failure)
    } finally {
      setStarting(false)
    }
  }
  return (
    <form
      className={styles.undo}
      aria-label={t.undoTitle}
      onSubmit={(event) => {
        event.preventDefault()
        void undo()
      }}
    >
      <strong>{t.undoTitle}</strong>
      <p>{t.undoWhat(formatNumber(batch.visits, locale))}</p>
      <div className={styles.actions}>
        <OwnPassphrase
          className={styles.passphrase}
          label={t.passphrase}
          value={passphrase}
          error={problem === undefined ? undefined : problems[problem]}
          autoFocus
          onChange={setPassphrase}
        />
        <Button type="submit" color="red.8" loading={isStarting} disabled={passphrase === ''}>
          {t.undoNow}
        </Button>
        <Button variant="default" onClick={onClose}>
          {shell.cancel}
        </Button>
      </div>
    </form>
  )
}

function Checked({ check, t }: { check: ManifestCheck; t: Words['batches'] }) {
  const locale = useLocale()
  if (check.kind === 'refused')
    return (
      <Callout tone="bad" isLive>
        {t.manifest.refused[check.reason]}
      </Callout>
    )
  const { institution, by, endedAt, visits, fileCount, isWhole, signer } = check
  const [tone, words]: [Tone, (name: string) => string] =
    signer === 'other-chain'
      ? ['warn', t.manifest.otherChain]
      : isWhole === null
        ? ['good', t.manifest.goodElsewhere]
        : isWhole
          ? ['good', t.manifest.good]
          : ['bad', t.manifest.notWhole]
  return (
    <Callout tone={tone} isLive title={words(institution)}>
      {t.manifest.said(
        by,
        formatInstant(endedAt),
        formatNumber(visits, locale),
        formatNumber(fileCount, locale),
      )}
    </Callout>
  )
}

function namesOf({ isSynthetic, files, fileCount }: ImportBatch, t: Words['batches']): string {
  if (isSynthetic) return t.from
  const first = files[0]
  return first === undefined ? t.noFiles : t.files(first.name, fileCount - 1)
}
