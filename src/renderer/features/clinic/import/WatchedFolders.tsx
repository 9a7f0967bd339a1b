/** Folders in which other systems leave files: what is taken from them, when, and what became of each file. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { WatchedFile, WatchedFolder, WatchSetting } from '../../../../shared/contract/watched.ts'
import type { TableMapping } from '../../../../shared/domain/table-mapping.ts'
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
const FORMATS: readonly WatchSetting['format'][] = ['hl7v2', 'fhir', 'table']
const NEW: WatchSetting = { folder: '', format: 'hl7v2', hour: null, afterwards: 'stay' }

export function WatchedFolders() {
  const t = useWords().batches.watched
  const asked = useAsk(() => node.imports.watchedFolders(), [])
  // Asked again when the form opens: a mapping may have been saved meanwhile.
  const [isAdding, setAdding] = useState(false)
  const mappings = useAsk(() => node.tables.mappings(), [isAdding]).value ?? []
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
          mappings={mappings}
          onDone={() => {
            setAdding(false)
            again()
          }}
        />
      )}
      {asked.value !== undefined && asked.value.length > 0 && (
        <ul className={styles.list}>
          {asked.value.map((watch) => (
            <Watched
              key={watch.watchId}
              watch={watch}
              mapping={mappings.find(({ id }) => id === watch.mappingId)?.name}
              t={t}
              onChange={again}
            />
          ))}
        </ul>
      )}
    </Panel>
  )
}

type T = Words['batches']['watched']

interface WatchedProps {
  readonly watch: WatchedFolder
  readonly mapping: string | undefined
  readonly t: T
  onChange(): void
}

function Watched({ watch, mapping, t, onChange }: WatchedProps) {
  const locale = useLocale()
  const { watchId, folder, hour, format, state, problem, lastLookAt, nextLookAt, writing, files } = watch
  const facts = [
    t.formats[format],
    mapping ?? '',
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
              {outcomeOf(
                file,
                t,
                formatNumber(file.rejectedCount, locale),
                formatNumber(file.unusualCount, locale),
              )}{' '}
              · {formatInstant(file.at)}
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

interface AddFolderProps {
  readonly t: T
  readonly mappings: readonly TableMapping[]
  onDone(): void
}

function AddFolder({ t, mappings, onDone }: AddFolderProps) {
  const shell = useWords().shell
  const [setting, setSetting] = useState(NEW)
  const change = (some: Partial<WatchSetting>) => setSetting((before) => ({ ...before, ...some }))
  const { format } = setting
  const mappingId = setting.mappingId ?? mappings[0]?.id
  const toSend: WatchSetting =
    format === 'table' && mappingId !== undefined ? { ...setting, mappingId } : withoutMapping(setting)
  const isWhole = setting.folder.trim() !== '' && (format !== 'table' || mappingId !== undefined)
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
        node.imports.watchFolder(toSend).then(onDone, tellFailure)
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
        data={FORMATS.map((value) => ({ value, label: t.formats[value] }))}
        onChange={(event) => {
          const chosen = FORMATS.find((each) => each === event.currentTarget.value)
          if (chosen !== undefined) change({ format: chosen })
        }}
      />
      {format === 'table' &&
        (mappings.length === 0 ? (
          <Callout tone="plain">{t.noMapping}</Callout>
        ) : (
          <NativeSelect
            label={t.mapping}
            value={mappingId ?? ''}
            data={mappings.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) => change({ mappingId: event.currentTarget.value })}
          />
        ))}
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
        <Button type="submit" disabled={!isWhole}>
          {t.save}
        </Button>
        <Button variant="default" onClick={onDone}>
          {shell.cancel}
        </Button>
      </div>
    </form>
  )
}

function withoutMapping({ mappingId: _mappingId, ...rest }: WatchSetting): WatchSetting {
  return rest
}

function outcomeOf({ outcome }: WatchedFile, t: T, rejected: string, unusual: string): string {
  return outcome === 'taken' ? t.outcomes.taken(rejected, unusual) : t.outcomes[outcome]
}
