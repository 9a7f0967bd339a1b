/** A result that came after the visit was saved: the old version stays, the difference is shown before it is signed. */
import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useRef, useState } from 'react'
import type { Finding } from '../../../../shared/contract/records.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { labTestOf, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import { unitsOf } from '../../../../shared/domain/units.ts'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { todayAtFacility } from '../../../lib/facility-clock.ts'
import { formatRecordedInstant } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { findingSentence } from '../../../parts/finding-sentence.ts'
import { observationName } from '../../../parts/RecordView.tsx'
import { searchLabs } from '../../../../shared/domain/lab-search.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { showUnit } from '../../../parts/units.ts'
import { VersionDiff } from '../../../parts/VersionDiff.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Picker } from '../../../ui/Picker.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { observationOf } from './late-result.ts'

interface Props {
  readonly version: { readonly record: VisitRecord; readonly merkleRoot: string }
  onClose(): void
  onChanged(): void
}
type Answer = Awaited<ReturnType<typeof node.records.addResults>>

export function LateResult({ version, onClose, onChanged }: Props) {
  const words = useWords()
  const t = words.people.late
  const locale = useLocale()
  const { record, merkleRoot } = version
  const today = todayAtFacility()
  const first = record.observations.findIndex(({ value, kind }) => value.type === 'absent' && kind === 'lab')
  const awaited = first < 0 ? null : record.observations[first]!
  const nameOf = (each: LabTest) => (locale === 'zh-Hant' ? each.zh : each.en)
  const [test, setTest] = useState<LabTest | null>(awaited === null ? null : labTestOf(awaited.code))
  const [testText, setTestText] = useState(awaited === null ? '' : observationName(awaited, locale))
  const [value, setValue] = useState('')
  const [unit, setUnit] = useState(test?.unit ?? '')
  const [resulted, setResulted] = useState(formatDay(today))
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const [asked, setAsked] = useState<readonly Finding[]>([])
  const [refused, setRefused] = useState<Extract<Answer, { kind: 'refused' }>['reason'] | null>(null)
  const [isBusy, setBusy] = useState(false)
  const valueField = useRef<HTMLInputElement>(null)
  const resultDate = readDay(resulted, today)
  // The name that is shown is the one that waits, until another is chosen or typed.
  const isAwaited =
    awaited !== null &&
    (test === null ? testText === observationName(awaited, locale) : labTestOf(awaited.code) === test)
  const observation = !resultDate
    ? null
    : observationOf({ test, name: testText, value, unit, resultDate }, isAwaited ? awaited : null)
  const before = visitInputOf(record, '')
  const observations = [...record.observations]
  if (observation !== null)
    if (isAwaited) observations[first] = observation
    else observations.push(observation)
  const stops = asked.some(({ severity }) => severity === 'refuse')

  const save = async (isConfirming: boolean) => {
    setTried(true)
    if (observation === null) return valueField.current?.focus()
    const current = session.now()
    const by = current?.state === 'open' ? current.person.userKeyId : ''
    setBusy(true)
    setRefused(null)
    try {
      const answer = await node.records.addResults({
        merkleRoot,
        results: [{ observation, replaces: isAwaited ? first : null }],
        ...(text.trim() === '' ? {} : { text: text.trim() }),
        confirmations: isConfirming
          ? asked.map(({ path, rule, params }) => ({
              path,
              rule,
              value: (params['value'] ?? '').slice(0, 200),
              by,
            }))
          : [],
      })
      if (answer.kind === 'findings') setAsked(answer.findings)
      else if (answer.kind === 'refused') setRefused(answer.reason)
      else {
        notifications.show({ message: t.queued })
        onChanged()
      }
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog onClose={onClose} size="lg" title={t.panel(formatRecordedInstant(record.encounter.admission.at))}>
      <form
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          void save(asked.length > 0 && !stops)
        }}
      >
        <Stack gap="sm">
          <Group align="flex-start" gap="xs" grow preventGrowOverflow={false}>
            <Picker<LabTest>
              label={t.test}
              text={testText}
              isAutoFocused={testText === ''}
              error={isTried && testText.trim() === '' ? t.testMissing : undefined}
              words={{ nothing: words.entry.row.keepText(testText.trim()) }}
              search={(wanted) =>
                Promise.resolve(
                  searchLabs(wanted, 8).map((each) => ({
                    id: each.loinc,
                    value: each,
                    main: nameOf(each),
                    side: showUnit(each.unit),
                  })),
                )
              }
              onText={(typed) => {
                setTestText(typed)
                setTest(null)
              }}
              onPick={(each) => {
                setTest(each)
                setTestText(nameOf(each))
                setUnit(each.unit)
                setAsked([])
                queueMicrotask(() => valueField.current?.focus())
              }}
            />
            <TextInput
              ref={valueField}
              label={t.value}
              value={value}
              data-autofocus={testText !== '' || undefined}
              error={isTried && testText.trim() !== '' && observation === null ? t.valueMissing : undefined}
              onChange={(event) => {
                setValue(event.currentTarget.value)
                setAsked([])
              }}
            />
            {test === null && (
              <TextInput
                label={t.unit}
                value={unit}
                maxLength={64}
                onChange={(event) => setUnit(event.currentTarget.value)}
              />
            )}
            {test !== null && test.unit !== '' && (
              <NativeSelect
                label={t.unit}
                value={unit}
                data={unitsOf(test).map((each) => ({ value: each, label: showUnit(each) }))}
                onChange={(event) => setUnit(event.currentTarget.value)}
              />
            )}
            <TextInput
              label={t.resulted}
              value={resulted}
              error={isTried && !resultDate ? t.dateMissing : undefined}
              onChange={(event) => setResulted(event.currentTarget.value)}
              onBlur={() => resultDate && setResulted(resultDate)}
            />
          </Group>
          <TextInput
            label={words.patients.reasonText}
            value={text}
            maxLength={500}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <VersionDiff before={before} after={{ ...before, observations }} />
          {asked.length > 0 && (
            <Callout tone={stops ? 'bad' : 'warn'} isLive>
              <ul>
                {asked.map((finding, i) => (
                  <li key={i}>{findingSentence(finding, words)}</li>
                ))}
              </ul>
            </Callout>
          )}
          {refused && (
            <Callout tone="bad" isLive>
              {refused === 'same-patient' || refused === 'sealed'
                ? words.people.move.refused[refused]
                : words.patients.changeRefused[refused]}
            </Callout>
          )}
          <DialogButtons onCancel={onClose}>
            <Button type="submit" loading={isBusy} disabled={stops}>
              {asked.length > 0 ? t.confirm : t.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
