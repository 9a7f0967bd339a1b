import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CodeTarget, Uncoded } from '../../shared/contract/codes.ts'
import type { VisitInput } from '../../shared/contract/records.ts'
import { editionsOf } from '../../shared/domain/coded-with.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import { realWorld } from '../world.ts'

const PASSPHRASE = 'river lantern oxide meadow'
const world = { ...realWorld(), scryptCost: 2 ** 10 }
let folder = ''
let headless: Headless

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-coding-'))
  await foundProfile(
    {
      folder: join(folder, 'hospital'),
      institutionName: 'Hospital',
      personName: 'Lin',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: false,
    },
    world,
  )
  headless = await openHeadless({ folder: join(folder, 'hospital'), passphrase: PASSPHRASE, world })
}, 180_000)
afterEach(async () => {
  await headless.close()
  await rm(folder, { recursive: true, force: true })
}, 180_000)

async function patientOf(name: string, sex: 'male' | 'female'): Promise<string> {
  const patient = { name, sex, birthDate: '1970-01-02', nationalId: `ID-${name}` }
  const answer = await headless.handlers.patients.register({ patient, although: { reason: 'other-person' } })
  if (answer.kind !== 'registered') throw new Error(JSON.stringify(answer))
  return answer.patient.patientId
}

const words = (text: string) => ({ system: 'local', code: 'text', display: text })
function visitOf(patientId: string, text: string, more: Partial<VisitInput> = {}): VisitInput {
  return {
    patientId,
    encounter: {
      class: 'AMB',
      status: 'finished',
      admission: { at: '2026-01-05T09:00:00+08:00', zone: 'Asia/Taipei' },
      department: { system: 'urn:d', code: '01' },
      payer: { type: 'NHI' },
    },
    observations: [],
    diagnoses: [
      {
        code: words(text),
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        verification: 'confirmed',
        unlisted: true,
      },
    ],
    procedures: [],
    prescriptions: [],
    claims: [],
    notes: [],
    consent: { scope: 'treatment-and-research' },
    confirmations: [],
    ...more,
  }
}

async function submit(visit: VisitInput): Promise<{ visitId: string; merkleRoot: string }> {
  const answer = await headless.handlers.records.submit({ visit, draftId: null, change: null })
  if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
  return answer.visit
}

