import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import { openWarehouse, type Warehouse } from './warehouse/warehouse.ts'
import { fillTwin, type ReleasedTable } from './fill-twin.ts'
import { fitWeights, systematicSample } from './twin/fit-weights.ts'

const warehouses: Warehouse[] = []
const open = async () => {
  const warehouse = await openWarehouse({ threads: 1, memoryMb: 512 })
  warehouses.push(warehouse)
  return warehouse
}
afterAll(async () => {
  for (const warehouse of warehouses) await warehouse.close()
})

const DIABETES: CohortDefinition = {
  schema: 'cohort/1',
  title: '',
  codeSets: { dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*'], exclude: [] } },
  entry: { event: { kind: 'diagnosis', codes: 'dm' }, priorDays: 0, which: 'first' },
  steps: [],
}

/** How many of the cohort are of each sex. */
async function sexes(warehouse: Warehouse, blocks: number): Promise<Record<string, number>> {
  const snapshot = await warehouse.snapshot({ upTo: blocks - 1, hospitals: null, samePerson: [] })
  const members = await warehouse.personFacts(snapshot, DIABETES, { from: 0, to: 100_000 })
  const counts: Record<string, number> = {}
  for (const { facts } of members) {
    const sex = String(facts.visit[0]?.sex)
    counts[sex] = (counts[sex] ?? 0) + 1
  }
  return counts
}

describe('the synthetic twin', () => {
  it('is the same whenever it is made, and holds visits in time, repeated results and events', async () => {
    const [one, two, pool] = [await open(), await open(), await open()]
    const plan = { seed: 'twin', patients: 120, tables: [] }
    const blocks = await fillTwin(plan, one, pool, () => {})
    expect(await fillTwin(plan, two, pool, () => {})).toBe(blocks)
    expect(blocks).toBeGreaterThan(500)
    const facts = async (warehouse: Warehouse) => {
      const snapshot = await warehouse.snapshot({ upTo: blocks - 1, hospitals: null, samePerson: [] })
      return warehouse.personFacts(snapshot, DIABETES, { from: 0, to: 1_000 })
    }
    const people = await facts(one)
    expect(people).toEqual(await facts(two))
    expect(people.some(({ facts: each }) => each.observation.length > 20)).toBe(true)
    expect(
      new Set(people.flatMap(({ facts: each }) => each.observation.map(({ unit }) => unit))).size,
    ).toBeGreaterThan(5)
  })

  it('meets a table that was released: of whoever is in its cohort, as many are of each sex', async () => {
    const [warehouse, pool] = [await open(), await open()]
    const table: ReleasedTable = {
      cohort: DIABETES,
      axes: [{ variable: 'sex', edges: [] }],
      cells: [900, 100, null, null, null],
      snapshotDay: 20_000,
    }
    const blocks = await fillTwin({ seed: 'twin', patients: 400, tables: [table] }, warehouse, pool, () => {})
    const counts = Object.values(await sexes(warehouse, blocks)).sort((a, b) => b - a)
    const share = counts[0]! / (counts[0]! + counts[1]!)
    // A few dozen people are in the smaller cell: systematic sampling is right to a person or two.
    expect(Math.abs(share - 0.9) * (counts[0]! + counts[1]!)).toBeLessThan(2)
  })

  it('gives weights that meet any one table as far as it has people, and change nobody outside of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 20, maxLength: 60 }),
        fc.array(fc.option(fc.integer({ min: 0, max: 500 })), { minLength: 4, maxLength: 4 }),
        (cells, counts) => {
          const weights = fitWeights(cells.length, [{ cellOf: Int32Array.from(cells), counts }])
          const sumOf = (isMeant: (cell: number) => boolean) =>
            weights.reduce((sum, weight, i) => sum + (isMeant(cells[i]!) ? weight : 0), 0)
          expect(sumOf(() => true)).toBeCloseTo(cells.length, 6)
          const met = [0, 1, 2, 3].filter((cell) => counts[cell] != null && cells.includes(cell))
          const released = met.reduce((sum, cell) => sum + counts[cell]!, 0)
          if (released === 0) return
          const held = sumOf((cell) => met.includes(cell))
          for (const cell of met)
            expect(sumOf((each) => each === cell) / held).toBeCloseTo(counts[cell]! / released, 6)
        },
      ),
    )
  })

  it('takes each person about as often as the weight says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (each) => {
          const weights = Float64Array.from(each)
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          if (total < 1e-6) return
          const chosen = systematicSample(weights, 50)
          for (const [i, weight] of weights.entries()) {
            const times = chosen.filter((index) => index === i).length
            expect(Math.abs(times - (50 * weight) / total)).toBeLessThanOrEqual(1 + 1e-9)
          }
        },
      ),
    )
  })
})
