/** A person's own data over the whole application without a window: corrected, learnt from imports, and the end of a life. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients } from '../shared/contract/index.ts'
import type { PatientInput } from '../shared/contract/patients.ts'
import type { VisitInput } from '../shared/contract/records.ts'
import { createTown, PASSPHRASE, until, type Town } from './governance/institution.test-kit.ts'
import { plainVisit } from './services/visit.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

async function hospital(): Promise<{ ask: AllClients; files: string }> {
  town = await createTown()
  const { ask, folder } = await town.start('north')
  await ask.app.found({
    folder,
    institutionName: '北區醫院',
    personName: '林怡君',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  return { ask, files: town.files }
}

const wang: PatientInput = { name: '王小明', sex: 'male', birthDate: '1975-03-02', nationalId: 'A123456789' }
async function registered(ask: AllClients, patient: PatientInput = wang): Promise<string> {
  const answer = await ask.patients.register({ patient, although: { reason: 'other-person' } })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient.patientId
}

const confirming = (visit: VisitInput, rule: string, path: string, value: string): VisitInput => ({
  ...visit,
  confirmations: [{ path, rule, value, by: 'test' }],
})
async function submitted(ask: AllClients, visit: VisitInput) {
  const answer = await ask.records.submit({ visit, draftId: null, change: null })
  if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
  return answer.visit
}

/** A bundle of another system: the same person, one visit on each day. */
const bundleOf = (person: object, ...days: string[]): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        resourceType: 'Patient',
        id: 'p',
        identifier: [
          { system: 'urn:his', value: '7' },
          { type: { coding: [{ code: 'NI' }] }, system: 'urn:tw:nid', value: 'A123456789' },
        ],
        name: [{ text: '王小明' }],
        gender: 'male',
        birthDate: '1975-03-02',
        ...person,
      },
      ...days.map((day) => ({
        resourceType: 'Encounter',
        id: `e${day}`,
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: 'Patient/p' },
        period: { start: `${day}T10:00:00+08:00`, end: `${day}T10:30:00+08:00` },
      })),
    ].map((resource) => ({ resource })),
  })
async function imported(ask: AllClients, path: string) {
  const { jobId } = await ask.imports.start({ paths: [path] })
  const jobs = await until(
    ask.jobs.list,
    (all) => all.find((job) => job.jobId === jobId)?.state !== 'running',
  )
  expect(jobs.find((job) => job.jobId === jobId)).toMatchObject({ state: 'done' })
  return (await ask.imports.report({ jobId }))!
}

