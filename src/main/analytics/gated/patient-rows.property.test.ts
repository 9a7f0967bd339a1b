/** Random questions about synthetic patients of several hospitals: the rows from the warehouse and those made by hand are the same. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { CohortDefinition, EventFilter } from '../../../shared/domain/cohort.ts'
import { usualStep, type CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { DICTIONARY_NAMES, needsFollowUp, variableOf } from '../../privacy/request/dictionary.ts'
import type { Axis } from '../../privacy/request/axis.ts'
import type { Output } from '../../privacy/request/outputs.ts'
import { axesOf, sumsOf } from '../../privacy/request/release-request.ts'
import { clean } from '../cleaning/clean.ts'
import { cleanedFacts } from '../cleaning/cleaned.ts'
import { cohortByHand } from '../cohort/by-hand.test-kit.ts'
import { runOf } from '../facts/fact-columns.ts'
import { factCode, type Facts } from '../facts/fact-tables.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { patientsOf } from '../study/answer-gated.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { stepsThatCompare } from './alone.ts'
import { rowsByHand } from './by-hand.test-kit.ts'
import { untilMet } from '../../../shared/std/until-met.test-kit.ts'

const codeSets: CohortDefinition['codeSets'] = {
  dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*', 'E10*'], exclude: [] },
}
const cohorts: fc.Arbitrary<CohortDefinition> = fc
  .record({
    event: fc.constantFrom<EventFilter[]>(
      { kind: 'visit' },
      { kind: 'visit', classes: ['IMP'] },
      { kind: 'diagnosis', codes: 'dm' },
      { kind: 'result', test: 'hba1c' },
      { kind: 'coded-result', test: 'smoking', anyOf: ['77176002'] },
      { kind: 'result', test: 'egfrCreat', value: { below: '75' } },
    ),
    priorDays: fc.constantFrom(0, 100),
  })
  .map(({ event, priorDays }) => ({
    schema: 'cohort/1' as const,
    title: 'Some',
    codeSets,
    entry: { event, priorDays, which: 'first' as const },
    steps: [],
  }))
const followUps: fc.Arbitrary<IntervalDefinition> = fc
  .record({
    event: fc.constantFrom<EventFilter[]>(
      { kind: 'visit' },
      { kind: 'visit', classes: ['EMER'] },
      { kind: 'coded-result', test: 'smoking', anyOf: ['8517006'] },
      { kind: 'result', test: 'egfrCreat', value: { below: '60' } },
    ),
    atMostDays: fc.constantFrom(null, 90, 700),
    until: fc.constantFrom(null, '2018-06-30'),
    atLeastDays: fc.constantFrom(1, 10),
  })
  .map((rule) => ({
    schema: 'intervals/1' as const,
    codeSets: {},
    followUp: { startAfterDays: 0, earlierEvents: 'keep' as const, left: null, ...rule },
    covariates: [],
    clock: 'index' as const,
    cuts: [],
    rows: { kind: 'changes' as const },
  }))
const axis = (variable: string): Axis => {
  const entry = variableOf(variable)!
  return {
    variable,
    edges: entry.kind === 'label' ? [] : [entry.step * (Math.floor(entry.least / entry.step) + 1)],
  }
}
const axes = DICTIONARY_NAMES.map(axis)
/** All variables at once: more cells than may be asked, which is not the question here. */
const outputs: fc.Arbitrary<Output> = fc.constantFrom<Output>(
  { kind: 'table', axes, counted: { unit: 'patients' } },
  { kind: 'table', axes, counted: { unit: 'visits', cellsMost: 3, perCellMost: 3 } },
  {
    kind: 'poisson',
    exposure: { variable: 'exposure-days', most: 366 },
    claims: { variable: 'claims', most: 20 },
    factors: axes,
    cellsMost: 4,
  },
  {
    kind: 'gamma',
    claims: { variable: 'claims', most: 20 },
    cost: { variable: 'cost-minor', most: 1_000_000 },
    factors: axes,
    cellsMost: 4,
  },
)

/** A person, a visit, or a stretch under one payer. */
function kindOf(output: Output) {
  if (output.kind !== 'table') return 'stretch'
  return output.counted.unit === 'visits' ? 'visit' : 'person'
}

const opened: Warehouse[] = []
afterAll(async () => {
  for (const each of opened) await each.close()
})

/** Patients with amended visits, links between entries and somebody who allows treatment only. */
function people(seed: number): {
  facts: Facts[]
  links: string[][]
  replaced: { block: number; by: number }[]
} {
  const facts = syntheticFacts(40, `rows ${seed}`)
  const keys = [...new Set(facts.map(({ visit }) => visit[0]!.patient!))]
  const limited = keys[seed % keys.length]!
  for (const { visit } of facts)
    if (visit[0]!.patient === limited) visit[0]!.consent = factCode('consent', 'treatment-only')
  const replaced: { block: number; by: number }[] = []
  const count = facts.length
  for (let i = seed % 7; i < count; i += 11) {
    const block = facts.length
    const again = structuredClone(facts[i]!)
    for (const rows of Object.values(again)) for (const row of rows) row.block = block
    again.visit[0]!.supersedes = i
    again.visit[0]!.payer = (again.visit[0]!.payer! + 1) % 5
    again.visit[0]!.day = again.visit[0]!.day! + 1
    facts.push(again)
    replaced.push({ block: i, by: block })
  }
  const links = [0, 2, 4].map((at) =>
    [keys[(seed + at) % keys.length]!, keys[(seed + at + 1) % keys.length]!].sort(),
  )
  return { facts, links, replaced }
}

