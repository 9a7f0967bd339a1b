/** What members propose to each other: what would be decided, who approves, and one's own answer. */
import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { ProposalView } from '../../../../shared/contract/governance.ts'
import { formatInstant, formatList, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { OwnPassphrase } from '../../../parts/OwnPassphrase.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { Arithmetic } from './Arithmetic.tsx'
import styles from './Network.module.css'
import { changeSentence, fileRefusalSentence, refusalSentence } from './sentences.ts'

interface Props {
  readonly proposals: readonly ProposalView[] | undefined
  readonly isVoter: boolean
  readonly mayDecide: boolean
  onChanged(): void
}

export function Proposals({ proposals, isVoter, mayDecide, onChanged }: Props) {
  const t = useWords().network
  const [problem, setProblem] = useState<string>()
  const tell = (message: string) => notifications.show({ message, autoClose: 6_000 })
  const openFile = async () => {
    setProblem(undefined)
    const answer = await node.governance.openProposal({})
    if (answer.kind === 'refused-file') setProblem(fileRefusalSentence(answer.reason, t))
    if (answer.kind === 'opened') {
      tell(answer.isNews ? t.proposals.taken : t.proposals.nothingNew)
      onChanged()
    }
  }
  const openProof = async () => {
    setProblem(undefined)
    const answer = await node.governance.openProof({})
    if (answer.kind === 'refused-file') setProblem(fileRefusalSentence(answer.reason, t))
    if (answer.kind === 'opened') {
      tell(t.proof.opened(answer.memberName, t.verdict[answer.verdict]))
      onChanged()
    }
  }
  const saveProof = async () => {
    setProblem(undefined)
    const answer = await node.governance.saveProof({})
    if (answer.kind === 'refused-file') setProblem(fileRefusalSentence(answer.reason, t))
    if (answer.kind === 'saved')
      tell(`${t.proof.saved(answer.path)} ${answer.isComplete ? '' : t.proof.incomplete}`)
  }
  return (
    <Panel
      title={t.proposals.title}
      side={
        mayDecide && (
          <Group gap="xs">
            {!isVoter && (
              <Button
                size="compact-sm"
                variant="default"
                title={t.proof.saveHint}
                onClick={() => void saveProof().catch(tellFailure)}
              >
                {t.proof.save}
              </Button>
            )}
            <Button size="compact-sm" variant="default" onClick={() => void openProof().catch(tellFailure)}>
              {t.proof.open}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              title={t.proposals.openHint}
              onClick={() => void openFile().catch(tellFailure)}
            >
              {t.proposals.open}
            </Button>
          </Group>
        )
      }
    >
      <Stack gap="md">
        {mayDecide && <p className={styles.quiet}>{t.proposals.how}</p>}
        {problem && (
          <Callout tone="bad" isLive>
            {problem}
          </Callout>
        )}
        {!proposals ? (
          <Skeleton height={96} />
        ) : proposals.length === 0 ? (
          <EmptyState>{t.proposals.none}</EmptyState>
        ) : (
          proposals.map((proposal) => (
            <Proposal
              key={proposal.proposalId}
              proposal={proposal}
              mayDecide={mayDecide}
              onChanged={onChanged}
            />
          ))
        )}
      </Stack>
    </Panel>
  )
}

function Proposal({
  proposal,
  mayDecide,
  onChanged,
}: {
  readonly proposal: ProposalView
  readonly mayDecide: boolean
  onChanged(): void
}) {
  const t = useWords().network
  const locale = useLocale()
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [saved, setSaved] = useState<string>()
  const isOpen = proposal.standing === 'open'
  const names = (list: ProposalView['approvals']) =>
    formatList(
      list.map(({ name }) => name),
      locale,
    )
  const { proposalId } = proposal

  const run = async (work: () => Promise<{ kind: string; reason?: string; path?: string }>) => {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await work()
      if (answer.kind === 'wrong-passphrase') setProblem(t.wrongPassphrase)
      else if (answer.kind === 'refused') setProblem(refusalSentence(answer.reason ?? '', t))
      else if (answer.kind === 'refused-file') setProblem(fileRefusalSentence(answer.reason ?? '', t))
      else if (answer.kind === 'saved') setSaved(answer.path)
      onChanged()
    } catch (error) {
      tellFailure(error)
    } finally {
      setPassphrase('')
      setBusy(false)
    }
  }
  return (
    <article className={styles.proposal} data-testid="proposal">
      <header className={styles.proposalHead}>
        <ul className={styles.changes}>
          {proposal.changes.map((change) => (
            <li key={JSON.stringify(change)}>
              <strong>{changeSentence(change, t, locale)}</strong>
            </li>
          ))}
        </ul>
        <span className={styles.standing} data-standing={proposal.standing}>
          {proposal.decidedHeight === null
            ? t.proposals.standing[proposal.standing]
            : t.proposals.decidedAt(formatNumber(proposal.decidedHeight, locale))}
        </span>
      </header>
      <p className={styles.quiet}>
        {t.proposals.by(proposal.authorName, formatInstant(proposal.createdAt))}
        {proposal.note !== '' && ` · ${proposal.note}`}
      </p>
      {proposal.effectHeight !== null && (
        <p>
          {t.proposals.approvedBy(names(proposal.approvals))}
          {proposal.rejections.length > 0 && ` ${t.proposals.rejectedBy(names(proposal.rejections))}`}{' '}
          {t.proposals.inEffectFrom(formatNumber(proposal.effectHeight, locale))}
        </p>
      )}
      {isOpen && (
        <>
          <p>{t.proposals.approvals(proposal.approvals.length, proposal.quorum)}</p>
          <p className={styles.quiet}>{t.proposals.travels}</p>
          <ul className={styles.voters}>
            {proposal.approvals.map(({ memberId, name }) => (
              <li key={memberId}>
                <span>{name}</span>
                <span className={styles.mark} data-tone="good">
                  {t.proposals.approved}
                </span>
              </li>
            ))}
            {proposal.rejections.map(({ memberId, name }) => (
              <li key={memberId}>
                <span>{name}</span>
                <span className={styles.mark} data-tone="bad">
                  {t.proposals.rejected}
                </span>
              </li>
            ))}
            {proposal.silent.map(({ memberId, name }) => (
              <li key={memberId}>
                <span>{name}</span>
                <span className="secondary">{t.proposals.silent}</span>
              </li>
            ))}
          </ul>
          {proposal.proofs.map(({ memberName, verdict }) => (
            <p key={memberName} className={styles.quiet}>
              {t.proposals.proofs(memberName, t.verdict[verdict])}
            </p>
          ))}
          {proposal.arithmetic && <Arithmetic arithmetic={proposal.arithmetic} />}
          {proposal.refusal !== null && <Callout tone="warn">{refusalSentence(proposal.refusal, t)}</Callout>}
        </>
      )}
      {problem && (
        <Callout tone="bad" isLive>
          {problem}
        </Callout>
      )}
      {saved !== undefined && (
        <Callout tone="good" isLive>
          {t.proposals.saved(saved)}
        </Callout>
      )}
      {mayDecide && (isOpen || proposal.standing === 'approved') && (
        <form
          className={styles.answer}
          onSubmit={(event) => {
            event.preventDefault()
            void run(() => node.governance.approve({ proposalId, passphrase }))
          }}
        >
          {proposal.mayApprove && (
            <>
              <OwnPassphrase
                label={t.decide.passphrase}
                description={t.proposals.passphraseWhy}
                value={passphrase}
                onChange={setPassphrase}
              />
              <Button type="submit" loading={isBusy} disabled={passphrase === ''}>
                {t.proposals.approve}
              </Button>
            </>
          )}
          {isOpen && !proposal.hasOwnApproval && !proposal.hasOwnRejection && (
            <Button
              variant="default"
              disabled={isBusy}
              onClick={() => void run(() => node.governance.reject({ proposalId }))}
            >
              {t.proposals.reject}
            </Button>
          )}
          {proposal.isOwn && (
            <Button
              variant="default"
              disabled={isBusy}
              onClick={() => void run(() => node.governance.withdraw({ proposalId }))}
            >
              {t.proposals.withdraw}
            </Button>
          )}
          <Button
            variant="default"
            disabled={isBusy}
            onClick={() => void run(() => node.governance.saveProposal({ proposalId }))}
          >
            {t.proposals.save}
          </Button>
        </form>
      )}
    </article>
  )
}
