/** What differs between two versions, in words of the window: names of fields, and values that a record has as codes. Pure. */
import type { DiffSection } from '../../shared/domain/record-diff.ts'
import type { Words } from '../words/catalogue.ts'
import { sayFrequency } from './dosing-words.ts'

type Said = Pick<Words, 'clinical' | 'entry' | 'patients'>

/** A field of this section; what is no field (the name of a test, of a diagnosis) is its own name. */
export function nameOfPart({ patients, entry }: Said, section: DiffSection, what: string): string {
  const { encounter, outcome } = entry
  const further: Readonly<Record<string, string>> =
    section === 'encounter'
      ? {
          class: encounter.class,
          status: encounter.status,
          admitSource: encounter.admitSource,
          dischargeDisposition: encounter.disposition,
        }
      : section === 'outcome'
        ? {
            deathInHospital: outcome.death,
            icuDays: outcome.icuDays,
            ventilatorDays: outcome.ventilatorDays,
            adverseEvents: outcome.adverse,
          }
        : {}
  const name = ownOf(further, what) ?? ownOf(patients.record, what)
  return typeof name === 'string' ? name : what
}

/** A value of this part; one that our lists lack, as in an import, is said as it is written. */
export function wordOfPart(words: Said, section: DiffSection, key: string, value: string): string {
  const { clinical, patients } = words
  if (key === 'frequency') return sayFrequency(value, clinical)
  const yesOrNo = { true: patients.record.yes, false: patients.record.no }
  const lists: Readonly<Record<string, object>> = {
    'encounter.class': clinical.class,
    'encounter.status': clinical.status,
    'encounter.payer': clinical.payer,
    'encounter.admitSource': clinical.admitSource,
    'encounter.dischargeDisposition': clinical.disposition,
    'observations.status': clinical.resultStatus,
    'observations.flag': clinical.flags,
    'diagnoses.role': clinical.role,
    'diagnoses.verification': clinical.verification,
    'diagnoses.presentOnAdmission': clinical.poa,
    'diagnoses.chronic': { true: patients.record.chronic },
    'diagnoses.unlisted': { true: patients.record.unlisted },
    'procedures.status': clinical.procedureStatus,
    'procedures.laterality': clinical.laterality,
    'prescriptions.status': clinical.prescriptionStatus,
    'prescriptions.route': clinical.route,
    'prescriptions.asNeeded': { true: clinical.asNeeded },
    'outcome.deathInHospital': yesOrNo,
    'claims.type': clinical.claimType,
    'claims.status': clinical.claimStatus,
    'consent.consentScope': clinical.consent,
  }
  const word = ownOf(lists[`${section}.${key}`] ?? {}, value)
  return typeof word === 'string' ? word : value
}

const ownOf = (list: object, key: string): unknown =>
  Object.hasOwn(list, key) ? (list as Record<string, unknown>)[key] : undefined
