/**
 * What exporters do that a specification does not say, one by one, shown on small files of our own in both forms: FHIR
 * where it is FHIR's, Synthea's CSV where it is a table's. The last test reads the sample sets where they are at hand.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SourceEvent } from '../imports/intake.ts'
import { fileEvents } from '../imports/sources.ts'
import { tryOut } from '../imports/trial.ts'
import { findingsOf } from '../imports/visit-findings.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-oddities-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

type Visit = Extract<SourceEvent, { kind: 'visit' }>

async function read(...paths: string[]) {
  const visits: Visit[] = []
  const rejects: Extract<SourceEvent, { kind: 'reject' }>['reject'][] = []
  const warnings = new Map<string, number>()
  for await (const event of fileEvents(paths, null, 'Asia/Taipei')) {
    if (event.kind === 'visit') visits.push(event)
    else if (event.kind === 'reject') rejects.push(event.reject)
    else if (event.kind === 'warning')
      warnings.set(event.reason, (warnings.get(event.reason) ?? 0) + event.count)
  }
  return { visits, rejects, warnings, all: visits.flatMap(({ content }) => content.observations) }
}

const P = '00000000-0000-4000-8000-000000000001'
const E = '00000000-0000-4000-8000-0000000000e1'
const O = '00000000-0000-4000-8000-0000000000c1'

const HEADERS: Readonly<Record<string, string>> = {
  patients: 'Id,BIRTHDATE,DEATHDATE,SSN,FIRST,LAST,GENDER,STATE',
  encounters:
    'Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION,REASONCODE,REASONDESCRIPTION',
  observations: 'DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE,UNITS,TYPE',
  conditions: 'START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION',
  medications: 'START,STOP,PATIENT,PAYER,ENCOUNTER,CODE,DESCRIPTION,DISPENSES,REASONCODE,REASONDESCRIPTION',
  payers: 'Id,NAME,AMOUNT_COVERED',
  claims:
    'Id,PATIENTID,PROVIDERID,PRIMARYPATIENTINSURANCEID,SECONDARYPATIENTINSURANCEID,DIAGNOSIS1,DIAGNOSIS2,DIAGNOSIS3,' +
    'APPOINTMENTID,SERVICEDATE,STATUS1,LASTBILLEDDATE1,HEALTHCARECLAIMTYPEID1',
  claims_transactions:
    'ID,CLAIMID,PATIENTID,TYPE,AMOUNT,METHOD,PROCEDURECODE,DIAGNOSISREF1,UNITS,NOTES,UNITAMOUNT,PAYMENTS,APPOINTMENTID',
  organizations: 'Id,NAME,ADDRESS',
}

/** A Synthea folder with one patient and one visit, and the rows that a test adds. */
async function synthea(rows: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const tables: Record<string, readonly string[]> = {
    patients: [`${P},1974-02-01,,999-10-2000,Ada,Example,F,Somewhere`],
    encounters: [
      `${E},2020-05-03T10:00:00Z,2020-05-03T10:30:00Z,${P},${O},,,ambulatory,185345009,Encounter,,`,
    ],
    ...rows,
  }
  for (const [name, lines] of Object.entries(tables))
    await writeFile(
      join(folder, `${name}.csv`),
      `${HEADERS[name]!}\n${lines.map((line) => `${line}\n`).join('')}`,
    )
  return folder
}

const observation = (code: string, value: string, unit: string, type = 'numeric', encounter = E) =>
  `2020-05-03T10:05:00Z,${P},${encounter},laboratory,${code},Name of ${code},${value},${unit},${type}`

