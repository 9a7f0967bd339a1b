/**
 * The built-in comparison of time-dependent Cox regression, pooled logistic regression and cross-sectional pooling in
 * full: six scenarios of 300 replications. A case is one scenario, judged by the rules of acceptance that speak of it.
 */
import { judge, runComparison, STUDY_DEFAULTS } from '../src/main/stats/paper/comparison.ts'
import { stream } from '../src/main/stats/fixtures/random.test-kit.ts'
import { longPart } from './part.ts'

const { shapes, eventRates, replications } = STUDY_DEFAULTS
const scenarios = shapes.flatMap((shape) => eventRates.map((eventRate) => ({ shape, eventRate })))

export const part = longPart({
  title: `the paper's comparison, ${replications} replications a scenario`,
  caseCount: scenarios.length,
  async run(index) {
    const { shape, eventRate } = scenarios[index]!
    const results = runComparison((_, replicate) => stream(100_000 * index + replicate + 17), {
      shapes: [shape],
      eventRates: [eventRate],
    })
    const wrong = judge(results).filter(({ holds }) => !holds)
    return wrong.length === 0
      ? null
      : wrong.map(({ rule, value, bound }) => `(${rule}) ${value} against ${bound}`).join(', ')
  },
})
