/** One person in the hospital's own table of names: what is known, and how it lies sealed in the store. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Patient, PatientInput } from '../../shared/contract/patients.ts'
import { patient, registeredAlthough } from '../../shared/contract/patients.ts'
import { concatBytes, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { normaliseId } from './linkage/person.ts'

export { normaliseId }

export const patientRow = patient.extend({
  /** By which importers know this person again: `system|value`, and `national-id|…`. */
  identities: z.array(z.string()),
  /** Milliseconds since 1970 of the last registration or submission, for "last used". */
  usedAt: z.number(),
  /** What the patient key was computed from; never changes, so a later national id does not split a history. */
  keySource: z.string(),
  residenceRegion: z.string().optional(),
  deceased: z.boolean().optional(),
  deathDate: z.string().optional(),
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
  const { residenceRegion: _region, deceased: _deceased, deathDate: _deathDate, ...seen } = rest
  return seen
}

export const nationalIdentity = (nationalId: string): string => `national-id|${normaliseId(nationalId)}`

export function newRow(
  patientId: string,
  input: PatientInput,
  now: number,
  although?: PatientRow['registeredAlthough'],
): PatientRow {
  const { name, latinName, nationalId, medicalRecordNumber, sex, birthDate, phone } = input
  const identity = nationalId === undefined || nationalId === '' ? null : nationalIdentity(nationalId)
  return {
    patientId,
    name: name.normalize('NFC').trim(),
    ...(latinName ? { latinName: latinName.normalize('NFC').trim() } : {}),
    ...(nationalId ? { nationalId: nationalId.normalize('NFKC').trim() } : {}),
    ...(medicalRecordNumber ? { medicalRecordNumber: medicalRecordNumber.trim() } : {}),
    sex,
    birthDate,
    ...(phone ? { phone: phone.trim() } : {}),
    createdAt: now,
    visitCount: 0,
    lastVisit: null,
    identities: identity === null ? [] : [identity],
    usedAt: now,
    keySource: identity ?? `local|${patientId}`,
    ...(although === undefined ? {} : { registeredAlthough: although }),
  }
}
