/** The answer: headline first, then figure and table, each with its way out; and what label its numbers carry. */
import { useMemo } from 'react'
import type { AnswerView as Answer, NoisyAnswer } from '../../../../shared/contract/answers.ts'
import type { Catalog, OpenRequest } from '../../../../shared/contract/requests.ts'
import { epsilonOf } from '../../../../shared/domain/epsilon.ts'
import { formatSignificant } from '../../../lib/format.ts'
import { shownAnswer } from '../../../parts/research/answer-tables.ts'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { findingTable } from '../../../parts/research/rule-tables.ts'
import { Callout } from '../../../ui/Callout.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Requests.module.css'

interface Props {
  readonly opened: OpenRequest
  readonly answer: Answer
  readonly catalog: Catalog
}

export function AnswerView({ opened, answer, catalog }: Props) {
  const t = useWords().requests.answer
  const locale = useLocale()
  if (answer.kind === 'refused') return <Callout tone="warn">{t.refused}</Callout>
  return (
    <div className={room.small} data-testid="answer">
      <p className="secondary" data-testid="lane-label">
        {answer.kind === 'rule'
          ? t.lanes.rule
          : t.lanes.noise(formatSignificant(epsilonOf(opened.paidMicroRho), locale, 2))}
      </p>
      {opened.isUnattested && <Callout tone="warn">{t.unattested}</Callout>}
      {answer.kind === 'rule' ? (
        answer.answer.findings.map((finding) => (
          <OneTable
            key={`${finding.name}/${finding.kind}/${finding.kind === 'quantile' ? finding.perMille : ''}`}
            finding={finding}
            opened={opened}
          />
        ))
      ) : (
        <Noisy answer={answer.answer} opened={opened} catalog={catalog} />
      )}
    </div>
  )
}

function OneTable({
  finding,
  opened,
}: {
  readonly finding: Parameters<typeof findingTable>[0]
  readonly opened: OpenRequest
}) {
  const words = useWords()
  const locale = useLocale()
  const { question, row } = opened
  const study = question?.lane === 'rule' ? question.study : null
  return <WithMenu table={findingTable(finding, study, words, locale)} studyHash={row.studyHash} />
}

function WithMenu({ table, studyHash }: { readonly table: PaperTable; readonly studyHash: string }) {
  return (
    <div>
      <div className={styles.paneHead}>
        <h3>{table.title}</h3>
        <ReleaseMenu what={{ kind: 'table', name: table.title, table }} of={{ jobId: null, studyHash }} />
      </div>
      <PaperTableView table={table} />
    </div>
  )
}

function Noisy({
  answer,
  opened,
  catalog,
}: {
  readonly answer: NoisyAnswer
  readonly opened: OpenRequest
  readonly catalog: Catalog
}) {
  const words = useWords()
  const t = words.requests.answer
  const locale = useLocale()
  const { question, row } = opened
  const title = row.title ?? t.table
  const shown = useMemo(
    () =>
      question?.lane === 'noise'
        ? shownAnswer(answer, { title, output: question.output, variables: catalog.variables, words, locale })
        : null,
    [answer, question, title, catalog.variables, words, locale],
  )
  if (answer.kind === 'withheld') return <Callout tone="warn">{t.withheld}</Callout>
  if (shown === null) return null
  const of = { jobId: null, studyHash: row.studyHash } as const
  return (
    <>
      {shown.headline !== null && (
        <p className={styles.big} data-testid="headline">
          {shown.headline}
        </p>
      )}
      {shown.figure !== null && (
        <figure style={{ margin: 0 }}>
          <div className={styles.paneHead}>
            <h3>{t.figure}</h3>
            <ReleaseMenu what={{ kind: 'figure', name: title, figure: shown.figure }} of={of} />
          </div>
          <FigureView figure={shown.figure} />
        </figure>
      )}
      {shown.table === null ? (
        <p className="secondary">{t.interval}</p>
      ) : (
        <WithMenu table={shown.table} studyHash={row.studyHash} />
      )}
      {shown.second !== undefined && <WithMenu table={shown.second} studyHash={row.studyHash} />}
    </>
  )
}
