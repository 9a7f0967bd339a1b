/**
 * The language of customised models: a hundred thousand fuzzed sources. None throws, none takes more steps than its tree has
 * nodes, every problem has its place, and what compiles prints one text.
 */
import { fuzzedSource, fuzzProblem } from '../src/main/pricing/expression/fuzz.test-kit.ts'
import { stream } from '../src/main/stats/fixtures/random.test-kit.ts'
import { longPart } from './part.ts'

const SOURCES = 10_000

export const part = longPart({
  title: `${SOURCES} fuzzed expressions a case`,
  caseCount: 10,
  runsOnlyItself: true,
  async run(index) {
    const uniform = stream(1_000 + index)
    for (let i = 0; i < SOURCES; i++) {
      const source = fuzzedSource(uniform)
      let wrong: string | null
      try {
        wrong = fuzzProblem(source)
      } catch (error) {
        wrong = error instanceof Error ? error.message : 'threw'
      }
      if (wrong !== null) return `${wrong}: ${JSON.stringify(source)}`
    }
    return { wrong: null, counts: { sources: SOURCES } }
  },
})
