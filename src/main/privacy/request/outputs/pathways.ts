/** Which event follows which, and how long after (docs/spec/privacy.md Q11). */
import { CELLS_MAX, cellCountOf, type Axis } from '../axis.ts'
import { AS_TABLE, type OutputForm } from '../output-form.ts'
import type { PartName, Share } from '../part.ts'
import {
  canonicalPathwaysOutput,
  isPathwaysInForm,
  pathwayAxes,
  pathwaysFromText,
  pathwaysText,
  type PathwaysOutput,
} from '../pathways-output.ts'

export const pathways: OutputForm<PathwaysOutput> = {
  kind: 'pathways',
  charged: AS_TABLE,
  levels: 'dictionary',
  peopleIn: ['transitions'],
  // The larger of its two tables, where there are events enough to follow each other.
  axesOf: (output) => [pathwayAxes(output).transition],
  sumsOf: () => [],
  problemsOf: (output) => {
    if (!isPathwaysInForm(output)) return ['pathways']
    return cellCountOf([pathwayAxes(output).wait]) > CELLS_MAX ? ['too-many-cells'] : []
  },
  canonical: canonicalPathwaysOutput,
  toCbor: (output) => [pathwaysText(output)],
  fromCbor: ([text]) => (typeof text === 'string' ? pathwaysFromText(text) : null),
  sharesOf: pathwayShares,
}

/** A person is in one cell of each step: of what follows what, and, where that is an event, of how long it took. */
function pathwayShares(output: PathwaysOutput): readonly Share[] {
  const { transition, wait } = pathwayAxes(output)
  const of = (weight: number, name: PartName, axis: Axis): Share => ({
    weight,
    part: {
      name,
      axes: [axis],
      measure: { kind: 'one' },
      rows: 'all',
      needs: [axis.variable],
      cellsMost: output.sequence.stepsMost,
      perCellMost: 1n,
    },
  })
  return [of(2, 'transitions', transition), of(1, 'waits', wait)]
}
