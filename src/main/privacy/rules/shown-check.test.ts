import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkModel } from './models.ts'
import { roundCount } from './rounding.ts'
import { atLeast, atMost, eachOnce, must, type RuleCheck } from './rule-check.ts'
import { RULE_DEFAULTS } from './rule-policy.ts'
import { shownChecks } from './shown-check.ts'
import { checkDominance } from './tables.ts'

const shown = (...checks: readonly RuleCheck[]) => {
  const { value, isAbout, verdict } = shownChecks(checks, RULE_DEFAULTS).at(-1)!
  return [value, isAbout, verdict]
}
const least = (what: string, value: number, limit: number) => atLeast(RULE_DEFAULTS, 'R5', what, value, limit)

/** What a model of so many says of itself. */
function checksOf(
  patients: number,
  events: number,
  parameters: number,
  level = { patients: 40, events: 20 },
) {
  const facts = {
    patients,
    events,
    parameters,
    residualFreedom: patients - parameters,
    levels: [level],
    mostLevels: 2,
    condition: 12,
    // As of an intercept alone.
    leverage: parameters / patients,
    carriers: [{ patients: 100, events: 20, withoutEvent: 80 }],
    fittedBy: 100,
    hasConverged: true,
    hasInfinite: false,
    columns: [],
    relatedModels: 0,
  }
  return checkModel(facts, RULE_DEFAULTS)
}

/** And to a checker. */
const shownOf = (...model: Parameters<typeof checksOf>) => shownChecks(checksOf(...model), RULE_DEFAULTS)

/** What a study of several models says to a checker, as the gateway keeps it. */
const shownOfAll = (models: readonly Parameters<typeof checksOf>[]) =>
  shownChecks(eachOnce(models.map((model) => checksOf(...model))), RULE_DEFAULTS)

