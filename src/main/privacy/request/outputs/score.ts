/** A customised model's score against what happened (ADR 0028). */
import type { Cbor } from '../../../node/chain/codec.ts'
import { asList } from '../../../node/chain/ids.ts'
import type { Axis } from '../axis.ts'
import { isContribution } from '../counted.ts'
import { AS_MODEL, type OutputForm, type RequestProblem } from '../output-form.ts'
import type { Share } from '../part.ts'
import {
  canonicalScore,
  expectedUnit,
  isScoreInForm,
  SCORE_COLUMNS,
  scoreAxis,
  type ScoreOutput,
} from '../score-output.ts'
import { personsShare, sumShare } from '../shares.ts'
import { boundedFromCbor, boundedToCbor, integersFromCbor } from '../slots.ts'

export const score: OutputForm<ScoreOutput> = {
  kind: 'score',
  charged: AS_MODEL,
  // Bands of a score are thousandths of whatever the formula says.
  levels: 'own',
  peopleIn: ['count'],
  axesOf: (output) => [scoreAxis(output)],
  sumsOf: ({ exposure, actual }) => [exposure, actual],
  problemsOf: (output) => {
    const problems: RequestProblem[] = []
    if (!isScoreInForm(output)) problems.push('formula')
    if (!isContribution(output.cellsMost)) problems.push('bounds')
    return problems
  },
  canonical: canonicalScore,
  toCbor: ({ formula, columns, edges, exposure, actual, cellsMost }) => [
    formula,
    columns,
    edges,
    boundedToCbor(exposure),
    boundedToCbor(actual),
    cellsMost,
  ],
  fromCbor,
  sharesOf: (output) => {
    const { exposure, actual, cellsMost } = output
    const axes = [scoreAxis(output)]
    const needs = [exposure.variable, actual.variable]
    return [
      personsShare(1, axes, needs, cellsMost),
      sumShare('exposure', 2, axes, exposure, needs, cellsMost),
      sumShare(actual.variable === 'claims' ? 'claims' : 'cost', 2, axes, actual, needs, cellsMost),
      expectedShare(output, axes, needs),
    ]
  },
}

function fromCbor([formula, named, cut, first, second, cellsMost]: readonly Cbor[]): ScoreOutput | null {
  const columns = asList(named, SCORE_COLUMNS.length)
  const edges = integersFromCbor(cut)
  const exposure = boundedFromCbor(first)
  const actual = boundedFromCbor(second)
  if (typeof formula !== 'string' || typeof cellsMost !== 'number' || edges === null) return null
  if (columns === null || !columns.every((name) => typeof name === 'string')) return null
  if (exposure === null || actual === null) return null
  return { kind: 'score', formula, columns, edges, exposure, actual, cellsMost }
}

/** Nobody counts with more than is counted of what happened; of whom the formula says nothing, nothing is expected. */
function expectedShare(output: ScoreOutput, axes: readonly Axis[], needs: readonly string[]): Share {
  const most = output.actual.most * expectedUnit(output)
  return sumShare('expected', 2, axes, { variable: 'expected', most }, needs, output.cellsMost)
}
