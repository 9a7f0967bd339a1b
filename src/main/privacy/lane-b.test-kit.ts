/** Ordinary studies at random, and ways to make one disclosive, each with the rule that must see it. */
import fc from 'fast-check'
import type { Before, Finding, Proposal } from './lane-b.ts'
import type { ModelFacts } from './rules/models.ts'
import { bitsOf } from './rules/overlap.ts'
import type { RuleName } from './rules/rule-check.ts'

export const PATIENTS = 2_000
export const everybody = bitsOf(
  'everybody',
  Array.from({ length: PATIENTS }, (_, i) => i),
  PATIENTS,
)
export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** What researchers usually ask: nobody's numbers are near a limit on purpose, and some are near it by chance. */
const facts: fc.Arbitrary<ModelFacts> = fc
  .record({
    parameters: fc.integer({ min: 1, max: 12 }),
    eventsPerParameter: fc.integer({ min: 11, max: 60 }),
    patientsPerEvent: fc.integer({ min: 2, max: 12 }),
    levelShare: fc.integer({ min: 8, max: 50 }),
    mostLevels: fc.integer({ min: 2, max: 20 }),
    condition: fc.integer({ min: 1, max: 5_000 }),
    leverage: fc.integer({ min: 1, max: 20 }),
    // A number whose parts are those of a normal distribution is carried by a third of its patients, one with long tails by fewer.
    carrierShare: fc.integer({ min: 10, max: 60 }),
    relatedModels: fc.nat(12),
  })
  .map(
    ({ parameters, eventsPerParameter, patientsPerEvent, levelShare, leverage, carrierShare, ...rest }) => {
      const events = Math.max(parameters * eventsPerParameter, 60)
      const patients = events * patientsPerEvent
      const level = {
        patients: Math.ceil((patients * levelShare) / 100),
        events: Math.ceil((events * levelShare) / 100),
      }
      return {
        ...rest,
        parameters,
        events,
        patients,
        residualFreedom: patients - parameters,
        levels: [level, { patients: patients - level.patients, events: events - level.events }],
        leverage: leverage / 100,
        carriers: [
          {
            patients: Math.floor((patients * carrierShare) / 100),
            events: Math.floor((events * carrierShare) / 100),
            withoutEvent: Math.floor(((patients - events) * carrierShare) / 100),
          },
        ],
        fittedBy: Infinity,
        hasConverged: true,
        hasInfinite: false,
        columns: ['value', 'label'],
      }
    },
  )
const real = fc.double({ min: -3, max: 3, noNaN: true })
const model: fc.Arbitrary<Finding> = facts.chain((each) =>
  fc.record({
    kind: fc.constant('model' as const),
    facts: fc.constant(each),
    coefficients: fc.array(
      fc.record({
        name: fc.constant('x'),
        value: real,
        error: fc.double({ min: 0.01, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
)
const table: fc.Arbitrary<Finding> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 11, max: 300 }) },
      { weight: 1, arbitrary: fc.nat(10) },
    ),
    { minLength: 6, maxLength: 6 },
  )
  .filter((cells) => cells.some((cell) => cell >= 11))
  .map((cells) => ({ kind: 'table', table: { levels: [2, 3], cells } }))
const mean: fc.Arbitrary<Finding> = fc
  .array(fc.integer({ min: 1, max: 5_000 }), { minLength: 40, maxLength: 120 })
  .map((parts) => ({ kind: 'mean', parts }))
const quantile: fc.Arbitrary<Finding> = fc.record({
  kind: fc.constant('quantile' as const),
  perMille: fc.integer({ min: 100, max: 900 }),
  patients: fc.integer({ min: 150, max: 5_000 }),
  value: fc.double({ min: 0, max: 1_000, noNaN: true }),
})
const curve: fc.Arbitrary<Finding> = fc
  .record({
    patients: fc.integer({ min: 300, max: 2_000 }),
    perStep: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 6, maxLength: 12 }),
  })
  .filter(({ perStep }) => perStep.reduce((sum, each) => sum + each, 0) >= 20)
  .map(({ patients, perStep }) => {
    let [atRisk, survival] = [patients, 1]
    const points = perStep.map((events, i) => {
      survival *= 1 - events / atRisk
      const point = { day: 30 * (i + 1), events, atRisk, survival }
      atRisk -= events + 5
      return point
    })
    return { kind: 'curve', curve: points }
  })

export const anyStudy: fc.Arbitrary<Proposal> = fc
  .record({
    finding: fc.oneof(model, table, mean, quantile, curve),
    from: fc.integer({ min: 0, max: 900 }),
    size: fc.integer({ min: 150, max: 1_000 }),
    shares: fc.array(fc.integer({ min: 20, max: 100 }), { minLength: 3, maxLength: 5 }),
    purpose: fc.constantFrom('research' as const, 'quality' as const, 'group-pricing' as const),
    isInsurer: fc.boolean(),
    recentRefusals: fc.nat(3),
  })
  .map(({ finding, from, size, shares, purpose, isInsurer, recentRefusals }) => ({
    finding,
    hospitals: shares.map((share, i) => ({ hospital: `hospital-${i}`, patients: 2 * share, events: share })),
    cohort: bitsOf('asked', range(from, from + size), PATIENTS),
    purpose,
    requester: { isInsurer, hasRegisteredPlan: isInsurer },
    recentRefusals,
  }))
