/** Checking a study package, holding a manuscript's numbers against it, and signing a review. */
import { Button, Stack, Text } from '@mantine/core'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { formatRho } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { RecomputePanel } from '../../../parts/research/RecomputePanel.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { AttestedNumbers } from './AttestedNumbers.tsx'
import { cellWords, detailWords } from './cell-words.ts'
import styles from './Reviews.module.css'
import { OwnReviews, useOwnReviews } from './OwnReviews.tsx'
import { SignReview } from './SignReview.tsx'
import { type OpenedPackage, useReviews } from './use-reviews.ts'

export function Reviews() {
  const t = useWords().reviews
  const { opened, open } = useReviews()
  const own = useOwnReviews()
  return (
    <div className="room">
      <header className="room-head">
        <h1>{t.title}</h1>
        <Button
          variant={opened === null ? 'filled' : 'default'}
          onClick={() => void open().catch(tellFailure)}
        >
          {opened === null ? t.open : t.other}
        </Button>
      </header>
      <div className={`room-body ${styles.body}`}>
        <Text size="sm">{t.honest}</Text>
        {opened === null && <EmptyState>{t.noneOpen}</EmptyState>}
        {opened?.kind === 'not-a-package' && (
          <Callout tone="bad" isLive>
            {t.notAPackage(opened.name)}
          </Callout>
        )}
        {opened?.kind === 'opened' && <Opened key={opened.packageHash} opened={opened} own={own} />}
        <OwnReviews own={own} />
      </div>
    </div>
  )
}

function Opened({
  opened,
  own,
}: {
  readonly opened: OpenedPackage
  readonly own: ReturnType<typeof useOwnReviews>
}) {
  const t = useWords().reviews
  const { report, here, name } = opened
  return (
    <>
      <Callout tone={report.ok ? 'good' : 'bad'} isLive title={name}>
        {report.ok ? t.holds : t.fails}
      </Callout>
      <Panel title={t.checks}>
        <Stack gap="sm">
          <Text size="sm">{t.chain[here]}</Text>
          <Text size="sm">
            {t.chainId}: <span className="mono">{report.chainId ?? '–'}</span>
          </Text>
          <table className={styles.table} data-testid="checks">
            <thead>
              <tr>
                <th scope="col">{t.verdict}</th>
                <th scope="col">{t.check}</th>
                <th scope="col">{t.detail}</th>
              </tr>
            </thead>
            <tbody>
              {report.checks.map(({ id, ok, detail }) => (
                <tr key={id}>
                  <td className={ok ? styles.good : styles.bad}>{ok ? t.yes : t.no}</td>
                  <td>{t.ids[id] ?? id}</td>
                  <Detail detail={detail} />
                </tr>
              ))}
            </tbody>
          </table>
        </Stack>
      </Panel>
      {report.study !== null && <Question opened={opened} />}
      {report.checks.some(({ id }) => id === 'registered') && <Protocol opened={opened} />}
      {report.lines.length > 0 && <AttestedNumbers opened={opened} />}
      {report.study !== null && here === 'own-chain' && (
        <ComputedAgain studyHash={report.study.studyHash} packageHash={opened.packageHash} />
      )}
      {report.study !== null && <SignReview opened={opened} own={own} />}
    </>
  )
}

/** In English where the program that checks has no other words for it. */
function Detail({ detail }: { readonly detail: string | null }) {
  const said = detail === null ? null : detailWords(detail, useWords())
  return <td lang={detail !== null && said === detail ? 'en' : undefined}>{said}</td>
}

function Question({ opened }: { readonly opened: OpenedPackage }) {
  const words = useWords()
  const t = words.reviews
  const purposes: Readonly<Record<string, string>> = words.requests.compose.purposes
  const locale = useLocale()
  const study = opened.report.study!
  return (
    <Panel title={t.question}>
      <Stack gap="xs">
        <Text size="sm">
          {t.askedBy(study.askedBy, study.askedOn)}{' '}
          {study.lane === 'automatic' ? t.automatic(formatRho(study.chargeMicroRho, locale)) : t.byRule}
        </Text>
        <Text size="sm">{t.ownWords(study.title, purposes[study.purpose] ?? study.purpose)}</Text>
        {study.otherwise.length > 0 && (
          <Text size="sm" className={styles.bad} data-testid="signed-otherwise">
            {t.otherwise(study.otherwise.join(t.listComma))}
          </Text>
        )}
        {study.recomputations.map(({ on, askedBy, outcome, cells, same, otherwise }, i) => (
          <div
            key={`again-${i}`}
            data-testid="again"
            data-outcome={outcome}
            data-otherwise={otherwise.length}
          >
            <Text
              size="sm"
              {...(outcome === 'differs' || otherwise.length > 0 ? { className: styles.bad } : {})}
            >
              {t.again(on, askedBy, t.outcomes[outcome] ?? outcome)} {t.byWhom(same.join(t.listComma))}
              {otherwise.length > 0 && ` ${t.otherwise(otherwise.join(t.listComma))}`}
            </Text>
            {outcome === 'differs' &&
              (cells.length === 0 ? (
                <Text size="sm">{t.cellsElsewhere}</Text>
              ) : (
                <ul className={styles.cells} aria-label={t.cellsDiffer}>
                  {cells.map((cell) => (
                    <li key={cell} title={cell}>
                      {cellWords(cell, words, locale)}
                    </li>
                  ))}
                </ul>
              ))}
          </div>
        ))}
        {study.reviews.map(({ on, by, verdict }, i) => (
          <Text size="sm" key={`review-${i}`}>
            {t.reviewed(on, by, t.verdicts[verdict] ?? verdict)}
          </Text>
        ))}
        <details>
          <summary>{t.inFull}</summary>
          <pre className={`mono ${styles.question}`} tabIndex={0}>
            {study.question}
          </pre>
        </details>
      </Stack>
    </Panel>
  )
}

/** The gateways' own word, beside what the package says by itself. */
function ComputedAgain({
  studyHash,
  packageHash,
}: {
  readonly studyHash: string
  readonly packageHash: string
}) {
  const t = useWords().reviews
  const roles = useOpenSession()?.person.roles ?? []
  const mayAsk = mayCall('requests.recompute', roles)
  const asked = useAsk(
    async () => (mayAsk ? node.requests.open({ studyHash }) : null),
    [studyHash, mayAsk],
    ['requests.changed', 'node.segmentFinal'],
  )
  if (!mayAsk) return null
  if (asked.failure !== undefined && asked.value === undefined)
    return <FailureNote code={asked.failure} onRetry={asked.again} />
  return asked.value == null ? (
    asked.value === null && <Text size="sm">{t.notHere}</Text>
  ) : (
    <RecomputePanel opened={asked.value} packageHash={packageHash} />
  )
}

function Protocol({ opened }: { readonly opened: OpenedPackage }) {
  const t = useWords().reviews
  const { protocolDifferences } = opened.report
  return (
    <Panel title={t.protocol}>
      {protocolDifferences.length === 0 ? (
        <Text size="sm">{t.noDifference}</Text>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t.where}</th>
              <th scope="col">{t.planned}</th>
              <th scope="col">{t.run}</th>
            </tr>
          </thead>
          <tbody>
            {protocolDifferences.map(({ path, planned, run }) => (
              <tr key={path}>
                <td className="mono">{path}</td>
                <td className="mono">{planned}</td>
                <td className="mono">{run}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
