/** Inviting an institution: its request, the number on the telephone, the decision, the invitation. */
import { Button, Checkbox, Stack } from '@mantine/core'
import { useState } from 'react'
import type { RequestView } from '../../../../shared/contract/governance.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { CloseButton } from './CloseButton.tsx'
import { Decide } from './Decide.tsx'
import { Invite } from './MemberPane.tsx'
import styles from './Network.module.css'
import { fileRefusalSentence } from './sentences.ts'

interface Props {
  /** Whether somebody's address is known, so that a newcomer finds the others. */
  readonly isAnybodyFound: boolean
  onChanged(): void
  onClose(): void
}

export function Admit({ isAnybodyFound, onChanged, onClose }: Props) {
  const t = useWords().network
  const [request, setRequest] = useState<RequestView>()
  const [problem, setProblem] = useState<string>()
  const [isSame, setSame] = useState(false)
  const [isAdmitted, setAdmitted] = useState(false)
  const open = async () => {
    setProblem(undefined)
    const answer = await node.governance.openRequest({})
    if (answer.kind === 'opened') {
      setRequest(answer.request)
      setSame(false)
      setAdmitted(false)
    } else if (answer.kind === 'refused-file') setProblem(fileRefusalSentence(answer.reason, t))
  }
  return (
    <Panel title={t.admit.title} side={<CloseButton onClose={onClose} />}>
      <Stack gap="sm">
        {!request && <p>{t.admit.intro}</p>}
        {!isAnybodyFound && <Callout tone="warn">{t.admit.listenFirst}</Callout>}
        {problem && (
          <Callout tone="bad" isLive>
            {problem}
          </Callout>
        )}
        {request && (
          <>
            <div>
              <h3>{request.name}</h3>
              <p className={styles.quiet}>
                {t.kind[request.kind]}
                {request.wishesVote && ` · ${t.admit.wishesVote}`}
              </p>
              {request.addresses.length > 0 && (
                <p className={styles.quiet}>
                  {t.admit.addresses} {request.addresses.join(', ')}
                </p>
              )}
            </div>
            <div>
              <p>{t.admit.compare}</p>
              <p className={styles.number} data-testid="fingerprint">
                {request.fingerprint}
              </p>
              <p className={styles.quiet}>{t.admit.differs}</p>
            </div>
            <Checkbox
              label={t.admit.same}
              checked={isSame}
              onChange={(event) => setSame(event.currentTarget.checked)}
            />
            {isSame && request.purpose === 'new-keys' && (
              <Decide plan={{ kind: 'new-keys', fingerprint: request.fingerprint }} onDecided={onChanged} />
            )}
            {isSame && request.purpose === 'take-part' && !request.isMember && (
              <Decide
                plan={{ kind: 'admit', fingerprint: request.fingerprint }}
                onDecided={() => {
                  setAdmitted(true)
                  onChanged()
                }}
              />
            )}
            {isSame && request.purpose === 'take-part' && request.isMember && (
              <Callout tone="plain">{t.admit.isMember}</Callout>
            )}
            {isSame && request.purpose === 'take-part' && (request.isMember || isAdmitted) && (
              <Invite memberId={request.memberId} onInvited={onChanged} />
            )}
          </>
        )}
        <Button variant={request ? 'default' : 'filled'} onClick={() => void open().catch(tellFailure)}>
          {t.admit.open}
        </Button>
      </Stack>
    </Panel>
  )
}
