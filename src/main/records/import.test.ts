import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFhirFiles } from './import.ts'
import type { ReadOptions, SourceEvent } from './import.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-import-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function collect(paths: string[], options: ReadOptions = {}) {
  const events: SourceEvent[] = []
  for await (const event of readFhirFiles(paths, options)) events.push(event)
  const of = <K extends SourceEvent['kind']>(kind: K) =>
    events.filter((each) => each.kind === kind) as Extract<SourceEvent, { kind: K }>[]
  return {
    events,
    patients: of('patient').map((each) => each.patient),
    visits: of('visit').map((each) => each.visit),
    rejects: of('reject').map(({ path, reason }) => ({ path, reason })),
    warnings: Object.fromEntries(of('warning').map((each) => [each.reason, each.count])),
  }
}

let fileCount = 0
async function file(content: unknown, extension = 'json'): Promise<string> {
  const path = join(folder, `f${fileCount++}.${extension}`)
  await writeFile(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
  )
  return path
}

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  gender: 'female',
  birthDate: '1980-02-03',
  name: [{ family: 'Núñez', given: ['José', 'María'] }],
}
const encounter = (change: object = {}) => ({
  resourceType: 'Encounter',
  id: 'e1',
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p1' },
  period: { start: '2020-03-01T09:00:00+08:00', end: '2020-03-01T09:30:00+08:00' },
  ...change,
})
const observation = (change: object = {}) => ({
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' }] },
  subject: { reference: 'Patient/p1' },
  encounter: { reference: 'Encounter/e1' },
  effectiveDateTime: '2020-03-01T09:05:00+08:00',
  issued: '2020-03-02T10:00:00+08:00',
  valueQuantity: { value: 6.5, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
  ...change,
})
const bundle = (resources: object[], type = 'collection') => ({
  resourceType: 'Bundle',
  type,
  entry: resources.map((resource) => ({ resource })),
})
const read = async (resources: object[], options: ReadOptions = {}) =>
  collect([await file(bundle(resources))], options)
const one = async (change: object) =>
  (await read([patient, encounter(), observation(change)])).visits[0]!.content.observations

const samples = process.env['CONSILIUM_SAMPLES'] ?? ''
const bundles = join(samples, 'synthea-r4-bundles')

describe.skipIf(samples === '' || !existsSync(bundles))('the eight sample bundles', () => {
  it('give every patient, encounter and observation, and name all that is not taken', async () => {
    const { events, patients, visits, rejects, warnings } = await collect([bundles])
    expect(patients).toHaveLength(8)
    expect(visits).toHaveLength(141)
    expect(visits.reduce((sum, each) => sum + each.observationResourceCount, 0)).toBe(861)
    const sum = (of: (visit: (typeof visits)[number]) => number) =>
      visits.reduce((total, each) => total + of(each), 0)
    expect(sum((each) => each.content.diagnoses.length)).toBe(45)
    expect(sum((each) => each.content.claims.length)).toBe(169)
    // 28 medication requests and 86 immunisations; 42 procedures and 5 imaging studies.
    expect(sum((each) => each.content.prescriptions.length)).toBe(114)
    expect(sum((each) => each.content.procedures.length)).toBe(47)
    const counts = new Map<string, number>()
    for (const each of rejects) counts.set(each.reason, (counts.get(each.reason) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toEqual({
      'not-part-of-a-visit': 38,
    })
    const reports = events.filter(
      (each) => each.kind === 'warning' && each.reason === 'report-of-results-taken-singly',
    )
    expect(reports.reduce((total, each) => total + (each.kind === 'warning' ? each.count : 0), 0)).toBe(62)
    expect(warnings['no-encounter']).toBeUndefined()
    expect(new Set(visits.map((each) => each.origin.sourceId)).size).toBe(141)
  })

  it('keep digits, time styles, panels and identities', async () => {
    const { patients, visits } = await collect([bundles])
    const all = visits.flatMap((each) => each.content.observations)
    expect(
      all.some((each) => each.value.type === 'decimal' && each.value.value === '37.11021100218293'),
    ).toBe(true)
    expect(all.filter((each) => each.panel !== undefined).length).toBe(108)
    expect(patients.every((each) => each.identity.kind === 'national-id')).toBe(true)
    expect(patients.map((each) => each.name)).toContain('Jesús Alvarez')
    expect(
      all.every((each) => each.resultDate === undefined || /\.[0-9]{3}\+00:00$/.test(each.resultDate)),
    ).toBe(true)
    expect(visits.every((each) => /T[0-9:]{8}\+00:00$/.test(each.content.encounter.admission.at))).toBe(true)
    expect(visits.flatMap((each) => each.content.diagnoses).every((each) => each.unlisted === true)).toBe(
      true,
    )
  })
})

describe.skipIf(samples === '' || !existsSync(bundles))('the units of the eight sample bundles', () => {
  it('are those of the files, each with its number', async () => {
    interface Measured {
      code: { coding: { code: string }[] }
      valueQuantity?: { value: number; unit: string; code: string }
    }
    const inFiles: string[] = []
    for (const name of await readdir(bundles)) {
      const { entry } = JSON.parse(await readFile(join(bundles, name), 'utf8')) as {
        entry: { resource: Measured & { resourceType: string; component?: Measured[] } }[]
      }
      for (const { resource } of entry)
        if (resource.resourceType === 'Observation')
          for (const { code, valueQuantity: quantity } of [resource, ...(resource.component ?? [])])
            if (quantity !== undefined)
              inFiles.push(`${code.coding[0]!.code} ${quantity.value} ${quantity.unit} ${quantity.code}`)
    }
    const { visits } = await collect([bundles])
    const inRecords = visits
      .flatMap(({ content }) => content.observations)
      .flatMap(({ code, value }) =>
        value.type === 'decimal'
          ? [`${code.code} ${Number(value.value)} ${value.unitSource ?? value.unit} ${value.unit}`]
          : [],
      )
    expect(inFiles).toHaveLength(860)
    expect(inRecords.sort()).toEqual(inFiles.sort())
  })
})

describe('bad input', () => {
  it('is refused by name with its place, and the rest goes in', async () => {
    const good = await file(bundle([patient, encounter()]))
    const cases: [unknown, string, string][] = [
      [JSON.stringify(bundle([patient, encounter()])).slice(0, -20), 'not-json', 'line 1'],
      ['{"resourceType": "Bundle", ', 'not-json', 'line 1'],
      ['this is no JSON', 'not-json', 'line 1, column 1'],
      [new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'not-utf8', ''],
      ['['.repeat(1000), 'too-deep', 'line 1'],
      ['[]', 'wrong-resource-type', ''],
      ['{"resourceType":"Cookbook"}', 'wrong-resource-type', ''],
      ['{"no":"type"}', 'no-resource-type', ''],
      [bundle([]), 'empty-bundle', ''],
      [bundle([{ resourceType: 'Practitioner', id: 'd1' }]), 'bundle-without-patient', ''],
    ]
    for (const [content, reason, path] of cases) {
      const bad = await file(content)
      const { rejects, visits } = await collect([bad, good])
      expect(
        rejects.map((each) => each.reason),
        reason,
      ).toContain(reason)
      expect(rejects[0]!.path.startsWith(path), `${reason} at ${rejects[0]!.path}`).toBe(true)
      expect(visits).toHaveLength(1)
    }
  })

  it('is named when it is too large or cannot be read', async () => {
    const large = await file(bundle([patient, encounter()]))
    expect((await collect([large], { fileBytesMax: 100 })).rejects).toEqual([
      { path: '', reason: 'file-too-large' },
    ])
    expect((await collect([join(folder, 'missing.json')])).rejects).toEqual([
      { path: '', reason: 'file-not-readable' },
    ])
    const lines = await file(
      `${JSON.stringify(patient)}\n${'x'.repeat(5000)}\n${JSON.stringify(encounter())}\n`,
      'ndjson',
    )
    const { rejects, visits } = await collect([lines], { fileBytesMax: 1000 })
    expect(rejects).toEqual([{ path: 'line 2', reason: 'file-too-large' }])
    expect(visits).toHaveLength(1)
  })

  it('is a pipe, a link in a circle or a file that fails while it is read, and is named', async () => {
    if (process.platform !== 'linux') return
    const odd = join(folder, 'odd')
    await mkdir(odd)
    await symlink(odd, join(odd, 'circle'))
    await symlink(odd, join(odd, 'circle.json'))
    await symlink('/dev/zero', join(odd, 'device.json'))
    await symlink('/proc/self/mem', join(odd, 'fails.ndjson')) // reading its first page is an error
    await writeFile(join(odd, 'good.json'), JSON.stringify(bundle([patient, encounter()])))
    const { events, visits } = await collect([odd])
    expect(visits).toHaveLength(1)
    expect(
      events
        .flatMap((each) => (each.kind === 'reject' ? [`${basename(each.file)} ${each.reason}`] : []))
        .sort(),
    ).toEqual([
      'circle.json file-not-readable',
      'device.json file-not-readable',
      'fails.ndjson file-not-readable',
    ])
  })

  it('is a bundle whose patient is in no file: named once, and each of its resources too', async () => {
    const lonely = await file(bundle([encounter(), observation()]))
    const { rejects, visits } = await collect([lonely, await file(bundle([{ ...patient, id: 'other' }]))])
    expect(visits).toEqual([])
    expect(rejects).toEqual([
      { path: '', reason: 'bundle-without-patient' },
      { path: 'entry[0]', reason: 'unresolved-reference' },
      { path: 'entry[1]', reason: 'unresolved-reference' },
    ])
    const together = await collect([lonely, await file(bundle([patient]))])
    expect(together.rejects).toEqual([])
    expect(together.visits).toHaveLength(1)
  })

  it('of one resource does not spoil its neighbours', async () => {
    const { visits, rejects } = await read([
      patient,
      encounter(),
      observation({ id: 'ok' }),
      observation({ id: 'nul', note: [{ text: 'a\u0000b' }] }),
      observation({ id: 'half', valueQuantity: undefined, valueString: 'x\ud800' }),
      observation({ id: 'date', effectiveDateTime: '2020-02-30', issued: undefined }),
      observation({ id: 'who', subject: { reference: 'Patient/nobody' } }),
      observation({ id: 'what', code: {} }),
      observation({ id: 'none', subject: undefined }),
    ])
    expect(visits[0]!.content.observations).toHaveLength(1)
    expect(rejects).toEqual(
      expect.arrayContaining([
        { path: 'entry[3].note[0].text', reason: 'text-nul' },
        { path: 'entry[4].valueString', reason: 'text-lone-surrogate' },
        { path: 'entry[5].effectiveDateTime', reason: 'date-does-not-exist' },
        { path: 'entry[6]', reason: 'unresolved-reference' },
        { path: 'entry[7]', reason: 'no-code' },
        { path: 'entry[8]', reason: 'no-patient' },
      ]),
    )
    expect(rejects).toHaveLength(6)
  })

  it('in an encounter or a birth date is listed, and what else is known goes in', async () => {
    const { visits, rejects, patients } = await read([
      { ...patient, birthDate: '1980-13-01' },
      encounter({ period: { start: '2020-02-31' } }),
      observation(),
    ])
    expect(rejects).toEqual([
      { path: 'entry[0].birthDate', reason: 'date-does-not-exist' },
      { path: 'entry[1].period', reason: 'date-does-not-exist' },
    ])
    expect(patients[0]!.birthDate).toBeUndefined()
    expect(visits[0]!.content.patient.birthDateAbsentReason).toBe('date-does-not-exist')
    expect(visits[0]!.content.encounter).toMatchObject({ class: 'UNK', day: '2020-03-01' })
  })
})

describe('references', () => {
  it('are followed in all four styles, and by identifier alone', async () => {
    const uuid = '3cb52497-3f07-4323-897b-aed5fe681d6b'
    const other = '3b0d4ef3-072e-493a-9b82-327018913ff7'
    const styles: [string | object, string | object, string, string][] = [
      [
        { reference: `urn:uuid:${uuid}` },
        { reference: `urn:uuid:${other}` },
        `urn:uuid:${uuid}`,
        `urn:uuid:${other}`,
      ],
      [{ reference: `Patient/${uuid}` }, { reference: `Encounter/${other}` }, '', ''],
      [
        { reference: `https://h.example/fhir/Patient/${uuid}/_history/3` },
        { reference: `https://h.example/fhir/Encounter/${other}` },
        '',
        '',
      ],
      [
        { reference: 'Patient?identifier=urn:mrn|77' },
        { reference: 'Encounter?identifier=urn%3Avisit%7C88' },
        '',
        '',
      ],
      [
        { identifier: { system: 'urn:mrn', value: '77' }, type: 'Patient' },
        { identifier: { system: 'urn:visit', value: '88' } },
        '',
        '',
      ],
    ]
    for (const [subject, link, patientUrl, encounterUrl] of styles) {
      const entries = [
        // The patient may stand anywhere.
        { resource: observation({ subject, encounter: link }) },
        {
          fullUrl: encounterUrl,
          resource: encounter({ id: other, subject, identifier: [{ system: 'urn:visit', value: '88' }] }),
        },
        {
          fullUrl: patientUrl,
          resource: { ...patient, id: uuid, identifier: [{ system: 'urn:mrn', value: '77' }] },
        },
      ]
      const { visits, rejects, warnings } = await collect([
        await file({ resourceType: 'Bundle', type: 'transaction', entry: entries }),
      ])
      expect(rejects, JSON.stringify(subject)).toEqual([])
      expect(visits).toHaveLength(1)
      expect(visits[0]!.content.observations).toHaveLength(1)
      expect(warnings['encounter-not-found']).toBeUndefined()
    }
  })

  it('to contained resources give medicines and coverage', async () => {
    const { visits } = await read([
      patient,
      encounter(),
      {
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'order',
        contained: [
          {
            resourceType: 'Medication',
            id: 'm',
            code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'A10BA02' }] },
          },
        ],
        medicationReference: { reference: '#m' },
        subject: { reference: 'Patient/p1' },
        encounter: { reference: 'Encounter/e1' },
      },
      {
        resourceType: 'ExplanationOfBenefit',
        status: 'active',
        outcome: 'complete',
        contained: [
          {
            resourceType: 'Coverage',
            id: 'coverage',
            type: { text: 'Humana' },
            payor: [{ display: 'Humana' }],
            subscriberId: '4711',
          },
        ],
        patient: { reference: 'Patient/p1' },
        insurance: [{ coverage: { reference: '#coverage' } }],
        item: [
          { sequence: 1, encounter: [{ reference: 'Encounter/e1' }], net: { value: 10.5, currency: 'USD' } },
        ],
        payment: { amount: { value: 0, currency: 'USD' } },
      },
    ])
    expect(visits[0]!.content.prescriptions[0]).toMatchObject({ ingredientAtc: 'A10BA02' })
    expect(visits[0]!.content.encounter.payer).toEqual({ type: 'PRIVATE', organisation: 'Humana' })
    // The number goes to whoever holds the key, never into the record.
    expect(visits[0]!.memberNumber).toBe('4711')
    expect(JSON.stringify(visits[0]!.content)).not.toContain('4711')
    expect(visits[0]!.content.claims[0]).toMatchObject({
      status: 'paid',
      paidByPayerMinor: 0,
      lines: [{ netMinor: 1050 }],
    })
  })
})

