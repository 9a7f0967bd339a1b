/** Files of an export: one FHIR bundle for each patient, or one NDJSON file for each resource type. */
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { PatientRow } from '../patients/patient-row.ts'

export interface RecordWriter {
  write(patient: PatientRow, records: readonly VisitRecord[]): Promise<void>
  /** Finishes and answers the number of files. */
  close(): Promise<number>
}

export async function openRecordWriter(
  _format: 'fhir' | 'ndjson',
  _folder: string,
  _facility: { memberId: string; name: string },
): Promise<RecordWriter> {
  throw new Failure({ code: 'not-available' })
}
