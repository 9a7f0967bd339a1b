/** Some of the changes that the steps made, with what was written: of records for whoever may open them, else of invented people. */
import { Anchor, Button, Table } from '@mantine/core'
import { useState } from 'react'
import type { CleaningExample, CleaningPreview } from '../../../../shared/contract/cleaning.ts'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { formatNumber, formatSignificant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { ofPatients } from '../../../lib/of-patients.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Cleaning.module.css'

export function ExamplesPanel({
  preview,
  jobId,
}: {
  readonly preview: CleaningPreview
  readonly jobId: string
}) {
  const t = useWords().cleaning.examples
  /** The run whose records somebody wanted to see: that is noted, so nobody sees them by looking at counts. */
  const [opened, setOpened] = useState<string | null>(null)
  const isAsked = preview.examplesOf !== 'records' || opened === jobId
  return (
    <Panel title={t.title}>
      <div className={styles.stack} data-testid="cleaning-examples">
        <p className="secondary">{t.of[preview.examplesOf]}</p>
        {isAsked ? (
          <Asked key={jobId} preview={preview} jobId={jobId} />
        ) : (
          <div>
            <Button variant="default" onClick={() => setOpened(jobId)}>
              {t.show}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  )
}

function Asked({ preview, jobId }: { readonly preview: CleaningPreview; readonly jobId: string }) {
  const t = useWords().cleaning.examples
  const { value, failure, again } = useAsk(() => node.cleaning.examples({ jobId }), [jobId])
  if (failure !== undefined) return <FailureNote code={failure} onRetry={again} />
  if (value === undefined) return null
  if (value === null) return <p className="secondary">{t.gone}</p>
  if (value.length === 0) return <p className="secondary">{t.none}</p>
  return <Examples preview={preview} examples={value} />
}

function Examples({
  preview,
  examples,
}: {
  readonly preview: CleaningPreview
  readonly examples: readonly CleaningExample[]
}) {
  const words = useWords()
  const t = words.cleaning
  const locale = useLocale()
  const isOfRecords = preview.examplesOf === 'records'
  const columns = ['step', 'written', 'before', 'after', 'reason'] as const
  return (
    <div
      className={styles.wide}
      tabIndex={0}
      role="region"
      aria-label={t.examples.title}
      {...(isOfRecords ? ofPatients : {})}
    >
      <Table aria-label={t.examples.title} className={styles.reasons}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column} scope="col">
                {t.examples.columns[column]}
              </Table.Th>
            ))}
            {isOfRecords && <Table.Th scope="col">{t.examples.columns.record}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {examples.map((example, i) => (
            <Table.Tr key={i}>
              <Table.Td>
                {example.step + 1}. {t.steps[preview.steps[example.step]!.step.step]}
              </Table.Td>
              <Table.Td>{writtenText(example)}</Table.Td>
              <Table.Td>{beforeText(example)}</Table.Td>
              <Table.Td>{afterText(example)}</Table.Td>
              <Table.Td>{t.reasons[example.reason]}</Table.Td>
              {isOfRecords && (
                <Table.Td>
                  {example.block !== null && (
                    <Anchor href={`#/chain/${example.block}`} size="sm">
                      {formatNumber(example.block, locale)}
                    </Anchor>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )

  function writtenText({ table, test: key, written }: CleaningExample): string {
    const test = key === null ? null : labTestByKey(key)
    const what = test === null ? t.examples.rowOf[table] : locale === 'en' ? test.en : test.zh
    return t.examples.what(what, written ?? t.examples.missing)
  }

  function beforeText({ column, before }: CleaningExample): string {
    return column === null ? '' : t.examples.value(t.examples.names[column], valueText(column, before))
  }

  function afterText({ act, column, after }: CleaningExample): string {
    if (act === 'flagged') return t.examples.asBefore
    if (act === 'left-out') return t.examples.leftOut
    return column === null ? t.examples.joined : valueText(column, after)
  }

  function valueText(column: NonNullable<CleaningExample['column']>, value: string | null): string {
    if (value === null) return t.examples.missing
    if (column === 'sex') return words.clinical.sex[value as keyof typeof words.clinical.sex] ?? value
    if (column === 'died') return value === '1' ? t.examples.yes : t.examples.no
    return column === 'canonical' || column === 'value' ? formatSignificant(Number(value), locale) : value
  }
}