describe('insurance that no claim names', () => {
  const coverage = (more: object) => ({
    resourceType: 'Coverage',
    status: 'active',
    beneficiary: { reference: 'Patient/p1' },
    payor: [{ reference: 'Organization/blue' }],
    ...more,
  })
  const blue = { resourceType: 'Organization', id: 'blue', name: 'Blue Cross' }
  it('is that of the patient on the day of the visit, with the name that its insurer has', async () => {
    const { visits, warnings } = await read([
      patient,
      encounter(),
      blue,
      coverage({ period: { end: '2019' }, payor: [{ display: 'Old' }] }),
      coverage({ status: 'cancelled', payor: [{ display: 'Gone' }] }),
      coverage({
        period: { start: '2020-03-01', end: '2020-03' },
        subscriberId: '4711',
        class: [{ type: { coding: [{ code: 'plan' }] }, value: 'gold' }],
      }),
    ])
    expect(visits[0]!.content.encounter.payer).toEqual({
      type: 'PRIVATE',
      organisation: 'Blue Cross',
      plan: 'gold',
    })
    expect(visits[0]!.memberNumber).toBe('4711')
    expect(warnings['several-insurances']).toBeUndefined()
  })
  it('of several is the first by its order, and is counted where none is said to be first', async () => {
    const two = (first: object, second: object) =>
      read([
        patient,
        encounter(),
        blue,
        coverage({ payor: [{ display: 'Green' }], ...first }),
        coverage(second),
      ])
    const ordered = await two({ order: 2 }, { order: 1 })
    expect(ordered.visits[0]!.content.encounter.payer.organisation).toBe('Blue Cross')
    expect(ordered.warnings['several-insurances']).toBeUndefined()
    const alike = await two({}, {})
    expect(alike.visits[0]!.content.encounter.payer.organisation).toBe('Green')
    expect(alike.warnings['several-insurances']).toBe(1)
  })
})

