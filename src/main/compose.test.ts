import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AllClients } from '../shared/contract/index.ts'
import type { VisitInput } from '../shared/contract/records.ts'
import { tinyBundle } from './cli/cli.test-kit.ts'
import { compose } from './compose.ts'
import { noDesktop, type Composed, type Desktop } from './desktop.ts'
import { asking } from './governance/institution.test-kit.ts'
import { createBatchCache } from './node/chain/author.ts'
import { checkRecord } from './node/check-records.ts'
import { createNodeCrypto } from './node/crypto-node.ts'
import type { ProfileWorld } from './profile/open-profile.ts'
import { diabetes, plainVisit } from './services/visit.test-kit.ts'
import { realWorld } from './world.ts'

const PASSPHRASE = 'a passphrase of several words'
const folders: string[] = []
const open: Composed[] = []
afterEach(async () => {
  for (const composed of open.splice(0)) await composed.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-compose-'))
  folders.push(folder)
  return folder
}

/** The real one with a cheap scrypt and records checked in this thread. */
function testWorld(over: Partial<ProfileWorld> = {}): ProfileWorld {
  const crypto = createNodeCrypto()
  const cache = createBatchCache()
  return {
    ...realWorld(),
    scryptCost: 2 ** 10,
    createChecker: () => ({
      check: async (keys, records) => records.map((record) => checkRecord(crypto, keys, record, cache)),
      close: async () => {},
    }),
    ...over,
  }
}

interface Running {
  readonly ask: AllClients
  readonly events: { name: string; payload: unknown }[]
  readonly composed: Composed
}

async function start(
  over: { world?: ProfileWorld; desktop?: Partial<Desktop>; settingsFolder?: string } = {},
): Promise<Running> {
  const events: Running['events'] = []
  const composed = await compose(
    {
      settingsFolder: over.settingsFolder ?? (await freshFolder()),
      profileFolder: null,
      applicationVersion: '0.0.0',
      systemLocale: 'zh-TW',
      desktop: { ...noDesktop, ...over.desktop },
      emit: (service, event, payload) => events.push({ name: `${service}.${event}`, payload }),
      startNode: () => expect.fail('these tests start no process'),
    },
    over.world ?? testWorld(),
  )
  open.push(composed)
  const ask = asking(composed)
  return { ask, events, composed }
}

async function found({ ask }: Running, folder: string) {
  return ask.app.found({
    folder,
    institutionName: '北區醫院',
    personName: '林怡君',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
}

const visitOf = (patientId: string): VisitInput =>
  plainVisit(patientId, '2026-11-20', { diagnoses: diabetes('Type 2 diabetes mellitus') })

async function registered({ ask }: Running, name = '王小明', nationalId = 'A123456789') {
  const answer = await ask.patients.register({
    patient: { name, nationalId, sex: 'male', birthDate: '1975-03-02' },
    although: { reason: 'other-person' },
  })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient
}

async function submitted(running: Running, patientId: string, visit: VisitInput = visitOf(patientId)) {
  const confirmed = await confirmedAll(running, visit)
  const answer = await running.ask.records.submit({ visit: confirmed, draftId: null, change: null })
  if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
  return answer.visit
}

/** As a clerk would after reading every warning. */
async function confirmedAll({ ask }: Running, visit: VisitInput): Promise<VisitInput> {
  const findings = await ask.records.check(visit)
  const confirmations = findings
    .filter(({ severity }) => severity === 'confirm')
    .map(({ path, rule, params }) => ({ path, rule, value: params['value'] ?? '', by: 'test' }))
  return { ...visit, confirmations }
}

async function untilFinal({ ask }: Running, count: number) {
  for (let i = 0; i < 200; i++) {
    const status = await ask.node.status()
    if (status.blockCount >= count && status.queuedCount === 0) return status
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('not final in time')
}

describe('the application', () => {
  it('founds a hospital, takes in a visit, shows it final, finds, verifies and reopens it', async () => {
    const settingsFolder = await freshFolder()
    const folder = join(await freshFolder(), 'north')
    const first = await start({ settingsFolder })
    expect(await first.ask.app.session()).toEqual({ state: 'none', recentProfiles: [] })
    const opened = await found(first, folder)
    expect(opened).toMatchObject({
      kind: 'opened',
      session: {
        state: 'open',
        institutionName: '北區醫院',
        isSynthetic: false,
        isRecoveryKitProven: false,
        zone: 'Asia/Taipei',
      },
    })
    const patient = await registered(first)
    const visit = await submitted(first, patient.patientId)
    expect(visit).toMatchObject({ state: 'queued', patientName: '王小明', index: null })
    await untilFinal(first, 1)
    const told = first.events
      .filter(({ name }) => name === 'records.visitChanged')
      .map(({ payload }) => payload)
    expect(told).toMatchObject([
      { merkleRoot: visit.merkleRoot, state: 'queued' },
      { merkleRoot: visit.merkleRoot, state: 'final', index: 0 },
    ])
    // Told after a lock too, when nobody is there who may see a name.
    expect(JSON.stringify(told)).not.toContain('王小明')

    const { rows, total } = await first.ask.chain.blocks({ first: 0, count: 10 })
    expect(total).toBe(1)
    for (const text of [
      '0',
      rows[0]!.hash.slice(0, 8),
      rows[0]!.hash.slice(0, 7),
      rows[0]!.hash,
      visit.merkleRoot,
    ])
      expect(await first.ask.chain.find({ text }), text).toEqual(rows)
    expect(await first.ask.chain.find({ text: 'ffffffffff' })).toEqual([])
    const block = await first.ask.chain.block({ index: 0 })
    expect(block).toMatchObject({
      hash: rows[0]!.hash,
      isLast: true,
      head: { merkleRoot: visit.merkleRoot, index: 0 },
      content: { kind: 'open', authorName: '北區醫院', record: { encounter: { day: '2026-11-20' } } },
      segment: { height: 1, certificate: { quorum: 1, signatures: [{ memberName: '北區醫院' }] } },
    })
    const checked = await first.ask.chain.verifyBlock({ index: 0 })
    expect(checked.isOk).toBe(true)
    expect(checked.steps.filter(({ isSkipped }) => isSkipped).map(({ step }) => step)).toEqual([
      'heads-root',
      'segments-root',
      'state',
    ])
    const proof = await first.ask.chain.fieldProof({ index: 0, leafIndex: 2 })
    expect(proof!.path.at(-1)!.result).toBe(visit.merkleRoot)
    expect(proof!.path).toHaveLength(Math.log2(proof!.leafCount))

    await first.composed.close()
    const second = await start({ settingsFolder })
    expect(await second.ask.app.session()).toMatchObject({
      state: 'none',
      recentProfiles: [{ folder, name: '北區醫院' }],
    })
    expect(await second.ask.app.open({ folder, passphrase: PASSPHRASE })).toMatchObject({ kind: 'opened' })
    const { visits } = await second.ask.records.ofPatient({ patientId: patient.patientId, limit: 10 })
    expect(visits).toMatchObject([
      { state: 'final', index: 0, merkleRoot: visit.merkleRoot, isSuperseded: false },
    ])
    expect(await second.ask.patients.get({ patientId: patient.patientId })).toMatchObject({
      visitCount: 1,
      lastVisit: '2026-11-20T09:30:00+08:00',
    })
    expect(await second.ask.records.recent({ limit: 5, of: 'mine' })).toMatchObject([
      { state: 'final', patientName: '王小明' },
    ])
  })

  it('verifies the whole chain in a thread of its own', async () => {
    const running = await start()
    await found(running, join(await freshFolder(), 'north'))
    const patient = await registered(running)
    for (let i = 0; i < 3; i++) await submitted(running, patient.patientId)
    await untilFinal(running, 3)
    const { jobId } = await running.ask.chain.startVerify()
    // Whoever asks meanwhile gets the one that runs.
    expect(await running.ask.chain.startVerify()).toEqual({ jobId })
    for (let i = 0; i < 500 && (await running.ask.chain.verifyResult({ jobId })) === null; i++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await running.ask.chain.verifyResult({ jobId })).toMatchObject({ kind: 'ok', blocks: 3 })
    expect(await running.ask.jobs.list()).toMatchObject([{ jobId, kind: 'verify', state: 'done' }])
  })

  it('amends a visit once: the second amendment of the same version is told that it comes late', async () => {
    const running = await start()
    await found(running, join(await freshFolder(), 'north'))
    const patient = await registered(running)
    const first = await submitted(running, patient.patientId)
    const change = {
      op: 'amend' as const,
      visitId: first.visitId,
      supersedes: first.merkleRoot,
      reason: { code: 'typo' as const },
    }
    const visit = await confirmedAll(running, { ...visitOf(patient.patientId), notes: ['corrected'] })
    const answers = await Promise.all([
      running.ask.records.submit({ visit, draftId: null, change }),
      running.ask.records.submit({ visit, draftId: null, change }),
    ])
    expect(answers.map((answer) => (answer.kind === 'refused' ? answer.reason : answer.kind)).sort()).toEqual(
      ['queued', 'superseded-meanwhile'],
    )
    const other = { ...change, visitId: '0'.repeat(32) }
    expect(await running.ask.records.submit({ visit, draftId: null, change: other })).toEqual({
      kind: 'refused',
      reason: 'not-own-visit',
    })
    await untilFinal(running, 2)
    const { visits } = await running.ask.records.ofPatient({ patientId: patient.patientId, limit: 10 })
    expect(visits.map(({ isSuperseded, record }) => [record.envelope.op, isSuperseded])).toEqual([
      ['amend', false],
      ['create', true],
    ])
    expect((await running.ask.patients.get({ patientId: patient.patientId }))?.visitCount).toBe(1)
  })

  it('saves nothing while a rule refuses or a warning was not confirmed', async () => {
    const running = await start()
    await found(running, join(await freshFolder(), 'north'))
    const patient = await registered(running)
    const visit = visitOf(patient.patientId)
    visit.encounter.admission.at = '2226-01-01T00:00:00+08:00'
    const answer = await running.ask.records.submit({ visit, draftId: null, change: null })
    expect(answer).toMatchObject({ kind: 'findings' })
    expect(
      await running.ask.records.submit({ visit: visitOf('nobody'), draftId: null, change: null }),
    ).toEqual({
      kind: 'refused',
      reason: 'unknown-patient',
    })
    expect(await running.ask.node.status()).toMatchObject({ blockCount: 0, queuedCount: 0 })
  })

  it('keeps a draft until its visit is submitted, in the same write', async () => {
    const running = await start()
    await found(running, join(await freshFolder(), 'north'))
    const patient = await registered(running)
    await running.ask.records.saveDraft({
      draftId: 'd1',
      patientId: patient.patientId,
      title: 'Visit',
      savedAt: 0,
      form: { a: [1] },
    })
    expect(await running.ask.records.loadDraft({ draftId: 'd1' })).toMatchObject({ form: { a: [1] } })
    expect((await running.ask.node.status()).draftCount).toBe(1)
    const visit = await confirmedAll(running, visitOf(patient.patientId))
    await running.ask.records.submit({ visit, draftId: 'd1', change: null })
    expect(await running.ask.records.listDrafts()).toEqual([])
    expect((await running.ask.node.status()).draftCount).toBe(0)
  })

  it('opens a visit in the very moment in which it becomes final', async () => {
    const running = await start()
    await found(running, join(await freshFolder(), 'north'))
    const patient = await registered(running)
    for (let n = 0; n < 20; n++) {
      const { merkleRoot } = await submitted(running, patient.patientId)
      for (let state = 'queued'; state !== 'final';) {
        const opened = await Promise.all(
          Array.from({ length: 8 }, () => running.ask.records.open({ merkleRoot })),
        )
        for (const each of opened) {
          if (each.kind !== 'record') throw new Error(each.reason)
          state = each.state
        }
      }
    }
  })

  it('finishes what was under way when the lock comes, and seals nothing under a key that was zeroed', async () => {
    const running = await start()
    const { ask } = running
    await found(running, join(await freshFolder(), 'north'))
    const patient = await registered(running)
    const first = await submitted(running, patient.patientId)
    const visit = await confirmedAll(running, { ...visitOf(patient.patientId), notes: ['corrected'] })
    let { merkleRoot } = first
    const saved: string[] = []
    // The lock comes a little later each time: before, between and after the work's own steps.
    for (let ticks = 0; ticks < 40; ticks += 2) {
      const draftId = `d${ticks}`
      const reason = { code: 'typo' as const }
      const change = { op: 'amend' as const, visitId: first.visitId, supersedes: merkleRoot, reason }
      const saving = ask.records
        .saveDraft({ draftId, patientId: null, title: '', savedAt: 0, form: {} })
        .then(
          () => saved.push(draftId),
          (error: unknown) => expect(error).toMatchObject({ code: 'locked' }),
        )
      const amending = ask.records.submit({ visit, draftId: null, change }).then(
        (answer) => answer.kind === 'queued' && (merkleRoot = answer.visit.merkleRoot),
        (error: unknown) => expect(error).toMatchObject({ code: 'locked' }),
      )
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
      await ask.app.lock()
      await Promise.all([saving, amending])
      expect(await ask.app.unlock({ passphrase: PASSPHRASE })).toMatchObject({ kind: 'opened' })
      expect((await ask.records.listDrafts()).map((draft) => draft.draftId).sort()).toEqual(saved.sort())
      expect(await ask.records.open({ merkleRoot })).toMatchObject({ kind: 'record' })
    }
    expect(saved.length).toBeGreaterThan(0)
    expect(merkleRoot).not.toBe(first.merkleRoot)
  })

  it('locks the person out and lets the node go on', async () => {
    const running = await start()
    const folder = join(await freshFolder(), 'north')
    await found(running, folder)
    const patient = await registered(running)
    const visit = await submitted(running, patient.patientId)
    await running.ask.app.lock()
    await untilFinal(running, 1)
    expect(await running.ask.app.session()).toMatchObject({ state: 'locked', institutionName: '北區醫院' })
    await expect(running.ask.patients.search({ text: '', limit: 10 })).rejects.toMatchObject({
      code: 'locked',
    })
    await expect(running.ask.records.recent({ limit: 1, of: 'mine' })).rejects.toMatchObject({
      code: 'locked',
    })
    await expect(running.ask.records.open({ merkleRoot: visit.merkleRoot })).rejects.toMatchObject({
      code: 'locked',
    })
    expect(await running.ask.chain.block({ index: 0 })).toMatchObject({
      content: { kind: 'sealed', reason: 'locked' },
    })
    expect((await running.ask.chain.verifyBlock({ index: 0 })).isOk).toBe(true)
    expect(await running.ask.app.unlock({ passphrase: 'not the passphrase' })).toMatchObject({
      kind: 'refused',
      reason: 'wrong-passphrase',
    })
    expect(await running.ask.app.unlock({ passphrase: PASSPHRASE })).toMatchObject({ kind: 'opened' })
    expect(await running.ask.records.open({ merkleRoot: visit.merkleRoot })).toMatchObject({
      kind: 'record',
      index: 0,
    })
  })

  it('locks by itself when nobody touched it for the set time, and not before', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      let now = Date.now()
      const running = await start({ world: testWorld({ now: () => now }) })
      await found(running, join(await freshFolder(), 'north'))
      await running.ask.app.saveSettings({ lockAfterMinutes: 5 })
      const after = async (minutes: number) => {
        now += minutes * 60_000
        vi.advanceTimersByTime(5_000)
        return (await running.ask.app.session()).state
      }
      expect(await after(4)).toBe('open')
      await running.ask.app.touched()
      expect(await after(4)).toBe('open')
      expect(await after(1)).toBe('locked')
      // Told as soon as it has looked whether several people have accounts here.
      await expect
        .poll(() => running.events.at(-1))
        .toMatchObject({ name: 'app.sessionChanged', payload: { state: 'locked' } })
      expect((await running.ask.node.status()).state).toBe('running')
    } finally {
      vi.useRealTimers()
    }
  })

  it('unlocks by PIN at this machine, five tries long, and never after sleep', async () => {
    const running = await start()
    const folder = join(await freshFolder(), 'north')
    await found(running, folder)
    const { app } = running.ask
    const PIN = '730518'
    expect(await app.setPin({ passphrase: 'not the passphrase', digits: PIN })).toMatchObject({
      kind: 'refused',
      reason: 'wrong-passphrase',
    })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await app.setPin({ passphrase: PASSPHRASE, digits: '123456' })).toEqual({
      kind: 'refused',
      reason: 'too-simple',
    })
    expect(await app.setPin({ passphrase: PASSPHRASE, digits: PIN })).toMatchObject({
      kind: 'set',
      session: { state: 'open', hasPin: true },
    })
    expect(await app.lock()).toMatchObject({ state: 'locked', pin: { triesLeft: 5 } })
    expect(await app.unlockByPin({ digits: '730519' })).toMatchObject({
      kind: 'refused',
      reason: 'wrong-pin',
      detail: '4',
    })
    await expect(running.ask.patients.search({ text: '', limit: 1 })).rejects.toMatchObject({
      code: 'locked',
    })
    expect(await app.unlockByPin({ digits: PIN })).toMatchObject({ kind: 'opened' })
    expect(await running.ask.patients.search({ text: '', limit: 1 })).toBeDefined()
    expect(await app.lockWholly()).toMatchObject({ state: 'locked' })
    expect(await app.session()).not.toHaveProperty('pin')
    expect(await app.unlockByPin({ digits: PIN })).toMatchObject({ kind: 'refused', reason: 'pin-gone' })
    expect(await app.unlock({ passphrase: PASSPHRASE })).toMatchObject({ kind: 'opened' })
    expect(await app.removePin()).toMatchObject({ state: 'open', hasPin: false })
    expect(await app.lock()).not.toHaveProperty('pin')
  })

  it('lets an import that the person started finish behind the lock, and zeroes the keys then', async () => {
    const running = await start()
    const folder = await freshFolder()
    await found(running, join(folder, 'north'))
    const paths = [1, 2, 3].map((patient) => join(folder, `${patient}.json`))
    for (const [i, path] of paths.entries()) await writeFile(path, tinyBundle(i, 10))
    const { jobId } = await running.ask.imports.start({ paths })
    await running.ask.app.lock()
    expect(await running.ask.app.session()).toMatchObject({ state: 'locked' })
    for (let i = 0; i < 1000; i++) {
      const [job] = await running.ask.jobs.list()
      if (job?.state !== 'running') break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(await running.ask.jobs.list()).toMatchObject([{ state: 'done' }])
    await expect(running.ask.patients.search({ text: '', limit: 1 })).rejects.toMatchObject({
      code: 'locked',
    })
    await running.ask.app.unlock({ passphrase: PASSPHRASE })
    expect(await running.ask.imports.report({ jobId })).toMatchObject({ visits: 30 })
  })

  it('refuses each bad opening by its own name and harms nothing', async () => {
    const folder = join(await freshFolder(), 'north')
    const first = await start()
    await found(first, folder)
    const second = await start()
    const openIt = (passphrase = PASSPHRASE) => second.ask.app.open({ folder, passphrase })
    expect(await openIt()).toMatchObject({ kind: 'refused', reason: 'profile-in-use' })
    await first.composed.close()
    expect(await openIt('another passphrase')).toMatchObject({
      kind: 'refused',
      reason: 'wrong-passphrase',
      detail: '1',
    })
    expect(await second.ask.app.open({ folder: join(folder, 'x'), passphrase: PASSPHRASE })).toMatchObject({
      reason: 'profile-missing',
    })
    expect(await found(second, folder)).toMatchObject({ kind: 'refused', reason: 'folder-not-empty' })
    const weak = { institutionName: 'x', personName: 'x', passphrase: 'short', zone: 'UTC' }
    expect(await second.ask.app.found({ ...weak, folder: join(await freshFolder(), 'y') })).toMatchObject({
      reason: 'passphrase-too-weak',
    })
    const keys = await readFile(join(folder, 'keys.json'), 'utf8')
    await writeFile(join(folder, 'keys.json'), keys.slice(0, 100))
    expect(await openIt()).toMatchObject({ kind: 'refused', reason: 'profile-damaged', detail: 'keys.json' })
    await writeFile(join(folder, 'keys.json'), keys)
    const current = join(folder, 'chain', 'CURRENT')
    const pointer = await readFile(current, 'utf8')
    await writeFile(current, 'MANIFEST-999999\n')
    expect(await openIt()).toMatchObject({ kind: 'refused', reason: 'profile-damaged', detail: 'chain' })
    await writeFile(current, pointer)
    expect(await openIt()).toMatchObject({ kind: 'opened' })
  })

  it('says disk full, keeps what it has and refuses what is new', async () => {
    let free = 10e9
    const world = testWorld({ freeBytes: async () => free })
    const running = await start({ world: { ...world, limits: { ...world.limits, diskLookMs: 0 } } })
    await found(running, join(await freshFolder(), 'north'))
    const patient = await registered(running)
    await submitted(running, patient.patientId)
    await untilFinal(running, 1)
    free = 1000
    const visit = await confirmedAll(running, visitOf(patient.patientId))
    await expect(running.ask.records.submit({ visit, draftId: null, change: null })).rejects.toMatchObject({
      code: 'disk-full',
    })
    expect(await running.ask.node.status()).toMatchObject({
      state: 'disk-full',
      blockCount: 1,
      queuedCount: 0,
    })
    free = 10e9
    await submitted(running, patient.patientId)
    await untilFinal(running, 2)
  })

  it('makes a recovery kit, proves it, and restores the institution on an empty machine', async () => {
    const kitFile = join(await freshFolder(), 'kit.txt')
    const running = await start({
      desktop: { chooseSavePath: async () => kitFile, chooseFiles: async () => [kitFile] },
    })
    await found(running, join(await freshFolder(), 'north'))
    expect(
      await running.ask.app.saveRecoveryKit({ passphrase: 'not the passphrase', as: 'text' }),
    ).toMatchObject({
      kind: 'refused',
      reason: 'wrong-passphrase',
    })
    expect(await running.ask.app.saveRecoveryKit({ passphrase: PASSPHRASE, as: 'file' })).toEqual({
      kind: 'file',
      path: kitFile,
    })
    expect(await running.ask.app.proveRecoveryKit({})).toEqual({ kind: 'proven' })
    expect(await running.ask.app.session()).toMatchObject({ isRecoveryKitProven: true })
    const text = await readFile(kitFile, 'utf8')
    expect(await running.ask.app.proveRecoveryKit({ text: 'nonsense' })).toEqual({
      kind: 'refused',
      reason: 'not-a-kit',
    })
    const other = await start()
    await found(other, join(await freshFolder(), 'south'))
    expect(await other.ask.app.proveRecoveryKit({ text })).toEqual({
      kind: 'refused',
      reason: 'other-institution',
    })

    const memberId = (await running.ask.app.session()) as { memberId: string }
    const elsewhere = await start()
    const folder = join(await freshFolder(), 'restored')
    expect(
      await elsewhere.ask.app.restoreFromKit({ folder, text, passphrase: 'another long passphrase' }),
    ).toMatchObject({
      kind: 'opened',
      session: { institutionName: '北區醫院', memberId: memberId.memberId, isRecoveryKitProven: true },
    })
    // It works: a visit becomes final under the same keys.
    const patient = await registered(elsewhere)
    await submitted(elsewhere, patient.patientId)
    await untilFinal(elsewhere, 1)
  })

  it('warns of similar people, refuses a national id that is taken and birth dates that cannot be', async () => {
    const running = await start()
    await found(running, join(await freshFolder(), 'north'))
    await registered(running)
    const register = (over: object) =>
      running.ask.patients.register({
        patient: { name: '王小明', sex: 'male', birthDate: '1975-03-02', ...over },
        although: null,
      })
    expect(await register({})).toMatchObject({
      kind: 'similar',
      candidates: [{ patient: { name: '王小明' } }],
    })
    expect(await register({ nationalId: 'a 123456789' })).toMatchObject({
      kind: 'refused',
      rule: 'national-id-taken',
    })
    expect(await register({ birthDate: '2026-02-30' })).toMatchObject({ rule: 'birth-date-impossible' })
    expect(await register({ birthDate: '2999-01-01' })).toMatchObject({ rule: 'birth-date-future' })
    expect(await register({ name: '  ' })).toMatchObject({ rule: 'name-empty' })
  })

  it('leaves no lock, socket or draft file behind', async () => {
    const folder = join(await freshFolder(), 'north')
    const running = await start()
    await found(running, folder)
    await running.composed.close()
    expect((await readdir(folder)).sort()).toEqual(['chain', 'keys.json', 'profile.json'])
  })

  it('answers without a profile that there is none', async () => {
    const running = await start()
    await expect(running.ask.node.status()).rejects.toMatchObject({ code: 'no-profile' })
    expect(await running.ask.jobs.list()).toEqual([])
    await expect(
      running.ask.codes.search({ list: 'diagnosis', text: 'diab', limit: 5 }),
    ).rejects.toMatchObject({ code: 'no-profile' })
    expect(await running.ask.app.settings()).toMatchObject({ locale: 'zh-Hant' })
  })
})
