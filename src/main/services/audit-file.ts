/** The audit as a table that a spreadsheet opens: codes and ids as they were noted, so that any program reads it. */
import type { AuditEntryView } from '../../shared/contract/audit.ts'
import { PATIENT_NAMES } from '../audit/read-log.ts'
import { csvLine } from './rejects-file.ts'

const COLUMNS = [
  'entry',
  'time',
  'person',
  'name',
  'roles',
  'operation',
  'act',
  'outcome',
  'code',
  'patient',
  'subject',
  'basis',
  'reason',
  'changed',
] as const

/** With a byte order mark: people have names in every script. */
export const auditAsCsvHead = (): string => `\ufeff${csvLine(COLUMNS)}`

export function auditAsCsvLine(entry: AuditEntryView): string {
  const { sequence, at, person, personName, roles, operation, act, outcome, code, subject, basis } = entry
  const patients = subject.filter(({ name }) => PATIENT_NAMES.has(name)).map(({ value }) => value)
  const others = subject
    .filter(({ name }) => !PATIENT_NAMES.has(name))
    .map(({ name, value }) => `${name}:${value}`)
  return csvLine([
    String(sequence),
    entry.isChanged ? '' : new Date(at).toISOString(),
    person ?? '',
    personName ?? '',
    roles.join(' '),
    operation,
    act,
    outcome,
    code ?? '',
    patients.join(' '),
    others.join(' '),
    basis?.kind ?? '',
    basis?.reason ?? '',
    entry.isChanged ? 'yes' : '',
  ])
}
