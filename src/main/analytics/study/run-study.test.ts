/** A study on warehouses: the same bytes however the facts came, and what an amendment changes. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  canonicalStudy,
  problemsOfStudy,
  studyDocument,
  warningsOfStudy,
  type StudyDocument,
} from '../../../shared/domain/study.ts'
import { CLEANING_STEPS, usualStep } from '../../../shared/domain/cleaning.ts'
import { runOf } from '../facts/fact-columns.ts'
import type { Facts } from '../facts/fact-tables.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { personWith } from '../cleaning/cleaning.test-kit.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { indexedPeople } from './indexed-people.ts'
import type { PinnedStudy, SamePerson } from './prepare-study.ts'
import { changesSince, runStudy, STUDY_ENGINE, weighStudy } from './run-study.ts'

const codeSets: StudyDocument['cohort']['codeSets'] = {
  cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I63*', 'I50*'], exclude: [] },
  statin: { kind: 'medicine', name: 'Statins', include: ['C10AA*'], exclude: [] },
}
const study: StudyDocument = {
  schema: 'study/3',
  title: 'HbA1c and cardiovascular events',
  cohort: {
    schema: 'cohort/1',
    title: 'Whoever had an HbA1c',
    codeSets: {},
    entry: { event: { kind: 'result', test: 'hba1c' }, priorDays: 0, which: 'first' },
    steps: [{ use: 'include', rule: { kind: 'age', atLeast: 40 } }],
  },
  cleaning: null,
  intervals: {
    schema: 'intervals/1',
    codeSets,
    followUp: {
      startAfterDays: 0,
      event: { kind: 'diagnosis', codes: 'cvd' },
      earlierEvents: 'leave-out',
      left: { withoutVisitDays: 730, countedDays: 365 },
      atMostDays: null,
      until: null,
      atLeastDays: 1,
    },
    covariates: [
      { kind: 'result', name: 'hba1c', test: 'hba1c', oldestDays: 730, delayDays: 0 },
      { kind: 'age', name: 'age' },
      { kind: 'sex', name: 'sex' },
      { kind: 'since', name: 'statin', event: { kind: 'prescription', codes: 'statin' }, delayDays: 0 },
    ],
    clock: 'index',
    cuts: [],
    rows: { kind: 'changes' },
  },
  models: [
    {
      title: 'Adjusted',
      family: 'cox',
      covariates: ['hba1c', 'age', 'sex'],
      factors: ['sex'],
      splines: [],
      interactions: [],
      strata: [],
      isClusteredByPerson: true,
      ties: 'efron',
      confidencePercent: 95,
      curvesOf: null,
    },
    {
      title: 'Curves',
      family: 'km',
      covariates: ['sex'],
      factors: [],
      splines: [],
      interactions: [],
      strata: [],
      isClusteredByPerson: false,
      ties: 'efron',
      confidencePercent: 95,
      curvesOf: null,
    },
    {
      title: 'Incidence beside death',
      family: 'aj',
      covariates: ['sex'],
      factors: [],
      splines: [],
      interactions: [],
      strata: [],
      isClusteredByPerson: false,
      ties: 'efron',
      confidencePercent: 95,
      curvesOf: null,
    },
  ],
  baselineBy: null,
  snapshot: null,
  seed: '1',
  engine: null,
}
const control = { hooks: {}, isCancelled: () => false }
const HOSPITALS = ['H1', 'H2', 'H3', 'H4', 'H5']

let facts: Facts[]
let warehouse: Warehouse
/** Amendments of every twentieth visit, in blocks behind all others. */
function amendments(): { facts: Facts[]; replaced: { block: number; by: number }[] } {
  const originals = facts.filter((_, block) => block % 20 === 0)
  const changed = originals.map(({ visit, ...rest }, i): Facts => {
    const block = facts.length + i
    const at = <Row extends { block: number | null }>(rows: readonly Row[]) =>
      rows.map((row) => ({ ...row, block }))
    return {
      visit: visit.map((row) => ({ ...row, block, op: 1, supersedes: row.block })),
      observation: at(rest.observation).map((row) => ({
        ...row,
        canonical: row.canonical === null ? null : row.canonical + 1,
      })),
      diagnosis: at(rest.diagnosis),
      procedure: at(rest.procedure),
      prescription: at(rest.prescription),
      claim: at(rest.claim),
    }
  })
  return {
    facts: changed,
    replaced: originals.map(({ visit }, i) => ({ block: visit[0]!.block!, by: facts.length + i })),
  }
}

