import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateLives } from '../../generator/generate-patients.ts'
import { writablePatients } from '../../generator/fhir.ts'
import { readFhirFiles } from '../import.ts'
import type { SourceVisit } from './mapped.ts'
import { patientBundleText } from './write-patient.ts'

/*
 * The structure of FHIR R4 for what we write, by hand from the specification: required elements and the grammar of
 * primitive types. Names of elements are held by the compiler (@types/fhir).
 */
const ID = /^[A-Za-z0-9\-.]{1,64}$/
const CODE = /^[^\s]+(\s[^\s]+)*$/
const URI = /^\S+$/
const DATE = /^([0-9]{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$/
const DATE_TIME =
  /^([0-9]{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]))?)?)?$/
const INSTANT = /T.+(Z|[+-][0-9]{2}:[0-9]{2})$/

const REQUIRED: Record<string, string[]> = {
  Patient: [],
  Encounter: ['status', 'class'],
  Condition: ['subject'],
  Observation: ['status', 'code'],
  Procedure: ['status', 'subject'],
  MedicationRequest: ['status', 'intent', 'medicationCodeableConcept', 'subject'],
  Coverage: ['status', 'beneficiary', 'payor'],
  Consent: ['status', 'scope', 'category', 'patient', 'policyRule'],
  Claim: ['status', 'type', 'use', 'patient', 'created', 'provider', 'priority', 'insurance'],
  ExplanationOfBenefit: [
    'status',
    'type',
    'use',
    'patient',
    'created',
    'insurer',
    'provider',
    'outcome',
    'insurance',
  ],
}
const STATUS: Record<string, string[]> = {
  Encounter: [
    'planned',
    'arrived',
    'triaged',
    'in-progress',
    'onleave',
    'finished',
    'cancelled',
    'entered-in-error',
    'unknown',
  ],
  Observation: [
    'registered',
    'preliminary',
    'final',
    'amended',
    'corrected',
    'cancelled',
    'entered-in-error',
    'unknown',
  ],
  Procedure: [
    'preparation',
    'in-progress',
    'not-done',
    'on-hold',
    'stopped',
    'completed',
    'entered-in-error',
    'unknown',
  ],
  MedicationRequest: [
    'active',
    'on-hold',
    'cancelled',
    'completed',
    'entered-in-error',
    'stopped',
    'draft',
    'unknown',
  ],
  Coverage: ['active', 'cancelled', 'draft', 'entered-in-error'],
  Consent: ['draft', 'proposed', 'active', 'rejected', 'inactive', 'entered-in-error'],
  Claim: ['active', 'cancelled', 'draft', 'entered-in-error'],
  ExplanationOfBenefit: ['active', 'cancelled', 'draft', 'entered-in-error'],
}

