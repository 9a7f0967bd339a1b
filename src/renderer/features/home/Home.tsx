/** What a person sees after opening: the state in a sentence, what is left to do, where to start, the last visits. */
import { Button, Skeleton, UnstyledButton } from '@mantine/core'
import { IconFileImport, IconLink, IconRoute, IconStethoscope } from '@tabler/icons-react'
import { useState } from 'react'
import { formatList, formatNumber } from '../../lib/format.ts'
import type { HouseAlarmView } from '../../../shared/contract/access.ts'
import { mayCall } from '../../../shared/contract/rights.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { go } from '../../lib/router.ts'
import { session as liveSession, useOpenSession, useStatus } from '../../lib/session.ts'
import { FailureNote, tellFailure } from '../../parts/FailureNote.tsx'
import { besideFilling, fillingOf } from '../../parts/filling.ts'
import { forgetKitStep, heldPassphrase } from '../../parts/kit-step.ts'
import { openAlertLines } from '../../parts/insurer/open-alert-lines.ts'
import { useJobs } from '../../parts/jobs.ts'
import { JobProgress } from '../../parts/JobProgress.tsx'
import { PersonPicker } from '../../parts/PersonPicker.tsx'
import { RecoveryKit } from '../../parts/RecoveryKit.tsx'
import { useWaitingChecks } from '../../parts/waiting-checks.ts'
import { useWaitingTariffs } from '../../parts/waiting-tariffs.ts'
import { useOpenAlerts } from '../../parts/open-alerts.ts'
import { VisitRows } from '../../parts/VisitRows.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { Checklist } from './Checklist.tsx'
import styles from './Home.module.css'

/** All of them stand under Network, Access. */
const HOUSE_SHOWN = 3

