/** One visit of a history: the version that counts, what can be done with it, and every other version, marked. */
import { Button, Menu, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import type { VersionOfVisit } from '../../../../shared/contract/records.ts'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import type { Code } from '../../../../shared/domain/visit.ts'
import { formatCode, formatNumber, formatRecordedInstant } from '../../../lib/format.ts'
import { go } from '../../../lib/router.ts'
import { useSettings } from '../../../lib/session.ts'
import { RecordView } from '../../../parts/RecordView.tsx'
import { StateMark } from '../../../parts/StateMark.tsx'
import { VersionDiff } from '../../../parts/VersionDiff.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { versionBefore, type VisitGroup } from './history-filter.ts'
import styles from './Patients.module.css'
import { summaryOf } from './visit-words.ts'

export type Doing = 'retract' | 'restore' | 'result' | 'move' | 'dispute'

interface Props {
  readonly group: VisitGroup
  readonly patientId: string
  /** How the entry is called under which the visit was recorded, where it is another one of the same person. */
  readonly entryName: string | undefined
  readonly isOpen: boolean
  nameOf(code: Code): string | undefined
  onToggle(): void
  onDo(doing: Doing, version: VersionOfVisit): void
}

export function VisitCard({ group, patientId, entryName, isOpen, nameOf, onToggle, onDo }: Props) {
  const words = useWords()
  const t = words.patients
  const p = words.people
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const { current, others } = group
  const { envelope, encounter } = current.record
  const isRetracted = envelope.op === 'retract'
  const waitsFor = current.record.observations
    .filter(
      ({ value, status }) =>
        value.type === 'absent' && (status === 'registered' || value.reason === 'pending'),
    )
    .map(({ code }) => code.display ?? code.code)
  return (
    <li className={styles.visit} data-testid="visit-version" data-retracted={isRetracted || undefined}>
      <UnstyledButton className={styles.visitHead} aria-expanded={isOpen} onClick={onToggle}>
        {isOpen ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
        <span className={styles.visitDate}>{formatRecordedInstant(encounter.admission.at, calendar)}</span>
        <span>{words.clinical.class[encounter.class]}</span>
        <span className={styles.visitWhat}>{summaryOf(current.record, formatCode, nameOf)}</span>
        {envelope.op !== 'create' && (
          <span className={styles.tag} data-bad={isRetracted || undefined}>
            {words.clinical.op[envelope.op]}
          </span>
        )}
        {envelope.movedTo !== undefined && <span className={styles.tag}>{p.move.movedTo}</span>}
        {envelope.movedFrom !== undefined && <span className={styles.tag}>{p.move.movedFrom}</span>}
        {waitsFor.length > 0 && !isRetracted && (
          <span className={styles.tag}>{p.late.waits(waitsFor.join(words.clinical.comma))}</span>
        )}
        {current.disputes.length > 0 && (
          <span className={styles.tag} data-bad>
            {p.dispute.mark}
          </span>
        )}
        {current.hospital !== undefined && (
          <span className={styles.tag} data-testid="hospital">
            {words.access.atHospital(current.hospital.name)}
          </span>
        )}
        {entryName !== undefined && current.hospital === undefined && (
          <span className={styles.tag}>{p.links.entryOf(entryName)}</span>
        )}
        <StateMark state={current.state} />
      </UnstyledButton>
      {isOpen && (
        <div className={styles.visitBody}>
          <div className={styles.tools}>
            {current.index !== null && (
              <Button size="compact-sm" variant="default" onClick={() => go('chain', current.index ?? 0)}>
                {t.openBlock(formatNumber(current.index, locale))}
              </Button>
            )}
            {current.hospital !== undefined ? (
              <>
                <span className="secondary">{words.access.openedOf(current.hospital.name)}</span>
                <Button size="compact-sm" variant="default" onClick={() => onDo('dispute', current)}>
                  {words.access.dispute}
                </Button>
              </>
            ) : isRetracted ? (
              envelope.movedTo === undefined && (
                <Button size="compact-sm" variant="default" onClick={() => onDo('restore', current)}>
                  {t.restore}
                </Button>
              )
            ) : (
              <>
                <Button size="compact-sm" variant="default" onClick={() => onDo('result', current)}>
                  {p.late.action}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => go('record', 'correct', patientId, current.merkleRoot)}
                >
                  {t.correct}
                </Button>
                <Menu position="bottom-start" withinPortal>
                  <Menu.Target>
                    <Button size="compact-sm" variant="subtle" aria-label={t.moreChanges}>
                      …
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => onDo('move', current)}>{p.move.action}</Menu.Item>
                    <Menu.Item onClick={() => onDo('retract', current)}>{t.retract}</Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </>
            )}
          </div>
          {envelope.reason && <Reason version={current} />}
          <Changed version={current} group={group} />
          {current.disputes.map((each, i) => (
            <Callout key={i} tone="warn">
              {p.dispute.by(each.memberName, each.path, each.text)}
            </Callout>
          ))}
          {isRetracted ? (
            <Callout tone="warn">{p.versions.retracted}</Callout>
          ) : (
            <RecordView record={current.record} />
          )}
        </div>
      )}
      {others.length > 0 && (
        <ul className={styles.others} aria-label={p.versions.earlier(others.length)}>
          {others.map((version) => (
            <OtherVersion
              key={version.merkleRoot}
              version={version}
              group={group}
              patientId={patientId}
              headRoot={current.merkleRoot}
              mayReopen={!isRetracted && current.hospital === undefined}
            />
          ))}
        </ul>
      )}
    </li>
  )
}