/** Other cohorts of ordinary studies. */
export const anyBefore: fc.Arbitrary<Before> = fc
  .array(fc.record({ from: fc.integer({ min: 0, max: 900 }), size: fc.integer({ min: 150, max: 1_000 }) }), {
    maxLength: 5,
  })
  .map((others) => {
    const released = others.map(({ from, size }, i) =>
      bitsOf(`other ${i}`, range(from, from + size), PATIENTS),
    )
    return { released, own: released.slice(0, 2), everybody, since: [] }
  })

/** Each makes an ordinary study disclosive in one way, and names the rule that must see it. */
type Plant = {
  name: string
  rule: RuleName
  plant: (study: Proposal, before: Before) => { study: Proposal; before: Before }
}
const ofModel =
  (change: Partial<ModelFacts>) =>
  (proposal: Proposal, earlier: Before): { study: Proposal; before: Before } => ({
    study: {
      ...proposal,
      finding: {
        kind: 'model',
        facts: {
          patients: 500,
          events: 200,
          parameters: 3,
          residualFreedom: 497,
          levels: [{ patients: 250, events: 100 }],
          mostLevels: 2,
          condition: 10,
          leverage: 0.05,
          carriers: [{ patients: 160, events: 60, withoutEvent: 100 }],
          fittedBy: Infinity,
          hasConverged: true,
          hasInfinite: false,
          columns: ['value'],
          relatedModels: 0,
          ...change,
        },
        coefficients: [{ name: 'x', value: 0.5, error: 0.1 }],
      },
    },
    before: earlier,
  })
const ofFinding =
  (finding: Finding) =>
  (proposal: Proposal, earlier: Before): { study: Proposal; before: Before } => ({
    study: { ...proposal, finding },
    before: earlier,
  })
