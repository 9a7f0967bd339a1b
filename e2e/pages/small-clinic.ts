/**
 * Records of a small diabetes clinic as one FHIR bundle: enough people for counts that may be said and a model that fits, few enough to be
 * there in seconds. Invented by a formula, so that every run has the same.
 */
import { createHash } from 'node:crypto'

/** People with diabetes, and of them those who are admitted with an infarction at their last visit. */
export const CLINIC_PERSONS = 96
export const CLINIC_EVENTS = 40
export const CLINIC_VISITS = 4 * CLINIC_PERSONS

const DAY_MS = 86_400_000

export function smallClinic(): string {
  const entry = Array.from({ length: CLINIC_PERSONS }, (_, p) => entriesOf(p)).flat()
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
}

function entriesOf(p: number): unknown[] {
  const chance = diceOf(p)
  const patient = urn(`patient ${p}`)
  // Neither sign tells who is admitted for sure: a model of them has an answer.
  const isAdmitted = p < CLINIC_EVENTS
  const birth = `${1940 + Math.floor(35 * chance()) + (isAdmitted ? 0 : 4)}-0${1 + (p % 9)}-1${p % 9}`
  const level = 6.2 + 2.4 * chance() + (isAdmitted ? 0.8 : 0)
  const first = Date.UTC(2018, p % 12, 3 + (p % 20))
  const visits = [0, 110, 240, 380].flatMap((days, v) => {
    const start = new Date(first + (days + Math.floor(30 * chance())) * DAY_MS).toISOString()
    const isLast = v === 3
    const encounter = urn(`visit ${p} ${v}`)
    const codes = ['E11.9', ...(isLast && isAdmitted ? ['I21.9'] : [])]
    return [
      {
        fullUrl: encounter,
        resource: {
          resourceType: 'Encounter',
          status: 'finished',
          class: {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
            code: isLast && isAdmitted ? 'IMP' : 'AMB',
          },
          subject: { reference: patient },
          period: { start },
        },
      },
      {
        fullUrl: urn(`result ${p} ${v}`),
        resource: {
          resourceType: 'Observation',
          status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' }] },
          subject: { reference: patient },
          encounter: { reference: encounter },
          effectiveDateTime: start,
          valueQuantity: {
            value: Number((level + 0.6 * (chance() - 0.5)).toFixed(1)),
            unit: '%',
            system: 'http://unitsofmeasure.org',
            code: '%',
          },
        },
      },
      ...codes.map((code) => ({
        fullUrl: urn(`condition ${p} ${v} ${code}`),
        resource: {
          resourceType: 'Condition',
          code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code }] },
          subject: { reference: patient },
          encounter: { reference: encounter },
          onsetDateTime: start,
        },
      })),
    ]
  })
  return [
    {
      fullUrl: patient,
      resource: {
        resourceType: 'Patient',
        identifier: [{ system: 'urn:test:mrn', value: `C${p}` }],
        name: [{ family: `Family${p}`, given: ['Given'] }],
        gender: p % 2 === 0 ? 'female' : 'male',
        birthDate: birth,
      },
    },
    ...visits,
  ]
}

/** Between 0 and 1: Lehmer's generator, told apart by person. */
function diceOf(p: number): () => number {
  let state = 48_271 * (p + 7)
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

function urn(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
