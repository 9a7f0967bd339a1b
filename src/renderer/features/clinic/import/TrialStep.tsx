/** What would come of the import, before anything is taken in. */
import { Button, Skeleton, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMemo } from 'react'
import type { Locale } from '../../../../shared/contract/app.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type { TrialIssue, VisitPreview } from '../../../../shared/contract/tables.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import { ownWordsOf } from './own-words.ts'
import { fileNameOf } from './wizard.ts'
import { useWizard } from './use-wizard.ts'
import importStyles from './Import.module.css'
import styles from './Wizard.module.css'

const UNKNOWN_NAMED = 3

export function TrialStep() {
  const words = useWords()
  const t = words.tables.trial
  const { jobId, tryOut, answers, change, knownName, askAbout, go } = useWizard()
  const job = useJob(jobId)
  const asked = useAsk(
    async () =>
      jobId !== null && job !== undefined && job?.state !== 'running'
        ? node.tables.trialReport({ jobId })
        : null,
    [jobId, job?.state],
  )
  if (job?.state === 'failed')
    return <FailureNote code={job.error?.code ?? 'unexpected'} onRetry={() => void tryOut()} />
  if (job === undefined || job === null || job.state === 'running')
    return (
      <div className={styles.step}>
        <p>{t.why}</p>
        {job ? <JobProgress job={job} /> : <Skeleton height={40} />}
      </div>
    )
  if (asked.failure !== undefined) return <FailureNote code={asked.failure} onRetry={asked.again} />
  const report = asked.value
  if (report === undefined || report === null)
    return job.state === 'cancelled' ? (
      <Callout tone="plain">
        {t.cancelled} <Button onClick={() => void tryOut().catch(tellFailure)}>{t.again}</Button>
      </Callout>
    ) : (
      <Skeleton height={80} />
    )
  const unknown = ownWordsOf(report.unknown, answers.layouts)
  const explain = async () => {
    askAbout(unknown)
    await go('codes')
  }
  return (
    <div className={styles.step}>
      {knownName !== null && <Callout tone="good">{words.tables.known(knownName)}</Callout>}
      <Numbers
        numbers={[
          [t.patients, report.patients],
          [t.visits, report.visits],
          [t.results, report.observations],
          [t.leftOut, report.leftOutCount],
          [t.unusual, report.unusualCount],
        ]}
      />
      {report.visits === 0 && <Callout tone="bad">{t.nothing}</Callout>}
      {report.visits > 0 && report.leftOutCount === 0 && <Callout tone="good">{t.none}</Callout>}
      {unknown.length > 0 && (
        <Callout tone="warn">
          {t.unknown(
            unknown.length,
            unknown.slice(0, UNKNOWN_NAMED).map(({ text }) => text),
          )}{' '}
          <Button size="compact-sm" variant="default" onClick={() => explain().catch(tellFailure)}>
            {t.explain}
          </Button>
        </Callout>
      )}
      {report.issues.length > 0 && (
        <Issues
          jobId={jobId!}
          issues={report.issues}
          counts={report.counts}
          total={report.leftOutCount + report.unusualCount}
        />
      )}
      {report.preview.length > 0 && <Preview visits={report.preview} />}
      <TextInput
        label={words.tables.name}
        description={words.tables.nameHint}
        value={answers.name}
        maxLength={80}
        maw={420}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
    </div>
  )
}

