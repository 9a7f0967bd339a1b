/** A synthetic life as patients to be written as FHIR: one for each identity that the life was written down under. */
import type { SourceIdentifier } from '../../shared/domain/source.ts'
import type { WritablePatient } from '../records/fhir/write-patient.ts'
import { contentOf } from './content.ts'
import type { VisitFacts } from './facts.ts'
import { sourcePatientOf } from './generate-patients.ts'
import type { Life } from './generate-patients.ts'
import { sha256Words } from './sha256.ts'

/** The patient first, then the wrong identities that errors made of some visits. */
export function writablePatients(seed: string, life: Life): WritablePatient[] {
  const byId = new Map<string, VisitFacts[]>()
  for (const facts of life.visits) {
    const list = byId.get(facts.nationalId)
    if (list === undefined) byId.set(facts.nationalId, [facts])
    else list.push(facts)
  }
  return [...byId].map(([nationalId, list]) => {
    const identity = sourcePatientOf(list[0]!, life.person)
    const identifiers = new Map<string, SourceIdentifier>()
    for (const facts of list) {
      for (const each of sourcePatientOf(facts, life.person).identifiers)
        identifiers.set(`${each.system}|${each.value}`, each)
    }
    return {
      identity: { ...identity, identifiers: [...identifiers.values()] },
      patientUuid: uuidOf(hexOf(`${seed}|patient|${nationalId}`)),
      visits: list.map((facts) => ({
        visitId: hexOf(`${seed}|visit|${facts.visitId}`),
        content: contentOf(facts, life.person, life.membership),
        ...(life.membership.memberNumber === null ? {} : { memberNumber: life.membership.memberNumber }),
      })),
    }
  })
}

/** 32 hex digits of a name. */
function hexOf(name: string): string {
  const words = sha256Words(name)
  let hex = ''
  for (let i = 0; i < 4; i++) hex += (words[i]! >>> 0).toString(16).padStart(8, '0')
  return hex
}

function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
