/** Claims with their benefits, and the visits that they are about. */
import type { JsonObject } from './json.ts'
import { goodWhen, objectAt, objectsAt, QUIET } from './reading.ts'
import type { ReadPatient } from './read-patient.ts'
import type { Item, References } from './references.ts'
import type { Bucket, Buckets, ClaimPair } from './visit-buckets.ts'

/** A benefit belongs to the claim that it names; either may come alone. */
export function pairClaims(items: readonly Item[], references: References): ClaimPair[] {
  const pairs = new Map<JsonObject, ClaimPair>()
  const list: ClaimPair[] = []
  const byId = new Map<string, JsonObject>()
  for (const item of items) {
    if (item.resource['resourceType'] !== 'Claim') continue
    const pair = { claim: item, benefit: undefined }
    pairs.set(item.resource, pair)
    list.push(pair)
    const id = item.resource['id']
    if (typeof id === 'string') byId.set(id, item.resource)
  }
  for (const item of items) {
    if (item.resource['resourceType'] !== 'ExplanationOfBenefit') continue
    const named = references.follow(objectAt(item.resource['claim']), item.resource)
    const byNumber = objectsAt(item.resource['identifier'])
      .map((each) => (typeof each['value'] === 'string' ? byId.get(each['value']) : undefined))
      .find((each) => each !== undefined)
    const pair = pairs.get((named ?? byNumber) as JsonObject)
    if (pair !== undefined && pair.benefit === undefined) pair.benefit = item
    else list.push({ claim: undefined, benefit: item })
  }
  return list
}

export const itemOf = ({ claim, benefit }: ClaimPair): Item => (claim ?? benefit)!

/** By what either refers to, directly or by its prescription or diagnoses; else by the time that was billed. */
export function bucketOfClaim(
  pair: ClaimPair,
  patient: ReadPatient,
  references: References,
  buckets: Buckets,
): Bucket | undefined {
  for (const each of [pair.claim, pair.benefit]) {
    if (each === undefined) continue
    const { resource } = each
    const links = objectsAt(resource['item']).flatMap((line) => objectsAt(line['encounter']))
    const request = references.follow(objectAt(resource['prescription']), resource)
    const viaRequest = objectAt(request?.['encounter'])
    for (const link of viaRequest === undefined ? links : [...links, viaRequest]) {
      const found = references.follow(link, resource)
      const bucket = buckets.ofEncounter(found)
      if (bucket !== undefined && bucket.patient === patient) return bucket
    }
    for (const entry of objectsAt(resource['diagnosis'])) {
      const condition = references.follow(objectAt(entry['diagnosisReference']), resource)
      const found = references.follow(objectAt(condition?.['encounter']), condition)
      const bucket = buckets.ofEncounter(found)
      if (bucket !== undefined && bucket.patient === patient) return bucket
    }
  }
  const item = itemOf(pair)
  const period = objectAt(item.resource['billablePeriod'])
  const when =
    goodWhen(period?.['start'], 'billablePeriod', QUIET) ??
    goodWhen(item.resource['created'], 'created', QUIET)
  return buckets.byTime(item, patient, when)
}
