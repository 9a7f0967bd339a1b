/**
 * What enters from outside before the node adds what only it knows: importers and the generator speak these types.
 */
import type { Encounter, VisitContent, VisitPatient } from './visit.ts'

/** A visit without patient key, facility and envelope. */
export type VisitDraft = Omit<VisitContent, 'patient' | 'encounter'> & {
  patient: Omit<VisitPatient, 'key' | 'keyEpoch'>
  encounter: Omit<Encounter, 'facility'>
}

export interface SourceIdentifier {
  system: string
  value: string
  /** `NI` national id, `MR` record number, `SS` social security, `DL`, `PPN`… (HL7 v2-0203), where the source says it. */
  type?: string
}

/** Who the patient is, for the hospital's own encrypted table and for the patient key. Never part of a block. */
export interface SourcePatient {
  /** Reference that visits of the same file use, unique within one reading. */
  sourceKey: string
  /** The best identity that the source gives; what the patient key is made of. */
  identity: { kind: 'consortium' | 'national-id' | 'source-id'; system: string; value: string }
  /** Other numbers of this person at the same source, under which another message may know them. */
  alsoKnownAs?: { system: string; value: string }[]
  name?: string
  /** Name in Latin letters, where the name itself is in another script. */
  latinName?: string
  nationalId?: string
  medicalRecordNumber?: string
  sex: VisitPatient['sex']
  birthDate?: string
  phone?: string
  identifiers: SourceIdentifier[]
}
