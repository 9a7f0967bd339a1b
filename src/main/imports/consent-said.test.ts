/** A source that says no consent brings visits with the one that was said last here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VisitInput } from '../../shared/contract/records.ts'
import { visitInputOf } from '../../shared/domain/visit-input.ts'
import { PASSPHRASE, runHere } from '../cli/cli.test-kit.ts'
import { openHeadless } from '../headless.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-consent-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

let count = 0
async function freshProfile(): Promise<string> {
  const profile = join(scratch, `hospital-${count++}`)
  await runHere(['found', '--profile', profile, '--name', 'North', '--zone', 'Asia/Taipei'])
  return profile
}

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'urn:his', value: '7' }],
  name: [{ text: 'Ada Example' }],
  gender: 'female',
  birthDate: '1980-02-03',
}
const encounter = (id: string, day: string) => ({
  resourceType: 'Encounter',
  id,
  identifier: [{ system: 'urn:his:visit', value: id }],
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p1' },
  period: { start: `${day}T09:00:00+08:00`, end: `${day}T09:30:00+08:00` },
})
const denial = {
  resourceType: 'Consent',
  status: 'active',
  identifier: [{ value: 'form 7' }],
  patient: { reference: 'Patient/p1' },
  provision: { type: 'deny', purpose: [{ code: 'HRESCH' }] },
}

async function importing(profile: string, ...resources: object[]) {
  const path = join(scratch, `b${count++}.json`)
  const entry = resources.map((resource) => ({ resource }))
  await writeFile(path, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))
  return (await runHere(['import', '--profile', profile, '--wait', path])).answer
}

/** Consents of the newest versions, by day. */
async function consentsIn(profile: string): Promise<object[]> {
  const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
  try {
    const { patients, records } = headless.handlers
    const [found] = (await patients.search({ text: 'Ada', limit: 2 })).patients
    expect(JSON.stringify(found)).not.toContain('treatment')
    const { visits } = await records.ofPatient({ patientId: found!.patientId, limit: 100 })
    return visits
      .filter(({ isSuperseded }) => !isSuperseded)
      .sort((a, b) => (a.record.encounter.day < b.record.encounter.day ? -1 : 1))
      .map(({ record }) => record.patient.consent)
  } finally {
    await headless.close()
  }
}

describe('the consent of an imported visit', { timeout: 120_000 }, () => {
  it('is what the last source said of the person, and the same file again is known', async () => {
    const profile = await freshProfile()
    await importing(profile, patient, encounter('e1', '2020-03-01'))
    await importing(profile, patient, encounter('e2', '2020-03-02'), denial)
    const night = [patient, encounter('e3', '2020-03-03')]
    await importing(profile, ...night)
    const limited = { scope: 'treatment-only', ref: 'form 7' }
    expect(await consentsIn(profile)).toEqual([{ scope: 'treatment-and-research' }, limited, limited])
    expect(await importing(profile, ...night)).toMatchObject({ visits: 0, duplicates: 1 })
    // What came before the limit is known by what came, too, and is not brought as another version.
    expect(await importing(profile, patient, encounter('e1', '2020-03-01'))).toMatchObject({
      visits: 0,
      duplicates: 1,
    })
  })

  it('is what a clerk said, also in another version that the source brings', async () => {
    const profile = await freshProfile()
    await importing(profile, patient, encounter('e1', '2020-03-01'))
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { patients, records } = headless.handlers
    const { patientId } = (await patients.search({ text: 'Ada', limit: 2 })).patients[0]!
    const { visits } = await records.ofPatient({ patientId, limit: 10 })
    const { record, merkleRoot } = visits[0]!
    const draft = visitInputOf(record, patientId)
    const consent = { scope: 'treatment-only', ref: 'withdrawn by letter' } as const
    const department = { system: 'local', code: '02' }
    const diagnosis: VisitInput['diagnoses'][number] = {
      code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I10' },
      sourceCodings: [],
      role: 'principal',
      rank: 1,
      verification: 'confirmed',
    }
    const visit = { ...draft, consent, encounter: { ...draft.encounter, department }, diagnoses: [diagnosis] }
    const { visitId } = record.envelope
    const change = { op: 'amend', visitId, supersedes: merkleRoot, reason: { code: 'other' } } as const
    const answer = await records.submit({ visit, draftId: null, change })
    expect(answer.kind).toBe('queued')
    await headless.close()
    const changed = { ...encounter('e1', '2020-03-01'), reasonCode: [{ text: 'fever' }] }
    expect(await importing(profile, patient, changed)).toMatchObject({ visits: 1 })
    expect(await consentsIn(profile)).toEqual([consent])
  })
})
