/** What an import took, what it did not, and why. */
import { Button, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMemo } from 'react'
import type { ImportReject } from '../../../../shared/contract/imports.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import styles from './Import.module.css'

interface Props {
  readonly jobId: string
  onAgain(): void
}

export const reasonWords = (reason: string, t: Words): string =>
  t.imports.reasons[reason] ?? t.imports.reasonUnknown(reason)

export function ImportReport({ jobId, onAgain }: Props) {
  const words = useWords()
  const t = words.imports.report
  const locale = useLocale()
  const asked = useAsk(() => node.imports.report({ jobId }), [jobId])
  const columns = useMemo(
    (): readonly TableColumn<ImportReject>[] => [
      {
        id: 'reason',
        header: t.columns.reason,
        width: 'minmax(14rem, 2fr)',
        value: (each) => reasonWords(each.reason, words),
      },
      {
        id: 'file',
        header: t.columns.file,
        width: 'minmax(10rem, 1.4fr)',
        value: (each) => fileName(each.file),
      },
      {
        id: 'path',
        header: t.columns.path,
        width: 'minmax(10rem, 1.6fr)',
        value: (each) => each.path,
        cell: (each) => (
          <span className="mono" title={each.detail}>
            {each.path}
          </span>
        ),
      },
    ],
    [t, words],
  )
  if (asked.failure !== undefined) return <FailureNote code={asked.failure} onRetry={asked.again} />
  const report = asked.value
  if (report === undefined) return <Skeleton height={80} />
  if (report === null) return <Button onClick={onAgain}>{t.again}</Button>
  const numbers: readonly (readonly [string, number])[] = [
    [t.files, report.files],
    [t.patients, report.patients],
    [t.visits, report.visits],
    [t.observations, report.observations],
    [t.duplicates, report.duplicates],
    [t.rejected, report.rejectedCount],
  ]
  const save = async () => {
    const { path } = await node.imports.saveRejects({ jobId })
    if (path !== null) notifications.show({ message: t.saved(path) })
  }
  return (
    <section className={styles.report} aria-label={t.title}>
      <dl className={styles.numbers}>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatNumber(value, locale)}</dd>
          </div>
        ))}
      </dl>
      {report.isCancelled && <Callout tone="plain">{t.cancelled}</Callout>}
      {!report.isCancelled && report.visits === 0 && report.duplicates > 0 && (
        <Callout tone="plain" isLive>
          {t.nothingNew}
        </Callout>
      )}
      {!report.isCancelled && report.rejectedCount === 0 && report.visits > 0 && (
        <Callout tone="good" isLive>
          {t.nothingRejected}
        </Callout>
      )}
      {report.warnings.length > 0 && (
        <details>
          <summary>
            {t.warnings(
              formatNumber(
                report.warnings.reduce((sum, each) => sum + each.count, 0),
                locale,
              ),
            )}
          </summary>
          <ul className={styles.paths}>
            {report.warnings.map((warning) => (
              <li key={warning.reason}>
                {formatNumber(warning.count, locale)} × {warningWords(warning.reason, words)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {report.rejected.length > 0 && (
        <>
          <div className={styles.rejectsHead}>
            <h3>{t.rejectsTitle}</h3>
            <span className="secondary">
              {report.rejectedCount > report.rejected.length &&
                t.shown(
                  formatNumber(report.rejected.length, locale),
                  formatNumber(report.rejectedCount, locale),
                )}
            </span>
            <Button size="compact-sm" variant="default" onClick={() => save().catch(tellFailure)}>
              {t.save}
            </Button>
          </div>
          <div className={styles.rejects}>
            <DataTable<ImportReject>
              label={t.rejectsTitle}
              columns={columns}
              rows={report.rejected}
              rowId={(each) => `${each.file}#${each.path}#${each.reason}`}
              words={words.shell.table}
            />
          </div>
        </>
      )}
      <div className={styles.buttons}>
        <Button variant="default" onClick={() => go('chain')}>
          {t.see}
        </Button>
        <Button onClick={onAgain}>{t.again}</Button>
      </div>
    </section>
  )
}

const fileName = (path: string): string => path.split(/[\\/]/).pop() ?? path

/** Warnings are reasons of the import or rules of the visit check. */
function warningWords(reason: string, words: Words): string {
  return (
    words.imports.warnings[reason] ?? words.imports.reasons[reason] ?? words.imports.reasonUnknown(reason)
  )
}