/** Facts that count at the state, by person, in the order of their first visit in the chain. */
function countingByPerson(all: readonly Facts[], links: readonly string[][], upTo: number): Facts[][] {
  const personOf = (key: string) => links.find((group) => group.includes(key))?.[0] ?? key
  const late = new Set(
    all.flatMap(({ visit }) =>
      visit[0]!.block! <= upTo && visit[0]!.supersedes !== null ? [visit[0]!.supersedes] : [],
    ),
  )
  const people = new Map<string, Facts[]>()
  for (const each of all) {
    const visit = each.visit[0]!
    const isFinished = visit.status === factCode('visitStatus', 'finished')
    if (visit.block! > upTo || late.has(visit.block!) || !isFinished) continue
    const person = personOf(visit.patient!)
    people.set(person, [...(people.get(person) ?? []), each])
  }
  const newest = (facts: readonly Facts[]) =>
    facts.reduce((a, b) =>
      b.visit[0]!.day! > a.visit[0]!.day! ||
      (b.visit[0]!.day === a.visit[0]!.day && b.visit[0]!.block! > a.visit[0]!.block!)
        ? b
        : a,
    ).visit[0]!
  return [...people.values()].filter(
    (facts) => newest(facts).consent !== factCode('consent', 'treatment-only'),
  )
}

describe('rows of patients', () => {
  it('are what a reader with paper would write down', { timeout: 120_000 }, async () => {
    let compared = 0
    await untilMet(
      () => compared > 50,
      () =>
        fc.assert(
          fc.asyncProperty(
            fc.nat(5),
            cohorts,
            outputs,
            followUps,
            fc.integer({ min: 300, max: 450 }),
            fc.constantFrom(16_900, 17_400, 20_000),
            async (seed, cohort, output, followUp, upTo, snapshotDay) => {
              const { facts, links, replaced } = people(seed)
              const warehouse = await openWarehouse({ threads: 1, memoryMb: 256 })
              opened.push(warehouse)
              await warehouse.load(runOf(0, facts.length - 1, facts))
              await warehouse.replace(replaced)
              const scope = { upTo, hospitals: null, samePerson: links, consentDay: snapshotDay }
              const found = await patientsOf(
                warehouse,
                { cohort, cleaning: null, followUp, scope, snapshotDay, benchmarkFrom: null, output },
                () => false,
              )
              const names = [
                ...new Set([...axesOf(output), ...sumsOf(output)].map(({ variable }) => variable)),
              ]
              const byHand = countingByPerson(facts, links, upTo).flatMap((ofPerson) => {
                const joined = ofPerson.map((each) => ({
                  ...each,
                  visit: [{ ...each.visit[0]!, patient: 'one' }],
                }))
                const index = cohortByHand(cohort, joined).members.get('one')
                return index === undefined
                  ? []
                  : [rowsByHand(joined, index, { kind: kindOf(output), names, followUp, snapshotDay })]
              })
              compared += byHand.flat().length
              expect(found).toEqual(byHand)
            },
          ),
          { numRuns: 12 },
        ),
    )
    expect(compared).toBeGreaterThan(50)
  })

  it('have a value for each variable of the dictionary', () => {
    expect(DICTIONARY_NAMES.filter(needsFollowUp)).toEqual(['follow-up-days', 'follow-up-event'])
  })
})

describe('cleaning of each person alone', () => {
  it('is what cleaning all of them finds, for every step that an automatic answer may use', async () => {
    const steps = (
      [
        'normalise-text',
        'deduplicate',
        'harmonise-units',
        'range-rule',
        'date-rules',
        'carry-forward',
        'missingness',
        'group-codes',
        'select-version',
      ] as const
    ).map((name) => usualStep(name))
    const pipeline: CleaningPipeline = { schema: 'cleaning/1', title: 'Usual', steps }
    expect(stepsThatCompare(pipeline)).toEqual([])
    expect(stepsThatCompare({ steps: [usualStep('outlier'), usualStep('link-persons')] })).toEqual([
      'outlier',
      'link-persons',
    ])
    const { facts } = people(1)
    const warehouse = await openWarehouse({ threads: 1, memoryMb: 256 })
    opened.push(warehouse)
    await warehouse.load(runOf(0, facts.length - 1, facts))
    const snapshot = await warehouse.snapshot({ upTo: facts.length - 1, hospitals: null, samePerson: [] })
    const cohort: CohortDefinition = {
      schema: 'cohort/1',
      title: 'All',
      codeSets: {},
      entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
      steps: [],
    }
    const members = await warehouse.personFacts(snapshot, cohort, { from: 0, to: 1_000 })
    const persons = members.map((member) => member.facts)
    const together = cleanedFacts(clean(persons, pipeline).persons)
    const alone = persons.flatMap((person) => cleanedFacts(clean([person], pipeline).persons))
    expect(alone).toEqual(together)
  })
})