export function Home() {
  const words = useWords()
  const t = words.home
  const locale = useLocale()
  const session = useOpenSession()
  const status = useStatus()
  const roles = session?.person.roles ?? []
  // What the roles do not open is not asked for: every refusal is noted.
  const canRecord = mayCall('records.submit', roles)
  const recent = useAsk(
    async () => (canRecord ? node.records.recent({ limit: 12, of: 'hospital' }) : []),
    [canRecord],
    ['records.visitChanged', 'node.segmentFinal'],
  )
  const kept = useAsk(async () => (canRecord ? node.records.listDrafts() : []), [canRecord]).value ?? []
  const drafts = kept.filter(({ isDamaged }) => isDamaged !== true)
  const isAdministrator = session?.person.roles.includes('administrator') === true
  const mayReview = mayCall('access.review', roles)
  // Nobody else can do anything about it.
  const network = useAsk(
    async () => (isAdministrator || mayReview ? node.governance.overview() : null),
    [isAdministrator, mayReview],
    ['governance.changed', 'access.changed'],
  ).value
  const alerts = mayReview ? (network?.alerts ?? []) : []
  const glasses = alerts.filter(({ kind }) => kind === 'glass-broken' || kind === 'glass-overdue')
  const bulk = alerts.filter(({ kind }) => kind === 'bulk-opening')
  const house = alerts.filter(({ kind }) => kind === 'house-opening' || kind === 'exported-all')
  /** Null for a kind that this window has no words for: the node may be of a later version. */
  const houseWords = (kind: string | null) =>
    kind !== null && Object.hasOwn(words.access.house.row, kind)
      ? words.access.house.row[kind as HouseAlarmView['kind']]
      : null
  const recoveries = alerts.filter(({ kind }) => kind === 'recovery-asked')
  const waiting = isAdministrator
    ? (network?.alerts ?? []).filter(({ kind }) => kind === 'proposal-waits')
    : []
  const askedErasures = useAsk(
    async () => (isAdministrator ? node.erasures.list() : []),
    [isAdministrator],
    ['erasures.changed', 'node.segmentFinal'],
  ).value
  const erasures = (askedErasures ?? []).filter(({ mayApprove }) => mayApprove === 'yes')
  const waitingChecks = useWaitingChecks()
  const waitingTariffs = useWaitingTariffs()
  const groupAlerts = useOpenAlerts()
  const own = network?.members.find(({ isSelf }) => isSelf)
  // Alone, nobody else waits for this vote; synthetic data restart with their application.
  const isPersonNeeded =
    isAdministrator &&
    session?.isSynthetic === false &&
    // What the node's machine keeps is chosen there.
    session.workPlace === undefined &&
    own?.isVoter === true &&
    own.connection.restart === 'person' &&
    (network?.members.length ?? 0) > 1
  const checklist = useAsk(
    async () => (isAdministrator ? node.upkeep.checklist() : null),
    [isAdministrator],
    ['governance.changed', 'app.sessionChanged', 'jobs.progress'],
  ).value
  // How far the demonstration is stands above every room.
  const jobs = useJobs()
  const running = besideFilling(jobs.values())
  const [isKitOpen, setKitOpen] = useState(heldPassphrase() !== undefined)
  if (!session) return null
  const newest = [...drafts].sort((a, b) => b.savedAt - a.savedAt)[0]
  const closeKit = () => {
    forgetKitStep()
    setKitOpen(false)
  }
  // Stays after the proof until it was read, although nothing is missing any more.
  if (isKitOpen) {
    const passphrase = heldPassphrase()
    return (
      <div className="room">
        <div className={`room-body ${styles.kit}`}>
          <Panel title={words.firstRun.kit.title}>
            <RecoveryKit
              institutionName={session.institutionName}
              {...(passphrase === undefined ? {} : { passphrase })}
              later={{ label: words.firstRun.kit.later, onLater: closeKit }}
              onProven={() => {
                closeKit()
                liveSession.refresh().catch(tellFailure)
              }}
            />
          </Panel>
        </div>
      </div>
    )
  }
  const blockText = formatNumber(status?.blockCount ?? 0, locale)
  return (
    <div className="room">
      <header className={`room-head ${styles.head}`}>
        <h1>{t.title(session.institutionName)}</h1>
        <p className={styles.state} role="status">
          {status &&
            (status.queuedCount > 0
              ? t.waiting(status.blockCount, blockText, status.queuedCount)
              : status.blockCount === 0 && fillingOf(jobs.values()) !== undefined
                ? t.filling
                : t.allSaved(status.blockCount, blockText))}
        </p>
      </header>
      <div className={`room-body ${styles.body}`}>
        {canRecord && (
          <section className={`card ${styles.find}`}>
            <PersonPicker
              label={words.entry.findPatient}
              isAutoFocused
              onPick={(patient) => go('patients', patient.patientId)}
              onRegister={(text) => go('patients', 'new', text)}
            />
          </section>
        )}
        {(waitingChecks +
          waitingTariffs.length +
          groupAlerts.alerts.length +
          groupAlerts.unopened.length +
          waiting.length +
          erasures.length +
          glasses.length +
          bulk.length +
          house.length +
          recoveries.length >
          0 ||
          isPersonNeeded ||
          (canRecord && newest)) && (
          <section className={styles.todo} aria-label={t.todo}>
            {glasses.length + bulk.length > 0 && (
              <Callout
                tone={
                  glasses.every(({ kind }) => kind === 'glass-broken') && bulk.length === 0 ? 'warn' : 'bad'
                }
                title={glasses.length > 0 ? words.access.home.glasses(glasses.length) : words.access.alarms}
                action={
                  <Button variant="default" onClick={() => go('network', 'access')}>
                    {words.access.look}
                  </Button>
                }
              >
                {glasses.some(({ kind }) => kind === 'glass-overdue')
                  ? words.access.home.overdue
                  : glasses.length > 0 && words.access.home.due}{' '}
                {[...new Set(bulk.map(({ memberName }) => memberName ?? ''))].map((reader) => (
                  <div key={reader}>{words.access.noticed.bulk(reader)}</div>
                ))}
              </Callout>
            )}
            {house.length > 0 && (
              <Callout
                tone="bad"
                title={words.access.house.title}
                action={
                  <Button variant="default" onClick={() => go('network', 'access')}>
                    {words.access.look}
                  </Button>
                }
              >
                {house.slice(0, HOUSE_SHOWN).map(({ alertId, detail, memberName, amount }) => (
                  <div key={alertId}>
                    {houseWords(detail)?.(memberName ?? '', formatNumber(amount ?? 0, locale))}
                  </div>
                ))}
              </Callout>
            )}
            {waiting.length > 0 && (
              <Callout
                tone="plain"
                title={words.upkeep.checklist.proposal.title(waiting.length)}
                action={
                  <Button variant="default" onClick={() => go('network', 'proposals')}>
                    {words.upkeep.checklist.proposal.action}
                  </Button>
                }
              >
                {words.upkeep.checklist.proposal.body(
                  formatList([...new Set(waiting.map(({ memberName }) => memberName ?? ''))], locale),
                )}
              </Callout>
            )}
            {erasures.map(({ erasureId, hospital, versionCount }) => (
              <Callout
                key={erasureId}
                tone="warn"
                title={words.erasures.waits}
                action={
                  <Button variant="default" onClick={() => go('network', 'erasures')}>
                    {words.network.alerts.look}
                  </Button>
                }
              >
                {words.erasures.arrived(hospital, formatNumber(versionCount, locale))}
              </Callout>
            ))}
            {recoveries.map((alert) => (
              <Callout
                key={alert.alertId}
                tone={alert.tone}
                title={words.shares.title}
                action={
                  <Button variant="default" onClick={() => go('settings', 'shares')}>
                    {words.access.look}
                  </Button>
                }
              >
                {words.network.alerts['recovery-asked'](
                  alert.memberName ?? '',
                  formatNumber(alert.amount ?? 0, locale),
                  alert.detail,
                )}
              </Callout>
            ))}
            {waitingChecks > 0 && (
              <Callout
                tone="warn"
                title={words.checks.waiting(waitingChecks, formatNumber(waitingChecks, locale))}
                action={
                  <Button variant="default" onClick={() => go('checks')}>
                    {words.access.look}
                  </Button>
                }
              >
                {words.checks.waitingBody}
              </Callout>
            )}
            {waitingTariffs.length > 0 && (
              <Callout
                tone="plain"
                title={words.tariffs.waits(waitingTariffs.length)}
                action={
                  <Button variant="default" onClick={() => go('tariffs', waitingTariffs[0]!.hash)}>
                    {words.access.look}
                  </Button>
                }
              >
                {waitingTariffs.map(({ hash, name, version, madeBy }) => (
                  <div key={hash}>
                    {words.tariffs.full(name, version)} · {madeBy}
                  </div>
                ))}
              </Callout>
            )}
            {groupAlerts.alerts.length > 0 && (
              <Callout
                tone="warn"
                title={words.groupSeries.open.title(formatNumber(groupAlerts.alerts.length, locale))}
                action={
                  <Button variant="default" onClick={() => go('groups')}>
                    {words.access.look}
                  </Button>
                }
              >
                {openAlertLines(groupAlerts.alerts, words, locale).map(({ id, text }) => (
                  <div key={id}>{text}</div>
                ))}
              </Callout>
            )}
            {groupAlerts.unopened.length > 0 && (
              <Callout
                tone="plain"
                title={words.groupSeries.open.unopened(formatNumber(groupAlerts.unopened.length, locale))}
                action={
                  <Button
                    variant="default"
                    onClick={() => go('groups', 'risk', groupAlerts.unopened[0]!.studyHash)}
                  >
                    {words.access.look}
                  </Button>
                }
              >
                {words.groupSeries.open.unopenedBody(groupAlerts.unopened[0]!.lastMonth)}
              </Callout>
            )}
            {isPersonNeeded && (
              <Callout
                tone="plain"
                title={words.upkeep.machine.title}
                action={
                  <Button variant="default" onClick={() => go('settings', 'machine')}>
                    {words.upkeep.machine.settings}
                  </Button>
                }
              >
                {words.upkeep.machine.restart.person}
              </Callout>
            )}
            {canRecord && newest && (
              <Callout
                tone="plain"
                title={t.drafts.title(drafts.length)}
                action={
                  <Button variant="default" onClick={() => go('record', 'draft', newest.draftId)}>
                    {t.drafts.action}
                  </Button>
                }
              >
                {newest.title} {t.drafts.body}
              </Callout>
            )}
          </section>
        )}
        {/* Kit, backups and addresses are seen to at the node. */}
        {checklist && !session.isSynthetic && session.workPlace === undefined && (
          <Checklist state={checklist} onKit={() => setKitOpen(true)} />
        )}
        {running.map((job) => (
          <Panel key={job.jobId} title={words.shell.job[job.kind]}>
            <JobProgress job={job} />
          </Panel>
        ))}
        <section>
          <h2 className={styles.subtitle}>{t.start}</h2>
          <div className={styles.starts}>
            {canRecord && <Start icon={IconStethoscope} words={t.enter} onGo={() => go('record')} />}
            {mayCall('imports.start', roles) && session.workPlace === undefined && (
              <Start icon={IconFileImport} words={t.bring} onGo={() => go('imports')} />
            )}
            {mayCall('studies.start', roles) && (
              <Start icon={IconRoute} words={t.ask} onGo={() => go('question')} />
            )}
            <Start icon={IconLink} words={t.look} onGo={() => go('chain')} />
          </div>
        </section>
        {canRecord && (
          <Panel title={t.recent} isFlush>
            {recent.failure && !recent.value ? (
              <FailureNote code={recent.failure} onRetry={recent.again} />
            ) : !recent.value ? (
              <div className={styles.skeletons}>
                {[0, 1, 2].map((i) => (
                  <Skeleton key={i} height={20} />
                ))}
              </div>
            ) : recent.value.length === 0 ? (
              <EmptyState {...(canRecord ? { action: t.recentAction, onAction: () => go('record') } : {})}>
                {t.recentEmpty}
              </EmptyState>
            ) : (
              <VisitRows visits={recent.value} />
            )}
          </Panel>
        )}
      </div>
    </div>
  )
}

interface StartProps {
  readonly icon: typeof IconLink
  readonly words: { readonly title: string; readonly body: string }
  onGo(): void
}

function Start({ icon: Icon, words, onGo }: StartProps) {
  return (
    <UnstyledButton className={styles.start} onClick={onGo}>
      <Icon size={20} stroke={1.6} aria-hidden />
      <span>
        <strong>{words.title}</strong>
        <span className={styles.startBody}>{words.body}</span>
      </span>
    </UnstyledButton>
  )
}