describe('a person’s own data', () => {
  it('are asked about where the check digit of the national id does not fit, once and before anything is saved', async () => {
    const { ask } = await hospital()
    const slip = { ...wang, nationalId: 'A123456788' }
    const question = { kind: 'question', field: 'nationalId', question: 'national-id-check-digit' }
    const confirmed = ['national-id-check-digit' as const]
    expect(await ask.patients.register({ patient: slip, although: null })).toEqual(question)
    expect((await ask.patients.search({ text: '王小明', limit: 5 })).total).toBe(0)
    const answer = await ask.patients.register({ patient: slip, although: null, confirmed })
    if (answer.kind !== 'registered') throw new Error(answer.kind)
    const { patientId } = answer.patient
    // It was asked about when it came; another one is asked about anew, and no question concerns ids of other countries.
    const update = (over: Partial<PatientInput>, answered: typeof confirmed = []) =>
      ask.patients.update({ patientId, patient: { ...slip, ...over }, although: null, confirmed: answered })
    expect(await update({ nationalId: 'a12345678 8', phone: '0912000111' })).toMatchObject({
      kind: 'updated',
    })
    expect(await update({ nationalId: 'A123456787' })).toEqual(question)
    expect((await ask.patients.get({ patientId }))?.nationalId).not.toBe('A123456787')
    expect(await update({ nationalId: 'A123456787' }, confirmed)).toMatchObject({ kind: 'updated' })
    expect(await update({ nationalId: 'A123456789' })).toMatchObject({ kind: 'updated' })
    expect(await update({ nationalId: 'X-99 88' })).toMatchObject({ kind: 'updated' })
  })
  it('are corrected by the rules of a registration; what stood there before is kept with who and when', async () => {
    const { ask } = await hospital()
    const patientId = await registered(ask)
    const other = await registered(ask, {
      name: '陳大文',
      sex: 'male',
      birthDate: '1980-05-06',
      nationalId: 'B123456780',
    })
    const update = (patient: Partial<PatientInput>, although: { reason: 'other' } | null = null) =>
      ask.patients.update({ patientId, patient: { ...wang, ...patient }, although })
    expect(await update({})).toEqual({ kind: 'unchanged' })
    expect(await update({ nationalId: 'B123456780' })).toMatchObject({ rule: 'national-id-taken' })
    expect(await update({ birthDate: '2099-01-01' })).toMatchObject({ rule: 'birth-date-future' })
    expect(await update({ deathDate: '1970-01-01' })).toMatchObject({ rule: 'death-before-birth' })
    expect(await update({ causeOfDeath: 'heart' })).toMatchObject({ rule: 'cause-malformed' })
    expect(await ask.patients.changes({ patientId })).toEqual([])
    // Now it looks like the other entry: shown before anything is saved, and saved when a person says so.
    const asOther = { name: '陳大文', birthDate: '1980-05-06' }
    expect(await update(asOther)).toMatchObject({
      kind: 'similar',
      candidates: [{ patient: { patientId: other } }],
    })
    expect((await ask.patients.get({ patientId }))?.name).toBe('王小明')
    expect(await update(asOther, { reason: 'other' })).toMatchObject({ kind: 'updated' })
    expect(await ask.patients.registration({ patientId })).toMatchObject({
      reason: 'other',
      candidates: [other],
    })
    // The same other entry is no news any more.
    const dead = { ...asOther, residenceRegion: '臺北市', deathDate: '2026-11-20', causeOfDeath: 'i21.9' }
    expect(await update(dead, { reason: 'other' })).toMatchObject({
      kind: 'updated',
      patient: { residenceRegion: '臺北市', deceased: true, deathDate: '2026-11-20', causeOfDeath: 'I219' },
    })
    const [newest, first] = await ask.patients.changes({ patientId })
    expect(newest).toMatchObject({ byName: '林怡君', how: 'person' })
    expect(newest!.fields).toContainEqual({ field: 'deathDate', before: null, after: '2026-11-20' })
    expect(first!.fields).toEqual([
      { field: 'name', before: '王小明', after: '陳大文' },
      { field: 'birthDate', before: '1975-03-02', after: '1980-05-06' },
    ])
    expect((await ask.patients.search({ text: '王小明', limit: 5 })).total).toBe(0)
    expect((await ask.patients.search({ text: 'dawen', limit: 5 })).total).toBe(2)
  })

  it('that a form says otherwise than the last visit are asked about once', async () => {
    const { ask } = await hospital()
    const patientId = await registered(ask)
    await submitted(ask, plainVisit(patientId, '2026-05-01'))
    await ask.patients.update({
      patientId,
      patient: { ...wang, sex: 'female' },
      although: { reason: 'other' },
    })
    const visit = plainVisit(patientId, '2026-06-01')
    expect(await ask.records.check(visit)).toMatchObject([{ path: 'patient.sex', rule: 'sex-differs' }])
    await submitted(ask, confirming(visit, 'sex-differs', 'patient.sex', 'female'))
    expect(await ask.records.check(plainVisit(patientId, '2026-07-01'))).toEqual([])
  })
})