describe('diagnoses of claims', () => {
  const concept = (code: string) => ({ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code }] })
  const benefit = {
    resourceType: 'ExplanationOfBenefit',
    id: 'b1',
    status: 'active',
    patient: { reference: 'Patient/p1' },
    created: '2020-03-05',
    diagnosis: [
      {
        sequence: 1,
        diagnosisCodeableConcept: concept('I10'),
        type: [{ coding: [{ code: 'principal' }] }],
      },
      {
        sequence: 2,
        diagnosisCodeableConcept: concept('E119'),
        type: [{ coding: [{ code: 'secondary' }] }],
        onAdmission: { coding: [{ code: 'y' }] },
      },
      { sequence: 3, diagnosisCodeableConcept: concept('I10') },
    ],
    item: [{ sequence: 1, diagnosisSequence: [2, 3], encounter: [{ reference: 'Encounter/e1' }] }],
  }
  it('that no condition says become those of the visit, and one that does is the same', async () => {
    const condition = {
      resourceType: 'Condition',
      code: concept('E11.9'),
      subject: { reference: 'Patient/p1' },
      encounter: { reference: 'Encounter/e1' },
      verificationStatus: { coding: [{ code: 'confirmed' }] },
    }
    const { visits, warnings, rejects } = await read([patient, encounter(), condition, benefit])
    const { diagnoses, claims } = visits[0]!.content
    expect(rejects).toEqual([])
    expect(diagnoses).toMatchObject([
      { code: { code: 'E119' }, rank: 1, presentOnAdmission: 'Y', verification: 'confirmed' },
      { code: { code: 'I10' }, rank: 2, role: 'principal', verification: 'unknown' },
    ])
    expect(diagnoses).toHaveLength(2)
    expect(claims[0]!.lines[0]!.diagnosisRanks).toEqual([1, 2])
    expect(warnings['diagnosis-from-claim']).toBe(1)
  })
})

