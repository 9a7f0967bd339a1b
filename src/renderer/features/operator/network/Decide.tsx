/** A wish before it becomes a proposal: what would be decided, the arithmetic or why not, and the approval. */
import { Button, Skeleton, Stack, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { PlanInput } from '../../../../shared/contract/governance.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { OwnPassphrase } from '../../../parts/OwnPassphrase.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { Arithmetic } from './Arithmetic.tsx'
import styles from './Network.module.css'
import { changeSentence, refusalSentence } from './sentences.ts'

interface Props {
  readonly plan: PlanInput
  onDecided(): void
}

export function Decide({ plan, onDecided }: Props) {
  const t = useWords().network
  const locale = useLocale()
  const weighed = useAsk(() => node.governance.weigh(plan), [JSON.stringify(plan)], ['governance.changed'])
  const [note, setNote] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [proposed, setProposed] = useState<string>()
  const propose = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await node.governance.propose({ plan, note, passphrase })
      if (answer.kind === 'proposed') {
        setProposed(answer.proposal.proposalId)
        onDecided()
      } else if (answer.kind === 'wrong-passphrase') setProblem(t.wrongPassphrase)
      else setProblem(refusalSentence(answer.reason, t))
    } catch (error) {
      tellFailure(error)
    } finally {
      setPassphrase('')
      setBusy(false)
    }
  }
  if (proposed !== undefined) return <Proposed proposalId={proposed} />
  if (weighed.failure && !weighed.value) return <FailureNote code={weighed.failure} onRetry={weighed.again} />
  if (!weighed.value) return <Skeleton height={120} />
  if (weighed.value.kind === 'refused')
    return (
      <Stack gap="sm">
        <Callout tone="bad" isLive>
          {refusalSentence(weighed.value.reason, t)}
        </Callout>
        {weighed.value.arithmetic && <Arithmetic arithmetic={weighed.value.arithmetic} />}
      </Stack>
    )
  const { arithmetic, changes, effectHeight } = weighed.value
  return (
    <form onSubmit={(event) => void propose(event)}>
      <Stack gap="sm">
        <div>
          <h3>{t.decide.changes}</h3>
          <ul className={styles.changes}>
            {changes.map((change) => (
              <li key={JSON.stringify(change)}>{changeSentence(change, t, locale)}</li>
            ))}
          </ul>
          <p className={styles.quiet}>{t.decide.effect(formatNumber(effectHeight, locale))}</p>
        </div>
        <Arithmetic arithmetic={arithmetic} />
        {plan.kind === 'remove' && <Callout tone="plain">{t.member.retains}</Callout>}
        <Textarea
          label={t.decide.note}
          description={t.decide.noteHint}
          value={note}
          maxLength={1000}
          autosize
          minRows={2}
          autoFocus
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <OwnPassphrase
          label={t.decide.passphrase}
          description={t.proposals.passphraseWhy}
          value={passphrase}
          onChange={setPassphrase}
        />
        {problem && (
          <Callout tone="bad" isLive>
            {problem}
          </Callout>
        )}
        <Button type="submit" loading={isBusy} disabled={passphrase === ''}>
          {t.decide.propose}
        </Button>
      </Stack>
    </form>
  )
}

/** What has become of it since: alone it is decided a moment later. */
function Proposed({ proposalId }: { readonly proposalId: string }) {
  const t = useWords().network
  const proposals = useAsk(
    () => node.governance.proposals(),
    [],
    ['governance.changed', 'node.segmentFinal'],
  ).value
  const standing = proposals?.find((each) => each.proposalId === proposalId)?.standing ?? 'open'
  const isOver = standing !== 'open' && standing !== 'approved' && standing !== 'decided'
  return (
    <Callout
      tone={isOver ? 'plain' : 'good'}
      title={t.decide.standing(t.proposals.standing[standing])}
      isLive
    >
      {t.decide.proposed}
    </Callout>
  )
}
