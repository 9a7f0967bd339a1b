/**
 * Pathways of all hospitals from two noisy tables (docs/spec/privacy.md G15): what follows what, and how long it takes, made to agree with each other, so
 * that as many go on from an event as come to it. What is too few to tell is left out of the answer, and not of the sums.
 */
import { present } from '../../../shared/std/assert.ts'
import { rational, type Rational } from '../noise/rational.ts'
import {
  isEvent,
  placesOf,
  transitionsOf,
  waitsOf,
  type PathState,
  type PathwaysOutput,
} from '../request/pathways-output.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { consistentFlows, OUTSIDE, type Edge, type Flow } from './flow-network.ts'
import { halfWidth, threshold, type NoisyTable } from './noisy-tables.ts'
import { WITHHELD, type Release, type Whole } from './release.ts'

export function releasePathways(
  tables: readonly NoisyTable[],
  output: PathwaysOutput,
  policy: ReleasePolicy,
): Release {
  const { total, places, transitions, waits } = pathwayNumbers(tables, output)
  if (!isEnough(total, policy.cohortLeast)) return WITHHELD
  const shown = <T extends { readonly count: Number95 }>(all: readonly T[]) =>
    all
      .filter(({ count }) => isEnough(count, policy.smallestCount))
      .map((each) => ({ ...each, count: wholeOf(each.count) }))
  return {
    kind: 'pathways',
    total: wholeOf(total),
    places: shown(places),
    transitions: shown(transitions),
    waits: shown(waits),
  }
}

interface Number95 {
  readonly value: bigint
  readonly variance: Rational
}

/** All numbers, those too that are too few to tell: for what is shown, and for tests. */
export function pathwayNumbers([transitions, waits]: readonly NoisyTable[], output: PathwaysOutput) {
  const network = networkOf(output, transitions!, waits!)
  const flows = consistentFlows(network.placeCount, network.edges)
  // Weighed as if they were to each other as two to one: what a share in whole millionths leaves over makes less noise, never more.
  const { numerator, denominator } = waits!.variance
  const numberAt = (edge: number): Number95 => {
    const { value, variance } = present<Flow>(flows[edge], 'an edge has a flow')
    return {
      value,
      variance: rational(numerator * variance.numerator, denominator * variance.denominator * WAIT_VARIANCE),
    }
  }
  return {
    total: numberAt(network.total),
    places: network.places.map(({ edge, ...place }) => ({ ...place, count: numberAt(edge) })),
    transitions: network.transitions.map(({ edge, ...each }) => ({ ...each, count: numberAt(edge) })),
    waits: network.waits.map(({ edge, ...each }) => ({ ...each, count: numberAt(edge) })),
  }
}

const TRANSITION_VARIANCE = 1n
/** Waits have half the share of the price. */
const WAIT_VARIANCE = 2n

type At<T> = T & { readonly edge: number }

/** Everybody → what is first → (its waits) → what is next … → outside; each step's events and ends have one edge that all of them pass. */
function networkOf(output: PathwaysOutput, transitions: NoisyTable, waits: NoisyTable) {
  const { stepsMost } = output.sequence
  let placeCount: number = OUTSIDE + 1
  const edges: Edge[] = []
  const add = (edge: Edge): number => edges.push(edge) - 1
  const begin = placeCount++
  const total = add({ tail: OUTSIDE, head: begin, measured: null })
  /** Where the flows into a step's event or end meet, and where those that go on from it begin. */
  const meets = new Map<string, { readonly into: number; readonly passed: number; readonly on: number }>()
  const places: At<{ readonly step: number; readonly state: PathState }>[] = []
  for (const { step, to } of placesOf(output)) {
    const into = placeCount++
    const passed = isEvent(to) ? placeCount++ : OUTSIDE
    const on = isEvent(to) && step < stepsMost ? placeCount++ : OUTSIDE
    meets.set(keyOf(step, to), { into, passed, on })
    places.push({ step, state: to, edge: add({ tail: into, head: passed, measured: null }) })
  }
  const meet = (step: number, state: PathState) =>
    present(meets.get(keyOf(step, state)), 'a place of the step')
  const measured = (value: bigint, variance: bigint) => ({ value, variance })
  return {
    edges,
    total,
    places,
    transitions: transitionsOf(output).map((each, i) => {
      const { step, from, to } = each
      const tail = from === null ? begin : meet(step - 1, from).on
      const head = meet(step, to).into
      const value = transitions.cells[i]!
      return { ...each, edge: add({ tail, head, measured: measured(value, TRANSITION_VARIANCE) }) }
    }),
    waits: waitsOf(output).map((each, i) => {
      const { passed: tail, on: head } = meet(each.step, each.to)
      return { ...each, edge: add({ tail, head, measured: measured(waits.cells[i]!, WAIT_VARIANCE) }) }
    }),
    // Last, when all of them are numbered.
    placeCount,
  }
}

const keyOf = (step: number, state: PathState): string => `${step} ${state}`

/** Beyond doubt, and beyond what a number moved when it became whole. */
const isEnough = ({ value, variance }: Number95, least: number): boolean => value > threshold(least, variance)

const wholeOf = ({ value, variance }: Number95): Whole => ({ value, halfWidth: halfWidth(variance) + 1n })
