/** How time was cut: an invented person's timeline beside the rows that it gives, where the real people's records fell, and their rows' way out. */
import { Button, Table } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { mayCall, rightOf } from '../../../../shared/contract/rights.ts'
import { EXEMPLAR_SEED_MAX, type IntervalExemplarAnswer } from '../../../../shared/contract/studies.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import { named } from '../../../parts/research/new-study.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import { namesNow } from '../../../parts/research/study-under-work.ts'
import { valueWords } from '../../../parts/research/term-words.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { cutFigure } from './cut-figure.ts'
import { PLACES, placesTable, rowCells, whyWords } from './cut-tables.ts'
import { followedPersons, isStale, type Found } from './found.ts'
import { useRowsOut } from './use-rows-out.ts'
import tables from '../../../parts/research/PaperTable.module.css'
import question from './Question.module.css'
import styles from './Cut.module.css'

/** Somebody types on: the last of what they typed is drawn. */
const SETTLED_MS = 250

export function CutPanel({ study, found }: { readonly study: StudyDocument; readonly found: Found | null }) {
  const t = useWords().cut
  const [seed, setSeed] = useState(1)
  return (
    <Panel
      title={t.title}
      side={
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setSeed((before) => (before % EXEMPLAR_SEED_MAX) + 1)}
        >
          {t.another}
        </Button>
      }
    >
      <div className={question.stack} data-testid="cut">
        <InventedPerson study={study} seed={seed} />
        <WhereRecordsFell study={study} found={found} />
        <RowsOut found={found} />
      </div>
    </Panel>
  )
}

function InventedPerson({ study, seed }: { readonly study: StudyDocument; readonly seed: number }) {
  const t = useWords().cut
  const [settled] = useDebouncedValue(study, SETTLED_MS)
  const { intervals, cleaning } = settled
  const { value, failure, again } = useAsk(async () => {
    const asked = named(settled, namesNow())
    const answer = await node.studies.exemplar({
      intervals: asked.intervals,
      cleaning: asked.cleaning,
      seed,
    })
    return { answer, asked, seed }
  }, [intervals, cleaning, seed])
  if (value === undefined)
    return failure === undefined ? null : <FailureNote code={failure} onRetry={again} />
  switch (value.answer.kind) {
    case 'refused':
      return <p className="secondary">{t.lacking}</p>
    case 'nobody':
      return <p className="secondary">{t.nobody}</p>
    case 'made':
      return <Cut exemplar={value.answer.exemplar} study={value.asked} number={value.seed} />
  }
}

function Cut({
  exemplar,
  study,
  number,
}: {
  readonly exemplar: IntervalExemplarAnswer
  readonly study: StudyDocument
  readonly number: number
}) {
  const words = useWords()
  const t = words.cut
  const locale = useLocale()
  const { rows, columns, sex, age } = exemplar
  const who = t.exemplar(String(number), words.clinical.sex[sex], String(age))
  const figure = useMemo(
    () =>
      cutFigure(
        exemplar,
        study.intervals.clock,
        {
          who,
          nameOf: (column) => columnWords(column, study, words, locale),
          valueOf: (column, label) => valueWords(study, column, label, words),
          whyOf: (row) => whyWords(rows[row]!.why, study, words, locale),
        },
        words,
        locale,
      ),
    [exemplar, study, who, rows, words, locale],
  )
  return (
    <section aria-label={who}>
      <h3 className={question.heading} data-testid="cut-person">
        {who}
      </h3>
      <p className="secondary">{t.exemplarNote}</p>
      <div className={styles.beside}>
        <FigureView figure={figure} />
        <Scrolling>
          <Table aria-label={t.rows} className={tables.numbers}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t.columns.row}</Table.Th>
                <Table.Th scope="col">{t.columns.start}</Table.Th>
                <Table.Th scope="col">{t.columns.stop}</Table.Th>
                {columns.map(({ name }) => (
                  <Table.Th key={name} scope="col">
                    {columnWords(name, study, words, locale)}
                  </Table.Th>
                ))}
                <Table.Th scope="col">{t.columns.event}</Table.Th>
                <Table.Th scope="col" className={styles.why}>
                  {t.columns.why}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row, r) => {
                const [first, ...rest] = rowCells(row, r, columns, study, words, locale)
                return (
                  <Table.Tr key={r}>
                    <Table.Th scope="row">{first}</Table.Th>
                    {rest.map((cell, c) => (
                      <Table.Td key={c} className={c === rest.length - 1 ? styles.why : undefined}>
                        {cell}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        </Scrolling>
      </div>
    </section>
  )
}

/** Where it scrolls, the keyboard scrolls it too; elsewhere it is no stop on the way. */
function Scrolling({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  const [scrolls, setScrolls] = useState(false)
  useEffect(() => {
    const { current } = place
    if (current === null) return
    const observer = new ResizeObserver(() =>
      setScrolls(current.scrollWidth > current.clientWidth || current.scrollHeight > current.clientHeight),
    )
    observer.observe(current)
    for (const child of current.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={place} className={styles.rows} {...(scrolls ? { tabIndex: 0 } : {})}>
      {children}
    </div>
  )
}

function WhereRecordsFell({ study, found }: { readonly study: StudyDocument; readonly found: Found | null }) {
  const words = useWords()
  const t = words.cut
  const locale = useLocale()
  const table = useMemo(
    () => (found === null ? null : placesTable(found.pinned, found.answer, words, locale)),
    [found, words, locale],
  )
  if (found === null || table === null)
    return (
      <section>
        <h3 className={question.heading}>{t.found}</h3>
        <p className="secondary">{found === null ? t.notCounted : words.question.nobody}</p>
      </section>
    )
  return (
    <section data-testid="cut-found">
      <div className={question.head}>
        <h3 className={question.heading}>{t.found}</h3>
        <ReleaseMenu what={{ kind: 'table', name: t.found, table }} of={{ jobId: found.jobId }} />
      </div>
      {isStale(found, study, 'intervals') && <Callout tone="warn">{words.question.stale}</Callout>}
      <PaperTableView table={table} />
      <h4 className={question.heading}>{t.foundHints}</h4>
      <dl className={styles.hints}>
        {PLACES.map((place) => (
          <div key={place}>
            <dt>{t.places[place]}</dt>
            <dd>{t.hints[place]}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function RowsOut({ found }: { readonly found: Found | null }) {
  const words = useWords()
  const t = words.cut
  const roles = useOpenSession()?.person.roles ?? []
  const { jobId, isBusy, save } = useRowsOut()
  const job = useJob(jobId)
  const may = mayCall('releases.saveRows', roles)
  const { who } = rightOf('releases.saveRows')!
  const isAnybodyThere = found !== null && followedPersons(found.answer) > 0
  return (
    <div className={styles.out}>
      <Button
        variant="default"
        disabled={!may || !isAnybodyThere}
        loading={isBusy}
        onClick={() => found !== null && save(found.pinned)}
      >
        {t.save}
      </Button>
      <p className="secondary">
        {!may
          ? t.mayNot(
              typeof who === 'string'
                ? who
                : who.map((each) => words.clinical.roleNames[each]).join(words.clinical.comma),
            )
          : isAnybodyThere
            ? t.saveNote
            : t.countFirst}
      </p>
      {job?.state === 'running' && <JobProgress job={job} />}
    </div>
  )
}
