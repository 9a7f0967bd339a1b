/** Facts of persons, as the warehouse gives them out and as the loaded facts have them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import { cohortByHand } from '../cohort/by-hand.test-kit.ts'
import { runOf } from '../facts/fact-columns.ts'
import { FACT_TABLE_NAMES, type Facts } from '../facts/fact-tables.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { openWarehouse, type Warehouse } from './warehouse.ts'

const diabetes: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Diabetes',
  codeSets: { dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*'], exclude: [] } },
  entry: { event: { kind: 'diagnosis', codes: 'dm' }, priorDays: 0, which: 'first' },
  steps: [],
}

let facts: Facts[]
let warehouse: Warehouse
/** Every seventh version counts no more from the hundredth block after it on. */
const replaced = (facts_: readonly Facts[]) =>
  facts_.flatMap((_, block) => (block % 7 === 3 ? [{ block, by: block + 100 }] : []))

/** Loaded in two runs that meet at this block; the second one first where the first is short. */
async function loaded(half: number): Promise<Warehouse> {
  const made = await openWarehouse({ threads: 1, memoryMb: 256 })
  const runs = [runOf(half, facts.length - 1, facts.slice(half)), runOf(0, half - 1, facts.slice(0, half))]
  for (const run of half < 10 ? runs : runs.toReversed()) await made.load(run)
  await made.replace(replaced(facts))
  return made
}

beforeAll(async () => {
  facts = syntheticFacts(60, 'persons-out')
  warehouse = await loaded(Math.floor(facts.length / 2))
})
afterAll(() => warehouse.close())

/** Who is in at a state of the chain, with their facts, read with loops. */
function byHand(upTo: number) {
  const gone = new Map(replaced(facts).map(({ block, by }) => [block, by]))
  const valid = facts.filter(
    ({ visit: [visit] }) =>
      visit!.block! <= upTo && visit!.status === 2 && (gone.get(visit!.block!) ?? Infinity) > upTo,
  )
  const persons = [...new Set(valid.map(({ visit }) => visit[0]!.patient!))]
  const { members } = cohortByHand(diabetes, valid)
  return persons.flatMap((patient, person) => {
    const index = members.get(patient)
    if (index === undefined) return []
    const own = valid.filter(({ visit }) => visit[0]!.patient === patient)
    const tables = FACT_TABLE_NAMES.map((table) => [table, own.flatMap((each) => each[table] as unknown[])])
    return [{ index, facts: { person, patients: [patient], ...Object.fromEntries(tables) } }]
  })
}

async function inBatches(of: Warehouse, upTo: number, size: number) {
  const snapshot = await of.snapshot({ upTo, hospitals: null, samePerson: [] })
  const all = []
  for (let from = 0; ; from += size) {
    const batch = await of.personFacts(snapshot, diabetes, { from, to: from + size })
    all.push(...batch)
    if (batch.length < size) return all
  }
}

describe('facts of persons', () => {
  it('are those of the versions that count at a snapshot, batch after batch', async () => {
    for (const upTo of [facts.length, Math.floor(facts.length / 3)]) {
      const expected = byHand(upTo)
      expect(expected.length).toBeGreaterThan(3)
      expect(await inBatches(warehouse, upTo, 4)).toEqual(expected)
    }
  })

  it('come in the same order however the facts were loaded', async () => {
    const other = await loaded(5)
    expect(await inBatches(other, facts.length, 1000)).toEqual(await inBatches(warehouse, facts.length, 7))
    await other.close()
  })

  it('are those of the members that are named, in the order of their places', async () => {
    const snapshot = await warehouse.snapshot({ upTo: facts.length, hospitals: null, samePerson: [] })
    const all = await warehouse.personFacts(snapshot, diabetes, { from: 0, to: 1000 })
    expect(await warehouse.personFacts(snapshot, diabetes, { places: [3, 0, 1000] })).toEqual([
      all[0],
      all[3],
    ])
    expect(await warehouse.personFacts(snapshot, diabetes, { places: [] })).toEqual([])
  })

  it('of linked keys are those of one person', async () => {
    const [a, b] = byHand(facts.length).map((member) => member.facts.patients[0]!)
    const snapshot = await warehouse.snapshot({
      upTo: facts.length,
      hospitals: null,
      samePerson: [[b!, a!]],
    })
    const all = await warehouse.personFacts(snapshot, diabetes, { from: 0, to: 1000 })
    const linked = all.filter((member) => member.facts.patients.includes(a!))
    expect(linked).toHaveLength(1)
    expect(linked[0]!.facts.patients).toEqual([a, b])
    expect(all).toHaveLength(byHand(facts.length).length - 1)
  })
})
