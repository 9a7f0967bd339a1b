/** What a trial says: how much would come, every place that would be left out or is unusual, and the first visits. */
import { useMemo } from 'react'
import type { Locale } from '../../../../shared/contract/app.ts'
import type { TrialIssue, TrialReport, VisitPreview } from '../../../../shared/contract/tables.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import { formatCode, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { showUnit } from '../../../parts/units.ts'
import type { TableColumn } from '../../../ui/DataTable.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ImportList } from './ImportList.tsx'
import { issueSentence, reasonName, sentencesOf } from './issue-words.ts'
import { fileNameOf } from './wizard.ts'
import importStyles from './Import.module.css'
import styles from './Wizard.module.css'

export function TrialNumbers({ report }: { readonly report: TrialReport }) {
  const t = useWords().tables.trial
  const locale = useLocale()
  const numbers: readonly (readonly [string, number])[] = [
    [t.patients, report.patients],
    [t.visits, report.visits],
    ...(report.people > 0 ? [[t.people, report.people] as const] : []),
    [t.results, report.observations],
    [t.leftOut, report.leftOutCount],
    [t.unusual, report.unusualCount],
  ]
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

interface IssuesProps {
  readonly jobId: string
  readonly report: TrialReport
}

export function TrialIssues({ jobId, report }: IssuesProps) {
  const words = useWords()
  const t = words.tables.trial
  const locale = useLocale()
  const columns = useMemo(
    (): readonly TableColumn<TrialIssue & { id: number }>[] => [
      {
        id: 'rule',
        header: t.issueColumns.rule,
        width: 'minmax(14rem, 2fr)',
        value: (each) => t.line(t.severity[each.severity], issueSentence(each, words)),
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
  if (report.issues.length === 0) return null
  return (
    <>
      <ul className={importStyles.paths}>
        {report.counts.map(({ reason, severity, count }) => (
          <li key={`${severity}${reason}`}>
            {t.byReason(formatNumber(count, locale))}{' '}
            {t.line(t.severity[severity], reasonName(reason, severity, words))}
          </li>
        ))}
      </ul>
      <ImportList
        title={t.issues}
        columns={columns}
        rows={report.issues}
        total={report.leftOutCount + report.unusualCount}
        onSave={() =>
          node.tables.saveIssues({
            jobId,
            sentences: { 'left-out': sentencesOf('left-out', words), unusual: sentencesOf('unusual', words) },
          })
        }
      />
    </>
  )
}

/** `132 mm[Hg]` as people read it. */
const inUnits = (said: string): string => said.replace(/(?<= )\S+$/, showUnit)

/** By the window's language where it is a test that we know, else as the file says it. */
function testName(code: VisitPreview['results'][number]['code'], locale: Locale): string {
  const test = labTestOf(code)
  if (test === null) return code.display ?? code.code
  return locale === 'zh-Hant' ? test.zh : test.en
}

export function TrialPreview({ visits }: { readonly visits: readonly VisitPreview[] }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.tables.trial
  if (visits.length === 0) return null
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
                <td>{visit.diagnoses.map((code) => formatCode({ system: 'icd-10', code })).join(' ')}</td>
                <td className={styles.wide}>
                  {visit.results
                    .map(({ code, said }) => `${testName(code, locale)} ${inUnits(said)}`.trim())
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
