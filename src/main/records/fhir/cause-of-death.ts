/** The cause of death where a source says it as a result: LOINC 69453-9, the cause on a certificate of death. */
import { ICD10_SYSTEMS, isIcd10Code, normaliseIcd10 } from '../../../shared/domain/visit-check.ts'
import { LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import type { Code } from '../../../shared/domain/visit.ts'
import type { JsonObject } from './json.ts'
import { conceptOf, QUIET } from './reading.ts'

const CAUSE_OF_DEATH = '69453-9'

/** Null where it is no such result or names no ICD-10 code; the result itself is kept as one either way. */
export function causeOfDeathIn(resource: JsonObject): Code | null {
  const isCause = conceptOf(resource['code'], QUIET).codes.some(
    ({ system, code }) => system === LOINC_SYSTEM && code === CAUSE_OF_DEATH,
  )
  if (!isCause || ['entered-in-error', 'cancelled'].includes(String(resource['status']))) return null
  for (const coding of conceptOf(resource['valueCodeableConcept'], QUIET).codes) {
    const code = normaliseIcd10(coding.code)
    if (ICD10_SYSTEMS.includes(coding.system) && isIcd10Code(code)) return { ...coding, code }
  }
  return null
}
