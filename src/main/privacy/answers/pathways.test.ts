import { describe, expect, it } from 'vitest'
import { createNodeCrypto } from '../../node/crypto-node.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import {
  bandOf,
  DEATH,
  isEvent,
  NO_FURTHER,
  transitionLabel,
  waitLabel,
  type PathState,
  type PathwaysOutput,
} from '../request/pathways-output.ts'
import { planOf } from '../request/plan.ts'
import { problemsOfRequest, type ReleaseRequest } from '../request/release-request.ts'
import type { Patient } from '../request/tabulate.ts'
import { answerRequest } from './answer.ts'
import { RELEASE_DEFAULTS } from './answer-policy.ts'
import { halfWidth, keyedNoise, noisyTables, threshold, type DrawNoise } from './noisy-tables.ts'
import { pathwayNumbers } from './pathways.ts'
import { encodeRelease } from './release.ts'
import { readRelease } from './read-release.ts'

const crypto = createNodeCrypto()
const HASH = new Uint8Array(32).fill(2)
const NO_NOISE: DrawNoise = () => () => 0n
const noiseOf = (run: number): DrawNoise =>
  keyedNoise(
    crypto,
    new Uint8Array(32).fill(9),
    HASH,
    new Uint8Array(32)
      .fill(4)
      .fill(run & 255, 0, 1)
      .fill(run >> 8, 1, 2),
  )
const output: PathwaysOutput = {
  kind: 'pathways',
  codeSets: {},
  events: [
    { kind: 'visit', classes: ['EMER'] },
    { kind: 'visit', classes: ['IMP'] },
  ],
  watch: { left: null, atMostDays: null, until: null },
  sequence: { which: 'all', collapseDays: 30, stepsMost: 3 },
}
const requestOf = (microRho: number): ReleaseRequest => {
  const request = { snapshot: HASH, cohort: HASH, cleaning: null, followUp: null, output, microRho }
  expect(problemsOfRequest(request)).toEqual([])
  return request
}

/** States and days from the step before; an end where fewer than three. */
type Way = readonly (readonly [state: PathState, days: number])[]

function wayOf(random: () => number): Way {
  const way: (readonly [PathState, number])[] = []
  for (let step = 0; step < 3; step++) {
    const draw = random()
    const state = draw < 0.35 ? 0 : draw < 0.6 ? 1 : draw < 0.62 ? -1 : draw < 0.97 ? NO_FURTHER : DEATH
    way.push([state, Math.floor(1_500 * random() ** 2)])
    if (!isEvent(state)) break
  }
  return way
}
const rowsOf = (way: Way): Patient =>
  way.map(([to, days], i) => ({
    'pathway-transition': transitionLabel({ step: i + 1, from: i === 0 ? null : way[i - 1]![0], to }),
    'pathway-wait': isEvent(to) ? waitLabel({ step: i + 1, to, band: bandOf(days) }) : null,
  }))
const cohort = (count: number, seed: number): Way[] => {
  const random = stream(seed)
  return Array.from({ length: count }, () => wayOf(random))
}
const count = (ways: readonly Way[], step: number, is: (way: Way, at: Way[number]) => boolean): number =>
  ways.filter((way) => way.length >= step && is(way, way[step - 1]!)).length

/** Every number of an answer by loops over ways. */
function byHand(ways: readonly Way[]) {
  return {
    place: (step: number, state: PathState) => count(ways, step, (_, [to]) => to === state),
    transition: (step: number, from: PathState | null, to: PathState) =>
      count(ways, step, (way, at) => at[0] === to && (way[step - 2]?.[0] ?? null) === from),
    wait: (step: number, to: PathState, band: number) =>
      count(ways, step, (_, at) => at[0] === to && bandOf(at[1]) === band),
  }
}

