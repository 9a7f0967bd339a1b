/** Coming in with an invitation: which consortium, the number on the telephone, and in. */
import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { formatInstant, formatNumber } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { session } from '../../lib/session.ts'
import { Field, Fields } from '../../ui/Field.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { Candidate, type Found } from './Candidate.tsx'
import styles from './FirstRun.module.css'
import { Step } from './Step.tsx'
import { useAsking, WhyNot } from './use-asking.tsx'

export function Join({ onBack }: { onBack(): void }) {
  const t = useWords().joining
  return (
    <Step title={t.join.title} onBack={onBack}>
      <Candidate>{(found) => <Invitation found={found} />}</Candidate>
    </Step>
  )
}

interface Looked {
  readonly path: string
  readonly invitationHash: string
  readonly consortiumName: string
  readonly chainFingerprint: string
  readonly inviterName: string
  readonly expiresAt: number
  readonly memberCount: number
}

function Invitation({ found: { candidate, passphrase } }: { readonly found: Found }) {
  const words = useWords()
  const t = words.joining
  const locale = useLocale()
  const [looked, setLooked] = useState<Looked>()
  const [isSame, setSame] = useState(false)
  const asking = useAsking()
  const { isBusy, run } = asking
  const { folder } = candidate

  const open = () =>
    run(async () => {
      const answer = await node.joining.openInvitation({ folder, passphrase, path: null })
      if (answer.kind === 'opened') {
        setLooked(answer)
        setSame(false)
      } else if (answer.kind === 'refused') asking.refuse(answer)
      else if (answer.kind === 'refused-file') asking.say(words.network.fileRefusal[answer.reason])
    })
  const join = ({ path, invitationHash }: Looked) =>
    run(async () => {
      const answer = await node.joining.join({ folder, passphrase, path, invitationHash })
      if (answer.kind === 'opened') session.set(answer.session)
      else if (answer.kind === 'refused') asking.refuse(answer)
      else if (answer.reason === 'changed') asking.say(t.invitationChanged)
      else asking.say(words.network.fileRefusal[answer.reason])
    })
  return (
    <Stack>
      <Text>{t.asks(candidate.institutionName)}</Text>
      {looked && (
        <>
          <Text fw={600}>{t.invitedTo(looked.consortiumName)}</Text>
          <Fields>
            <Field name={t.inviter}>{looked.inviterName}</Field>
            <Field name={t.members}>{formatNumber(looked.memberCount, locale)}</Field>
            <Field name={t.until}>{formatInstant(looked.expiresAt)}</Field>
          </Fields>
          <div>
            <Text>{t.chainCompare}</Text>
            <p className={styles.number} data-testid="chain-fingerprint">
              {looked.chainFingerprint}
            </p>
          </div>
          <Checkbox
            label={t.chainSame}
            checked={isSame}
            onChange={(event) => setSame(event.currentTarget.checked)}
          />
        </>
      )}
      <WhyNot asking={asking} />
      <Group justify="flex-end">
        {isBusy && looked && (
          <Text size="xs" c="dimmed" role="status">
            {t.joining}
          </Text>
        )}
        <Button
          variant={looked ? 'default' : 'filled'}
          loading={isBusy && !looked}
          onClick={() => void open()}
        >
          {t.openInvitation}
        </Button>
        {looked && (
          <Button disabled={!isSame} loading={isBusy} onClick={() => void join(looked)}>
            {t.joinNow}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
