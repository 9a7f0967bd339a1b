/** What the figure over the tables draws stands in the table beside it, with what was withheld and what is said twice. */
import { describe, expect, it } from 'vitest'
import type { MonitorRate, MonitorSeries, SeriesPoint } from '../../../../shared/contract/monitor.ts'
import type { Shape } from '../../../parts/research/figure.ts'
import { en as groups } from '../../../words/groups.ts'
import { en as groupSeries } from '../../../words/group-series.ts'
import { allMeasuresTable, measuresOf, measureWithUnit, seriesFigure, seriesTable } from './series.ts'

const words = { groups, groupSeries }
const rate = (value: number): MonitorRate => ({
  kind: 'rate',
  value,
  lower: 0.9 * value,
  upper: 1.2 * value,
  denominator: 100,
  counted: 100 * value,
  completion: 1,
  from: { chance: 1, noise: 0, immaturity: 0 },
})
const point = (premium: MonitorRate, change: Partial<SeriesPoint> = {}): SeriesPoint => ({
  lives: 100,
  exposure: 100,
  claims: rate(3),
  severity: rate(90_000),
  purePremium: premium,
  lossRatio: rate(0.62),
  prevalence: [{ condition: 'diabetes', rate: rate(0.08) }],
  caseMix: null,
  actualToExpected: { ratio: 1.2, lower: 1.1, upper: 1.3, p: 0.01, observed: 120, expected: 100, noise: 4 },
  hasOtherGroups: false,
  ...change,
})
const source = (lastMonth: string, snapshotHeight: number) =>
  ({ lastMonth, snapshotHeight, months: 12, microRho: 25_000 }) as MonitorSeries['tables'][number]['source']
const tables: MonitorSeries['tables'] = [
  { source: source('2023-06', 4), mismatch: null, isWithheld: false, sharedMonths: 0 },
  { source: source('2023-12', 5), mismatch: null, isWithheld: false, sharedMonths: 6 },
  { source: source('2024-06', 6), mismatch: 'months', isWithheld: false, sharedMonths: 6 },
  { source: source('2024-12', 7), mismatch: null, isWithheld: false, sharedMonths: 6 },
]
const row = {
  label: 'Airline',
  points: [
    point(rate(250_000)),
    point({ kind: 'withheld' }),
    null,
    point(rate(300_000), { hasOtherGroups: true }),
  ],
}

describe('seriesTable', () => {
  it('has a line for each table with its price, its number in the unit of the heading, or why there is none', () => {
    const table = seriesTable({ tables }, row, 'purePremium', 'USD', words, 'en')
    expect(table.header[4]).toBe('Pure premium (USD)')
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['2023-06', '12', '4', '0.025', '2,500', '2,250–3,000', ''],
      ['2023-12', '12', '5', '0.025', '', '', 'withheld'],
      ['2024-06', '12', '6', '0.025', '', '', 'not in this table'],
      ['2024-12', '12', '7', '0.025', '3,000', '2,700–3,600', 'other groups'],
    ])
  })
  it('says which months are said twice, whose label changed, and where the file gives no rates', () => {
    const { notes } = seriesTable({ tables }, row, 'claims', '', words, 'en')
    expect(notes.filter((note) => note.includes('6 months in common'))).toHaveLength(3)
    expect(notes).toContain(groupSeries.otherGroups('2024-12'))
    expect(notes).toContain(groupSeries.mismatched('2024-06', '1'))
  })
  it('has no ratio of the portfolio, which is the measure', () => {
    const whole = { label: null, points: [point(rate(1), { actualToExpected: null })] }
    const { rows } = seriesTable({ tables: tables.slice(0, 1) }, whole, 'actualToExpected', '', words, 'en')
    expect(rows[0]!.cells.at(-1)).toBe(groupSeries.ownMeasure)
  })
})

describe('seriesFigure', () => {
  const figure = seriesFigure({ tables }, row, 'purePremium', 'USD', words, 'en')!
  const texts = figure.shapes.filter(
    (shape): shape is Extract<Shape, { kind: 'text' }> => shape.kind === 'text',
  )

  it('draws each number of the table at its height, in units, and marks those without', () => {
    const axis = texts
      .filter(({ anchor, text }) => anchor === 'end' && /^[\d,]+$/.test(text))
      .map(({ y, text }) => ({ y: y - 4, value: Number(text.replaceAll(',', '')) }))
    const [low, high] = [axis[0]!, axis.at(-1)!]
    const valueAt = (y: number) => low.value + ((y - low.y) * (high.value - low.value)) / (high.y - low.y)
    const boxes = figure.shapes.filter((shape) => shape.kind === 'box')
    expect(boxes.map(({ y, height }) => Math.round(valueAt(y + height / 2)))).toEqual([2_500, 3_000])
    // The bars are the limits.
    const bars = figure.shapes.filter(
      (shape): shape is Extract<Shape, { kind: 'line' }> => shape.kind === 'line' && shape.tone === 0,
    )
    expect(bars.map(({ y1, y2 }) => [valueAt(y2), valueAt(y1)].map(Math.round))).toEqual([
      [2_250, 3_000],
      [2_700, 3_600],
    ])
    expect(texts.filter(({ text }) => text === '×')).toHaveLength(2)
    expect(texts.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Pure premium (USD)', 'Last month of the table', '2023-06', '2024-12']),
    )
  })
  it('joins no tables between which one has no number, and draws nothing of one alone', () => {
    expect(figure.shapes.filter(({ kind }) => kind === 'band')).toEqual([])
    const joined = seriesFigure({ tables }, row, 'claims', '', words, 'en')!
    expect(joined.shapes.filter(({ kind }) => kind === 'band')).toHaveLength(1)
    const alone = { label: 'Airline', points: [row.points[0]!, null, null, null] }
    expect(seriesFigure({ tables }, alone, 'claims', '', words, 'en')).toBeNull()
  })
})

describe('measures', () => {
  it('are those of a page, each condition by its name, with a unit', () => {
    const all = measuresOf({ groups: [row] })
    expect(all).toContain('prevalence:diabetes')
    expect(measureWithUnit('prevalence:diabetes', 'USD', words)).toBe('With a chronic condition: Diabetes, %')
    expect(measureWithUnit('lossRatio', 'USD', words)).toBe('Loss ratio, %')
    expect(measureWithUnit('claims', 'USD', words)).toBe('Claims per member-year')
  })
  it('stand all in one table, a line for each recorded table', () => {
    const { rows, header } = allMeasuresTable({ tables }, row, 'USD', words, 'en')
    expect(rows.map(({ cells }) => cells.length)).toEqual(Array(4).fill(header.length))
    expect(rows[0]!.cells).toContain('1.20 (1.10–1.30)')
    expect(rows[1]!.cells).toContain('withheld')
  })
})
