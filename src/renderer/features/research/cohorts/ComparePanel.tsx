/** Two cohorts side by side: chosen among the kept ones and the one under work. */
import { Button, Group, NativeSelect } from '@mantine/core'
import { useMemo, useState } from 'react'
import { canonicalCohort, type CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { formatNumber, shortHash } from '../../../lib/format.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { differenceTable, overlapTable } from './comparison-table.ts'
import { useComparison, type ComparedCohort, type FoundComparison } from './use-comparison.ts'
import { useLoadedShelf } from './use-shelf.ts'
import styles from './Cohorts.module.css'

export function ComparePanel({ definition }: { readonly definition: CohortDefinition }) {
  const words = useWords()
  const t = words.cohorts.compare
  const { shelf } = useLoadedShelf()
  const { found, jobId, isRunning, failure, problems, run } = useComparison()
  const job = useJob(jobId)
  const [chosen, setChosen] = useState<readonly [string, string]>(['', ''])
  const choices = useMemo(
    (): ReadonlyMap<string, ComparedCohort> =>
      new Map([
        ['', { name: t.current, definition }],
        ...(shelf?.cohorts ?? []).map(
          (each) => [each.name, { name: each.name, definition: each.definition }] as const,
        ),
      ]),
    [shelf, definition, t],
  )
  const [a, b] = chosen.map((name) => choices.get(name) ?? choices.get('')!) as [
    ComparedCohort,
    ComparedCohort,
  ]
  const data = [...choices].map(([value, { name }]) => ({ value, label: name }))
  return (
    <Panel title={t.title}>
      <div className={styles.stack} data-testid="compare">
        <p className="secondary" style={{ margin: 0 }}>
          {t.hint}
        </p>
        <Group align="flex-end" gap="sm">
          <NativeSelect
            label={t.first}
            value={chosen[0]}
            data={data}
            onChange={({ currentTarget }) => setChosen([currentTarget.value, chosen[1]])}
          />
          <NativeSelect
            label={t.second}
            value={chosen[1]}
            data={data}
            onChange={({ currentTarget }) => setChosen([chosen[0], currentTarget.value])}
          />
          <Button
            variant="default"
            loading={isRunning}
            disabled={a.definition === b.definition}
            onClick={() => void run([a, b])}
          >
            {t.run}
          </Button>
        </Group>
        {job !== undefined && <JobProgress job={job} />}
        {failure !== null && <FailureNote code={failure} onRetry={() => void run([a, b])} />}
        {problems.length > 0 && (
          <Callout tone="warn" isLive>
            {problems.map((kind) => words.cohorts.problems[kind as 'too-deep']).join(' ')}
          </Callout>
        )}
        {found !== null && <Found found={found} choices={choices} />}
      </div>
    </Panel>
  )
}

function Found({
  found,
  choices,
}: {
  readonly found: FoundComparison
  readonly choices: ReadonlyMap<string, ComparedCohort>
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.cohorts.compare
  const { answer, asked, jobId } = found
  // By name: what was compared as it was then may say something else now, or be gone.
  const isStale = asked.some(({ name, definition }) => {
    const now = [...choices.values()].find((each) => each.name === name)
    return now === undefined || canonicalCohort(now.definition) !== canonicalCohort(definition)
  })
  const names = [asked[0].name, asked[1].name] as const
  if (answer.kind === 'too-few')
    return (
      <Callout tone="plain" isLive>
        {t.tooFew(names.filter((_, side) => answer.isSmall[side as 0 | 1]).join(', '))}
      </Callout>
    )
  if (answer.kind === 'not-sayable')
    return (
      <Callout tone="plain" isLive>
        {t.notSayable}
      </Callout>
    )
  const overlap = overlapTable(answer, names, words, locale)
  const differences = differenceTable(answer, names, words, locale)
  return (
    <div className={styles.stack} data-testid="comparison">
      {isStale && (
        <Callout tone="warn" isLive>
          {t.stale}
        </Callout>
      )}
      <p className="secondary" style={{ margin: 0 }}>
        {t.state(formatNumber(answer.upTo, locale))}{' '}
        <span className="mono" title={answer.hash}>
          {shortHash(answer.hash)}
        </span>
      </p>
      <Group justify="flex-end">
        <ReleaseMenu what={{ kind: 'table', name: overlap.title, table: overlap }} of={{ jobId }} />
      </Group>
      <PaperTableView table={overlap} />
      {differences === null ? (
        <Callout tone="plain">{t.tooAlike}</Callout>
      ) : (
        <>
          <Group justify="flex-end">
            <ReleaseMenu
              what={{ kind: 'table', name: differences.title, table: differences }}
              of={{ jobId }}
            />
          </Group>
          <PaperTableView table={differences} />
        </>
      )}
    </div>
  )
}
