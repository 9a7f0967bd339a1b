/** What was found: flows, the wait, the trajectory and invented persons, each as a picture and as a table, each with its way out. */
import { Anchor } from '@mantine/core'
import { useMemo } from 'react'
import type { PathwaysAnswer } from '../../../../shared/contract/pathways.ts'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { formatNumber, shortHash } from '../../../lib/format.ts'
import { useOpenSession } from '../../../lib/session.ts'
import type { Figure } from '../../../parts/research/figure.ts'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { exemplarFigure } from './exemplar-figure.ts'
import {
  curveTable,
  exemplarTable,
  limitsText,
  sequenceTable,
  trajectoryTable,
  waitTable,
} from './pathways-tables.ts'
import { sequenceFigure } from './sequence-figure.ts'
import { trajectoryFigure } from './trajectory-figure.ts'
import type { FoundPathways } from './use-pathways.ts'
import { waitFigure } from './wait-figure.ts'
import styles from './Pathways.module.css'

type Traversed = Extract<PathwaysAnswer, { kind: 'traversed' }>

export function PathwaysResult({ found }: { readonly found: FoundPathways }) {
  const t = useWords().pathways
  const { answer } = found
  switch (answer.kind) {
    case 'too-few':
      return <Callout tone="plain" isLive title={answer.isNobody ? t.nobody : t.tooFew} />
    case 'not-sayable':
      return <Callout tone="plain" isLive title={t.notSayable} />
    case 'traversed':
      return <Traversal found={found} answer={answer} />
  }
}

function Traversal({ found, answer }: { readonly found: FoundPathways; readonly answer: Traversed }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.pathways
  const { definition } = found.asked
  const sequence = useMemo(
    () => ({
      figure: sequenceFigure(answer, definition, words, locale),
      table: sequenceTable(answer, definition, words, locale),
    }),
    [answer, definition, words, locale],
  )
  return (
    <div className={room.stack} data-testid="pathways-result">
      <p className="secondary" style={{ margin: 0 }}>
        {t.state(formatNumber(answer.persons, locale), formatNumber(answer.upTo, locale))}{' '}
        <span className="mono" title={`${t.hash} ${answer.hash}`} data-testid="pathways-hash">
          {shortHash(answer.hash)}
        </span>
      </p>
      <Panel title={t.sequence} side={<Out figure={sequence.figure} table={sequence.table} found={found} />}>
        <Shown figure={sequence.figure} table={sequence.table} />
      </Panel>
      <WaitPanel found={found} answer={answer} />
      <TrajectoryPanel found={found} answer={answer} />
      <ExemplarPanel found={found} answer={answer} />
    </div>
  )
}

function WaitPanel({ found, answer }: { readonly found: FoundPathways; readonly answer: Traversed }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.pathways
  const { waits } = answer
  const { wait, classes } = found.asked.definition
  if (waits === null || wait === null) return null
  const from = wait.from === null ? t.fromIndex : (classes[wait.from]?.name ?? '')
  const title = t.waitOf(from, classes[wait.to]?.name ?? '')
  const { median } = waits.quartiles
  const said =
    median === null
      ? t.noMedian
      : t.waitMedian(formatNumber(median.days, locale), limitsText(median, words, locale))
  const figure = waitFigure(
    waits,
    {
      time: t.waitAxis(from),
      share: t.waitShare,
      description: t.waitDescription(from, classes[wait.to]?.name ?? '', said),
    },
    locale,
  )
  const curve = curveTable(waits, title, words, locale)
  return (
    <Panel title={title} side={<Out figure={figure} table={curve} found={found} />}>
      <div className={room.stack} data-testid="wait">
        <p style={{ margin: 0 }}>{figure === null ? t.tooFewWait : said}</p>
        <div className={styles.beside}>
          {figure === null ? <span /> : <FigureView figure={figure} />}
          <PaperTableView table={waitTable(waits, t.wait, words, locale)} />
        </div>
        {figure !== null && <PaperTableView table={curve} />}
      </div>
    </Panel>
  )
}

function TrajectoryPanel({ found, answer }: { readonly found: FoundPathways; readonly answer: Traversed }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.pathways
  const asked = found.asked.definition.trajectory
  if (answer.trajectory === null || asked === null) return null
  const figure = trajectoryFigure(answer.trajectory, asked, words, locale)
  const table = trajectoryTable(answer.trajectory, asked, words, locale)
  return (
    <Panel title={table.title} side={<Out figure={figure} table={table} found={found} />}>
      {figure === null ? <p>{t.noTrajectory}</p> : <Shown figure={figure} table={table} />}
    </Panel>
  )
}

function ExemplarPanel({ found, answer }: { readonly found: FoundPathways; readonly answer: Traversed }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.pathways
  const roles = useOpenSession()?.person.roles ?? null
  if (answer.exemplars.length === 0) return null
  const { definition } = found.asked
  const figure = exemplarFigure(answer.exemplars, definition, words, locale)
  const table = exemplarTable(answer.exemplars, definition, words, locale)
  return (
    <Panel
      title={
        <>
          {t.exemplars} <span className={styles.mark}>{t.invented}</span>
        </>
      }
      side={<Out figure={figure} table={table} found={found} />}
    >
      <div className={room.stack} data-testid="exemplars">
        <Shown figure={figure} table={table} />
        <p className="secondary" style={{ margin: 0 }}>
          {t.realOnes}{' '}
          {mayCall('patients.search', roles) && (
            <Anchor href="#/patients" underline="always">
              {t.toPatients}
            </Anchor>
          )}
        </p>
      </div>
    </Panel>
  )
}

function Shown({ figure, table }: { readonly figure: Figure | null; readonly table: PaperTable }) {
  return (
    <div className={room.stack}>
      {figure !== null && (
        <figure className={styles.figure}>
          <FigureView figure={figure} />
        </figure>
      )}
      <PaperTableView table={table} />
    </div>
  )
}

function Out({
  figure,
  table,
  found,
}: {
  readonly figure: Figure | null
  readonly table: PaperTable
  readonly found: FoundPathways
}) {
  const { jobId } = found
  const { release, releaseOf } = useWords().question
  return (
    <div className={`${room.row} ${room.top}`}>
      {figure !== null && (
        <ReleaseMenu
          what={{ kind: 'figure', name: table.title, figure }}
          of={{ jobId }}
          label={releaseOf.figure}
        />
      )}
      <ReleaseMenu
        what={{ kind: 'table', name: table.title, table }}
        of={{ jobId }}
        label={figure === null ? release : releaseOf.table}
      />
    </div>
  )
}
