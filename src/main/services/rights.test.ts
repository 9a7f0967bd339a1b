import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { role, type Role } from '../../shared/contract/app.ts'
import { contract, type AllHandlers } from '../../shared/contract/index.ts'
import {
  allRights,
  mayOpenPatients,
  rights,
  roomRights,
  type Operation,
} from '../../shared/contract/rights.ts'
import { PASSPHRASE, testWorld } from '../governance/institution.test-kit.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import type { AuditedCall } from './audit-port.ts'
import { alwaysConfirmed, createConfirmations, expectConfirmed } from './confirmations.ts'
import { dispatch, type Caller } from './dispatch.ts'

const operations = Object.entries(contract).flatMap(([service, methods]) =>
  Object.keys(methods).map((method) => `${service}.${method}`),
)
/** Nobody, each role alone, and every set of several roles. */
const everybody: readonly (readonly Role[] | null)[] = [null, ...subsets(role.options)]

function subsets(roles: readonly Role[]): Role[][] {
  return Array.from({ length: 2 ** roles.length }, (_, bits) => roles.filter((_role, i) => (bits >> i) & 1))
}

function callerWith(roles: readonly Role[] | null, over: Partial<Caller> = {}) {
  const told: AuditedCall[] = []
  const caller: Caller = {
    person: () => (roles === null ? null : { userKeyId: 'a1', roles }),
    absence: () => 'locked',
    confirmations: alwaysConfirmed,
    audit: { note: async (call) => void told.push(call) },
    openings: undefined,
    ...over,
  }
  return { caller, told }
}

/** Handlers that say that they ran. */
const RAN = Symbol('ran')
const handlersThatRun = new Proxy(
  {},
  { get: () => new Proxy({}, { get: () => async () => RAN }) },
) as AllHandlers

/** What the table says, read from its rows by another way than the code under test. */
function expected(operation: string, roles: readonly Role[] | null): 'allowed' | 'locked' | 'not-permitted' {
  const [service, method] = operation.split('.') as [keyof typeof rights, string]
  const { who } = (rights[service] as Record<string, { who: unknown }>)[method]!
  if (who === 'anyone') return 'allowed'
  if (roles === null) return 'locked'
  if (who === 'person') return 'allowed'
  return new Set([...(who as Role[]), ...roles]).size < (who as Role[]).length + roles.length
    ? 'allowed'
    : 'not-permitted'
}

describe('T24: the matrix of rights', () => {
  it('has a row for each method of the contract and no other', () => {
    expect(allRights.map(({ operation }) => operation).sort()).toEqual([...operations].sort())
  })

  it('allows and refuses every set of roles every operation exactly as the table says, and tells the audit', async () => {
    const wrong: string[] = []
    for (const roles of everybody)
      for (const operation of operations) {
        const { caller, told } = callerWith(roles)
        const reply = await dispatch(handlersThatRun, caller, operation, undefined)
        const code = reply.ok ? 'allowed' : reply.error.code
        const answer = code === 'invalid-input' ? 'allowed' : code
        const refusals = told.filter(({ outcome }) => outcome === 'refused')
        const isTold = answer === 'allowed' ? refusals.length === 0 : refusals[0]?.code === answer
        if (answer !== expected(operation, roles) || !isTold)
          wrong.push(`${roles?.join('+') ?? 'nobody'} ${operation} ${code}`)
      }
    expect(wrong).toEqual([])
  })

  it('says nothing in a refusal but its code, whatever was asked for', async () => {
    const { caller, told } = callerWith(['auditor'])
    const input = { patientId: 'Canary Chan A123456789', limit: 5 }
    const reply = await dispatch(handlersThatRun, caller, 'records.ofPatient', input)
    expect(reply).toEqual({ ok: false, error: { code: 'not-permitted' } })
    expect(JSON.stringify(told)).not.toContain('Canary')
  })

  it('tells the audit what was opened, with ids and nothing else, and gives nothing out when it cannot write', async () => {
    const { caller, told } = callerWith(['clerk'])
    const input = { patientId: 'p1' }
    expect((await dispatch(handlersThatRun, caller, 'patients.get', input)).ok).toBe(true)
    expect(told).toMatchObject([
      { operation: 'patients.get', act: 'opening', outcome: 'done', subject: input },
    ])
    const full = callerWith(['clerk'], { audit: { note: () => Promise.reject(new Error('disk full')) } })
    expect(await dispatch(handlersThatRun, full.caller, 'patients.get', input)).toEqual({
      ok: false,
      error: { code: 'audit-unavailable' },
    })
  })

  it('hands out no opening and no export that the bound keeps closed, asked before the handler and counted behind it', async () => {
    const asked: string[] = []
    const weighing = (may: (isOpened: boolean) => boolean) =>
      callerWith(['clerk'], {
        openings: {
          weigh: async ({ operation }, isOpened) => {
            asked.push(`${operation} ${isOpened}`)
            return may(isOpened)
          },
        },
      })
    const get = { patientId: 'p1' }
    const refused = { ok: false, error: { code: 'too-many-patients' } }
    for (const may of [() => false, (isOpened: boolean) => !isOpened]) {
      const { caller, told } = weighing(may)
      expect(await dispatch(handlersThatRun, caller, 'patients.get', get)).toEqual(refused)
      const one = { format: 'fhir', folder: '/x', patientId: 'p1' }
      expect(await dispatch(handlersThatRun, caller, 'imports.startExport', one)).toEqual(refused)
      expect(told.map(({ outcome, code }) => `${outcome} ${code}`)).toEqual([
        'refused too-many-patients',
        'refused too-many-patients',
      ])
    }
    asked.splice(0)
    const { caller } = weighing(() => true)
    expect((await dispatch(handlersThatRun, caller, 'patients.get', get)).ok).toBe(true)
    expect((await dispatch(handlersThatRun, caller, 'patients.search', { text: '', limit: 5 })).ok).toBe(true)
    expect(asked).toEqual(['patients.get false', 'patients.get true'])
  })

  it('opens the rooms by the same rows', () => {
    for (const needed of Object.values(roomRights))
      for (const operation of needed) expect(operations).toContain(operation)
  })

  it('gives no keys of patients to whoever may do nothing with them', () => {
    expect(role.options.filter((each) => mayOpenPatients([each]))).toEqual(['clerk'])
    for (const { right } of allRights) if (right.opensPatients) expect(right.who).toEqual(['clerk'])
  })
})

