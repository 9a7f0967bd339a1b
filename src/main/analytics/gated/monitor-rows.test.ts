import { describe, expect, it } from 'vitest'
import { payerName, type MonitorOutput } from '../../privacy/request/monitor-output.ts'
import type { Row } from '../../privacy/request/tabulate.ts'
import { parseDay } from '../../../shared/domain/dates.ts'
import { personsOf, syntheticFacts } from '../facts/facts.test-kit.ts'
import { monitorRows } from './monitor-rows.ts'

const GROUPS = Array.from({ length: 40 }, (_, i) => `G${String(i + 1).padStart(3, '0')}`)
const output: MonitorOutput = {
  kind: 'monitor',
  plans: null,
  organisation: 'ins-1',
  groups: [
    { label: 'first', codes: ['G001'] },
    { label: 'other', codes: GROUPS.slice(1) },
  ],
  ageEdges: [50],
  lastMonth: '2018-12',
  months: 12,
  costMost: 200_000,
  insurers: null,
}
const LATE = parseDay('2026-01-01')!

const persons = personsOf(syntheticFacts(500, 'monitor'))
const rowsOf = monitorRows(output, LATE, null)
const all = persons.map((person) => rowsOf(person, 0))
const visitRows = all.flat().filter((row) => 'watched-month' in row)
const inYear = (day: number | null) => day! >= parseDay('2018-01-01')! && day! <= parseDay('2018-12-31')!

describe('monitorRows', () => {
  it('has one row for each visit of the insurer in the months, and nothing of other payers', () => {
    const own = persons.flatMap(({ visit }) =>
      visit.filter(({ organisation, day }) => organisation === 'INS-1' && inYear(day)),
    )
    expect(own.length).toBeGreaterThan(50)
    expect(visitRows).toHaveLength(own.length)
    const inFirst = own.filter(({ memberGroup }) => memberGroup === 'G001').length
    expect(visitRows.filter((row) => row['watched-group'] === 'first')).toHaveLength(inFirst)
    for (const row of visitRows) expect(row['watched-month']).toMatch(/^2018-/)
  })
  it('says one age band and sex for one patient, one score, and each condition once', () => {
    for (const rows of all) {
      const values = (name: string) => new Set(rows.filter((row: Row) => name in row).map((row) => row[name]))
      expect(values('age-years').size).toBeLessThanOrEqual(1)
      expect(values('sex').size).toBeLessThanOrEqual(1)
      expect(rows.filter((row) => 'charlson' in row)).toHaveLength(rows.length === 0 ? 0 : 1)
      const conditions = rows.filter((row) => 'watched-condition' in row)
      expect(values('watched-condition').size).toBe(conditions.length)
    }
    expect(all.flat().some((row) => row['watched-condition'] === 'hypertension')).toBe(true)
  })
  it('puts each visit under its plan, and one that names none under the kind of its payer', () => {
    expect(visitRows.some((row) => 'watched-plan' in row)).toBe(false)
    const plans = [
      { label: 'Basic', codes: ['PLAN-B'] },
      { label: 'other', codes: ['PLAN-P', 'PLAN-S'] },
      { label: 'NHI', codes: ['NHI'] },
    ]
    const of = (organisation: string) => {
      const rows = persons.flatMap((person) =>
        monitorRows({ ...output, organisation, plans }, LATE, null)(person, 0),
      )
      return rows.map((row) => row['watched-plan'])
    }
    const own = persons.flatMap(({ visit }) =>
      visit.filter(({ organisation, day }) => organisation === 'INS-1' && inYear(day)),
    )
    const basic = own.filter(({ plan }) => plan === 'PLAN-B')
    expect(basic.length).toBeGreaterThan(5)
    expect(of('ins-1').filter((plan) => plan === 'Basic').length).toBeGreaterThanOrEqual(basic.length)
    expect(new Set(of('ins-1'))).toEqual(new Set(['Basic', 'other']))
    expect(new Set(of('NHI'))).toEqual(new Set(['NHI']))
  })
  it('knows nothing after the day of the snapshot', () => {
    const early = monitorRows(output, parseDay('2018-03-31')!, null)
    const rows = persons.flatMap((person) => early(person, 0)).filter((row) => 'watched-month' in row)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.length).toBeLessThan(visitRows.length)
    for (const row of rows) expect(['2018-01', '2018-02', '2018-03']).toContain(row['watched-month'])
  })
})

describe('payerName', () => {
  it('is one insurer in any spelling, and not another', () => {
    expect(payerName('Ｈarvest  INSURANCE ')).toBe(payerName('harvest insurance'))
    expect(payerName('Harvest Insurance 2')).not.toBe(payerName('Harvest Insurance'))
  })
})
