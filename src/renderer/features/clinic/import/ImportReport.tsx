/** What an import took, what it did not and why, and what of the first is unusual. */
import { Button, Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import type { ImportReject } from '../../../../shared/contract/imports.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import type { TableColumn } from '../../../ui/DataTable.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ImportList } from './ImportList.tsx'
import { issueSentence, sentencesOf } from './issue-words.ts'
import { Warnings } from './Warnings.tsx'
import styles from './Import.module.css'

interface Props {
  readonly jobId: string
  onAgain(): void
}

type Row = ImportReject & { id: number }

export function ImportReport({ jobId, onAgain }: Props) {
  const words = useWords()
  const t = words.imports.report
  const locale = useLocale()
  const asked = useAsk(() => node.imports.report({ jobId }), [jobId])
  const [rejected, unusual] = useMemo((): [TableColumn<Row>[], TableColumn<Row>[]] => {
    const why = (severity: 'left-out' | 'unusual'): TableColumn<Row> => ({
      id: 'reason',
      header: t.columns.reason,
      width: 'minmax(14rem, 2fr)',
      value: (each) => issueSentence({ ...each, severity }, words),
    })
    const place: TableColumn<Row>[] = [
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
    ]
    return [
      [why('left-out'), ...place],
      [why('unusual'), ...place],
    ]
  }, [t, words])
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
      <Warnings warnings={report.warnings} />
      {report.rejected.length > 0 && (
        <ImportList
          title={t.rejectsTitle}
          columns={rejected}
          rows={report.rejected}
          total={report.rejectedCount}
          onSave={() => node.imports.saveRejects({ jobId, sentences: sentencesOf('left-out', words) })}
        />
      )}
      {report.unusual.length > 0 && (
        <ImportList
          title={t.unusualTitle}
          columns={unusual}
          rows={report.unusual}
          total={report.unusualCount}
          onSave={() =>
            node.imports.saveRejects({ jobId, list: 'unusual', sentences: sentencesOf('unusual', words) })
          }
        />
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
