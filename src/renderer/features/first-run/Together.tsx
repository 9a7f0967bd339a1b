/** Several institutions found together: one draws the document up, it goes round, each signs, each starts. */
import { Button, Checkbox, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RoundView } from '../../../shared/contract/joining.ts'
import { formatList } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { session } from '../../lib/session.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { Candidate, type Found } from './Candidate.tsx'
import styles from './FirstRun.module.css'
import { DraftRules, SignedRules } from './FoundingRules.tsx'
import { Step } from './Step.tsx'
import { useAsking, WhyNot } from './use-asking.tsx'

export function Together({ onBack }: { onBack(): void }) {
  const t = useWords().joining
  return (
    <Step title={t.together.title} onBack={onBack}>
      <Candidate>{(found) => <Round found={found} />}</Candidate>
    </Step>
  )
}

interface Open {
  readonly round: RoundView
  readonly paths: readonly string[]
}

function Round({ found: { candidate, passphrase } }: { readonly found: Found }) {
  const words = useWords()
  const t = words.joining
  const locale = useLocale()
  const { folder } = candidate
  const [side, setSide] = useState<'draft' | 'sign'>(candidate.kind === 'hospital' ? 'draft' : 'sign')
  const [name, setName] = useState('')
  const [allowFew, setAllowFew] = useState(false)
  const [rules, setRules] = useState<Readonly<Record<string, number>>>({})
  const [open, setOpen] = useState<Open>()
  const [isSame, setSame] = useState(false)
  const asking = useAsking()
  const { isBusy, run } = asking
  const [saved, setSaved] = useState<string>()

  const draft = () =>
    run(async () => {
      const answer = await node.joining.draftFounding({
        folder,
        passphrase,
        consortiumName: name.trim(),
        paths: [],
        voters: null,
        allowFewVoters: allowFew,
        rules,
        savePath: null,
      })
      if (answer.kind === 'drafted') {
        setOpen({ round: answer.round, paths: [answer.path] })
        setSaved(answer.path)
      } else if (answer.kind === 'refused-founding') asking.say(t.foundingRefusal[answer.reason])
      else if (answer.kind === 'refused') asking.refuse(answer)
      else if (answer.kind === 'refused-file') asking.say(words.network.fileRefusal[answer.reason])
    })
  const look = () =>
    run(async () => {
      const answer = await node.joining.openFounding({ folder, paths: [] })
      if (answer.kind === 'opened') {
        setOpen({ round: answer.round, paths: answer.paths })
        setSame(false)
      } else if (answer.kind === 'refused-file') asking.say(words.network.fileRefusal[answer.reason])
    })
  const sign = ({ round: { documentHash }, paths }: Open) =>
    run(async () => {
      const answer = await node.joining.signFounding({ folder, passphrase, paths: [...paths], documentHash })
      if (answer.kind === 'signed') {
        setOpen({ round: answer.round, paths: [answer.path] })
        setSaved(answer.path)
      } else if (answer.kind === 'refused') asking.refuse(answer)
      else asking.say(words.network.fileRefusal[answer.reason])
    })
  const start = ({ round: { documentHash }, paths }: Open) =>
    run(async () => {
      const answer = await node.joining.startFounded({ folder, passphrase, paths: [...paths], documentHash })
      if (answer.kind === 'opened') session.set(answer.session)
      else if (answer.kind === 'waiting') asking.say(t.waiting(formatList(answer.missing, locale)))
      else if (answer.kind === 'refused') asking.refuse(answer)
      else asking.say(words.network.fileRefusal[answer.reason])
    })
  const hasSigned = open?.round.members.some((member) => member.isSelf && member.hasSigned) === true
  return (
    <Stack>
      {!open && candidate.kind === 'hospital' && (
        <SegmentedControl
          aria-label={t.together.title}
          value={side}
          onChange={(value) => setSide(value as typeof side)}
          data={[
            { value: 'draft', label: t.drafter },
            { value: 'sign', label: t.signer },
          ]}
        />
      )}
      {!open && side === 'draft' && (
        <>
          <Text>{t.drafterHint}</Text>
          <TextInput
            label={t.consortiumName}
            value={name}
            maxLength={100}
            autoFocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Checkbox
            label={t.allowFew}
            checked={allowFew}
            onChange={(event) => setAllowFew(event.currentTarget.checked)}
          />
          <DraftRules changes={rules} onChange={setRules} />
        </>
      )}
      {open && (
        <>
          <Text fw={600}>{t.foundingOf(open.round.consortiumName)}</Text>
          <Text>{t.arithmetic(open.round.voters, open.round.quorum, open.round.faultsTolerated)}</Text>
          <ul className={styles.signers}>
            {open.round.members.map((member) => (
              <li key={member.memberId}>
                <span>
                  <strong>{member.name}</strong>{' '}
                  <span className="secondary">
                    {t.kinds[member.kind]}
                    {member.isVoter && ` · ${t.votes}`}
                  </span>
                </span>
                <span className={member.hasSigned ? styles.signed : 'secondary'}>
                  {member.hasSigned ? t.signed : t.unsigned}
                </span>
              </li>
            ))}
          </ul>
          <SignedRules rules={open.round.rules} />
          <div>
            <Text>{t.foundingCompare}</Text>
            <p className={styles.number} data-testid="founding-fingerprint">
              {open.round.fingerprint}
            </p>
          </div>
          {!hasSigned && (
            <Checkbox
              label={t.chainSame}
              checked={isSame}
              onChange={(event) => setSame(event.currentTarget.checked)}
            />
          )}
        </>
      )}
      {saved !== undefined && (
        <Callout tone="good" isLive title={t.saved(saved)}>
          {t.signedNow}
        </Callout>
      )}
      <WhyNot asking={asking} />
      <Group justify="flex-end">
        {!open && side === 'draft' ? (
          <Button loading={isBusy} disabled={name.trim() === ''} onClick={() => void draft()}>
            {t.draft}
          </Button>
        ) : (
          <Button
            variant={open ? 'default' : 'filled'}
            title={t.openFoundingHint}
            disabled={isBusy}
            onClick={() => void look()}
          >
            {t.openFounding}
          </Button>
        )}
        {open && !hasSigned && (
          <Button loading={isBusy} disabled={!isSame} onClick={() => void sign(open)}>
            {t.signNow}
          </Button>
        )}
        {open && hasSigned && (
          <Button loading={isBusy} disabled={!open.round.isComplete} onClick={() => void start(open)}>
            {t.startNow}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