export const PLANTS: readonly Plant[] = [
  { name: 'a saturated model', rule: 'R5', plant: ofModel({ parameters: 190, residualFreedom: 310 }) },
  { name: 'no degree of freedom left', rule: 'R5', plant: ofModel({ residualFreedom: 0 }) },
  {
    name: 'a level of one patient',
    rule: 'R5',
    plant: ofModel({
      levels: [
        { patients: 1, events: 1 },
        { patients: 499, events: 199 },
      ],
    }),
  },
  {
    name: 'a level where everybody has the event',
    rule: 'R5',
    plant: ofModel({ levels: [{ patients: 60, events: 60 }] }),
  },
  { name: 'a row that decides alone', rule: 'R5', plant: ofModel({ leverage: 0.99 }) },
  {
    name: 'a number that four patients have and nobody near it',
    rule: 'R5',
    plant: ofModel({
      carriers: [
        { patients: 160, events: 60, withoutEvent: 100 },
        { patients: 4, events: 2, withoutEvent: 2 },
      ],
    }),
  },
  {
    name: 'an interaction that hangs on two with the event',
    rule: 'R5',
    plant: ofModel({ carriers: [{ patients: 40, events: 2, withoutEvent: 38 }] }),
  },
  {
    name: 'a bend that hangs on three without the event',
    rule: 'R5',
    plant: ofModel({ carriers: [{ patients: 40, events: 37, withoutEvent: 3 }] }),
  },
  { name: 'the end of a spline on ten patients', rule: 'R5', plant: ofModel({ fittedBy: 10 }) },
  { name: 'columns that say the same', rule: 'R5', plant: ofModel({ condition: 1e9 }) },
  { name: 'a condition that is no number', rule: 'R5', plant: ofModel({ condition: NaN }) },
  { name: 'a number of events that is none', rule: 'R5', plant: ofModel({ events: NaN }) },
  { name: 'an infinite coefficient', rule: 'R5', plant: ofModel({ hasInfinite: true }) },
  {
    name: 'an identifier among the columns',
    rule: 'R5',
    plant: ofModel({ columns: ['value', 'identifier'] }),
  },
  { name: 'exact dates among the columns', rule: 'R5', plant: ofModel({ columns: ['exact-date'] }) },
  { name: 'a model once more, and again', rule: 'R5', plant: ofModel({ relatedModels: 21 }) },
  {
    name: 'a cost that is one patient',
    rule: 'R3',
    plant: ofFinding({ kind: 'mean', parts: [1e7, ...new Array<number>(60).fill(10)] }),
  },
  {
    name: 'a cost that is two patients',
    rule: 'R3',
    plant: ofFinding({ kind: 'mean', parts: [4_500, 4_400, ...new Array<number>(60).fill(30)] }),
  },
  {
    name: 'the greatest value',
    rule: 'R8',
    plant: ofFinding({ kind: 'quantile', perMille: 1_000, patients: 5_000, value: 99 }),
  },
  {
    name: 'a quantile with ten above it',
    rule: 'R8',
    plant: ofFinding({ kind: 'quantile', perMille: 950, patients: 200, value: 99 }),
  },
  {
    name: 'a table of small cells',
    rule: 'R1',
    plant: ofFinding({ kind: 'table', table: { levels: [2], cells: [10, 3] } }),
  },
  {
    name: 'a curve of single events',
    rule: 'R7',
    plant: ofFinding({
      kind: 'curve',
      curve: [
        { day: 30, events: 4, atRisk: 200, survival: 0.98 },
        { day: 60, events: 6, atRisk: 190, survival: 0.95 },
      ],
    }),
  },
  {
    name: 'a tree with leaves of one',
    rule: 'R11',
    plant: ofFinding({ kind: 'artefact', facts: { smallestLeaf: 1, attackArea: 0.55, attackHits: 0.001 } }),
  },
  {
    name: 'a model that an attack sees through',
    rule: 'R11',
    plant: ofFinding({ kind: 'artefact', facts: { smallestLeaf: 30, attackArea: 0.7, attackHits: 0.001 } }),
  },
  {
    name: 'a hospital alone',
    rule: 'R4',
    plant: (each, earlier) => ({
      study: { ...each, hospitals: [{ hospital: 'A', patients: 900, events: 90 }] },
      before: earlier,
    }),
  },
  {
    name: 'a hospital with nearly all events',
    rule: 'R4',
    plant: (each, earlier) => ({
      study: {
        ...each,
        hospitals: [
          { hospital: 'A', patients: 300, events: 90 },
          { hospital: 'B', patients: 300, events: 2 },
          { hospital: 'C', patients: 300, events: 2 },
        ],
      },
      before: earlier,
    }),
  },
  {
    name: 'an underwriting decision',
    rule: 'R12',
    plant: (each, earlier) => ({ study: { ...each, purpose: 'individual-underwriting' }, before: earlier }),
  },
  {
    name: 'an insurer without a plan',
    rule: 'R12',
    plant: (each, earlier) => ({
      study: { ...each, requester: { isInsurer: true, hasRegisteredPlan: false } },
      before: earlier,
    }),
  },
  {
    name: 'the sixth refusal of a month',
    rule: 'R9',
    plant: (each, earlier) => ({ study: { ...each, recentRefusals: 6 }, before: earlier }),
  },
  ...[1, 10].map((few): Plant => ({
    name: `a released cohort less ${few}`,
    rule: 'R9',
    plant: (each, earlier) => ({
      study: { ...each, cohort: bitsOf('asked', range(300, 900), PATIENTS) },
      before: {
        ...earlier,
        released: [...earlier.released, bitsOf('near', range(300, 900 - few), PATIENTS)],
      },
    }),
  })),
  ...[1, 10].map((few): Plant => ({
    name: `the same as was asked of another snapshot, where ${few} changed since`,
    rule: 'R9',
    plant: (each, earlier) => ({
      study: each,
      before: { ...earlier, since: [{ kind: 'changed', patients: few, hasLost: false }] },
    }),
  })),
  {
    name: 'the same as was asked of a snapshot that lost a record since',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: each,
      before: { ...earlier, since: [{ kind: 'changed', patients: 0, hasLost: true }] },
    }),
  },
  {
    name: 'few beside what another definition gave at another snapshot',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: each,
      before: { ...earlier, since: [{ kind: 'differs', patients: 10 }] },
    }),
  },
  {
    name: 'what nobody can compare any more',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: each,
      before: { ...earlier, since: [{ kind: 'not-comparable' }] },
    }),
  },
  {
    name: 'the same people in other words',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: each,
      before: { ...earlier, released: [{ ...each.cohort, definition: 'other words' }] },
    }),
  },
  {
    name: 'everybody but few',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: { ...each, cohort: bitsOf('asked', range(3, PATIENTS), PATIENTS) },
      before: { ...earlier, own: [bitsOf('a', range(0, 600), PATIENTS)] },
    }),
  },
  {
    name: 'the rest of a released cohort',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: { ...each, cohort: bitsOf('asked', range(500, 1_999), PATIENTS) },
      before: { ...earlier, own: [bitsOf('a', range(0, 500), PATIENTS)] },
    }),
  },
  {
    name: 'what two released cohorts make together, less one',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: { ...each, cohort: bitsOf('asked', range(0, 999), PATIENTS) },
      before: {
        ...earlier,
        own: [bitsOf('a', range(0, 400), PATIENTS), bitsOf('b', range(400, 1_000), PATIENTS)],
      },
    }),
  },
  {
    name: 'what one released cohort has beyond another, and one',
    rule: 'R9',
    plant: (each, earlier) => ({
      study: { ...each, cohort: bitsOf('asked', range(399, 1_000), PATIENTS) },
      before: {
        ...earlier,
        own: [bitsOf('a', range(0, 400), PATIENTS), bitsOf('b', range(200, 1_000), PATIENTS)],
      },
    }),
  },
]