describe('a visit after death', () => {
  it('is asked about in the form, whether the person was registered dead or a visit said so', async () => {
    const { ask } = await hospital()
    const patientId = await registered(ask)
    const stay = plainVisit(patientId, '2026-05-01')
    const last = {
      ...stay,
      encounter: {
        ...stay.encounter,
        discharge: { at: '2026-05-04T10:00:00+08:00' },
        dischargeDisposition: 'exp' as const,
      },
    }
    const [proposed] = await ask.records.check(last)
    expect(proposed).toMatchObject({ rule: 'death-proposed', params: { value: '2026-05-04' } })
    expect(await ask.records.submit({ visit: last, draftId: null, change: null })).toMatchObject({
      kind: 'findings',
    })
    expect((await ask.patients.get({ patientId }))?.deathDate).toBeUndefined()
    await submitted(ask, confirming(last, 'death-proposed', 'outcome.deathInHospital', '2026-05-04'))
    expect(await ask.patients.get({ patientId })).toMatchObject({ deceased: true, deathDate: '2026-05-04' })
    expect(await ask.patients.changes({ patientId })).toMatchObject([{ how: 'visit', byName: '林怡君' }])
    const { visits } = await ask.records.ofPatient({ patientId, limit: 5 })
    expect(visits[0]!.record.patient).toMatchObject({ deceased: true, deathDate: '2026-05-04' })

    const later = plainVisit(patientId, '2026-06-01')
    expect(await ask.records.check(later)).toMatchObject([{ rule: 'after-death', severity: 'confirm' }])
    const known = await registered(ask, {
      name: '陳大文',
      sex: 'male',
      birthDate: '1950',
      deathDate: '2026-04',
    })
    expect(await ask.records.check(plainVisit(known, '2026-04-30'))).toEqual([])
    expect(await ask.records.check(plainVisit(known, '2026-05-01'))).toMatchObject([{ rule: 'after-death' }])
  })

  it('comes in with a file, is counted as such, and never dropped; the dry run says it before', async () => {
    const { ask, files } = await hospital()
    const path = join(files, 'dead.json')
    await writeFile(
      path,
      bundleOf({ deceasedDateTime: '2020-05-04' }, '2020-05-03', '2020-05-05', '2020-05-06'),
    )
    expect(await imported(ask, path)).toMatchObject({
      visits: 3,
      rejectedCount: 0,
      warnings: [{ reason: 'after-death', count: 2 }],
    })
    const [person] = (await ask.patients.search({ text: '王小明', limit: 1 })).patients
    expect(person).toMatchObject({ deceased: true, deathDate: '2020-05-04' })
    expect(await ask.records.check(plainVisit(person!.patientId, '2020-06-01'))).toMatchObject([
      { rule: 'after-death' },
    ])

    // Another system knows nothing of the death; this hospital does.
    const other = join(files, 'alive.json')
    await writeFile(other, bundleOf({ gender: 'female', birthDate: '1975-02-03' }, '2020-07-01'))
    const { jobId } = await ask.tables.startTrial({ paths: [other], mapping: null })
    const trial = await until(
      () => ask.tables.trialReport({ jobId }),
      (report) => report !== null,
    )
    const unusual = trial!.counts.map(({ reason }) => reason)
    expect(unusual).toEqual(expect.arrayContaining(['after-death', 'sex-differs']))
    expect(trial!.leftOutCount).toBe(0)
    const report = await imported(ask, other)
    expect(report).toMatchObject({ visits: 1, rejectedCount: 0 })
    expect(report.warnings.map(({ reason }) => reason).sort()).toEqual([
      'after-death',
      'patient-data-differs',
      'sex-differs',
    ])
    expect(await ask.patients.get({ patientId: person!.patientId })).toMatchObject({
      sex: 'male',
      birthDate: '1975-03-02',
      deathDate: '2020-05-04',
    })
  })
})

describe('what an import knows of a person', () => {
  it('fills what is missing, and never writes over what a person typed', async () => {
    const { ask, files } = await hospital()
    const patientId = await registered(ask, { ...wang, phone: '0911111111' })
    const path = join(files, 'more.json')
    const telecom = [{ system: 'phone', value: '0922222222' }]
    await writeFile(path, bundleOf({ telecom, deceasedDateTime: '2026-11-01' }, '2026-10-01'))
    const report = await imported(ask, path)
    expect(report.warnings).toEqual([{ reason: 'patient-data-differs', count: 1 }])
    expect(await ask.patients.get({ patientId })).toMatchObject({
      phone: '0911111111',
      deathDate: '2026-11-01',
      visitCount: 1,
    })
    expect(await ask.patients.changes({ patientId })).toMatchObject([
      {
        how: 'import',
        fields: [{ field: 'deceased' }, { field: 'deathDate', before: null, after: '2026-11-01' }],
      },
    ])
  })
})

