/** Visits whose results have not come, oldest first: Enter on a row, the value, Enter. */
import { Skeleton } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { AwaitedVisit } from '../../../../shared/contract/records.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { formatNumber, formatRecordedInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useSettings } from '../../../lib/session.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { LateResult } from './LateResult.tsx'
import styles from './Patients.module.css'

export function AwaitedResults() {
  const words = useWords()
  const t = words.people.late
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const asked = useAsk(() => node.records.awaited({ limit: 500 }), [], ['records.visitChanged'])
  const [open, setOpen] = useState<{ record: VisitRecord; merkleRoot: string } | null>(null)
  const columns = useMemo((): readonly TableColumn<AwaitedVisit>[] => {
    const tests = ({ awaited }: AwaitedVisit) =>
      awaited
        .map(({ observation: { code } }) => {
          const test = labTestOf(code)
          return test ? (locale === 'zh-Hant' ? test.zh : test.en) : (code.display ?? code.code)
        })
        .join(', ')
    return [
      {
        id: 'admission',
        header: words.patients.record.admission,
        width: '10rem',
        value: (each) => each.admission,
        cell: (each) => formatRecordedInstant(each.admission, calendar),
      },
      {
        id: 'name',
        header: words.patients.columns.name,
        width: 'minmax(8rem, 1fr)',
        value: (each) => each.patientName,
      },
      { id: 'tests', header: t.test, width: 'minmax(10rem, 2fr)', value: tests },
    ]
  }, [words, t, locale, calendar])
  const begin = async (visit: AwaitedVisit) => {
    try {
      const answer = await node.records.open({ merkleRoot: visit.merkleRoot })
      if (answer.kind === 'record') setOpen({ record: answer.record, merkleRoot: visit.merkleRoot })
    } catch (error) {
      tellFailure(error)
    }
  }
  return (
    <div className="room">
      <header className="room-head">
        <h1>{t.title}</h1>
        <span className="secondary" role="status">
          {asked.value && t.list(asked.value.total, formatNumber(asked.value.total, locale))}
        </span>
      </header>
      <div className={styles.table}>
        {asked.failure !== undefined && !asked.value ? (
          <FailureNote code={asked.failure} onRetry={asked.again} />
        ) : !asked.value ? (
          <Skeleton height={120} m="md" />
        ) : asked.value.visits.length === 0 ? (
          <EmptyState>{t.empty}</EmptyState>
        ) : (
          <DataTable<AwaitedVisit>
            label={t.title}
            columns={columns}
            rows={asked.value.visits}
            rowId={(each) => each.merkleRoot}
            words={words.shell.table}
            onOpen={(each) => void begin(each)}
          />
        )}
      </div>
      {open && (
        <LateResult
          version={open}
          onClose={() => setOpen(null)}
          onChanged={() => {
            setOpen(null)
            asked.again()
          }}
        />
      )}
    </div>
  )
}
