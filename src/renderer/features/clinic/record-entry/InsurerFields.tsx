/** Insurer, plan and member's number: there as soon as somebody else than the national insurance pays, or they are known. */
import { useWords } from '../../../words/catalogue.ts'
import { EntryText } from './EntryText.tsx'
import { isInsurerAsked, type PayerForm } from './payer.ts'
import { useEntry } from './use-entry.ts'

export function InsurerFields() {
  const t = useWords().entry.encounter
  const isAsked = useEntry((entry) => isInsurerAsked(entry.form.encounter))
  const isNumberKept = useEntry(({ form: { encounter } }) => encounter.memberToken !== '')
  if (!isAsked) return null
  return (
    <>
      <InsurerText of="payerOrganisation" label={t.payerOrganisation} width="12rem" />
      <InsurerText of="payerPlan" label={t.payerPlan} width="9rem" />
      <InsurerText
        of="memberNumber"
        label={t.memberNumber}
        width="10rem"
        {...(isNumberKept ? { placeholder: t.memberNumberKept } : {})}
      />
    </>
  )
}

interface Props {
  readonly of: Exclude<keyof PayerForm, 'payer' | 'memberToken'>
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