/** What a correction has changed, beside its reason; nothing where the version before cannot be opened. */
function Changed({ version, group }: { readonly version: VersionOfVisit; readonly group: VisitGroup }) {
  const before = versionBefore(version, group)
  if (before === null) return null
  return (
    <VersionDiff isSigned before={visitInputOf(before.record, '')} after={visitInputOf(version.record, '')} />
  )
}

function Reason({ version }: { readonly version: VersionOfVisit }) {
  const words = useWords()
  const { reason } = version.record.envelope
  if (!reason) return null
  return (
    <p className="secondary">
      {words.people.versions.reason(
        [words.clinical.reason[reason.code], reason.text].filter(Boolean).join(' · '),
      )}
    </p>
  )
}

function OtherVersion({
  version,
  group,
  patientId,
  headRoot,
  mayReopen,
}: {
  readonly version: VersionOfVisit
  readonly group: VisitGroup
  readonly patientId: string
  readonly headRoot: string
  readonly mayReopen: boolean
}) {
  const words = useWords()
  const t = words.patients
  const p = words.people
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const [isOpen, setOpen] = useState(false)
  const { envelope } = version.record
  return (
    <li className={styles.other} data-testid="other-version" data-conflict={version.isConflict || undefined}>
      <UnstyledButton className={styles.otherHead} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        <span className={styles.tag} data-bad={version.isConflict || undefined}>
          {version.isConflict ? p.conflict.mark : t.superseded}
        </span>
        <span className="secondary">
          {words.clinical.op[envelope.op]} · {formatRecordedInstant(envelope.recordedAt, calendar)}
          {version.index !== null && ` · ${t.openBlock(formatNumber(version.index, locale))}`}
        </span>
        {version.disputes.length > 0 && (
          <span className={styles.tag} data-bad>
            {p.dispute.mark}
          </span>
        )}
      </UnstyledButton>
      {isOpen && (
        <div className={styles.visitBody}>
          {version.isConflict && (
            <Callout
              tone="warn"
              action={
                mayReopen && (
                  <Button
                    size="compact-sm"
                    onClick={() => go('record', 'correct', patientId, version.merkleRoot, headRoot)}
                  >
                    {p.conflict.reopen}
                  </Button>
                )
              }
            >
              {p.conflict.body}
            </Callout>
          )}
          <Reason version={version} />
          <Changed version={version} group={group} />
          {version.disputes.map((each, i) => (
            <Callout key={i} tone="warn">
              {p.dispute.by(each.memberName, each.path, each.text)}
            </Callout>
          ))}
          <RecordView record={version.record} />
        </div>
      )}
    </li>
  )
}
