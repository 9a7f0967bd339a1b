/**
 * A12: an exact Kaplan-Meier curve falls at each event by a share that says how many were at risk: event times and risk sets can be read off
 * it (Liu, Rich, Hanley 2014; Guyot 2012). Ours has steps that stand for many.
 */
import type { Patient } from '../src/main/privacy/request/tabulate.ts'
import { createDice, type Dice } from '../sim/random.ts'
import type { Attack, Control } from './attack.ts'
import { NAIVE_SMALLEST } from './naive.ts'
import { COLLUDING, openSession, partsOf, request } from './ours.ts'
import { cohortOf, releasedByRule, rulesWithout } from './ours-by-rule.ts'

const PATIENTS = 1_200
const GRID = Array.from({ length: 18 }, (_, i) => 30 * (i + 1))

type Person = { readonly day: number; readonly hasEvent: boolean }

/** The share of those with the event who are in a step with fewer than eleven. */
export const eventTimes: Attack = {
  name: 'A12',
  title: 'event times from a survival curve',
  stoppedBy: ['threshold'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 100 : 15
    const shares = Array.from({ length: trialCount }, (_, trial) => {
      const people = population(createDice(1_200 + trial))
      if (gate === 'naive')
        return alone(people, [...new Set(people.filter((each) => each.hasEvent).map(({ day }) => day + 1))])
      return Math.max(
        alone(people, stepsByRule(people, trial, without)),
        alone(people, noisySteps(people, trial, without)),
      )
    })
    // In the automatic lane noise may lift a step of fewer over the threshold, once in twenty.
    return { advantage: shares.reduce((sum, share) => sum + share, 0) / trialCount, bound: 0.05 }
  },
}

function population(dice: Dice): readonly Person[] {
  return Array.from({ length: PATIENTS }, () => {
    const time = -2_500 * Math.log((dice.below(2 ** 30) + 1) / 2 ** 30)
    const left = dice.below(900)
    return { day: Math.floor(Math.min(time, left)), hasEvent: time < left }
  })
}

/** Steps are known by the days on which they end; the events in each are the truth. */
function alone(people: readonly Person[], ends: readonly number[]): number {
  const events = people.filter(({ hasEvent }) => hasEvent)
  let from = 0
  let count = 0
  for (const until of [...ends].sort((a, b) => a - b)) {
    const inStep = events.filter(({ day }) => day >= from && day < until).length
    if (inStep < NAIVE_SMALLEST) count += inStep
    from = until
  }
  return count / events.length
}

function stepsByRule(people: readonly Person[], trial: number, without: Control | null): readonly number[] {
  let survival = 1
  const curve = GRID.map((day) => {
    const events = people.filter((each) => each.hasEvent && each.day >= day - 30 && each.day < day).length
    const atRisk = people.filter((each) => each.day >= day - 30).length
    if (atRisk > 0) survival *= 1 - events / atRisk
    return { day, events, atRisk, survival }
  })
  const cohort = cohortOf(
    `trial ${trial}`,
    Array.from({ length: PATIENTS }, (_, i) => i),
  )
  const rounded = releasedByRule({ kind: 'curve', curve }, cohort, rulesWithout(without))
  return rounded?.kind === 'curve' ? rounded.steps.map(({ untilDay }) => untilDay) : []
}

function noisySteps(people: readonly Person[], trial: number, without: Control | null): readonly number[] {
  const patients = people.map(({ day, hasEvent }): Patient => [
    { 'follow-up-days': day, 'follow-up-event': hasEvent ? 'yes' : 'no' },
  ])
  const asked = request({ kind: 'kaplan-meier', timeEdges: GRID, by: null }, 20_000, 'curve')
  const [kind, curves] = partsOf(openSession(without, trial).ask(COLLUDING[0]!, asked, () => patients)) ?? []
  if (kind !== 'curves') return []
  const [[, steps]] = curves as readonly [readonly [null, readonly (readonly [number])[]]]
  return steps.map(([untilDay]) => untilDay)
}
