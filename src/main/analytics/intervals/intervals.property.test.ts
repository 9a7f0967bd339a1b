/** Random definitions over synthetic patients: the table says of every day what a walk day by day says. */
import fc from 'fast-check'
import { expect, describe, it } from 'vitest'
import type { EventFilter } from '../../../shared/domain/cohort.ts'
import { formatDay } from '../../../shared/domain/dates.ts'
import {
  intervalDefinition,
  problemsOfIntervals,
  withCompeting,
  type Covariate,
  type IntervalDefinition,
} from '../../../shared/domain/intervals.ts'
import { checkIntervals } from '../../stats/survival/intervals.ts'
import {
  someClaimsWithout,
  someDeathsByDischarge,
  someDeathsByYear,
  syntheticFacts,
} from '../facts/facts.test-kit.ts'
import { personsOf } from '../persons/persons.test-kit.ts'
import { birthOf, deathOf } from '../persons/person-says.ts'
import { createIntervals } from './build-intervals.ts'
import { daysByHand } from './by-hand.test-kit.ts'
import { untilMet } from '../../../shared/std/until-met.test-kit.ts'

const codeSets: IntervalDefinition['codeSets'] = {
  dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*', 'E10*'], exclude: [] },
  cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I639', 'I50*'], exclude: [] },
  statin: { kind: 'medicine', name: 'Statins', include: ['C10AA*'], exclude: [] },
}
const event: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('diagnosis' as const),
      codes: fc.constantFrom('dm', 'cvd'),
      isPrincipal: fc.boolean(),
      classes: fc.constant<'IMP'[]>(['IMP']),
    },
    { requiredKeys: ['kind', 'codes'] },
  ),
  fc.record(
    {
      kind: fc.constant('result' as const),
      test: fc.constantFrom('hba1c', 'sbp'),
      value: fc.constantFrom({ atLeast: '7' }, { above: '140' }, { below: '6' }),
    },
    { requiredKeys: ['kind', 'test'] },
  ),
  fc.record({
    kind: fc.constant('coded-result' as const),
    test: fc.constant('smoking'),
    anyOf: fc.constantFrom<string[][]>(['77176002'], ['266919005', '8517006']),
  }),
  fc.constant<EventFilter>({ kind: 'result', test: 'egfrCreat', value: { below: '60' } }),
  fc.constant({ kind: 'prescription' as const, codes: 'statin' }),
  fc.constant<EventFilter>({ kind: 'visit', classes: ['EMER', 'IMP'] }),
  fc.constant<EventFilter>({ kind: 'claim' }),
  fc.constant<EventFilter>({ kind: 'death' }),
)
const persons = personsOf(
  someClaimsWithout(someDeathsByYear(someDeathsByDischarge(syntheticFacts(40, 'intervals-property')))),
)
const dying = persons.filter((facts) => deathOf(facts) !== null)
const lastDay = Math.max(...persons.flatMap(({ visit }) => visit.map(({ day }) => day!)))

/** Days between two visits of one person: limits are right or wrong at just these. */
const gaps = persons.flatMap(({ visit }) =>
  visit.slice(1).flatMap(({ day }, i) => (day! - visit[i]!.day! > 31 ? [day! - visit[i]!.day!] : [])),
)
const gap = fc.constantFrom(...gaps)
const few = fc.integer({ min: 0, max: 30 })
const window = fc
  .tuple(fc.integer({ min: -900, max: 0 }), fc.integer({ min: -900, max: 0 }))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
