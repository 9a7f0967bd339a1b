import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients } from '../../shared/contract/index.ts'
import type { VisitInput } from '../../shared/contract/records.ts'
import { asking, PASSPHRASE, testWorld, until } from '../governance/institution.test-kit.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import { auditEntryKey, rangeOf } from '../node/storage/buckets.ts'
import { del, put } from '../node/storage/store.ts'
import { checkedValue, readCheckedValue } from '../node/storage/value.ts'
import { restoreBackup } from '../profile/backup.ts'
import { createCanarySearch } from '../profile/canary-search.test-kit.ts'
import { dispatch } from '../services/dispatch.ts'
import { diabetes, plainVisit } from '../services/visit.test-kit.ts'
import { flipped } from './audit.test-kit.ts'

const HOUR = 3_600_000
const folders: string[] = []
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function hospital() {
  const home = await mkdtemp(join(tmpdir(), 'consilium-audit-'))
  folders.push(home)
  const clock = { ahead: 0 }
  const world = testWorld({ now: () => Date.now() + clock.ahead })
  const folder = join(home, 'north')
  const found = {
    folder,
    institutionName: 'North',
    personName: 'Ada',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
    isSynthetic: false,
  }
  await foundProfile(found, world)
  const headless = await openHeadless({ folder, passphrase: PASSPHRASE, world, drainMs: 2_000 })
  open.push(headless)
  return { headless, ask: asking(headless as never), clock, folder, home, world }
}

const patient = {
  name: '陳美玲',
  latinName: 'Chan Mei Ling',
  sex: 'female',
  birthDate: '1961-07-19',
} as const
const NATIONAL_ID = 'A223456781'
const SAID = 'Numbness of the left hand since Tuesday'

function visitOf(patientId: string): VisitInput {
  const visit = plainVisit(patientId, '2026-11-20', { diagnoses: diabetes(SAID) })
  return { ...visit, encounter: { ...visit.encounter, reason: { text: SAID } } }
}

async function registered(ask: AllClients): Promise<string> {
  const answer = await ask.patients.register({
    patient: { ...patient, nationalId: NATIONAL_ID },
    although: null,
  })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient.patientId
}
async function submitted(ask: AllClients, patientId: string): Promise<string> {
  const answer = await ask.records.submit({ visit: visitOf(patientId), draftId: null, change: null })
  if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
  return answer.visit.merkleRoot
}

const homeOf = (headless: Headless) => headless.institution.auditHome!
async function entriesOf(ask: AllClients) {
  const { entries } = await ask.audit.entries({ filter: {}, before: null, limit: 500 })
  return entries.reverse()
}
/** An hour passes, and what is due is done. */
async function anHourLater({ headless, clock }: Awaited<ReturnType<typeof hospital>>): Promise<void> {
  clock.ahead += HOUR
  await homeOf(headless).look()
}
async function anchored(h: Awaited<ReturnType<typeof hospital>>): Promise<void> {
  const height = h.headless.institution.profile.ledger.state.height
  await anHourLater(h)
  await until(
    async () => h.headless.institution.profile.ledger.state.height,
    (now) => now > height,
  )
}

