/** An institution asks to take part: its keys are made here, the request file goes to the consortium. */
import { Button, Checkbox, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { MemberKindName } from '../../../shared/contract/governance.ts'
import type { CandidateView } from '../../../shared/contract/joining.ts'
import { isAddress } from '../../../shared/domain/address.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { isPassphraseReady, PassphraseFields } from '../../parts/PassphraseFields.tsx'
import { useWords } from '../../words/catalogue.ts'
import { FolderField } from './FolderField.tsx'
import { areNamesThere, NameFields, type Names } from './NameFields.tsx'
import { useAsking, WhyNot } from './use-asking.tsx'
import { ZoneField } from './ZoneField.tsx'

interface Props {
  /** `path` is where the request file was saved. */
  onRequested(candidate: CandidateView, passphrase: string, path: string): void
}

export function Request({ onRequested }: Props) {
  const words = useWords()
  const t = words.joining
  const [step, setStep] = useState(0)
  const [names, setNames] = useState<Names>({ institutionName: '', personName: '' })
  const [kind, setKind] = useState<MemberKindName>('hospital')
  const [wishesVote, setWishesVote] = useState(true)
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [listen, setListen] = useState('')
  const [address, setAddress] = useState('')
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [folder, setFolder] = useState('')
  const [isTried, setTried] = useState(false)
  const asking = useAsking()
  const { isBusy, run } = asking

  const isListenWrong = listen.trim() !== '' && !isAddress(listen.trim())
  const isAddressWrong = address.trim() !== '' && !isAddress(address.trim())
  const next = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (step === 0) {
      if (!areNamesThere(names) || isListenWrong || isAddressWrong) return
      if (folder === '')
        await node.app.proposeFolder({ name: names.institutionName.trim() }).then(setFolder, tellFailure)
      setTried(false)
      setStep(1)
      return
    }
    if (!isPassphraseReady(first, second) || folder === '' || isBusy) return
    await run(async () => {
      const answer = await node.joining.request({
        folder,
        institutionName: names.institutionName.trim(),
        personName: names.personName.trim(),
        kind,
        zone,
        wishesVote: kind === 'hospital' && wishesVote,
        addresses: address.trim() === '' ? [] : [address.trim()],
        listen: listen.trim() === '' ? null : listen.trim(),
        passphrase: first,
        path: null,
      })
      if (answer.kind === 'requested') onRequested(answer.candidate, first, answer.path)
      else if (answer.kind === 'refused') asking.refuse(answer)
      else if (answer.kind === 'refused-file') asking.say(words.network.fileRefusal[answer.reason])
    })
  }
  return (
    <form onSubmit={(event) => void next(event)} key={step} noValidate>
      <Stack>
        {step === 0 ? (
          <>
            <NameFields names={names} isTried={isTried} onChange={setNames} />
            <div>
              <Text size="sm" fw={500} mb={4} id="kind-label">
                {t.kind}
              </Text>
              <SegmentedControl
                aria-labelledby="kind-label"
                value={kind}
                onChange={(value) => setKind(value as MemberKindName)}
                data={(['hospital', 'university', 'insurer'] as const).map((value) => ({
                  value,
                  label: t.kinds[value],
                }))}
              />
            </div>
            {kind === 'hospital' && (
              <Checkbox
                label={t.wishesVote}
                description={t.wishesVoteHint}
                checked={wishesVote}
                onChange={(event) => setWishesVote(event.currentTarget.checked)}
              />
            )}
            <Group grow align="flex-end">
              <TextInput
                label={t.listen}
                description={t.listenHint}
                value={listen}
                spellCheck={false}
                onChange={(event) => setListen(event.currentTarget.value)}
                error={isTried && isListenWrong ? t.addressWrong : undefined}
              />
              <TextInput
                label={t.address}
                description={t.addressHint}
                value={address}
                spellCheck={false}
                onChange={(event) => setAddress(event.currentTarget.value)}
                error={isTried && isAddressWrong ? t.addressWrong : undefined}
              />
            </Group>
            <ZoneField value={zone} onChange={setZone} />
          </>
        ) : (
          <>
            <Text>{words.firstRun.passphraseWhy}</Text>
            <PassphraseFields
              first={first}
              second={second}
              isTried={isTried}
              isFirst
              onChange={(one, two) => {
                setFirst(one)
                setSecond(two)
              }}
            />
            <FolderField value={folder} purpose="found" onChange={setFolder} />
          </>
        )}
        <WhyNot asking={asking} />
        <Group justify="flex-end">
          {step === 1 && (
            <Button variant="subtle" onClick={() => setStep(0)}>
              {words.shell.back}
            </Button>
          )}
          <Button type="submit" loading={isBusy}>
            {step === 0 ? words.shell.next : t.requestNow}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
