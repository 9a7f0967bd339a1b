/** What kind of thing a person was asked to confirm: only some of it is unusual. Pure. */
import type { Envelope } from './visit.ts'
import { isCodedWith } from './coded-with.ts'

export const CONFIRMED_KINDS = ['unusual', 'copied', 'lacking', 'other'] as const
/** `copied`: brought from an earlier visit; `lacking`: expected and not there; `other`: any other question. */
export type ConfirmedKind = (typeof CONFIRMED_KINDS)[number]

const UNUSUAL = new Set([
  'above-soft-limit',
  'below-soft-limit',
  'above-hard-limit',
  'below-hard-limit',
  'differs-from-previous',
  'other-unit-likely',
  'pulse-pressure-unusual',
  'body-mass-index-differs',
  'body-mass-index-unusual',
  'cholesterol-parts-exceed-total',
  'filtration-differs',
  'weight-jump',
  'height-jump',
  'unusual-for-sex',
  'stay-over-one-year',
  'supply-over-one-year',
  'refills-over-twelve',
  'dose-differs-from-usual',
  'currency-unusual',
  'result-late',
])
const KIND_OF: Readonly<Record<string, ConfirmedKind>> = {
  'copied-forward': 'copied',
  'copied-smoking': 'copied',
  'template-expects': 'lacking',
  required: 'lacking',
}

/** @param rule of a finding that a person confirms, or has confirmed */
export const kindOfConfirmed = (rule: string): ConfirmedKind =>
  KIND_OF[rule] ?? (UNUSUAL.has(rule) ? 'unusual' : 'other')

/** How many of each kind were confirmed for a record; with which lists it was coded is no confirmation. */
export function confirmedByKind(
  confirmations: Envelope['confirmations'],
): readonly (readonly [ConfirmedKind, number])[] {
  const kinds = confirmations.filter((each) => !isCodedWith(each)).map(({ rule }) => kindOfConfirmed(rule))
  return CONFIRMED_KINDS.map((kind) => [kind, kinds.filter((each) => each === kind).length] as const).filter(
    ([, count]) => count > 0,
  )
}
