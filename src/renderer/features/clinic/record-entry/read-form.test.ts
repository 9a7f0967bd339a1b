import { describe, expect, it } from 'vitest'
import { visitInput } from '../../../../shared/contract/records.ts'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { LOINC_SYSTEM } from '../../../../shared/domain/lab-tests.ts'
import { diffOf } from '../../../../shared/domain/record-diff.ts'
import type { Observation, VisitRecord } from '../../../../shared/domain/visit.ts'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { instantText } from '../../../lib/zone.ts'
import { addRows, emptyLine, emptyRow, patchEncounter, patchRow, removeRow, type VisitForm } from './form.ts'
import { keptParts } from './kept.ts'
import { formOfRecord, readForm } from './read-form.ts'
import type { FormContext } from './to-visit.ts'

let serial = 0
const rowId = () => `row${++serial}`
const context: FormContext = {
  patientId: 'p1',
  today: parseDay('2026-05-10')!,
  zone: 'Asia/Taipei',
  instantText,
  confirmations: [],
}
const SNOMED = 'http://snomed.info/sct'
const lab = (code: string, value: string, more: Partial<Observation> = {}): Observation => ({
  code: { system: LOINC_SYSTEM, code, display: `Test ${code}` },
  kind: 'lab',
  status: 'final',
  value: { type: 'decimal', value, unit: 'mg/dL', unitSource: 'mg/dl' },
  specimenCollected: '2026-04-01T08:15:00+08:00',
  resultDate: '2026-04-01T11:00:00+08:00',
  sourceCodings: [{ system: 'urn:lis', code: 'X1' }],
  ...more,
})

/** A visit as importers bring it: with much that the form has no field for. */
const imported: VisitRecord = {
  envelope: {
    schema: 'visit/1',
    recordId: '0'.repeat(32),
    visitId: '1'.repeat(32),
    op: 'create',
    recordedAt: '2026-04-02T00:00:00Z',
    recorder: { userKeyId: 'u', role: 'clerk' },
    origin: { kind: 'fhir', sourceId: 'e1' },
    confirmations: [],
  },
  patient: {
    key: '0'.repeat(64),
    keyEpoch: 0,
    sex: 'female',
    consent: { scope: 'treatment-and-research', ref: 'form 7' },
    linkTokens: [],
  },
  encounter: {
    class: 'IMP',
    status: 'finished',
    admission: { at: '2026-04-01T00:30:15Z' },
    day: '2026-04-01',
    discharge: { at: '2026-04-03T02:00:00Z' },
    facility: 'f',
    payer: { type: 'NHI', plan: 'basic', memberToken: 'tok' },
    reason: { code: { system: SNOMED, code: '386661006', display: 'Fever' } },
    type: { system: SNOMED, code: '32485007' },
    referredFrom: '2'.repeat(32),
  },
  observations: [
    lab('2093-3', '210', { refHigh: '200', flag: 'H', refText: 'up to 200', note: 'fasting' }),
    {
      code: { system: LOINC_SYSTEM, code: '76690-7' },
      kind: 'survey',
      status: 'final',
      value: { type: 'code', value: { system: SNOMED, code: '20430005', display: 'Heterosexual' } },
      sourceCodings: [],
    },
    lab('8867-4', '72', { kind: 'vital', value: { type: 'decimal', value: '72', unit: '/min' } }),
    lab('99999-9', '12.0'),
    lab('8867-4', '75', { kind: 'vital', value: { type: 'decimal', value: '75', unit: '/min' } }),
  ],
  diagnoses: [
    {
      code: { system: SNOMED, code: '44054006', display: 'Diabetes' },
      sourceCodings: [{ system: 'urn:his', code: 'DM' }],
      role: 'secondary',
      rank: 3,
      verification: 'confirmed',
      unlisted: true,
      onset: '2019',
      abatement: '2025-01-02',
    },
    {
      code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I10' },
      sourceCodings: [],
      role: 'principal',
      rank: 1,
      verification: 'confirmed',
    },
  ],
  procedures: [
    {
      code: { system: SNOMED, code: '1', display: 'Suture' },
      sourceCodings: [{ system: 'urn:his', code: 'S' }],
      performed: '2026-04-01T09:00:00Z',
      performedEnd: '2026-04-01T10:00:00Z',
      status: 'stopped',
      outcome: 'good',
    },
  ],
  prescriptions: [
    {
      code: { system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '860975', display: 'Metformin' },
      sourceCodings: [],
      perDay: '2',
      refills: 3,
      quantity: '56',
      status: 'active',
      intent: 'dispense',
    },
  ],
  claims: [
    {
      claimId: 'claim 1.2',
      type: 'institutional',
      status: 'paid',
      currency: 'USD',
      currencyExponent: 2,
      billedMinor: 12_950,
      drg: '470',
      lines: [
        { code: { system: 'local', code: 'visit' }, netMinor: 10_000, diagnosisRanks: [3, 1] },
        { netMinor: 2_950, diagnosisRanks: [1] },
      ],
    },
  ],
  notes: ['First.\n\nStill first.', 'Second.'],
}
const before = visitInputOf(imported, 'p1')
const form = formOfRecord(imported, context, rowId)!
const now = (changed: VisitForm) => {
  const { visit, problems } = readForm(changed, context)
  expect(problems).toEqual([])
  expect(visitInput.safeParse(visit).error).toBeUndefined()
  return visit
}
const saidOf = (changed: VisitForm) =>
  diffOf(before, now(changed)).map(({ section, what, before: was, after }) => [section, what, was, after])