function problemsOf(bundle: any): string[] {
  const problems: string[] = []
  const fullUrls = new Set<string>(bundle.entry.map((entry: any) => entry.fullUrl))
  if (fullUrls.size !== bundle.entry.length) problems.push('fullUrl repeats')
  bundle.entry.forEach((entry: any, i: number) => {
    const { resource, request, fullUrl } = entry
    const at = `${i} ${resource.resourceType}`
    const say = (problem: string) => problems.push(`${at}: ${problem}`)
    if (!(resource.resourceType in REQUIRED)) say('type')
    for (const name of REQUIRED[resource.resourceType] ?? [])
      if (resource[name] === undefined) say(`${name} is missing`)
    const statuses = STATUS[resource.resourceType]
    if (statuses !== undefined && !statuses.includes(resource.status)) say(`status ${resource.status}`)
    if (!ID.test(resource.id)) say('id')
    if (fullUrl !== `urn:uuid:${resource.id}`) say('fullUrl')
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(resource.id))
      say('uuid')
    if (request.method !== 'POST' || request.url !== resource.resourceType || !request.ifNoneExist)
      say('request')
    if (
      resource.resourceType === 'Condition' &&
      !resource.clinicalStatus &&
      resource.verificationStatus?.coding[0].code !== 'entered-in-error'
    ) {
      if (resource.verificationStatus?.coding[0].code !== 'refuted') say('clinicalStatus')
    }
    if (
      resource.resourceType === 'Condition' &&
      resource.abatementDateTime &&
      resource.clinicalStatus?.coding[0].code === 'active'
    )
      say('con-4')
    walk(resource, '', say)
  })
  function walk(value: any, path: string, say: (problem: string) => void): void {
    if (value === null || value === undefined || value === '') return say(`${path} is empty`)
    if (Array.isArray(value)) {
      if (value.length === 0) say(`${path} is an empty list`)
      return value.forEach((each, k) => walk(each, `${path}[${k}]`, say))
    }
    if (typeof value !== 'object') {
      const name = path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '')
      if ((name === 'code' || name === 'status') && !CODE.test(value)) say(`${path} is no code: ${value}`)
      if ((name === 'system' || name === 'url') && !URI.test(value)) say(`${path} is no uri`)
      if (name === 'birthDate' && !DATE.test(value)) say(`${path} is no date`)
      if (/(DateTime|^start|^end|^created|recordedDate|authoredOn)$/.test(name) && !DATE_TIME.test(value))
        say(`${path} is no dateTime: ${value}`)
      if (name === 'issued' && !(DATE_TIME.test(value) && INSTANT.test(value))) say(`${path} is no instant`)
      if (name === 'reference' && !fullUrls.has(value)) say(`${path} leads nowhere: ${value}`)
      return
    }
    if (Object.keys(value).length === 0) say(`${path} is empty`)
    if (value.url !== undefined && path.includes('extension')) {
      const values = Object.keys(value).filter((key) => key.startsWith('value'))
      if ((value.extension === undefined) === (values.length === 0))
        say(`${path} has both or neither of value and extension`)
    }
    for (const [key, each] of Object.entries(value)) walk(each, `${path}.${key}`, say)
  }
  return problems
}

describe('what we write', () => {
  it('has the structure of FHIR R4 for generated patients, errors and all', () => {
    for (const life of generateLives({ patients: 25, seed: 'shape', errors: true })) {
      for (const patient of writablePatients('shape', life)) {
        expect(problemsOf(JSON.parse(patientBundleText(patient)))).toEqual([])
      }
    }
  })

  const samples = join(process.env['CONSILIUM_SAMPLES'] ?? '', 'synthea-r4-bundles')
  it.skipIf(!process.env['CONSILIUM_SAMPLES'] || !existsSync(samples))(
    'has it for the samples too, and reading it gives the same visits',
    async () => {
      const byPatient = new Map<string, SourceVisit[]>()
      for await (const event of readFhirFiles([samples])) {
        if (event.kind !== 'visit') continue
        const list = byPatient.get(event.visit.patient.sourceKey) ?? []
        byPatient.set(event.visit.patient.sourceKey, [...list, event.visit])
      }
      expect(byPatient.size).toBe(8)
      const { readJson } = await import('./json.ts')
      const { mapBundle } = await import('./map-bundle.ts')
      for (const visits of byPatient.values()) {
        const text = patientBundleText({
          identity: visits[0]!.patient,
          patientUuid: '11111111-1111-8111-a111-111111111111',
          visits: visits.map((visit) => ({
            visitId: createHash('md5').update(visit.origin.sourceId!).digest('hex'),
            content: visit.content,
            facility: 'f'.repeat(32),
          })),
        })
        expect(problemsOf(JSON.parse(text))).toEqual([])
        const read = readJson(text)
        if (read.kind !== 'json') throw new Error(read.reason)
        const items = (read.value as any).entry.map((entry: any, i: number) => ({
          resource: entry.resource,
          fullUrl: entry.fullUrl,
          path: `entry[${i}]`,
        }))
        const mapped = mapBundle(items, { consentScope: 'treatment-only' })
        expect(mapped.rejects).toEqual([])
        expect(mapped.visits.map((visit) => visit.content)).toEqual(visits.map((visit) => visit.content))
        expect(mapped.patients[0]).toMatchObject({
          name: visits[0]!.patient.name,
          identity: visits[0]!.patient.identity,
        })
      }
    },
  )
})
