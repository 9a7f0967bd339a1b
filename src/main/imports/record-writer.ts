/** Files of an export: one FHIR bundle for each patient, or one NDJSON file for each resource type. */
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceIdentifier, SourcePatient, VisitDraft } from '../../shared/domain/source.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import type { PatientRow } from '../patients/patient-row.ts'
import { asWritingFailure } from '../profile/profile-failure.ts'
import { patientBundleText, patientLines, type WritablePatient } from '../records/fhir/write-patient.ts'
import type { Recorded } from '../records/fhir/write-provenance.ts'

export interface ExportedRecord {
  readonly record: VisitRecord
  readonly recorded: Recorded
}

export interface RecordWriter {
  write(patient: PatientRow, records: readonly ExportedRecord[]): Promise<void>
  /** Finishes and answers the number of files. */
  close(): Promise<number>
}

/** Where the hospital's own numbers stand in a file; whoever reads them back knows them as ours. */
const NATIONAL_ID_SYSTEM = 'urn:consilium:national-id'
const RECORD_NUMBER_SYSTEM = 'urn:consilium:medical-record-number'

/**
 * Files are for the owner alone: they hold names. Their own names are numbers, since a folder's listing is read by more
 * people than its files.
 * @throws {ProfileFailure} `folder-not-writable`, `disk-full`
 */
export async function openRecordWriter(format: 'fhir' | 'ndjson', folder: string): Promise<RecordWriter> {
  await failing(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  return format === 'fhir' ? bundleWriter(folder) : lineWriter(folder)
}

function bundleWriter(folder: string): RecordWriter {
  let files = 0
  return {
    write: (patient, records) =>
      failing(folder, async () => {
        const writable = toWritable(patient, records)
        const file = await openForOwner(join(folder, `patient-${writable.patientUuid}.json`))
        try {
          await file.writeFile(`${patientBundleText(writable)}\n`)
          await file.sync()
        } finally {
          await file.close()
        }
        files++
      }),
    close: async () => files,
  }
}

function lineWriter(folder: string): RecordWriter {
  const files = new Map<string, FileHandle>()
  return {
    write: (patient, records) =>
      failing(folder, async () => {
        for (const [type, lines] of patientLines(toWritable(patient, records))) {
          let file = files.get(type)
          if (file === undefined) {
            file = await openForOwner(join(folder, `${type}.ndjson`))
            files.set(type, file)
          }
          await file.writeFile(lines)
        }
      }),
    close: () =>
      failing(folder, async () => {
        for (const file of files.values()) {
          await file.sync()
          await file.close()
        }
        return files.size
      }),
  }
}

/** A file of that name that was there before keeps its mode unless it is told. */
async function openForOwner(path: string): Promise<FileHandle> {
  const file = await open(path, 'w', 0o600)
  if (process.platform !== 'win32') await file.chmod(0o600)
  return file
}

function toWritable(row: PatientRow, records: readonly ExportedRecord[]): WritablePatient {
  const key = records.at(-1)?.record.patient
  return {
    patientUuid: uuidOf(row.patientId),
    identity: toSource(row),
    ...(key === undefined ? {} : { key: { hex: key.key, epoch: key.keyEpoch } }),
    visits: records.map(({ record: { envelope, patient, encounter, ...rest }, recorded }) => {
      const { key: _key, keyEpoch: _epoch, ...section } = patient
      const { facility: _facility, ...kept } = encounter
      const content: VisitDraft = { ...rest, patient: section, encounter: kept }
      return { visitId: envelope.visitId, content, envelope, recorded }
    }),
  }
}

function toSource(row: PatientRow): SourcePatient {
  const { nationalId, medicalRecordNumber } = row
  const identifiers: SourceIdentifier[] = []
  if (nationalId !== undefined)
    identifiers.push({ system: NATIONAL_ID_SYSTEM, value: nationalId, type: 'NI' })
  if (medicalRecordNumber !== undefined)
    identifiers.push({ system: RECORD_NUMBER_SYSTEM, value: medicalRecordNumber, type: 'MR' })
  return {
    sourceKey: row.patientId,
    identity: { kind: 'source-id', system: 'urn:consilium:patient', value: row.patientId },
    name: row.name,
    ...(row.latinName === undefined ? {} : { latinName: row.latinName }),
    ...(nationalId === undefined ? {} : { nationalId }),
    ...(medicalRecordNumber === undefined ? {} : { medicalRecordNumber }),
    sex: row.sex,
    ...(row.birthDate === undefined ? {} : { birthDate: row.birthDate }),
    ...(row.phone === undefined ? {} : { phone: row.phone }),
    identifiers,
  }
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function failing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asWritingFailure(error, folder) ?? error
  }
}
