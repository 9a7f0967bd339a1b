/** Reading elsewhere as clerks and reviewers meet it: four hospitals over libp2p, the whole contract (C16, T25). */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createTown,
  PASSPHRASE,
  foundedTogether,
  testWorld,
  until,
  type RunningInstitution,
  type Town,
} from '../governance/institution.test-kit.ts'
import type { AuditedCall } from './audit-port.ts'
import { diabetes, plainVisit } from './visit.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

const BO = 'another passphrase of several words'
const NATIONAL_ID = 'A123456789'

async function register(ask: RunningInstitution['ask'], name: string, nationalId: string): Promise<string> {
  const answer = await ask.patients.register({
    patient: { name, sex: 'female', birthDate: '1970-05-06', nationalId },
    although: { reason: 'other-person' },
  })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient.patientId
}

async function record(ask: RunningInstitution['ask'], patientId: string, note: string): Promise<string> {
  const diagnoses = diabetes('Type 2 diabetes mellitus')
  const visit = plainVisit(patientId, '2026-01-02', { diagnoses, notes: [note] })
  const answer = await ask.records.submit({ visit, draftId: null, change: null })
  if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
  return answer.visit.merkleRoot
}

async function start(world = testWorld()): Promise<RunningInstitution[]> {
  town = await createTown(world)
  return foundedTogether(town, ['North', 'South', 'East', 'West'])
}

const allHave = (hospitals: readonly RunningInstitution[], count: number) =>
  Promise.all(
    hospitals.map(({ ask }) =>
      until(
        () => ask.node.status(),
        ({ blockCount }) => blockCount === count,
      ),
    ),
  )

const elsewhereOf = (ask: RunningInstitution['ask'], patientId: string, visitCount: number) =>
  until(
    () => ask.access.elsewhere({ patientId }),
    (answer) => answer?.visitCount === visitCount,
  )

