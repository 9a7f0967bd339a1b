import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../shared/domain/dates.ts'
import type { MonitorOutput } from '../../privacy/request/monitor-output.ts'
import { FACT_TABLE_NAMES, factCode } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { marketRows } from './market-rows.ts'

const output: MonitorOutput = {
  kind: 'monitor',
  organisation: 'Harvest Insurance',
  groups: [{ label: 'A', codes: ['A'] }],
  plans: null,
  ageEdges: [50],
  lastMonth: '2024-06',
  months: 6,
  costMost: 20_000,
  insurers: ['Autumn Health', 'Harvest Insurance', 'Spring Mutual'],
}
const LATE = parseDay('2024-08-15')!
const day = (text: string) => parseDay(text)!

/** A person of these visits, each with so many claims that stand. */
function person(
  visits: readonly (readonly [day: string, payer: string | null, claims?: number])[],
  death: string | null = null,
): PersonFacts {
  const empty = Object.fromEntries(FACT_TABLE_NAMES.map((name) => [name, []]))
  return {
    ...empty,
    person: 0,
    patients: ['P'],
    visit: visits.map(([on, organisation], block) => ({
      block,
      day: day(on),
      organisation,
      death: death === null ? null : day(death),
    })),
    claim: visits.flatMap(([, , claims = 1], block) =>
      Array.from({ length: claims }, (_, i) => ({
        block,
        claim: `${block}/${i}`,
        reverses: null,
        status: factCode('claimStatus', 'paid'),
      })),
    ),
  } as unknown as PersonFacts
}

const rowsOf = (facts: PersonFacts, from: string | null = '2024-01', snapshotDay = LATE) =>
  marketRows(
    output,
    snapshotDay,
    from,
  )(facts, 0).map(
    (row) => `${row['market-month']} ${row['market-insurer']} ${row['market-part']} ${row['market-claims']}`,
  )

describe('marketRows', () => {
  it('has a row for each month with the insurer of the last visit, and the claims of its own visits of the month', () => {
    const facts = person([
      ['2023-11-05', 'harvest  INSURANCE', 3],
      ['2024-02-10', 'Harvest Insurance', 2],
      ['2024-04-20', 'Autumn Health', 1],
      ['2024-04-22', null, 5],
    ])
    expect(rowsOf(facts)).toEqual([
      '2024-01 Harvest Insurance own 0',
      '2024-02 Harvest Insurance own 2',
      '2024-03 Harvest Insurance own 0',
      '2024-04 Autumn Health others 1',
      '2024-05 Autumn Health others 0',
      '2024-06 Autumn Health others 0',
    ])
  })
  it('is with one insurer in a month, the last one, and gives nobody the claims of another', () => {
    const facts = person([
      ['2024-06-01', 'Autumn Health', 4],
      ['2024-06-20', 'Spring Mutual', 2],
    ])
    expect(rowsOf(facts)).toEqual(['2024-06 Spring Mutual others 2'])
  })
  it('knows nobody who is with no insurer of the consortium, was not seen for a year, or has died', () => {
    expect(rowsOf(person([['2024-02-10', 'Somebody Else']]))).toEqual([])
    expect(rowsOf(person([['2023-01-20', 'Autumn Health']]))).toEqual(['2024-01 Autumn Health others 0'])
    expect(rowsOf(person([['2022-12-31', 'Autumn Health']]))).toEqual([])
    const died = person([['2024-01-10', 'Autumn Health']], '2024-03-05')
    expect(rowsOf(died).map((row) => row.slice(0, 7))).toEqual(['2024-01', '2024-02', '2024-03'])
  })
  it('begins with the first month of the benchmark and ends with the last that is over in the snapshot', () => {
    const facts = person([['2023-12-10', 'Autumn Health']])
    expect(rowsOf(facts, '2024-05').map((row) => row.slice(0, 7))).toEqual(['2024-05', '2024-06'])
    expect(rowsOf(facts, '2024-01', day('2024-03-30')).map((row) => row.slice(0, 7))).toEqual([
      '2024-01',
      '2024-02',
    ])
    const until = (text: string) => rowsOf(facts, '2024-01', day(text)).at(-1)!.slice(0, 7)
    expect(until('2024-03-31')).toBe('2024-02')
    expect(until('2024-04-01')).toBe('2024-03')
    expect(rowsOf(facts, null)).toEqual([])
  })
})
