/**
 * What a handler knows of its call and the door does not: whose record it opened, why it was allowed, and that there was
 * nothing to open. Work that came through no door says it to nobody.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
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

/** Ids and codes only; never a name or a value. */
export function nameSubject(subject: AuditedCall['subject']): void {
  Object.assign(calls.getStore()?.subject ?? {}, subject)
}

/** The grant, the treatment relation or the emergency that the call rests on, with what the person typed. */
export function nameBasis(basis: NonNullable<AuditedCall['basis']>): void {
  const heard = calls.getStore()
  if (heard !== undefined) heard.basis = basis
}

/** Where nothing of a patient was in the answer, it was no opening. */
export function nothingOpened(): void {
  const heard = calls.getStore()
  if (heard !== undefined) heard.isNothing = true
}
