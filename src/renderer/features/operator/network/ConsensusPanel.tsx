/** The height that is being decided: round, step, who voted and who is missing, and whether this node signs. */
import { Button, Stack } from '@mantine/core'
import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleHalf2,
  IconEye,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { ConsensusView } from '../../../../shared/contract/governance.ts'
import { formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { OwnPassphrase } from '../../../parts/OwnPassphrase.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { voteMark } from './sentences.ts'
import styles from './Network.module.css'

interface Props {
  readonly consensus: ConsensusView
  readonly isRunning: boolean
}

export function ConsensusPanel({ consensus, isRunning }: Props) {
  const t = useWords().network.consensus
  const locale = useLocale()
  const isObserver = consensus.standing === 'no-vote'
  const isIdle = isObserver || consensus.phase === 'idle' || consensus.phase === 'decided'
  return (
    <Panel title={t.title}>
      <Stack gap="sm">
        <Callout tone={consensus.standing === 'observing' ? 'warn' : isRunning ? 'good' : 'plain'}>
          {t.standing[consensus.standing]}{' '}
          {consensus.observingReason !== null &&
            ((t.observingReason as Readonly<Record<string, string>>)[consensus.observingReason] ?? '')}
        </Callout>
        {consensus.needsConfirmation && <Confirm />}
        <Fields>
          <Field name={isIdle ? t.nextHeight : t.height}>{formatNumber(consensus.height, locale)}</Field>
          {!isObserver && (
            <>
              <Field name={t.round}>{formatNumber(consensus.round, locale)}</Field>
              <Field name={t.step}>{t.phase[consensus.phase]}</Field>
            </>
          )}
          {!isIdle && consensus.proposerName !== null && (
            <Field name={t.proposer}>{consensus.proposerName}</Field>
          )}
        </Fields>
        {isIdle && <p className={styles.quiet}>{isObserver ? t.observerNote : t.idleNote}</p>}
        <ul className={styles.voters}>
          {consensus.voters.map((voter) => (
            <li key={voter.memberId}>
              <span>{voter.name}</span>
              <Voted voter={voter} isIdle={isIdle} />
            </li>
          ))}
        </ul>
      </Stack>
    </Panel>
  )
}

function Voted({
  voter,
  isIdle,
}: {
  readonly voter: ConsensusView['voters'][number]
  readonly isIdle: boolean
}) {
  const t = useWords().network.consensus
  const mark = voteMark(voter, isIdle)
  const [Icon, tone] = MARKS[mark]
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={15} aria-hidden /> {t[mark]}
    </span>
  )
}

const MARKS = {
  observes: [IconEye, 'warn'],
  awayNow: [IconPlugConnectedX, 'warn'],
  here: [IconCircleCheck, 'good'],
  voted: [IconCircleCheck, 'good'],
  votedOnce: [IconCircleHalf2, 'plain'],
  missing: [IconCircleDashed, 'warn'],
} as const

function Confirm() {
  const t = useWords().network
  const [passphrase, setPassphrase] = useState('')
  const [isWrong, setWrong] = useState(false)
  const confirm = async () => {
    const { isConfirmed } = await node.governance.confirmVoting({ passphrase })
    setPassphrase('')
    setWrong(!isConfirmed)
  }
  return (
    <Callout tone="warn" title={t.consensus.confirmTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          confirm().catch(tellFailure)
        }}
      >
        <Stack gap="xs">
          <p>{t.consensus.confirmBody}</p>
          <OwnPassphrase
            label={t.decide.passphrase}
            value={passphrase}
            error={isWrong ? t.wrongPassphrase : undefined}
            onChange={setPassphrase}
          />
          <Button type="submit" variant="default" disabled={passphrase === ''}>
            {t.consensus.confirm}
          </Button>
        </Stack>
      </form>
    </Callout>
  )
}