describe('formOfRecord', () => {
  it('takes an import whole and gives it back as it was', () => {
    expect(form).not.toBeNull()
    expect(now(form)).toEqual(before)
    expect(JSON.parse(JSON.stringify(now(form)))).toEqual(JSON.parse(JSON.stringify(before)))
    expect(saidOf(form)).toEqual([])
  })
  it('shows what it has fields for, a test outside of the table too', () => {
    expect(form.labs.map((row) => row.value)).toEqual(['210', '12.0', ''])
    expect(form.vitals.hr).toBe('72')
    expect(form.encounter.reason).toBe('Fever')
  })
})

describe('a correction', () => {
  it('says what is kept without a field', () => {
    expect(keptParts(form.source).map(({ path }) => path)).toEqual(['observations.1', 'observations.4'])
  })
  it('changes one result and keeps what is still true of it', () => {
    const visit = now(patchRow(form, 'labs', 'source-0', { value: '190' }, rowId))
    const { flag, value, ...rest } = visit.observations[0]!
    const { flag: _flag, value: _value, ...was } = before.observations[0]!
    expect([flag, value]).toEqual([
      'N',
      { type: 'decimal', value: '190', unit: 'mg/dL', unitSource: 'mg/dl' },
    ])
    expect(rest).toEqual(was)
    expect({ ...visit, observations: [] }).toEqual({ ...before, observations: [] })
    expect(visit.observations.slice(1)).toEqual(before.observations.slice(1))
  })
  it('shows range, mark, state and times of a result as they came, and changes each of them alone', () => {
    expect(form.labs[0]).toMatchObject({
      // That of our own table is not said.
      range: '',
      flag: '',
      status: 'final',
      collected: '2026-04-01 08:15',
      resulted: '2026-04-01 11:00',
    })
    const changed = (patch: object) => now(patchRow(form, 'labs', 'source-0', patch, rowId)).observations[0]!
    const was = before.observations[0]!
    const { refText: _refText, flag: _flag, ...rest } = was
    expect(changed({ range: '<=220' })).toEqual({ ...rest, refHigh: '220' })
    const narrow = { ...imported, observations: [lab('2093-3', '190', { refHigh: '180', flag: 'H' })] }
    const other = formOfRecord(narrow, context, rowId)!
    expect(other.labs[0]).toMatchObject({ range: '<=180', flag: '' })
    const lower = patchRow(other, 'labs', 'source-0', { value: '170' }, rowId)
    expect(now(lower).observations[0]).toMatchObject({ refHigh: '180', flag: 'N' })
    expect(changed({ flag: 'HH' })).toEqual({ ...was, flag: 'HH' })
    expect(changed({ value: '230', flag: 'HH' })).toMatchObject({ value: { value: '230' }, flag: 'HH' })
    expect(changed({ status: 'corrected' })).toEqual({ ...was, status: 'corrected' })
    expect(changed({ collected: '2026-04-01 07:50' })).toEqual({
      ...was,
      specimenCollected: '2026-04-01T07:50:00+08:00',
    })
  })
  it('types a time again in the offset in which it came', () => {
    const utc = {
      ...imported,
      observations: [lab('2093-3', '210', { specimenCollected: '2026-04-01T00:15:30Z' })],
    }
    const other = formOfRecord(utc, context, rowId)!
    const [result] = now(
      patchRow(other, 'labs', 'source-0', { collected: '2026-04-01 00:20' }, rowId),
    ).observations
    expect(result!.specimenCollected).toBe('2026-04-01T00:20:00Z')
  })
  it('drops the range of the laboratory with its unit, and judges anew', () => {
    const visit = now(patchRow(form, 'labs', 'source-0', { value: '5.5', unit: 'mmol/L' }, rowId))
    expect(visit.observations[0]).toEqual({
      ...lab('2093-3', '5.5', { note: 'fasting', flag: 'H' }),
      value: { type: 'decimal', value: '5.5', unit: 'mmol/L' },
    })
  })
  it('drops the source’s codings of a diagnosis that is another one, and keeps its rank and end', () => {
    const code = {
      text: 'E11.9',
      code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'E119', display: 'Diabetes' },
    }
    const [diagnosis] = now(patchRow(form, 'diagnoses', 'source-0', { code }, rowId)).diagnoses
    expect(diagnosis).toMatchObject({ rank: 3, onset: '2019', abatement: '2025-01-02', sourceCodings: [] })
    expect(diagnosis?.unlisted).toBeUndefined()
  })
  it('takes a removed diagnosis out of the lines that point to it', () => {
    const visit = now(removeRow(form, 'diagnoses', 'source-0', rowId))
    expect(visit.diagnoses).toEqual([before.diagnoses[1]])
    expect(visit.claims[0]!.lines.map((line) => line.diagnosisRanks)).toEqual([[1], [1]])
  })
  it('puts what is new behind, with a rank of its own', () => {
    const row = { ...emptyRow.diagnoses(rowId()), code: { text: 'tired', code: null } }
    const visit = now(addRows(form, 'diagnoses', [row], rowId))
    expect(visit.diagnoses.slice(0, 2)).toEqual(before.diagnoses)
    expect(visit.diagnoses[2]).toMatchObject({ rank: 4, code: { display: 'tired' } })
  })
  it('removes a kept part that was marked, and tells', () => {
    const changed = { ...form, dropped: ['observations.1'] }
    expect(now(changed).observations).toEqual(before.observations.filter((_, i) => i !== 1))
    expect(saidOf(changed).map(([section, what]) => [section, what])).toEqual([['observations', '76690-7']])
  })
  it('keeps the offset of the source when the day is another one, and what was measured stays when it was measured', () => {
    const visit = now(patchEncounter(form, { day: '2026-03-31' }))
    expect(visit.encounter.admission).toEqual({ at: '2026-03-31T00:30:00Z' })
    expect(visit.observations).toEqual(before.observations)
    expect({ ...visit.encounter, admission: 0 }).toEqual({ ...before.encounter, admission: 0 })
  })
  it('lets plan and member go with the payer, and the code of a reason with its words', () => {
    const visit = now(patchEncounter(form, { payer: 'SELF', reason: 'cough' }))
    expect(visit.encounter.payer).toEqual({ type: 'SELF' })
    expect(visit.encounter.reason).toEqual({ text: 'cough' })
  })
  it('writes the amounts of a claim in its own money, and keeps what it is called', () => {
    const [claim] = now(patchRow(form, 'claims', 'source-0', { billed: '130.25' }, rowId)).claims
    expect(claim).toEqual({ ...before.claims[0], billedMinor: 13_025 })
  })
  it('changes, adds and removes lines of a claim, and leaves the others as they were', () => {
    const { lines } = form.claims[0]!
    expect(lines.map(({ net, ranks }) => [net, ranks])).toEqual([
      ['100.00', '3 1'],
      ['29.50', '1'],
    ])
    const added = { ...emptyLine('new'), code: { text: 'Dressing', code: null }, net: '5', ranks: '1' }
    const changed = [{ ...lines[0]!, quantity: '2' }, added, emptyLine('spare')]
    const [claim] = now(patchRow(form, 'claims', 'source-0', { lines: changed }, rowId)).claims
    expect(claim).toEqual({
      ...before.claims[0],
      lines: [
        { ...before.claims[0]!.lines[0], quantity: '2' },
        {
          code: { system: 'local', code: 'Dressing', display: 'Dressing' },
          netMinor: 500,
          diagnosisRanks: [1],
        },
      ],
    })
  })
  it('changes how long a medicine is taken, and keeps how it was dispensed', () => {
    const row = { days: '28', end: '2026-04-28', refills: '2' }
    const [medicine] = now(patchRow(form, 'medicines', 'source-0', row, rowId)).prescriptions
    expect(medicine).toEqual({ ...before.prescriptions[0], daysSupply: 28, end: '2026-04-28', refills: 2 })
  })
  it('takes “as needed” away without the frequency of that name, and adds a frequency beside it', () => {
    const prn = { ...imported.prescriptions[0]!, frequency: 'PRN', asNeeded: true }
    const old = formOfRecord({ ...imported, prescriptions: [prn] }, context, rowId)!
    expect(old.medicines[0]).toMatchObject({ frequency: '', asNeeded: true })
    expect(now(old).prescriptions).toEqual([prn])
    const { frequency: _frequency, asNeeded: _asNeeded, ...plain } = prn
    const without = patchRow(old, 'medicines', 'source-0', { asNeeded: false }, rowId)
    expect(now(without).prescriptions).toEqual([plain])
    const beside = patchRow(old, 'medicines', 'source-0', { frequency: 'q6h' }, rowId)
    expect(now(beside).prescriptions).toEqual([{ ...prn, frequency: 'q6h' }])
  })
  it('shows how many a day an import says, and changes it', () => {
    expect(form.medicines[0]!.perDay).toBe('2')
    const changed = patchRow(form, 'medicines', 'source-0', { frequency: 'q8h', perDay: '' }, rowId)
    const { perDay: _perDay, ...rest } = before.prescriptions[0]!
    expect(now(changed).prescriptions[0]).toEqual({ ...rest, frequency: 'q8h' })
  })
  it('says of a diagnosis that it was refuted, since when it was there and when it ended', () => {
    expect(form.diagnoses[0]).toMatchObject({ onset: '2019', abatement: '2025-01-02' })
    const patch = { verification: 'refuted' as const, onset: '2018-05', abatement: '' }
    const [diagnosis] = now(patchRow(form, 'diagnoses', 'source-0', patch, rowId)).diagnoses
    const { abatement: _abatement, ...rest } = before.diagnoses[0]!
    expect(diagnosis).toEqual({ ...rest, verification: 'refuted', onset: '2018-05' })
  })
  it('keeps the notes that nobody touched as they were cut', () => {
    expect(now({ ...form, notes: `${form.notes}\n\nThird.` }).notes).toEqual([...before.notes, 'Third.'])
    expect(now({ ...form, notes: form.notes.replace('Second', '2nd') }).notes).toEqual([
      before.notes[0],
      '2nd.',
    ])
  })
})
