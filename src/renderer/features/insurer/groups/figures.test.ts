/** Whatever a chart of the room draws stands in the table beside it: read back from the drawing by its own axes, as a person would. */
import { describe, expect, it } from 'vitest'
import type { MonitorGroupView, MonitorView } from '../../../../shared/contract/monitor.ts'
import { type Figure, figureSvg, type Shape } from '../../../parts/research/figure.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { en } from '../../../words/groups.ts'
import {
  cusumFigure,
  ewmaFigure,
  funnelFigure,
  monthsFigure,
  ratesFigure,
  triangleFigure,
} from './figures.ts'
import { EDGE, RIGHT } from '../../../parts/insurer/plot.ts'
import {
  ewmaTable,
  funnelTable,
  monthsTable,
  ratesTable,
  triangleTable,
  withheldSaid,
  riseText,
} from './tables.ts'

const words = { groups: en }
type Text = Extract<Shape, { kind: 'text' }>
type Box = Extract<Shape, { kind: 'box' }>
const boxesOf = ({ shapes }: Figure): Box[] => shapes.filter((shape) => shape.kind === 'box')

/** Of a place upwards or across, by the first and the last number that stands along the axis. */
function scaleOf(
  { shapes }: Figure,
  along: 'x' | 'y',
  scaled: (value: number) => number = (value) => value,
): (place: number) => number {
  const numbers = shapes
    .filter((shape): shape is Text => shape.kind === 'text' && /^-?[\d.,]+$/.test(shape.text))
    .filter(({ anchor }) => anchor === (along === 'y' ? 'end' : 'middle'))
    // A number stands a little below its line.
    .map(({ x, y, text }) => ({
      place: along === 'y' ? y - 4 : x,
      value: scaled(Number(text.replaceAll(',', ''))),
    }))
  const [first, last] = [numbers[0]!, numbers.at(-1)!]
  return (place) =>
    first.value + ((place - first.place) * (last.value - first.value)) / (last.place - first.place)
}
const heights = (figure: Figure): number[] =>
  boxesOf(figure).map(({ y, height }) => scaleOf(figure, 'y')(y + height / 2))
const column = ({ header, rows }: PaperTable, name: string): number[] =>
  rows.flatMap(({ cells }) => {
    const text = cells[header.indexOf(name)]!.replaceAll(',', '')
    return text === '' || text === en.withheld ? [] : [Number.parseFloat(text)]
  })
const expectSame = (drawn: readonly number[], printed: readonly number[], within: number): void => {
  expect(drawn).toHaveLength(printed.length)
  drawn.forEach((value, i) => expect(Math.abs(value - printed[i]!), `${i}`).toBeLessThanOrEqual(within))
}

const month = (name: string, claims: number | null, expected: number | null) => ({
  month: name,
  claims,
  patients: claims,
  noise: 4,
  expected,
  exposure: 10,
  rate:
    claims === null
      ? { kind: 'withheld' as const }
      : {
          kind: 'rate' as const,
          value: claims / 10,
          lower: claims / 12,
          upper: claims / 8,
          denominator: 10,
          counted: claims,
          completion: 1,
          from: { chance: 0.8, noise: 0.2, immaturity: 0 },
        },
  withheld: claims === null ? 1 : 0,
})
const group: Pick<MonitorGroupView, 'label' | 'months'> = {
  label: 'Airline',
  months: [
    month('2024-01', 31, 30),
    month('2024-02', null, null),
    month('2024-03', 52, 30.5),
    month('2024-04', 1_040, 31),
  ],
}
const cusum: MonitorView['cusums'][number] = {
  label: 'Airline',
  ratio: 1.25,
  threshold: 3.2,
  falseAlarmsPerYear: 0.12,
  points: [
    { month: '2024-01', value: 0, isSignal: false },
    { month: '2024-03', value: 2.75, isSignal: false },
    { month: '2024-04', value: 4.5, isSignal: true },
  ],
}
const funnel: MonitorView['funnel'] = {
  falseDiscoveryRate: 0.05,
  phi: 1,
  leftOut: 0,
  points: [
    { label: 'Airline', expected: 120, ratio: 1.62, lower: 1.4, upper: 1.8, p: 0.0001, isSignal: true },
    { label: 'other', expected: 40, ratio: 0.84, lower: 0.5, upper: 1.2, p: 0.4, isSignal: false },
  ],
  limits: [5, 40, 90, 132].map((expected) => ({
    expected,
    lower95: 1 - 1.96 / Math.sqrt(expected),
    upper95: 1 + 1.96 / Math.sqrt(expected),
    lower998: 1 - 3.09 / Math.sqrt(expected),
    upper998: 1 + 3.09 / Math.sqrt(expected),
  })),
}
const triangle: Extract<MonitorView['triangle'], { kind: 'triangle' }> = {
  kind: 'triangle',
  months: ['2024-10', '2024-11', '2024-12'],
  cumulative: [[100, 140, 150], [110, 154], [120]],
  isCut: false,
  completion: [1, 0.93, 0.75],
}

