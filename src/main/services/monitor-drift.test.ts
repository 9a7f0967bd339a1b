/** What moved between two tables, from the very bytes of requests and answers, where what moved is known. */
import { describe, expect, it } from 'vitest'
import { driftOf, type DriftTable } from '../insurer/drift.ts'
import {
  answered,
  madeExposure,
  madePatients,
  numbersOf,
  type MadeGroup,
} from '../insurer/insurer.test-kit.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { monthsUpTo } from '../privacy/request/monitor-output.ts'
import type { Patient } from '../privacy/request/tabulate.ts'
import { office } from './monitor-office.test-kit.ts'

const groups = [1_800, 1_500, 1_200].map((lives, i): MadeGroup => ({
  name: `G${i}`,
  lives,
  rate: () => 0.25,
}))
/** Two years, whose tables have no month in common. */
const months = monthsUpTo('2024-12', 24)
const lastMonths = ['2023-12', '2024-12']

/** In the second year alone. */
const later =
  (change: (rows: Patient, i: number, lastMonth: string) => Patient) =>
  (patients: readonly Patient[], lastMonth: string): readonly Patient[] =>
    lastMonth === '2024-12' ? patients.map((rows, i) => change(rows, i, lastMonth)) : patients

describe('monitor.drift', () => {
  it('compares nothing that counts over all months between tables of different length', async () => {
    const { drift } = await office(groups, {
      months: monthsUpTo('2024-06', 18),
      lastMonths: ['2023-06', '2024-06'],
    })
    const found = await drift(0, 1)
    expect([found.earlier!.months, found.later.months]).toEqual([6, 12])
    expect(found).toMatchObject({
      actual: { kind: 'none', reason: 'other-length' },
      conditions: null,
      charlson: null,
      unknown: [],
    })
    // The file's own mix has no length, and late reporting goes by the age of a month.
    expect(found.mix.map(({ of }) => of)).toEqual(['age-sex', 'group'])
    expect(found.late.length).toBeGreaterThan(0)
  })
  it('finds nothing that moved where nothing did', async () => {
    const { drift } = await office(groups, { months, lastMonths })
    const found = await drift(0, 1)
    expect(found.earlier!.lastMonth).toBe('2023-12')
    expect(found.sharedMonths).toBe(0)
    expect(found.mix.map(({ of, verdict }) => [of, verdict])).toEqual([
      ['age-sex', 'stable'],
      ['group', 'stable'],
      ['patients', 'stable'],
    ])
    const file = found.mix[0]!
    expect(file).toMatchObject({
      before: { first: '2023-01', last: '2023-12' },
      after: { first: '2024-01', last: '2024-12' },
      expected: 0,
      bins: 8,
    })
    expect(file.index).toBeCloseTo(0, 12)
    // Patients are a sample with noise: their index is not 0, and that is expected.
    const patients = found.mix[2]!
    expect(patients.expected).toBeGreaterThan(0)
    expect(patients.index).toBeLessThan(patients.upper)
    if (found.actual.kind !== 'ratio') throw new Error(found.actual.reason)
    expect(found.actual.lower).toBeLessThan(1)
    expect(found.actual.upper).toBeGreaterThan(1)
    expect(found.actual.upper - found.actual.lower).toBeLessThan(0.1)
    expect([found.conditions!.isMoved, found.charlson!.isMoved]).toEqual([false, false])
    // A quarter of the patients has the condition.
    expect(found.conditions!.before.value).toBeCloseTo(0.25, 1)
    expect(found.late.every(({ isMoved }) => !isMoved)).toBe(true)
    // Nobody is unknown, and what is nobody is not shown.
    expect(found.unknown.map(({ of, share }) => [of, share.kind])).toEqual([
      ['group', 'withheld'],
      ['age', 'withheld'],
      ['sex', 'withheld'],
      ['charlson', 'withheld'],
      ['delay', 'withheld'],
    ])
  })
  it('finds more claims than the earlier rates expect', async () => {
    const { drift } = await office(
      groups.map((each) => ({ ...each, rate: (month) => (month < 12 ? 0.2 : 0.26) })),
      { months, lastMonths },
    )
    const { actual, mix } = await drift(0, 1)
    if (actual.kind !== 'ratio') throw new Error(actual.reason)
    expect(actual.lower).toBeGreaterThan(1.15)
    expect(actual.upper).toBeLessThan(1.4)
    expect(mix.find(({ of }) => of === 'age-sex')!.verdict).toBe('stable')
  })
  it('finds coding that became denser, and says it with limits', async () => {
    const { drift } = await office(groups, {
      months,
      lastMonths,
      patients: later((rows, i) => {
        const place = { 'watched-group': rows[0]!['watched-group']! }
        const coded = rows.map((row) =>
          'charlson' in row ? { ...row, charlson: i % 2 === 0 ? 4 : row['charlson']! } : row,
        )
        return i % 3 === 0 ? [...coded, { ...place, 'watched-condition': 'diabetes' }] : coded
      }),
    })
    const { conditions, charlson } = await drift(0, 1)
    // Diabetes is shown in the later table alone: it is in neither number, and what both have did not move.
    expect(conditions!.isMoved).toBe(false)
    expect(charlson!.isMoved).toBe(true)
    expect(charlson!.before.value).toBeCloseTo(1.8, 1)
    expect(charlson!.difference.lower).toBeGreaterThan(0.5)
  })
  it('finds a condition that both tables count more often in the later one', async () => {
    const { drift } = await office(groups, {
      months,
      lastMonths,
      patients: later((rows, i) => {
        const place = { 'watched-group': rows[0]!['watched-group']! }
        const has = rows.some((row) => row['watched-condition'] === 'hypertension')
        return !has && i % 4 === 1 ? [...rows, { ...place, 'watched-condition': 'hypertension' }] : rows
      }),
    })
    const { conditions } = await drift(0, 1)
    expect(conditions!.isMoved).toBe(true)
    expect(conditions!.difference.lower).toBeGreaterThan(0.1)
  })
  it('finds what became unknown, in cells that both tables show', async () => {
    const unknown = (rows: Patient): Patient =>
      rows.map((row) => ('sex' in row ? { ...row, sex: null } : row))
    const { drift } = await office(groups, {
      months,
      lastMonths,
      patients: (patients, lastMonth) =>
        patients.map((rows, i) => (i % 10 < (lastMonth === '2024-12' ? 4 : 2) ? unknown(rows) : rows)),
    })
    const sex = (await drift(0, 1)).unknown.find(({ of }) => of === 'sex')!.share
    if (sex.kind !== 'moved') throw new Error('shown')
    expect(sex.before.value).toBeCloseTo(0.2, 1)
    expect(sex.after.value).toBeCloseTo(0.4, 1)
    expect(sex.difference.lower).toBeGreaterThan(0.12)
    expect(sex.isMoved).toBe(true)
  })
  it('finds claims that are reported later', async () => {
    let turn = 0
    const { drift } = await office(groups, {
      months,
      lastMonths,
      patients: later((rows, _i, lastMonth) =>
        rows.flatMap((row) => {
          if (row['watched-delay'] !== '0' || turn++ % 2 === 0) return [row]
          return row['watched-month'] === lastMonth ? [] : [{ ...row, 'watched-delay': '1' }]
        }),
      ),
    })
    const { late } = await drift(0, 1)
    const [newest] = late
    expect(newest!.months).toBe(1)
    expect(newest!.before.value).toBeCloseTo(0.7, 1)
    expect(newest!.after.value).toBeCloseTo(0.35, 1)
    expect(newest!.isMoved).toBe(true)
    expect(newest!.difference.upper).toBeLessThan(-0.2)
    expect(late.at(-1)!.isMoved).toBe(false)
  })
  it('says why there is no ratio: without the file, and of one table alone', async () => {
    const { drift, monitor } = await office(groups, { months, lastMonths })
    const none = await drift(0, 1, null)
    expect(none.actual).toEqual({ kind: 'none', reason: 'no-file' })
    expect(none.mix.map(({ of }) => of)).toEqual(['patients'])
    const alone = await drift(1, 1)
    expect(alone).toMatchObject({ earlier: null, conditions: null, unknown: [], late: [] })
    expect(alone.actual).toEqual({ kind: 'none', reason: 'one-table' })
    expect(alone.mix.map(({ of, before, after }) => [of, before.last, after.first])).toEqual([
      ['age-sex', '2023-12', '2024-01'],
      ['group', '2023-12', '2024-01'],
    ])
    const tables = await monitor().tables()
    expect(tables).toHaveLength(2)
  })
})