const test = fc.constantFrom('hba1c', 'sbp', 'ldlD', 'bmi', 'egfrCreat')
const coded = {
  test: fc.constant('smoking'),
  categories: fc.constantFrom<string[][]>(['77176002'], ['266919005', '8517006']),
}
const weights = fc.constantFrom(
  'charlson1987' as const,
  'quan2011' as const,
  'vanWalraven2009' as const,
  'swiss2021' as const,
)
type Unnamed = Covariate extends infer Each ? (Each extends Covariate ? Omit<Each, 'name'> : never) : never
const covariate: fc.Arbitrary<Unnamed> = fc.oneof(
  fc.constantFrom({ kind: 'age' as const }, { kind: 'sex' as const }, { kind: 'hospital' as const }),
  fc.record({ kind: fc.constant('before' as const), event, window, as: fc.constantFrom('any', 'count') }),
  fc.record({
    kind: fc.constant('result-before' as const),
    test,
    window,
    as: fc.constantFrom('last', 'mean', 'least', 'most', 'slope'),
  }),
  fc.record({
    kind: fc.constant('result' as const),
    test,
    oldestDays: fc.option(gap),
    delayDays: few,
  }),
  fc.record({ kind: fc.constantFrom('since' as const, 'times' as const), event, delayDays: few }),
  fc.record({ kind: fc.constant('coded-before' as const), ...coded, window }),
  fc.record({ kind: fc.constant('coded' as const), ...coded, oldestDays: fc.option(gap), delayDays: few }),
  fc.record({ kind: fc.constant('score-before' as const), weights, window }),
  fc.record({ kind: fc.constant('score' as const), weights, lookBackDays: fc.option(gap), delayDays: few }),
  fc.record({ kind: fc.constant('slope' as const), test, overDays: gap, delayDays: few }),
)
const definition: fc.Arbitrary<IntervalDefinition> = fc
  .record({
    startAfterDays: fc.constantFrom(0, 0, 30),
    event,
    competing: fc.option(event, { nil: undefined }),
    earlierEvents: fc.constantFrom('leave-out' as const, 'keep' as const),
    left: fc.option(
      fc.record({
        withoutVisitDays: gap,
        countedDays: fc.integer({ min: 0, max: 1_200 }),
      }),
    ),
    atMostDays: fc.option(fc.integer({ min: 1, max: 2000 })),
    until: fc.option(fc.integer({ min: 16_000, max: lastDay + 1_000 }).map(formatDay)),
    atLeastDays: fc.constantFrom(1, 1, 60),
    covariates: fc.array(covariate, { maxLength: 5 }),
    clock: fc.constantFrom('index' as const, 'age' as const, 'calendar' as const),
    cuts: fc
      .uniqueArray(fc.integer({ min: 0, max: 25_000 }), { maxLength: 4 })
      .map((all) => all.sort((a, b) => a - b)),
    every: fc.option(fc.integer({ min: 20, max: 400 })),
  })
  .map(({ covariates, clock, cuts, every, competing, ...followUp }) => ({
    schema: 'intervals/1' as const,
    codeSets,
    followUp,
    covariates: covariates.map((each, i) => ({ ...each, name: `c${i}` }) as Covariate),
    clock,
    cuts,
    rows: every === null ? { kind: 'changes' as const } : { kind: 'every' as const, days: every },
    competing,
  }))
  .map(({ competing, ...plain }) => {
    const named = withCompeting(plain, competing ?? null)
    // What is waited for, and death, do not compete.
    return problemsOfIntervals(named).length === 0 ? named : plain
  })