describe('the passphrase once more', () => {
  const call = (caller: Caller, operation: Operation, input: unknown) =>
    dispatch(
      {
        governance: { reject: async () => RAN },
        records: { move: async () => (expectConfirmed(), RAN) },
      } as never,
      caller,
      operation,
      input,
    )
  const reject = { proposalId: '00'.repeat(32) }

  it('is asked before an act of governance, and holds for this very call, once, for a minute', async () => {
    let now = 0
    const confirmations = createConfirmations(() => now)
    const { caller, told } = callerWith(['administrator'], { confirmations })
    const needed = { ok: false, error: { code: 'passphrase-needed' } }
    expect(await call(caller, 'governance.reject', reject)).toEqual(needed)
    expect(told).toMatchObject([{ outcome: 'refused', code: 'passphrase-needed' }])
    confirmations.give('governance.reject', { proposalId: '11'.repeat(32) })
    expect(await call(caller, 'governance.reject', reject)).toEqual(needed)
    confirmations.give('governance.withdraw', reject)
    expect(await call(caller, 'governance.reject', reject)).toEqual(needed)
    confirmations.give('governance.reject', reject)
    expect(await call(caller, 'governance.reject', reject)).toMatchObject({ ok: true })
    expect(await call(caller, 'governance.reject', reject)).toEqual(needed)
    confirmations.give('governance.reject', reject)
    now = 60_001
    expect(await call(caller, 'governance.reject', reject)).toEqual(needed)
  })

  it('is asked at both hospitals that an erasure takes, and before more patients are opened than a day asks for', async () => {
    const erasureId = '00'.repeat(16)
    for (const [roles, operation, input] of [
      [['clerk'], 'erasures.request', { patientId: 'p1', reason: 'patient-request', text: null }],
      [['clerk'], 'erasures.approve', { erasureId, versionCount: 1 }],
      [['administrator'], 'erasures.approve', { erasureId, versionCount: 1 }],
      [['clerk'], 'access.goOn', {}],
    ] as const) {
      const { caller } = callerWith(roles, { confirmations: createConfirmations(() => 0) })
      expect(await dispatch(handlersThatRun, caller, operation, input), operation).toEqual({
        ok: false,
        error: { code: 'passphrase-needed' },
      })
    }
  })

  it('is asked by the handler where only it can know', async () => {
    const confirmations = createConfirmations(() => 0)
    const { caller } = callerWith(['clerk'], { confirmations })
    const move = { merkleRoot: 'aa'.repeat(32), toPatientId: 'p2', confirmations: [] }
    expect(await call(caller, 'records.move', move)).toMatchObject({ error: { code: 'passphrase-needed' } })
    confirmations.give('records.move', move)
    expect(await call(caller, 'records.move', move)).toMatchObject({ ok: true })
  })
})

describe('T24: malformed calls to a real institution', () => {
  let scratch = ''
  let headless: Headless
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'consilium-rights-'))
    const world = testWorld()
    const folder = join(scratch, 'hospital')
    await foundProfile(
      {
        folder,
        institutionName: 'North',
        personName: 'Ada',
        passphrase: PASSPHRASE,
        zone: 'Asia/Taipei',
        isSynthetic: true,
      },
      world,
    )
    headless = await openHeadless({ folder, passphrase: PASSPHRASE, world })
  })
  afterAll(async () => {
    await headless.close()
    await rm(scratch, { recursive: true, force: true })
  })

  it('are refused or answered for every role and operation, without a crash', async () => {
    const odd = [
      undefined,
      null,
      0,
      'x',
      [],
      {},
      { limit: -1 },
      { patientId: 7 },
      { merkleRoot: 'zz', path: '' },
    ]
    for (const roles of [null, ...role.options.map((each) => [each])])
      for (const operation of operations)
        for (const input of odd) {
          const { caller } = callerWith(roles)
          const reply = await dispatch(headless.handlers, caller, operation, input)
          const answer = expected(operation, roles)
          if (answer !== 'allowed') expect(reply).toEqual({ ok: false, error: { code: answer } })
        }
  })
})
