/** A record as the input of a new version of it. Pure. */
import type { VisitInput } from '../contract/records.ts'
import type { VisitRecord } from './visit.ts'

/** The clinical part as a new version takes it over. */
export function visitInputOf(record: VisitRecord, patientId: string): VisitInput {
  const { facility: _facility, day: _day, ...encounter } = record.encounter
  return {
    patientId,
    encounter,
    observations: record.observations,
    diagnoses: record.diagnoses,
    procedures: record.procedures,
    prescriptions: record.prescriptions,
    ...(record.outcome ? { outcome: record.outcome } : {}),
    claims: record.claims,
    notes: record.notes,
    consent: record.patient.consent,
    confirmations: record.envelope.confirmations,
  }
}
