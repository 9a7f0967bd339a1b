/** When a resource happened. */
import type { JsonObject } from './json.ts'
import { goodWhen, objectAt } from './reading.ts'
import type { Issues } from './reading.ts'

/** Fields that say when a resource happened, the best first. */
const DATE_FIELDS: Record<string, readonly string[] | undefined> = {
  Observation: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod', 'issued'],
  Condition: ['recordedDate', 'onsetDateTime', 'onsetPeriod'],
  Procedure: ['performedDateTime', 'performedPeriod'],
  ImagingStudy: ['started'],
  MedicationRequest: ['authoredOn'],
  MedicationDispense: ['whenHandedOver', 'whenPrepared'],
  MedicationAdministration: ['effectiveDateTime', 'effectivePeriod'],
  MedicationStatement: ['effectiveDateTime', 'effectivePeriod', 'dateAsserted'],
  Immunization: ['occurrenceDateTime', 'recorded'],
  DiagnosticReport: ['effectiveDateTime', 'effectivePeriod', 'issued'],
}

/** The first that is a date. */
export function dateOf(resource: JsonObject, type: string, issues: Issues): string | undefined {
  for (const field of DATE_FIELDS[type] ?? []) {
    const value = resource[field]
    const text = goodWhen(objectAt(value)?.['start'] ?? value, field, issues)
    if (text !== undefined) return text
  }
  return undefined
}

/** A resource whose main date is there and impossible is not taken: a wrong day would be invented. */
export function badDateOf(
  resource: JsonObject,
  type: string,
): { field: string; reason: string; text: string } | undefined {
  let bad: { field: string; reason: string; text: string } | undefined
  for (const field of DATE_FIELDS[type] ?? []) {
    const value = resource[field]
    const raw = objectAt(value)?.['start'] ?? value
    if (typeof raw !== 'string' || raw === '') continue
    let reason: string | undefined
    const text = goodWhen(raw, field, { warn: () => undefined, leave: (_, why) => (reason = why) })
    if (text !== undefined) return undefined
    if (reason !== undefined && bad === undefined) bad = { field, reason, text: raw.slice(0, 40) }
  }
  return bad
}
