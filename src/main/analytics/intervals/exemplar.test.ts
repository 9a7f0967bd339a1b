/** The invented person is cut by the same code as everybody, each cut says why, and no definition leaves it without an answer. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  problemsOfIntervals,
  type Covariate,
  type IntervalDefinition,
} from '../../../shared/domain/intervals.ts'
import { exemplarOf, type IntervalExemplar } from './exemplar.ts'

const base: IntervalDefinition = {
  schema: 'intervals/1',
  codeSets: {
    cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I50*'], exclude: ['I21', 'I219'] },
    statin: { kind: 'medicine', name: 'Statins', include: ['C10AA*'], exclude: [] },
  },
  followUp: {
    startAfterDays: 0,
    event: { kind: 'diagnosis', codes: 'cvd', classes: ['IMP'] },
    earlierEvents: 'leave-out',
    left: { withoutVisitDays: 730, countedDays: 730 },
    atMostDays: null,
    until: null,
    atLeastDays: 1,
  },
  covariates: [
    { kind: 'age', name: 'age' },
    { kind: 'sex', name: 'sex' },
    { kind: 'result', name: 'hba1c', test: 'hba1c', oldestDays: 120, delayDays: 0 },
    { kind: 'since', name: 'statin', event: { kind: 'prescription', codes: 'statin' }, delayDays: 10 },
  ],
  clock: 'index',
  cuts: [365],
  rows: { kind: 'changes' },
}

const made = (definition: IntervalDefinition, seed = 1): IntervalExemplar => {
  const exemplar = exemplarOf(definition, {}, seed)
  if (exemplar === null) throw new Error('nobody could be invented')
  return exemplar
}
const kindsOf = ({ rows }: IntervalExemplar): Set<string> =>
  new Set(rows.flatMap(({ why }) => why.map(({ kind }) => kind)))

describe('an invented person', () => {
  it('has rows without gap or overlap, the event at the end of the last, and a reason for every cut', () => {
    const exemplar = made(base)
    const { rows } = exemplar
    for (const [i, row] of rows.entries()) {
      expect(row.stop).toBeGreaterThan(row.start)
      if (i > 0) expect(row.start).toBe(rows[i - 1]!.stop)
      expect(row.why.length, JSON.stringify(row)).toBeGreaterThan(0)
      expect(row.event).toBe(i === rows.length - 1)
    }
    expect(rows.at(-1)!.why).toEqual([{ kind: 'end', reason: 'event' }])
    expect([...kindsOf(exemplar)].sort()).toEqual(['cut', 'end', 'known', 'too-old'])
  })

  it('has codes of results, what follows from results, and a burden that changes on the way', () => {
    const { rows, columns } = made({
      ...base,
      covariates: [
        {
          kind: 'coded',
          name: 'smoking',
          test: 'smoking',
          categories: ['266919005', '77176002'],
          oldestDays: null,
          delayDays: 0,
        },
        { kind: 'result', name: 'egfr', test: 'egfrCreat', oldestDays: null, delayDays: 0 },
        { kind: 'score', name: 'burden', weights: 'quan2011', lookBackDays: null, delayDays: 0 },
        { kind: 'slope', name: 'slope', test: 'hba1c', overDays: 3_000, delayDays: 0 },
      ],
    })
    for (const [c, { name }] of columns.entries())
      expect(
        new Set(rows.map(({ values }) => values[c]).filter((value) => value !== null)).size,
        name,
      ).toBeGreaterThan(1)
  })

  it('meets a claim where that is what is waited for', () => {
    const { rows } = made({ ...base, followUp: { ...base.followUp, event: { kind: 'claim' } } })
    expect(rows.at(-1)).toMatchObject({ event: true, why: [{ kind: 'end', reason: 'event' }] })
  })

  it('says that a value acts after its day, a delayed one later still, and holds none that is not recorded', () => {
    const { rows, records, columns } = made(base)
    const hba1c = columns.findIndex(({ name }) => name === 'hba1c')
    const recorded = records.filter(({ name }) => name === 'hba1c')
    for (const { start, values } of rows) {
      const value = values[hba1c]!
      if (value === null) continue
      const last = recorded.filter(({ actsAfter }) => actsAfter <= start).at(-1)!
      expect(value).toBe(last.value)
      expect(start - last.day).toBeLessThan(120)
    }
    const statin = records.find(({ name }) => name === 'statin')!
    expect(statin.actsAfter - statin.day).toBe(10)
    expect(rows.some(({ stop }) => stop === statin.actsAfter)).toBe(true)
  })

  it('is one to whom it happens, one who is followed to the end, and one who dies, again and again the same', () => {
    const ends = [1, 2, 3].map((seed) => made(base, seed).rows.at(-1)!.why)
    expect(ends).toEqual([
      [{ kind: 'end', reason: 'event' }],
      [{ kind: 'end', reason: 'data-end' }],
      [{ kind: 'end', reason: 'death' }],
    ])
    expect(made(base, 4)).toEqual(made(base, 4))
    expect(made(base, 4)).not.toEqual(made(base, 1))
  })

  it('is cut by pieces of equal length, by age, and where every visit is what is waited for', () => {
    expect([...kindsOf(made({ ...base, rows: { kind: 'every', days: 90 } }))]).toContain('piece')
    const byAge = made({ ...base, clock: 'age', cuts: [] })
    expect(byAge.rows[0]!.start).toBe(byAge.index)
    expect(byAge.index / 365.25).toBeGreaterThan(44)
    const again = made({
      ...base,
      followUp: { ...base.followUp, event: { kind: 'visit' }, earlierEvents: 'keep' },
    })
    expect(again.rows.at(-1)).toMatchObject({ event: true })
  })

  it('is there for every definition without problems, with a reason at each cut', () => {
    const event = fc
      .constantFrom<Covariate & { kind: 'since' }>(
        { kind: 'since', name: 'x', event: { kind: 'visit', classes: ['IMP'] }, delayDays: 0 },
        // The one happens with the other: before the start it leaves the person out.
        {
          kind: 'since',
          name: 'x',
          event: { kind: 'diagnosis', codes: 'cvd', classes: ['AMB'] },
          delayDays: 0,
        },
        { kind: 'since', name: 'x', event: { kind: 'diagnosis', codes: 'cvd' }, delayDays: 5 },
        { kind: 'since', name: 'x', event: { kind: 'prescription', codes: 'statin' }, delayDays: 0 },
        {
          kind: 'since',
          name: 'x',
          event: { kind: 'result', test: 'ldl', value: { atLeast: '250' } },
          delayDays: 0,
        },
        { kind: 'since', name: 'x', event: { kind: 'death' }, delayDays: 0 },
      )
      .map((each) => each.event)
    const covariate = fc.oneof(
      event.map((each) => ({ kind: 'since' as const, event: each, delayDays: 0 })),
      event.map((each) => ({ kind: 'times' as const, event: each, delayDays: 3 })),
      event.map((each) => ({
        kind: 'before' as const,
        event: each,
        window: { from: -365, to: 0 },
        as: 'any' as const,
      })),
      fc
        .constantFrom('ldl', 'hba1c', 'sbp', 'weight')
        .map((test) => ({ kind: 'result' as const, test, oldestDays: null, delayDays: 0 })),
    )
    const definition = fc.record({
      event,
      covariates: fc.array(covariate, { maxLength: 4 }),
      clock: fc.constantFrom('index' as const, 'age' as const, 'calendar' as const),
      startAfterDays: fc.constantFrom(0, 30),
      atMostDays: fc.constantFrom(null, 60, 2_000),
      until: fc.constantFrom(null, '2019-12-31'),
      earlierEvents: fc.constantFrom('leave-out' as const, 'keep' as const),
      withoutVisitDays: fc.constantFrom(5, 730),
      every: fc.boolean(),
      seed: fc.integer({ min: 1, max: 9 }),
    })
    fc.assert(
      fc.property(definition, (of) => {
        const whole: IntervalDefinition = {
          ...base,
          clock: of.clock,
          cuts: [],
          rows: of.every ? { kind: 'every', days: 30 } : { kind: 'changes' },
          covariates: of.covariates.map((each, i) => ({ ...each, name: `c${i}` }) as Covariate),
          followUp: {
            ...base.followUp,
            event: of.event,
            startAfterDays: of.startAfterDays,
            atMostDays: of.atMostDays,
            until: of.until,
            earlierEvents: of.earlierEvents,
            left: { withoutVisitDays: of.withoutVisitDays, countedDays: of.withoutVisitDays },
          },
        }
        expect(problemsOfIntervals(whole)).toEqual([])
        const { rows } = made(whole, of.seed)
        for (const { why } of rows) expect(why.length).toBeGreaterThan(0)
      }),
      { numRuns: 150 },
    )
  })
})
