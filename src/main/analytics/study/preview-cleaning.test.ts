import { afterEach, describe, expect, it } from 'vitest'
import { presetSteps, type CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { runOf } from '../facts/fact-columns.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { previewCleaning } from './preview-cleaning.ts'

const cohort: CohortDefinition = {
  schema: 'cohort/1',
  title: 'diabetes',
  codeSets: { dm: { kind: 'diagnosis', name: 'dm', include: ['E11*'], exclude: [] } },
  entry: { event: { kind: 'diagnosis', codes: 'dm' }, priorDays: 0, which: 'first' },
  steps: [],
}
const everybody: CohortDefinition = {
  ...cohort,
  codeSets: {},
  entry: { ...cohort.entry, event: { kind: 'visit' } },
}
const careful: CleaningPipeline = { schema: 'cleaning/1', title: 'careful', steps: presetSteps('careful') }
const control = { isCancelled: () => false }
const askedAt = (last: number) => ({
  scope: { upTo: last, hospitals: null, samePerson: [] },
  cohort,
  pipeline: careful,
})

const opened: Warehouse[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

async function filled(runs: number): Promise<{ warehouse: Warehouse; last: number }> {
  const warehouse = await openWarehouse({ threads: 1, memoryMb: 256 })
  opened.push(warehouse)
  const facts = syntheticFacts(60, 'preview')
  const size = Math.ceil(facts.length / runs)
  for (let from = 0; from < facts.length; from += size) {
    const part = facts.slice(from, from + size)
    await warehouse.load(runOf(from, from + part.length - 1, part))
  }
  return { warehouse, last: facts.length - 1 }
}

describe('the preview of a cleaning', () => {
  it('R4: counts what a pipeline does to the persons of a cohort, the same however the facts were loaded', async () => {
    const one = await filled(1)
    const answer = await previewCleaning(one.warehouse, askedAt(one.last), control)
    const attrition = await one.warehouse.attrition(answer.snapshot, cohort)
    expect(answer.start.persons).toBe(attrition.withEvent)
    expect(answer.start.events).toBeGreaterThan(answer.start.persons)
    expect(answer.steps.map(({ step }) => step)).toEqual(careful.steps)
    expect(answer.steps.every((report) => !('sample' in report))).toBe(true)
    const many = await filled(5)
    const again = await previewCleaning(many.warehouse, askedAt(many.last), control)
    expect(again).toEqual({ ...answer, snapshot: again.snapshot })
  })

  it('R18: finds the same of more rows than are held at one time, says how far it is, and ends when it is cancelled', async () => {
    const { warehouse, last } = await filled(1)
    for (const cohortOn of [undefined, 'cleaned'] as const) {
      const asked = { ...askedAt(last), cohort: everybody, cohortOn }
      const whole = await previewCleaning(warehouse, asked, control)
      for (const passPersons of [17, 1_000]) {
        const told: [number, number][] = []
        const onPersons = (done: number, total: number) => void told.push([done, total])
        const limits = { heldRowsMost: 100, passPersons, onPersons }
        expect(await previewCleaning(warehouse, asked, { ...control, ...limits })).toEqual(whole)
        const total = told[0]![1]
        expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).sort((a, b) => a - b))
        expect(told.at(-1)).toEqual([total, total])
      }
    }
    // Far beyond the first pass: each batch asks, and each step of it.
    let asked = 0
    const stopping = { isCancelled: () => ++asked > 60, heldRowsMost: 100, passPersons: 5 }
    await expect(
      previewCleaning(warehouse, { ...askedAt(last), cohort: everybody }, stopping),
    ).rejects.toMatchObject({
      detail: { code: 'cancelled' },
    })
    expect(asked).toBe(61)
  }, 120_000)

  it('R18: tells how many persons were read, never of fewer than 11, and ends between two steps when it is cancelled', async () => {
    const { warehouse, last } = await filled(1)
    const told: [number, number][] = []
    const onPersons = (done: number, total: number) => void told.push([done, total])
    const answer = await previewCleaning(
      warehouse,
      { ...askedAt(last), cohort: everybody },
      { ...control, onPersons },
    )
    expect(told.at(-1)).toEqual([answer.start.persons, answer.start.persons])
    const few: CohortDefinition = {
      ...everybody,
      steps: [{ use: 'include', rule: { kind: 'age', atLeast: 130 } }],
    }
    told.length = 0
    await previewCleaning(warehouse, { ...askedAt(last), cohort: few }, { ...control, onPersons })
    expect(told).toEqual([])
    // Asked once before the only batch and after it, then before each step.
    let asked = 0
    const stopping = { isCancelled: () => ++asked > 4 }
    await expect(
      previewCleaning(warehouse, { ...askedAt(last), cohort: everybody }, stopping),
    ).rejects.toMatchObject({ detail: { code: 'cancelled' } })
    expect(asked).toBe(5)
  })
})
