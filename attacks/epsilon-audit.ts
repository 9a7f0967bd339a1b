/**
 * A9: does a mechanism lose more than it says? Its answers are counted over thousands of runs with and without the target; what is
 * then certain of epsilon must not pass what the price says. The naive gate adds noise for one visit to a table of visits, as if nobody
 * had twenty.
 */
import { rational } from '../src/main/privacy/noise/rational.ts'
import { sampleDiscreteGaussian } from '../src/main/privacy/noise/discrete-gaussian.ts'
import { keyedNoise, noisyTables } from '../src/main/privacy/answers/noisy-tables.ts'
import type { Output } from '../src/main/privacy/request/outputs.ts'
import type { Patient } from '../src/main/privacy/request/tabulate.ts'
import { createDice } from '../sim/random.ts'
import type { Attack, Control } from './attack.ts'
import { lowerLimit, upperLimit } from './chance.ts'
import { crypto, request, SNAPSHOT } from './ours.ts'

const MICRO_RHO = 20_000
const DELTA = 1e-6
/** What rho = 0.02 says at that delta (docs/spec/privacy.md L1). */
const CLAIMED_EPSILON = 0.9

const TWENTY_VISITS: Patient = Array.from({ length: 20 }, () => ({
  'visit-class': 'EMER',
  'stay-days': 30,
  payer: 'NHI',
  sex: 'male',
  claims: 9,
  'exposure-days': 366,
}))

/** One of each kind of mechanism, in which the target adds as much as anybody may. */
const MECHANISMS: readonly { readonly output: Output; readonly table: number; readonly cell: number }[] = [
  { output: { kind: 'count' }, table: 0, cell: 0 },
  {
    output: {
      kind: 'histogram',
      axis: { variable: 'visit-class', edges: [] },
      counted: { unit: 'visits', cellsMost: 2, perCellMost: 5 },
    },
    table: 1,
    cell: 1,
  },
  { output: { kind: 'mean', variable: 'stay-days', least: 0, greatest: 30 }, table: 1, cell: 0 },
]

/** The largest epsilon that is certain. */
export const epsilonAudit: Attack = {
  name: 'A9',
  title: 'audit of epsilon by thousands of runs',
  stoppedBy: ['noise'],
  run({ gate, without }, effort) {
    const runCount = effort === 'full' ? 30_000 : 1_500
    const advantage =
      gate === 'naive'
        ? certainEpsilon(runCount, naiveDraw())
        : Math.max(...MECHANISMS.map((each, i) => certainEpsilon(runCount, ourDraw(each, i, without))))
    return { advantage, bound: CLAIMED_EPSILON }
  },
}

type Draw = (run: number, hasTarget: boolean) => number

function naiveDraw(): Draw {
  const random = createDice(9)
  const bytes = (count: number) => random.bytes(count)
  return (_, hasTarget) =>
    (hasTarget ? TWENTY_VISITS.length : 0) + Number(sampleDiscreteGaussian(bytes, rational(25n)))
}

function ourDraw(
  { output, table, cell }: (typeof MECHANISMS)[number],
  i: number,
  without: Control | null,
): Draw {
  const asked = request(output, MICRO_RHO, 'audit')
  return (run, hasTarget) => {
    const name = crypto.sha256(Uint8Array.of(i, run >> 16, run >> 8, run & 255, hasTarget ? 1 : 0))
    const noise = without === 'noise' ? () => () => 0n : keyedNoise(crypto, name, SNAPSHOT, name)
    return Number(noisyTables(asked, hasTarget ? [TWENTY_VISITS] : [], noise)[table]!.cells[cell]!)
  }
}

/** Over thresholds on half of the runs, P(with) <= e^epsilon P(without) + delta is held against the other half. */
function certainEpsilon(runCount: number, draw: Draw): number {
  const answers = [false, true].map((hasTarget) =>
    Array.from({ length: runCount }, (_, run) => draw(run, hasTarget)),
  )
  const half = runCount >> 1
  const epsilonAt = (limit: number, from: number, to: number): number => {
    const [without, withTarget] = answers.map(
      (each) => each.slice(from, to).filter((answer) => answer >= limit).length,
    )
    const least = lowerLimit(withTarget!, to - from) - DELTA
    return least <= 0 ? 0 : Math.log(least / upperLimit(without!, to - from))
  }
  const limits = [...new Set(answers.flat())].sort((a, b) => a - b)
  const tried = limits.filter((_, i) => i % Math.ceil(limits.length / 60) === 0)
  const best = tried.reduce(
    (most, limit) => (epsilonAt(limit, 0, half) > epsilonAt(most, 0, half) ? limit : most),
    tried[0]!,
  )
  return epsilonAt(best, half, runCount)
}
