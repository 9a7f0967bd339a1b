import { describe, expect, it } from 'vitest'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { compileExpression } from './compile.ts'
import { FUZZ_SCOPE, fuzzedSource, fuzzProblem } from './fuzz.test-kit.ts'

describe('fuzzed expressions', () => {
  it('end in a value or in a problem with its place, within their steps', () => {
    // A short selection; `long/expression.long.ts` runs a hundred thousand.
    const uniform = stream(20261129)
    let compiles = 0
    for (let i = 0; i < 1_500; i++) {
      const source = fuzzedSource(uniform)
      expect(fuzzProblem(source), JSON.stringify(source)).toBeNull()
      if (compileExpression(source, FUZZ_SCOPE).kind === 'compiled') compiles++
    }
    // Else nothing but refusals would have been tried.
    expect(compiles).toBeGreaterThan(200)
  })
})
