import { describe, expect, it } from 'vitest'
import {
  asked as askedSchema,
  type Catalog,
  type CatalogVariable,
} from '../../../../shared/contract/requests.ts'
import { newStudy } from '../../../parts/research/new-study.ts'
import type { RequestAxis, RequestOutput } from '../../../../shared/domain/request-output.ts'
import {
  askedOf,
  EXAMPLES,
  exampleDraft,
  firstOutput,
  namesOf,
  needsFollowUp,
  newDraft,
  OUTPUT_KINDS,
  pricedKindOf,
  usualPrice,
} from './draft.ts'

const number = (name: string, least: number, greatest: number, step: number): CatalogVariable => ({
  name,
  kind: 'number',
  least,
  greatest,
  step,
})
const label = (name: string, count: number): CatalogVariable => ({
  name,
  kind: 'label',
  levels: Array.from({ length: count }, (_, i) => String(i)),
})
/** As docs/spec/privacy.md Q2 has them. */
const variables: CatalogVariable[] = [
  number('age-years', 0, 120, 5),
  number('claims', 0, 50, 1),
  number('cost-minor', 0, 100_000_000, 10_000),
  number('exposure-days', 0, 366, 1),
  number('follow-up-days', 0, 7_320, 30),
  number('hba1c-tenths', 30, 200, 5),
  label('payer', 5),
  label('sex', 4),
  label('visit-class', 8),
]
const catalog: Catalog = {
  class: 'university',
  variables,
  coverage: [],
  snapshots: [{ hash: 'a'.repeat(64), height: 5, stateAt: 0, chargedMicroRho: 0, isNewest: true }],
  next: { patientsMin: 500, hospitalsMin: 3, heightsSince: 1, everyDays: 0 },
  gatewayCount: 4,
  attestationsNeeded: 3,
  isUnattestedReleased: false,
}
const most = { count: 2_000, table: 20_000, model: 50_000, 'registered-model': 125_000 }

/** As docs/spec/privacy.md G5 tabulates follow-up: time and its end beside the groups, each with “not known”. */
const followedCells = (timeEdges: readonly number[], axes: readonly RequestAxis[]): number =>
  axes.reduce(
    (cells, axis) => {
      const found = variables.find(({ name }) => name === axis.variable)!
      return cells * (found.kind === 'label' ? found.levels.length + 1 : axis.edges.length + 2)
    },
    3 * (timeEdges.length + 2),
  )

const axesOf = (output: RequestOutput): readonly RequestAxis[] =>
  'axes' in output
    ? output.axes
    : 'axis' in output
      ? [output.axis]
      : 'factors' in output
        ? output.factors
        : 'covariates' in output
          ? output.covariates
          : []

describe('a form of answer', () => {
  it.each(OUTPUT_KINDS)('%s begins with what the dictionary has', (kind) => {
    const output = firstOutput(kind, variables)
    for (const name of namesOf(output)) expect(variables.map((each) => each.name)).toContain(name)
    for (const { variable, edges } of axesOf(output)) {
      const entry = variables.find(({ name }) => name === variable)!
      if (entry.kind === 'label') expect(edges).toEqual([])
      else expect(edges.every((edge) => edge % entry.step === 0 && edge <= entry.greatest)).toBe(true)
    }
    expect(needsFollowUp(output)).toBe(kind === 'kaplan-meier' || kind === 'cox')
  })
})

describe('a form that follows people', () => {
  it('begins with a question that may be asked: at most 500 cells', () => {
    const curve = firstOutput('kaplan-meier', variables)
    const model = firstOutput('cox', variables)
    if (curve.kind !== 'kaplan-meier' || model.kind !== 'cox') throw new Error('another form')
    expect(followedCells(curve.timeEdges, [curve.by!])).toBe(330)
    expect(followedCells(model.timeEdges, model.covariates)).toBe(420)
  })
})

describe('askedOf', () => {
  it.each(EXAMPLES)('the example %s can be sent as it is', (example) => {
    const asked = askedOf(exampleDraft(example, 'An example', catalog), catalog, most)
    expect(askedSchema.safeParse(asked).error).toBeUndefined()
    expect(asked).toMatchObject({ lane: 'noise', snapshot: 'a'.repeat(64) })
  })
  it('takes no follow-up along that the form does not need', () => {
    expect(askedOf(newDraft(), catalog, most)).toMatchObject({ followUp: null, microRho: 2_000 })
    const curve = { ...newDraft(), output: firstOutput('kaplan-meier', variables) }
    expect(askedOf(curve, catalog, most)).toMatchObject({
      followUp: { schema: 'intervals/1' },
      microRho: 5_000,
    })
  })
  it('sends no step of the cleaning that compares people', () => {
    const asked = askedOf(newDraft(), catalog, most)
    const steps = asked?.lane === 'noise' ? asked.cleaning!.steps.map(({ step }) => step) : []
    expect(steps.length).toBeGreaterThan(3)
    expect(steps).not.toContain('link-persons')
    expect(steps).not.toContain('outlier')
  })
  it('is nothing while there is no snapshot, or by rule no study', () => {
    expect(askedOf(newDraft(), { ...catalog, snapshots: [] }, most)).toBeNull()
    expect(askedOf({ ...newDraft(), lane: 'rule' }, catalog, most)).toBeNull()
  })
  it('names a registration for models alone', () => {
    const registered = { ...newDraft(), registration: 'b'.repeat(64) }
    expect(pricedKindOf(registered)).toBe('count')
    expect(askedOf(registered, catalog, most)).toMatchObject({ registration: null })
    const model = { ...registered, output: firstOutput('cox', variables) }
    expect(pricedKindOf(model)).toBe('registered-model')
    expect(askedOf(model, catalog, most)).toMatchObject({ registration: 'b'.repeat(64), microRho: 125_000 })
  })
})

it('lets whoever comes no more leave when a question does', () => {
  expect(newDraft().followUp.followUp.left).toEqual(newStudy().intervals.followUp.left)
})

it('leaves room for several tables in a year', () => {
  expect(usualPrice('table', 20_000)).toBe(5_000)
  expect(usualPrice('count', 2_000)).toBe(2_000)
})
