/**
 * A15: how long an answer is, and how much work it made. Read off the wire, or off the clock: a refusal is short, a table of many is long.
 * Ours has one length, and its dice are thrown as often for nobody as for ten thousand. (That the answer leaves on a full step of
 * time is the service's to show.)
 */
import { keyedStream } from '../src/main/privacy/noise/keyed-stream.ts'
import { sampleDiscreteGaussian } from '../src/main/privacy/noise/discrete-gaussian.ts'
import { answerLaneA } from '../src/main/privacy/lane-a.ts'
import type { DrawNoise } from '../src/main/privacy/answers/noisy-tables.ts'
import { RELEASE_DEFAULTS } from '../src/main/privacy/answers/answer-policy.ts'
import { createDice } from '../sim/random.ts'
import type { Attack } from './attack.ts'
import { NAIVE_SMALLEST } from './naive.ts'
import { crypto, request, SNAPSHOT } from './ours.ts'

/** The distance of Kolmogorov and Smirnov between what is seen for nobody and for ten thousand. */
export const answerLength: Attack = {
  name: 'A15',
  title: 'length and work of an answer',
  stoppedBy: [],
  run({ gate }, effort) {
    const runCount = effort === 'full' ? 100 : 20
    const people = effort === 'full' ? 10_000 : 2_000
    const seen = [0, people].map((count) =>
      Array.from({ length: runCount }, (_, run) =>
        gate === 'naive' ? naiveSeen(run, count) : ourSeen(run, count),
      ),
    )
    const advantage = Math.max(
      ...[0, 1].map((what) =>
        distance(
          seen[0]!.map((each) => each[what]!),
          seen[1]!.map((each) => each[what]!),
        ),
      ),
    )
    // At p = 0.01, both samples of the same size.
    return { advantage, bound: 1.63 * Math.sqrt(2 / runCount) }
  },
}

/** A table as text, with "too few" for small cells; work is how many cells are written. */
function naiveSeen(run: number, count: number): readonly number[] {
  const dice = createDice(run)
  const cells = new Array<number>(27).fill(0)
  for (let i = 0; i < count; i++) cells[dice.below(27)]!++
  const shown = cells.filter((cell) => cell >= NAIVE_SMALLEST)
  return [JSON.stringify(shown).length, shown.length]
}

function ourSeen(run: number, count: number): readonly number[] {
  let thrown = 0
  const asked = request(
    {
      kind: 'table',
      axes: [
        { variable: 'age-years', edges: [20, 40, 60, 80] },
        { variable: 'sex', edges: [] },
      ],
      counted: { unit: 'patients' },
    },
    20_000,
    `run ${run}`,
  )
  // Other keys for other runs; the two sizes are seen at different times, so neither shares its noise with the other.
  const key = createDice(2 * run + (count === 0 ? 0 : 1)).bytes(32)
  const noise: DrawNoise = (table) => {
    const random = keyedStream(crypto, key, SNAPSHOT, asked.cohort, table)
    return (variance) =>
      sampleDiscreteGaussian((byteCount) => {
        thrown += byteCount
        return random(byteCount)
      }, variance)
  }
  const dice = createDice(run)
  const patients = Array.from({ length: count }, () => [
    { 'age-years': dice.below(100), sex: dice.chance(0.5) ? 'male' : 'female' },
  ])
  return [answerLaneA(asked, patients, noise, RELEASE_DEFAULTS).length, thrown]
}

function distance(a: readonly number[], b: readonly number[]): number {
  const below = (sample: readonly number[], limit: number) =>
    sample.filter((x) => x <= limit).length / sample.length
  return Math.max(...[...a, ...b].map((limit) => Math.abs(below(a, limit) - below(b, limit))))
}