describe('T26: the audit of an institution', { timeout: 120_000 }, () => {
  it('finds a row that was edited and one that was deleted at the next anchor, within the hour', async () => {
    const h = await hospital()
    const { ask, headless } = h
    const patientId = await registered(ask)
    for (let i = 0; i < 6; i++) await ask.patients.get({ patientId: `${patientId.slice(0, -1)}${i}` })
    await anchored(h)
    expect((await ask.audit.standing()).verdict).toMatchObject({ findings: [] })
    const { store } = headless.institution.profile
    const key = auditEntryKey(3)
    const read = readCheckedValue(key, (await store.get(key))!)
    if (read.kind !== 'ok') throw new Error(read.kind)
    await store.commit([put(key, checkedValue(key, flipped(read.content))), del(auditEntryKey(5))])
    await anHourLater(h)
    expect((await ask.audit.standing()).verdict?.findings).toEqual([
      { kind: 'changed', sequence: 3 },
      { kind: 'missing', from: 5, to: 5 },
    ])
    // That it was found stays in the audit, too.
    expect((await entriesOf(ask)).at(-1)).toMatchObject({ operation: 'node.auditFound', code: 'changed' })
  })

  it('finds a logger that was stopped: entries that are gone from the end although the chain anchored them', async () => {
    const h = await hospital()
    const { ask, headless } = h
    await registered(ask)
    await anchored(h)
    const { count } = (await ask.audit.standing()).lastAnchor ?? (await ask.audit.standing())
    const { storePath } = headless.institution.profile
    await headless.close()
    open.length = 0
    // All of it is gone from the disk, what the store says of its end too.
    const store = await h.world.openStore(storePath, true)
    for (const bucket of ['t/e', 't/h'] as const)
      for await (const { key } of store.scan(rangeOf(bucket))) await store.commit([del(key)])
    await store.close()
    const again = await openHeadless({ folder: h.folder, passphrase: PASSPHRASE, world: h.world })
    open.push(again)
    const verdict = await homeOf(again).verify()
    expect(verdict.anchorCount).toBe(1)
    expect(verdict.findings.length).toBeGreaterThan(0)
    await homeOf(again).look()
    const entries = await entriesOf(asking(again as never))
    const gap = entries.find(({ operation }) => operation === 'node.auditGap')
    expect(gap).toBeDefined()
    expect(gap!.sequence).toBeGreaterThan(count)
  })

  it('shows nothing of a patient while it cannot be written, and changes nothing', async () => {
    const { ask, headless } = await hospital()
    const patientId = await registered(ask)
    let ran = 0
    const down = {
      ...headless.caller,
      audit: { note: () => Promise.reject(new Error('down')), isWriting: false },
    }
    const handlers = new Proxy({}, { get: () => new Proxy({}, { get: () => async () => ran++ }) })
    for (const [operation, input] of [
      ['patients.get', { patientId }],
      ['patients.search', { text: '', limit: 5 }],
      ['records.ofPatient', { patientId, limit: 5 }],
      ['imports.startExport', { format: 'fhir', folder: '/nowhere' }],
    ] as const)
      expect(await dispatch(handlers as never, down, operation, input)).toEqual({
        ok: false,
        error: { code: 'audit-unavailable' },
      })
    expect(ran).toBe(0)
  })

  it('is anchored once an hour, only where something is new, and says nothing but a number and a hash', async () => {
    const h = await hospital()
    const { ask, headless } = h
    const { ledger, node } = headless.institution.profile
    await registered(ask)
    await homeOf(headless).look()
    expect(ledger.state.height).toBe(0)
    const items: unknown[] = []
    node!.onItem(({ signed }) => items.push(signed.item))
    await anchored(h)
    const { head } = homeOf(headless).log
    await until(
      async () => items.length,
      (count) => count === 1,
    )
    expect(items[0]).toMatchObject({
      clear: { kind: 'anchor', auditRoot: head.hash, count: head.count },
      sealed: null,
      author: node!.memberId,
    })
    for (let i = 0; i < 3; i++) await anHourLater(h)
    expect(ledger.state.height).toBe(1)
    expect(await homeOf(headless).verify()).toMatchObject({ anchorCount: 1, agreeCount: 1, findings: [] })
  })
})

