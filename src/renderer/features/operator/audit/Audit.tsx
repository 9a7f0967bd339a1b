/** The audit: who did what, newest first, narrowed by filters; whether it is whole; and it as a file. */
import { ActionIcon, Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload, IconRefresh, IconShieldCheck } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { AuditEntryView } from '../../../../shared/contract/audit.ts'
import { zoneNoteNow } from '../../../lib/facility-clock.ts'
import { formatInstantBare, formatMinute, formatNumber, shortHash } from '../../../lib/format.ts'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go, replacePlace } from '../../../lib/router.ts'
import { DisclosureReport } from '../../../parts/DisclosureReport.tsx'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import type { RoomProps } from '../../../parts/route.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { ScaledList, type ScaledListHandle } from '../../../ui/ScaledList.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Audit.module.css'
import { EntryPane } from './EntryPane.tsx'
import { outcomeOf, patientOf, whatOf, whoOf } from './entry-words.ts'
import { FilterBar } from './FilterBar.tsx'
import { filterOf, NO_FILTERS } from './filters.ts'
import { Standing } from './Standing.tsx'
import { useEntries } from './use-entries.ts'
import { useWork } from './use-work.ts'

const TYPING_MS = 250

export function Audit({ parts }: RoomProps) {
  const hasNames = mayCall('patients.search', useOpenSession()?.person.roles ?? [])
  if (parts[0] === 'patient' && parts[1] !== undefined)
    return (
      <DisclosureReport
        key={parts[1]}
        patientId={parts[1]}
        name={null}
        isByIdAlone={!hasNames}
        onBack={() => go('audit')}
      />
    )
  return <AuditLog parts={parts} />
}

function AuditLog({ parts }: RoomProps) {
  const words = useWords()
  const t = words.audit
  const locale = useLocale()
  const [typed, setTyped] = useState(NO_FILTERS)
  const [settled] = useDebouncedValue(typed, TYPING_MS)
  const filter = useMemo(() => filterOf(settled), [settled])
  const { entries, before, isAsking, failure, again, more } = useEntries(filter)
  const [selected, setSelected] = useState<number | null>(null)
  const list = useRef<ScaledListHandle>(null)
  const verifying = useJob(useWork((work) => work.verifying))
  const verify = useWork((work) => work.verify)
  const save = useWork((work) => work.save)
  const standing = useAsk(
    () => node.audit.standing(),
    [verifying?.state, entries.length > 0],
    ['audit.changed', 'node.segmentFinal'],
  )
  const chosen = selected === null ? undefined : entries.find(({ sequence }) => sequence === selected)

  useEffect(() => {
    if (parts[0] !== 'verify') return
    replacePlace('audit')
    verify().catch(tellFailure)
  }, [parts[0]])
  const hasEntries = entries.length > 0
  // Once, when the room was opened: later the focus is where the person put it.
  const wasFocused = useRef(false)
  useEffect(() => {
    if (!hasEntries || wasFocused.current) return
    wasFocused.current = true
    list.current?.focus()
  }, [hasEntries])
  const onVisible = useCallback(
    (_first: number, end: number) => {
      if (end >= entries.length) more()
    },
    [entries.length, more],
  )
  const refresh = () => {
    again()
    standing.again()
  }
  const now = standing.value
  return (
    <div className={styles.split} data-open={chosen !== undefined || undefined}>
      <div className={`room ${styles.list}`}>
        <header className="room-head">
          <h1>{t.title}</h1>
          <span className="secondary" role="status">
            {now && t.count(formatNumber(now.count, locale))}
          </span>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t.refresh}
            title={t.refresh}
            onClick={refresh}
          >
            <IconRefresh size={18} aria-hidden />
          </ActionIcon>
          <Button
            ml="auto"
            variant="default"
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            onClick={() => verify().catch(tellFailure)}
          >
            {t.verify}
          </Button>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => save(filter).catch(tellFailure)}
          >
            {t.export}
          </Button>
        </header>
        <p className={`secondary ${styles.intro}`}>
          {t.intro}{' '}
          {now &&
            (now.lastAnchor === null
              ? t.noAnchor
              : `${t.lastAnchor(
                  formatNumber(now.lastAnchor.count, locale),
                  formatNumber(now.lastAnchor.height, locale),
                  formatMinute(now.lastAnchor.at),
                )}.`)}
        </p>
        {now && <Standing standing={now} />}
        <FilterBar typed={typed} people={now?.people ?? []} onType={setTyped} />
        {failure !== undefined && (
          <div className={styles.notices}>
            <FailureNote code={failure} onRetry={again} />
          </div>
        )}
        <div className={styles.table}>
          <div className={`${styles.row} ${styles.heads}`} aria-hidden>
            <span className={styles.number}>{t.columns.entry}</span>
            <span>{[t.columns.at, zoneNoteNow()].filter((part) => part !== null).join(' · ')}</span>
            <span>{t.columns.person}</span>
            <span>{t.columns.what}</span>
            <span>{t.columns.patient}</span>
            <span>{t.columns.outcome}</span>
          </div>
          {entries.length === 0 ? (
            <EmptyState>
              {isAsking ? words.shell.loading : settled === NO_FILTERS ? t.nothing : t.empty}
            </EmptyState>
          ) : (
            <div className={styles.rows}>
              <ScaledList
                ref={list}
                label={t.list}
                idPrefix="audit"
                rowCount={entries.length}
                selected={chosen === undefined ? null : entries.indexOf(chosen)}
                onSelect={(row) => setSelected(entries[row]?.sequence ?? null)}
                onVisible={onVisible}
                renderRow={(row) => <Row entry={entries[row]} />}
              />
            </div>
          )}
          {isAsking && before !== null && (
            <div className={`secondary ${styles.more}`} role="status">
              {t.loadingMore}
            </div>
          )}
        </div>
      </div>
      {chosen && (
        <EntryPane
          entry={chosen}
          onPatient={(patientId) => setTyped({ ...NO_FILTERS, patientId })}
          onPerson={(person) => setTyped({ ...NO_FILTERS, person })}
          onClose={() => setSelected(null)}
        />
      )}
    </div>
  )
}

function Row({ entry }: { readonly entry: AuditEntryView | undefined }) {
  const words = useWords()
  const t = words.audit
  const locale = useLocale()
  if (entry === undefined) return null
  const patientId = patientOf(entry)
  return (
    <div className={styles.row} data-outcome={entry.isChanged ? 'failed' : entry.outcome}>
      <span className={styles.number}>{formatNumber(entry.sequence, locale)}</span>
      {entry.isChanged ? (
        <span className={styles.wide}>{t.changed}</span>
      ) : (
        <>
          <span>{formatInstantBare(entry.at)}</span>
          <span title={whoOf(entry, t)}>{whoOf(entry, t)}</span>
          <span title={whatOf(entry, words)}>{whatOf(entry, words)}</span>
          <span className={styles.id}>{patientId === null ? '' : shortHash(patientId, 4)}</span>
          <span className={styles.outcome} title={outcomeOf(entry, words)}>
            {outcomeOf(entry, words)}
          </span>
        </>
      )}
    </div>
  )
}
