/** What was run before: when, of which records, with how many persons, and whether the question or the records are others by now. */
import { Button, Group, Table } from '@mantine/core'
import { useDeferredValue, useMemo } from 'react'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { formatInstant, formatNumber, shortHash } from '../../../lib/format.ts'
import { saidText } from '../../../parts/research/said-text.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { standingName, standingOfRun, standingText } from './standing.ts'
import { useHere } from './use-here.ts'
import { useKeptModels } from './use-kept-models.ts'
import styles from './Question.module.css'

export function HistoryPanel({
  study,
  onOpen,
}: {
  /** As it stands now, with its names. */
  readonly study: StudyDocument
  onOpen(study: StudyDocument): void
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.modelComparison.history
  const { runs, forgetRuns } = useKeptModels()
  const here = useHere()
  // Fifty questions are compared after the key was seen, not before.
  const later = useDeferredValue(study)
  const standings = useMemo(
    () => runs.map((run) => standingOfRun(run.study, later, here)),
    [runs, later, here],
  )
  if (runs.length === 0) return null
  return (
    <Panel
      title={t.title}
      side={
        <Button size="compact-sm" variant="subtle" onClick={forgetRuns}>
          {t.forget}
        </Button>
      }
    >
      <div className={styles.stack} data-testid="study-history">
        <p className="secondary">{t.hint}</p>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {[t.at, t.study, t.records, t.persons, t.events, t.standing, t.open].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run, r) => {
              const now = standings[r]!
              return (
                <Table.Tr key={`${run.hash} ${run.resultHash}`} data-standing={standingName(now)}>
                  <Table.Td>{formatInstant(run.at)}</Table.Td>
                  <Table.Td>
                    {run.study.title}{' '}
                    <span className="mono secondary" title={`${run.hash} ${run.resultHash}`}>
                      {shortHash(run.hash)}
                    </span>
                  </Table.Td>
                  <Table.Td>
                    {run.isTwin
                      ? t.twin
                      : run.study.snapshot !== null && formatNumber(run.study.snapshot.upTo, locale)}
                  </Table.Td>
                  <Table.Td>{saidText(run.persons, words, locale)}</Table.Td>
                  <Table.Td>{saidText(run.events, words, locale)}</Table.Td>
                  <Table.Td>{standingText(now, words)}</Table.Td>
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <Button size="compact-sm" variant="default" onClick={() => onOpen(run.study)}>
                        {t.asRun}
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="default"
                        onClick={() => onOpen({ ...run.study, snapshot: null, engine: null })}
                      >
                        {t.newest}
                      </Button>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  )
}
