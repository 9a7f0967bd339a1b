/** One member: keys to compare, addresses, proof, invitation, and what may be proposed about it. */
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { MemberView, PlanInput } from '../../../../shared/contract/governance.ts'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { OwnPassphrase } from '../../../parts/OwnPassphrase.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { CloseButton } from './CloseButton.tsx'
import styles from './Network.module.css'
import { fileRefusalSentence, refusalSentence } from './sentences.ts'

interface Props {
  readonly member: MemberView
  /** No node of the demonstration runs for it. */
  readonly isSilent: boolean
  /** Hospitals that could take its vote over. */
  readonly successors: readonly MemberView[]
  readonly mayDecide: boolean
  onWish(plan: PlanInput): void
  onChanged(): void
  onClose(): void
}

export function MemberPane({ member, isSilent, successors, mayDecide, onWish, onChanged, onClose }: Props) {
  const t = useWords().network
  const locale = useLocale()
  const { memberId, connection, suspension, proof, invitation } = member
  const [successorId, setSuccessor] = useState('')
  const successor = member.isVoter && successorId !== '' ? successorId : null
  const mayVote = member.kind === 'hospital' && !member.isVoter
  return (
    <Panel title={member.name} side={<CloseButton onClose={onClose} />}>
      <Stack gap="sm">
        {suspension && (
          <Callout tone="bad">
            {t.member.named(formatNumber(suspension.height, locale), suspension.reason)}
          </Callout>
        )}
        {isSilent && <Callout tone="plain">{t.silent.body}</Callout>}
        {connection.problem && !isSilent && (
          <Callout tone="warn">
            {(t.problem as Readonly<Record<string, string>>)[connection.problem] ?? connection.problem}
          </Callout>
        )}
        <Fields>
          <Field name={t.member.id}>
            <BlockHash hash={memberId} />
          </Field>
          <Field name={t.member.addresses}>
            {connection.addresses.length === 0 ? t.member.noAddresses : connection.addresses.join(', ')}
          </Field>
          {connection.newestProtocol !== null && (
            <Field name={t.member.speaks}>
              {t.member.speaksUpTo(formatNumber(connection.newestProtocol, locale))}
            </Field>
          )}
          {member.isVoter && connection.signing !== null && (
            <Field name={t.member.signing}>{t.signing[connection.signing]}</Field>
          )}
          {member.isVoter && connection.restart !== null && (
            <Field name={t.member.restart}>{t.restart[connection.restart]}</Field>
          )}
          {connection.rttMs !== null && (
            <Field name={t.columns.roundTrip}>{t.milliseconds(formatNumber(connection.rttMs, locale))}</Field>
          )}
          {connection.height !== null && !member.isSelf && (
            <Field name={t.columns.lag}>
              {connection.state === 'up' && connection.lag !== null
                ? t.heights(connection.lag, formatNumber(connection.lag, locale))
                : t.lastAt(formatNumber(connection.height, locale))}
            </Field>
          )}
          <Field name={t.columns.since}>{formatNumber(member.sinceHeight, locale)}</Field>
          {member.kind === 'hospital' && (
            <Field name={t.member.proof}>
              {proof
                ? `${t.verdict[proof.verdict]}, ${t.member.proofHeight(formatNumber(proof.height, locale))}`
                : t.member.noProof}
            </Field>
          )}
          {invitation && (
            <Field name={t.member.invitation}>
              {invitation.isUsed
                ? t.member.invitationUsed
                : invitation.isExpired
                  ? t.member.invitationExpired
                  : t.member.invited(formatInstant(invitation.expiresAt))}
            </Field>
          )}
        </Fields>
        {mayDecide && (
          <>
            {member.isVoter && successors.length > 0 && (
              <NativeSelect
                label={t.member.successor}
                value={successorId}
                data={[
                  { value: '', label: t.member.nobody },
                  ...successors.map((each) => ({ value: each.memberId, label: each.name })),
                ]}
                onChange={(event) => setSuccessor(event.currentTarget.value)}
              />
            )}
            <Group gap="xs">
              {mayVote && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onWish({ kind: 'give-vote', memberIds: [memberId] })}
                >
                  {t.member.giveVote}
                </Button>
              )}
              {member.isVoter && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onWish({ kind: 'take-vote', memberId, successor })}
                >
                  {t.member.takeVote}
                </Button>
              )}
              {suspension && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onWish({ kind: 'lift-suspension', memberId })}
                >
                  {t.member.lift}
                </Button>
              )}
              {!member.isSelf && (
                <Button
                  size="compact-sm"
                  variant="default"
                  color="red"
                  onClick={() => onWish({ kind: 'remove', memberId, successor })}
                >
                  {t.member.remove}
                </Button>
              )}
            </Group>
            {!member.isSelf && <Invite memberId={memberId} onInvited={onChanged} />}
          </>
        )}
        <div>
          <Text fw={600} size="sm" mb={4}>
            {t.member.keys}
          </Text>
          <dl className={styles.keys}>
            {Object.entries(member.keys).map(([name, print]) =>
              print === null ? null : (
                <div key={name}>
                  <dt>{t.member.keyNames[name as keyof typeof t.member.keyNames]}</dt>
                  <dd className="mono">{print.replace(/(.{4})(?=.)/g, '$1 ')}</dd>
                </div>
              ),
            )}
          </dl>
        </div>
      </Stack>
    </Panel>
  )
}

/** Saves the invitation of a member that is on the list. */
export function Invite({ memberId, onInvited }: { readonly memberId: string; onInvited(): void }) {
  const t = useWords().network
  const [isOpen, setOpen] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [done, setDone] = useState<{ until: string; fingerprint: string }>()
  const invite = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await node.governance.invite({ memberId, passphrase })
      if (answer.kind === 'invited') {
        setDone({ until: formatInstant(answer.expiresAt), fingerprint: answer.chainFingerprint })
        setOpen(false)
        onInvited()
      } else if (answer.kind === 'wrong-passphrase') setProblem(t.wrongPassphrase)
      else if (answer.kind === 'refused') setProblem(refusalSentence(answer.reason, t))
      else if (answer.kind === 'refused-file') setProblem(fileRefusalSentence(answer.reason, t))
    } catch (error) {
      tellFailure(error)
    } finally {
      setPassphrase('')
      setBusy(false)
    }
  }
  if (done)
    return (
      <Callout tone="good" isLive title={t.admit.invited(done.until)}>
        {t.admit.tellNumber}
        <p className={styles.number}>{done.fingerprint}</p>
      </Callout>
    )
  if (!isOpen)
    return (
      <Button variant="default" onClick={() => setOpen(true)}>
        {t.member.invite}
      </Button>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void invite()
      }}
    >
      <Stack gap="xs">
        <OwnPassphrase label={t.decide.passphrase} value={passphrase} autoFocus onChange={setPassphrase} />
        {problem && (
          <Callout tone="bad" isLive>
            {problem}
          </Callout>
        )}
        <Button type="submit" loading={isBusy}>
          {t.member.invite}
        </Button>
      </Stack>
    </form>
  )
}