describe('what is noted', { timeout: 120_000 }, () => {
  it('is every opening, export, change and refusal, by whom, and with the patient, whose-ever id the call named', async () => {
    const { ask, headless } = await hospital()
    const patientId = await registered(ask)
    const merkleRoot = await submitted(ask, patientId)
    await until(
      () => ask.node.status(),
      ({ queuedCount }) => queuedCount === 0,
    )
    await ask.records.open({ merkleRoot })
    await ask.chain.block({ index: 0 })
    await ask.records.open({ merkleRoot: '00'.repeat(32) })
    const stranger = {
      ...headless.caller,
      person: () => ({ userKeyId: 'bo', roles: ['researcher' as const] }),
    }
    await dispatch(headless.handlers, stranger, 'patients.get', { patientId })
    const entries = await entriesOf(ask)
    expect(entries.map(({ operation, outcome, code }) => [operation, outcome, code])).toEqual([
      ['session.opened', 'done', null],
      ['patients.register', 'done', null],
      ['records.submit', 'done', null],
      ['records.open', 'done', null],
      ['chain.block', 'done', null],
      ['records.open', 'refused', 'unknown'],
      ['patients.get', 'refused', 'not-permitted'],
    ])
    const patientsOf = entries.map(({ subject }) => subject.find(({ name }) => name === 'patientId')?.value)
    expect(patientsOf.slice(2, 5)).toEqual([patientId, patientId, patientId])
    expect(entries[3]).toMatchObject({ personName: 'Ada', act: 'opening' })
    expect(entries[6]).toMatchObject({ person: 'bo', personName: null, roles: ['researcher'], subject: [] })
  })

  it('is one entry where an open page asks again, and another one after five minutes', async () => {
    const { ask, clock } = await hospital()
    const patientId = await registered(ask)
    for (let i = 0; i < 10; i++) await ask.patients.get({ patientId })
    clock.ahead += 6 * 60_000
    await ask.patients.get({ patientId })
    const opened = (await entriesOf(ask)).filter(({ operation }) => operation === 'patients.get')
    expect(opened).toHaveLength(2)
    // A clock that is set back does not make the five minutes a day.
    clock.ahead -= 24 * HOUR
    await ask.patients.get({ patientId })
    const after = (await entriesOf(ask)).filter(({ operation }) => operation === 'patients.get')
    expect(after).toHaveLength(3)
  })

  it('names the decision that somebody proposed, and the proposal that it became', async () => {
    const { ask } = await hospital()
    const propose = (value: number) => {
      const plan = { kind: 'policy', name: 'smallestCount', value } as const
      return ask.governance.propose({ plan, note: 'Chan Tai Man asked', passphrase: PASSPHRASE })
    }
    const proposed = await propose(20)
    if (proposed.kind !== 'proposed') throw new Error(JSON.stringify(proposed))
    expect(await propose(0)).toMatchObject({ kind: 'refused' })
    const entries = (await entriesOf(ask)).filter(({ operation }) => operation === 'governance.propose')
    const { proposalId } = proposed.proposal
    expect(entries.map(({ subject }) => subject)).toEqual([
      [
        { name: 'decision', value: 'policy:smallestCount:20' },
        { name: 'proposalId', value: proposalId },
      ],
      [{ name: 'decision', value: 'policy:smallestCount:0' }],
    ])
    expect(entries.map(({ code }) => code)).toEqual([null, 'policy-out-of-bounds'])
  })

  it('is one entry where the same is refused again and again, and another one after a minute', async () => {
    const { ask, headless, clock } = await hospital()
    const locked = { ...headless.caller, person: () => null }
    const refused = async (operation: string) =>
      expect(await dispatch(headless.handlers, locked, operation, null)).toMatchObject({ ok: false })
    for (let i = 0; i < 10; i++) await refused('patients.search')
    await refused('records.recent')
    clock.ahead += 61_000
    await refused('patients.search')
    const entries = (await entriesOf(ask)).filter(({ outcome }) => outcome === 'refused')
    expect(entries.map(({ operation }) => operation)).toEqual([
      'patients.search',
      'records.recent',
      'patients.search',
    ])
  })

  it('is wrong passphrases with their number, whoever unlocks, and what happened before the folder was open', async () => {
    const { headless, folder, world } = await hospital()
    const { institution } = headless
    for (let i = 0; i < 2; i++)
      await expect(
        institution.unlock({ account: '', passphrase: 'Canary is no passphrase' }),
      ).rejects.toThrow()
    const entries = await entriesOf(asking(headless as never))
    const tried = entries.filter(({ operation }) => operation === 'session.unlocked')
    expect(tried.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['refused', 'wrong-passphrase'],
      ['refused', 'wrong-passphrase'],
    ])
    expect(tried.map(({ subject }) => subject)).toEqual([
      [{ name: 'attempts', value: '1' }],
      [{ name: 'attempts', value: '2' }],
    ])
    await headless.close()
    open.length = 0
    const again = await openHeadless({ folder, passphrase: PASSPHRASE, world })
    open.push(again)
    const later = (await entriesOf(asking(again as never))).slice(entries.length)
    expect(later.map(({ operation }) => operation)).toEqual(['node.stopped', 'session.opened'])
    expect(later[1]!.subject).toEqual([{ name: 'failedAttempts', value: '2' }])
  })

  it('holds nothing of a patient: no name, number, word or day, neither on the disk nor opened', async () => {
    const { ask, headless, home } = await hospital()
    const patientId = await registered(ask)
    const merkleRoot = await submitted(ask, patientId)
    await ask.records.open({ merkleRoot })
    await ask.patients.search({ text: patient.name, limit: 5 })
    // A caller that tries to write something into it.
    await ask.patients.get({ patientId: 'Chan Mei Ling 1961' })
    await ask.audit.disclosure({ patientId })
    const canaries = ['陳美玲陳', patient.name, patient.latinName, NATIONAL_ID, SAID, patient.birthDate]
    const search = createCanarySearch(canaries.filter((each) => Buffer.byteLength(each) >= 8))
    const { store } = headless.institution.profile
    for (const bucket of ['t/e', 't/r', 't/h'] as const)
      for await (const { value } of store.scan(rangeOf(bucket))) {
        search.read(value)
        search.end()
      }
    // A folder that is gone is told like any other failure of a job; the node goes on.
    const lost = await ask.audit.startExport({ filter: {}, path: join(home, 'unplugged', 'audit.csv') })
    if (lost.kind !== 'started') throw new Error(lost.kind)
    await until(
      () => ask.jobs.list(),
      (jobs) =>
        jobs.some(({ jobId, error }) => jobId === lost.jobId && error?.code === 'folder-not-writable'),
    )
    const path = join(home, 'audit.csv')
    const started = await ask.audit.startExport({ filter: {}, path })
    if (started.kind !== 'started') throw new Error(started.kind)
    await until(
      () => ask.audit.exportReport({ jobId: started.jobId }),
      (report) => report !== null,
    )
    const csv = await readFile(path, 'utf8')
    expect(csv.split('\r\n').length).toBeGreaterThan(6)
    search.read(Buffer.from(csv))
    search.end()
    expect(search.byteCount).toBeGreaterThan(1_000)
    expect([...search.found.keys()]).toEqual([])
  })
})

