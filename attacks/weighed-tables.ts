/** What somebody who knows everybody else concludes from all tables of one answer: what the target would add to each, over the noise of each. */
import { varianceOf, type Part } from '../src/main/privacy/request/part.ts'
import { tabulate, type Patient } from '../src/main/privacy/request/tabulate.ts'
import type { Effort, Outcome } from './attack.ts'
import { advantageAt, threeErrors } from './chance.ts'

/** A cell that is not shown, or not there, tells nothing. */
export type Tables = readonly (readonly (number | null)[])[]

/**
 * The ratio of the two likelihoods: the best that anybody can do who knows everything else.
 * @param cellsOf which cells of a table the answer has, in order
 */
export function weigher(
  parts: readonly Part[],
  others: readonly Patient[],
  target: Patient,
  cellsOf: (part: Part, cells: readonly bigint[]) => readonly bigint[] = (_, cells) => cells,
): (tables: Tables) => boolean {
  const known = parts.map((part) => {
    const { numerator, denominator } = varianceOf(part)
    return {
      base: cellsOf(part, tabulate(part, others)).map(Number),
      added: cellsOf(part, tabulate(part, [target])).map(Number),
      variance: Number(numerator) / Number(denominator),
    }
  })
  return (tables) => {
    let score = 0
    for (const [i, { base, added, variance }] of known.entries())
      for (const [cell, more] of added.entries()) {
        const value = tables[i]![cell]
        if (value === null || value === undefined) continue
        score += (more * (value - base[cell]! - more / 2)) / variance
      }
    return score > 0
  }
}

/**
 * Guesses whether the target is among the people of an answer, in half of the trials rightly so.
 * @param answer tables of an answer about people with the target, or without
 * @param microRho what all of the answer cost, millionths of zCDP's rho
 */
export function tellApart(
  effort: Effort,
  microRho: number,
  answer: (trial: number, isIn: boolean) => Tables,
  saysIn: (tables: Tables) => boolean,
): Outcome {
  const trialCount = effort === 'full' ? 4_000 : 100
  let [hits, falseHits] = [0, 0]
  for (let trial = 0; trial < trialCount; trial++) {
    const isIn = trial % 2 === 0
    if (!saysIn(answer(trial, isIn))) continue
    if (isIn) hits++
    else falseHits++
  }
  const advantage = (hits - falseHits) / (trialCount / 2)
  return { advantage, bound: advantageAt(microRho / 1e6) + threeErrors(trialCount) }
}
