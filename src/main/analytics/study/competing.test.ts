/** Death as the event, and events that keep it from happening: what a study says of them is what `fit` says of the rows taken out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInStudy } from '../../../shared/domain/built-in-studies.ts'
import type { EventFilter } from '../../../shared/domain/cohort.ts'
import { canonicalIntervals, intervalDefinition, withCompeting } from '../../../shared/domain/intervals.ts'
import { problemsOfStudy, type StudyDocument, type StudyModel } from '../../../shared/domain/study.ts'
import { utf8Encode } from '../../../shared/std/bytes.ts'
import { readCsvColumns } from '../../stats/model/csv-columns.ts'
import { fitModel } from '../../stats/model/fit-model.ts'
import { ModelSpec } from '../../stats/model/model-spec.ts'
import { runOf } from '../facts/fact-columns.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { intervalsOut } from './intervals-out.ts'
import type { AskedStudy, PinnedStudy } from './prepare-study.ts'
import { resultText } from './result-text.ts'
import { runStudy, STUDY_ENGINE } from './run-study.ts'

const control = { hooks: {}, isCancelled: () => false }
const titles = {
  study: 'Risk',
  cohort: 'Everybody',
  diabetes: 'diabetes',
  cardiovascular: 'cardiovascular',
  models: ['1', '2', '3', '4', '5', '6'],
}
const risk = builtInStudy('cleaning', titles)
const model = (change: Partial<StudyModel>): StudyModel => ({
  ...risk.models[0]!,
  covariates: ['age', 'sex'],
  factors: ['sex'],
  strata: [],
  isClusteredByPerson: false,
  ...change,
})
const curve = model({ family: 'aj', covariates: ['sex'], factors: [] })
const death: EventFilter = { kind: 'death' }
const emergency: EventFilter = { kind: 'visit', classes: ['EMER'] }

function study(
  models: readonly StudyModel[],
  event: EventFilter,
  competing: EventFilter | null = null,
): StudyDocument {
  const { followUp } = risk.intervals
  return {
    ...risk,
    cleaning: null,
    models: [...models],
    intervals: withCompeting({ ...risk.intervals, followUp: { ...followUp, event } }, competing),
  }
}

let warehouse: Warehouse
let upTo = 0
beforeAll(async () => {
  const facts = syntheticFacts(400, 'competing')
  upTo = facts.length - 1
  warehouse = await openWarehouse({ threads: 1, memoryMb: 512 })
  await warehouse.load(runOf(0, upTo, facts))
}, 120_000)
afterAll(() => warehouse.close())

interface Answer {
  intervals: { ends: Record<string, number> }
  models: {
    before: { events: number; deaths: number; competing: number; rows: number; persons: number }
    result: { curves?: { state: number; estimate: number[] }[] } & Record<string, unknown>
  }[]
}

async function answered(of: StudyDocument): Promise<{ asked: AskedStudy; answer: Answer }> {
  expect(problemsOfStudy(of)).toEqual([])
  const pinned: PinnedStudy = {
    ...of,
    snapshot: { chain: '00'.repeat(32), upTo, height: 0, hospitals: ['H1', 'H2', 'H3', 'H4', 'H5'] },
    engine: STUDY_ENGINE,
  }
  const asked = { study: pinned, hash: 'x', samePerson: [] }
  const ran = await runStudy(warehouse, asked, control)
  return { asked, answer: JSON.parse(ran.text) as Answer }
}

describe('a study in which death counts', () => {
  it('R6: follows people to their death as the event, and fits what `fit` fits to the rows taken out', async () => {
    const { asked, answer } = await answered(study([model({ family: 'cox' })], death))
    const { ends } = answer.intervals
    expect(ends['event']).toBeGreaterThan(5)
    expect(ends['death']).toBe(0)
    const out = await intervalsOut(warehouse, asked, control)
    const table = readCsvColumns(utf8Encode(out.csv), 'all')
    const again = fitModel(table, ModelSpec.parse(JSON.parse(JSON.stringify(out.models[0]!.spec))))
    expect(resultText(again)).toBe(resultText(answer.models[0]!.result))
    expect(out.personsCsv).toBeNull()
  }, 120_000)

  it('counts what competes apart from death, in the curves too, whose ends are everybody who came to an end', async () => {
    const everybody = { ...curve, covariates: [] }
    const { answer } = await answered(study([everybody], risk.intervals.followUp.event, emergency))
    const { before, result } = answer.models[0]!
    expect(Math.min(before.events, before.competing, before.deaths)).toBeGreaterThan(0)
    expect(answer.intervals.ends).toMatchObject({ competing: before.competing, death: before.deaths })
    const lastOf = (state: number) => result.curves!.find((each) => each.state === state)!.estimate.at(-1)!
    expect([1, 2, 3].map(lastOf).every((probability) => probability > 0)).toBe(true)
    expect([0, 1, 2, 3].map(lastOf).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
    // Whoever has what competes first has no event of the study, which alone would have had more.
    const alone = await answered(study([everybody], risk.intervals.followUp.event))
    expect(alone.answer.models[0]!.before.events).toBeGreaterThan(before.events)
  }, 120_000)

  it('fits Fine and Gray’s model to one row for each person, as `fit` does', async () => {
    const fineGray = model({ family: 'finegray' })
    const { asked, answer } = await answered(study([fineGray], risk.intervals.followUp.event, emergency))
    const { before, result } = answer.models[0]!
    expect(before.rows).toBe(before.persons)
    expect(result).toMatchObject({ family: 'finegray', names: ['age', 'sexmale'], cause: 1 })
    // Its likelihood is of weighted rows.
    for (const name of ['aic', 'bic', 'likelihoodRatioTest']) expect(result).not.toHaveProperty(name)
    const out = await intervalsOut(warehouse, asked, control)
    const table = readCsvColumns(utf8Encode(out.personsCsv!), 'all')
    expect(table.rowCount).toBe(answer.intervals.ends['event']! + restOf(answer.intervals.ends))
    const again = fitModel(table, ModelSpec.parse(JSON.parse(JSON.stringify(out.models[0]!.spec))))
    expect(resultText(again)).toBe(resultText(result))
    expect(out.models[0]).toMatchObject({ isOfPersons: true, isOfWhole: false })
  }, 120_000)

  it('says by name what cannot compete, and what such a model cannot know', () => {
    const kinds = (of: StudyDocument) =>
      problemsOfStudy(of).map((each) => (each.kind === 'intervals' ? each.problem.kind : each.kind))
    const { event } = risk.intervals.followUp
    expect(kinds(study([curve], death))).toEqual(['nothing-competes'])
    expect(kinds(study([curve], death, emergency))).toEqual([])
    expect(kinds(study([curve], event, death))).toEqual(['competing-not-possible'])
    expect(kinds(study([curve], event, event))).toEqual(['competing-not-possible'])
    const fineGray = study([model({ family: 'finegray', covariates: ['age', 'sbp'], factors: [] })], event)
    expect(kinds(fineGray)).toEqual(['changes-with-time'])
    const byAge = study([model({ family: 'finegray' })], event)
    expect(kinds({ ...byAge, intervals: { ...byAge.intervals, clock: 'age' } })).toEqual([
      'clock-not-possible',
    ])
  })

  it('is of another schema where something competes, which an older reader does not take for the one without', () => {
    const plain = study([curve], emergency).intervals
    const named = withCompeting(plain, { kind: 'visit', classes: ['IMP'] })
    expect([plain.schema, named.schema]).toEqual(['intervals/1', 'intervals/2'])
    expect(withCompeting(named, null)).toEqual(plain)
    expect(canonicalIntervals(named)).not.toBe(canonicalIntervals(plain))
    expect(intervalDefinition.parse(JSON.parse(JSON.stringify(named)))).toEqual(named)
    for (const wrong of [
      { ...named, schema: 'intervals/1' as const },
      { ...plain, schema: 'intervals/2' as const },
    ])
      expect(problemsOfStudy({ ...study([curve], emergency), intervals: wrong })).toEqual([
        { kind: 'intervals', problem: { kind: 'competing-not-possible' } },
      ])
  })
})

function restOf(ends: Record<string, number>): number {
  return Object.entries(ends).reduce((sum, [reason, count]) => sum + (reason === 'event' ? 0 : count), 0)
}
