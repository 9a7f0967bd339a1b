/** Opening and exporting the own house in bulk, as clerks, administrators and auditors meet it: one institution, the whole contract. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients } from '../../shared/contract/index.ts'
import { mayHear } from '../../shared/contract/audience.ts'
import { asking, PASSPHRASE, testWorld, until } from '../governance/institution.test-kit.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import { createConfirmations } from './confirmations.ts'
import { dispatch } from './dispatch.ts'
import { plainVisit } from './visit.test-kit.ts'

const BO = 'another passphrase of several words'
const EXPORT = { format: 'fhir' } as const

const folders: string[] = []
const open = new Set<Headless>()
afterEach(async () => {
  await Promise.all([...open].map((each) => each.close()))
  open.clear()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

interface House {
  readonly home: string
  readonly headless: Headless
  readonly ask: AllClients
  /** What a window of administrators would show. */
  readonly noticed: unknown[]
  again(account?: string, passphrase?: string): Promise<House>
}

async function house(): Promise<House> {
  const home = await mkdtemp(join(tmpdir(), 'consilium-house-'))
  folders.push(home)
  const world = testWorld()
  const folder = join(home, 'north')
  await foundProfile(
    {
      folder,
      institutionName: 'North',
      personName: 'Ada',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: false,
    },
    world,
  )
  const start = async (account = '', passphrase = PASSPHRASE): Promise<House> => {
    const noticed: unknown[] = []
    const headless = await openHeadless({
      folder,
      account,
      passphrase,
      world,
      drainMs: 2_000,
      emit: (service, event, payload) => {
        if (`${service}.${event}` === 'access.noticedHere') noticed.push(payload)
      },
    })
    open.add(headless)
    return {
      home,
      headless,
      ask: asking(headless as never),
      noticed,
      async again(as, given) {
        open.delete(headless)
        await headless.close()
        return start(as, given)
      },
    }
  }
  return start()
}

async function registered(ask: AllClients, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const answer = await ask.patients.register({
      patient: { name: `Patient ${i}`, sex: 'female', birthDate: '1961-07-19' },
      although: { reason: 'other-person' },
    })
    if (answer.kind !== 'registered') throw new Error(answer.kind)
    ids.push(answer.patient.patientId)
  }
  return ids
}

const addBo = (ask: AllClients, roles: ('clerk' | 'auditor' | 'administrator')[]) =>
  ask.people.add({ passphrase: PASSPHRASE, name: 'Bo', account: 'bo', roles, theirPassphrase: BO })

const bulkEntries = async (ask: AllClients) =>
  (await ask.audit.entries({ filter: { operation: 'node.bulkOpening' }, before: null, limit: 50 })).entries

