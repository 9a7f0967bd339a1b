/** One person in the hospital's own table of names: what is known, and how it lies sealed in the store. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Patient, PatientInput } from '../../shared/contract/patients.ts'
import { patient, personChange, registeredAlthough } from '../../shared/contract/patients.ts'
import { code, visitPatient } from '../../shared/domain/visit.ts'
import { concatBytes, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { ICD10_SYSTEMS, normaliseIcd10 } from '../../shared/domain/visit-check.ts'
import { normaliseId } from './linkage/person.ts'

export { normaliseId }

export const patientRow = patient.extend({
  /** By which importers know this person again: `system|value`, and `national-id|…`. */
  identities: z.array(z.string()),
  /** Milliseconds since 1970 of the last registration or submission, for "last used". */
  usedAt: z.number(),
  /** What the patient key was computed from; never changes, so a later national id does not split a history. */
  keySource: z.string(),
  causeOfDeath: code.optional(),
  /** The consent that somebody said last, a person here or a source: holds for visits whose source says none. */
  consentSaid: visitPatient.shape.consent.optional(),
  /** What stood here before, oldest first. */
  changes: z.array(personChange).optional(),
  /** That a person registered this patient although others looked alike, and why: kept for whoever asks later. */
  registeredAlthough: registeredAlthough.optional(),
})
export type PatientRow = z.infer<typeof patientRow>

/** Rows are padded to a multiple of this, so that their length does not tell the length of a name. */
const PAD_BYTES = 256

/** nonce ‖ AES-256-GCM(key, nonce, aad = id, JSON padded with spaces) ‖ tag. */
export function sealRow(key: Bytes, patientId: Bytes, row: unknown): Bytes {
  const json = utf8Encode(JSON.stringify(row))
  const padded = new Uint8Array(Math.ceil((json.length + 1) / PAD_BYTES) * PAD_BYTES).fill(32)
  padded.set(json)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(patientId)
  return concatBytes(nonce, cipher.update(padded), cipher.final(), cipher.getAuthTag())
}

/** The value, or null when the bytes are damaged or under another key or id. */
export function openRow(key: Bytes, patientId: Bytes, sealed: Bytes): unknown {
  if (sealed.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
  decipher.setAAD(patientId)
  decipher.setAuthTag(sealed.subarray(-16))
  try {
    return JSON.parse(
      utf8Decode(concatBytes(decipher.update(sealed.subarray(12, -16)), decipher.final())),
    ) as unknown
  } catch {
    return null
  }
}

/** What the window sees of a row. */
export function toPatient(row: PatientRow): Patient {
  const { identities: _identities, usedAt: _usedAt, keySource: _keySource, ...rest } = row
  const {
    changes: _changes,
    registeredAlthough: _although,
    consentSaid: _consent,
    causeOfDeath,
    ...seen
  } = rest
  return causeOfDeath === undefined ? seen : { ...seen, causeOfDeath: causeOfDeath.code }
}

export const nationalIdentity = (nationalId: string): string => `national-id|${normaliseId(nationalId)}`

export function newRow(
  patientId: string,
  input: PatientInput,
  now: number,
  although?: PatientRow['registeredAlthough'],
): PatientRow {
  const identity = identityIn(input)
  return {
    patientId,
    ...saidOf(input),
    createdAt: now,
    visitCount: 0,
    lastVisit: null,
    identities: identity === null ? [] : [identity],
    usedAt: now,
    keySource: identity ?? `local|${patientId}`,
    ...(although === undefined ? {} : { registeredAlthough: although }),
  }
}

const identityIn = ({ nationalId }: Pick<PatientInput, 'nationalId'>): string | null =>
  nationalId === undefined || nationalId.trim() === '' ? null : nationalIdentity(nationalId)

/** What was typed of a person, as the table keeps it: trimmed, in one form, empty fields left out. */
export function saidOf(input: Omit<PatientInput, 'birthDate'> & { birthDate?: string | undefined }) {
  const { name, latinName, nationalId, medicalRecordNumber, sex, birthDate, phone } = input
  const { residenceRegion, deathDate, causeOfDeath } = input
  const cause = causeOfDeath === undefined ? '' : normaliseIcd10(causeOfDeath)
  const kept = <F extends string>(field: F, text: string | undefined): { [K in F]?: string } =>
    text === undefined || text.trim() === '' ? {} : ({ [field]: text.trim() } as { [K in F]?: string })
  return {
    name: name.normalize('NFC').trim(),
    ...kept('latinName', latinName?.normalize('NFC')),
    ...kept('nationalId', nationalId?.normalize('NFKC')),
    ...kept('medicalRecordNumber', medicalRecordNumber),
    sex,
    ...kept('birthDate', birthDate),
    ...kept('phone', phone),
    ...kept('residenceRegion', residenceRegion?.normalize('NFC')),
    ...(deathDate === undefined || deathDate === '' ? {} : { deceased: true, deathDate }),
    ...(cause === '' ? {} : { causeOfDeath: { system: ICD10_SYSTEMS[0]!, code: cause } }),
  }
}