describe('pathways of all hospitals', () => {
  it('are the exact numbers where there is no noise, and leave out what is too few to tell', () => {
    const ways = cohort(3_000, 1)
    const hand = byHand(ways)
    const release = answerRequest(requestOf(20_000), ways.map(rowsOf), NO_NOISE, RELEASE_DEFAULTS)
    if (release.kind !== 'pathways') throw new Error(release.kind)
    expect(release.total.value).toBe(3_000n)
    for (const { step, state, count: said } of release.places)
      expect(Number(said.value)).toBe(hand.place(step, state))
    for (const { step, from, to, count: said } of release.transitions)
      expect(Number(said.value)).toBe(hand.transition(step, from, to))
    for (const { step, to, band, count: said } of release.waits)
      expect(Number(said.value)).toBe(hand.wait(step, to, band))
    // What is left out could be noise over fewer than 11.
    const numbers = pathwayNumbers(noisyTables(requestOf(20_000), ways.map(rowsOf), NO_NOISE), output)
    const shown = new Set(release.transitions.map(transitionLabel))
    expect(shown.size).toBeGreaterThan(15)
    expect(numbers.transitions.length).toBeGreaterThan(shown.size)
    for (const each of numbers.transitions)
      expect(shown.has(transitionLabel(each))).toBe(each.count.value > threshold(11, each.count.variance))
    expect(readRelease(encodeRelease(release))).toEqual(release)
  })

  it('say nothing of a cohort that is not beyond doubt of 100', () => {
    const of = (people: number) =>
      answerRequest(requestOf(20_000), cohort(people, 2).map(rowsOf), NO_NOISE, RELEASE_DEFAULTS).kind
    expect(of(100)).toBe('withheld')
    expect(of(200)).toBe('pathways')
  })

  it('agree with each other whatever the noise: as many go on from an event as come to it', () => {
    const ways = cohort(600, 3).map(rowsOf)
    for (let run = 0; run < 20; run++) {
      const tables = noisyTables(requestOf(3_000), ways, noiseOf(run))
      const { total, places, transitions, waits } = pathwayNumbers(tables, output)
      const sum = (all: readonly { readonly count: { readonly value: bigint } }[]) =>
        all.reduce((part, { count: each }) => part + each.value, 0n)
      expect(sum(places.filter(({ step }) => step === 1))).toBe(total.value)
      for (const { step, state, count: own } of places) {
        expect(sum(transitions.filter((each) => each.step === step && each.to === state))).toBe(own.value)
        if (!isEvent(state)) continue
        expect(sum(waits.filter((each) => each.step === step && each.to === state))).toBe(own.value)
        if (step < 3)
          expect(sum(transitions.filter((each) => each.step === step + 1 && each.from === state))).toBe(
            own.value,
          )
      }
    }
  })

  it('have intervals that hold the exact number in 19 of 20 draws, and narrower ones than a cell by itself', () => {
    const ways = cohort(900, 4)
    const hand = byHand(ways)
    const rows = ways.map(rowsOf)
    const request = requestOf(20_000)
    const alone = Number(halfWidth(noisyTables(request, [], NO_NOISE)[0]!.variance))
    const RUNS = 60
    const seen = new Map<string, { covered: number; half: number; squares: number }>()
    const look = (name: string, said: Parameters<typeof wholeOf>[0], truth: number) => {
      const { value, half } = wholeOf(said)
      const before = seen.get(name) ?? { covered: 0, half, squares: 0 }
      const error = Math.abs(value - truth)
      seen.set(name, {
        covered: before.covered + (error <= half ? 1 : 0),
        half,
        squares: before.squares + error * error,
      })
    }
    for (let run = 0; run < RUNS; run++) {
      const numbers = pathwayNumbers(noisyTables(request, rows, noiseOf(1_000 + run)), output)
      look('total', numbers.total, 900)
      for (const { step, state, count: said } of numbers.places)
        look(`place ${step} ${state}`, said, hand.place(step, state))
      for (const each of numbers.transitions)
        look(transitionLabel(each), each.count, hand.transition(each.step, each.from, each.to))
      for (const each of numbers.waits)
        look(`wait ${waitLabel(each)}`, each.count, hand.wait(each.step, each.to, each.band))
    }
    const all = [...seen.values()]
    const share = all.reduce((sum, { covered }) => sum + covered, 0) / (RUNS * all.length)
    // Cells of one draw hang together: what is asked is 95 % of all, and of each not much less.
    expect(share).toBeGreaterThan(0.95)
    for (const { covered } of all) expect(covered / RUNS).toBeGreaterThan(0.85)
    // No interval holds because it says nothing.
    const width = Math.sqrt(
      all.reduce((sum, { half }) => sum + half * half, 0) /
        ((1.96 ** 2 * all.reduce((sum, { squares }) => sum + squares, 0)) / RUNS),
    )
    expect(width).toBeLessThan(1.25)
    expect(seen.get('2 0 1')!.half).toBeLessThan(alone)
  })

  it('move by at most one person in each step when one person comes or goes', () => {
    const random = stream(5)
    const others = cohort(40, 6).map(rowsOf)
    for (let run = 0; run < 50; run++) {
      const patient = rowsOf(wayOf(random))
      const [without, within] = [others, [...others, patient]].map((people) =>
        noisyTables(requestOf(20_000), people, NO_NOISE).map(({ cells }) => cells),
      )
      for (const [t, part] of planOf(requestOf(20_000)).entries()) {
        const moved = within![t]!.map((cell, i) => cell - without![t]![i]!)
        expect(moved.every((each) => each === 0n || each === 1n)).toBe(true)
        expect(moved.filter((each) => each === 1n).length).toBeLessThanOrEqual(part.cellsMost)
      }
    }
  })
})

function wholeOf({
  value,
  variance,
}: {
  readonly value: bigint
  readonly variance: Parameters<typeof halfWidth>[0]
}) {
  return { value: Number(value), half: Number(halfWidth(variance)) + 1 }
}
