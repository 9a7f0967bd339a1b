/** Random requests of every kind, and random patients for them. */
import fc from 'fast-check'
import { variableOf } from './dictionary.ts'
import type { Patient, Row } from './tabulate.ts'
import type { PathwaysOutput } from './pathways-output.ts'
import type { Axis } from './axis.ts'
import type { Counted } from './counted.ts'
import type { Output } from './outputs.ts'
import type { ReleaseRequest } from './release-request.ts'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })

const axisOf = (variable: string): fc.Arbitrary<Axis> => {
  const entry = variableOf(variable)
  if (entry === null || entry.kind === 'label') return fc.constant({ variable, edges: [] })
  const { least, greatest, step } = entry
  const first = Math.floor(least / step) + 1
  return fc
    .uniqueArray(fc.integer({ min: first, max: Math.floor(greatest / step) }), { minLength: 1, maxLength: 3 })
    .map((steps) => ({ variable, edges: steps.sort((a, b) => a - b).map((each) => each * step) }))
}
const axes = (least: number, most: number): fc.Arbitrary<Axis[]> =>
  fc
    .shuffledSubarray(['age-years', 'sex', 'charlson', 'payer'], { minLength: least, maxLength: most })
    .chain((names) => fc.tuple(...names.map(axisOf)))
const counted: fc.Arbitrary<Counted> = fc.oneof(
  fc.constant({ unit: 'patients' as const }),
  fc.record({
    unit: fc.constant('visits' as const),
    cellsMost: fc.integer({ min: 1, max: 4 }),
    perCellMost: fc.integer({ min: 1, max: 5 }),
  }),
)
const timeEdges = axisOf('follow-up-days').map(({ edges }) => edges)
const bounded = (variable: string, most: number) =>
  fc.integer({ min: 1, max: most }).map((each) => ({ variable, most: each }))
const factors = fc.constantFrom(
  [
    { variable: 'payer', edges: [] },
    { variable: 'sex', edges: [] },
  ],
  [
    { variable: 'payer', edges: [] },
    { variable: 'charlson', edges: [1, 2, 3, 4] },
  ],
)
const cellsMost = fc.integer({ min: 1, max: 4 })

const WATER = { kind: 'medicine' as const, name: 'Water', include: ['V07AB*'], exclude: [] }

/** A kind without random requests does not compile. */
const OUTPUTS: { readonly [K in Output['kind']]: fc.Arbitrary<Extract<Output, { kind: K }>> } = {
  count: fc.constant({ kind: 'count' as const }),
  histogram: fc.record({ kind: fc.constant('histogram' as const), axis: axisOf('stay-days'), counted }),
  table: fc.record({ kind: fc.constant('table' as const), axes: axes(2, 3), counted }),
  mean: fc.record({
    kind: fc.constant('mean' as const),
    variable: fc.constant('stay-days'),
    least: fc.integer({ min: 0, max: 5 }),
    greatest: fc.integer({ min: 6, max: 60 }),
  }),
  quantiles: fc.record({
    kind: fc.constant('quantiles' as const),
    axis: axisOf('charlson'),
    perMille: fc.uniqueArray(fc.integer({ min: 50, max: 950 }), { minLength: 1, maxLength: 4 }),
  }),
  'kaplan-meier': fc.record({
    kind: fc.constant('kaplan-meier' as const),
    timeEdges,
    by: fc.option(axisOf('sex')),
  }),
  cox: fc.record({ kind: fc.constant('cox' as const), timeEdges, covariates: axes(1, 1) }),
  poisson: fc.record({
    kind: fc.constant('poisson' as const),
    exposure: bounded('exposure-days', 366),
    claims: bounded('claims', 9),
    factors,
    cellsMost,
  }),
  gamma: fc.record({
    kind: fc.constant('gamma' as const),
    claims: bounded('claims', 9),
    cost: bounded('cost-minor', 900_000),
    factors,
    cellsMost,
  }),
  score: fc.record({
    kind: fc.constant('score' as const),
    formula: fc.constantFrom(
      'if age_years < 50 then 0.5 else 1 + charlson / 4',
      '0.2 * age_years / (charlson - 2)',
    ),
    columns: fc.constant(['age-years', 'charlson']),
    edges: fc
      .uniqueArray(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 5 })
      .map((edges) => edges.sort((a, b) => a - b)),
    exposure: bounded('exposure-days', 366),
    actual: fc.oneof(bounded('claims', 9), bounded('cost-minor', 900_000)),
    cellsMost,
  }),
  pathways: fc.record({
    kind: fc.constant('pathways' as const),
    codeSets: fc.constantFrom<PathwaysOutput['codeSets']>(
      { a: { kind: 'diagnosis' as const, name: 'Heart', include: ['I50*', 'I21*'], exclude: ['I219'] } },
      { a: { kind: 'diagnosis' as const, name: 'Heart', include: ['I50*'], exclude: [] }, unused: WATER },
    ),
    events: fc
      .shuffledSubarray(
        [
          { kind: 'diagnosis' as const, codes: 'a' },
          { kind: 'visit' as const, classes: ['IMP' as const, 'EMER' as const] },
          { kind: 'result' as const, test: 'hba1c', value: { atLeast: '7.0' } },
        ],
        { minLength: 1 },
      )
      .map((events) => [...events]),
    watch: fc.constantFrom(
      { left: null, atMostDays: null, until: null },
      { left: { withoutVisitDays: 400, countedDays: 30 }, atMostDays: 900, until: '2019-12-31' },
    ),
    sequence: fc.record({
      which: fc.constantFrom('first' as const, 'all' as const),
      collapseDays: fc.constantFrom(0, 30),
      stepsMost: fc.integer({ min: 1, max: 4 }),
    }),
  }),
  monitor: fc
    .record({
      groups: fc.uniqueArray(fc.stringMatching(/^[A-Z][0-9]{1,3}$/), { minLength: 2, maxLength: 5 }),
      ages: axisOf('age-years'),
      months: fc.integer({ min: 6, max: 12 }),
      lastMonth: fc.constantFrom('2019-12', '2024-01'),
      costMost: fc.integer({ min: 1_000, max: 1_000_000 }),
      insurers: fc.option(fc.constant(['Autumn Health', 'Harvest Insurance', 'Spring Mutual'])),
      plans: fc.option(
        fc.constant([
          { label: 'NHI', codes: ['NHI'] },
          { label: 'other', codes: ['PLAN-B', 'PLAN-P'] },
        ]),
      ),
    })
    .map(({ groups: [first, ...rest], ages, ...each }) => ({
      kind: 'monitor' as const,
      organisation: 'Harvest Insurance',
      groups: [
        { label: first!, codes: [first!] },
        { label: 'other', codes: rest },
      ],
      ageEdges: ages.edges.filter((edge) => edge > 0),
      ...each,
    })),
  'cleaning-profile': fc.record({
    kind: fc.constant('cleaning-profile' as const),
    tests: fc.constantFrom(
      [{ test: 'hba1c', units: ['%', 'mmol/mol'] }],
      [
        { test: 'creat', units: ['mg/dL', 'umol/L'] },
        { test: 'hba1c', units: [] },
        { test: 'sbp', units: ['kPa', 'mm[Hg]'] },
      ],
    ),
    reasons: fc
      .shuffledSubarray(['impossible', 'exact-duplicate', 'unit-guessed', 'unusual', 'sex-differs'])
      .map((reasons) => reasons.sort()),
    lastYear: fc.constantFrom(2019, 2024),
    years: fc.integer({ min: 1, max: 12 }),
  }),
}
const anyOutput: fc.Arbitrary<Output> = fc.oneof(...Object.values<fc.Arbitrary<Output>>(OUTPUTS))

