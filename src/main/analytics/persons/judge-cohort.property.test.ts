/** Who is in, judged on facts of persons, is who the count by hand finds; and no candidate is missed whom the steps bring in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { presetSteps, type CleaningStep } from '../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import { clean } from '../cleaning/clean.ts'
import { cleanedFacts } from '../cleaning/cleaned.ts'
import { cohortByHand } from '../cohort/by-hand.test-kit.ts'
import { randomCohort } from '../cohort/random-cohorts.test-kit.ts'
import {
  someDeathsByDischarge,
  someDeathsByYear,
  someUnitsWrong,
  syntheticFacts,
} from '../facts/facts.test-kit.ts'
import { candidatesOf } from './cohort-candidates.ts'
import { judgeCohort } from './judge-cohort.ts'
import { personsOf } from './persons.test-kit.ts'

const facts = someUnitsWrong(someDeathsByYear(someDeathsByDischarge(syntheticFacts(120, 'judge-cohort'))))
const finished = facts.filter(({ visit }) => visit[0]!.status === 2)
const persons = personsOf(facts)
const runs = { numRuns: Number(process.env['COHORT_RUNS'] ?? 120) }

/** Steps that look at one person at a time: whoever else is cleaned changes nothing of them. */
const alone = presetSteps('careful').filter(({ step }) =>
  ['select-version', 'normalise-text', 'harmonise-units', 'range-rule', 'date-rules'].includes(step),
) as CleaningStep[]

const membersIn = (definition: CohortDefinition, of: typeof persons) =>
  judgeCohort(definition, of).members.map(({ facts: { patients }, index }) => [patients[0]!, index] as const)

describe('a cohort that is judged on facts', () => {
  it('is the one that is counted by hand, whatever is asked', () => {
    let memberCount = 0
    fc.assert(
      fc.property(randomCohort, (asked) => {
        const byHand = cohortByHand(asked, finished)
        const { withEvent, withPriorDays, afterWashout, steps, members } = judgeCohort(asked, persons)
        expect([withEvent, withPriorDays, afterWashout, ...steps]).toEqual(byHand.attrition)
        expect(new Map(members.map(({ facts: of, index }) => [of.patients[0]!, index]))).toEqual(
          byHand.members,
        )
        memberCount += members.length
      }),
      runs,
    )
    expect(memberCount).toBeGreaterThan(100)
  })

  it('has nobody after the steps who was no candidate before them', () => {
    const cleaned = cleanedFacts(clean(persons, { steps: alone }).persons)
    const gainedOf = (asked: CohortDefinition): number => {
      const candidates = new Set(
        membersIn(candidatesOf(asked, { steps: alone }), persons).map(([patient]) => patient),
      )
      const before = new Set(membersIn(asked, persons).map(([patient]) => patient))
      const after = membersIn(asked, cleaned)
      for (const [patient] of after) expect(candidates).toContain(patient)
      const ofCandidates = persons.filter(({ patients }) => candidates.has(patients[0]!))
      const again = cleanedFacts(clean(ofCandidates, { steps: alone }).persons)
      expect(membersIn(asked, again)).toEqual(after)
      return after.filter(([patient]) => !before.has(patient)).length
    }
    fc.assert(
      fc.property(randomCohort, (asked) => void gainedOf(asked)),
      runs,
    )
    // Steps that bring nobody in would prove nothing.
    const neverHigh: CohortDefinition = {
      schema: 'cohort/1',
      title: 'Never above 20 %',
      codeSets: {},
      entry: {
        event: { kind: 'result', test: 'hba1c', value: { atMost: '7' } },
        priorDays: 0,
        which: 'first',
      },
      steps: [
        {
          use: 'exclude',
          rule: {
            kind: 'occurs',
            event: { kind: 'result', test: 'hba1c', value: { above: '20' } },
            window: { from: null, to: null },
            atLeast: 1,
          },
        },
      ],
    }
    expect(gainedOf(neverHigh)).toBeGreaterThan(0)
  })

  it('takes a letter O in a code for the zero that the steps make of it, and only where they do', () => {
    const cohort: CohortDefinition = {
      schema: 'cohort/1',
      title: 'Hypertension',
      codeSets: { ht: { kind: 'diagnosis', name: 'HT', include: ['I10', 'E10*'], exclude: ['E101'] } },
      entry: {
        event: { kind: 'diagnosis', codes: 'ht', isPrincipal: true, classes: ['IMP'] },
        priorDays: 30,
        which: 'first',
      },
      steps: [{ use: 'include', rule: { kind: 'age', atLeast: 40 } }],
    }
    const wider = candidatesOf(cohort, { steps: alone })
    expect(wider.entry).toEqual({
      event: { kind: 'diagnosis', codes: 'ht' },
      priorDays: 0,
      which: 'first',
    })
    expect(wider.steps).toEqual([])
    expect(wider.codeSets['ht']).toMatchObject({ include: ['I10', 'I1O', 'E10*', 'E1O*'], exclude: [] })
    expect(candidatesOf(cohort, { steps: [] }).codeSets['ht']!.include).toEqual(['I10', 'E10*'])
  })
})
