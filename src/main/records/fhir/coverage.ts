/** Insurance that no claim names: FHIR Coverage of a patient, by the day of a visit. */
import { parsePartialDate } from '../../../shared/domain/dates.ts'
import { isSame } from './own-extension.ts'
import type { JsonObject } from './json.ts'
import { readInsurance, type Insurance } from './read-claim.ts'
import { integerAt, objectAt, objectsAt, type Issues } from './reading.ts'

/** Whether a period of FHIR holds on a day, YYYY-MM-DD. Without an end, or with one that nobody can read, it goes on. */
export function isDuring(period: JsonObject | undefined, day: string): boolean {
  const end = (value: unknown) => (typeof value === 'string' ? parsePartialDate(value.slice(0, 10)) : null)
  const [on, from, to] = [parsePartialDate(day), end(period?.['start']), end(period?.['end'])]
  return on === null || ((from === null || from.first <= on.last) && (to === null || on.first <= to.last))
}

/**
 * The insurance of a visit by what covers its patient that day: where there are several the one that FHIR's `order` puts
 * first, else the first in the file, counted as `several-insurances`.
 */
export function insuranceOn(
  day: string,
  coverages: readonly JsonObject[],
  read: (coverage: JsonObject) => Insurance,
  issues: Issues,
): Insurance | undefined {
  const valid = coverages.filter(
    (each) => (each['status'] ?? 'active') === 'active' && isDuring(objectAt(each['period']), day),
  )
  const placeOf = (each: JsonObject) => integerAt(each['order'], 1, 1000) ?? Infinity
  const [best, next] = [...valid].sort((a, b) => Math.sign(placeOf(a) - placeOf(b) || 0))
  if (best === undefined) return undefined
  const insurance = read(best)
  if (next !== undefined && placeOf(best) === placeOf(next) && !isSame(read(next), insurance))
    issues.warn('several-insurances')
  return insurance
}

/** The payer that a coverage says, with the name of its insurer where that is a resource of its own. */
export function readCoverage(
  coverage: JsonObject,
  follow: (value: JsonObject | undefined, from: JsonObject) => JsonObject | undefined,
  words: readonly (string | undefined)[],
  issues: Issues,
): Insurance {
  const payor = objectsAt(coverage['payor'])[0]
  const name = payor?.['display'] === undefined ? follow(payor, coverage)?.['name'] : undefined
  return readInsurance(
    coverage,
    [typeof name === 'string' && name !== '' ? name : undefined, ...words],
    issues,
  )
}
