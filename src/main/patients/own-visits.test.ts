import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ownVisitKey } from '../node/storage/buckets.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { del } from '../node/storage/store.ts'
import { patientKey } from '../node/vault/linkage.ts'
import {
  allOwnVisits,
  currentVersions,
  knownRecords,
  ownVisitBySequence,
  ownVisitWrites,
  recentVisits,
  visitsEnteredBy,
  visitsOfPatient,
  type OwnVisit,
} from './own-visits.ts'

const hex = (byteCount: number) => randomBytes(byteCount).toString('hex')
const visit = (sequence: number, over: Partial<OwnVisit> = {}): OwnVisit => ({
  sequence,
  visitId: hex(16),
  recordId: hex(16),
  merkleRoot: hex(32),
  patientId: 'aa',
  admission: '2026-01-02T03:04:05+08:00',
  encounterClass: 'AMB',
  op: 'create',
  supersedes: null,
  submittedAt: sequence,
  ...over,
})

describe('own visits', () => {
  it('come back newest first, by patient, by number, by visit and by record', async () => {
    const store = createMemoryStore()
    const key = new Uint8Array(randomBytes(32))
    const first = visit(1)
    const other = visit(2, { patientId: 'bb' })
    const amended = visit(300, { visitId: first.visitId, op: 'amend', supersedes: first.merkleRoot })
    for (const each of [first, other, amended]) await store.commit(ownVisitWrites(key, each, hex(16)))
    expect(await recentVisits(store, key, 2)).toEqual([amended, other])
    expect(await visitsOfPatient(store, key, 'aa')).toEqual([first, amended])
    expect(await visitsOfPatient(store, key, 'cc')).toEqual([])
    expect(await ownVisitBySequence(store, key, 2)).toEqual(other)
    expect(await currentVersions(store, [first.visitId, hex(16)])).toEqual([
      { merkleRoot: amended.merkleRoot, recordId: amended.recordId, state: 'amend' },
      null,
    ])
    expect(await knownRecords(store, [first.recordId, hex(16)])).toEqual([first.merkleRoot, null])
    const all: OwnVisit[] = []
    for await (const each of allOwnVisits(store, key)) all.push(each)
    expect(all).toEqual([first, other, amended])
  })

  it('that a person entered by hand are found without looking through an import of any size', async () => {
    const store = createMemoryStore()
    const key = new Uint8Array(randomBytes(32))
    const mine = visit(1)
    const old = visit(2)
    const colleagues = visit(3)
    await store.commit(ownVisitWrites(key, mine, hex(16), { enteredBy: 'me' }))
    await store.commit(ownVisitWrites(key, old, hex(16), { enteredBy: 'me-before-a-reset' }))
    await store.commit(ownVisitWrites(key, colleagues, hex(16), { enteredBy: 'colleague' }))
    for (let n = 10; n < 500; n++) await store.commit(ownVisitWrites(key, visit(n), hex(16)))
    let looked = 0
    const counting: typeof store = {
      ...store,
      async *scan(range) {
        for await (const row of store.scan(range)) {
          looked++
          yield row
        }
      },
    }
    expect(await visitsEnteredBy(counting, key, ['me', 'me-before-a-reset'], 20)).toEqual([old, mine])
    expect(await visitsEnteredBy(counting, key, ['me', 'me-before-a-reset'], 1)).toEqual([old])
    expect(looked).toBeLessThan(10)
    // What an erasure takes leaves no hole.
    await store.commit([del(ownVisitKey(2))])
    expect(await visitsEnteredBy(store, key, ['me', 'me-before-a-reset'], 20)).toEqual([mine])
  })

  it('lie in the store without patient, date or class in plain', async () => {
    const store = createMemoryStore()
    await store.commit(
      ownVisitWrites(new Uint8Array(randomBytes(32)), visit(1, { patientId: 'patient-7' }), hex(16)),
    )
    for await (const { key, value } of store.scan({ from: new Uint8Array(0) }))
      for (const secret of ['patient-7', '2026-01-02', 'AMB'])
        for (const bytes of [key, value]) expect(Buffer.from(bytes).includes(secret)).toBe(false)
  })
})

describe('the patient key', () => {
  it('is the same for the same source and key only', () => {
    const key = new Uint8Array(32)
    expect(patientKey(key, 'national-id|A123456789')).toBe(patientKey(key, 'national-id|A123456789'))
    expect(patientKey(key, 'national-id|A123456789')).not.toBe(patientKey(key, 'national-id|A123456788'))
    expect(patientKey(new Uint8Array(32).fill(1), 'x')).not.toBe(patientKey(key, 'x'))
  })
})
