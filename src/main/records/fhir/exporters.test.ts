/** What exporters do that the specification does not say; the numbers are those of `oddities.test.ts`. */
import { describe, expect, it } from 'vitest'
import { bundle, collect, encounter, fhirFiles, observation, patient } from '../fhir-files.test-kit.ts'

const { file, read, one } = fhirFiles()

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