async function finished(jobId: string): Promise<void> {
  for (;;) {
    const job = (await headless.handlers.jobs.list()).find((each) => each.jobId === jobId)
    if (job?.state !== 'running') return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
async function workList() {
  const { jobId } = await headless.handlers.codes.startWorkList()
  await finished(jobId)
  const list = await headless.handlers.codes.workList({ jobId })
  if (list === null) throw new Error(JSON.stringify(await headless.handlers.jobs.list()))
  return list
}
async function give(row: Uncoded, target: CodeTarget, how = { teaches: true, amends: true }) {
  const { jobId } = await headless.handlers.codes.startCoding({ choices: [{ key: row.key, target }], ...how })
  await finished(jobId)
  return headless.handlers.codes.codingReport({ jobId })
}

const COLD: CodeTarget = { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J069', display: 'Cold' }
const PREGNANT: CodeTarget = { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'O80', display: 'Birth' }

describe('the coding work list', { timeout: 240_000 }, () => {
  it('gathers what was written in whichever case and width, counts it, and names no patient', async () => {
    const ada = await patientOf('Ada Secret', 'female')
    await submit(visitOf(ada, 'Zebra flu'))
    await submit(
      visitOf(ada, 'ｚｅｂｒａ  FLU', {
        encounter: { ...visitOf(ada, '').encounter, admission: { at: '2026-01-07T09:00:00+08:00' } },
      }),
    )
    await submit(
      visitOf(ada, 'other', {
        diagnoses: [
          { ...visitOf(ada, '').diagnoses[0]!, code: { ...COLD, display: 'Cold' }, unlisted: false },
        ],
        procedures: [{ code: words('odd cut'), sourceCodings: [], status: 'completed' }],
        prescriptions: [
          {
            code: { system: 'http://www.whocc.no/atc', code: 'A10BA02', display: 'metformin' },
            sourceCodings: [],
            status: 'active',
            intent: 'order',
            dose: { value: '500', unit: 'mg' },
            perDay: '2',
            start: '2026-01-05',
            daysSupply: 7,
          },
          {
            code: words('moon herb'),
            sourceCodings: [],
            status: 'active',
            intent: 'order',
            dose: { value: '1', unit: 'g' },
            perDay: '2',
            start: '2026-01-05',
            daysSupply: 7,
          },
        ],
        confirmations: [],
      }),
    )
    const list = await workList()
    expect(list).toMatchObject({ total: 3, visitsLookedAt: 3, sealedCount: 0 })
    expect(
      list.rows.map(({ list: of, text, count, visitCount, firstSeen, lastSeen }) => [
        of,
        text,
        count,
        visitCount,
        firstSeen,
        lastSeen,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['diagnosis', 'Zebra flu', 2, 2, '2026-01-05', '2026-01-07'],
        ['procedure', 'odd cut', 1, 1, '2026-01-05', '2026-01-05'],
        ['medicine', 'moon herb', 1, 1, '2026-01-05', '2026-01-05'],
      ]),
    )
    expect(JSON.stringify(list)).not.toContain('Secret')
    expect(list.rows[0]!.text).toBe('Zebra flu')
  })

  it('gives a code: the words find it, the visits get a version that says why, and nothing written is lost', async () => {
    const ada = await patientOf('Ada', 'female')
    const first = await submit(visitOf(ada, 'Zebra flu'))
    const row = (await workList()).rows[0]!
    expect(await give(row, COLD)).toEqual({ learnt: 1, amended: 1, left: [], isCancelled: false })
    expect(await workList()).toMatchObject({ total: 0, visitsLookedAt: 1 })
    const { visits } = await headless.handlers.records.ofPatient({ patientId: ada, limit: 10 })
    const newest = visits.find(({ isSuperseded }) => !isSuperseded)!.record
    expect(newest.envelope).toMatchObject({
      op: 'amend',
      visitId: first.visitId,
      supersedes: first.merkleRoot,
      reason: { code: 'other', text: 'coded later' },
    })
    expect(newest.diagnoses).toEqual([
      {
        code: COLD,
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        verification: 'confirmed',
        text: 'Zebra flu',
      },
    ])
    // Words came from no list; the code that a coder gave them came from the edition in use.
    const lists = await headless.handlers.codes.lists()
    const hashOf = (of: string) => lists.find(({ list }) => list === of)!.inUse.hash
    const department = { list: 'department', hash: hashOf('department') }
    const original = visits.find(({ isSuperseded }) => isSuperseded)!.record
    expect(editionsOf(original.envelope.confirmations)).toEqual([department])
    expect(editionsOf(newest.envelope.confirmations)).toEqual([
      { list: 'diagnosis', hash: hashOf('diagnosis') },
      department,
    ])
    const [hit] = await headless.handlers.codes.search({ list: 'diagnosis', text: 'zebra', limit: 5 })
    expect(hit).toMatchObject({ code: 'J069', mark: 'learnt' })

    // Sealed on disk, and there again after the next start; forgotten when told so.
    const bytes = await readFile(join(folder, 'hospital', 'codes', 'desk.sealed'))
    expect(bytes.toString('latin1').toLowerCase()).not.toContain('zebra')
    await headless.close()
    headless = await openHeadless({ folder: join(folder, 'hospital'), passphrase: PASSPHRASE, world })
    expect(
      (await headless.handlers.codes.search({ list: 'diagnosis', text: 'zebra flu', limit: 5 }))[0],
    ).toMatchObject({ code: 'J069' })
    expect(
      (await headless.handlers.codes.forgetLearnt({ list: 'diagnosis', text: 'ZEBRA FLU' })).learnt,
    ).toEqual([])
    expect(await headless.handlers.codes.search({ list: 'diagnosis', text: 'zebra flu', limit: 5 })).toEqual(
      [],
    )
  })

  it('gathers tests that no table has, and gives them a code while value, unit and words stay', async () => {
    const ada = await patientOf('Ada Secret', 'female')
    const test = {
      code: { system: 'local', code: '我院肌酸酐', display: '我院肌酸酐' },
      kind: 'lab' as const,
      status: 'final' as const,
      value: { type: 'decimal' as const, value: '0.90', unit: 'mg/dL' },
      specimenCollected: '2026-01-05',
      resultDate: '2026-01-05',
      sourceCodings: [],
    }
    const visit = visitOf(ada, 'coded', {
      diagnoses: [{ ...visitOf(ada, '').diagnoses[0]!, code: { ...COLD, display: 'Cold' }, unlisted: false }],
      observations: [test],
    })
    const asked = await headless.handlers.records.submit({ visit, draftId: null, change: null })
    expect(asked).toMatchObject({
      kind: 'findings',
      findings: [{ path: 'observations.0.code', rule: 'code-unlisted', severity: 'confirm' }],
    })
    const confirmations = [
      { path: 'observations.0.code', rule: 'code-unlisted', value: '我院肌酸酐', by: 'me' },
    ]
    await submit({ ...visit, confirmations })
    const [row, ...others] = (await workList()).rows
    expect(others).toEqual([])
    expect(row).toMatchObject({ list: 'test', code: '', text: '我院肌酸酐', count: 1 })
    const [creatinine] = await headless.handlers.codes.search({ list: 'test', text: 'creat', limit: 1 })
    expect(creatinine).toMatchObject({ code: '2160-0', en: 'Creatinine, serum' })
    const target = { system: creatinine!.system, code: creatinine!.code, display: creatinine!.en }
    expect(await give(row!, target)).toMatchObject({ learnt: 1, amended: 1, left: [] })
    expect((await workList()).rows).toEqual([])
    const { visits } = await headless.handlers.records.ofPatient({ patientId: ada, limit: 10 })
    const current = visits.find(({ isSuperseded }) => !isSuperseded)!
    expect(current.record.observations).toEqual([{ ...test, code: target, sourceCodings: [test.code] }])
  })

  it('teaches without correcting, and leaves a visit that the code does not fit', async () => {
    const bo = await patientOf('Bo', 'male')
    await submit(visitOf(bo, 'belly'))
    const row = (await workList()).rows[0]!
    expect(await give(row, PREGNANT, { teaches: true, amends: false })).toMatchObject({
      learnt: 1,
      amended: 0,
    })
    expect((await workList()).rows[0]).toMatchObject({ suggestion: { from: 'learnt', hit: { code: 'O80' } } })
    const report = await give(row, PREGNANT)
    expect(report).toMatchObject({ amended: 0, left: [{ count: 1 }] })
    expect((await workList()).total).toBe(1)
  })

  it('leaves out what was taken back, and what a newer edition has a code for is proposed', async () => {
    const ada = await patientOf('Ada', 'female')
    const visit = visitOf(ada, 'gone')
    const { visitId, merkleRoot } = await submit(visit)
    await headless.handlers.records.submit({
      visit,
      draftId: null,
      change: { op: 'retract', visitId, supersedes: merkleRoot, reason: { code: 'entered-in-error' } },
    })
    expect((await workList()).total).toBe(0)
    const rare = {
      ...visitOf(ada, '').diagnoses[0]!,
      code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'Q998' },
    }
    await submit(visitOf(ada, '', { diagnoses: [rare] }))
    expect((await workList()).rows).toMatchObject([{ code: 'Q998' }])
    const path = join(folder, 'full.csv')
    await writeFile(path, 'code,en\nQ99.8,Rare thing\n')
    const answer = await headless.handlers.codes.previewFile({ list: 'diagnosis', path })
    if (answer.kind !== 'preview') throw new Error(answer.kind)
    const { columns, system, hash } = answer.preview
    await headless.handlers.codes.importFile({ list: 'diagnosis', path, columns, system, hash, edition: 'x' })
    expect((await workList()).rows).toMatchObject([
      { suggestion: { from: 'list', hit: { code: 'Q998', en: 'Rare thing' } } },
    ])
  })

  it('proposes what the hospital’s map says for a source’s code, and what a coder decides joins the map', async () => {
    const ada = await patientOf('Ada', 'female')
    const snomed = (code: string) => ({
      ...visitOf(ada, '').diagnoses[0]!,
      code: { system: 'http://snomed.info/sct', code, display: `finding ${code}` },
    })
    await submit(
      visitOf(ada, '', { diagnoses: [snomed('11'), { ...snomed('22'), role: 'secondary', rank: 2 }] }),
    )
    const path = join(folder, 'map.csv')
    await writeFile(path, 'system,source code,target\nSNOMED CT,11,E11.9\n')
    expect(await headless.handlers.codes.importMap({ path })).toMatchObject({
      kind: 'imported',
      hospital: { map: { rowCount: 1, source: 'map.csv', importedBy: 'Lin' } },
    })
    const { rows } = await workList()
    const of = (code: string) => rows.find((row) => row.code === code)!
    expect(of('11').suggestion).toMatchObject({ from: 'map', hit: { code: 'E119' } })
    expect(of('22').suggestion?.from).not.toBe('map')
    await give(of('22'), COLD)
    // From the list as it was: the visit has a newer version by now.
    await give(of('11'), { ...COLD, code: 'E119' })
    const { visits } = await headless.handlers.records.ofPatient({ patientId: ada, limit: 10 })
    const newest = visits.find(({ isSuperseded }) => !isSuperseded)!.record
    expect(
      newest.diagnoses.map(({ code, sourceCodings }) => [code.code, sourceCodings.map((each) => each.code)]),
    ).toEqual([
      ['E119', ['11']],
      ['J069', ['22']],
    ])
    expect((await headless.handlers.codes.hospital()).map).toMatchObject({ rowCount: 2, source: 'map.csv' })
  })
})

describe('the map on what an import brings', { timeout: 240_000 }, () => {
  const bundle = (encounter: string, code: string) =>
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { resourceType: 'Patient', id: 'p1', gender: 'female', birthDate: '1970-01-02' },
        {
          resourceType: 'Encounter',
          id: encounter,
          status: 'finished',
          class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
          subject: { reference: 'Patient/p1' },
          period: { start: '2026-01-05T09:00:00+08:00', end: '2026-01-05T10:00:00+08:00' },
        },
        {
          resourceType: 'Condition',
          id: `c-${encounter}`,
          subject: { reference: 'Patient/p1' },
          encounter: { reference: `Encounter/${encounter}` },
          code: { coding: [{ system: 'http://snomed.info/sct', code, display: `finding ${code}` }] },
        },
      ].map((resource) => ({ fullUrl: `${resource.resourceType}/${resource.id}`, resource })),
    })

  async function take(name: string, content: string) {
    const path = join(folder, name)
    await writeFile(path, content)
    const { jobId } = await headless.handlers.imports.start({ paths: [path] })
    await finished(jobId)
    return (await headless.handlers.imports.report({ jobId }))!
  }
  async function diagnosesHere() {
    const { patients } = await headless.handlers.patients.search({ text: '', limit: 10 })
    const all = await Promise.all(
      patients.map(({ patientId }) => headless.handlers.records.ofPatient({ patientId, limit: 20 })),
    )
    return all
      .flatMap(({ visits }) => visits)
      .flatMap(({ record }) =>
        record.diagnoses.map(({ code, sourceCodings }) => [
          code.code,
          ...sourceCodings.map((each) => each.code),
        ]),
      )
  }

  it('gives a department that is written by its name the code of the list, and keeps the name', async () => {
    const stay = (visit: string, department: string) =>
      [
        'MSH|^~\\&|HIS|NORTH|C|X|20260301090000||ADT^A04|1|P|2.5.1||||||UNICODE UTF-8',
        'PID|1||M1^^^NORTH^MR||陳^美玲||19800102|F',
        `PV1|1|O||||||||${department}|||||||||${visit}${'|'.repeat(25)}20260301080000`,
      ].join('\r')
    const night = ['家醫科', 'Internal Medicine', '家', '01'].map((name, i) => stay(`V${i}`, name)).join('\r')
    expect(await take('night.hl7', night)).toMatchObject({ visits: 4, rejectedCount: 0 })
    const { patients } = await headless.handlers.patients.search({ text: '陳美玲', limit: 10 })
    const { patientId } = patients[0]!
    const { visits } = await headless.handlers.records.ofPatient({ patientId, limit: 20 })
    const departments = visits.map(({ record }) => record.encounter.department!)
    expect(departments.map(({ code, display = '' }) => `${code} ${display}`.trim()).sort()).toEqual([
      // A code of the hospital's own may be any department.
      '01',
      '01 家醫科',
      '02 Internal Medicine',
      '家',
    ])
    expect(departments.filter(({ system }) => system === 'local')).toHaveLength(2)
    expect(await take('night.hl7', night)).toMatchObject({ visits: 0, duplicates: 4 })
  })

  it('gives the source’s code the hospital’s own, keeps it beside, and adds nothing for the same file whatever the map says', async () => {
    const map = join(folder, 'map.csv')
    const before = await take('first.json', bundle('e1', '11'))
    expect(before).toMatchObject({ visits: 1, duplicates: 0 })
    await writeFile(map, 'system,source code,target\nSNOMED CT,11,E11.9\nSNOMED CT,22,no such code\n')
    expect(await headless.handlers.codes.importMap({ path: map })).toMatchObject({ kind: 'imported' })

    // What is in stays as it is: the map is no reason for another version.
    expect(await take('first.json', bundle('e1', '11'))).toMatchObject({ visits: 0, duplicates: 1 })
    const mapped = await take('second.json', bundle('e2', '11'))
    expect(mapped).toMatchObject({ visits: 1, duplicates: 0 })
    expect(mapped.warnings).toContainEqual({ reason: 'code-mapped', count: 1 })
    // A target that no list has is no code.
    const unknown = await take('third.json', bundle('e3', '22'))
    expect(unknown.warnings.some(({ reason }) => reason === 'code-mapped')).toBe(false)
    expect((await diagnosesHere()).map((codes) => codes.join(' ')).sort()).toEqual(['11', '22', 'E119 11'])

    expect(await take('second.json', bundle('e2', '11'))).toMatchObject({ visits: 0, duplicates: 1 })
    await writeFile(map, 'system,source code,target\nSNOMED CT,11,I10\n')
    await headless.handlers.codes.importMap({ path: map })
    const again = await take('second.json', bundle('e2', '11'))
    expect(again).toMatchObject({ visits: 0, duplicates: 1 })
    expect(again.warnings.some(({ reason }) => reason === 'earlier-version-again')).toBe(false)
    // Changed at its source: the new version has the code of the map as it is now.
    const changed = bundle('e2', '11').replace('10:00:00', '10:30:00')
    expect(await take('second.json', changed)).toMatchObject({ visits: 1, duplicates: 0 })
    expect(await diagnosesHere()).toContainEqual(['I10', '11'])
  })
})