function Numbers({ numbers }: { readonly numbers: readonly (readonly [string, number])[] }) {
  const locale = useLocale()
  return (
    <dl className={importStyles.numbers}>
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formatNumber(value, locale)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** `Sheet, row 12` under a heading that says row already. */
const numberOf = (path: string): string => path.replace(/\brow ([0-9]+)/, '$1')

/** A reason of the reader, or a rule of a good visit. */
function ruleWords(issue: TrialIssue, words: Words): string {
  const { reasons, warnings, reasonUnknown } = words.imports
  const known = (issue.severity === 'left-out' ? reasons : warnings)[issue.reason] ?? reasons[issue.reason]
  if (known !== undefined) return known
  const rule = words.findings.rules[issue.reason as keyof typeof words.findings.rules] as
    ((params: Record<string, string>) => string) | undefined
  return rule === undefined
    ? reasonUnknown(issue.reason)
    : rule({ value: issue.value ?? '', name: issue.column ?? '' })
}

interface IssuesProps {
  readonly jobId: string
  readonly issues: readonly TrialIssue[]
  readonly counts: readonly { reason: string; severity: TrialIssue['severity']; count: number }[]
  readonly total: number
}

function Issues({ jobId, issues, counts, total }: IssuesProps) {
  const words = useWords()
  const t = words.tables.trial
  const locale = useLocale()
  const columns = useMemo(
    (): readonly TableColumn<TrialIssue & { id: number }>[] => [
      {
        id: 'rule',
        header: t.issueColumns.rule,
        width: 'minmax(14rem, 2fr)',
        value: (each) => t.line(t.severity[each.severity], ruleWords(each, words)),
      },
      {
        id: 'row',
        header: t.issueColumns.row,
        width: 'minmax(8rem, 1fr)',
        value: (each) => each.path,
        cell: (each) => (
          <span title={each.file}>{each.path === '' ? fileNameOf(each.file) : numberOf(each.path)}</span>
        ),
      },
      {
        id: 'column',
        header: t.issueColumns.column,
        width: 'minmax(7rem, 1fr)',
        value: (each) => each.column ?? '',
      },
      {
        id: 'value',
        header: t.issueColumns.value,
        width: 'minmax(7rem, 1fr)',
        value: (each) => each.value ?? each.detail ?? '',
      },
      {
        id: 'better',
        header: t.issueColumns.better,
        width: 'minmax(6rem, 0.8fr)',
        value: (each) => each.suggestion ?? '',
      },
    ],
    [t, words],
  )
  const rows = useMemo(() => issues.map((each, id) => ({ ...each, id })), [issues])
  const save = async () => {
    const { path } = await node.tables.saveIssues({ jobId })
    if (path !== null) notifications.show({ message: t.saved(path) })
  }
  return (
    <>
      <div className={importStyles.rejectsHead}>
        <h3>{t.issues}</h3>
        <span className="secondary">
          {total > issues.length && t.shown(formatNumber(issues.length, locale), formatNumber(total, locale))}
        </span>
        <Button size="compact-sm" variant="default" onClick={() => save().catch(tellFailure)}>
          {t.save}
        </Button>
      </div>
      <ul className={importStyles.paths}>
        {counts.map(({ reason, severity, count }) => (
          <li key={`${severity}${reason}`}>
            {t.byReason(formatNumber(count, locale))}{' '}
            {t.line(t.severity[severity], ruleWords({ reason, severity, file: '', path: '' }, words))}
          </li>
        ))}
      </ul>
      <div className={importStyles.rejects}>
        <DataTable<TrialIssue & { id: number }>
          label={t.issues}
          columns={columns}
          rows={rows}
          rowId={(each) => String(each.id)}
          words={words.shell.table}
        />
      </div>
    </>
  )
}

/** By the window's language where it is a test that we know, else as the file says it. */
function testName(code: VisitPreview['results'][number]['code'], locale: Locale): string {
  const test = labTestOf(code)
  if (test === null) return code.display ?? code.code
  return locale === 'zh-Hant' ? test.zh : test.en
}

function Preview({ visits }: { readonly visits: readonly VisitPreview[] }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.tables.trial
  return (
    <>
      <h3 className={styles.heading}>{t.preview}</h3>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.preview}>
        <table className={styles.columns} data-testid="trial-preview">
          <thead>
            <tr>
              {Object.values(t.columns).map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {visits.map((visit, i) => (
              <tr key={i}>
                <th scope="row">{visit.patient}</th>
                <td className={styles.whole}>{visit.birthDate}</td>
                <td className={styles.whole}>{visit.admission.slice(0, 16).replace('T', ' ')}</td>
                <td>
                  {words.clinical.class[visit.class as keyof typeof words.clinical.class] ?? visit.class}
                </td>
                <td>{visit.department}</td>
                <td>{visit.diagnoses.join(' ')}</td>
                <td className={styles.wide}>
                  {visit.results
                    .map(({ code, said }) => `${testName(code, locale)} ${said}`.trim())
                    .join(' · ')}
                </td>
                <td>{visit.medicines.join(' ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