describe('driftOf', () => {
  const GENEROUS = 2_000_000

  it('holds against each other what only one of two tables has, in the file that moved (PSI)', () => {
    // In the second year the oldest join the largest group.
    const rows = madeExposure(groups, months).map((row) =>
      row.key.month > '2023-12' && row.key.ageBand === '65+' && row.key.group === 'G0'
        ? { ...row, memberMonths: 5 * row.memberMonths }
        : row,
    )
    const tableOf = (lastMonth: string): DriftTable => {
      const plan = planMonitor(rows, 'Harvest Insurance', lastMonth)
      if (plan.kind !== 'plan') throw new Error(plan.kind)
      const { output } = plan
      const released = numbersOf(
        answered(
          output,
          GENEROUS,
          madePatients(groups, (name) => name),
        ),
      )
      return {
        source: { lastMonth, months: 12 },
        output,
        microRho: GENEROUS,
        released,
        bands: [],
        exposure: rows,
        asOf: null,
        risk: { portfolio: { months: [] } },
      } as unknown as DriftTable
    }
    const found = driftOf(tableOf('2024-06'), tableOf('2024-12'), rows)!
    expect(found.sharedMonths).toBe(6)
    const [ages, named] = found.mix
    // Half of the earlier table's months are before the change.
    expect(ages).toMatchObject({
      before: { first: '2023-07', last: '2023-12' },
      after: { first: '2024-07', last: '2024-12' },
    })
    const lives = [1_800, 1_500, 1_200]
    const all = lives.reduce((sum, each) => sum + each)
    const after = all + 4 * (1_800 / 4)
    const index = (shares: readonly (readonly [number, number])[]) =>
      shares.reduce((sum, [a, b]) => sum + (a - b) * Math.log(a / b), 0)
    const old = [(all / 4 + 4 * 450) / after, 1 / 4] as const
    const rest = [all / 4 / after, 1 / 4] as const
    // Two sexes of each band.
    const half = ([a, b]: readonly [number, number]) => [a / 2, b / 2] as const
    const bands = [old, rest, rest, rest].flatMap((band) => [half(band), half(band)])
    expect(ages!.index).toBeCloseTo(index(bands), 9)
    expect(ages!.verdict).toBe('watch')
    expect(ages!.moved[0]!.label).toMatch(/^65\+ /)
    expect(named!.index).toBeCloseTo(
      index(lives.map((each, i) => [(each + (i === 0 ? 1_800 : 0)) / after, each / all])),
      9,
    )
  })
})
