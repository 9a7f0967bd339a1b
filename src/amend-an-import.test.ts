/** An import that no form would take, corrected in the form and saved by the node: what a clerk does with it, whole. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDay } from './shared/domain/dates.ts'
import { foundProfile, openHeadless, type Headless } from './main/headless.ts'
import { patchEncounter, patchRow, sourceRowId } from './renderer/features/clinic/record-entry/form.ts'
import { formOfRecord, readForm } from './renderer/features/clinic/record-entry/read-form.ts'
import { instantText } from './renderer/lib/zone.ts'

const PASSPHRASE = 'river lantern oxide meadow'
let folder = ''
let headless: Headless
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-amend-import-'))
  const at = { folder: join(folder, 'hospital'), passphrase: PASSPHRASE }
  await foundProfile({
    ...at,
    institutionName: 'Hospital',
    personName: 'Lin',
    zone: 'Asia/Taipei',
    isSynthetic: false,
  })
  headless = await openHeadless(at)
}, 180_000)
afterEach(async () => {
  await headless.close()
  await rm(folder, { recursive: true, force: true })
}, 180_000)

const LOINC = 'http://loinc.org'
const about = { subject: { reference: 'Patient/p1' }, encounter: { reference: 'Encounter/e1' } }
const result = (id: string, code: string, more: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: {
    coding: [
      { system: LOINC, code },
      { system: 'urn:lis', code: `L-${id}` },
    ],
  },
  ...about,
  effectiveDateTime: '2026-01-05T09:30:00+08:00',
  ...more,
})
/** No department, no diagnosis, an order without dose and start, an impossible potassium. */
const BUNDLE = [
  { resourceType: 'Patient', id: 'p1', gender: 'female', birthDate: '1970-01-02' },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: 'Patient/p1' },
    period: { start: '2026-01-05T09:00:00+08:00', end: '2026-01-05T10:00:00+08:00' },
  },
  result('o1', '2823-3', { valueQuantity: { value: 44, unit: 'mmol/L', code: 'mmol/L' } }),
  result('o2', '2160-0', { valueQuantity: { value: 0.9, unit: 'mg/dL', code: 'mg/dL' } }),
  result('o3', '99999-8', { valueRatio: { numerator: { value: 1 }, denominator: { value: 80 } } }),
  {
    resourceType: 'MedicationRequest',
    id: 'm1',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: 'something' },
    ...about,
  },
]

describe('a visit that was imported', { timeout: 240_000 }, () => {
  it('is corrected in the form, keeps everything else and where it came from, and only its change is checked', async () => {
    const path = join(folder, 'bundle.json')
    const entry = BUNDLE.map((resource) => ({ fullUrl: `${resource.resourceType}/${resource.id}`, resource }))
    await writeFile(path, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
    const { imports, jobs, patients, records } = headless.handlers
    const { jobId } = await imports.start({ paths: [path] })
    while ((await jobs.list()).find((each) => each.jobId === jobId)?.state === 'running')
      await new Promise((resolve) => setTimeout(resolve, 10))
    const { patientId } = (await patients.search({ text: '', limit: 1 })).patients[0]!
    const [version] = (await records.ofPatient({ patientId, limit: 10 })).visits
    const { record, merkleRoot } = version!
    const context = {
      patientId,
      today: parseDay('2026-06-01')!,
      zone: 'Asia/Taipei',
      instantText,
      confirmations: record.envelope.confirmations,
    }
    let serial = 0
    const rowId = () => `new${++serial}`
    const form = formOfRecord(record, context, rowId)!
    const at = record.observations.findIndex(({ code }) => code.code === '2160-0')
    const send = (changed: typeof form, supersedes: string) =>
      records.submit({
        visit: readForm(changed, context).visit,
        draftId: null,
        change: {
          op: 'amend',
          visitId: record.envelope.visitId,
          supersedes,
          reason: { code: 'typo' },
        },
      })

    // What the change itself makes wrong is said, as of any visit.
    const wrong = patchRow(form, 'labs', sourceRowId(at), { value: '900' }, rowId)
    expect(await send(wrong, merkleRoot)).toMatchObject({
      kind: 'findings',
      findings: [{ path: `observations.${at}.value`, rule: 'above-hard-limit' }],
    })
    const right = patchRow(form, 'labs', sourceRowId(at), { value: '1.10' }, rowId)
    const answer = await send(patchEncounter(right, { reason: 'follow-up' }), merkleRoot)
    expect(answer.kind).toBe('queued')

    const { visits } = await records.ofPatient({ patientId, limit: 10 })
    const after = visits.find(({ isSuperseded }) => !isSuperseded)!.record
    expect(after.envelope).toMatchObject({ op: 'amend', origin: record.envelope.origin })
    const value = { type: 'decimal', value: '1.10', unit: 'mg/dL' }
    expect(after.observations[at]).toMatchObject({
      value,
      sourceCodings: record.observations[at]!.sourceCodings,
    })
    expect(after.observations.filter((_, i) => i !== at)).toEqual(
      record.observations.filter((_, i) => i !== at),
    )
    expect({ ...after.encounter, reason: undefined }).toEqual({ ...record.encounter, reason: undefined })
    expect(after.prescriptions).toEqual(record.prescriptions)
  })
})
