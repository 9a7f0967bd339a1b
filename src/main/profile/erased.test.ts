/** T09 and A13: a patient is forgotten by four hospitals with real stores and connections, and the chain stays whole. */
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { fromHex } from '../../shared/std/bytes.ts'
import {
  createTown,
  foundedTogether,
  PASSPHRASE,
  testWorld,
  until,
  type Town,
} from '../governance/institution.test-kit.ts'
import { rangeOf } from '../node/storage/buckets.ts'
import { plainVisit } from '../services/visit.test-kit.ts'
import { restoreBackup } from './backup.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

const visitOf = (patientId: string, day: string) => ({
  visit: plainVisit(patientId, day),
  draftId: null,
  change: null,
})

it('T09: a patient is forgotten by all hospitals, with receipts; who else is there stays', async () => {
  town = await createTown()
  const [north, east] = await foundedTogether(town, ['north', 'east', 'south', 'west'])
  const register = async (name: string, birthDate: string) => {
    const patient = { name, sex: 'male' as const, birthDate }
    const answer = await north!.ask.patients.register({ patient, although: null })
    if (answer.kind !== 'registered') throw new Error(answer.kind)
    return answer.patient.patientId
  }
  const [gone, stays] = [await register('王小明', '1980-01-02'), await register('林大同', '1955-11-30')]
  for (const [who, day] of [
    [gone, '2026-05-01'],
    [gone, '2026-06-01'],
    [stays, '2026-05-02'],
  ] as const)
    expect(await north!.ask.records.submit(visitOf(who, day))).toMatchObject({ kind: 'queued' })
  await north!.ask.records.saveDraft({
    draftId: 'd1',
    patientId: gone,
    title: '王小明',
    savedAt: 0,
    form: {},
  })
  await until(
    () => east!.ask.node.status(),
    ({ blockCount }) => blockCount === 3,
  )
  const { visits } = await north!.ask.records.ofPatient({ patientId: gone, limit: 10 })
  const roots = visits.map(({ merkleRoot }) => merkleRoot)
  const made = await north!.ask.summaries.make({ patientId: gone, merkleRoots: roots })
  if (made.kind !== 'made') throw new Error(made.reason)

  expect(await north!.ask.erasures.preview({ patientId: gone })).toEqual({
    name: '王小明',
    entryCount: 1,
    versionCount: 2,
    queuedCount: 0,
    draftCount: 1,
    summaryCount: 1,
    otherHospitals: 3,
  })
  const backup = join(town.files, 'backup of east')
  const backUp = async (out: string) => {
    const backingUp = await east!.ask.upkeep.startBackup({ out })
    if (backingUp.kind !== 'started') throw new Error(backingUp.kind)
    await until(
      () => east!.ask.upkeep.backupReport({ jobId: backingUp.jobId }),
      (report) => report !== null,
    )
  }
  await backUp(backup)

  const wish = { patientId: gone, reason: 'patient-request' as const, text: null }
  const asked = await north!.ask.erasures.request(wish)
  if (asked.kind !== 'asked') throw new Error(JSON.stringify(asked))
  const { erasureId } = asked
  expect(await north!.ask.erasures.request(wish)).toEqual({ kind: 'refused', reason: 'asked-already' })
  expect(await north!.ask.erasures.ofPatient({ patientId: gone })).toMatchObject({
    erasureId,
    versionCount: 2,
  })
  expect(await north!.ask.erasures.ofPatient({ patientId: stays })).toBe(null)
  const agreement = { erasureId, versionCount: 2 }
  expect(await north!.ask.erasures.approve(agreement)).toEqual({
    kind: 'refused',
    reason: 'not-open',
  })
  await until(
    () => east!.ask.erasures.list(),
    ([first]) => first?.state === 'asked',
  )
  // Nobody agrees to another number than was compared with the hospital that asks.
  expect(await east!.ask.erasures.approve({ erasureId, versionCount: 1 })).toEqual({
    kind: 'refused',
    reason: 'not-open',
  })
  expect((await east!.ask.erasures.list())[0]).toMatchObject({ state: 'asked', approval: null })
  expect(await east!.ask.erasures.approve(agreement)).toEqual({ kind: 'taken' })
  const [done] = await until(
    () => north!.ask.erasures.list(),
    ([first]) => first?.receipts.length === 4,
  )
  expect(done).toMatchObject({ state: 'decided', expectedCount: 4, missing: [], here: 'done', isLate: false })

  expect((await north!.ask.patients.search({ text: '', limit: 10 })).patients).toMatchObject([
    { name: '林大同' },
  ])
  expect(await north!.ask.patients.get({ patientId: gone })).toBeNull()
  expect((await north!.ask.records.ofPatient({ patientId: gone, limit: 10 })).visits).toEqual([])
  expect(await north!.ask.records.listDrafts()).toEqual([])
  expect(await north!.ask.summaries.checkText({ text: made.code })).toMatchObject({ reason: 'unknown-code' })
  expect(
    (await north!.ask.records.recent({ limit: 10, of: 'mine' })).map(({ patientName }) => patientName),
  ).toEqual(['林大同'])

  for (const { ask } of [north!, east!]) {
    for (const index of done!.blocks) {
      expect((await ask.chain.block({ index }))!.content).toEqual({
        kind: 'sealed',
        reason: 'erased',
        receipts: { count: 4, of: 4 },
      })
      expect((await ask.chain.verifyBlock({ index })).isOk).toBe(true)
    }
    const { jobId } = await ask.chain.startVerify()
    expect(
      await until(
        () => ask.chain.verifyResult({ jobId }),
        (result) => result !== null,
      ),
    ).toMatchObject({ kind: 'ok', blocks: 3, erased: 2 })
  }

  // T10: a backup of before it, restored, has the keys still; it destroys them as soon as it hears what was decided.
  const newBackup = join(town.files, 'backup since')
  await backUp(newBackup)
  await east!.close()
  const restored = join(town.files, 'restored')
  await restoreBackup(testWorld(), backup, restored)
  const rowCount = async (folder = restored) => {
    const store = await testWorld().openStore(join(folder, 'chain'), true)
    let count = 0
    for (const root of roots) for await (const _ of store.scan(rangeOf('k', fromHex(root)))) count++
    await store.close()
    return count
  }
  expect(await rowCount()).toBe(2)
  // A backup of after it never had them.
  const since = join(town.files, 'restored since')
  await restoreBackup(testWorld(), newBackup, since)
  expect(await rowCount(since)).toBe(0)
  const again = await town.start('east again')
  expect(await again.ask.app.open({ folder: restored, passphrase: PASSPHRASE })).toMatchObject({
    kind: 'opened',
  })
  await until(
    () => again.ask.erasures.list(),
    ([first]) => first?.here === 'done',
  )
  await again.close()
  expect(await rowCount()).toBe(0)
}, 120_000)
