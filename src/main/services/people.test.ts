import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { VisitInput } from '../../shared/contract/records.ts'
import { asking, PASSPHRASE, testWorld, until } from '../governance/institution.test-kit.ts'
import { compose } from '../compose.ts'
import { noDesktop, type Composed } from '../desktop.ts'
import { openInstitution } from '../institution.ts'
import {
  encodeNodeKeys,
  encodeRootKeys,
  encodeSessionKeys,
  secretsOfPatients,
} from '../node/vault/institution-keys.ts'
import type { PeopleChange } from '../node/vault/institution-vault.ts'
import { sealKeys } from '../node/vault/sealed-keys.ts'
import { foundProfile, openProfile } from '../profile/open-profile.ts'
import { changePeopleOf } from '../profile/people-file.ts'
import { unsealKeys } from '../profile/profile-folder.ts'
import type { AuditedCall } from './audit-port.ts'
import { alwaysConfirmed } from './confirmations.ts'
import { dispatch } from './dispatch.ts'
import { diabetes, plainVisit } from './visit.test-kit.ts'

const BO = 'Bo enters visits daily'
const CY = 'Cy reads the audit log'
const NEW = 'Bo has a new passphrase'

const folders: string[] = []
const open: Composed[] = []
afterEach(async () => {
  for (const composed of open.splice(0)) await composed.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-people-'))
  folders.push(folder)
  return folder
}

async function hospital() {
  const folder = join(await freshFolder(), 'north')
  const told: AuditedCall[] = []
  const composed = await compose(
    {
      settingsFolder: await freshFolder(),
      profileFolder: null,
      applicationVersion: '0.0.0',
      systemLocale: 'en',
      desktop: noDesktop,
      emit: () => {},
      startNode: () => expect.fail('these tests start no process'),
    },
    testWorld({ audit: { note: async (call) => void told.push(call) } }),
  )
  open.push(composed)
  const ask = asking(composed)
  const founded = await ask.app.found({
    folder,
    institutionName: 'North',
    personName: 'Ada',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  if (founded.kind !== 'opened') throw new Error(founded.reason)
  const raw = (operation: string, input?: unknown) =>
    dispatch(composed.handlers, composed.caller, operation, input)
  const unlock = async (account: string, passphrase: string) => {
    await ask.app.lock()
    return ask.app.unlock({ account, passphrase })
  }
  return { ask, raw, unlock, folder, told }
}

const theAddition = {
  name: 'Bo',
  account: 'bo',
  roles: ['clerk' as const],
  theirPassphrase: BO,
  passphrase: PASSPHRASE,
}

const visitOf = (patientId: string, text = 'Type 2 diabetes mellitus'): VisitInput =>
  plainVisit(patientId, '2026-11-20', { diagnoses: diabetes(text) })

async function submitted({ ask }: Awaited<ReturnType<typeof hospital>>) {
  const registered = await ask.patients.register({
    patient: { name: 'Canary Chan', nationalId: 'A123456789', sex: 'male', birthDate: '1975-03-02' },
    although: null,
  })
  if (registered.kind !== 'registered') throw new Error(registered.kind)
  const { patientId } = registered.patient
  const answer = await ask.records.submit({ visit: visitOf(patientId), draftId: null, change: null })
  if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
  return { patientId, visit: answer.visit }
}

describe('people of an institution', () => {
  it('are added by an administrator, unlock with account and passphrase, and see what their roles open', async () => {
    const north = await hospital()
    const { ask, unlock } = north
    const { patientId } = await submitted(north)
    expect(await ask.people.add({ ...theAddition, passphrase: 'not the passphrase' })).toMatchObject({
      kind: 'wrong-passphrase',
    })
    expect(await ask.people.add({ ...theAddition, theirPassphrase: 'short' })).toMatchObject({
      reason: 'passphrase-too-weak',
    })
    expect(await ask.people.add(theAddition)).toMatchObject({
      kind: 'changed',
      people: [{ account: 'ada', isSelf: true }, { account: 'bo' }],
    })
    await ask.people.add({
      ...theAddition,
      name: 'Cy',
      account: 'cy',
      roles: ['auditor'],
      theirPassphrase: CY,
    })
    await ask.app.lock()
    expect(await ask.app.session()).toMatchObject({ state: 'locked', needsAccount: true })
    expect(await ask.app.unlock({ passphrase: PASSPHRASE })).toMatchObject({ reason: 'wrong-passphrase' })
    expect(await unlock('Bo', BO)).toMatchObject({ session: { person: { name: 'Bo', roles: ['clerk'] } } })
    // Of one table of names: Bo finds whom Ada registered.
    expect(await ask.patients.search({ text: 'Canary', limit: 5 })).toMatchObject({ total: 1 })
    await expect(ask.people.add(theAddition)).rejects.toMatchObject({ code: 'not-permitted' })
    expect(await unlock('cy', CY)).toMatchObject({ session: { person: { roles: ['auditor'] } } })
    await expect(ask.records.ofPatient({ patientId, limit: 5 })).rejects.toMatchObject({
      code: 'not-permitted',
    })
    expect(await ask.chain.block({ index: 0 })).toMatchObject({ content: { kind: 'sealed' } })
  })

  it('have by PIN the rights that they have now: fewer roles, or none after they left', async () => {
    const { ask, unlock, folder } = await hospital()
    await ask.people.add({ ...theAddition, roles: ['clerk', 'auditor'] })
    const people = await ask.people.list()
    const { personId } = people.find(({ account }) => account === 'bo')!
    await unlock('bo', BO)
    const PIN = '730518'
    expect(await ask.app.setPin({ passphrase: BO, digits: PIN })).toMatchObject({ kind: 'set' })
    await ask.app.lock()
    // As an administrator does from the command line, while Bo is at lunch.
    const ada = { account: 'ada', passphrase: PASSPHRASE }
    const change = (by: PeopleChange) => changePeopleOf(testWorld(), folder, ada, by)
    await change({ kind: 'roles', personId, name: 'Bo', roles: ['auditor'] })
    expect(await ask.app.unlockByPin({ digits: PIN })).toMatchObject({
      kind: 'opened',
      session: { person: { name: 'Bo', roles: ['auditor'] } },
    })
    await expect(ask.patients.search({ text: '', limit: 1 })).rejects.toMatchObject({ code: 'not-permitted' })
    await ask.app.lock()
    await change({ kind: 'leave', personId })
    expect(await ask.app.unlockByPin({ digits: PIN })).toMatchObject({ kind: 'refused', reason: 'pin-gone' })
    expect(await ask.app.session()).toMatchObject({ state: 'locked' })
  })

  it('ask for the passphrase before another person’s visit is amended or any is retracted, and not for their own', async () => {
    const north = await hospital()
    const { ask, raw, unlock, told } = north
    const { patientId, visit } = await submitted(north)
    const reason = { code: 'typo' }
    const change = { op: 'amend', visitId: visit.visitId, supersedes: visit.merkleRoot, reason }
    const amended = await raw('records.submit', {
      visit: visitOf(patientId, 'Mended'),
      draftId: null,
      change,
    })
    expect(amended).toMatchObject({ ok: true, value: { kind: 'queued' } })
    const { merkleRoot: supersedes } = (amended as { value: { visit: { merkleRoot: string } } }).value.visit
    await ask.people.add(theAddition)
    await unlock('bo', BO)
    const input = {
      visit: visitOf(patientId, 'By another'),
      draftId: null,
      change: { ...change, supersedes },
    }
    expect(await raw('records.submit', input)).toMatchObject({ error: { code: 'passphrase-needed' } })
    expect(told.at(-1)).toMatchObject({ operation: 'records.submit', outcome: 'refused' })
    const confirm = { operation: 'records.submit', input, passphrase: PASSPHRASE }
    expect(await ask.people.confirm(confirm)).toMatchObject({ kind: 'wrong-passphrase' })
    expect(await raw('records.submit', input)).toMatchObject({ error: { code: 'passphrase-needed' } })
    expect(await ask.people.confirm({ ...confirm, passphrase: BO })).toEqual({ kind: 'confirmed' })
    const other = { ...input, visit: visitOf(patientId, 'Something else') }
    expect(await raw('records.submit', other)).toMatchObject({ error: { code: 'passphrase-needed' } })
    const done = await raw('records.submit', input)
    expect(done).toMatchObject({ ok: true, value: { kind: 'queued' } })
    const { merkleRoot: own } = (done as { value: { visit: { merkleRoot: string } } }).value.visit
    const back = { ...input, change: { ...change, op: 'retract', supersedes: own } }
    expect(await raw('records.submit', back)).toMatchObject({ error: { code: 'passphrase-needed' } })
  })

  it('lose their roles at once, also in a session that is open, and leave for good', async () => {
    const north = await hospital()
    const { ask, unlock, folder } = north
    const world = testWorld()
    await ask.people.add({ ...theAddition, roles: ['administrator', 'clerk'] })
    await submitted(north)
    await until(
      () => ask.node.status(),
      ({ blockCount }) => blockCount === 1,
    )
    expect(await ask.chain.block({ index: 0 })).toMatchObject({ content: { kind: 'open' } })
    const people = await ask.people.list()
    const personId = people.find(({ account }) => account === 'bo')!.personId
    const ada = people.find(({ isSelf }) => isSelf)!.personId
    const roles = await ask.people.change({
      personId: ada,
      name: 'Ada',
      roles: ['auditor'],
      passphrase: PASSPHRASE,
    })
    expect(roles.kind).toBe('changed')
    expect(await ask.app.session()).toMatchObject({ person: { roles: ['auditor'] } })
    // The chain is everybody's to look at; what the session still holds opens nothing of it.
    expect(await ask.chain.block({ index: 0 })).toMatchObject({ content: { kind: 'sealed' } })
    expect(await ask.chain.fieldProof({ index: 0, leafIndex: 0 })).toBeNull()
    await expect(ask.people.leave({ personId, passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'not-permitted',
    })
    await unlock('bo', BO)
    expect(await ask.people.leave({ personId, passphrase: BO })).toMatchObject({
      reason: 'last-administrator',
    })
    expect((await ask.people.leave({ personId: ada, passphrase: BO })).kind).toBe('changed')
    expect(await unlock('ada', PASSPHRASE)).toMatchObject({ reason: 'wrong-passphrase' })
    await expect(
      unsealKeys(folder, { account: 'ada', passphrase: PASSPHRASE }, ['session'], world),
    ).rejects.toMatchObject({ detail: { code: 'wrong-passphrase' } })
  })

  it('have nothing open any more once they left, wherever they had unlocked', async () => {
    const world = testWorld()
    const folder = join(await freshFolder(), 'north')
    const given = { folder, passphrase: PASSPHRASE, zone: 'Asia/Taipei', isSynthetic: false }
    const roles = ['clerk', 'administrator']
    await foundProfile(world, { ...given, institutionName: 'North', personName: 'Ada', roles })
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    const institution = await openInstitution(world, profile)
    try {
      const of = (held: typeof lease) =>
        institution.servicesFor(
          () => held,
          noDesktop,
          () => {},
          alwaysConfirmed,
        ).handlers.people
      const added = await of(lease).add(theAddition)
      if (added.kind !== 'changed') throw new Error(added.kind)
      const bo = await institution.unlock({ account: 'bo', passphrase: BO })
      of(bo)
      const { personId } = added.people.find(({ account }) => account === 'bo')!
      expect((await of(lease).leave({ personId, passphrase: PASSPHRASE })).kind).toBe('changed')
      expect(bo.isReleased).toBe(true)
      expect(lease!.isReleased).toBe(false)
      lease!.release()
    } finally {
      await institution.close()
    }
  })

  it('leave no result of a job to a locked screen, nor to whoever unlocks next', async () => {
    const north = await hospital()
    const { ask, raw, unlock } = north
    await submitted(north)
    await ask.people.add(theAddition)
    const { jobId } = await ask.codes.startWorkList()
    await until(
      () => ask.jobs.list(),
      (all) => all.every(({ state }) => state === 'done'),
    )
    expect(await ask.codes.workList({ jobId })).not.toBeNull()
    await ask.app.lock()
    expect(await raw('chain.verifyResult', { jobId })).toEqual({ ok: true, value: null })
    await unlock('bo', BO)
    expect(await ask.codes.workList({ jobId })).toBeNull()
    await unlock('ada', PASSPHRASE)
    expect(await ask.codes.workList({ jobId })).not.toBeNull()
  })

  it('have confirmed nothing where a lock comes while the passphrase is tried', async () => {
    const { ask, raw } = await hospital()
    const call = { operation: 'governance.reject', input: { proposalId: '0'.repeat(64) } }
    const confirming = ask.people
      .confirm({ ...call, passphrase: PASSPHRASE })
      .catch((error: unknown) => error)
    await ask.app.lock()
    expect(await confirming).toMatchObject({ code: 'locked' })
    await ask.app.unlock({ account: 'ada', passphrase: PASSPHRASE })
    expect(await raw(call.operation, call.input)).toMatchObject({ error: { code: 'passphrase-needed' } })
  })

  it('come in again with a new passphrase by the administrator and the kit, and lose nothing', async () => {
    const north = await hospital()
    const { ask, unlock } = north
    await submitted(north)
    await ask.people.add(theAddition)
    const kit = await ask.app.saveRecoveryKit({ passphrase: PASSPHRASE, as: 'text' })
    if (kit.kind !== 'text') throw new Error(kit.kind)
    await ask.app.lock()
    const approvers = [{ account: 'ada', passphrase: PASSPHRASE }]
    const reset = { account: 'bo', newPassphrase: NEW, approvers, kit: null }
    expect(await ask.people.reset(reset)).toEqual({ kind: 'refused', reason: 'kit-needed' })
    expect(await ask.people.reset({ ...reset, kit: kit.text })).toEqual({ kind: 'reset' })
    expect(await unlock('bo', NEW)).toMatchObject({ kind: 'opened' })
    expect(await ask.patients.search({ text: 'Canary', limit: 5 })).toMatchObject({ total: 1 })
    // The only administrator has forgotten, too: the kit alone lets them in.
    const own = { account: 'ada', newPassphrase: CY, approvers: [], kit: kit.text }
    expect(await ask.people.reset(own)).toEqual({ kind: 'reset' })
    expect(await unlock('ada', CY)).toMatchObject({ kind: 'opened' })
  })
})

describe('keys of the format before people had accounts', () => {
  it('are brought up at the next opening without loss, and stay beside until the new ones were opened', async () => {
    const world = testWorld()
    const folder = join(await freshFolder(), 'north')
    const given = { folder, passphrase: PASSPHRASE, zone: 'Asia/Taipei', isSynthetic: false }
    const roles = ['clerk', 'administrator']
    await foundProfile(world, { ...given, institutionName: 'North', personName: 'Ada Canary', roles })
    const keys = await unsealKeys(folder, PASSPHRASE, ['node', 'session', 'root'], world)
    const older = await sealKeys(
      PASSPHRASE,
      {
        node: encodeNodeKeys(keys.node!),
        session: encodeSessionKeys(keys.session!),
        root: encodeRootKeys(keys.root!),
      },
      2 ** 10,
    )
    await writeFile(join(folder, 'keys.json'), older)
    const first = await openProfile(world, folder, PASSPHRASE)
    expect(first.lease!.session.keys!.names).toEqual(keys.session!.names)
    expect(first.lease!.session.person).toMatchObject({ account: 'ada canary', roles })
    first.lease!.release()
    await first.profile.close()
    expect(await readFile(join(folder, 'keys.format-1.json'), 'utf8')).toBe(older)
    const second = await openProfile(world, folder, { account: 'Ada Canary', passphrase: PASSPHRASE })
    second.lease!.release()
    await second.profile.close()
    expect(await readdir(folder)).not.toContain('keys.format-1.json')
    const again = await unsealKeys(folder, PASSPHRASE, ['node', 'session', 'root'], world)
    expect([again.node, again.root, again.person.user]).toEqual([keys.node, keys.root, keys.session!.user])
  })
})

describe('T27: a lock', () => {
  it('leaves no key of the person in memory, and the node goes on: an hour later visits are final', async () => {
    let ahead = 0
    const world = testWorld({ now: () => Date.now() + ahead })
    const folder = join(await freshFolder(), 'north')
    await foundProfile(world, {
      folder,
      institutionName: 'North',
      personName: 'Ada',
      roles: ['clerk', 'administrator'],
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: false,
    })
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    const institution = await openInstitution(world, profile)
    try {
      const { handlers } = institution.servicesFor(
        () => lease,
        noDesktop,
        () => {},
        alwaysConfirmed,
      )
      const registered = await handlers.patients.register({
        patient: { name: 'Canary Chan', nationalId: 'A123456789', sex: 'male', birthDate: '1975-03-02' },
        although: null,
      })
      if (registered.kind !== 'registered') throw new Error(registered.kind)
      const visit = visitOf(registered.patient.patientId)
      await Promise.all([handlers.records.submit({ visit, draftId: null, change: null })])
      const { keys } = lease!.session
      const secrets = [keys!.user, ...secretsOfPatients(keys!)]
      expect(secrets).toHaveLength(7)
      lease!.release()
      for (const secret of secrets) expect(secret.every((byte) => byte === 0)).toBe(true)
      ahead = 3_600_000
      for (let i = 0; i < 500 && profile.node!.status.queuedCount > 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 20))
      expect(profile.node!.status).toMatchObject({ blockCount: 1, queuedCount: 0 })
      expect(profile.nodeKeys!.consensus.some((byte) => byte !== 0)).toBe(true)
      const caller = institution.callerWith(() => lease, alwaysConfirmed)
      const all = { ...handlers } as never
      expect(await dispatch(all, caller, 'patients.search', { text: '', limit: 1 })).toEqual({
        ok: false,
        error: { code: 'locked' },
      })
    } finally {
      await institution.close()
    }
  })
})