describe('my last visits', () => {
  it('are what I entered by hand; a night’s import is the hospital’s', async () => {
    const { ask, files } = await hospital()
    const patientId = await registered(ask, { name: '陳大文', sex: 'male', birthDate: '1980-05-06' })
    const mine = await submitted(ask, plainVisit(patientId, '2026-05-01'))
    const days = Array.from({ length: 30 }, (_, i) => `2026-03-${String(i + 1).padStart(2, '0')}`)
    const path = join(files, 'night.json')
    await writeFile(path, bundleOf({}, ...days))
    expect(await imported(ask, path)).toMatchObject({ visits: 30 })
    expect(await ask.records.recent({ limit: 20, of: 'mine' })).toMatchObject([
      { merkleRoot: mine.merkleRoot },
    ])
    const all = await ask.records.recent({ limit: 20, of: 'hospital' })
    expect(all.map(({ merkleRoot }) => merkleRoot)).not.toContain(mine.merkleRoot)
  })
})

describe('a correction, a visit and an import at one moment', () => {
  it('keep what each of them wrote of the person', async () => {
    const { ask, files } = await hospital()
    const patientId = await registered(ask)
    const path = join(files, 'now.json')
    await writeFile(path, bundleOf({}, '2026-03-01', '2026-03-02', '2026-03-03'))
    const although = { reason: 'other-person' as const }
    const correct = (over: Partial<PatientInput>) =>
      ask.patients.update({ patientId, patient: { ...wang, ...over }, although })
    await Promise.all([
      imported(ask, path),
      submitted(ask, plainVisit(patientId, '2026-05-01')),
      correct({ name: '王曉明' }),
      submitted(ask, plainVisit(patientId, '2026-05-02')),
      submitted(ask, plainVisit(patientId, '2026-05-03')),
    ])
    const after = await ask.patients.get({ patientId })
    expect(after).toMatchObject({ name: '王曉明', visitCount: 6 })
    expect(after!.lastVisit).toMatch(/^2026-05-03/)
    expect((await ask.records.ofPatient({ patientId, limit: 20 })).visits).toHaveLength(6)
    // The source knows this person by a number of its own, and finds the same one again.
    expect(await imported(ask, path)).toMatchObject({ visits: 0, duplicates: 3 })
  })
})

describe('C10 Taking back and bringing back', () => {
  it('retracts, restores, and leaves each version in its place with its reason', async () => {
    const { ask } = await hospital()
    const patientId = await registered(ask)
    const visit = plainVisit(patientId, '2026-05-01')
    const first = await submitted(ask, visit)
    const change = (op: 'retract' | 'restore', supersedes: string) => ({
      visit,
      draftId: null,
      change: {
        op,
        visitId: first.visitId,
        supersedes,
        reason: { code: 'other' as const, text: `to ${op}` },
      },
    })
    const retracted = await ask.records.submit(change('retract', first.merkleRoot))
    if (retracted.kind !== 'queued') throw new Error(retracted.kind)
    // A list counts no visit that was taken back.
    expect(await ask.patients.get({ patientId })).toMatchObject({ visitCount: 0, lastVisit: null })
    // What is taken back cannot be brought back by way of the version before.
    expect(await ask.records.submit(change('restore', first.merkleRoot))).toEqual({
      kind: 'refused',
      reason: 'superseded-meanwhile',
    })
    const restored = await ask.records.submit(change('restore', retracted.visit.merkleRoot))
    if (restored.kind !== 'queued') throw new Error(restored.kind)
    const counted = await ask.patients.get({ patientId })
    expect(counted).toMatchObject({ visitCount: 1, lastVisit: visit.encounter.admission.at })
    await until(ask.node.status, ({ blockCount, queuedCount }) => blockCount === 3 && queuedCount === 0)
    const { visits } = await ask.records.ofPatient({ patientId, limit: 10 })
    expect(
      visits.map(({ record, isSuperseded, index }) => [record.envelope.op, isSuperseded, index]),
    ).toEqual([
      ['restore', false, 2],
      ['retract', true, 1],
      ['create', true, 0],
    ])
    const [now] = visits
    expect(now!.record.envelope).toMatchObject({
      visitId: first.visitId,
      supersedes: retracted.visit.merkleRoot,
      reason: { code: 'other', text: 'to restore' },
    })
    // It says again what it said, and can be corrected.
    expect(now!.record.diagnoses).toEqual(visits[2]!.record.diagnoses)
    const amend = {
      op: 'amend' as const,
      visitId: first.visitId,
      supersedes: restored.visit.merkleRoot,
      reason: { code: 'typo' as const },
    }
    expect(await ask.records.submit({ visit, draftId: null, change: amend })).toMatchObject({
      kind: 'queued',
    })
  })
})
