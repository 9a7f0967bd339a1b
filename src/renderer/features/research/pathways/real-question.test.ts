import { describe, expect, it } from 'vitest'
import { newCohort } from '../../../parts/research/new-cohort.ts'
import { namedPathways, newPathways } from './pathways-form.ts'
import { PRECISIONS, realAsked } from './real-question.ts'

const definition = namedPathways(newPathways(), { title: 'Ways', event: ({ kind }) => kind })
const question = { cohort: newCohort('Everybody'), cleaning: null, definition }
const snapshot = 'ab'.repeat(32)
const asked = (change: Partial<Parameters<typeof realAsked>[0]> = {}, precision = PRECISIONS[1]!) =>
  realAsked({ ...question, ...change }, { snapshot, most: 20_000, precision })

describe('what the room asks of all hospitals', () => {
  it('is events, watch and steps without names, at a share of what a table may cost', () => {
    expect(asked()).toMatchObject({
      lane: 'noise',
      snapshot,
      cleaning: null,
      followUp: null,
      output: {
        kind: 'pathways',
        events: definition.classes.map(({ event }) => event),
        sequence: definition.sequence,
      },
    })
    expect(PRECISIONS.map((each) => asked({}, each)!.microRho)).toEqual([5_000, 10_000, 20_000])
  })

  it('has four steps at most, and no step of the cleaning that compares people', () => {
    const six = { ...definition, sequence: { ...definition.sequence, stepsMost: 6 } }
    expect(asked({ definition: six })!.output).toMatchObject({ sequence: { stepsMost: 4 } })
    const steps = [{ step: 'outlier' }, { step: 'units' }] as never
    const cleaning = { schema: 'cleaning/1' as const, title: 'Mine', steps }
    expect(asked({ cleaning })!.cleaning).toEqual({ ...cleaning, steps: [{ step: 'units' }] })
    expect(
      asked({ cleaning: { ...cleaning, steps: [{ step: 'link-persons' }] as never } })!.cleaning,
    ).toBeNull()
  })

  it('is nothing while a field says nothing', () => {
    const empty = { ...definition, classes: [] }
    expect(asked({ definition: empty })).toBeNull()
  })
})
