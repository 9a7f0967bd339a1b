/** Insurer, plan and member's number: there as soon as somebody else than the national insurance pays, or they are known. */
import { useWords } from '../../../words/catalogue.ts'
import { EntrySelect } from './EntrySelect.tsx'
import { EntryText } from './EntryText.tsx'
import { useLatch } from './latch.ts'
import { isInsurerAsked, isNumberKept } from './payer.ts'
import { useEntry } from './use-entry.ts'

export function InsurerFields() {
  const t = useWords().entry.encounter
  const isAsked = useEntry((entry) => isInsurerAsked(entry.form.encounter))
  const isKept = useEntry((entry) => isNumberKept(entry.form.encounter))
  const hasChoice = useEntry(
    ({ form: { encounter } }) => encounter.memberToken !== '' && encounter.memberNumber.trim() === '',
  )
  const set = useEntry((entry) => entry.setEncounter)
  // Choosing another kind is no clearing of a field.
  const [isShown] = useLatch(
    isAsked,
    useEntry((entry) => `${entry.draftId} ${entry.form.encounter.payer}`),
  )
  if (!isShown) return null
  return (
    <>
      <InsurerText of="payerOrganisation" label={t.payerOrganisation} width="12rem" />
      <InsurerText of="payerPlan" label={t.payerPlan} width="9rem" />
      <InsurerText
        of="memberNumber"
        label={t.memberNumber}
        width="10rem"
        {...(isKept ? { placeholder: t.memberNumberKept } : {})}
      />
      {hasChoice && (
        <EntrySelect
          field="encounter.memberChoice"
          label={t.memberChoice}
          value={isKept ? 'same' : 'none'}
          options={t.memberChoices}
          width="9rem"
          enter="skip"
          onChange={(memberChoice) => set({ memberChoice })}
        />
      )}
    </>
  )
}

interface Props {
  readonly of: 'payerOrganisation' | 'payerPlan' | 'memberNumber'
  readonly label: string
  readonly width: string
  readonly placeholder?: string
}

function InsurerText({ of, ...rest }: Props) {
  const value = useEntry((entry) => entry.form.encounter[of])
  const set = useEntry((entry) => entry.setEncounter)
  return (
    <EntryText
      field={`encounter.${of}`}
      value={value}
      enter="skip"
      onChange={(text) => set({ [of]: text })}
      {...rest}
    />
  )
}
