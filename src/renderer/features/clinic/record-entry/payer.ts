/** Who pays for the visit, as the form has it: insurer, plan, group and the member's number beside the kind. Pure. */
import type { VisitInput } from '../../../../shared/contract/records.ts'
import type { Encounter } from '../../../../shared/domain/visit.ts'

export interface PayerForm {
  readonly payer: Encounter['payer']['type']
  readonly payerOrganisation: string
  readonly payerPlan: string
  readonly payerGroup: string
  /** As it is typed now; a record keeps a token of it only. */
  readonly memberNumber: string
  /** The token of the version or visit that this came from, '' where there is none. A typed number takes its place. */
  readonly memberToken: string
  /** Under which kind and name that version or visit had it. */
  readonly tokenPayer: Encounter['payer']['type']
  readonly tokenOrganisation: string
  /** What a person says of it; '' where nobody does: then it stays with its kind and its name. */
  readonly memberChoice: '' | MemberChoice
}
type MemberChoice = 'same' | 'none'

export const emptyPayer: PayerForm = {
  payer: 'NHI',
  payerOrganisation: '',
  payerPlan: '',
  payerGroup: '',
  memberNumber: '',
  memberToken: '',
  tokenPayer: 'NHI',
  tokenOrganisation: '',
  memberChoice: '',
}

export function payerFormOf({ type, organisation, plan, group, memberToken }: Encounter['payer']): PayerForm {
  return {
    payer: type,
    payerOrganisation: organisation ?? '',
    payerPlan: plan ?? '',
    payerGroup: group ?? '',
    memberNumber: '',
    memberToken: memberToken ?? '',
    tokenPayer: type,
    tokenOrganisation: organisation ?? '',
    memberChoice: '',
  }
}

/**
 * Whether the record has the token: that of another insurer is no number of this one. Where no name was said, one that is
 * added changes nobody; a name that is only written otherwise is for a person to say.
 */
export function isNumberKept(form: PayerForm): boolean {
  const { memberToken, memberNumber, memberChoice, payer, payerOrganisation, tokenPayer, tokenOrganisation } =
    form
  if (memberToken === '' || memberNumber.trim() !== '' || memberChoice === 'none') return false
  if (memberChoice === 'same') return true
  const name = tokenOrganisation.trim()
  return payer === tokenPayer && (name === '' || name === payerOrganisation.trim())
}

/** Whether insurer, plan and number have fields: of the national insurance and of who pays alone there is nothing to ask. */
export const isInsurerAsked = (form: PayerForm): boolean =>
  form.payer === 'PRIVATE' ||
  form.payer === 'OTHER' ||
  [form.payerOrganisation, form.payerPlan, form.memberNumber].some((text) => text !== '') ||
  isNumberKept(form)

/**
 * `next` without what was said of another kind of insurer: of a correction its name and plan where nobody touched them. They
 * are there again when the first kind is chosen again.
 */
export function withOwnInsurer<T extends PayerForm>(
  before: T,
  next: T,
  source: Encounter['payer'] | null,
): T {
  if (before.payer === next.payer) return next
  if (source === null) return { ...next, memberChoice: '' }
  const isBack = next.payer === source.type
  const swapped = (text: string, own = ''): string =>
    isBack ? text || own : text.trim() === own.trim() ? '' : text
  return {
    ...next,
    payerOrganisation: swapped(next.payerOrganisation, source.organisation),
    payerPlan: swapped(next.payerPlan, source.plan),
    memberChoice: '',
  }
}

/** @param limited the text within its limit, undefined for none; a longer one becomes a problem of its field */
export function readPayer(
  form: PayerForm,
  limited: (field: string, text: string, limit: number) => string | undefined,
): { payer: Encounter['payer']; memberNumber: VisitInput['memberNumber'] } {
  const organisation = limited('encounter.payerOrganisation', form.payerOrganisation, 200)
  const plan = limited('encounter.payerPlan', form.payerPlan, 200)
  const group = limited('encounter.payerGroup', form.payerGroup, 64)
  const memberNumber = limited('encounter.memberNumber', form.memberNumber.normalize('NFKC'), 200)
  return {
    payer: {
      type: form.payer,
      ...(organisation === undefined ? {} : { organisation }),
      ...(plan === undefined ? {} : { plan }),
      ...(isNumberKept(form) ? { memberToken: form.memberToken } : {}),
      ...(group === undefined ? {} : { group }),
    },
    memberNumber,
  }
}
