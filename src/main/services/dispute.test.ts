/** A hospital says that another one's visit is wrong: in the chain, for both to see, with the original as it was. */
import { afterEach, expect, it } from 'vitest'
import { createTown, foundedTogether, until, type Town } from '../governance/institution.test-kit.ts'
import { plainVisit } from './visit.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

it('a disputed visit stands as it was, marked at the hospital that made it and at the one that disputes', async () => {
  town = await createTown()
  const [north, east] = await foundedTogether(town, ['north', 'east', 'south', 'west'])
  const registered = await north!.ask.patients.register({
    patient: { name: '王小明', sex: 'male', birthDate: '1980-01-02' },
    although: null,
  })
  if (registered.kind !== 'registered') throw new Error(registered.kind)
  const { patientId } = registered.patient
  const queued = await north!.ask.records.submit({
    visit: plainVisit(patientId, '2026-05-01'),
    draftId: null,
    change: null,
  })
  if (queued.kind !== 'queued') throw new Error(queued.kind)
  await until(
    () => east!.ask.node.status(),
    ({ blockCount }) => blockCount === 1,
  )

  // A clerk of East finds it by the number on North's paper, as the window does.
  const [row] = await east!.ask.chain.find({ text: '0' })
  const { merkleRoot } = (await east!.ask.chain.block({ index: row!.index }))!.head
  expect(merkleRoot).toBe(queued.visit.merkleRoot)
  expect(await east!.ask.records.disputesOf({ merkleRoot })).toEqual({ isOwn: false, disputes: [] })
  expect(await north!.ask.records.disputesOf({ merkleRoot })).toEqual({ isOwn: true, disputes: [] })
  const said = { merkleRoot, path: 'diagnosis', text: 'no hypertension: 118/76 in three visits here' }
  expect(await north!.ask.records.dispute(said)).toEqual({ kind: 'own' })
  expect(await east!.ask.records.dispute({ ...said, merkleRoot: '0'.repeat(64) })).toEqual({
    kind: 'unknown',
  })
  const before = await north!.ask.records.ofPatient({ patientId, limit: 5 })
  expect(await east!.ask.records.dispute(said)).toEqual({ kind: 'queued' })

  const mark = { memberName: 'east hospital', path: said.path, text: said.text, state: 'final' }
  for (const { ask } of [north!, east!])
    await until(
      () => ask.records.disputesOf({ merkleRoot }),
      (known) => known?.disputes[0]?.state === 'final',
    )
  expect((await east!.ask.records.disputesOf({ merkleRoot }))?.disputes).toMatchObject([mark])
  // North sees it in the patient's history, beside the visit that says what it said.
  const { visits } = await north!.ask.records.ofPatient({ patientId, limit: 5 })
  expect(visits).toMatchObject([{ merkleRoot, isSuperseded: false, disputes: [mark] }])
  expect(visits[0]!.record).toEqual(before.visits[0]!.record)
  // It is a statement in the chain, and no block of its own.
  expect((await east!.ask.chain.verifyBlock({ index: 0 })).isOk).toBe(true)
  expect((await north!.ask.node.status()).blockCount).toBe(1)
})
