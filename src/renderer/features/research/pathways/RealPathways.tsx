/** The same question asked of all hospitals: what it costs and leaves, the click, and the real pathways when they have come. */
import { Button, NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMemo, useState } from 'react'
import type { Catalog, OpenRequest, Priced, RequestRow } from '../../../../shared/contract/requests.ts'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { epsilonOf } from '../../../../shared/domain/epsilon.ts'
import { askedPathwaysText, PATHWAY_STEPS_ASKED_MAX } from '../../../../shared/domain/pathways.ts'
import { formatInstant, formatNumber, formatRho, formatSignificant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { cohortSentences } from '../../../parts/research/cohort-sentence.ts'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import { NoSnapshot } from '../../../parts/research/NoSnapshot.tsx'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import {
  eventNames,
  realFigure,
  realTable,
  realWaits,
  type RealPathways as Answer,
} from '../../../parts/research/pathways-answer.ts'
import { problemWords, remainingWords } from '../../../parts/research/price-words.ts'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { PRECISIONS, realAsked, type Precision } from './real-question.ts'
import type { PathwaysQuestion } from './use-pathways.ts'
import styles from './Pathways.module.css'

export function RealPathways({ question }: { readonly question: PathwaysQuestion }) {
  const words = useWords()
  const t = words.pathways.real
  const roles = useOpenSession()?.person.roles ?? null
  const mayAsk = mayCall('requests.submit', roles)
  const catalog = useAsk(
    async () => (mayAsk ? node.requests.catalog() : null),
    [mayAsk],
    ['requests.changed', 'node.segmentFinal'],
  )
  if (!mayAsk || catalog.value === null) return null
  return (
    <Panel
      title={
        <>
          {t.title} <span className={styles.mark}>{t.mark}</span>
        </>
      }
    >
      <div className={room.stack} data-testid="real-pathways">
        <p className="secondary" style={{ margin: 0 }}>
          {t.intro}
        </p>
        {catalog.failure !== undefined && catalog.value === undefined ? (
          <FailureNote code={catalog.failure} onRetry={catalog.again} />
        ) : catalog.value === undefined ? (
          <Skeleton height={120} />
        ) : catalog.value.snapshots.length === 0 ? (
          <NoSnapshot />
        ) : (
          <Ask question={question} catalog={catalog.value} />
        )}
        <Answers question={question} />
      </div>
    </Panel>
  )
}

function Ask({ question, catalog }: { readonly question: PathwaysQuestion; readonly catalog: Catalog }) {
  const words = useWords()
  const t = words.pathways.real
  const locale = useLocale()
  const [precision, setPrecision] = useState<Precision>('usual')
  const [isAsking, setAsking] = useState(false)
  const [snapshot] = catalog.snapshots
  const budget = useAsk(
    async () =>
      snapshot === undefined ? null : node.requests.budget({ snapshot: snapshot.hash, isPublished: false }),
    [snapshot?.hash],
    ['requests.changed'],
  )
  const most = budget.value?.chargeMost.table
  const asked =
    most === undefined || snapshot === undefined
      ? null
      : realAsked(question, { snapshot: snapshot.hash, most, precision })
  const text = JSON.stringify(asked)
  const priced = useAsk(
    async () => ({
      of: text,
      price: asked === null ? null : await node.requests.price({ asked, wished: null }),
    }),
    [text],
    ['requests.changed'],
  )
  // Nobody confirms a price that was never shown: of what stood there before is none of this.
  const price = priced.value?.of === text && priced.failure === undefined ? priced.value.price : null
  const shown = price?.kind === 'priced' ? price : null
  const isTooDear = shown !== null && shown.same === null && shown.binding?.times === 0
  const submit = async (): Promise<void> => {
    if (asked === null || shown === null) return
    setAsking(true)
    try {
      const title = t.requestTitle(question.cohort.title).slice(0, 200)
      const answer = await node.requests.submit({
        asked,
        title,
        purpose: 'research',
        studyId: null,
        shown: { requestHash: shown.requestHash, microRho: shown.microRho },
      })
      const { asked: said } = words.requests
      if (answer.kind === 'submitted') notifications.show({ message: said.done(answer.heldBy.length) })
      if (answer.kind === 'known') notifications.show({ message: said.known })
      if (answer.kind === 'refused')
        notifications.show({
          color: 'red',
          message: `${said.refused[answer.reason]} ${answer.limit === undefined ? '' : (words.requests.budget.none[answer.limit] ?? '')}`,
          autoClose: 10_000,
        })
      priced.again()
      budget.again()
    } catch (error) {
      tellFailure(error)
    } finally {
      setAsking(false)
    }
  }
  if (budget.failure !== undefined && budget.value === undefined)
    return <FailureNote code={budget.failure} onRetry={budget.again} />
  return (
    <div className={room.small}>
      <SegmentedControl
        aria-label={words.requests.price.title}
        className={styles.precision}
        value={precision}
        data={PRECISIONS.map((value) => ({ value, label: words.requests.price.presets[value] }))}
        onChange={(value) => setPrecision(value as Precision)}
      />
      {question.definition.sequence.stepsMost > PATHWAY_STEPS_ASKED_MAX && (
        <p className={room.said}>{t.stepsMost(String(PATHWAY_STEPS_ASKED_MAX))}</p>
      )}
      {asked !== null && (question.cleaning?.steps.length ?? 0) > (asked.cleaning?.steps.length ?? 0) && (
        <p className={room.said}>{t.stepsLeftOut}</p>
      )}
      <div aria-live="polite" data-testid="real-price">
        {most !== undefined && asked === null && (
          <Callout tone="warn">{words.pathways.refused['invalid']}</Callout>
        )}
        {price?.kind === 'problems' && (
          <Callout tone="warn">
            {[...new Set(price.problems.map((each) => problemWords(each, words)))].join(' ')}
          </Callout>
        )}
        {priced.failure !== undefined && <FailureNote code={priced.failure} onRetry={priced.again} />}
        {shown !== null && asked !== null && <Price priced={shown} microRho={asked.microRho} />}
      </div>
      <div className={room.row}>
        <Button
          disabled={shown === null || shown.same !== null || isTooDear}
          loading={isAsking}
          onClick={() => void submit()}
        >
          {t.ask}
        </Button>
        <span className="secondary">{shown?.same == null ? words.requests.compose.chargedOnce : t.same}</span>
      </div>
      {snapshot !== undefined && (
        <p className="secondary" style={{ margin: 0 }}>
          {t.counted(
            formatNumber(snapshot.height, locale),
            snapshot.stateAt === null ? '—' : formatInstant(snapshot.stateAt).slice(0, 10),
            formatNumber(catalog.gatewayCount, locale),
          )}
        </p>
      )}
      {question.definition.trajectory !== null && (
        <p className="secondary" style={{ margin: 0 }} data-testid="real-no-trajectory">
          {t.noTrajectory}
        </p>
      )}
    </div>
  )
}

function Price({ priced, microRho }: { readonly priced: Priced; readonly microRho: number }) {
  const words = useWords()
  const t = words.pathways.real
  const locale = useLocale()
  const { binding, noise, same } = priced
  const number = (value: number) => formatNumber(value, locale)
  const [transitions, waits] = noise
  return (
    <>
      {same === null && (
        <p className={room.said}>
          {t.price(formatRho(microRho, locale), formatSignificant(epsilonOf(microRho), locale, 2))}
        </p>
      )}
      {transitions !== undefined && waits !== undefined && (
        <p className={room.said}>
          {t.buys(number(transitions.halfWidth), number(transitions.shownFrom ?? 0), number(waits.halfWidth))}
        </p>
      )}
      {same === null && binding !== null && binding.times > 0 && (
        <p className={room.said} data-testid="real-remains">
          {remainingWords(priced, words, number)}
        </p>
      )}
      {same === null && binding?.times === 0 && (
        <Callout tone="bad">
          {words.requests.budget.none[binding.limit] ?? words.requests.budget.more[binding.limit]?.('0', '')}
        </Callout>
      )}
    </>
  )
}

/** Those that were asked, newest first: what waits is said, one that is answered is shown. */
function Answers({ question }: { readonly question: PathwaysQuestion }) {
  const words = useWords()
  const t = words.pathways.real
  const locale = useLocale()
  const [chosen, setChosen] = useState<string | null>(null)
  const list = useAsk(() => node.requests.list(), [], ['requests.changed', 'node.segmentFinal'])
  const rows = (list.value ?? []).filter(
    ({ output, chargeKind }) => output === 'pathways' && chargeKind !== 'recompute',
  )
  const answered = rows.filter(({ state }) => state === 'answered')
  const waiting = rows.filter(({ state }) => ['handing-over', 'charged', 'computing', 'held'].includes(state))
  const row = answered.find(({ studyHash }) => studyHash === chosen) ?? answered[0]
  const nameOf = ({ title, studyHash, at }: RequestRow) =>
    `${title ?? studyHash.slice(0, 8)}${at === null ? '' : `, ${formatInstant(at)}`}`
  return (
    <>
      {waiting.length > 0 && (
        <ul className={styles.waiting} role="status">
          {waiting.map((each) => (
            <li key={each.studyHash}>
              {t.waiting(
                nameOf(each),
                words.requests.states[each.state],
                formatNumber(each.attestedBy.length, locale),
                formatNumber(each.attestationsNeeded, locale),
              )}
            </li>
          ))}
        </ul>
      )}
      {answered.length > 1 && (
        <NativeSelect
          label={t.which}
          value={row?.studyHash ?? ''}
          data={answered.map((each) => ({ value: each.studyHash, label: nameOf(each) }))}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
      )}
      {row !== undefined && <Opened key={row.studyHash} studyHash={row.studyHash} question={question} />}
    </>
  )
}

function Opened({
  studyHash,
  question,
}: {
  readonly studyHash: string
  readonly question: PathwaysQuestion
}) {
  const words = useWords()
  const opened = useAsk(() => node.requests.open({ studyHash }), [studyHash], ['requests.changed'])
  if (opened.failure !== undefined && opened.value === undefined)
    return <FailureNote code={opened.failure} onRetry={opened.again} />
  if (opened.value === undefined) return <Skeleton height={240} />
  const { answer } = opened.value ?? { answer: null }
  if (opened.value === null || answer?.kind !== 'noise')
    return <Callout tone="plain">{words.requests.pane.answerElsewhere}</Callout>
  if (answer.answer.kind !== 'pathways')
    return <Callout tone="warn">{words.requests.answer.withheld}</Callout>
  return <Real answer={answer.answer} opened={opened.value} question={question} />
}

function Real({
  answer,
  opened,
  question,
}: {
  readonly answer: Answer
  readonly opened: OpenRequest
  readonly question: PathwaysQuestion
}) {
  const words = useWords()
  const t = words.pathways.real
  const locale = useLocale()
  const { row, isUnattested, paidMicroRho } = opened
  const asked = opened.question?.lane === 'noise' ? opened.question : null
  const output = asked?.output.kind === 'pathways' ? asked.output : null
  const { definition } = question
  const shown = useMemo(() => {
    if (output === null) return null
    const { classes, codeSets, watch, sequence } = definition
    const now = { events: classes.map(({ event }) => event), codeSets, watch, sequence }
    // Names that a person gave belong to the events that stand there now: the same ones keep them.
    const isSame = eventsText(now) === eventsText(output)
    const names = isSame ? classes.map(({ name }) => name) : eventNames(output, words, locale)
    const context = { title: t.sequence, names, words, locale }
    return {
      figure: realFigure(answer, context),
      ways: realTable(answer, context),
      waits: realWaits(answer, context),
    }
  }, [answer, output, definition, words, locale])
  if (shown === null || asked === null) return null
  const of = { jobId: null, studyHash: row.studyHash } as const
  return (
    <div className={`${room.stack} ${styles.real}`} data-testid="real-answer">
      <p className={room.said}>
        <strong>{row.title}</strong>
        {' · '}
        {words.requests.answer.lanes.noise(formatSignificant(epsilonOf(paidMicroRho), locale, 2))}
        {' · '}
        {t.of(
          formatNumber(row.attestedBy.length, locale),
          row.snapshotHeight === null ? '—' : formatNumber(row.snapshotHeight, locale),
        )}
      </p>
      <p className="secondary" style={{ margin: 0 }}>
        {cohortSentences(asked.cohort, words, locale).join(' ')}
      </p>
      {isUnattested && <Callout tone="warn">{words.requests.answer.unattested}</Callout>}
      {shown.figure !== null && (
        <figure className={styles.figure}>
          <div className={styles.foot}>
            <h3>{t.sequence}</h3>
            <ReleaseMenu what={{ kind: 'figure', name: t.sequence, figure: shown.figure }} of={of} />
          </div>
          <FigureView figure={shown.figure} />
        </figure>
      )}
      {[shown.ways, shown.waits].map((table) => (
        <WithMenu key={table.title} table={table} of={of} />
      ))}
    </div>
  )
}

function WithMenu({
  table,
  of,
}: {
  readonly table: PaperTable
  readonly of: { readonly jobId: null; readonly studyHash: string }
}) {
  return (
    <div>
      <div className={styles.foot}>
        <h3>{table.title}</h3>
        <ReleaseMenu what={{ kind: 'table', name: table.title, table }} of={of} />
      </div>
      <PaperTableView table={table} />
    </div>
  )
}

/** What the events are, however they are followed. */
function eventsText({
  events,
  codeSets,
}: Pick<Parameters<typeof askedPathwaysText>[0], 'events' | 'codeSets'>) {
  return askedPathwaysText({
    events,
    codeSets,
    watch: { left: null, atMostDays: null, until: null },
    sequence: { which: 'all', collapseDays: 0, stepsMost: 1 },
  })
}
