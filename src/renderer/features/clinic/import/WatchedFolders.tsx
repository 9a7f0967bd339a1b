/** Folders in which other systems leave files: what is taken from them, when, and what became of each file. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { WatchedFile, WatchedFolder, WatchSetting } from '../../../../shared/contract/watched.ts'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import styles from './Batches.module.css'

const ASK_EVERY_MS = 5_000
const FILES_SHOWN = 8
const NEW: WatchSetting = { folder: '', format: 'hl7v2', hour: null, afterwards: 'stay' }

export function WatchedFolders() {
  const t = useWords().batches.watched
  const asked = useAsk(() => node.imports.watchedFolders(), [])
  const [isAdding, setAdding] = useState(false)
  const again = asked.again
  const isWatching = (asked.value?.length ?? 0) > 0
  useEffect(() => {
    if (!isWatching) return
    const timer = setInterval(again, ASK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isWatching])
  return (
    <Panel
      title={t.title}
      side={
        !isAdding && (
          <Button size="compact-sm" variant="subtle" onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        )
      }
    >
      <p className="secondary">{t.what}</p>
      {asked.failure !== undefined && <FailureNote code={asked.failure} onRetry={asked.again} />}
      {asked.value?.length === 0 && !isAdding && <p className="secondary">{t.none}</p>}
      {isAdding && (
        <AddFolder
          t={t}
          onDone={() => {
            setAdding(false)
            again()
          }}
        />
      )}
      {asked.value !== undefined && asked.value.length > 0 && (
        <ul className={styles.list}>
          {asked.value.map((watch) => (
            <Watched key={watch.watchId} watch={watch} t={t} onChange={again} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

type T = Words['batches']['watched']

function Watched({ watch, t, onChange }: { watch: WatchedFolder; t: T; onChange(): void }) {
  const locale = useLocale()
  const { watchId, folder, hour, format, state, problem, lastLookAt, nextLookAt, writing, files } = watch
  const facts = [
    t.formats[format],
    hour === null ? t.always : t.hour(String(hour)),
    lastLookAt === null ? t.never : t.lastLook(formatInstant(lastLookAt)),
    nextLookAt === null ? '' : t.nextLook(formatInstant(nextLookAt)),
    writing === 0 ? '' : t.waiting(formatNumber(writing, locale)),
  ]
  return (
    <li className={styles.batch} data-testid="watched">
      <strong className="mono">{folder}</strong>
      <div className="secondary">{facts.filter((fact) => fact !== '').join(' · ')}</div>
      {state !== 'waiting' && <Callout tone="plain">{state === 'locked' ? t.locked : t.busy}</Callout>}
      {problem && <Callout tone="warn">{t.problems[problem]}</Callout>}
      {files.length > 0 && (
        <ul className={styles.stayed} aria-label={t.history}>
          {files.slice(0, FILES_SHOWN).map((file) => (
            <li key={`${file.at} ${file.name}`}>
              <span className="mono">{file.name}</span>:{' '}
              {outcomeOf(file, t, formatNumber(file.rejectedCount, locale))} · {formatInstant(file.at)}
            </li>
          ))}
        </ul>
      )}
      <div className={styles.actions}>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => node.imports.lookNow({ watchId }).then(onChange, tellFailure)}
        >
          {t.look}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => node.imports.unwatchFolder({ watchId }).then(onChange, tellFailure)}
        >
          {t.remove}
        </Button>
      </div>
    </li>
  )
}

function AddFolder({ t, onDone }: { t: T; onDone(): void }) {
  const shell = useWords().shell
  const [setting, setSetting] = useState(NEW)
  const change = (some: Partial<WatchSetting>) => setSetting((before) => ({ ...before, ...some }))
  const choose = async () => {
    const folder = await node.app.chooseFolder({ purpose: 'watch' })
    if (folder !== null) change({ folder })
  }
  return (
    <form
      className={styles.add}
      aria-label={t.add}
      onSubmit={(event) => {
        event.preventDefault()
        node.imports.watchFolder(setting).then(onDone, tellFailure)
      }}
    >
      <div className={styles.actions}>
        <TextInput
          className={styles.passphrase}
          label={t.folder}
          value={setting.folder}
          autoFocus
          onChange={(event) => change({ folder: event.currentTarget.value })}
        />
        <Button variant="default" onClick={() => void choose().catch(tellFailure)}>
          {t.choose}
        </Button>
      </div>
      <NativeSelect
        label={t.format}
        value={setting.format}
        data={(['hl7v2', 'fhir'] as const).map((value) => ({ value, label: t.formats[value] }))}
        onChange={(event) => change({ format: event.currentTarget.value === 'fhir' ? 'fhir' : 'hl7v2' })}
      />
      <NativeSelect
        label={t.when}
        value={setting.hour === null ? '' : String(setting.hour)}
        data={[
          { value: '', label: t.always },
          ...Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: t.hour(String(hour)) })),
        ]}
        onChange={(event) => {
          const { value } = event.currentTarget
          change({ hour: value === '' ? null : Number(value) })
        }}
      />
      <NativeSelect
        label={t.after}
        value={setting.afterwards}
        data={[
          { value: 'stay', label: t.stay },
          { value: 'move', label: t.move },
        ]}
        onChange={(event) => change({ afterwards: event.currentTarget.value === 'move' ? 'move' : 'stay' })}
      />
      <div className={styles.actions}>
        <Button type="submit" disabled={setting.folder.trim() === ''}>
          {t.save}
        </Button>
        <Button variant="default" onClick={onDone}>
          {shell.cancel}
        </Button>
      </div>
    </form>
  )
}

function outcomeOf({ outcome }: WatchedFile, t: T, rejected: string): string {
  return outcome === 'taken' ? t.outcomes.taken(rejected) : t.outcomes[outcome]
}