describe('consents', () => {
  const consent = (more: object) => ({
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ code: 'patient-privacy' }] },
    patient: { reference: 'Patient/p1' },
    ...more,
  })
  const research = (type: string, more: object = {}) =>
    consent({ provision: { type: 'permit', provision: [{ type, purpose: [{ code: 'HRESCH' }] }] }, ...more })
  const said = async (consents: object[], options: ReadOptions = {}) => {
    const { visits, rejects } = await collect(
      [await file(bundle([patient, encounter(), ...consents]))],
      options,
    )
    expect(visits).toHaveLength(1)
    return { consent: visits[0]!.content.patient.consent, rejects: rejects.map(({ reason }) => reason) }
  }
  it('say scope, period and paper', async () => {
    const period = { start: '2019-05', end: '2024-12-31T23:59:59+08:00' }
    const { consent: read, rejects } = await said([
      consent({
        identifier: [{ value: 'form 7' }],
        provision: { type: 'deny', period, purpose: [{ code: 'CLINTRCH' }] },
      }),
    ])
    expect([read, rejects]).toEqual([
      { scope: 'treatment-only', from: '2019-05', to: '2024-12-31', ref: 'form 7' },
      [],
    ])
  })
  it.each([
    ['a permission of research', research('permit'), 'treatment-and-research'],
    ['a denial of research', research('deny'), 'treatment-only'],
    ['a refusal', consent({ status: 'rejected' }), 'treatment-only'],
    ['one about research', consent({ scope: { coding: [{ code: 'research' }] } }), 'treatment-and-research'],
    ['purposes without research', consent({ provision: { purpose: [{ code: 'TREAT' }] } }), 'treatment-only'],
    ['one that is over', consent({ status: 'inactive' }), 'treatment-only'],
    ['opting out', consent({ policyRule: { coding: [{ code: 'OPTOUT' }] } }), 'treatment-only'],
    ['paper alone', consent({ sourceReference: { display: 'cabinet 3' } }), 'all'],
  ])('%s', async (_name, resource, scope) => {
    const assumed = scope === 'treatment-and-research' ? 'treatment-only' : 'all'
    expect((await said([resource], { consentScope: assumed })).consent.scope).toBe(scope)
  })
  it('of several take the narrowest that speaks of the visit, and one in force before one that is over', async () => {
    const about = (reference: string) => [{ meaning: 'related', reference: { reference } }]
    const elsewhere = consent({ provision: { type: 'deny', data: about('Encounter/other') } })
    const later = consent({ provision: { type: 'deny', dataPeriod: { start: '2021' } } })
    const here = consent({ provision: { type: 'deny', data: about('Encounter/e1') } })
    const usual = 'treatment-and-research'
    expect((await said([elsewhere, later])).consent.scope).toBe(usual)
    expect((await said([research('permit'), here])).consent.scope).toBe('treatment-only')
    expect((await said([consent({ status: 'inactive' }), research('permit')])).consent.scope).toBe(usual)
  })
  it('that are drafts, or about the treatment itself, are named and limit nothing', async () => {
    const { consent: read, rejects } = await said([
      research('deny', { status: 'draft' }),
      consent({ scope: { coding: [{ code: 'adr' }] }, provision: { type: 'deny' } }),
    ])
    expect([read.scope, rejects]).toEqual([
      'treatment-and-research',
      ['consent-not-in-force', 'not-part-of-a-visit'],
    ])
  })
  it('reach visits in another file', async () => {
    const { visits } = await collect([
      await file(patient, 'ndjson'),
      await file(encounter(), 'ndjson'),
      await file(research('deny'), 'ndjson'),
    ])
    expect(visits.map(({ content }) => content.patient.consent.scope)).toEqual(['treatment-only'])
  })
})

