/** The mean of a variable over patients, each value brought into least … greatest. */
import { variableOf } from '../dictionary.ts'
import { AS_TABLE, type OutputForm } from '../output-form.ts'
import type { PartName, Share } from '../part.ts'
import { personsShare } from '../shares.ts'

type MeanOutput = {
  readonly kind: 'mean'
  readonly variable: string
  readonly least: number
  readonly greatest: number
}

export const mean: OutputForm<MeanOutput> = {
  kind: 'mean',
  charged: AS_TABLE,
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: () => [],
  sumsOf: ({ variable, greatest }) => [{ variable, most: greatest }],
  problemsOf: ({ variable, least, greatest }) => {
    const entry = variableOf(variable)
    return least >= greatest || (entry?.kind === 'number' && least < entry.least) ? ['range'] : []
  },
  canonical: (output) => output,
  toCbor: ({ variable, least, greatest }) => [variable, least, greatest],
  fromCbor: ([variable, least, greatest]) => {
    if (typeof variable !== 'string' || typeof least !== 'number' || typeof greatest !== 'number') return null
    return { kind: 'mean', variable, least, greatest }
  },
  sharesOf: ({ variable, least, greatest }) => {
    const range = BigInt(greatest - least)
    const needs = [variable]
    const of = (name: PartName, weight: number, kind: 'centred' | 'centred-square'): Share => ({
      weight,
      part: {
        name,
        axes: [],
        measure: { kind, variable, least, greatest },
        rows: 'first',
        needs,
        cellsMost: 1,
        perCellMost: kind === 'centred' ? range : range * range,
      },
    })
    return [personsShare(1, [], needs), of('sum', 2, 'centred'), of('squares', 1, 'centred-square')]
  },
}
