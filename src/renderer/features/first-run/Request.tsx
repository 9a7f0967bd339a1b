/** An institution asks to take part: its keys are made here, the request file goes to the consortium. */
import { Button, Checkbox, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { MemberKindName } from '../../../shared/contract/governance.ts'
import type { CandidateView } from '../../../shared/contract/joining.ts'
import { isAddress } from '../../../shared/domain/address.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { isPassphraseReady, PassphraseFields } from '../../parts/PassphraseFields.tsx'
import { RefusalNote, type Refusal } from '../../parts/RefusalNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'
import { FolderField } from './FolderField.tsx'
import { ZoneField } from './ZoneField.tsx'

interface Props {
  /** `path` is where the request file was saved. */
  onRequested(candidate: CandidateView, passphrase: string, path: string): void
}

export function Request({ onRequested }: Props) {
  const words = useWords()
  const t = words.joining
  const [step, setStep] = useState(0)
  const [institutionName, setInstitutionName] = useState('')
  const [personName, setPersonName] = useState('')
  const [kind, setKind] = useState<MemberKindName>('hospital')
  const [wishesVote, setWishesVote] = useState(true)
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [listen, setListen] = useState('')
  const [address, setAddress] = useState('')
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [folder, setFolder] = useState('')
  const [isTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const [problem, setProblem] = useState<string>()

  const isListenWrong = listen.trim() !== '' && !isAddress(listen.trim())
  const isAddressWrong = address.trim() !== '' && !isAddress(address.trim())
  const next = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (step === 0) {
      if (institutionName.trim() === '' || personName.trim() === '' || isListenWrong || isAddressWrong) return
      if (folder === '')
        await node.app.proposeFolder({ name: institutionName.trim() }).then(setFolder, tellFailure)
      setTried(false)
      setStep(1)
      return
    }
    if (!isPassphraseReady(first, second) || folder === '' || isBusy) return
    setBusy(true)
    setRefusal(undefined)
    setProblem(undefined)
    try {
      const answer = await node.joining.request({
        folder,
        institutionName: institutionName.trim(),
        personName: personName.trim(),
        kind,
        zone,
        wishesVote: kind === 'hospital' && wishesVote,
        addresses: address.trim() === '' ? [] : [address.trim()],
        listen: listen.trim() === '' ? null : listen.trim(),
        passphrase: first,
        path: null,
      })
      if (answer.kind === 'requested') onRequested(answer.candidate, first, answer.path)
      else if (answer.kind === 'refused') setRefusal(answer)
      else if (answer.kind === 'refused-file') setProblem(words.network.fileRefusal[answer.reason])
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void next(event)} key={step} noValidate>
      <Stack>
        {step === 0 ? (
          <>
            <TextInput
              label={words.firstRun.institutionName}
              description={words.firstRun.institutionNameHint}
              value={institutionName}
              maxLength={100}
              autoFocus
              onChange={(event) => setInstitutionName(event.currentTarget.value)}
              error={
                isTried && institutionName.trim() === '' ? words.firstRun.institutionNameMissing : undefined
              }
            />
            <TextInput
              label={words.firstRun.personName}
              value={personName}
              maxLength={100}
              onChange={(event) => setPersonName(event.currentTarget.value)}
              error={isTried && personName.trim() === '' ? words.firstRun.personNameMissing : undefined}
            />
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
            <Group grow align="flex-start">
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
        <RefusalNote refusal={refusal} />
        {problem && (
          <Callout tone="bad" isLive>
            {problem}
          </Callout>
        )}
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