describe('what names no encounter', () => {
  it('is attached by time, else makes a visit of its own day', async () => {
    const { visits, warnings } = await read([
      patient,
      encounter(),
      observation({ encounter: undefined, effectiveDateTime: '2020-03-01T09:10:00+08:00' }),
      observation({ encounter: undefined, effectiveDateTime: '2021-05-05T09:10:00+08:00' }),
      observation({ encounter: undefined, effectiveDateTime: '2021-05-05T19:10:00+08:00' }),
      observation({ encounter: { reference: 'Encounter/lost' }, effectiveDateTime: '2022-01-01' }),
    ])
    expect(
      visits.map((each) => [
        each.content.encounter.class,
        each.content.encounter.day,
        each.content.observations.length,
      ]),
    ).toEqual([
      ['AMB', '2020-03-01', 1],
      ['UNK', '2021-05-05', 2],
      ['UNK', '2022-01-01', 1],
    ])
    expect(warnings).toMatchObject({ 'attached-by-time': 1, 'no-encounter': 3, 'encounter-not-found': 1 })
  })

  it('and no date is refused, since a day would be invented', async () => {
    const { rejects } = await read([
      patient,
      observation({ encounter: undefined, effectiveDateTime: undefined, issued: undefined }),
    ])
    expect(rejects).toEqual([{ path: 'entry[1]', reason: 'no-date' }])
  })

  it('is never attached to an encounter of another patient', async () => {
    const { visits, warnings } = await read([
      patient,
      { ...patient, id: 'p2' },
      encounter(),
      observation({ subject: { reference: 'Patient/p2' } }),
    ])
    expect(warnings['encounter-of-another-patient']).toBe(1)
    expect(visits.map((each) => [each.patient.sourceKey, each.content.observations.length])).toEqual([
      ['Patient/p1', 0],
      ['Patient/p2', 1],
    ])
  })
})

