/**
 * What a handler knows of its call and the door does not: whose record it opened, why it was allowed, and that there was
 * nothing to open. Work that came through no door says it to nobody.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { toHex } from '../../shared/std/bytes.ts'
import type { PatientName } from '../node/chain/access.ts'
import type { AuditedCall } from './audit-port.ts'

export interface Heard {
  readonly subject: Record<string, string | number>
  basis: AuditedCall['basis']
  isNothing: boolean
}

const calls = new AsyncLocalStorage<Heard>()

export async function hearing<T>(work: (heard: Heard) => Promise<T>): Promise<T> {
  const heard: Heard = { subject: {}, basis: undefined, isNothing: false }
  return calls.run(heard, () => work(heard))
}

/** Ids and codes only: a patient's local id, the entries it is linked with, an import. Never a name or a value. */
export function nameSubject(subject: AuditedCall['subject']): void {
  Object.assign(calls.getStore()?.subject ?? {}, subject)
}

/** What a patient is called where no local id is known: enough of the key that hospitals know them by. */
export const pseudonymOf = ({ key }: Pick<PatientName, 'key'>): string => toHex(key).slice(0, 32)

/** Names of one person that an entry of the audit holds: linked entries and epochs of linkage have one each. */
const PSEUDONYMS_MAX = 8
/** All that hospitals call a patient by among each other, as one subject. */
export const pseudonymsOf = (names: readonly Pick<PatientName, 'key'>[]): string =>
  names.slice(0, PSEUDONYMS_MAX).map(pseudonymOf).join('+')

/** Entries that were joined to the one that was asked for; more than these are found by their own opening. */
export function nameLinked(entries: readonly string[]): void {
  const linked = entries.slice(0, LINKED_MAX).join('+')
  if (linked !== '') nameSubject({ linked })
}

/** The grant, the treatment relation or the emergency that the call rests on, with what the person typed. */
export function nameBasis(basis: NonNullable<AuditedCall['basis']>): void {
  const heard = calls.getStore()
  if (heard !== undefined) heard.basis = basis
}

/** Heads and proofs are everybody's: where nothing of a patient was in the answer, it was no opening. */
export function nothingOpened(): void {
  const heard = calls.getStore()
  if (heard !== undefined) heard.isNothing = true
}

const LINKED_MAX = 8