const bundle = async (...resources: object[]): Promise<string> => {
  const path = join(folder, 'bundle.json')
  const entry = resources.map((resource) => ({ resource }))
  await writeFile(path, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
  return path
}
const patient = { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1974-02-01' }
const encounter = {
  resourceType: 'Encounter',
  id: 'e',
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p' },
  period: { start: '2020-05-03T10:00:00Z', end: '2020-05-03T10:30:00Z' },
}
const part = { subject: { reference: 'Patient/p' }, encounter: { reference: 'Encounter/e' } }
const loinc = (code: string, display = 'a') => ({ coding: [{ system: 'http://loinc.org', code, display }] })

describe('the oddities of exporters', () => {
  it('1. conditions in SNOMED CT alone: kept as they are, on no list of ours', async () => {
    const path = await synthea({
      conditions: [`2020-05-03,,${P},${E},195662009,Acute viral pharyngitis (disorder)`],
    })
    const [diagnosis] = (await read(path)).visits[0]!.content.diagnoses
    expect(diagnosis).toMatchObject({
      code: { system: 'http://snomed.info/sct', code: '195662009' },
      unlisted: true,
    })
  })

  it('2. conditions without an end, and social findings that are no diagnoses', async () => {
    const path = await synthea({
      conditions: [
        `2020-05-03,,${P},${E},195662009,Acute viral pharyngitis (disorder)`,
        `2020-05-03,,${P},${E},160903007,Full-time employment (finding)`,
      ],
    })
    const { visits, warnings } = await read(path)
    expect(visits[0]!.content.diagnoses.map(({ abatement }) => abatement)).toEqual([undefined])
    expect(visits[0]!.content.observations).toMatchObject([{ kind: 'social', code: { code: '160903007' } }])
    expect(warnings.get('social-finding-is-no-diagnosis')).toBe(1)
  })

  it('3. decimals of seventeen digits: the text of the source, digit for digit', async () => {
    const path = await synthea({ observations: [observation('8310-5', '37.11021100218293', 'Cel')] })
    expect((await read(path)).all[0]!.value).toMatchObject({ value: '37.11021100218293', unit: 'Cel' })
  })

  it('4. three ways of writing a time, bare dates among them, each as it came', async () => {
    const path = await synthea({
      encounters: [
        `${E},2012-04-11T18:45:11+00:00,2012-04-11T19:45:11.300+00:00,${P},,,,ambulatory,1,a,,`,
        `${E.replace('e1', 'e2')},2012-11-11T18:45:11-05:00,,${P},,,,ambulatory,1,a,,`,
        `${E.replace('e1', 'e3')},2012-07-11,,${P},,,,ambulatory,1,a,,`,
      ],
    })
    const times = (await read(path)).visits.map(({ content }) => content.encounter.admission.at)
    expect(times).toEqual(['2012-04-11T18:45:11+00:00', '2012-11-11T18:45:11-05:00', '2012-07-11'])
  })

  it('5. a blood pressure of two components, smoking as a code, pain as a score', async () => {
    const path = await bundle(
      patient,
      encounter,
      {
        resourceType: 'Observation',
        status: 'final',
        ...part,
        effectiveDateTime: '2020-05-03',
        code: loinc('55284-4'),
        component: [
          { code: loinc('8480-6'), valueQuantity: { value: 128, unit: 'mmHg' } },
          { code: loinc('8462-4'), valueQuantity: { value: 82, unit: 'mmHg' } },
        ],
      },
      {
        resourceType: 'Observation',
        status: 'final',
        ...part,
        effectiveDateTime: '2020-05-03',
        code: loinc('72166-2'),
        valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '266919005' }] },
      },
    )
    const { all } = await read(path)
    expect(all.map(({ code, panel, value }) => [code.code, panel?.code, value.type])).toEqual([
      ['8480-6', '55284-4', 'decimal'],
      ['8462-4', '55284-4', 'decimal'],
      ['72166-2', undefined, 'code'],
    ])
    const scored = await synthea({ observations: [observation('72514-3', '1.0', '{score}')] })
    expect(
      (
        await read(
          join(scored, 'patients.csv'),
          ...['encounters', 'observations'].map((name) => join(scored, `${name}.csv`)),
        )
      ).all[0]!.value,
    ).toMatchObject({ value: '1.0', unit: '{score}' })
  })

  it('6. two names and two results of one code in one visit: no row is lost', async () => {
    const rows = [
      observation('5767-9', 'Clear', '', 'text'),
      observation('5767-9', 'Cloudy', '', 'text').replace('Name of', 'Other\u200b name of'),
    ]
    const { all } = await read(await synthea({ observations: rows }))
    expect(all.map(({ code, value }) => [code.code, value])).toEqual([
      ['5767-9', { type: 'text', value: 'Clear' }],
      ['5767-9', { type: 'text', value: 'Cloudy' }],
    ])
  })

  it('7. both spellings of the category of vital signs, vitals filed elsewhere, units that are not UCUM', async () => {
    const one = (category: string, code: string, value: number, unit?: string) => ({
      resourceType: 'Observation',
      status: 'final',
      ...part,
      effectiveDateTime: '2020-05-03',
      category: [{ coding: [{ code: category }] }],
      code: loinc(code),
      valueQuantity: { value, ...(unit === undefined ? {} : { unit }) },
    })
    const path = await bundle(
      patient,
      encounter,
      one('vital-sign', '8867-4', 72, 'beats/minute'),
      one('vital-signs', '8310-5', 37, 'C'),
      one('exam', '8480-6', 120, 'mmHg'),
      one('survey', '29463-7', 70),
      one('laboratory', '2345-7', 1.1, 'g/L'),
      one('laboratory', '2823-3', 4.2, 'furlong'),
    )
    const { all, warnings } = await read(path)
    expect(all.map(({ kind }) => kind)).toEqual(['vital', 'vital', 'vital', 'vital', 'lab', 'lab'])
    expect(all.map(({ value }) => value)).toMatchObject([
      { value: '72', unit: '/min', unitSource: 'beats/minute' },
      { value: '37', unit: 'Cel', unitSource: 'C' },
      { value: '120', unit: 'mm[Hg]', unitSource: 'mmHg' },
      { value: '70' },
      // Nothing is converted, and what nobody understands is kept and counted.
      { value: '1.1', unit: 'g/L' },
      { value: '4.2', unit: 'furlong' },
    ])
    expect(warnings.get('no-unit')).toBe(1)
    expect(warnings.get('unit-not-known')).toBe(1)
  })

  it('8. four styles of reference', async () => {
    const path = join(folder, 'styles.json')
    const entry = [
      {
        fullUrl: `urn:uuid:${P}`,
        resource: { ...patient, id: P, identifier: [{ system: 'urn:x', value: '7' }] },
      },
      { resource: { ...encounter, id: 'a', subject: { reference: `urn:uuid:${P}` } } },
      { resource: { ...encounter, id: 'b', subject: { reference: `Patient/${P}` } } },
      { resource: { ...encounter, id: 'c', subject: { reference: 'Patient?identifier=urn:x|7' } } },
      {
        resource: {
          ...encounter,
          id: 'd',
          subject: { reference: `Patient/${P}` },
          contained: [{ resourceType: 'Organization', id: 'o', name: 'Contained' }],
          serviceProvider: { reference: '#o' },
        },
      },
    ]
    await writeFile(path, JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }))
    const { visits, rejects } = await read(path)
    expect(rejects).toEqual([])
    expect(visits).toHaveLength(4)
    expect(visits.map(({ origin }) => origin.organisation)).toContain('Contained')
  })

  it('9. the same organisation in every file: known once, and no complaint', async () => {
    const path = await synthea({ organizations: [`${O},St. Example,Street 1`, `${O},St. Example,Street 1`] })
    const { visits, rejects } = await read(path)
    expect(rejects).toEqual([])
    expect(visits[0]!.origin.organisation).toBe('St. Example')
    // Nor of a practitioner who is in every bundle, with the same id.
    const practitioner = { resourceType: 'Practitioner', id: 'dr', name: [{ text: 'Dr Example' }] }
    const seenBy = { ...encounter, participant: [{ individual: { reference: 'Practitioner/dr' } }] }
    const paths = []
    for (const name of ['p', 'q']) {
      const path = join(folder, `${name}.json`)
      const subject = { reference: `Patient/${name}` }
      const entry = [
        practitioner,
        { ...patient, id: name },
        { ...seenBy, id: `e-${name}`, subject },
        practitioner,
      ]
      const whole = {
        resourceType: 'Bundle',
        type: 'collection',
        entry: entry.map((resource) => ({ resource })),
      }
      await writeFile(path, JSON.stringify(whole))
      paths.push(path)
    }
    const both = await read(...paths)
    expect(both.rejects).toEqual([])
    expect(both.visits.map(({ content }) => content.encounter.attender)).toEqual(['dr', 'dr'])
  })

  it('10. a bundle without a patient, and a patient at its end', async () => {
    const last = await bundle(encounter, patient)
    expect((await read(last)).visits).toHaveLength(1)
    const none = await bundle({ resourceType: 'Practitioner', id: 'x' })
    expect((await read(none)).rejects.map(({ reason }) => reason)).toEqual(['bundle-without-patient'])
  })

  it('11. records after death are taken, and warned of', async () => {
    const path = await synthea({
      patients: [`${P},1974-02-01,2019-01-01,,Ada,Example,F,Somewhere`],
      observations: [observation('69453-9', 'Cause', '', 'text')],
    })
    const { visits } = await read(path)
    expect(visits[0]!.content.patient.deathDate).toBe('2019-01-01')
    expect(visits[0]!.content.observations).toHaveLength(1)
    const found = findingsOf(visits[0]!, { today: 20_700, known: null })
    expect(found.map(({ reason }) => reason)).toEqual(['after-death'])
    // The dry run says the same, and that nothing would be left out.
    const { report } = await tryOut(fileEvents([path], null, 'Asia/Taipei'), {
      today: 20_700,
      people: async (questions) => questions.map(() => ({ kind: 'unknown' })),
      known: async () => null,
      isCancelled: () => false,
      tell: () => {},
    })
    expect(report.leftOutCount).toBe(0)
    expect(report.counts).toContainEqual({ reason: 'after-death', severity: 'unusual', count: 1 })
  })

  it('12. accents and digits in names', async () => {
    const path = await synthea({ patients: [`${P},1974-02-01,,,Jesús42,Ñandú7,M,`] })
    expect((await read(path)).visits[0]!.patient.name).toBe('Jesús42 Ñandú7')
    // In the name of a file too, composed and decomposed.
    for (const name of ['José_Núñez.json', 'José_Ñandú.json'.normalize('NFD'), '王小明.json']) {
      const accented = join(folder, name)
      const entry = [patient, encounter].map((resource) => ({ resource }))
      await writeFile(accented, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
      const { visits, rejects } = await read(accented)
      expect([rejects, visits.map(({ file }) => file)], name).toEqual([[], [accented]])
    }
  })

  it('13. claims without a payment, amounts of nothing, and no insurance at all', async () => {
    const path = await synthea({
      claims: [`c1,${P},,0,0,195662009,195662009,,${E},2020-05-03T10:00:00Z,CLOSED,2020-05-03T10:30:00Z,1`],
      claims_transactions: [
        `t1,c1,${P},CHARGE,77.49,,185345009,1,1,Encounter,77.49,,${E}`,
        `t2,c1,${P},TRANSFERIN,77.49,,185345009,1,1,Encounter,,,${E}`,
        `t3,c1,${P},PAYMENT,,CASH,185345009,1,1,Encounter,,77.49,${E}`,
        `t4,c9,${P},CHARGE,1,,1,1,1,x,1,,${E}`,
      ],
    })
    const { visits, rejects, warnings } = await read(path)
    expect(visits[0]!.content.encounter.payer).toEqual({ type: 'SELF' })
    expect(visits[0]!.content.claims).toMatchObject([
      {
        claimId: 'c1',
        type: 'professional',
        status: 'paid',
        currency: 'USD',
        billedMinor: 7749,
        paidByPayerMinor: 0,
        paidByPatientMinor: 7749,
      },
    ])
    expect(warnings.get('moved-between-payers')).toBe(1)
    expect(rejects).toMatchObject([{ reason: 'unresolved-reference', path: 'row 5', detail: 'c9' }])
  })

  it('13. the payer of an encounter without a claim, by the name that it has', async () => {
    const rows = (payer: string) => [
      `${E},2020-05-03T10:00:00Z,2020-05-03T10:30:00Z,${P},,,${payer},ambulatory,185345009,Encounter,,`,
    ]
    const payers = ['11,Blue Cross,0', '12,NO_INSURANCE,0']
    const payerOf = async (payer: string) =>
      (await read(await synthea({ encounters: rows(payer), payers }))).visits[0]!.content.encounter.payer
    expect(await payerOf('11')).toEqual({ type: 'PRIVATE', organisation: 'Blue Cross' })
    expect(await payerOf('12')).toEqual({ type: 'SELF' })
    expect(await payerOf('')).toEqual({ type: 'UNKNOWN' })
  })

  it('14. medicines without a dose, and one that is only referred to', async () => {
    const path = await synthea({
      medications: [`2020-05-03T10:10:00Z,,${P},,${E},665078,Loratadine 5 MG,12,,`],
    })
    const { visits, warnings } = await read(path)
    expect(visits[0]!.content.prescriptions).toMatchObject([{ code: { code: '665078' }, status: 'active' }])
    expect(warnings.get('no-dosage')).toBe(1)
    const referred = await bundle(patient, encounter, {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      ...part,
      authoredOn: '2020-05-03',
      contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'Contained medicine' } }],
      medicationReference: { reference: '#m' },
    })
    expect(JSON.stringify((await read(referred)).visits[0]!.content.prescriptions)).toContain(
      'Contained medicine',
    )
  })

  it('15. rows without a visit, empty units, the word null for a unit, a unit beside a text', async () => {
    const path = await synthea({
      observations: [
        observation('QALY', '12.1', 'a', 'numeric', ''),
        observation('2345-7', '97', 'null'),
        observation('5778-6', 'Red', ''),
        observation('32167-9', 'Clear', '/a', 'text'),
        `2020-05-03T10:20:00Z,${P},,laboratory,718-7,Hemoglobin,14.1,g/dL,numeric`,
        `2021-01-01T10:20:00Z,${P},,laboratory,718-7,Hemoglobin,13.1,g/dL,numeric`,
      ],
    })
    const { visits, all, rejects, warnings } = await read(path)
    expect(rejects).toMatchObject([{ reason: 'not-part-of-a-visit', path: 'row 2', detail: 'QALY' }])
    expect(all.map(({ value }) => value)).toEqual([
      { type: 'decimal', value: '97' },
      { type: 'text', value: 'Red' },
      { type: 'text', value: 'Clear' },
      { type: 'decimal', value: '14.1', unit: 'g/dL' },
      { type: 'decimal', value: '13.1', unit: 'g/dL' },
    ])
    expect(all[2]!.note).toBe('Unit: /a')
    expect(visits.map(({ content }) => content.encounter.class)).toEqual(['AMB', 'UNK'])
    expect(warnings.get('unit-beside-text')).toBe(1)
    expect(warnings.get('attached-by-time')).toBe(1)
  })

  it('16. a code of LOINC’s shape in another system is no test of ours', async () => {
    const path = await bundle(patient, encounter, {
      resourceType: 'Observation',
      status: 'final',
      ...part,
      effectiveDateTime: '2020-05-03',
      code: { coding: [{ system: 'urn:oid:2.16.840.1.113883.6.238', code: '1558-6', display: 'Salish' }] },
      valueString: 'x',
    })
    expect((await read(path)).all[0]).toMatchObject({
      kind: 'other',
      code: { system: 'urn:oid:2.16.840.1.113883.6.238' },
    })
  })

  it('17. states of error, partial dates, comparators, no sex, no birth date, a visit without an end', async () => {
    const path = await bundle(
      { resourceType: 'Patient', id: 'p' },
      { ...encounter, status: 'unknown', period: { start: '1974' } },
      {
        resourceType: 'Observation',
        status: 'entered-in-error',
        ...part,
        effectiveDateTime: '1974-02-03T10:00:00+11:00',
        code: loinc('10839-9'),
        valueQuantity: { value: 0.04, unit: 'ng/mL', comparator: '<' },
      },
    )
    const { visits, all, warnings } = await read(path)
    expect(visits[0]!.content.encounter.admission.at).toBe('1974-01-01')
    expect(all[0]).toMatchObject({ status: 'entered-in-error', value: { comparator: '<', value: '0.04' } })
    for (const reason of ['no-sex', 'no-birth-date', 'no-discharge', 'partial-date-completed'])
      expect(warnings.get(reason), reason).toBeGreaterThan(0)
    // A visit and a result that were called off, a unit that is only a word, and no birth date beside a sex.
    const off = await bundle(
      { resourceType: 'Patient', id: 'p', gender: 'male' },
      { ...encounter, status: 'cancelled' },
      {
        resourceType: 'Observation',
        status: 'cancelled',
        ...part,
        effectiveDateTime: '2020-05-03T10:05:00Z',
        code: loinc('2345-7'),
        valueQuantity: { value: 5.5, unit: 'mmol per litre' },
      },
    )
    const called = await read(off)
    expect(called.rejects).toEqual([])
    expect(called.visits[0]!.content).toMatchObject({
      encounter: { status: 'cancelled' },
      patient: { sex: 'male' },
    })
    expect(called.visits[0]!.content.patient.birthDate).toBeUndefined()
    expect(called.all).toMatchObject([
      { status: 'cancelled', value: { value: '5.5', unit: 'mmol per litre' } },
    ])
    expect(called.warnings.get('no-sex')).toBeUndefined()
    for (const reason of ['no-birth-date', 'unit-not-known'])
      expect(called.warnings.get(reason), reason).toBe(1)
  })
})