describe('oddities of exporters', () => {
  it('1, 2: SNOMED conditions keep their coding, social findings are observations', async () => {
    const { visits, warnings } = await read([
      patient,
      encounter(),
      {
        resourceType: 'Condition',
        code: { coding: [{ system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes' }] },
        subject: { reference: 'Patient/p1' },
        encounter: { reference: 'Encounter/e1' },
        onsetDateTime: '2020-03-01',
      },
      {
        resourceType: 'Condition',
        code: {
          coding: [
            {
              system: 'http://snomed.info/sct',
              code: '160903007',
              display: 'Full-time employment (finding)',
            },
          ],
        },
        subject: { reference: 'Patient/p1' },
        encounter: { reference: 'Encounter/e1' },
        onsetDateTime: '2020-03-01',
        abatementDateTime: '2021-03-01',
      },
    ])
    expect(visits[0]!.content.diagnoses).toEqual([
      {
        code: { system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes' },
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        verification: 'unknown',
        unlisted: true,
        onset: '2020-03-01',
      },
    ])
    expect(visits[0]!.content.observations[0]).toMatchObject({
      kind: 'social',
      value: { type: 'boolean', value: true },
      note: 'Until 2021-03-01',
    })
    expect(warnings['social-finding-is-no-diagnosis']).toBe(1)
  })

  it('3, 4: digits and time styles stay the source text', async () => {
    const text = JSON.stringify(
      bundle([patient, encounter(), observation({ issued: '2012-04-11T18:45:11.300+00:00' })]),
    ).replace('6.5', '37.110211002182930')
    const { visits } = await collect([await file(text)])
    expect(visits[0]!.content.observations[0]).toMatchObject({
      value: { type: 'decimal', value: '37.110211002182930', unit: '%' },
      resultDate: '2012-04-11T18:45:11.300+00:00',
      specimenCollected: '2020-03-01T09:05:00+08:00',
    })
  })

  it('5: a blood pressure is two observations of one panel', async () => {
    const part = (code: string, value: number) => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    })
    for (const panel of ['85354-9', '55284-4']) {
      const result = await one({
        category: [{ coding: [{ code: 'vital-signs' }] }],
        code: { coding: [{ system: 'http://loinc.org', code: panel }] },
        valueQuantity: undefined,
        component: [part('8480-6', 120), part('8462-4', 80)],
      })
      expect(result.map((each) => [each.code.code, each.panel?.code, each.kind, each.value])).toEqual([
        ['8480-6', panel, 'vital', { type: 'decimal', value: '120', unit: 'mm[Hg]', unitSource: 'mmHg' }],
        ['8462-4', panel, 'vital', { type: 'decimal', value: '80', unit: 'mm[Hg]', unitSource: 'mmHg' }],
      ])
    }
  })

  it('6: one code twice in a visit, displays that differ and hold invisible characters: all rows stay', async () => {
    const coded = (display: string) =>
      observation({ code: { coding: [{ system: 'http://loinc.org', code: '5767-9', display }] } })
    const { visits } = await read([
      patient,
      encounter(),
      coded('Appearance of Urine'),
      coded('Odor of Urine\u200b'),
    ])
    expect(visits[0]!.content.observations.map((each) => each.code.display)).toEqual([
      'Appearance of Urine',
      'Odor of Urine\u200b',
    ])
  })

  it('7: vital signs under any category, units by any name, with the number untouched', async () => {
    const vital = (category: string, unit: string | undefined) =>
      one({
        category: [{ coding: [{ code: category }] }],
        code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] },
        valueQuantity: unit === undefined ? { value: 37 } : { value: 37, unit },
      })
    for (const category of ['vital-sign', 'vital-signs', 'exam', 'survey']) {
      expect((await vital(category, 'C'))[0]).toMatchObject({
        kind: 'vital',
        value: { type: 'decimal', value: '37', unit: 'Cel', unitSource: 'C' },
      })
    }
    // Fahrenheit is another scale: nothing is converted in the record.
    expect((await vital('exam', '[degF]'))[0]!.value).toEqual({
      type: 'decimal',
      value: '37',
      unit: '[degF]',
    })
    expect((await vital('exam', undefined))[0]!.value).toEqual({ type: 'decimal', value: '37' })
  })

  it('9: organisations that repeat name the visit and are not refused', async () => {
    const organisation = { resourceType: 'Organization', id: 'org', name: 'General' }
    const { visits, rejects } = await read([
      organisation,
      patient,
      organisation,
      encounter({ serviceProvider: { reference: 'Organization/org' } }),
    ])
    expect(rejects).toEqual([])
    expect(visits[0]!.origin.organisation).toBe('General')
  })

  it('11: what is dated after death stays', async () => {
    const { visits } = await read([
      { ...patient, deceasedDateTime: '2019-01-01T00:00:00Z' },
      encounter(),
      observation(),
    ])
    expect(visits[0]!.content.patient).toMatchObject({ deceased: true, deathDate: '2019-01-01' })
    expect(visits[0]!.content.observations).toHaveLength(1)
  })

  it('11: the cause of death is read where a result says it, and stays a result', async () => {
    const caused = (...coding: object[]) =>
      read([
        patient,
        encounter(),
        observation({
          code: { coding: [{ system: 'http://loinc.org', code: '69453-9' }] },
          valueQuantity: undefined,
          valueCodeableConcept: { coding },
        }),
      ])
    const snomed = { system: 'http://snomed.info/sct', code: '22298006' }
    const { visits } = await caused(snomed, { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I21.9' })
    expect(visits[0]!.content.patient).toMatchObject({ deceased: true, causeOfDeath: { code: 'I219' } })
    expect(visits[0]!.content.observations).toHaveLength(1)
    expect((await caused(snomed)).visits[0]!.content.patient).not.toHaveProperty('causeOfDeath')
  })

  it('12: names with accents, digits and Chinese characters', async () => {
    const name = async (names: object[]) =>
      (await read([{ ...patient, name: names }, encounter()])).patients[0]!
    expect((await name([{ family: 'Gleason633', given: ['Jose\u0301', 'Luis'] }])).name).toBe(
      'José Luis Gleason633',
    )
    expect(await name([{ family: '王', given: ['小明'] }, { text: 'Wang Hsiao-ming' }])).toMatchObject({
      name: '王小明',
      latinName: 'Wang Hsiao-ming',
    })
  })

  it('13: claims without benefit, insurance without reference, payments of nothing', async () => {
    const { visits } = await read([
      patient,
      encounter(),
      {
        resourceType: 'Claim',
        id: 'c1',
        status: 'active',
        type: { coding: [{ code: 'pharmacy' }] },
        patient: { reference: 'Patient/p1' },
        created: '2020-03-01',
        insurance: [{ coverage: { display: 'no_insurance' } }],
        item: [{ encounter: [{ reference: 'Encounter/e1' }] }],
        total: { value: 255.5, currency: 'USD' },
      },
    ])
    expect(visits[0]!.content.claims[0]).toMatchObject({
      claimId: 'c1',
      type: 'pharmacy',
      status: 'submitted',
      billedMinor: 25550,
    })
    expect(visits[0]!.content.encounter.payer).toEqual({ type: 'SELF' })
  })

  it('14: prescriptions without dosage are counted and taken', async () => {
    const { visits, warnings } = await read([
      patient,
      encounter(),
      {
        resourceType: 'MedicationRequest',
        status: 'completed',
        intent: 'order',
        medicationReference: { display: 'Aspirin 81 mg' },
        subject: { reference: 'Patient/p1' },
        encounter: { reference: 'Encounter/e1' },
        authoredOn: '2020-03-01',
      },
    ])
    expect(visits[0]!.content.prescriptions[0]).toMatchObject({
      code: { system: 'local', code: 'Aspirin 81 mg' },
    })
    expect(warnings).toMatchObject({ 'no-dosage': 1, 'medicine-not-resolved': 1 })
  })

  it('16: a race is not a glucose', async () => {
    const result = await one({
      category: [{ coding: [{ code: 'survey' }] }],
      code: { coding: [{ system: 'urn:oid:2.16.840.1.113883.6.238', code: '1558-6' }] },
    })
    expect(result[0]!.kind).toBe('survey')
  })

  it('17: wrong entries, comparators, partial dates, no gender, no end, far zones', async () => {
    const { visits, warnings } = await read([
      { resourceType: 'Patient', id: 'p1', birthDate: '1974' },
      encounter({ status: 'unknown', period: { start: '2012-06-01T10:00:00+11:00' } }),
      observation({
        status: 'entered-in-error',
        valueQuantity: { value: 0.1, comparator: '<', unit: 'ng/mL' },
        effectiveDateTime: '2012-06',
      }),
    ])
    expect(visits[0]!.content.patient).toMatchObject({ sex: 'unknown', birthDate: '1974' })
    expect(visits[0]!.content.encounter).toMatchObject({ day: '2012-06-01', status: 'in-progress' })
    expect(visits[0]!.content.observations[0]).toMatchObject({
      status: 'entered-in-error',
      value: { type: 'decimal', value: '0.1', comparator: '<', unit: 'ng/mL' },
      specimenCollected: '2012-06-01',
    })
    expect(warnings).toMatchObject({ 'no-sex': 1, 'no-discharge': 1, 'partial-date-completed': 1 })
  })

  it('of a report its conclusion is a note of the visit; its results come by themselves', async () => {
    const report = (change: object) => ({
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '57698-3', display: 'Lipid panel' }] },
      subject: { reference: 'Patient/p1' },
      encounter: { reference: 'Encounter/e1' },
      effectiveDateTime: '2020-03-01T09:10:00+08:00',
      result: [{ reference: 'Observation/o1' }],
      ...change,
    })
    const { visits, rejects, warnings } = await read([
      patient,
      encounter(),
      observation(),
      report({}),
      report({ conclusion: 'Cholesterol is high.' }),
      report({ presentedForm: [{ contentType: 'application/pdf', data: 'JVBERi0=' }] }),
    ])
    expect(visits).toHaveLength(1)
    expect(visits[0]!.content.notes).toEqual(['Lipid panel: Cholesterol is high.'])
    expect(visits[0]!.content.observations).toHaveLength(1)
    expect(warnings['report-of-results-taken-singly']).toBe(3)
    expect(rejects).toEqual([{ path: 'entry[5].presentedForm[0]', reason: 'document-not-kept' }])
  })

  it('goals, plans and allergies are named and never make a visit', async () => {
    const { visits, rejects } = await read([
      patient,
      { resourceType: 'Goal', subject: { reference: 'Patient/p1' } },
      { resourceType: 'CarePlan', subject: { reference: 'Patient/p1' } },
      { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/p1' } },
    ])
    expect(visits).toEqual([])
    expect(rejects.map((each) => each.reason)).toEqual([
      'not-part-of-a-visit',
      'not-part-of-a-visit',
      'not-part-of-a-visit',
    ])
  })
})