async function loaded(cuts: readonly number[], isAmended: boolean): Promise<Warehouse> {
  const made = await openWarehouse({ threads: 1, memoryMb: 256 })
  const later = amendments()
  const all = isAmended ? [...facts, ...later.facts] : facts
  const bounds = [0, ...cuts, all.length]
  // The last run first: DuckDB's own numbers of persons are others in each warehouse.
  for (let i = bounds.length - 1; i > 0; i--)
    await made.load(runOf(bounds[i - 1]!, bounds[i]! - 1, all.slice(bounds[i - 1], bounds[i])))
  if (isAmended) await made.replace(later.replaced)
  return made
}

beforeAll(async () => {
  facts = syntheticFacts(150, 'run-study')
  warehouse = await loaded([100], false)
}, 120_000)
afterAll(() => warehouse.close())

const at = (upTo: number): PinnedStudy => ({
  ...study,
  snapshot: { chain: '00'.repeat(32), upTo, height: 0, hospitals: HOSPITALS },
  engine: STUDY_ENGINE,
})
const unlinked = (of: PinnedStudy) => ({ study: of, hash: 'x', samePerson: [] })
const run = async (on: Warehouse, study: PinnedStudy, samePerson: SamePerson = []) => {
  const hash = createHash('sha256').update(canonicalStudy(study)).digest('hex')
  const ran = await runStudy(on, { study, hash, samePerson }, control)
  return ran
}