describe('a comparison that a checker is shown', () => {
  it('has patients and events no finer than what would leave', () => {
    expect(shown(least('patients', 1456, 100))).toEqual([1455, true, 'met'])
    expect(shown(least('events', 243, 20))).toEqual([245, true, 'met'])
    expect(shown(atLeast(RULE_DEFAULTS, 'R1', 'largest-cell', 764, 11))).toEqual([765, true, 'met'])
  })

  it('makes what follows from a count of the number that is shown of it', () => {
    const said = Object.fromEntries(shownOf(1362, 52, 1).map(({ what, value }) => [what, value]))
    expect(said).toMatchObject({
      patients: 1360,
      events: 50,
      'events-per-parameter': 50,
      'patients-per-parameter': 1360,
      'residual-freedom': 1359,
    })
    // As an earlier version kept it, without its total.
    expect(shown(least('events-per-parameter', 52, 10))).toEqual([null, false, 'met'])
  })

  it('says the same of all models whose patients and events leave as the same numbers', () => {
    const around = (least: number, most: number) => fc.integer({ min: least, max: most })
    fc.assert(
      fc.property(
        around(130, 400),
        around(30, 90),
        fc.integer({ min: 1, max: 3 }),
        (n, events, parameters) => {
          const [one, other] = [n, events].map((count) => roundCount(count, RULE_DEFAULTS.roundTo)) as [
            number,
            number,
          ]
          expect(shownOf(n, events, parameters)).toEqual(shownOf(one, other, parameters))
        },
      ),
    )
  })

  it('makes what follows from a model’s count of that model’s, also where another one stands between two of the same people', () => {
    const shown = shownOfAll([
      [1003, 203, 2],
      [902, 181, 3],
      [1003, 203, 1],
    ])
    const said = (what: string) => shown.flatMap((each) => (each.what === what ? [each.value] : []))
    expect(said('events-per-parameter')).toEqual([102.5, 60, 205])
    expect(said('patients-per-parameter')).toEqual([502.5, 300, 1005])
    expect(said('residual-freedom')).toEqual([1003, 897, 1004])
    // With under half of the events the number of parameters was taken for none.
    const few = shownOfAll([
      [1003, 203, 1],
      [902, 81, 2],
      [1003, 203, 1],
    ])
    for (const { value } of few) expect(value === null || Number.isFinite(value)).toBe(true)
  })

  it('says the same of all studies whose models’ patients and events leave as the same numbers', () => {
    // Of three cohorts at most, so that models of the same people come again with others between.
    const counts = fc.tuple(fc.integer({ min: 300, max: 600 }), fc.integer({ min: 60, max: 140 }))
    fc.assert(
      fc.property(
        fc.array(counts, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 4 })), {
          minLength: 1,
          maxLength: 6,
        }),
        (cohorts, models) => {
          const ofModels = (rounded: (count: number) => number) =>
            models.map(([i, parameters]): [number, number, number] => {
              const [n, events] = cohorts[i % cohorts.length]!
              return [rounded(n), rounded(events), parameters]
            })
          // In the same order, too, and as many: a row that stands twice would tell of two exact numbers.
          expect(shownOfAll(ofModels((count) => count))).toEqual(
            shownOfAll(ofModels((count) => roundCount(count, RULE_DEFAULTS.roundTo))),
          )
        },
      ),
    )
  })

  it('says nothing twice: of models that differ by one to four people nobody sees that they do', () => {
    const two = shownOfAll([
      [1003, 203, 2],
      [1004, 204, 2],
    ])
    expect(two).toEqual(shownOfAll([[1003, 203, 2]]))
  })

  it('says no number of what is left of two others, and not how near that is', () => {
    const [one, other] = [
      { patients: 40, events: 20 },
      { patients: 41, events: 19 },
    ].map((level) => shownOf(362, 52, 1, level))
    expect(one).toEqual(other)
    expect(one!.find(({ what }) => what === 'level-without-event')).toMatchObject({
      value: null,
      verdict: 'met',
    })
    expect(shown(least('level-without-event', 4, 5))).toEqual([null, false, 'broken'])
  })

  it('says near of the number that is shown', () => {
    // At a limit of 5 only 5 is near: of 6 or 7 the same must be said.
    for (const count of [5, 6, 7]) expect(shown(least('level-events', count, 5))).toEqual([5, true, 'near'])
  })

  it('has a share no finer than five of its patients', () => {
    const share = (cohort: number, value: number) =>
      shown(
        atLeast(RULE_DEFAULTS, 'R4', 'cohort', cohort, 100),
        atMost(RULE_DEFAULTS, 'R4', 'share-of-patients', value, 0.85),
      )
    expect(share(1455, 0.51236)).toEqual([0.51, true, 'met'])
    expect(share(102, 0.51236)).toEqual([0.5, true, 'met'])
  })

  it('has the same step of a share for all totals that are shown alike', () => {
    const share = (what: string, rule: 'R4' | 'R5', total: string) => (count: number) =>
      shown(atLeast(RULE_DEFAULTS, rule, total, count, 20), atMost(RULE_DEFAULTS, 'R4', what, 0.51236, 0.85))
    for (const of of [share('share-of-patients', 'R4', 'cohort'), share('share-of-events', 'R5', 'events')])
      for (const [most, said] of [
        [502, 0.51],
        [252, 0.52],
        [102, 0.5],
      ] as const)
        for (let count = most - 4; count <= most; count++) expect(of(count)).toEqual([said, true, 'met'])
  })

  it('says the same of equal parts of a sum, however many they are', () => {
    const of = (patients: number) =>
      shownChecks(checkDominance(new Array<number>(patients).fill(3), RULE_DEFAULTS), RULE_DEFAULTS)
    for (const patients of [53, 54, 57]) expect(of(patients)).toEqual(of(55))
  })

  it('stays on its side of the limit', () => {
    expect(shown(least('level-patients', 12, 11))).toEqual([11, true, 'near'])
    expect(shown(atMost(RULE_DEFAULTS, 'R5', 'leverage', 0.2999, 0.3))).toEqual([0.3, true, 'near'])
    expect(shown(atMost(RULE_DEFAULTS, 'R4', 'share-of-patients', 0.8499, 0.85))).toEqual([0.8, true, 'near'])
  })

  it('leaves alone what speaks of nobody', () => {
    expect(shown(atLeast(RULE_DEFAULTS, 'R4', 'hospitals', 4, 3))).toEqual([4, false, 'met'])
    expect(shown(atMost(RULE_DEFAULTS, 'R5', 'levels', 7, 40))).toEqual([7, false, 'met'])
    expect(shown(must('R12', 'purpose', true))).toEqual([1, false, 'met'])
  })
})
