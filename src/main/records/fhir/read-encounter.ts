/** FHIR Encounter → the encounter of a visit. */
import type { z } from 'zod'
import { encounter as encounterSchema } from '../../../shared/domain/visit.ts'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { Diagnosis, Encounter } from '../../../shared/domain/visit.ts'
import type { JsonObject } from './json.ts'
import {
  cut,
  conceptOf,
  mainCode,
  objectAt,
  objectsAt,
  referenceText,
  referenceWord,
  textAt,
  whenAt,
  wordOf,
} from './reading.ts'
import type { Issues } from './reading.ts'
import { wholeDateOrInstant } from './read-observation.ts'
import { roleOfUse } from './read-clinical.ts'

export const draftEncounter: z.ZodType<VisitDraft['encounter']> = encounterSchema.omit({ facility: true })

export type ReadEncounter =
  | { kind: 'encounter'; value: VisitDraft['encounter'] }
  | { kind: 'refused'; reason: 'no-date' | 'date-does-not-exist' | 'date-malformed' }

const CLASS: Record<string, Encounter['class'] | undefined> = {
  AMB: 'AMB',
  EMER: 'EMER',
  FLD: 'EMER',
  IMP: 'IMP',
  ACUTE: 'IMP',
  NONAC: 'IMP',
  OBSENC: 'OBSENC',
  PRENC: 'AMB',
  HH: 'HH',
  VR: 'VR',
  SS: 'SS',
  // Older exporters write words.
  ambulatory: 'AMB',
  outpatient: 'AMB',
  wellness: 'AMB',
  urgentcare: 'AMB',
  emergency: 'EMER',
  inpatient: 'IMP',
  home: 'HH',
  virtual: 'VR',
}
const STATUS: Record<string, Encounter['status'] | undefined> = {
  planned: 'planned',
  arrived: 'in-progress',
  triaged: 'in-progress',
  'in-progress': 'in-progress',
  onleave: 'in-progress',
  finished: 'finished',
  completed: 'finished',
  discharged: 'finished',
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
}

export function readEncounter(resource: JsonObject, issues: Issues): ReadEncounter {
  const period = objectAt(resource['period']) ?? objectAt(resource['actualPeriod'])
  const start = whenAt(period?.['start'], issues) ?? whenAt(period?.['end'], issues)
  if (start === undefined) return { kind: 'refused', reason: 'no-date' }
  if (start.kind === 'bad') return { kind: 'refused', reason: start.reason }
  const at = wholeDateOrInstant(start.text, issues)!
  const value: VisitDraft['encounter'] = {
    class: classOf(resource, issues),
    status: statusOf(resource, period, issues),
    admission: { at },
    // The civil date where the source wrote it; the facility's own where that is the same place.
    day: at.slice(0, 10),
    payer: { type: 'UNKNOWN' },
  }
  const end = whenAt(period?.['end'], issues)
  if (end?.kind === 'bad') issues.leave('period.end', end.reason)
  else if (end !== undefined) {
    value.discharge = { at: wholeDateOrInstant(end.text, issues)! }
    if (value.discharge.at.slice(0, 10) < value.day && value.discharge.at.length === at.length) {
      issues.warn('discharge-before-admission')
    }
  } else issues.warn('no-discharge')

  const department = mainCode(conceptOf(objectsAt(resource['serviceType'])[0], issues), () => false)
  if (department !== undefined) value.department = department.code
  const types = objectsAt(resource['type'])
  const type = mainCode(conceptOf(types[0], issues), () => false)
  if (type !== undefined) value.type = type.code
  const attender = attenderOf(resource)
  if (attender !== undefined) value.attender = attender
  const reasonConcept = conceptOf(objectsAt(resource['reasonCode'])[0], issues)
  const code = reasonConcept.codes[0]
  const text = reasonConcept.text
  if (code !== undefined || text !== undefined) {
    value.reason = {}
    if (code !== undefined) value.reason.code = code
    if (text !== undefined && text !== code?.display) value.reason.text = cut(text, 200)
  }
  const stay = objectAt(resource['hospitalization']) ?? objectAt(resource['admission'])
  const admitSource = wordOf(stay?.['admitSource'], 64, issues)
  const disposition = wordOf(stay?.['dischargeDisposition'], 64, issues)
  if (admitSource !== undefined) value.admitSource = admitSource
  if (disposition !== undefined) value.dischargeDisposition = disposition
  return { kind: 'encounter', value }
}

function classOf(resource: JsonObject, issues: Issues): Encounter['class'] {
  const direct = objectAt(resource['class']) ?? objectsAt(resource['class'])[0]
  const coding = direct?.['code'] === undefined ? objectsAt(direct?.['coding'])[0] : direct
  const word = coding?.['code']
  const found =
    typeof word === 'string'
      ? (CLASS[word] ?? CLASS[word.toUpperCase()] ?? CLASS[word.toLowerCase()])
      : undefined
  if (found !== undefined) return found
  if (word !== 'UNK') issues.warn('encounter-class-not-known')
  return 'UNK'
}

function statusOf(resource: JsonObject, period: JsonObject | undefined, issues: Issues): Encounter['status'] {
  const word = resource['status']
  const found = typeof word === 'string' ? STATUS[word] : undefined
  if (found !== undefined) return found
  issues.warn('encounter-status-not-known')
  return period?.['end'] === undefined ? 'in-progress' : 'finished'
}

function attenderOf(resource: JsonObject): string | undefined {
  for (const participant of objectsAt(resource['participant'])) {
    const word = referenceWord(participant['individual'] ?? participant['actor'])
    if (word !== undefined) return word
  }
  return undefined
}

export interface EncounterDiagnosis {
  reference: string
  rank: number | undefined
  role: Diagnosis['role'] | undefined
}

/** Which conditions the encounter names, with their places. */
export function encounterDiagnoses(resource: JsonObject): EncounterDiagnosis[] {
  const result: EncounterDiagnosis[] = []
  for (const each of objectsAt(resource['diagnosis'])) {
    const reference = referenceText(each['condition'])
    if (reference === undefined) continue
    const text = (each['rank'] as { text?: string } | undefined)?.text
    const rank =
      text !== undefined && /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= 200 ? Number(text) : undefined
    result.push({ reference, rank, role: roleOfUse(objectAt(each['use']), rank) })
  }
  return result
}

/** Name of the organisation that gave the care, as the source calls it. */
export function organisationOf(
  resource: JsonObject,
  resolve: (reference: string) => JsonObject | undefined,
  issues: Issues,
): string | undefined {
  const provider = objectAt(resource['serviceProvider'])
  if (provider === undefined) return undefined
  const reference = referenceText(provider)
  const found = reference === undefined ? undefined : resolve(reference)
  return (
    textAt(found?.['name'], 200, issues) ??
    textAt(provider['display'], 200, issues) ??
    (referenceWord(provider) || undefined)
  )
}