describe('a study', () => {
  it('gives the same bytes twice, and from facts that were loaded otherwise', async () => {
    const last = facts.length - 1
    const { text } = await run(warehouse, at(last))
    expect((await run(warehouse, at(last))).text).toBe(text)
    const other = await loaded([7, 300, 301], false)
    expect((await run(other, at(last))).text).toBe(text)
    await other.close()
    const result = JSON.parse(text) as {
      cohort: { steps: number[] }
      intervals: { attrition: { step: string; persons: number }[]; ends: { event: number } }
      models: {
        before: { events: number; parameters: number }
        result: { names?: string[]; curves?: { stratum: string; state?: number; estimate: number[] }[] }
      }[]
    }
    expect(result.intervals.attrition[0]).toMatchObject({ step: 'cohort', persons: result.cohort.steps[0] })
    expect(result.intervals.ends.event).toBeGreaterThan(5)
    expect(result.models[0]).toMatchObject({
      before: { parameters: 3 },
      result: { names: ['hba1c', 'age', 'sexmale'], events: result.models[0]!.before.events },
    })
    // Where death competes, fewer have the event than Kaplan-Meier says, in each group; and some die first.
    const ends = (m: number, state?: number) =>
      result.models[m]!.result.curves!.filter((curve) => curve.state === state).map(({ estimate }) =>
        estimate.at(-1)!,
      )
    expect(ends(1)).toHaveLength(2)
    for (const [group, left] of ends(1).entries())
      expect(ends(2, 1)[group]!).toBeLessThanOrEqual(1 - left + 1e-12)
    expect(Math.max(...ends(2, 2))).toBeGreaterThan(0)
  })

  it('R17: is the same at its old state after an amendment, and another at the new one, which says what changed', async () => {
    const last = facts.length - 1
    const before = await run(warehouse, at(last))
    const later = await loaded([500], true)
    const changedCount = amendments().facts.length
    expect((await run(later, at(last))).text).toBe(before.text)
    const now = await run(later, at(last + changedCount))
    expect(now.text).not.toBe(before.text)
    const finished = amendments().facts.filter(({ visit }) => visit[0]!.status === 2).length
    expect(await changesSince(later, { snapshot: at(last).snapshot, samePerson: [] }, now.snapshot)).toEqual({
      amended: finished,
      retracted: 0,
      withdrawn: 0,
      added: 0,
    })
    // Behind an older state the newest visits are added, also those that were amended since.
    const added = facts.slice(-10).filter(({ visit }) => visit[0]!.status === 2).length
    expect(
      await changesSince(later, { snapshot: at(last - 10).snapshot, samePerson: [] }, now.snapshot),
    ).toMatchObject({
      retracted: 0,
      withdrawn: 0,
      added,
    })
    expect(added).toBeGreaterThan(0)
    await later.close()
  })

  it('is weighed and answered before the first visit and after one, by groups or not, and begins with the table that is there', async () => {
    for (const upTo of [-1, 0]) {
      const asked: PinnedStudy = { ...at(upTo), baselineBy: 'sex' }
      const memory = { last: null }
      const weighed = await weighStudy(warehouse, unlinked(asked), { ...control, memory })
      expect(JSON.parse(weighed.text), `${upTo}`).toMatchObject({
        schema: 'study-weighed/1',
        snapshot: { visits: upTo + 1 },
        baseline: { groups: [{ kind: 'all', persons: 0, events: 0 }] },
        models: [{ before: { persons: 0, events: 0 } }, {}, {}],
      })
      const table = memory.last
      expect(table).not.toBeNull()
      const { text } = await runStudy(warehouse, unlinked(asked), { ...control, memory }).then((ran) => {
        return ran
      })
      expect(memory.last).toBe(table)
      const { models } = JSON.parse(text) as { models: { result: { noAnswer?: { code: string } } }[] }
      expect(models[0]!.result.noAnswer?.code).toMatch(/^no-/)
      expect((await run(warehouse, asked)).text).toContain('"noAnswer"')
    }
  })

  it('fits a pooled model to pieces of equal length', async () => {
    const pooled: PinnedStudy = {
      ...at(facts.length - 1),
      intervals: { ...study.intervals, rows: { kind: 'every', days: 180 } },
      models: [
        { ...study.models[0]!, family: 'logistic', covariates: ['period', 'hba1c', 'age'], factors: [] },
      ],
    }
    expect(problemsOfStudy(pooled)).toEqual([])
    const { text } = await run(warehouse, pooled)
    const { models, intervals } = JSON.parse(text) as {
      intervals: { rows: number }
      models: [
        {
          before: { rows: number; events: number; findings: { kind: string; rows: number }[] }
          result: { names: string[]; n: number }
        },
      ]
    }
    expect(models[0].result).toMatchObject({
      names: ['(Intercept)', 'period', 'hba1c', 'age'],
      n: models[0].before.rows,
    })
    expect(models[0].before.events).toBeGreaterThan(5)
    const left = (kind: string) => models[0].before.findings.find((each) => each.kind === kind)?.rows ?? 0
    expect(left('pieces-cut-short')).toBeGreaterThan(0)
    expect(left('pieces-cut-short') + left('rows-without-values') + models[0].before.rows).toBe(
      intervals.rows,
    )
  })

  it('reads what its cleaning leaves, says what each step did, and holds no row of a person', async () => {
    const steps = CLEANING_STEPS.map((name) => usualStep(name))
    const cleaned = {
      ...at(facts.length - 1),
      cleaning: { schema: 'cleaning/1' as const, title: 'Usual', steps },
    }
    const { text } = await run(warehouse, cleaned)
    expect((await run(warehouse, cleaned)).text).toBe(text)
    const result = JSON.parse(text) as {
      cohort: { steps: number[] }
      cleaning: { start: { persons: number }; steps: { step: { step: string }; rowsChanged: number }[] }
    }
    expect(result.cleaning.start.persons).toBe(result.cohort.steps[0])
    const units = result.cleaning.steps.find(({ step }) => step.step === 'harmonise-units')
    expect(units!.rowsChanged).toBeGreaterThan(0)
    expect(text).not.toContain(facts[0]!.visit[0]!.patient!)
    expect(text).not.toBe((await run(warehouse, at(facts.length - 1))).text)
  })

  it('counts those of whom the cleaning left no entry event, also where not all rows are held at one time', async () => {
    const cleaned: PinnedStudy = {
      ...at(facts.length - 1),
      cleaning: {
        schema: 'cleaning/1',
        title: 'No results',
        steps: [{ ...usualStep('select-version'), resultStatuses: ['registered'] }],
      },
    }
    const { text } = await run(warehouse, cleaned)
    const { cohort, warnings } = JSON.parse(text) as {
      cohort: { steps: number[] }
      warnings: { kind: string }[]
    }
    expect(cohort.steps[0]).toBeGreaterThan(0)
    expect(warnings.at(-1)).toEqual({ kind: 'entry-gone', persons: cohort.steps[0] })
    const limits = { heldRowsMost: 100, passPersons: 7 }
    const whole = await runStudy(warehouse, unlinked(cleaned), control)
    expect(await runStudy(warehouse, unlinked(cleaned), { ...control, ...limits })).toEqual(whole)
  })

  it('R18: ends between two steps of its cleaning when it is cancelled', async () => {
    const steps = CLEANING_STEPS.map((name) => usualStep(name))
    const cleaned = {
      ...at(facts.length - 1),
      cleaning: { schema: 'cleaning/1' as const, title: 'X', steps },
    }
    // Asked once before the only batch, then before each step.
    let asked = 0
    const cancelling = { hooks: {}, isCancelled: () => ++asked > 3 }
    await expect(runStudy(warehouse, unlinked(cleaned), cancelling)).rejects.toMatchObject({
      detail: { code: 'cancelled' },
    })
    expect(asked).toBe(4)
  })

  it('begins with the earliest index day of entries that are one person', () => {
    const [first, second] = [personWith([{}], 0), personWith([{}], 1, 1)]
    const joined = { ...first, patients: [...first.patients, ...second.patients] }
    const members = [
      { index: 300, facts: first },
      { index: 200, facts: second },
    ]
    expect(indexedPeople(members, [joined])).toEqual([{ index: 200, facts: joined }])
    expect(indexedPeople(members, [first, second]).map(({ index }) => index)).toEqual([300, 200])
  })

  it('draws no curve for each value of a number, nor more curves than groups can be', async () => {
    const [, curves] = study.models
    const withCurves = (covariates: string[], factors: string[] = []): PinnedStudy => ({
      ...at(facts.length - 1),
      models: [{ ...curves!, covariates, factors }],
    })
    expect(problemsOfStudy(withCurves(['age']))).toEqual([
      { kind: 'number-as-groups', model: 0, name: 'age' },
    ])
    expect(problemsOfStudy(withCurves(['sex', 'statin']))).toEqual([])
    expect(problemsOfStudy(withCurves(['age'], ['age']))).toEqual([])
    const { models } = JSON.parse((await run(warehouse, withCurves(['age'], ['age']))).text) as {
      models: { result: unknown }[]
    }
    expect(models[0]!.result).toEqual({
      noAnswer: { code: 'not-supported', what: 'more than 50 groups of curves' },
    })
  })

  it('has a name that its titles do not change and its models do', () => {
    expect(studyDocument.parse(study)).toEqual(study)
    const titled = { ...study, title: 'X', models: study.models.map((model) => ({ ...model, title: 'Y' })) }
    expect(canonicalStudy(titled)).toBe(canonicalStudy(study))
    // One meaning has one name, however it is written.
    const waitingFor = (event: StudyDocument['intervals']['followUp']['event']): string => {
      const { intervals } = study
      return canonicalStudy({
        ...study,
        intervals: { ...intervals, followUp: { ...intervals.followUp, event } },
      })
    }
    const cvd = { kind: 'diagnosis' as const, codes: 'cvd' }
    expect(waitingFor({ ...cvd, isPrincipal: false })).toBe(waitingFor(cvd))
    expect(waitingFor({ ...cvd, classes: ['IMP', 'EMER'] })).toBe(
      waitingFor({ ...cvd, classes: ['EMER', 'IMP'] }),
    )
    const hba1c = (atLeast: string) => waitingFor({ kind: 'result', test: 'hba1c', value: { atLeast } })
    expect(hba1c('7.0')).toBe(hba1c('7'))
    expect(hba1c('70')).not.toBe(hba1c('7'))
    expect(hba1c('1.0e10')).not.toBe(hba1c('1.0e1'))
    expect(canonicalStudy({ ...study, seed: '2' })).not.toBe(canonicalStudy(study))
    expect(canonicalStudy({ ...study, models: study.models.slice(0, 1) })).not.toBe(canonicalStudy(study))
  })

  it('is refused with what it lacks, and says what may mislead', () => {
    const [model] = study.models
    const wrong: StudyDocument = {
      ...study,
      cleaning: {
        schema: 'cleaning/1',
        title: 'X',
        steps: [{ ...usualStep('carry-forward'), maxGapDays: { no: 9 } }],
      },
      models: [
        { ...model!, covariates: ['hba1c', 'sex', 'weight'], factors: [] },
        { ...model!, family: 'logistic', covariates: [], factors: ['sex'] },
      ],
    }
    expect(problemsOfStudy(study)).toEqual([])
    expect(problemsOfStudy(wrong)).toEqual([
      { kind: 'cleaning', problem: { kind: 'unknown-test', step: 0, test: 'no' } },
      { kind: 'no-such-column', model: 0, name: 'weight' },
      { kind: 'label-as-number', model: 0, name: 'sex' },
      { kind: 'factor-not-used', model: 1, name: 'sex' },
      { kind: 'nothing-to-estimate', model: 1 },
      { kind: 'rows-of-unequal-length', model: 1 },
    ])
    // Strata would be ignored, and a cut inside a piece makes two shorter trials of it.
    const pooled = (cuts: number[], clock: 'index' | 'age', strata: string[]): StudyDocument => ({
      ...study,
      intervals: { ...study.intervals, rows: { kind: 'every', days: 180 }, cuts, clock },
      models: [{ ...model!, family: 'cloglog', strata }],
    })
    expect(problemsOfStudy(pooled([360], 'index', []))).toEqual([])
    expect(problemsOfStudy(pooled([360], 'index', ['sex']))).toEqual([
      { kind: 'strata-not-possible', model: 0 },
    ])
    for (const [cut, clock] of [
      [365, 'index'],
      [360, 'age'],
    ] as const)
      expect(problemsOfStudy(pooled([cut], clock, []))).toEqual([
        { kind: 'rows-of-unequal-length', model: 0 },
      ])
    const { followUp, covariates } = study.intervals
    const misleading: StudyDocument = {
      ...study,
      cohort: {
        ...study.cohort,
        steps: [{ use: 'include', rule: { kind: 'observed', beforeDays: 0, afterDays: 1 } }],
      },
      intervals: {
        ...study.intervals,
        followUp: { ...followUp, left: null, atLeastDays: 30 },
        covariates: [...covariates, { kind: 'times', name: 'events', event: followUp.event, delayDays: 0 }],
      },
    }
    expect(warningsOfStudy(study)).toEqual([{ kind: 'not-cleaned' }, { kind: 'no-washout', name: 'statin' }])
    // Only a washout of the medicine itself, whatever its code set is called, keeps its users out.
    const washing = (event: StudyDocument['intervals']['followUp']['event']): StudyDocument => ({
      ...study,
      cohort: {
        ...study.cohort,
        codeSets: { ...codeSets, own: { ...codeSets['statin']!, name: 'Mine' } },
        entry: { ...study.cohort.entry, washout: { event, days: 365 } },
      },
    })
    expect(warningsOfStudy(washing({ kind: 'prescription', codes: 'own' }))).toEqual([
      { kind: 'not-cleaned' },
    ])
    expect(warningsOfStudy(washing({ kind: 'diagnosis', codes: 'cvd' }))).toEqual([
      { kind: 'not-cleaned' },
      { kind: 'no-washout', name: 'statin' },
    ])
    expect(warningsOfStudy(misleading)).toEqual([
      { kind: 'immortal-time', step: 0 },
      { kind: 'not-cleaned' },
      { kind: 'chosen-by-follow-up', days: 30 },
      { kind: 'no-washout', name: 'statin' },
      { kind: 'covariate-is-event', name: 'events' },
      { kind: 'nobody-leaves' },
    ])
  })
})
