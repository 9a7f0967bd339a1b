/** Who opened, exported or changed what of one patient, on a page that prints. */
import { Button, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowLeft } from '@tabler/icons-react'
import type { Disclosure, DisclosureLine } from '../../shared/contract/audit.ts'
import type { Role } from '../../shared/contract/app.ts'
import { formatInstantBare, formatMinute, formatNumber, zoneNoteAt } from '../lib/format.ts'
import { useAsk } from '../lib/live.ts'
import { node } from '../lib/node.ts'
import { Callout } from '../ui/Callout.tsx'
import { useLocale, useWords } from '../words/catalogue.ts'
import styles from './DisclosureReport.module.css'
import { basisReasonOf, reasonOf } from './audit-words.ts'
import { FailureNote, tellFailure } from './FailureNote.tsx'

interface Props {
  readonly patientId: string
  /** Null for whoever may not know it. */
  readonly name: string | null
  /** Whoever asks knows no patient of this hospital by name. */
  readonly isByIdAlone?: boolean | undefined
  onBack(): void
}

export function DisclosureReport({ patientId, name, isByIdAlone, onBack }: Props) {
  const t = useWords().audit.disclosure
  const asked = useAsk(() => node.audit.disclosure({ patientId }), [patientId])
  const report = asked.value
  const save = async () => {
    try {
      const { path, isSaved } = await node.audit.saveDisclosurePdf({ patientId })
      if (path !== null) notifications.show({ message: isSaved ? t.saved(path) : t.notSaved })
    } catch (error) {
      tellFailure(error)
    }
  }
  return (
    <div className="room">
      <header className={`room-head ${styles.screenOnly}`}>
        <Button variant="subtle" leftSection={<IconArrowLeft size={16} aria-hidden />} onClick={onBack}>
          {t.back}
        </Button>
        {report && (
          <>
            <Button ml="auto" data-autofocus onClick={() => void save()}>
              {t.save}
            </Button>
            <Button variant="default" onClick={() => window.print()}>
              {t.print}
            </Button>
          </>
        )}
      </header>
      {/* The paper has nothing to stop at: the keyboard scrolls it as a whole. */}
      <div className={`room-body ${styles.body}`} tabIndex={0} role="region" aria-label={t.title}>
        {asked.failure !== undefined && !report && <FailureNote code={asked.failure} onRetry={asked.again} />}
        {!report && asked.failure === undefined && <Skeleton height={240} />}
        {report && <Paper report={report} name={name} isByIdAlone={isByIdAlone} />}
      </div>
    </div>
  )
}

interface PaperProps extends Pick<Props, 'name' | 'isByIdAlone'> {
  readonly report: Disclosure
}

function Paper({ report, name, isByIdAlone }: PaperProps) {
  const t = useWords().audit.disclosure
  const locale = useLocale()
  const { institutionName, patientIds, madeAt, lines, isCut } = report
  return (
    <article className={styles.page} aria-label={t.title} data-printable data-testid="disclosure">
      <header className={styles.head}>
        <h1>{t.title}</h1>
        <p>{t.subtitle(institutionName)}</p>
        {name !== null && (
          <p>
            {t.patient}
            <strong>{name}</strong>
          </p>
        )}
        <p className="secondary">
          {patientIds.length > 1 ? t.ids : t.id}
          <span className={styles.id}>{patientIds.join(' ')}</span>
          {' · '}
          {t.madeAt(formatMinute(madeAt))}
        </p>
      </header>
      {lines.length === 0 ? (
        <p>{t.none}</p>
      ) : (
        <table className={styles.lines}>
          <thead>
            <tr>
              <th scope="col">{[t.when, zoneNoteAt(madeAt)].filter((part) => part !== null).join(' · ')}</th>
              <th scope="col">{t.who}</th>
              <th scope="col">{t.what}</th>
              <th scope="col">{t.why}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, i) => (
              <Line key={i} line={line} />
            ))}
          </tbody>
        </table>
      )}
      {isByIdAlone && <p className="secondary">{t.byIdAlone}</p>}
      {isCut && <Callout tone="plain">{t.cut(formatNumber(lines.length, locale))}</Callout>}
      <p className={styles.foot}>{t.foot}</p>
    </article>
  )
}

/** To the minute; what was done within five minutes is one line. */
function spanOf({ from, to }: DisclosureLine): string {
  const [first, last] = [formatInstantBare(from).slice(0, 16), formatInstantBare(to).slice(0, 16)]
  return first === last ? first : `${first}–${last.slice(11)}`
}

function Line({ line }: { readonly line: DisclosureLine }) {
  const words = useWords()
  const a = words.audit
  const t = a.disclosure
  const locale = useLocale()
  const roles = line.roles.map((role) => words.clinical.roleNames[role as Role] ?? role)
  const what = line.operations.map(
    (operation) => t.operations[operation] ?? a.operations[operation] ?? operation,
  )
  const isRefused = line.outcome !== 'done'
  return (
    <tr>
      <td>{spanOf(line)}</td>
      <td>
        {line.person === null ? a.nobody : (line.personName ?? a.gone(line.person))}
        {roles.length > 0 && <span className="secondary">{t.roles(roles.join(t.comma))}</span>}
      </td>
      <td>
        {what.join(t.semicolon)}
        {line.isOfAll && ` ${t.ofAll}`}
        {line.entryCount > line.operations.length && (
          <span className="secondary"> · {t.times(formatNumber(line.entryCount, locale))}</span>
        )}
        {isRefused && (
          <span className="secondary">
            {' '}
            · {a.outcomes[line.outcome]}
            {line.code !== null && `${t.colon}${reasonOf(line.code, words)}`}
          </span>
        )}
      </td>
      <td>
        {line.basis === null ? t.ownPatient : (a.bases[line.basis.kind] ?? line.basis.kind)}
        {line.basis?.reason != null &&
          `${t.colon}${basisReasonOf({ kind: line.basis.kind, reason: line.basis.reason }, words)}`}
        {line.basis?.isErased === true && ` · ${a.reasonErased}`}
      </td>
    </tr>
  )
}
