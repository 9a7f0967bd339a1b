/** The simulation of the built-in study as one answer: the same design and seed give the same text at every node. Pure. */
import type { PaperDesign } from '../../../shared/domain/paper-design.ts'
import { streamOf } from '../../generator/random.ts'
import { STATS_PROFILE } from '../../stats/model/fit-model.ts'
import {
  judge,
  runComparison,
  type AcceptanceRule,
  type ScenarioResult,
} from '../../stats/paper/comparison.ts'

/** Whose numbers these are: change its number when the same design would give others. */
export const PAPER_ENGINE = `paper/1 ${STATS_PROFILE}`

export interface PaperComparison {
  readonly schema: 'paper-comparison/1'
  readonly engine: string
  /** Nobody is behind any number of it. */
  readonly isSimulated: true
  readonly design: PaperDesign
  readonly scenarios: readonly ScenarioResult[]
  /** The rules of acceptance (statistics.md S9), of all scenarios together. */
  readonly rules: readonly AcceptanceRule[]
}

/**
 * @param onProgress after each simulated cohort; false ends the work
 * @throws {StatsFailure} `cancelled`
 */
export function comparePaper(
  design: PaperDesign,
  onProgress: (done: number, total: number) => boolean = () => true,
): PaperComparison {
  const { subjects, exams, gapYears, effects, shapes, eventRates, replicates, seed } = design
  const scenarios = runComparison(
    (scenario, replicate) => {
      const stream = streamOf(seed, `${scenario}/${replicate}`, 'paper')
      return () => stream.uniform()
    },
    {
      replications: replicates,
      shapes,
      eventRates,
      design: { subjects, exams, gap: gapYears, effects },
      onProgress,
    },
  )
  return {
    schema: 'paper-comparison/1',
    engine: PAPER_ENGINE,
    isSimulated: true,
    design,
    scenarios,
    rules: judge(scenarios),
  }
}