describe('what a person used', { timeout: 240_000 }, () => {
  it('C5: comes first in that department, pinned codes before it, and only for what matches', async () => {
    const ada = await patientOf('Ada', 'female')
    const { search, pin } = headless.handlers.codes
    const found = async (text: string, department?: string) =>
      (
        await search({
          list: 'diagnosis',
          text,
          limit: 5,
          ...(department === undefined ? {} : { department }),
        })
      ).map(({ code }) => code)
    expect((await found('糖尿病', 'AG'))[0]).toBe('E119')
    const diagnosis = { ...visitOf(ada, '').diagnoses[0]!, code: { ...COLD, code: 'E1165' }, unlisted: false }
    const { encounter } = visitOf(ada, '')
    const department = { system: 'urn:d', code: 'AG' }
    await submit(visitOf(ada, '', { diagnoses: [diagnosis], encounter: { ...encounter, department } }))
    await expect.poll(() => found('糖尿病', 'AG')).toEqual(expect.arrayContaining(['E1165']))
    await expect.poll(async () => (await found('糖尿病', 'AG'))[0]).toBe('E1165')
    expect((await found('糖尿病', '01'))[0]).toBe('E119')
    expect(await found('高血壓', 'AG')).not.toContain('E1165')
    await pin({ list: 'diagnosis', code: 'E109', isPinned: true })
    expect((await found('糖尿病', 'AG')).slice(0, 2)).toEqual(['E109', 'E1165'])
    expect(await found('', 'AG')).toEqual(['E109', 'E1165'])
    await pin({ list: 'diagnosis', code: 'E109', isPinned: false })
    expect(await found('', 'AG')).toEqual(['E1165'])
    await expect
      .poll(async () => (await readdir(join(folder, 'hospital', 'codes'))).includes('desk.sealed'))
      .toBe(true)
  })
})