describe('what happens to the folder', { timeout: 120_000 }, () => {
  it('is noted where an older list of people is put back, with both revisions', async () => {
    const h = await hospital()
    const keys = join(h.folder, 'keys.json')
    const older = await readFile(keys, 'utf8')
    const added = await h.ask.people.add({
      name: 'Bo',
      account: 'bo',
      roles: ['clerk'],
      theirPassphrase: 'Bo enters visits daily',
      passphrase: PASSPHRASE,
    })
    expect(added.kind).toBe('changed')
    const noted = (await entriesOf(h.ask)).find(({ operation }) => operation === 'people.add')!
    expect(noted).toMatchObject({ outcome: 'done', personName: 'Ada' })
    expect(noted.subject.map(({ name }) => name).sort()).toEqual(['personId', 'roles'])
    await h.headless.close()
    open.length = 0
    await writeFile(keys, older)
    const again = await openHeadless({ folder: h.folder, passphrase: PASSPHRASE, world: h.world })
    open.push(again)
    expect((await entriesOf(asking(again as never))).at(-1)).toMatchObject({
      operation: 'node.peopleOlder',
      outcome: 'failed',
      subject: [
        { name: 'revision', value: '1' },
        { name: 'known', value: '2' },
      ],
    })
  })

  it('carries the audit in its backup; what is restored says that it is a copy, and is whole', async () => {
    const h = await hospital()
    const patientId = await registered(h.ask)
    await h.ask.patients.get({ patientId })
    const backup = join(h.home, 'backup')
    const started = await h.ask.upkeep.startBackup({ out: backup })
    if (started.kind !== 'started') throw new Error(started.kind)
    await until(
      () => h.ask.upkeep.backupReport({ jobId: started.jobId }),
      (report) => report !== null,
    )
    expect((await entriesOf(h.ask)).map(({ operation }) => operation)).toContain('node.backedUp')
    await h.headless.close()
    open.length = 0
    const copy = join(h.home, 'copy')
    await restoreBackup(h.world, backup, copy)
    const restored = await openHeadless({ folder: copy, passphrase: PASSPHRASE, world: h.world })
    open.push(restored)
    const entries = await entriesOf(asking(restored as never))
    expect(entries.map(({ operation }) => operation)).toEqual([
      'session.opened',
      'patients.register',
      'patients.get',
      'upkeep.startBackup',
      'node.restored',
      'session.opened',
    ])
    expect(await homeOf(restored).verify()).toMatchObject({ findings: [] })
  })
})