/** A number of a record with its code, and its unit as the source wrote it. */
const said = ({ code, value }: Visit['content']['observations'][number]): string[] =>
  value.type === 'decimal' ? [`${code.code} ${value.value} ${value.unitSource ?? value.unit}`] : []

const samples = join(import.meta.dirname, '../../../../shared/samples')
const csv = join(samples, 'synthea-csv')

describe.skipIf(!existsSync(csv))(
  'the sample of Synthea’s CSV (skipped where ../shared/samples is absent)',
  () => {
    it('gives every encounter, and lists every row that is not taken', async () => {
      const { visits, rejects, warnings, all } = await read(csv)
      const count = (list: 'procedures' | 'prescriptions' | 'claims' | 'diagnoses') =>
        visits.reduce((sum, { content }) => sum + content[list].length, 0)
      expect(visits).toHaveLength(322)
      // 518 rows of observations, 36 of them measures of a life; 171 of 226 conditions are social findings.
      expect(all).toHaveLength(518 - 36 + 171)
      expect(count('diagnoses')).toBe(226 - 171)
      expect(count('procedures')).toBe(163)
      expect(count('prescriptions')).toBe(381 + 10)
      expect(count('claims')).toBe(703)
      expect(rejects).toHaveLength(36 + 28 + 27 + 2)
      for (const { reason, path } of rejects)
        expect([reason, /^row [0-9]+$/.test(path)]).toEqual(['not-part-of-a-visit', true])
      expect(warnings.get('moved-between-payers')).toBe(438 + 438)
      // 15: no unit and no digit of the file is another one in the record.
      const [, ...rows] = (await readFile(join(csv, 'observations.csv'), 'utf8')).trim().split(/\r?\n/)
      const measured = rows
        .map((row) => row.split(','))
        .filter(([, , visit, , , , , , type]) => type === 'numeric' && visit !== '')
        .map(([, , , , code, , number, unit]) => `${code} ${number} ${unit}`)
      expect(measured).toHaveLength(268)
      expect(all.flatMap(said).sort()).toEqual(measured.sort())
      expect(new Set(visits.map(({ patient: each }) => each.sourceKey)).size).toBe(13)
    }, 120_000)
  },
)
