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
const careful: CleaningPipeline = { schema: 'cleaning/1', title: 'careful', steps: presetSteps('careful') }
const control = { isCancelled: () => false }
const askedAt = (last: number) => ({
  scope: { upTo: last, hospitals: null, samePerson: [] },
  cohort,
  pipeline: careful,
})

const opened: Warehouse[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.close()
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
    if (answer.kind !== 'cleaned') throw new Error(answer.kind)
    const attrition = await one.warehouse.attrition(answer.snapshot, cohort)
    expect(answer.start.persons).toBe(attrition.withEvent)
    expect(answer.start.events).toBeGreaterThan(answer.start.persons)
    expect(answer.steps.map(({ step }) => step)).toEqual(careful.steps)
    expect(answer.steps.every((report) => !('sample' in report))).toBe(true)
    const many = await filled(5)
    const again = await previewCleaning(many.warehouse, askedAt(many.last), control)
    expect(again).toMatchObject({ kind: 'cleaned', resultHash: answer.resultHash })
  })

  it('says when the rows are too many to be objects at one time', async () => {
    const { warehouse, last } = await filled(1)
    expect(await previewCleaning(warehouse, askedAt(last), { ...control, rowsMost: 100 })).toEqual({
      kind: 'too-many',
      rowsMost: 100,
    })
  })

  it('R18: tells how many persons were read, never of fewer than 11, and ends between two steps when it is cancelled', async () => {
    const { warehouse, last } = await filled(1)
    const told: [number, number][] = []
    const onPersons = (done: number, total: number) => void told.push([done, total])
    const everybody: CohortDefinition = {
      ...cohort,
      codeSets: {},
      entry: { ...cohort.entry, event: { kind: 'visit' } },
    }
    const answer = await previewCleaning(
      warehouse,
      { ...askedAt(last), cohort: everybody },
      { ...control, onPersons },
    )
    if (answer.kind !== 'cleaned') throw new Error(answer.kind)
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
