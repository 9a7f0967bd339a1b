/** The consent: its scope in sight, its period and its paper where they are known or asked for. */
import { useWords } from '../../../words/catalogue.ts'
import { readPartialDay } from '../../../parts/typed-date.ts'
import { type ConsentForm, isConsentDetailed } from './consent.ts'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { useLatch } from './latch.ts'
import { MoreButton } from './MoreButton.tsx'
import { todayNow, useEntry } from './use-entry.ts'

export function ConsentFields() {
  const words = useWords()
  const t = words.entry.encounter
  const scope = useEntry((entry) => entry.form.encounter.consent)
  const isDetailed = useEntry((entry) => isConsentDetailed(entry.form.encounter))
  const set = useEntry((entry) => entry.setEncounter)
  const [isShown, show] = useLatch(
    isDetailed,
    useEntry((entry) => entry.draftId),
  )
  return (
    <>
      <EntrySelect
        field="encounter.consent"
        label={t.consent}
        value={scope}
        options={words.clinical.consent}
        width="14rem"
        enter="skip"
        onChange={(consent) => set({ consent })}
      />
      {isShown ? (
        <>
          <ConsentText of="consentFrom" label={t.consentFrom} width="8.5rem" isDay />
          <ConsentText of="consentTo" label={t.consentTo} width="8.5rem" isDay />
          <ConsentText of="consentRef" label={t.consentRef} width="10rem" placeholder={t.consentRefHint} />
        </>
      ) : (
        <MoreButton what={t.consent} isOpen={false} isNeeded onToggle={show} />
      )}
    </>
  )
}

interface Props {
  readonly of: Exclude<keyof ConsentForm, 'consent'>
  readonly label: string
  readonly width: string
  readonly placeholder?: string
  readonly isDay?: boolean
}

function ConsentText({ of, isDay, ...rest }: Props) {
  const hint = useWords().entry.encounter.dateHint
  const value = useEntry((entry) => entry.form.encounter[of])
  const set = useEntry((entry) => entry.setEncounter)
  return (
    <EntryText
      field={`encounter.${of}`}
      value={value}
      enter="skip"
      onChange={(text) => set({ [of]: text })}
      {...(isDay === true
        ? {
            placeholder: hint,
            onLeave: (text: string) => {
              const day = readPartialDay(text, todayNow())
              if (day !== null && day !== text) set({ [of]: day })
            },
          }
        : {})}
      {...rest}
    />
  )
}
