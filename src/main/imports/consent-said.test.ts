/** A source that says no consent brings visits with the one that was said last here. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VisitInput } from '../../shared/contract/records.ts'
import { visitInputOf } from '../../shared/domain/visit-input.ts'
import { PASSPHRASE, runHere } from '../cli/cli.test-kit.ts'
import { openHeadless } from '../headless.ts'
import { plainVisit } from '../services/visit.test-kit.ts'

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

  it('is not that of an old visit whose result came late, and is no wider for a visit that is taken back', async () => {
    const profile = await freshProfile()
    await importing(profile, patient, encounter('e1', '2020-03-01'))
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { patients, records } = headless.handlers
    const { patientId } = (await patients.search({ text: 'Ada', limit: 2 })).patients[0]!
    const entered = async (typed: VisitInput) => {
      const confirmations = (await records.check(typed))
        .filter(({ severity }) => severity === 'confirm')
        .map(({ path, rule, params }) => ({ path, rule, value: params['value'] ?? '', by: 'test' }))
      const visit = { ...typed, confirmations }
      const answer = await records.submit({ visit, draftId: null, change: null })
      if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
      return answer.visit
    }
    const research = { scope: 'treatment-and-research' } as const
    const limited = { scope: 'treatment-only', ref: 'form 7' } as const
    const old = await entered(plainVisit(patientId, '2020-03-02', { consent: research }))
    await entered(plainVisit(patientId, '2020-03-03', { consent: limited }))
    const observation: VisitInput['observations'][number] = {
      code: { system: 'http://loinc.org', code: '2823-3', display: 'Potassium' },
      kind: 'lab',
      status: 'final',
      value: { type: 'decimal', value: '4.2', unit: 'mmol/L' },
      specimenCollected: '2020-03-02',
      resultDate: '2020-03-02',
      sourceCodings: [],
    }
    const results = [{ observation, replaces: null }]
    const { merkleRoot } = old
    expect((await records.addResults({ merkleRoot, results, confirmations: [] })).kind).toBe('queued')
    await headless.close()
    await importing(profile, patient, encounter('e4', '2020-03-04'))
    expect(await consentsIn(profile)).toEqual([research, research, limited, limited])

    const again = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const visit = plainVisit(patientId, '2020-03-05', { consent: research })
    const taken = await again.handlers.records.submit({ visit, draftId: null, change: null })
    if (taken.kind !== 'queued') throw new Error(JSON.stringify(taken))
    const { visitId, merkleRoot: supersedes } = taken.visit
    const change = { op: 'retract', visitId, supersedes, reason: { code: 'entered-in-error' } } as const
    expect((await again.handlers.records.submit({ visit, draftId: null, change })).kind).toBe('queued')
    await again.close()
    await importing(profile, patient, encounter('e6', '2020-03-06'))
    expect((await consentsIn(profile)).at(-1)).toEqual(limited)
  })

  it('is what was said before an import that is undone, where that allowed less', async () => {
    const profile = await freshProfile()
    await importing(profile, patient, encounter('e1', '2020-03-01'), denial)
    const permission = { ...denial, identifier: [{ value: 'form 8' }], provision: { type: 'permit' } }
    const { batchId } = await importing(profile, patient, encounter('e2', '2020-03-02'), permission)
    const undone = await runHere(['undo-import', '--profile', profile, '--batch', String(batchId)])
    expect(undone.answer).toMatchObject({ retracted: 1 })
    await importing(profile, patient, encounter('e3', '2020-03-03'))
    const limited = { scope: 'treatment-only', ref: 'form 7' }
    expect((await consentsIn(profile)).at(-1)).toEqual(limited)
  })

  it('is not said anew by a source that changes something else of an old visit, and is where it says another', async () => {
    const profile = await freshProfile()
    const permission = { ...denial, identifier: [{ value: 'form 8' }], provision: { type: 'permit' } }
    await importing(profile, patient, encounter('e1', '2020-03-01'), permission)
    await importing(profile, patient, encounter('e2', '2020-03-02'), denial)
    // The nightly file has the old visit once more, with the paper of that day, and the next visit comes without one.
    const changed = { ...encounter('e1', '2020-03-01'), reasonCode: [{ text: 'fever' }] }
    expect(await importing(profile, patient, changed, permission)).toMatchObject({ visits: 1 })
    await importing(profile, patient, encounter('e3', '2020-03-03'))
    const limited = { scope: 'treatment-only', ref: 'form 7' }
    expect((await consentsIn(profile)).slice(1)).toEqual([limited, limited])

    const other = { ...permission, identifier: [{ value: 'form 9' }] }
    expect(await importing(profile, patient, changed, other)).toMatchObject({ visits: 1 })
    await importing(profile, patient, encounter('e4', '2020-03-04'))
    expect((await consentsIn(profile)).at(-1)).toMatchObject({ ref: 'form 9' })
  })

  it('is what an earlier visit of the same import said, until a later one says otherwise', async () => {
    const profile = await freshProfile()
    const folder = join(scratch, `night-${count++}`)
    await mkdir(folder)
    const permission = { ...denial, identifier: [{ value: 'form 8' }], provision: { type: 'permit' } }
    const files = [
      [patient, encounter('e1', '2020-03-01'), denial],
      [patient, encounter('e2', '2020-03-02')],
      [patient, encounter('e3', '2020-03-03'), permission],
      [patient, encounter('e4', '2020-03-04')],
    ]
    for (const [i, resources] of files.entries()) {
      const entry = resources.map((resource) => ({ resource }))
      await writeFile(
        join(folder, `${i}.json`),
        JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }),
      )
    }
    const night = async () => (await runHere(['import', '--profile', profile, '--wait', folder])).answer
    expect(await night()).toMatchObject({ visits: 4, duplicates: 0 })
    const [first, second, third, fourth] = await consentsIn(profile)
    expect(first).toEqual({ scope: 'treatment-only', ref: 'form 7' })
    expect(second).toEqual(first)
    expect(third).toMatchObject({ ref: 'form 8' })
    expect(third).not.toMatchObject({ scope: 'treatment-only' })
    expect(fourth).toEqual(third)
    expect(await night()).toMatchObject({ visits: 0, duplicates: 4 })
  })
})
