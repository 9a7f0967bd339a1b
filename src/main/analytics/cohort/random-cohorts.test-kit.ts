/** Random questions about synthetic patients: every event, window and rule of the grammar. */
import fc from 'fast-check'
import type { CohortDefinition, CohortRule, EventFilter } from '../../../shared/domain/cohort.ts'
import { formatDay } from '../../../shared/domain/dates.ts'

const codeSets: CohortDefinition['codeSets'] = {
  dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*', 'E10*'], exclude: ['E1122'] },
  cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I639', 'I50*'], exclude: [] },
  none: { kind: 'diagnosis', name: 'Never seen', include: ['Q99'], exclude: [] },
  statin: { kind: 'medicine', name: 'Statins', include: ['C10AA*'], exclude: [] },
  stent: { kind: 'procedure', name: 'Stent', include: ['0270*'], exclude: [] },
}

const classes = fc.option(
  fc.uniqueArray(fc.constantFrom('AMB' as const, 'EMER' as const, 'IMP' as const), { minLength: 1 }),
  { nil: undefined },
)
const decimal = fc.constantFrom('4', '5.7', '6.5', '7.0', '9', '130', '140.5', '200')
const results: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('result' as const),
      test: fc.constantFrom('hba1c', 'ldlD', 'sbp', 'creat', 'smoking'),
      value: fc.oneof(
        fc.record({ atLeast: decimal }),
        fc.record({ above: decimal }),
        fc.record({ atMost: decimal, atLeast: fc.constant('4') }),
        fc.record({ below: decimal }),
      ),
    },
    { requiredKeys: ['kind', 'test'] },
  ),
  fc.record(
    {
      kind: fc.constant('result' as const),
      test: fc.constant('egfrCreat'),
      value: fc.constantFrom(
        { below: '60' },
        { atLeast: '90' },
        { above: '45.5', atMost: '75' },
        { atMost: '30' },
      ),
    },
    { requiredKeys: ['kind', 'test'] },
  ),
  fc.record({
    kind: fc.constant('coded-result' as const),
    test: fc.constant('smoking'),
    // The last is in no record.
    anyOf: fc.uniqueArray(fc.constantFrom('266919005', '8517006', '77176002', '449868002'), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
)
const event: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('diagnosis' as const),
      codes: fc.constantFrom('dm', 'cvd', 'none'),
      isPrincipal: fc.boolean(),
      classes,
    },
    { requiredKeys: ['kind', 'codes'] },
  ),
  results,
  fc.constant({ kind: 'prescription' as const, codes: 'statin' }),
  fc.constant({ kind: 'procedure' as const, codes: 'stent' }),
  fc.record({ kind: fc.constant('visit' as const), classes }),
  fc.constant({ kind: 'claim' as const }),
  fc.constant({ kind: 'death' as const }),
)
const day = fc.integer({ min: -1500, max: 1500 })
const dayWindow = fc
  .tuple(fc.option(day), fc.option(day))
  .map(([a, b]) => (a !== null && b !== null && a > b ? { from: b, to: a } : { from: a, to: b }))
const occurs: fc.Arbitrary<CohortRule> = fc.oneof(
  fc
    .tuple(event, dayWindow, fc.integer({ min: 0, max: 3 }), fc.option(fc.integer({ min: 0, max: 4 })))
    .map(([e, window, atLeast, more]) => ({
      kind: 'occurs' as const,
      event: e,
      window,
      atLeast,
      ...(more === null ? {} : { atMost: atLeast + more }),
    })),
  fc
    .tuple(event, dayWindow, fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 500 }))
    .map(([e, window, atLeast, withinDays]) => ({
      kind: 'occurs' as const,
      event: e,
      window,
      atLeast,
      withinDays,
    })),
)
const last: fc.Arbitrary<CohortRule> = fc
  .tuple(results, dayWindow)
  .map(([e, window]) => ({ kind: 'last' as const, event: e, window }))
const years = fc.integer({ min: 20, max: 90 })
const civil = fc.integer({ min: 15_000, max: 20_000 }).map(formatDay)
const leaf: fc.Arbitrary<CohortRule> = fc.oneof(
  { weight: 4, arbitrary: occurs },
  { weight: 2, arbitrary: last },
  { weight: 1, arbitrary: years.map((atLeast) => ({ kind: 'age' as const, atLeast })) },
  { weight: 1, arbitrary: years.map((atMost) => ({ kind: 'age' as const, atLeast: 30, atMost })) },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom('male' as const, 'female' as const), { minLength: 1 })
      .map((anyOf) => ({ kind: 'sex' as const, anyOf })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom('NHI' as const, 'PRIVATE' as const, 'SELF' as const), { minLength: 1 })
      .map((anyOf) => ({ kind: 'payer' as const, anyOf })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom('H1', 'H2', 'H3', 'H9'), { minLength: 1 })
      .map((anyOf) => ({ kind: 'hospital' as const, anyOf })),
  },
  { weight: 1, arbitrary: civil.map((from) => ({ kind: 'calendar' as const, from })) },
  { weight: 1, arbitrary: civil.map((to) => ({ kind: 'calendar' as const, to })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 0, max: 800 }))
      .map(([beforeDays, afterDays]) => ({ kind: 'observed' as const, beforeDays, afterDays })),
  },
)
const { rule } = fc.letrec<{ rule: CohortRule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((of) => ({ kind: 'all' as const, of })),
    fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((of) => ({ kind: 'any' as const, of })),
    tie('rule').map((inner) => ({ kind: 'not' as const, rule: inner })),
  ),
}))
export const randomCohort: fc.Arbitrary<CohortDefinition> = fc
  .record({
    event,
    confirmedBy: fc.option(
      fc.record({ count: fc.integer({ min: 2, max: 3 }), withinDays: fc.integer({ min: 1, max: 800 }) }),
      { nil: undefined },
    ),
    washout: fc.option(fc.record({ event, days: fc.integer({ min: 1, max: 2000 }) }), { nil: undefined }),
    priorDays: fc.constantFrom(0, 0, 30, 365),
    which: fc.constantFrom('first' as const, 'first-qualifying' as const),
    steps: fc.array(fc.record({ use: fc.constantFrom('include' as const, 'exclude' as const), rule }), {
      maxLength: 4,
    }),
  })
  .map(({ steps, event: entryEvent, confirmedBy, washout, priorDays, which }) => ({
    schema: 'cohort/1' as const,
    title: 'Random',
    codeSets,
    entry: {
      event: entryEvent,
      ...(confirmedBy === undefined ? {} : { confirmedBy }),
      ...(washout === undefined ? {} : { washout }),
      priorDays,
      which,
    },
    steps,
  }))