describe('the (start, stop] table', () => {
  it('R6: says of every day what is known that day, whatever is asked', async () => {
    const seen = { rows: 0, events: 0, competing: 0, deaths: 0, leftOut: 0, laterEvents: 0 }
    // Kinds of covariates whose value is said somewhere: labels, scores and slopes that are always missing would prove nothing.
    const said = new Map<Covariate['kind'], number>()
    const mustBeSaid = ['coded', 'coded-before', 'score', 'score-before', 'slope'] as const
    const isMet = () => Math.min(...Object.values(seen)) > 0 && mustBeSaid.every((kind) => said.has(kind))
    await untilMet(isMet, () =>
      fc.assert(
        fc.property(
          definition,
          fc.integer({ min: 0, max: persons.length - 8 }),
          fc.integer({ min: 0, max: 3 }),
          (asked, from, nth) => {
            expect(intervalDefinition.parse(asked)).toEqual(asked)
            expect(problemsOfIntervals(asked)).toEqual([])
            const rounded = new Set(asked.covariates.filter(isRounded).map(({ name }) => name))
            // Few people die: one of them is always there.
            const some = [...new Set([...persons.slice(from, from + 7), dying[from % dying.length]!])]
            some.sort((a, b) => a.person - b.person)
            const indexOf = (p: number) =>
              some[p]!.visit[Math.min(nth, some[p]!.visit.length - 1)]!.day! + (nth === 3 ? 1 : 0)
            const builder = createIntervals(asked, { lastDay, oldestDays: {} })
            for (const [p, facts] of some.entries()) builder.add([{ index: indexOf(p), facts }])
            const { rows, report } = builder.finish()
            expect(checkIntervals(rows.id, rows.start, rows.stop, rows.event)).toEqual({
              overlaps: [],
              gaps: [],
              afterEvent: [],
            })
            let row = 0
            for (const [p, facts] of some.entries()) {
              const { days, leftOut } = daysByHand(asked, facts, indexOf(p), lastDay)
              if (leftOut !== null) seen.leftOut++
              const origin = { index: indexOf(p), age: birthOf(facts) ?? 0, calendar: 0 }[asked.clock]
              for (const [d, { day, isEvent, isCompeting, isDeath, values }] of days.entries()) {
                const time = day - origin
                if (d > 0 && time > rows.stop[row]!) row++
                const isFirst = time === rows.start[row]! + 1
                const isLast = time === rows.stop[row]
                const wrong = [
                  rows.id[row] === facts.person ? '' : 'person',
                  time > rows.start[row]! && time <= rows.stop[row]! ? '' : 'row',
                  (isLast && rows.event[row] === 1) === isEvent ? '' : 'event',
                  (isLast && rows.status[row] === 2) === isDeath ? '' : 'death',
                  (isLast && rows.status[row] === 3) === isCompeting ? '' : 'competing',
                  d < days.length - 1 || isLast ? '' : 'end',
                  ...(asked.rows.kind === 'changes' || isFirst ? Object.entries(values) : []).map(
                    ([name, value]) =>
                      isSame(cell(rows.columns.get(name)!, row), value, rounded.has(name)) ? '' : name,
                  ),
                ].filter((each) => each !== '')
                for (const { kind, name } of asked.covariates)
                  if (values[name] !== null && values[name] !== 0) said.set(kind, (said.get(kind) ?? 0) + 1)
                if (wrong.length > 0) expect({ person: facts.person, day, wrong }).toBeNull()
                seen.events += Number(isEvent)
                seen.deaths += Number(isDeath)
                seen.competing += Number(isCompeting)
              }
              if (days.length > 0) row++
            }
            expect(row).toBe(rows.rowCount)
            seen.rows += row
            expect(report.attrition.at(-1)!.persons).toBe(new Set(rows.id).size)
            const events = rows.event.reduce((a, b) => a + b, 0)
            expect([report.ends.event, report.attrition.at(-1)!.events]).toEqual([events, events])
            seen.laterEvents += report.laterEvents
          },
        ),
        { numRuns: Number(process.env['INTERVAL_RUNS'] ?? 60) },
      ),
    )
    // Definitions under which nothing happens would prove nothing.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
    for (const kind of mustBeSaid) expect(said.get(kind), kind).toBeGreaterThan(0)
  })
})

/** Sums in another order, and powers of another library, differ in their last bits. */
const isRounded = (each: Covariate): boolean =>
  each.kind === 'slope' ||
  (each.kind === 'result-before' && each.as === 'slope') ||
  ('test' in each && each.test === 'egfrCreat')

function isSame(one: number | string | null, other: number | string | null, isNear: boolean): boolean {
  if (!isNear || typeof one !== 'number' || typeof other !== 'number') return one === other
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other))
}

function cell(
  column:
    | { kind: 'number'; values: Float64Array }
    | { kind: 'label'; codes: Int32Array; labels: readonly string[] },
  row: number,
): number | string | null {
  if (column.kind === 'label') return column.labels[column.codes[row]!] ?? null
  const value = column.values[row]!
  return value === value ? value : null
}
