/**
 * What claims say of the diagnoses of a visit: diagnoses that stand in the claim alone, and which were there on admission.
 * Claims data often have no condition resources at all.
 */
import type { Diagnosis } from '../../../shared/domain/visit.ts'
import type { JsonObject } from './json.ts'
import { objectAt, objectsAt } from './reading.ts'
import type { Item } from './references.ts'

export interface ClaimDiagnoses {
  /** Diagnoses that no condition of the visit says, as conditions. */
  readonly added: readonly Item[]
  /** The condition behind an entry of a claim. */
  conditionOf(entry: JsonObject): JsonObject | undefined
  readonly roles: ReadonlyMap<JsonObject, Diagnosis['role']>
  readonly onAdmission: ReadonlyMap<JsonObject, NonNullable<Diagnosis['presentOnAdmission']>>
}

/** Kinds of FHIR's example codes and of Blue Button; others say nothing of a role. */
const ROLES: Readonly<Record<string, Diagnosis['role'] | undefined>> = {
  principal: 'principal',
  admitting: 'admitting',
  secondary: 'secondary',
  other: 'secondary',
  externalcauseofinjury: 'external-cause',
}

/**
 * @param claims claims and benefits of one visit
 * @param conditions of the same visit
 * @param follow the resource that an entry refers to
 */
export function claimDiagnoses(
  claims: readonly Item[],
  conditions: readonly Item[],
  follow: (reference: JsonObject | undefined, from: JsonObject) => JsonObject | undefined,
): ClaimDiagnoses {
  const known = new Map<string, JsonObject>()
  for (const { resource } of conditions)
    for (const name of namesOf(objectAt(resource['code']))) if (!known.has(name)) known.set(name, resource)
  const added: Item[] = []
  const behind = new Map<JsonObject, JsonObject>()
  const roles = new Map<JsonObject, Diagnosis['role']>()
  const onAdmission = new Map<JsonObject, NonNullable<Diagnosis['presentOnAdmission']>>()

  function inline(concept: JsonObject, path: string): JsonObject | undefined {
    const names = namesOf(concept)
    const found = names.map((name) => known.get(name)).find((each) => each !== undefined)
    if (found !== undefined || names.length === 0) return found
    const resource: JsonObject = { resourceType: 'Condition', code: concept }
    for (const name of names) known.set(name, resource)
    added.push({ resource, path })
    return resource
  }

  for (const { resource, path } of claims) {
    for (const [i, entry] of objectsAt(resource['diagnosis']).entries()) {
      const concept = objectAt(entry['diagnosisCodeableConcept'])
      const condition =
        concept === undefined
          ? follow(objectAt(entry['diagnosisReference']), resource)
          : inline(concept, `${path}.diagnosis[${i}]`)
      if (condition === undefined) continue
      behind.set(entry, condition)
      const role = objectsAt(entry['type'])
        .flatMap((type) => codesOf(type).map((code) => ROLES[code.toLowerCase().replace(/[^a-z]/g, '')]))
        .find((each) => each !== undefined)
      if (role !== undefined && added.some((each) => each.resource === condition)) roles.set(condition, role)
      const [present = ''] = codesOf(objectAt(entry['onAdmission'])).map((code) => code.toUpperCase())
      if (/^[YNUW1]$/.test(present))
        onAdmission.set(condition, present as NonNullable<Diagnosis['presentOnAdmission']>)
    }
  }
  return { added, conditionOf: (entry) => behind.get(entry), roles, onAdmission }
}

/** By which two sayings of one diagnosis are known: codes with and without the point alike, words where there is no code. */
function namesOf(concept: JsonObject | undefined): string[] {
  const codes = codesOf(concept).map((code) => code.toUpperCase().replace('.', ''))
  const text = concept?.['text']
  return codes.length > 0 || typeof text !== 'string' || text.trim() === '' ? codes : [`text ${text.trim()}`]
}

const codesOf = (concept: JsonObject | undefined): string[] =>
  objectsAt(concept?.['coding']).flatMap(({ code }) =>
    typeof code === 'string' && code !== '' ? [code] : [],
  )