describe('a clerk at another hospital', () => {
  it('is refused a record without an access, and told nothing by the refusal; the audit hears of it (C16)', async () => {
    const heard: AuditedCall[] = []
    const [north, south] = (await start(
      testWorld({ audit: { note: async (call) => void heard.push(call) } }),
    )) as [RunningInstitution, RunningInstitution]
    const there = await register(north.ask, '王美玲', NATIONAL_ID)
    const root = await record(north.ask, there, 'a secret of North')
    await allHave([north, south], 1)
    const here = await register(south.ask, '王美玲', NATIONAL_ID)
    const banner = (await elsewhereOf(south.ask, here, 1))!
    expect(banner).toMatchObject({ hospitalCount: 1, openCount: 0, visits: [], reading: [] })
    expect(JSON.stringify(banner)).not.toMatch(/North|secret|E119/)
    // What is not there answers as what is not allowed.
    expect(await south.ask.records.open({ merkleRoot: root })).toEqual({ kind: 'sealed', reason: 'no-key' })
    expect((await south.ask.records.ofPatient({ patientId: here, limit: 10 })).visits).toEqual([])
    const block = JSON.stringify(await south.ask.chain.block({ index: 0 }))
    expect(block).not.toMatch(/secret|E119/)
    // The founder has every role; whoever is a clerk alone has no research room, and reviews nothing.
    await south.ask.people.add({
      passphrase: PASSPHRASE,
      name: 'Bo',
      account: 'bo',
      roles: ['clerk'],
      theirPassphrase: BO,
    })
    await south.ask.app.lock()
    expect(await south.ask.app.unlock({ account: 'bo', passphrase: BO })).toMatchObject({ kind: 'opened' })
    await expect(south.ask.models.chooseTable()).rejects.toMatchObject({ code: 'not-permitted' })
    const review = { accessId: '0'.repeat(32), verdict: 'agree', text: null } as const
    const denied = await south.ask.access.review(review).catch((error: unknown) => error)
    expect(denied).toMatchObject({ code: 'not-permitted' })
    expect(denied).not.toHaveProperty('detail')
    expect(await south.ask.records.open({ merkleRoot: root })).toEqual({ kind: 'sealed', reason: 'no-key' })
    const refused = heard.filter(({ outcome }) => outcome === 'refused')
    expect(refused.map(({ operation, code }) => `${operation} ${code}`)).toContain(
      'models.chooseTable not-permitted',
    )
  })

  it('reads with one call, of every hospital that has something, with what allowed it in the audit', async () => {
    const heard: AuditedCall[] = []
    const hospitals = await start(testWorld({ audit: { note: async (call) => void heard.push(call) } }))
    const [north, south, east] = hospitals as [RunningInstitution, RunningInstitution, RunningInstitution]
    const there = await register(north.ask, '王美玲', NATIONAL_ID)
    await record(north.ask, there, 'first')
    await record(north.ask, there, 'second')
    await record(east.ask, await register(east.ask, '王美玲', NATIONAL_ID), 'third')
    await record(east.ask, await register(east.ask, '陳大文', 'B123456780'), 'another patient')
    await allHave(hospitals, 4)
    const here = await register(south.ask, '王美玲', NATIONAL_ID)
    expect(await elsewhereOf(south.ask, here, 3)).toMatchObject({ hospitalCount: 2 })

    const opened = await south.ask.access.open({ patientId: here, basis: { kind: 'treatment' } })
    if (opened.kind !== 'opened') throw new Error(opened.reason)
    // On a busy machine an answer may come a moment later.
    const { visits } = (await until(
      () => south.ask.access.elsewhere({ patientId: here }),
      (answer) => answer?.openCount === 3,
    ))!
    expect(visits.map(({ record: { notes }, hospital }) => `${notes[0]} ${hospital?.name}`).sort()).toEqual([
      'first North hospital',
      'second North hospital',
      'third East hospital',
    ])
    const call = heard.find(({ operation }) => operation === 'access.open')
    expect(call).toMatchObject({
      outcome: 'done',
      basis: { kind: 'treatment' },
      subject: { patientId: here },
    })
    // At North it is in the audit too, with nobody there.
    expect(heard.find(({ operation }) => operation === 'access.answered')).toMatchObject({
      act: 'opening',
      person: null,
      basis: { kind: 'treatment' },
    })
    // North sees who read, and not whom by name.
    const { accesses } = await until(
      () => north.ask.access.list({ limit: 10 }),
      (list) => list.accesses[0]?.isFinal === true,
    )
    expect(accesses).toMatchObject([
      { reader: 'South hospital', isOwn: false, basis: 'treatment', blockCount: 2, isPatientOfReader: false },
    ])
    expect(JSON.stringify(accesses)).not.toContain(NATIONAL_ID)

    await south.ask.access.end({ accessId: opened.elsewhere.reading[0]!.accessId })
    const after = (await south.ask.access.elsewhere({ patientId: here }))!
    expect(after).toMatchObject({ openCount: 0, visits: [], over: { how: 'ended', by: 'South hospital' } })
    // Nothing of what was read lies on South's disk, in any of the usual spellings.
    const disk = await everythingUnder(south.folder)
    for (const note of ['first', 'second', 'third'])
      for (const secret of [note, Buffer.from(note).toString('hex'), Buffer.from(note, 'utf16le')])
        expect(disk.includes(secret)).toBe(false)
  })

  it('stands in the report that the patient gets at the hospital that was read, by the name of the reader', async () => {
    const hospitals = await start()
    const [north, south] = hospitals as [RunningInstitution, RunningInstitution]
    const there = await register(north.ask, '王美玲', NATIONAL_ID)
    await record(north.ask, there, 'first')
    const other = await register(north.ask, '陳大文', 'B123456780')
    await record(north.ask, other, 'another patient')
    await allHave(hospitals, 2)
    const here = await register(south.ask, '王美玲', NATIONAL_ID)
    await elsewhereOf(south.ask, here, 1)
    await south.ask.access.open({ patientId: here, basis: { kind: 'treatment' } })
    await until(
      () => south.ask.access.elsewhere({ patientId: here }),
      (answer) => answer?.openCount === 1,
    )
    const handed = async (patientId: string) =>
      (await north.ask.audit.disclosure({ patientId })).lines.filter(({ operations }) =>
        operations.includes('access.answered'),
      )
    expect(await handed(there)).toMatchObject([
      { personName: 'South hospital', act: 'opening', basis: { kind: 'treatment' } },
    ])
    expect(await handed(other)).toEqual([])
    // Who ended it is asked for by the patient too, though the call names the access alone.
    const [access] = (await south.ask.access.list({ limit: 10 })).accesses
    await south.ask.access.end({ accessId: access!.accessId })
    const { lines } = await south.ask.audit.disclosure({ patientId: here })
    expect(lines.filter(({ operations }) => operations.includes('access.end'))).toMatchObject([
      { act: 'change', outcome: 'done', basis: { kind: 'treatment', reason: null } },
    ])
  })

  it('breaks the glass with a reason; the other hospital and a second person review it, not who broke it', async () => {
    const heard: AuditedCall[] = []
    const hospitals = await start(testWorld({ audit: { note: async (call) => void heard.push(call) } }))
    const [north, south] = hospitals as [RunningInstitution, RunningInstitution]
    await record(north.ask, await register(north.ask, '王美玲', NATIONAL_ID), 'first')
    await allHave(hospitals, 1)
    const here = await register(south.ask, '王美玲', NATIONAL_ID)
    await elsewhereOf(south.ask, here, 1)
    await expect(
      south.ask.access.breakGlass({ patientId: here, reason: 'unconscious', text: '  ' }),
    ).rejects.toMatchObject({ code: 'invalid-input' })
    const broken = await south.ask.access.breakGlass({
      patientId: here,
      reason: 'unconscious',
      text: 'brought in alone',
    })
    if (broken.kind !== 'opened') throw new Error(broken.reason)
    expect(broken.elsewhere.visits).toHaveLength(1)
    const [reading] = broken.elsewhere.reading
    expect(reading!.expiresAt - reading!.at).toBe(4 * 3_600_000)
    expect(heard.find(({ operation }) => operation === 'access.breakGlass')).toMatchObject({
      basis: { kind: 'break-glass', reason: 'unconscious: brought in alone' },
    })
    const { accessId } = reading!
    expect(await south.ask.access.review({ accessId, verdict: 'agree', text: null })).toEqual({
      kind: 'own-act',
    })
    // A reset gives the person other keys, and makes nobody else of them.
    const kit = await south.ask.app.saveRecoveryKit({ passphrase: PASSPHRASE, as: 'text' })
    if (kit.kind !== 'text') throw new Error(kit.kind)
    const { account } = (await south.ask.people.list()).find(({ isSelf }) => isSelf)!
    expect(
      await south.ask.people.reset({ account, newPassphrase: BO, approvers: [], kit: kit.text }),
    ).toEqual({ kind: 'reset' })
    await south.ask.app.lock()
    expect(await south.ask.app.unlock({ account, passphrase: BO })).toMatchObject({ kind: 'opened' })
    expect(await south.ask.access.review({ accessId, verdict: 'agree', text: null })).toEqual({
      kind: 'own-act',
    })

    const alerted = await until(
      () => north.ask.governance.overview(),
      ({ alerts }) => alerts.some(({ kind }) => kind === 'glass-broken'),
    )
    expect(alerted.alerts.find(({ kind }) => kind === 'glass-broken')).toMatchObject({
      memberName: 'South hospital',
      amount: 72,
    })
    expect(await north.ask.access.review({ accessId, verdict: 'object', text: null })).toEqual({
      kind: 'note-missing',
    })
    expect(await north.ask.access.review({ accessId, verdict: 'object', text: 'she can speak' })).toEqual({
      kind: 'taken',
    })
    expect((await north.ask.governance.overview()).alerts.map(({ kind }) => kind)).not.toContain(
      'glass-broken',
    )
    const { accesses } = await until(
      () => south.ask.access.list({ limit: 10 }),
      (list) => list.accesses[0]?.reviews.length === 1,
    )
    expect(accesses[0]).toMatchObject({
      isOwn: true,
      reviews: [{ hospital: 'North hospital', verdict: 'object', text: 'she can speak' }],
      review: { missing: ['South hospital'], mayReview: 'own-act' },
    })
  })

  it('is an alert at both once nobody has reviewed it for 72 hours', async () => {
    let offset = 0
    const hospitals = await start(testWorld({ now: () => Date.now() + offset }))
    const [north, south] = hospitals as [RunningInstitution, RunningInstitution]
    await record(north.ask, await register(north.ask, '王美玲', NATIONAL_ID), 'first')
    await allHave(hospitals, 1)
    const here = await register(south.ask, '王美玲', NATIONAL_ID)
    await elsewhereOf(south.ask, here, 1)
    await south.ask.access.breakGlass({ patientId: here, reason: 'other', text: 'no other way' })
    await until(
      () => north.ask.access.list({ limit: 5 }),
      ({ accesses }) => accesses.length === 1,
    )
    offset = 73 * 3_600_000
    for (const { ask } of [north, south]) {
      // Whoever was away for three days finds it locked.
      await ask.app.lock()
      expect(await ask.app.unlock({ passphrase: PASSPHRASE })).toMatchObject({ kind: 'opened' })
      expect((await ask.governance.overview()).alerts.map(({ kind }) => kind)).toContain('glass-overdue')
    }
    const { accesses } = await north.ask.access.list({ limit: 5 })
    expect(accesses[0]!.review).toMatchObject({ isOverdue: true, isOpenHere: true, mayReview: 'yes' })
  })
})

async function everythingUnder(folder: string): Promise<Buffer> {
  const files: Buffer[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      files.push(await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0)))
  return Buffer.concat(files)
}
