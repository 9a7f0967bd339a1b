/** What this institution said of studies: where each review stands, and its text where this person wrote it. */
import { mayCall } from '../../../../shared/contract/rights.ts'
import type { OwnReview } from '../../../../shared/contract/reviews.ts'
import { formatMinute, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Reviews.module.css'

/** Asked anew with each decision of the chain; null for whoever signs none. */
export function useOwnReviews() {
  const roles = useOpenSession()?.person.roles ?? []
  const maySee = mayCall('reviews.mine', roles)
  return useAsk(
    async () => (maySee ? node.reviews.mine() : null),
    [maySee],
    ['requests.changed', 'node.segmentFinal'],
  )
}

export function OwnReviews({ own }: { readonly own: ReturnType<typeof useOwnReviews> }) {
  const words = useWords()
  const t = words.reviews.own
  const { value, failure, again } = own
  if (failure !== undefined && value === undefined) return <FailureNote code={failure} onRetry={again} />
  if (value == null) return null
  return (
    <Panel title={t.title}>
      {value.length === 0 ? (
        <p className="secondary">{t.none}</p>
      ) : (
        <ul className={styles.own}>
          {value.map((review) => (
            <li key={review.itemHash} data-testid="own-review" data-state={review.state}>
              <h3>{review.title ?? words.requests.list.untitled(review.studyHash.slice(0, 8))}</h3>
              <ReviewSaid review={review} />
              {review.text === null ? (
                <p className="secondary">{t.textElsewhere}</p>
              ) : (
                <article className={styles.ownText}>{review.text}</article>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** What it says, and where it stands. */
export function ReviewSaid({ review }: { readonly review: OwnReview }) {
  const t = useWords().reviews
  const locale = useLocale()
  const { verdict, at, state, height } = review
  const where =
    state === 'final'
      ? t.own.final(formatNumber(height ?? 0, locale), formatMinute(at))
      : state === 'waiting'
        ? t.signed
        : t.own.lost
  return (
    <Callout tone={state === 'final' ? 'good' : state === 'lost' ? 'bad' : 'plain'} isLive>
      {t.own.said(t.verdicts[verdict] ?? verdict, where)}
    </Callout>
  )
}
