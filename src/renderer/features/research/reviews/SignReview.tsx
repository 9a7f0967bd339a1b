/** The review that goes into the chain. */
import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import type { OpenedPackage } from './use-reviews.ts'

type Verdict = 'confirmed' | 'differs' | 'not-recomputable'
type Outcome = 'signed' | 'not-open' | 'other-chain' | 'does-not-hold' | 'not-taken'

export function SignReview({ opened }: { readonly opened: OpenedPackage }) {
  const t = useWords().reviews
  const roles = useOpenSession()?.person.roles ?? []
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [text, setText] = useState('')
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  if (opened.here !== 'own-chain' || !mayCall('reviews.sign', roles)) return null
  const sign = async (chosen: Verdict) => {
    const answer = await node.reviews.sign({ packageHash: opened.packageHash, verdict: chosen, text })
    setOutcome(answer.kind === 'signed' ? 'signed' : answer.reason)
  }
  return (
    <Panel title={t.sign}>
      <Stack gap="sm">
        <Text size="sm">{t.signHint}</Text>
        <Select
          label={t.yourVerdict}
          data={(['confirmed', 'differs', 'not-recomputable'] as const).map((value) => ({
            value,
            label: t.verdicts[value]!,
          }))}
          value={verdict}
          onChange={(value) => setVerdict(value as Verdict | null)}
        />
        <Textarea
          label={t.text}
          autosize
          minRows={3}
          maxLength={20_000}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        {outcome !== null && (
          <Callout tone={outcome === 'signed' ? 'good' : 'bad'} isLive>
            {outcome === 'signed' ? t.signed : t.refusals[outcome]}
          </Callout>
        )}
        <Group justify="flex-end">
          <Button
            disabled={verdict === null || text.trim() === '' || outcome === 'signed'}
            onClick={() => verdict !== null && void sign(verdict).catch(tellFailure)}
          >
            {t.signNow}
          </Button>
        </Group>
      </Stack>
    </Panel>
  )
}
