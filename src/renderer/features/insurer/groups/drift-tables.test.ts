import { describe, expect, it } from 'vitest'
import type { MonitorDrift, MonitorMoved } from '../../../../shared/contract/monitor.ts'
import { en as groups } from '../../../words/groups.ts'
import { en as groupSeries } from '../../../words/group-series.ts'
import { en as pricing } from '../../../words/pricing.ts'
import { mixTable, numbersTable } from './drift-tables.ts'

const words = { groups, groupSeries, pricing }
const w = groupSeries.drift
const moved = (before: number, after: number, isMoved: boolean): MonitorMoved => {
  const limits = (value: number) => ({ value, lower: value - 0.02, upper: value + 0.02 })
  return { before: limits(before), after: limits(after), difference: limits(after - before), isMoved }
}
const sides = {
  before: { first: '2023-01', last: '2023-12' },
  after: { first: '2024-12', last: '2024-12' },
}
const source = (lastMonth: string) => ({ lastMonth }) as MonitorDrift['later']
const drift: MonitorDrift = {
  kind: 'drift',
  exposure: null,
  earlier: source('2023-12'),
  later: source('2024-12'),
  sharedMonths: 0,
  mix: [
    {
      of: 'age-sex',
      ...sides,
      index: 0.31,
      corrected: 0.31,
      expected: 0,
      upper: 0,
      verdict: 'act',
      bins: 8,
      moved: [{ label: '65+ female', before: 0.1, after: 0.25 }],
    },
    {
      of: 'patients',
      ...sides,
      index: 0.04,
      corrected: 0.01,
      expected: 0.03,
      upper: 0.055,
      verdict: 'stable',
      bins: 8,
      moved: [],
    },
    {
      of: 'group',
      ...sides,
      index: 0.12,
      corrected: 0.12,
      expected: 0,
      upper: 0,
      verdict: 'watch',
      bins: 3,
      moved: [{ label: 'other', before: 0.2, after: 0.1 }],
    },
  ],
  actual: { kind: 'ratio', value: 1.21, lower: 1.1, upper: 1.33, observed: 1_210, expected: 1_000 },
  conditions: moved(0.5, 0.51, false),
  charlson: null,
  unknown: [
    { of: 'sex', share: { kind: 'moved', ...moved(0.05, 0.12, true) } },
    { of: 'group', share: { kind: 'withheld' } },
  ],
  late: [{ months: 1, ...moved(0.7, 0.35, true) }],
}

describe('mixTable', () => {
  it('says index, what chance and noise make of it, the verdict in words and what moved', () => {
    const table = mixTable(drift, words, 'en')!
    expect(table.rows.map(({ cells }) => cells.slice(0, 7))).toEqual([
      [w.of['age-sex'], '2023-01–2023-12', '2024-12', '0.310', w.fileIsExact, '0.310', 'moved'],
      [w.of.patients, '2023-01–2023-12', '2024-12', '0.040', '0.030 (0.055)', '0.010', 'stable'],
      [w.of.group, '2023-01–2023-12', '2024-12', '0.120', w.fileIsExact, '0.120', 'moved a little'],
    ])
    expect(table.rows[0]!.cells[7]!.replaceAll('\u00a0', ' ')).toMatch(/^65\+ Female 10 ?% → 25 ?%$/)
    expect(table.rows[2]!.cells[7]).toContain(groups.other)
    expect(table.notes).toEqual([w.indexNote, w.patientsNote])
    expect(mixTable({ mix: [] }, words, 'en')).toBeNull()
  })
})

describe('numbersTable', () => {
  it('has every number of both tables with its limits, and why one is missing', () => {
    const table = numbersTable(drift, words, 'en')!
    expect(table.header.slice(1, 3)).toEqual(['2023-12', '2024-12'])
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      [w.actual, '1,000', '1,210', '1.21 (1.10–1.33)', 'Yes'],
      [w.conditions, '0.50 (0.48–0.52)', '0.51 (0.49–0.53)', '0.01 (−0.01…0.03)', 'No'],
      [w.charlson, '', '', 'withheld', ''],
      [w.unknown('sex'), '5.0 % (3.0–7.0)', '12.0 % (10.0–14.0)', '7.0 (5.0…9.0)', 'Yes'],
      [w.unknown('group'), '', '', w.tooFew, ''],
      [w.late('1'), '70.0 % (68.0–72.0)', '35.0 % (33.0–37.0)', '−35.0 (−37.0…−33.0)', 'Yes'],
    ])
    expect(table.notes).not.toContain(w.noLate)
    const less = { ...drift, late: [], actual: { kind: 'none' as const, reason: 'no-file' as const } }
    const other = numbersTable(less, words, 'en')!
    expect(other.rows[0]!.cells[3]).toBe(w.actualNone['no-file'])
    expect(other.notes).toContain(w.noLate)
  })
  it('is none of one table alone', () => {
    expect(numbersTable({ ...drift, earlier: null }, words, 'en')).toBeNull()
  })
})