describe('charts and tables of groups say the same', () => {
  it('of groups beside each other: what is expected across, actual over expected upwards', () => {
    const figure = funnelFigure({ funnel }, words, 'en')!
    const table = funnelTable({ funnel }, words, 'en')
    expectSame(heights(figure), column(table, en.ratio), 0.01)
    // By the root: numbers below the axis are told apart in places, not in steps.
    const across = (place: number) => scaleOf(figure, 'x', Math.sqrt)(place) ** 2
    expectSame(
      boxesOf(figure).map(({ x, width }) => across(x + width / 2)),
      column(table, en.expected),
      0.1,
    )
  })
  it('names of groups beside each other what stands out, and of the others those that can be read', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      ...funnel.points[1]!,
      label: `G${i}`,
      expected: 40 + i / 10,
      ratio: 0.9 + i / 1_000,
    }))
    const figure = funnelFigure({ funnel: { ...funnel, points: [...many, funnel.points[0]!] } }, words, 'en')!
    const texts = figure.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts.filter((text) => /^G\d+$/.test(text))).toEqual(['G0'])
    expect(texts).toContain('Airline ▲')
    expect(boxesOf(figure)).toHaveLength(13)
  })
  it('has names that no line crosses: with a seam, over all lines, and below every place', () => {
    const { shapes } = funnelFigure({ funnel }, words, 'en')!
    const names = shapes.flatMap((shape, i) =>
      shape.kind === 'text' && shape.text.startsWith('Airline') ? [{ shape, i }] : [],
    )
    expect(names).toHaveLength(1)
    const [{ shape, i }] = names as [(typeof names)[number]]
    expect(shape.hasSeam).toBe(true)
    const lastOf = (kinds: readonly string[]) => shapes.findLastIndex(({ kind }) => kinds.includes(kind))
    expect(lastOf(['line', 'path'])).toBeLessThan(i)
    expect(shapes.findIndex(({ kind }) => kind === 'box')).toBeGreaterThan(i)
    const svg = figureSvg(funnelFigure({ funnel }, words, 'en')!, 'mark')
    // The seam is a text of its own below the name, for programs that know no order of painting.
    expect(svg.match(/>Airline ▲</g)).toHaveLength(2)
    expect(svg.indexOf('stroke="#ffffff"')).toBeLessThan(svg.lastIndexOf('>Airline ▲<'))
  })
  it('names groups whose names do not meet, however near they are, and none over another', () => {
    const namesOf = (places: readonly (readonly [label: string, expected: number])[]): string[] => {
      const points = places.map(([label, expected]) => ({
        ...funnel.points[1]!,
        label,
        expected,
        ratio: 0.9,
      }))
      const figure = funnelFigure({ funnel: { ...funnel, points } }, words, 'en')!
      const firsts = new Set(places.map(([label]) => label.slice(0, 3)))
      return figure.shapes.flatMap((shape) =>
        shape.kind === 'text' && firsts.has(shape.text.slice(0, 3)) ? [shape.text.slice(0, 3)] : [],
      )
    }
    // 132 expected claims are as wide as the chart, which goes by the root.
    const at = (x: number) => 132 * ((x - EDGE.left) / (RIGHT - EDGE.left)) ** 2
    const [airline, bakery] = ['Airline with many airports', 'Bakery with many ovens']
    expect(
      namesOf([
        [airline, at(200)],
        [bakery, at(290)],
      ]),
    ).toEqual(['Air'])
    expect(
      namesOf([
        ['AAA', at(200)],
        ['BBB', at(240)],
      ]),
    ).toEqual(['AAA', 'BBB'])
    // One to the right of its place, one to the left: between them is both names' room.
    expect(
      namesOf([
        [airline, at(330)],
        [bakery, at(480)],
      ]),
    ).toEqual(['Air'])
  })
  it('of groups: what stands out or lies beyond the edge is said however long the name is', () => {
    const long = 'A very long name of an employer of many people in the north'
    const point = { label: long, expected: 6, ratio: 4.2, lower: 3.1, upper: 5.4, p: 1e-6, isSignal: true }
    const limits = [5, 50, 100, 200, 300].map((expected) => ({
      expected,
      lower95: 0.5,
      upper95: 1.5,
      lower998: 0.4,
      upper998: 1.7,
    }))
    const funnel = { falseDiscoveryRate: 0.05, phi: 1, leftOut: 0, points: [point], limits }
    const figure = funnelFigure({ funnel }, words, 'en')!
    const texts = figure.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts.find((text) => text.startsWith('A very'))).toMatch(/… 4\.20 ↑ ▲$/)
    const [box] = figure.shapes.flatMap((shape) => (shape.kind === 'box' ? [shape] : []))
    expect(box!.y).toBeGreaterThanOrEqual(EDGE.top - 4)
  })
  it('of a group month by month; a withheld month is neither drawn nor 0', () => {
    const figure = monthsFigure(group, words, 'en')!
    const table = monthsTable(group as MonitorGroupView, [], words, 'en')
    expectSame(heights(figure), column(table, en.observed), 1)
    expect(heights(figure)).toHaveLength(3)
    // It is there all the same, in the chart, below it and below the table.
    const marks = figure.shapes.filter((shape): shape is Text => shape.kind === 'text' && shape.text === '×')
    expect(marks.map(({ x }) => Math.round(x))).toHaveLength(1)
    expect(table.notes).toEqual([en.monthsWithheld('2024-02')])
    // The band has the same gap: the first month alone is a line, and it begins again with the third.
    const bands = figure.shapes.flatMap((shape) => (shape.kind === 'band' ? [shape.d] : []))
    const across = bands.map((d) => [...d.matchAll(/[ML](\S+) /g)].map(([, x]) => Math.round(Number(x))))
    expect(across).toHaveLength(1)
    expect(Math.min(...across[0]!)).toBeGreaterThan(Math.round(marks[0]!.x))
    const partly = group.months.map((each, i) => (i === 2 ? { ...each, withheld: 2 } : each))
    expect(withheldSaid(partly, words)).toEqual([
      en.monthsWithheld('2024-02'),
      en.monthsPartly('2024-03 (2)'),
    ])
  })
  it('of a rate month by month with its limits; a withheld month has none', () => {
    const figure = ratesFigure(group, words, 'en')!
    const table = ratesTable(group, words, 'en')
    expectSame(heights(figure), column(table, en.measures.claims), 0.1)
    const limits = figure.shapes.flatMap((shape) =>
      shape.kind === 'line' && shape.width === 3
        ? [[shape.y2, shape.y1].map((y) => Math.round(scaleOf(figure, 'y')(y) * 10) / 10)]
        : [],
    )
    expect(limits).toHaveLength(3)
    expect(limits[2]![0]).toBeCloseTo(1_040 / 12, 0)
    expect(limits[2]![1]).toBeCloseTo(1_040 / 8, 0)
    expect(figure.shapes.filter((shape) => shape.kind === 'text' && shape.text === '×')).toHaveLength(1)
    expect(table.rows[1]!.cells.slice(2)).toEqual([en.withheld, '', '', ''])
    expect(table.notes[0]).toBe(en.ratesNote)
    const claimsOnly = group.months.map((each) => ({
      ...each,
      rate: { kind: 'claims-only' as const, counted: 1, noise: 4 },
    }))
    expect(ratesFigure({ label: 'A', months: claimsOnly }, words, 'en')).toBeNull()
  })
  it('of a cumulative sum', () => {
    const figure = cusumFigure(cusum, words, 'en')
    expectSame(
      heights(figure),
      column(
        monthsTable(group as MonitorGroupView, [cusum], words, 'en'),
        en.cusumOfRise(riseText(1.25, 'en')),
      ),
      0.01,
    )
  })
  it('of a weighted average, also where it lies far from 1', () => {
    for (const lift of [0, 1.5]) {
      const points = [0.95, 1.1, 1.31].map((value, m) => ({
        month: `2024-0${m + 1}`,
        value: value + lift,
        lower: 0.9,
        upper: 1.1,
      }))
      const ewma = { label: 'Airline', points }
      const figure = ewmaFigure(ewma, words, 'en')
      expectSame(heights(figure), column(ewmaTable(ewma, words, 'en'), en.ewma), 0.01)
      expect(figure.description).toContain('2024-03')
    }
  })
  it('of late reporting: each bar ends where its month is known, and is dashed up to what is to come', () => {
    const figure = triangleFigure(triangle, words, 'en')
    const { rows, header } = triangleTable(triangle, words, 'en')
    const printed = rows.flatMap(({ cells }) =>
      cells.slice(1, header.length - 1).flatMap((cell) => (cell === '' ? [] : [Number(cell)])),
    )
    const up = scaleOf(figure, 'y')
    const bars = boxesOf(figure).filter(({ y }) => y > EDGE.top)
    expectSame(
      bars.map(({ y }) => up(y)),
      printed,
      0.5,
    )
    const tops = figure.shapes.flatMap((shape) =>
      shape.kind === 'path' ? [up(Number(/L[\d.]+ ([\d.]+)L/.exec(shape.d)![1]))] : [],
    )
    expectSame(tops, [154 / 0.93, 120 / 0.75], 0.5)
    expect(figure.description).toContain('2024-12 120 (75')
  })
  it('of late reporting with the delays that are shown: as many bars, and a sentence on what comes later', () => {
    const short = { ...triangle, isCut: true, cumulative: [[100, 140], [110, 154], [120]] }
    const { header, notes } = triangleTable(short, words, 'en')
    expect(header).toHaveLength(4)
    expect(notes).toEqual([en.triangleNote, en.laterNone(1)])
    const texts = triangleFigure(short, words, 'en').shapes.flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    )
    expect(texts).toContain(en.withinMonths(1))
    expect(texts).not.toContain(en.withinMonths(2))
  })
})