describe('the report for a patient', { timeout: 120_000 }, () => {
  it('says who opened, changed and exported what of this patient and nobody else’s, exports of everybody among it', async () => {
    const { ask, clock, headless } = await hospital()
    const before = await ask.patients.register({
      patient: { name: 'Somebody Else', sex: 'male', birthDate: '1950-01-01' },
      although: null,
    })
    if (before.kind !== 'registered') throw new Error(before.kind)
    const patientId = await registered(ask)
    const merkleRoot = await submitted(ask, patientId)
    clock.ahead += HOUR
    await ask.records.open({ merkleRoot })
    await ask.records.ofPatient({ patientId, limit: 10 })
    await ask.patients.get({ patientId: before.patient.patientId })
    clock.ahead += HOUR
    await homeOf(headless).note({
      operation: 'imports.startExport',
      act: 'export',
      outcome: 'done',
      code: null,
      person: headless.caller.person(),
      subject: {},
      basis: { kind: 'consent', reason: 'Second opinion elsewhere' },
    })
    const { lines, isCut, institutionName } = await ask.audit.disclosure({ patientId })
    expect({ isCut, institutionName }).toEqual({ isCut: false, institutionName: 'North' })
    expect(
      lines.map(({ act, operations, isOfAll, personName, basis }) => ({
        act,
        operations,
        isOfAll,
        personName,
        reason: basis?.reason ?? null,
      })),
    ).toEqual([
      {
        act: 'change',
        operations: ['patients.register', 'records.submit'],
        isOfAll: false,
        personName: 'Ada',
        reason: null,
      },
      {
        act: 'opening',
        operations: ['records.open', 'records.ofPatient'],
        isOfAll: false,
        personName: 'Ada',
        reason: null,
      },
      {
        act: 'export',
        operations: ['imports.startExport'],
        isOfAll: true,
        personName: 'Ada',
        reason: 'Second opinion elsewhere',
      },
    ])
  })
})

describe('what was done to a visit', { timeout: 120_000 }, () => {
  it('is said apart: saved, corrected, taken back', async () => {
    const { ask, headless } = await hospital()
    const patientId = await registered(ask)
    for (const change of [null, 'amend', 'amend', 'retract'])
      await homeOf(headless).note({
        operation: 'records.submit',
        act: 'change',
        outcome: 'done',
        code: null,
        person: headless.caller.person(),
        subject: { patientId, ...(change === null ? {} : { change }) },
      })
    const { lines } = await ask.audit.disclosure({ patientId })
    expect(lines.flatMap(({ operations }) => operations)).toEqual([
      'patients.register',
      'records.submit',
      'records.submit.amend',
      'records.submit.retract',
    ])
  })
})

describe('looking things up', { timeout: 120_000 }, () => {
  it('goes through pages and filters by time, person, kind, outcome and patient', async () => {
    const { ask, headless, clock } = await hospital()
    const home = homeOf(headless)
    const person = headless.caller.person()!
    const start = Date.now() + clock.ahead
    for (let i = 0; i < 300; i++) {
      clock.ahead += 60_000
      await home.note({
        operation: i % 3 === 0 ? 'records.open' : 'records.submit',
        act: i % 3 === 0 ? 'opening' : 'change',
        outcome: i % 10 === 0 ? 'refused' : 'done',
        code: null,
        person: i % 2 === 0 ? person : { userKeyId: 'bo', roles: [] },
        subject: { patientId: `p${i % 5}` },
      })
    }
    const all = async (filter: Parameters<typeof ask.audit.entries>[0]['filter']) => {
      const found = []
      let before: number | null = null
      do {
        const page: Awaited<ReturnType<typeof ask.audit.entries>> = await ask.audit.entries({
          filter,
          before,
          limit: 37,
        })
        found.push(...page.entries)
        before = page.before
      } while (before !== null)
      return found
    }
    const everything = await all({})
    expect(everything.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: everything.length }, (_, i) => everything.length - i),
    )
    expect(await all({ person: 'bo' })).toHaveLength(150)
    expect(await all({ act: 'opening' })).toHaveLength(100)
    expect(await all({ operation: 'records.submit' })).toHaveLength(200)
    expect(await all({ outcome: 'refused', person: 'bo' })).toHaveLength(0)
    expect(await all({ patientId: 'p3' })).toHaveLength(60)
    const between = await all({ from: start + 100 * 60_000, to: start + 110 * 60_000 })
    expect(between.length).toBeGreaterThanOrEqual(9)
    expect(between.length).toBeLessThanOrEqual(10)
    for (const { at } of between) {
      expect(at).toBeGreaterThanOrEqual(start + 100 * 60_000)
      expect(at).toBeLessThan(start + 110 * 60_000)
    }
  })
})