describe('bulk files and pages', () => {
  const lines = (resources: object[]) => resources.map((each) => JSON.stringify(each)).join('\n') + '\n'

  it('of one folder belong together, in memory and through sealed temporary files alike', async () => {
    const people = Array.from({ length: 30 }, (_, i) => ({ ...patient, id: `p${i}` }))
    const visits = people.map((each, i) =>
      encounter({ id: `e${i}`, subject: { reference: `Patient/${each.id}` } }),
    )
    const values = people.map((each, i) =>
      observation({
        id: `o${i}`,
        subject: { reference: `Patient/${each.id}` },
        encounter: { reference: `Encounter/e${i}` },
      }),
    )
    const inner = await mkdtemp(join(folder, 'bulk-'))
    await writeFile(join(inner, 'Observation.ndjson'), lines(values))
    await writeFile(join(inner, 'Encounter.ndjson'), lines(visits))
    await writeFile(join(inner, 'Patient.ndjson'), lines(people) + '{"broken\n')
    const small = await collect([inner])
    const before = (await readdir(tmpdir())).filter((name) => /^consilium-import-(?!test)/.test(name))
    const spilled = await collect([inner], { gatheredBytesMax: 2000 })
    expect((await readdir(tmpdir())).filter((name) => /^consilium-import-(?!test)/.test(name))).toEqual(
      before,
    )
    for (const result of [small, spilled]) {
      expect(result.patients).toHaveLength(30)
      expect(result.visits).toHaveLength(30)
      expect(result.visits.every((each) => each.content.observations.length === 1)).toBe(true)
      expect(result.rejects).toEqual([{ path: 'line 31, column 9', reason: 'not-json' }])
    }
    const ids = (result: typeof small) =>
      result.visits.map((each) => `${each.origin.system}|${each.origin.sourceId}`).sort()
    expect(ids(spilled)).toEqual(ids(small))
    expect(small.visits[0]!.content.observations[0]!.value).toEqual({
      type: 'decimal',
      value: '6.5',
      unit: '%',
    })
  })

  it('pages of a search and single resources meet', async () => {
    const first = await file(bundle([patient, encounter()], 'searchset'))
    const second = await file(bundle([observation()], 'searchset'))
    const third = await file(observation({ id: 'o2' }))
    const { visits, rejects } = await collect([first, second, third])
    expect(rejects).toEqual([])
    expect(visits).toHaveLength(1)
    expect(visits[0]!.content.observations).toHaveLength(2)
  })

  it('a resource whose patient no file brings is refused at the end', async () => {
    const { rejects } = await collect([await file(observation())])
    expect(rejects).toEqual([{ path: '', reason: 'unresolved-reference' }])
  })

  it('end by name when there is no place for the temporary files', async () => {
    const path = await file(lines([patient, encounter(), observation()]), 'ndjson')
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = join(folder, 'absent')
    try {
      await expect(collect([path], { gatheredBytesMax: 10 })).rejects.toMatchObject({
        detail: { code: 'folder-not-writable' },
      })
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })

  it('stop when asked to', async () => {
    const abort = new AbortController()
    const path = await file(
      bundle([patient, ...Array.from({ length: 50 }, (_, i) => encounter({ id: `e${i}` }))]),
    )
    let visits = 0
    for await (const event of readFhirFiles([path], { signal: abort.signal })) {
      if (event.kind === 'visit' && ++visits === 3) abort.abort()
    }
    expect(visits).toBe(3)
  })
})