export const anyRequest: fc.Arbitrary<ReleaseRequest> = fc
  .record({
    snapshot: hash,
    cohort: hash,
    cleaning: fc.option(hash),
    followUp: hash,
    output: anyOutput,
    microRho: fc.integer({ min: 100, max: 500_000 }),
  })
  .map((request) => ({
    ...request,
    cleaning: request.output.kind === 'monitor' ? null : request.cleaning,
    output:
      request.output.kind === 'cleaning-profile' && request.cleaning === null
        ? { ...request.output, reasons: [] }
        : request.output,
    followUp:
      request.output.kind === 'kaplan-meier' || request.output.kind === 'cox' ? request.followUp : null,
  }))

const numberOrNone = (variable: string) => {
  const entry = variableOf(variable)
  if (entry?.kind !== 'number') throw new Error(`${variable} is a number`)
  // Beyond the limits too: sources hold what they hold.
  return fc.option(fc.integer({ min: entry.least - 5, max: 2 * entry.greatest }), { freq: 8 })
}
const row: fc.Arbitrary<Row> = fc.record({
  'age-years': numberOrNone('age-years'),
  charlson: numberOrNone('charlson'),
  claims: numberOrNone('claims'),
  'cost-minor': numberOrNone('cost-minor'),
  'exposure-days': numberOrNone('exposure-days'),
  'follow-up-days': numberOrNone('follow-up-days'),
  'follow-up-event': fc.constantFrom('no', 'yes', null),
  payer: fc.constantFrom('NHI', 'PRIVATE', 'SELF', 'something else', null),
  sex: fc.constantFrom('female', 'male', 'unknown'),
  'stay-days': numberOrNone('stay-days'),
  'watched-group': fc.constantFrom('other', 'A1', null),
  'watched-month': fc.constantFrom('2019-11', '2019-12', '2024-01', '1999-01', null),
  'watched-delay': fc.constantFrom('0', '5', '17', null),
  'watched-condition': fc.constantFrom('diabetes', 'lung', 'cancer', null),
  score: fc.option(fc.nat(6_000)),
  expected: fc.nat(9_000),
  'market-insurer': fc.constantFrom('Autumn Health', 'Harvest Insurance', 'Spring Mutual'),
  'market-part': fc.constantFrom('own', 'others'),
  'market-month': fc.constantFrom('2019-11', '2019-12', '2024-01', '1999-01'),
  'market-claims': fc.option(fc.nat(20)),
  'profile-left': fc.constantFrom('kept', 'gone', null),
  'profile-tested': fc.constantFrom('hba1c', 'creat', null),
  'profile-test': fc.constantFrom('hba1c', 'creat', 'sbp'),
  'profile-written': fc.constantFrom('usual', 'impossible', 'no-number', null),
  'profile-cleaned': fc.constantFrom('usual', 'unusual', null),
  'profile-unit': fc.constantFrom('hba1c %', 'hba1c mmol/mol', 'hba1c {other}', 'sbp kPa', null),
  'profile-seen': fc.constantFrom('2015', '2017', '2018', '2019', '2024', null),
  'profile-known': fc.constantFrom('2015', '2017', '2018', '2019', '2024', null),
  'profile-reason': fc.constantFrom('impossible', 'unusual', 'unit-guessed', null),
  'pathway-transition': fc.constantFrom('1 null 0', '1 null -2', '2 0 -1', '2 0 1', '3 1 0', '9 9 9', null),
  'pathway-wait': fc.constantFrom('1 0 0', '1 0 4', '2 1 3', '3 0 2', null),
})
export const anyPatient: fc.Arbitrary<Patient> = fc.array(row, { minLength: 0, maxLength: 12 })
