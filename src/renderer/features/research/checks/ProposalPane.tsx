/** One proposal: the question in words, what would leave, every rule with its number, and the verdict of this hospital. */
import { ActionIcon, Button, Checkbox, Skeleton, Table, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { CHECKLIST, type Proposal, type RuleCheckView } from '../../../../shared/contract/checks.ts'
import { formatMinute, formatNumber, formatSignificant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { requestSentences } from '../../../parts/research/request-sentence.ts'
import { findingTable } from '../../../parts/research/rule-tables.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Checks.module.css'

interface Props {
  readonly studyHash: string
  onDecided(): void
  onClose(): void
}

export function ProposalPane({ studyHash, onDecided, onClose }: Props) {
  const words = useWords()
  const t = words.checks
  const asked = useAsk(() => node.checks.open({ studyHash }), [studyHash], ['requests.changed'])
  const proposal = asked.value
  return (
    <aside className={styles.pane} aria-label={t.pane}>
      <header className={styles.head}>
        <h2>{proposal?.row.title ?? t.pane}</h2>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={words.shell.close} onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </header>
      {asked.failure !== undefined && proposal === undefined ? (
        <FailureNote code={asked.failure} onRetry={asked.again} />
      ) : proposal === undefined ? (
        <Skeleton height={320} />
      ) : proposal === null ? (
        <Callout tone="warn">{t.gone}</Callout>
      ) : (
        <>
          <Question proposal={proposal} />
          <Leaves proposal={proposal} />
          <Rules checks={proposal.checks} />
          <Earlier proposal={proposal} />
          <Verdicts proposal={proposal} />
          <Decide
            proposal={proposal}
            onDecided={() => {
              asked.again()
              onDecided()
            }}
          />
        </>
      )}
    </aside>
  )
}

function Question({ proposal: { question, purpose, row } }: { readonly proposal: Proposal }) {
  const words = useWords()
  const t = words.checks
  const locale = useLocale()
  const purposes: Readonly<Record<string, string>> = words.requests.compose.purposes
  return (
    <Panel title={t.asked}>
      <div className={styles.small}>
        {requestSentences(question, words, locale).map((sentence, i) => (
          <p key={i} className={styles.said}>
            {sentence}
          </p>
        ))}
        <Fields>
          <Field name={t.requester}>{row.requester}</Field>
          <Field name={t.purpose}>{purposes[purpose] ?? purpose}</Field>
        </Fields>
      </div>
    </Panel>
  )
}

function Leaves({ proposal: { leaves, question } }: { readonly proposal: Proposal }) {
  const words = useWords()
  const locale = useLocale()
  const study = question.lane === 'rule' ? question.study : null
  const t = words.checks
  return (
    <Panel title={t.leaves}>
      <div className={styles.stack} data-testid="leaves">
        <p className="secondary">{t.leavesHint}</p>
        {leaves.findings.map((finding, i) => {
          const table = findingTable(finding, study, words, locale)
          return (
            <div key={i}>
              <h3>{table.title}</h3>
              <PaperTableView table={table} />
            </div>
          )
        })}
      </div>
    </Panel>
  )
}

const ICONS = { met: IconCircleCheck, near: IconAlertTriangle, broken: IconCircleX }

function Rules({ checks }: { readonly checks: readonly RuleCheckView[] }) {
  const t = useWords().checks
  const locale = useLocale()
  const count = (verdict: RuleCheckView['verdict']) =>
    formatNumber(checks.filter((each) => each.verdict === verdict).length, locale)
  return (
    <Panel
      title={t.rules}
      side={<span className="secondary">{t.ruleSummary(count('met'), count('near'))}</span>}
    >
      <p className="secondary">{t.rulesHint}</p>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.rules}>
        <Table aria-label={t.rules} className={styles.numbers}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.rule}</Table.Th>
              <Table.Th scope="col">{t.what}</Table.Th>
              <Table.Th scope="col">{t.value}</Table.Th>
              <Table.Th scope="col">{t.limit}</Table.Th>
              <Table.Th scope="col" aria-label={t.rules} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {checks.map(({ rule, what, value, isAbout, limit, verdict, bound }, i) => {
              const Icon = ICONS[verdict]
              const [said, most] = [value ?? 0, limit].map((each) => formatSignificant(each, locale, 4))
              return (
                <Table.Tr key={i}>
                  <Table.Th scope="row">
                    {rule} <span className="secondary">{t.ruleNames[rule]}</span>
                  </Table.Th>
                  <Table.Td>{t.comparisons[`${rule}/${what}`] ?? t.comparisonOther(what)}</Table.Td>
                  <Table.Td>
                    {value === null
                      ? t.unsaid
                      : bound === 'must'
                        ? t.is[value === 1 ? 'yes' : 'no']
                        : isAbout
                          ? t.about(said!)
                          : said}
                  </Table.Td>
                  <Table.Td>
                    {bound === undefined ? most : bound === 'must' ? t.is.yes : t.bound[bound](most!)}
                  </Table.Td>
                  <Table.Td>
                    <span className={styles.verdict} data-verdict={verdict}>
                      <Icon size={16} aria-hidden />
                      {t.verdict[verdict]}
                    </span>
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

/** What the tick about subtraction is about. */
function Earlier({ proposal: { earlier } }: { readonly proposal: Proposal }) {
  const words = useWords()
  const t = words.checks
  return (
    <Panel title={t.earlier}>
      {earlier.length === 0 ? (
        <p className="secondary">{t.noEarlier}</p>
      ) : (
        <ul className={styles.small} data-testid="earlier">
          {earlier.map(({ studyHash, title, requester, at, lane, isOfSameSnapshot }) => (
            <li key={studyHash}>
              {title ?? words.requests.list.untitled(studyHash.slice(0, 8))}
              <span className="secondary">
                {' · '}
                {requester}
                {at !== null && ` · ${formatMinute(at)}`} · {t.earlierLane[lane]}
                {!isOfSameSnapshot && ` · ${t.otherSnapshot}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Verdicts({ proposal: { verdicts } }: { readonly proposal: Proposal }) {
  const t = useWords().checks
  return (
    <Panel title={t.others}>
      {verdicts.length === 0 ? (
        <p className="secondary">{t.noVerdict}</p>
      ) : (
        <Fields>
          {verdicts.map(({ hospital, verdict, at }) => (
            <Field key={hospital} name={hospital}>
              {verdict === 'approve' ? t.approved : t.refusedIt}
              {at !== null && <span className="secondary"> · {formatMinute(at)}</span>}
            </Field>
          ))}
        </Fields>
      )}
    </Panel>
  )
}

function Decide({ proposal, onDecided }: { readonly proposal: Proposal; onDecided(): void }) {
  const t = useWords().checks
  const { row, proposalHash } = proposal
  const [checked, setChecked] = useState<readonly (typeof CHECKLIST)[number][]>([])
  const [comment, setComment] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<{ readonly isDecided: boolean; readonly words: string } | null>(null)
  if (row.mayCheck !== 'yes')
    return (
      <Callout tone={answer?.isDecided === true ? 'good' : 'plain'} isLive>
        {answer?.isDecided === true ? answer.words : t.why[row.mayCheck]}
      </Callout>
    )
  const decide = async (verdict: 'approve' | 'refuse') => {
    setBusy(true)
    setAnswer(null)
    try {
      const said = await node.checks.decide({
        studyHash: row.studyHash,
        proposalHash,
        verdict,
        checklist: [...checked],
        comment,
      })
      setAnswer(
        said.kind === 'decided'
          ? { isDecided: true, words: t.decided }
          : { isDecided: false, words: t.refused[said.reason] },
      )
      onDecided()
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const isAll = checked.length === CHECKLIST.length
  return (
    <Panel title={t.checklist}>
      <div className={styles.small} role="group" aria-label={t.checklist}>
        {CHECKLIST.map((point) => (
          <Checkbox
            key={point}
            label={t.points[point]}
            checked={checked.includes(point)}
            onChange={({ currentTarget }) =>
              setChecked(
                currentTarget.checked ? [...checked, point] : checked.filter((each) => each !== point),
              )
            }
          />
        ))}
        <Textarea
          label={t.comment}
          description={t.commentHint}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2_000}
          value={comment}
          onChange={({ currentTarget }) => setComment(currentTarget.value)}
        />
        {answer !== null && (
          <Callout tone={answer.isDecided ? 'good' : 'bad'} isLive>
            {answer.words}
          </Callout>
        )}
        <div className={styles.row}>
          <Button disabled={!isAll || isBusy} onClick={() => void decide('approve')}>
            {t.approve}
          </Button>
          <Button
            variant="light"
            color="red"
            disabled={comment.trim() === '' || isBusy}
            onClick={() => void decide('refuse')}
          >
            {t.refuse}
          </Button>
          {!isAll && <span className="secondary">{t.allPoints}</span>}
        </div>
      </div>
    </Panel>
  )
}
