/** Whether the audit is whole: what the last look found, how far the chain covers it, and a look now. */
import { formatMinute, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import type { AuditStanding } from '../../../../shared/contract/audit.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Audit.module.css'
import { findingOf, verdictOf } from './entry-words.ts'
import { useWork } from './use-work.ts'

const FINDINGS_SHOWN = 8

export function Standing({ standing }: { readonly standing: AuditStanding }) {
  const words = useWords()
  const t = words.audit
  const locale = useLocale()
  const verifying = useJob(useWork((work) => work.verifying))
  const exporting = useJob(useWork((work) => work.exporting))
  const exported = useAsk(
    async () => (exporting?.state === 'done' ? node.audit.exportReport({ jobId: exporting.jobId }) : null),
    [exporting?.jobId, exporting?.state],
  ).value
  const { verdict, checkedAt, isWriting } = standing
  const findings = verdict?.findings ?? []
  return (
    <div className={styles.notices}>
      {!isWriting && <Callout tone="bad">{t.notWriting}</Callout>}
      {verifying?.state === 'running' && <JobProgress job={verifying} />}
      {verifying?.state === 'failed' && <FailureNote code={verifying.error?.code ?? 'unexpected'} />}
      {verdict !== null && verifying?.state !== 'running' && (
        <div data-testid="audit-verdict" data-whole={findings.length === 0}>
          <Callout
            tone={findings.length === 0 ? 'good' : 'bad'}
            isLive
            title={findings.length === 0 ? verdictOf(verdict, standing.count, t, locale) : t.notWhole}
          >
            {findings.slice(0, FINDINGS_SHOWN).map((finding, i) => (
              <div key={i}>{findingOf(finding, t, locale)}</div>
            ))}
            {findings.length > 0 && <div>{t.findingTodo}</div>}
            {checkedAt !== null && <span className="secondary">{t.checkedAt(formatMinute(checkedAt))}</span>}
          </Callout>
        </div>
      )}
      {exporting?.state === 'running' && <JobProgress job={exporting} />}
      {exporting?.state === 'failed' && <FailureNote code={exporting.error?.code ?? 'unexpected'} />}
      {exported && (
        <Callout tone="good" isLive>
          {t.exported(formatNumber(exported.count, locale), exported.path)}
        </Callout>
      )}
    </div>
  )
}