describe('opening the own house in bulk', { timeout: 120_000 }, () => {
  it('is told after 50 patients of an hour, asks for the passphrase after 100, and survives a restart', async () => {
    let h = await house()
    const ids = await registered(h.ask, 130)
    const get = (i: number) => h.ask.patients.get({ patientId: ids[i]! })
    for (let i = 0; i < 50; i++) {
      await get(i)
      // A look from another side is the same patient.
      await h.ask.records.ofPatient({ patientId: ids[i]!, limit: 10 })
    }
    expect((await h.ask.access.list({ limit: 10 })).house).toEqual([])
    expect(h.noticed).toEqual([])
    await get(50)
    const first = { kind: 'person-hour', personName: 'Ada', patientCount: 51 }
    expect((await h.ask.access.list({ limit: 10 })).house).toMatchObject([first])
    expect(h.noticed).toEqual([first])
    expect((await h.ask.governance.overview()).alerts).toContainEqual(
      expect.objectContaining({ kind: 'house-opening', memberName: 'Ada', amount: 51 }),
    )

    // Everything that is left at once: no more than the bound comes through.
    const answers = await Promise.allSettled(ids.slice(51).map((_, i) => get(51 + i)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(49)
    const refused = answers.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
    expect(refused[0]).toMatchObject({ code: 'too-many-patients' })
    const isClosed = await Promise.all(
      ids.map((_, i) =>
        get(i).then(
          () => false,
          () => true,
        ),
      ),
    )
    const [closed, alsoClosed] = ids.flatMap((_, i) => (isClosed[i] === true ? [i] : []))
    // By no other way either; who is open is looked at on, and what is recorded is recorded.
    const history = h.ask.records.ofPatient({ patientId: ids[closed!]!, limit: 10 })
    await expect(history).rejects.toMatchObject({ code: 'too-many-patients' })
    await get(0)
    const visit = plainVisit(ids[closed!]!, '2026-01-02')
    expect(await h.ask.records.submit({ visit, draftId: null, change: null })).toMatchObject({
      kind: 'queued',
    })
    expect(h.noticed.slice(1)).toEqual([{ kind: 'closed-hour', personName: 'Ada', patientCount: 100 }])

    h = await h.again()
    await expect(get(closed!)).rejects.toMatchObject({ code: 'too-many-patients' })
    await get(0)
    expect((await h.ask.access.list({ limit: 10 })).house.map(({ kind }) => kind)).toEqual([
      'closed-hour',
      'person-hour',
    ])

    // Their own passphrase, for this and nothing else.
    const asked = { ...h.headless.caller, confirmations: createConfirmations(Date.now) }
    expect(await dispatch(h.headless.handlers, asked, 'access.goOn', {})).toEqual({
      ok: false,
      error: { code: 'passphrase-needed' },
    })
    expect(await h.ask.access.goOn({})).toEqual({ kind: 'taken' })
    await get(closed!)
    h = await h.again()
    await get(alsoClosed!)
    const notes = await bulkEntries(h.ask)
    expect(notes.map(({ code, outcome, person }) => `${code} ${outcome} ${person !== null}`)).toEqual([
      'went-on done true',
      'closed-hour refused true',
      'person-hour done true',
    ])
  })

  it('counts each person alone, and is seen by administrators and auditors alone', async () => {
    const founder = await house()
    const ids = await registered(founder.ask, 60)
    await addBo(founder.ask, ['clerk'])
    const h = await founder.again('bo', BO)
    for (const patientId of ids.slice(0, 51)) await h.ask.patients.get({ patientId })
    // It is told; whoever did it has no list of it.
    await until(
      async () => h.headless.institution.openings!.alarms(),
      (alarms) => alarms.length === 1,
    )
    expect((await h.ask.access.list({ limit: 10 })).house).toEqual([])
    expect((await h.ask.governance.overview()).alerts.map(({ kind }) => kind)).not.toContain('house-opening')
    expect(h.noticed).toEqual([])
    for (const roles of [['administrator'], ['auditor']] as const)
      expect(mayHear('access', 'noticedHere', roles)).toBe(true)
    for (const roles of [null, ['clerk'], ['researcher'], ['checker']] as const)
      expect(mayHear('access', 'noticedHere', roles)).toBe(false)
    expect(await h.ask.access.goOn({})).toEqual({ kind: 'not-closed' })
    const ada = await h.again('ada')
    for (const patientId of ids) await ada.ask.patients.get({ patientId })
    expect((await ada.ask.access.list({ limit: 10 })).house).toMatchObject([
      { kind: 'person-hour', personName: 'Ada', patientCount: 51 },
      { kind: 'person-hour', personName: 'Bo', patientCount: 51 },
    ])
  })
})

describe('exporting the records of all patients', { timeout: 120_000 }, () => {
  it('asks for the passphrase, and is told to administrators and auditors; one patient is exported as ever', async () => {
    const h = await house()
    const [patientId] = await registered(h.ask, 1)
    const visit = plainVisit(patientId!, '2026-01-02')
    await h.ask.records.submit({ visit, draftId: null, change: null })
    const asked = { ...h.headless.caller, confirmations: createConfirmations(Date.now) }
    const call = (input: unknown) => dispatch(h.headless.handlers, asked, 'imports.startExport', input)
    const all = { ...EXPORT, folder: join(h.home, 'all') }
    expect(await call(all)).toEqual({
      ok: false,
      error: { code: 'passphrase-needed', detail: { code: 'passphrase-needed' } },
    })
    expect(h.noticed).toEqual([])
    expect((await readdir(h.home)).includes('all')).toBe(false)
    expect(await call({ ...EXPORT, folder: join(h.home, 'one'), patientId })).toMatchObject({ ok: true })
    expect(h.noticed).toEqual([])

    asked.confirmations.give('imports.startExport', all)
    expect(await call(all)).toMatchObject({ ok: true })
    expect(h.noticed).toEqual([{ kind: 'exported-all', personName: 'Ada', patientCount: 0 }])
    expect((await h.ask.access.list({ limit: 10 })).house).toMatchObject([{ kind: 'exported-all' }])
    expect((await h.ask.governance.overview()).alerts.map(({ kind }) => kind)).toContain('exported-all')
    expect((await bulkEntries(h.ask)).map(({ code }) => code)).toEqual(['exported-all'])
    await until(h.ask.jobs.list, (jobs) => jobs.every(({ state }) => state === 'done'))
    expect(await readdir(join(h.home, 'all'))).toHaveLength(1)
  })

  it('is not for a clerk who is no administrator', async () => {
    const founder = await house()
    const [patientId] = await registered(founder.ask, 1)
    await addBo(founder.ask, ['clerk'])
    const h = await founder.again('bo', BO)
    const all = h.ask.imports.startExport({ ...EXPORT, folder: join(h.home, 'all') })
    await expect(all).rejects.toMatchObject({ code: 'not-permitted' })
    expect(await h.headless.institution.openings!.alarms()).toEqual([])
    const one = await h.ask.imports.startExport({ ...EXPORT, folder: join(h.home, 'one'), patientId })
    expect(one.jobId).not.toBe('')
  })
})
