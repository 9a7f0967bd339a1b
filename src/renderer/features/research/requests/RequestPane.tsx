/** One request: where it is, the answer with its intervals, what was asked, and where all of it comes from. */
import { ActionIcon, Button, Skeleton } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { Catalog, OpenRequest } from '../../../../shared/contract/requests.ts'
import { PURPOSES } from '../../../../shared/domain/purposes.ts'
import { epsilonOf } from '../../../../shared/domain/epsilon.ts'
import {
  formatInstant,
  formatMinute,
  formatNumber,
  formatRho,
  formatSignificant,
} from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { RecomputePanel } from '../../../parts/research/RecomputePanel.tsx'
import { TakersNote } from '../../../parts/research/TakersNote.tsx'
import { requestSentences } from '../../../parts/research/request-sentence.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { AnswerView } from './AnswerView.tsx'
import { newDraft, OUTPUT_KINDS } from './draft.ts'
import { SavePackage } from './SavePackage.tsx'
import { StateOf } from './StateOf.tsx'
import { useRequests } from './use-requests.ts'
import styles from './Requests.module.css'

interface Props {
  readonly studyHash: string
  readonly catalog: Catalog
  onClose(): void
  onOpen(studyHash: string): void
  onCompose(): void
}

export function RequestPane({ studyHash, catalog, onClose, onOpen, onCompose }: Props) {
  const words = useWords()
  const t = words.requests
  const asked = useAsk(
    () => node.requests.open({ studyHash }),
    [studyHash],
    ['requests.changed', 'node.segmentFinal'],
  )
  const opened = asked.value
  return (
    <aside className={styles.pane} aria-label={t.pane.label}>
      <header className={styles.paneHead}>
        <h2>{opened?.row.title ?? t.list.untitled(studyHash.slice(0, 8))}</h2>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={words.shell.close} onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </header>
      {asked.failure !== undefined && opened === undefined ? (
        <FailureNote code={asked.failure} onRetry={asked.again} />
      ) : opened === undefined ? (
        <Skeleton height={320} />
      ) : opened === null ? (
        <Callout tone="warn">{t.pane.gone}</Callout>
      ) : (
        <>
          <Where opened={opened} />
          <Panel title={t.pane.answer}>
            {opened.answer !== null ? (
              <AnswerView opened={opened} answer={opened.answer} catalog={catalog} />
            ) : (
              <p className="secondary">
                {opened.row.state === 'answered' ? t.pane.answerElsewhere : t.pane.noAnswer}
              </p>
            )}
          </Panel>
          <Question opened={opened} onCompose={onCompose} />
          <Provenance opened={opened} onOpen={onOpen} />
          <RecomputePanel opened={opened} onOpen={onOpen} />
          {opened.row.state === 'answered' && <SavePackage studyHash={studyHash} />}
        </>
      )}
    </aside>
  )
}

function Where({ opened: { row, checks, differing, engines, takers } }: { readonly opened: OpenRequest }) {
  const t = useWords().requests
  const locale = useLocale()
  const hint = t.stateHints[row.state]
  const sentence =
    typeof hint === 'string'
      ? hint
      : row.state === 'to-be-checked'
        ? t.stateHints['to-be-checked'](formatNumber(checks.length, locale))
        : t.stateHints.computing(
            formatNumber(row.attestedBy.length, locale),
            formatNumber(row.attestationsNeeded, locale),
          )
  return (
    <div className={room.small} role="status">
      <StateOf state={row.state} />
      <p className="secondary">{sentence}</p>
      {engines.length > 1 && (
        <p className="secondary" data-testid="request-engines">
          {t.engines(
            engines
              .map(({ engine, hospitals }) => t.engineOf(hospitals.join(t.listComma), engine))
              .join(t.listComma),
            row.state === 'held',
          )}
        </p>
      )}
      {takers.otherwise.length > 0 && (
        <Callout tone={row.state === 'disputed' || row.state === 'differs' ? 'bad' : 'warn'}>
          <TakersNote takers={takers} isRecomputation={row.chargeKind === 'recompute'} />
        </Callout>
      )}
      {differing.length > 0 && <p className="secondary">{t.differing(differing.join(', '))}</p>}
    </div>
  )
}

