import { describe, expect, it } from 'vitest'
import type { LabelledTable } from '../../../shared/contract/answers.ts'
import { usualStep } from '../../../shared/domain/cleaning.ts'
import * as cleaning from '../../words/cleaning.ts'
import * as requests from '../../words/requests.ts'
import { peopleIn, profileTables } from './profile-tables.ts'

const words = { cleaning: cleaning.en, requests: requests.en }
const table = (
  name: string,
  axes: readonly (readonly string[])[],
  cells: readonly (number | null)[],
  [halfWidth, shownFrom]: readonly [number, number] = [20, 28],
): LabelledTable => ({
  name,
  axes: axes.map((labels) => [...labels]),
  cells: [...cells],
  halfWidth,
  shownFrom,
})
const SORTS = ['impossible', 'no-number', 'unusual', 'usual']
const answer = [
  table('count', [['kept', 'gone']], [1_000, null]),
  table('tested', [['hba1c']], [800]),
  table('written', [['hba1c'], SORTS], [80, null, 160, 790]),
  table('cleaned', [['hba1c'], SORTS], [null, 80, 150, 780]),
  table('units', [['hba1c %', 'hba1c mmol/mol', 'hba1c {other}', 'hba1c {none}']], [700, 200, null, null]),
  table('seen', [['2019', '2020']], [500, 400]),
  table('known', [['hba1c'], ['2019', '2020']], [250, null]),
  table('reasons', [['impossible', 'unit-guessed']], [80, 150]),
]
const exact = answer.map(({ name, axes, cells }) =>
  table(
    name,
    axes,
    cells.map((cell) => (cell === null ? 4 : Math.round(cell / 2))),
    [0, 0],
  ),
)
const steps = [usualStep('harmonise-units'), usualStep('range-rule')]
const shown = (beside: readonly LabelledTable[] | null) =>
  profileTables(answer, {
    title: 'T',
    steps,
    here: beside === null ? null : { tables: beside, name: 'twin' },
    words,
    locale: 'en',
  })
const row = (tables: ReturnType<typeof shown>, name: string) =>
  tables.flatMap(({ rows }) => rows).find(({ cells }) => cells[0] === name)?.cells

describe('tables of a cleaning profile', () => {
  it('say people with their band and their share of those with a result', () => {
    const tables = shown(null)
    expect(tables.map(({ title }) => title)).toEqual([
      'T',
      words.cleaning.real.yearsTitle,
      words.cleaning.real.reasonsTitle,
    ])
    expect(row(tables, 'as written: one that cannot be')).toEqual([
      'as written: one that cannot be',
      '80',
      '± 20',
      '10 % (7.5–12.5)',
    ])
    expect(row(tables, 'with a result')?.slice(1)).toEqual(['800', '± 20', '80 % (77.5–82.6)'])
    expect(row(tables, 'unit mmol/mol')?.[1]).toBe('200')
  })
  it('say of what is hidden that it is too few to tell, and how many it hardly is', () => {
    expect(row(shown(null), 'after the steps: one that cannot be')?.slice(1)).toEqual([
      'too few to tell',
      'below about 48',
      '',
    ])
  })
  it('say shares of the years, each of the people who were seen in it', () => {
    const years = shown(exact)[1]!
    expect(years.header).toEqual(['Test and year', 'Share, with its 95 % interval', 'Share: twin'])
    expect(years.rows.map(({ cells }) => cells)).toEqual([
      ['Hemoglobin A1c', '', ''],
      ['2019', '50 % (45.6–54.6)', '50 %'],
      ['2020', 'too few to tell', ''],
    ])
    expect(shown(null)[1]!.rows[1]!.cells).toEqual(['2019', '50 % (45.6–54.6)'])
  })
  it('stay as narrow with ten years as with two, beside what is counted here', () => {
    const years = Array.from({ length: 10 }, (_, i) => String(2011 + i))
    const longer = [
      table('seen', [years], Array(10).fill(500)),
      table('known', [['hba1c'], years], Array(10).fill(250)),
    ]
    const context = { title: 'T', steps, words, locale: 'en' as const }
    const tables = profileTables(longer, { ...context, here: { tables: longer, name: 'twin' } })
    expect(tables[1]!.rows).toHaveLength(11)
    for (const { header } of tables) expect(header.length).toBeLessThanOrEqual(4)
  })
  it('name the step that says a reason', () => {
    expect(row(shown(null), 'Units: another unit was meant')?.[1]).toBe('150')
    expect(row(shown(null), 'Limits: beyond what is possible')?.[1]).toBe('80')
  })
  it('have what is counted here beside them, with no small number said exactly', () => {
    const tables = shown(exact)
    expect(tables[0]!.header).toEqual([
      'Of how many people',
      'People',
      'Share, with its 95 % interval',
      'People: twin',
    ])
    expect(row(tables, 'as written: one that cannot be')?.slice(1)).toEqual([
      '80 ± 20',
      '10 % (7.5–12.5)',
      '40 (10 %)',
    ])
    expect(row(tables, 'after the steps: one that cannot be')?.slice(1)).toEqual([
      'below about 48',
      '',
      '<11',
    ])
  })
  it('say nothing of a table that is not there', () => {
    expect(peopleIn([])).toBeNull()
    expect(profileTables([], { title: 'T', steps, here: null, words, locale: 'en' })[0]!.rows).toEqual([])
    expect(peopleIn(answer)).toEqual({ value: 1_000, halfWidth: 20 })
  })
})
