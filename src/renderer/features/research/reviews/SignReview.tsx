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
import { ReviewSaid, useOwnReviews } from './OwnReviews.tsx'
import { type OpenedPackage, useReviews } from './use-reviews.ts'

const VERDICTS = ['confirmed', 'differs', 'not-recomputable'] as const
type Verdict = (typeof VERDICTS)[number]
type Outcome = 'signed' | 'text-not-kept' | 'not-open' | 'other-chain' | 'does-not-hold' | 'not-taken'

export function SignReview({ opened }: { readonly opened: OpenedPackage }) {
  const t = useWords().reviews
  const locale = useLocale()
  const session = useOpenSession()
  const roles = session?.person.roles ?? []
  const { compared } = useReviews()
  const own = useOwnReviews()
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [text, setText] = useState('')
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  if (opened.here !== 'own-chain' || !mayCall('reviews.sign', roles)) return null
  const sign = async (chosen: Verdict) => {
    const answer = await node.reviews.sign({ packageHash: opened.packageHash, verdict: chosen, text })
    if (answer.kind === 'refused') return setOutcome(answer.reason)
    setOutcome(answer.isTextKept ? 'signed' : 'text-not-kept')
    // What was signed stands above, in the list; the form is for a further one. A text that is nowhere else stays for whoever wrote it.
    setVerdict(null)
    if (answer.isTextKept) setText('')
    own.again()
  }
  const same = compared.filter((each) => each.verdict === 'same').length
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
            setOutcome(null)
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
        {outcome !== null && outcome !== 'signed' && (
          <Callout tone="bad" isLive>
            {t.refusals[outcome]}
          </Callout>
        )}
        {verdict === 'confirmed' && same < compared.length && (
          <Callout tone="bad" isLive>
            {t.confirmsOthers(
              formatNumber(compared.length - same, locale),
              formatNumber(compared.length, locale),
            )}
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