function Question({ opened, onCompose }: { readonly opened: OpenRequest; onCompose(): void }) {
  const words = useWords()
  const t = words.requests
  const locale = useLocale()
  const begin = useRequests((state) => state.begin)
  const { question, row, purpose } = opened
  if (question === null) return null
  // What another room asks is asked again there.
  const isComposed = question.lane === 'rule' || OUTPUT_KINDS.some((kind) => kind === question.output.kind)
  const again = () => {
    const known = PURPOSES.find((each) => each === purpose) ?? 'research'
    const fresh = { ...newDraft(), title: row.title ?? '', purpose: known, microRho: row.microRho || null }
    if (question.lane === 'rule') begin({ ...fresh, lane: 'rule', study: question.study })
    else {
      const { cohort, cleaning, followUp, output } = question
      begin({
        ...fresh,
        cohort,
        isCleaned: cleaning !== null,
        output,
        ...(followUp === null ? {} : { followUp }),
      })
    }
    onCompose()
  }
  return (
    <Panel
      title={t.pane.question}
      side={
        isComposed && (
          <Button size="compact-sm" variant="default" onClick={again}>
            {t.pane.again}
          </Button>
        )
      }
    >
      <div className={room.small}>
        {requestSentences(question, words, locale).map((sentence, i) => (
          <p key={i} className={room.said}>
            {sentence}
          </p>
        ))}
      </div>
    </Panel>
  )
}

function Provenance({ opened, onOpen }: { readonly opened: OpenRequest; onOpen(studyHash: string): void }) {
  const words = useWords()
  const t = words.requests
  const locale = useLocale()
  const { row, snapshot, purpose, question, resultHash, checks, reviews } = opened
  const when = (at: number) => formatMinute(at)
  return (
    <Panel title={t.pane.where}>
      <Fields>
        {row.at !== null && <Field name={t.pane.askedAt}>{when(row.at)}</Field>}
        {row.answeredAt !== null && <Field name={t.pane.answeredAt}>{when(row.answeredAt)}</Field>}
        <Field name={t.pane.cost}>
          {row.microRho === 0
            ? t.pane.costNothing
            : t.pane.costOf(
                formatRho(row.microRho, locale),
                formatSignificant(epsilonOf(row.microRho), locale, 2),
              )}
        </Field>
        {purpose !== null && (
          <Field name={t.pane.purpose}>
            {t.compose.purposes[purpose as keyof typeof t.compose.purposes] ?? purpose}
          </Field>
        )}
        {snapshot !== null && (
          <Field name={t.pane.snapshot}>
            {t.catalogue.snapshot(
              formatNumber(snapshot.height, locale),
              snapshot.stateAt === null ? '—' : formatInstant(snapshot.stateAt).slice(0, 10),
            )}{' '}
            <BlockHash hash={snapshot.hash} />
          </Field>
        )}
        <Field name={t.pane.attested}>
          {row.attestedBy.length === 0
            ? t.pane.attestedNone(formatNumber(row.gatewayCount, locale))
            : t.pane.attestedOf(
                formatNumber(row.attestedBy.length, locale),
                formatNumber(row.gatewayCount, locale),
                row.attestedBy.join(t.listComma),
              )}
        </Field>
        {checks.length > 0 && (
          <Field name={t.pane.checks}>
            {checks
              .map(({ hospital, verdict }) => `${hospital} (${t.pane.check[verdict]})`)
              .join(t.listComma)}
          </Field>
        )}
        {reviews.length > 0 && (
          <Field name={t.pane.reviews}>
            <ul className={styles.reviews} data-testid="study-reviews">
              {reviews.map(({ institution, verdict, at, height }, i) => (
                <li key={i}>
                  {t.pane.reviewOf(
                    institution,
                    words.reviews.verdicts[verdict] ?? verdict,
                    formatNumber(height, locale),
                    when(at),
                  )}
                </li>
              ))}
            </ul>
          </Field>
        )}
        <Field name={t.pane.study}>
          <BlockHash hash={row.studyHash} />
        </Field>
        {question !== null && (
          <Field name={t.pane.request}>
            <BlockHash hash={question.requestHash} />
          </Field>
        )}
        {resultHash !== null && (
          <Field name={t.pane.result}>
            <BlockHash hash={resultHash} />
          </Field>
        )}
        {row.of !== null && row.chargeKind !== 'registered-model' && (
          <Field name={t.pane.of}>
            <Button size="compact-sm" variant="subtle" onClick={() => row.of !== null && onOpen(row.of)}>
              {row.of.slice(0, 8)}
            </Button>
          </Field>
        )}
      </Fields>
    </Panel>
  )
}
