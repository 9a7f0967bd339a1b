/** A warehouse filled from a real node's chain: versions, past states, what is kept, and what an erasure takes away. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { fromHex, toHex } from '../../../shared/std/bytes.ts'
import { createNodeSeal } from '../../node/access/node-seal.ts'
import {
  crypto,
  keysIn,
  makeConsortium,
  random,
  until,
  type TestConsortium,
  type TestMember,
} from '../../node/members.test-kit.ts'
import { fieldsAt, sampleVisit } from '../../node/node.test-kit.ts'
import { sealVisits } from '../../node/seal-visits.ts'
import { FACT_RUN_BLOCKS } from '../../node/storage/buckets.ts'
import { put } from '../../node/storage/store.ts'
import { newestEpoch } from '../../node/vault/institution-keys.ts'
import { createFeed } from './feed.ts'
import { openWarehouse, type Warehouse } from './warehouse.ts'

let consortium: TestConsortium
let hospital: TestMember
const warehouses: Warehouse[] = []
beforeEach(async () => {
  consortium = await makeConsortium({ voters: 1 })
  hospital = consortium.members[0]!
  await hospital.start()
})
afterEach(async () => {
  for (const warehouse of warehouses.splice(0)) await warehouse.close()
  await consortium.close()
})

const diabetes: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Diabetes',
  codeSets: { dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*'], exclude: [] } },
  entry: { event: { kind: 'diagnosis', codes: 'dm' }, priorDays: 0, which: 'first' },
  steps: [],
}

async function openFeed() {
  const warehouse = await openWarehouse({ threads: 1, memoryMb: 256 })
  warehouses.push(warehouse)
  const node = hospital.node!
  const keys = await node.analysisKeys()
  const seal = createNodeSeal(crypto, random, node.ledger.chainId, () => keys.linkage)
  const feed = createFeed(crypto, hospital.store, seal, warehouse)
  const control = { isCancelled: () => false, onProgress: () => {} }
  const opening = { ...node.gatewayKeys(), authorKeysEver: keys.authorKeysEver }
  return {
    feed,
    warehouse,
    advance: (epochs = opening.epochs) =>
      feed.advance(node.status.blockCount, { ...opening, epochs }, control),
    persons: async (upTo: number) => {
      const snapshot = await warehouse.snapshot({ upTo, hospitals: null, samePerson: [] })
      return (await warehouse.attrition(snapshot, diabetes)).withEvent
    },
  }
}

async function submit(visit: VisitRecord): Promise<string> {
  const node = hospital.node!
  const fields = fieldsAt(visit, hospital.founded.memberId)
  const keys = node.sealingKeys(newestEpoch(hospital.founded.keys.session.custodianEpochs))
  const [sealed] = sealVisits(crypto, random, keys, [fields])
  if (sealed?.kind !== 'sealed') throw new Error('not sealed')
  const before = node.status.blockCount
  await node.submit([sealed.visit], node.reserve(1), [])
  await until(() => node.status.blockCount === before + 1)
  return toHex(sealed.visit.merkleRoot)
}

const laterVersion = (
  visit: VisitRecord,
  supersedes: string,
  op: 'amend' | 'retract',
  n: number,
): VisitRecord => ({
  ...visit,
  envelope: {
    ...visit.envelope,
    op,
    supersedes,
    recordId: n.toString(16).padStart(32, '0'),
    reason: { code: 'typo' },
  },
})

describe('a warehouse', () => {
  it('C10 C11: counts the version in force at each state of the chain, and nothing of what was taken back', async () => {
    const visit = sampleVisit(1)
    const healthy = {
      ...visit,
      diagnoses: [{ ...visit.diagnoses[0]!, code: { system: 'local', code: 'Z00.0' } }],
    }
    const first = await submit(visit)
    const second = await submit(laterVersion(healthy, first, 'amend', 2))
    // Made from the first version as well, and too late: the chain's order decides.
    await submit(laterVersion(visit, first, 'amend', 3))
    const fourth = await submit(laterVersion(visit, second, 'amend', 4))
    await submit(laterVersion(visit, fourth, 'retract', 5))
    const { advance, persons } = await openFeed()
    await advance()
    expect([await persons(-1), await persons(0), await persons(1), await persons(2)]).toEqual([0, 1, 0, 0])
    expect([await persons(3), await persons(4)]).toEqual([1, 0])
  })

  it('follows the chain, and asks a hospital’s own records only', async () => {
    const { advance, warehouse, feed } = await openFeed()
    await submit(sampleVisit(1))
    await advance()
    await submit(sampleVisit(2))
    await advance()
    expect(feed.blockCount).toBe(2)
    const count = async (hospitals: string[] | null) =>
      (await warehouse.snapshot({ upTo: 1, hospitals, samePerson: [] })).personCount
    expect(await count([hospital.founded.memberId])).toBe(2)
    expect(await count(['00'.repeat(16)])).toBe(0)
    const keys = [sampleVisit(1), sampleVisit(2)].map(({ patient }) => patient.key)
    expect((await warehouse.snapshot({ upTo: 1, hospitals: null, samePerson: [keys] })).personCount).toBe(1)
  })

  it('leaves out whoever’s newest visit limits consent to treatment, with all earlier visits', async () => {
    const visit = sampleVisit(1)
    await submit(visit)
    await submit(sampleVisit(2))
    const limited = {
      ...sampleVisit(3),
      patient: { ...visit.patient, consent: { scope: 'treatment-only' as const } },
    }
    await submit(limited)
    const { advance, persons } = await openFeed()
    await advance()
    expect([await persons(1), await persons(2)]).toEqual([2, 1])
  })

  it('takes the newest visit for consent, not an older one that was written later, and a correction that limits from when it is made', async () => {
    const { patient } = sampleVisit(1)
    const on = (n: number, day: string, scope: VisitRecord['patient']['consent']['scope']): VisitRecord => {
      const visit = sampleVisit(n)
      return {
        ...visit,
        envelope: { ...visit.envelope, recordedAt: `${day}T12:00:00Z` },
        patient: { ...patient, consent: { scope } },
        encounter: { ...visit.encounter, admission: { at: `${day}T04:00:00Z` }, day },
      }
    }
    const january = on(1, '2026-01-05', 'treatment-and-research')
    const recordedIn = (visit: VisitRecord, month: string): VisitRecord => ({
      ...visit,
      envelope: { ...visit.envelope, recordedAt: `2026-${month}-01T12:00:00Z` },
    })
    const first = await submit(january)
    await submit(on(2, '2026-06-05', 'treatment-only'))
    // A late result of January's visit, a history of the year before, and then a visit that allows research again.
    const second = await submit(recordedIn(laterVersion(january, first, 'amend', 11), '07'))
    await submit(recordedIn(on(3, '2025-06-05', 'treatment-and-research'), '07'))
    await submit(on(4, '2026-08-05', 'treatment-and-research'))
    // Withdrawn by letter, written at the old visit, which then gets one more result.
    const { consent } = on(1, '2026-01-05', 'treatment-only').patient
    const withdrawn = { ...january, patient: { ...patient, consent } }
    const third = await submit(recordedIn(laterVersion(withdrawn, second, 'amend', 12), '09'))
    const fourth = await submit(recordedIn(laterVersion(withdrawn, third, 'amend', 13), '10'))
    // The letter was another person's.
    await submit(recordedIn(laterVersion(january, fourth, 'amend', 14), '11'))
    const { advance, persons } = await openFeed()
    await advance()
    const counts: number[] = []
    for (let block = 0; block < 8; block++) counts.push(await persons(block))
    expect(counts).toEqual([1, 0, 0, 0, 1, 0, 0, 1])
  })

  it('leaves out whose consent has ended or not begun on the last day on which anything was recorded', async () => {
    const consented = (index: number, day: string, consent: VisitRecord['patient']['consent']) => {
      const visit = sampleVisit(index)
      const { envelope, patient } = visit
      return {
        ...visit,
        envelope: { ...envelope, recordedAt: `${day}T12:00:00Z` },
        patient: { ...patient, consent },
      }
    }
    const scope = 'treatment-and-research' as const
    await submit(consented(1, '2026-03-30', { scope, to: '2026-03' }))
    await submit(consented(2, '2026-03-31', { scope, from: '2026-04-01' }))
    await submit(consented(3, '2026-04-01', { scope }))
    await submit(consented(1, '2026-04-02', { scope, to: '2027' }))
    const { advance, persons } = await openFeed()
    await advance()
    // The second one's has begun when the first one's ended, which a later one renews; at an older state all is as it was.
    expect([await persons(0), await persons(1), await persons(2), await persons(3)]).toEqual([1, 1, 2, 3])
  })

  it('tells questions apart that differ in a code alone', async () => {
    await submit(sampleVisit(1))
    const { advance, warehouse } = await openFeed()
    await advance()
    const snapshot = await warehouse.snapshot({ upTo: 0, hospitals: null, samePerson: [] })
    const askedOf = (include: string) =>
      warehouse.members(snapshot, {
        ...diabetes,
        codeSets: {
          ...diabetes.codeSets,
          x: { kind: 'diagnosis', name: 'X', include: [include], exclude: [] },
        },
        steps: [
          {
            use: 'include',
            rule: {
              kind: 'occurs',
              event: { kind: 'diagnosis', codes: 'x' },
              window: { from: null, to: null },
              atLeast: 1,
            },
          },
        ],
      })
    expect(await askedOf('E11*')).toHaveLength(1)
    expect(await askedOf('I10')).toHaveLength(0)
  })

  it('R18: keeps full runs sealed, and loads them without opening a record again', async () => {
    await hospital.submit(FACT_RUN_BLOCKS + 3, 0)
    await until(() => hospital.node!.status.blockCount === FACT_RUN_BLOCKS + 3)
    const first = await openFeed()
    await first.advance()
    expect(await keysIn(hospital.store, 'x/c')).toHaveLength(1)
    const kept = await valuesIn('x/c')
    expect(contains(kept, 'E119')).toBe(false)
    const again = await openFeed()
    // Without the keys of records: only what was kept can be there.
    await again.advance([])
    expect(again.feed.blockCount).toBe(FACT_RUN_BLOCKS + 3)
    expect([again.feed.sealedCount, again.feed.unreadableCount]).toEqual([0, 3])
    expect(await again.persons(FACT_RUN_BLOCKS + 2)).toBe(FACT_RUN_BLOCKS)
  }, 60_000)

  it('forgets what was erased, in memory and in what it kept', async () => {
    const roots = await hospital.submit(FACT_RUN_BLOCKS, 0)
    await until(() => hospital.node!.status.blockCount === FACT_RUN_BLOCKS)
    const before = await openFeed()
    await before.advance()
    const kept = await valuesIn('x/c')
    const node = hospital.node!
    const erasureId = (await node.erasures.request(
      { roots: [fromHex(roots[5]!)], reason: 'patient-request', text: null, userKeyId: 'dpo-1' },
      { keys: [], people: [] },
    ))!
    await until(async () => (await node.erasures.list())[0]?.state === 'asked')
    await node.erasures.approve(erasureId, 'dpo-2')
    await until(async () => (await node.erasures.list())[0]?.here === 'done')
    expect(await keysIn(hospital.store, 'x/c')).toHaveLength(0)
    await before.feed.forget([fromHex(roots[5]!)])
    // An old copy of the run that comes back is written anew without it.
    await putBack(kept)
    const after = await openFeed()
    await after.advance()
    expect(await after.persons(FACT_RUN_BLOCKS - 1)).toBe(FACT_RUN_BLOCKS - 1)
    expect(after.feed.sealedCount).toBe(1)
    expect(await valuesIn('x/c')).not.toEqual(kept)
  }, 60_000)
})

async function valuesIn(letter: string): Promise<{ key: Uint8Array; value: Uint8Array }[]> {
  const keys = await keysIn(hospital.store, letter)
  const values = await hospital.store.getMany(keys)
  return keys.map((key, i) => ({ key, value: values[i]! }))
}

async function putBack(kept: { key: Uint8Array; value: Uint8Array }[]): Promise<void> {
  await hospital.store.commit(kept.map(({ key, value }) => put(key, value)))
}

const contains = (kept: { value: Uint8Array }[], text: string): boolean =>
  kept.some(({ value }) => Buffer.from(value).includes(text))
