/** The review that goes into the chain. */
import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import styles from './Reviews.module.css'
import { formatNumber } from '../../../lib/format.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { againstConfirmed } from './confirmed-anyway.ts'
import { ReviewSaid, type useOwnReviews } from './OwnReviews.tsx'
import { type OpenedPackage, useReviews } from './use-reviews.ts'

const VERDICTS = ['confirmed', 'differs', 'not-recomputable'] as const
type Verdict = (typeof VERDICTS)[number]
/** Why nothing was signed; or that it was, and its text was not kept. */
type Said = 'text-not-kept' | 'not-open' | 'other-chain' | 'does-not-hold' | 'not-taken'

interface Props {
  readonly opened: OpenedPackage
  /** The list below shows the same ones. */
  readonly own: ReturnType<typeof useOwnReviews>
}

export function SignReview({ opened, own }: Props) {
  const t = useWords().reviews
  const locale = useLocale()
  const session = useOpenSession()
  const roles = session?.person.roles ?? []
  const { compared } = useReviews()
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [text, setText] = useState('')
  const [said, setSaid] = useState<Said | null>(null)
  if (opened.here !== 'own-chain' || !mayCall('reviews.sign', roles)) return null
  const sign = async (chosen: Verdict) => {
    const answer = await node.reviews.sign({ packageHash: opened.packageHash, verdict: chosen, text })
    if (answer.kind === 'refused') return setSaid(answer.reason)
    setSaid(answer.isTextKept ? null : 'text-not-kept')
    // What was signed stands above, in the list; the form is for a further one. A text that is nowhere else stays for whoever wrote it.
    setVerdict(null)
    if (answer.isTextKept) setText('')
    own.again()
  }
  const { differing, withheld, all } = againstConfirmed(compared)
  const isOwnStudy = opened.report.study?.askedBy === session?.institutionName
  const signed = (own.value ?? []).filter(({ studyHash }) => studyHash === opened.report.study?.studyHash)
  return (
    <Panel title={t.sign}>
      <Stack gap="sm">
        <Text size="sm">{t.signHint}</Text>
        {isOwnStudy && <Callout tone="warn">{t.ownStudy}</Callout>}
        {signed.map((review) => (
          <div key={review.itemHash} data-testid="signed-review" data-state={review.state}>
            <ReviewSaid review={review} />
          </div>
        ))}
        <dl className={styles.hints}>
          {VERDICTS.map((value) => (
            <div key={value}>
              <dt>{t.verdicts[value]}</dt>
              <dd>{t.verdictHints[value]}</dd>
            </div>
          ))}
        </dl>
        <Select
          label={t.yourVerdict}
          data={VERDICTS.map((value) => ({
            value,
            label: t.verdicts[value]!,
          }))}
          value={verdict}
          onChange={(value) => {
            setVerdict(value as Verdict | null)
            setSaid(null)
          }}
        />
        <Textarea
          label={t.text}
          autosize
          minRows={3}
          maxLength={20_000}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        {said !== null && (
          <Callout tone="bad" isLive>
            {t.refusals[said]}
          </Callout>
        )}
        {verdict === 'confirmed' && differing > 0 && (
          <Callout tone="bad" isLive>
            {t.confirmsOthers(formatNumber(differing, locale), formatNumber(all, locale))}
          </Callout>
        )}
        {verdict === 'confirmed' && withheld > 0 && (
          <Callout tone="bad" isLive>
            {t.confirmsWithheld(formatNumber(withheld, locale), formatNumber(all, locale))}
          </Callout>
        )}
        <Group justify="flex-end">
          <Button
            disabled={verdict === null || text.trim() === ''}
            onClick={() => verdict !== null && void sign(verdict).catch(tellFailure)}
          >
            {t.signNow}
          </Button>
        </Group>
      </Stack>
    </Panel>
  )
}
