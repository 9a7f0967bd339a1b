/**
 * A13: was the target in the data that a model was trained on? Shadow models with and without the target say how the released one would look in
 * either case (LiRA: Carlini and others 2022). A tree whose leaves hold one patient tells; one whose leaves hold twenty, by rule, does not.
 */
import { normalDensity } from '../src/main/stats/det/distributions.ts'
import { checkArtefact } from '../src/main/privacy/rules/models.ts'
import { isBroken } from '../src/main/privacy/rules/rule-check.ts'
import { createDice, type Dice } from '../sim/random.ts'
import type { Attack, Control } from './attack.ts'
import { normal } from './ours.ts'
import { rulesWithout } from './ours-by-rule.ts'

const PATIENTS = 400
const SHADOWS = 64
/** Of the target, an unlikely value. */
const TARGET = { age: 47, area: 11, sex: 1, value: 2 }

type Person = { readonly age: number; readonly area: number; readonly sex: number; readonly value: number }
/** Which leaf a person falls into. */
type Tree = (person: Person) => string

const FINE: Tree = ({ age, area, sex }) => `${Math.floor(age / 10)}/${area}/${sex}`
const COARSE: Tree = ({ age, sex }) => `${age < 45 ? 0 : 1}/${sex}`

/** Area under the curve of the attack. */
export const membershipInference: Attack = {
  name: 'A13',
  title: 'membership from a trained model (64 shadows)',
  stoppedBy: ['threshold'],
  run({ gate, without }, effort) {
    const trialCount = effort === 'full' ? 2_000 : 600
    const dice = createDice(13)
    const trees = [FINE, COARSE]
    const tree = gate === 'naive' ? FINE : trees.find((each) => passes(each, dice, without))
    // Nothing was released: a coin.
    if (tree === undefined) return { advantage: 0.5, bound: 0.6 }
    return { advantage: areaOf(attack(tree, dice, trialCount)), bound: 0.6 }
  },
}

/** R11 as the gateways hold it: leaves are counted, and the attack is tried before anybody else can. */
function passes(tree: Tree, dice: Dice, without: Control | null): boolean {
  const scores = attack(tree, dice, 600)
  const people = [TARGET, ...crowd(dice)]
  const sizes = new Map<string, number>()
  for (const person of people) sizes.set(tree(person), (sizes.get(tree(person)) ?? 0) + 1)
  const outside = scores.out.toSorted((a, b) => b - a)
  const limit = outside[Math.floor(outside.length / 1_000)]!
  const facts = {
    smallestLeaf: Math.min(...sizes.values()),
    attackArea: areaOf(scores),
    attackHits: scores.in.filter((score) => score > limit).length / scores.in.length,
  }
  return !isBroken(checkArtefact(facts, rulesWithout(without)))
}

function crowd(dice: Dice): readonly Person[] {
  return Array.from({ length: PATIENTS }, () => ({
    age: dice.below(90),
    area: dice.below(40),
    sex: dice.below(2),
    value: normal(dice),
  }))
}

/** What the model says of the target: the mean of its leaf. */
function prediction(tree: Tree, people: readonly Person[]): number {
  const leaf = people.filter((person) => tree(person) === tree(TARGET))
  return leaf.length === 0 ? 0 : leaf.reduce((sum, { value }) => sum + value, 0) / leaf.length
}

type Scores = { readonly in: readonly number[]; readonly out: readonly number[] }

function attack(tree: Tree, dice: Dice, trialCount: number): Scores {
  const draw = (isIn: boolean) => prediction(tree, isIn ? [TARGET, ...crowd(dice)] : crowd(dice))
  const shadows = (isIn: boolean) => {
    const all = Array.from({ length: SHADOWS }, () => draw(isIn))
    const mean = all.reduce((sum, each) => sum + each, 0) / SHADOWS
    const spread = Math.sqrt(all.reduce((sum, each) => sum + (each - mean) ** 2, 0) / SHADOWS) + 1e-9
    return (value: number) => normalDensity((value - mean) / spread) / spread + 1e-300
  }
  const [inside, outside] = [shadows(true), shadows(false)]
  const scores = (isIn: boolean) =>
    Array.from({ length: trialCount / 2 }, () => {
      const value = draw(isIn)
      return Math.log(inside(value) / outside(value))
    })
  return { in: scores(true), out: scores(false) }
}

/** How often a member scores above one who is none; ties count half. */
function areaOf(scores: Scores): number {
  let wins = 0
  for (const a of scores.in) for (const b of scores.out) wins += a > b ? 1 : a === b ? 0.5 : 0
  return wins / (scores.in.length * scores.out.length)
}
