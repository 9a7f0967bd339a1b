/** Pictures and tables of a fit beside its data: what they say, what they leave out, and nothing that is no number. */
import { describe, expect, it } from 'vitest'
import { en as models, zhHant as modelsZh } from '../../words/models.ts'
import { calibrationFigure, changeFigure, influenceFigure } from './diagnostic-figures.ts'
import { calibrationTable, changeTable, influenceTable } from './diagnostic-tables.ts'
import { figureSvg, type Figure } from './figure.ts'
import type { Diagnostics, ProportionalTerm } from '../../../shared/domain/model-diagnostics.ts'

const words = { models }
const t = models.diagnose
const at = [0.1, 0.2, 0.4, 0.8]
const term: ProportionalTerm = {
  name: 'age',
  fitted: 0.02,
  isWeight: false,
  at,
  time: [30, 90, 200, 700],
  estimate: [0.05, 0.03, 0.01, -0.02],
  lower: [0.01, 0.01, -0.01, -0.06],
  upper: [0.09, 0.05, 0.03, 0.02],
  bins: {
    events: [11, 12, 11, 14],
    at,
    time: [30, 90, 200, 700],
    mean: [0.06, 0.02, 0.02, -0.03],
    estimate: [0.05, 0.03, 0.01, -0.02],
    lower: [0.01, 0.01, -0.01, -0.06],
    upper: [0.09, 0.05, 0.03, 0.02],
  },
}
const diagnostics: Diagnostics = {
  level: 0.95,
  of: 'subject',
  proportional: { transform: 'km', terms: [term] },
  influence: {
    count: 400,
    threshold: 0.1,
    terms: [
      {
        name: 'age',
        bins: [
          { from: 0, to: 0.05, subjects: 380 },
          { from: 0.05, to: null, subjects: 20 },
        ],
        largestMean: 0.16,
        withoutUpper: 0.01,
        withoutLower: 0.03,
      },
      {
        name: 'sbp',
        bins: [{ from: 0, to: null, subjects: 400 }],
        largestMean: null,
        withoutUpper: null,
        withoutLower: 0.2,
      },
    ],
  },
  calibration: {
    groups: [
      { subjects: 40, rows: 50, observed: 12, expected: 10.4, ratio: 1.154, lower: 0.596, upper: 2.016 },
      { subjects: 40, rows: 61, observed: 30, expected: 31.6, ratio: 0.949, lower: 0.641, upper: 1.355 },
    ],
  },
}
const change = (given = term) =>
  changeFigure(
    given,
    {
      term: 'Age',
      across: 'Days',
      up: t.change.effect,
      fitted: t.change.fitted,
      description: t.change.description,
    },
    'en',
  )

/** Every coordinate is a number, and lies on the paper. */
function expectWhole(figure: Figure | null): void {
  const svg = figureSvg(figure!, 'mark')
  expect(svg).not.toMatch(/NaN|Infinity|undefined|null/)
  for (const shape of figure!.shapes) {
    if (shape.kind !== 'line') continue
    for (const x of [shape.x1, shape.x2]) expect(x >= 0 && x <= figure!.width).toBe(true)
    for (const y of [shape.y1, shape.y2]) expect(y >= -0.5 && y <= figure!.height).toBe(true)
  }
}

describe('pictures of a fit beside its data', () => {
  it('draw the smooth with its band, its groups, the fitted value, and round days along it', () => {
    const figure = change()!
    expectWhole(figure)
    expect(figure.shapes.filter(({ kind }) => kind === 'box')).toHaveLength(4)
    expect(figure.shapes.filter(({ kind }) => kind === 'band')).toHaveLength(1)
    const texts = figure.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts).toEqual(
      expect.arrayContaining(['200', '400', '600', 'Days', t.change.effect, t.change.fitted]),
    )
    expect(figure.description).toContain('Effect of Age over time, 0.02 as fitted')
    expect(figure.description).toContain('30: 0.05 (0.01 – 0.09)')
  })

  it('draw no smooth that has no number, and one without limits where these are none', () => {
    expect(change({ ...term, estimate: [null, 0.03, 0.01, -0.02] })).toBeNull()
    const open = change({ ...term, lower: [null, null, null, null] })
    expectWhole(open)
    expect(open!.shapes.some(({ kind }) => kind === 'band')).toBe(false)
  })

  it('draw influence beside the threshold, and say in words what one or two are nearly all of', () => {
    const { terms, threshold } = diagnostics.influence!
    const figure = influenceFigure(
      terms,
      threshold,
      {
        across: t.influence.axis('400'),
        dominated: t.influence.dominated,
        nameOf: (name) => name.toUpperCase(),
        description: t.influence.description,
      },
      'en',
    )
    expectWhole(figure)
    expect(figure!.description).toBe(
      'Influence on each coefficient: AGE 0.16; SBP one or two are nearly all of it',
    )
    expect(figure!.shapes.filter(({ kind }) => kind === 'box')).toHaveLength(1)
  })

  it('draw observed against expected events from 0 on, with the line of equality and limits of counts', () => {
    const figure = calibrationFigure(diagnostics.calibration!.groups, t.calibration, 'en')
    expectWhole(figure)
    expect(figure.description).toContain('12 / 10.4; 30 / 31.6')
    // Limits are those of the ratio times what was expected.
    const first = figure.shapes.filter((shape) => shape.kind === 'line' && shape.tone === 0)[0]!
    const dot = figure.shapes.find(({ kind }) => kind === 'box') as { y: number }
    expect(first).toMatchObject({ width: 1.75 })
    const { y1, y2 } = first as { y1: number; y2: number }
    const [below, above] = [12 - 0.596 * 10.4, 2.016 * 10.4 - 12]
    // A point is a box of 6 by 6 around its place.
    const middle = dot.y + 3
    expect((y1 - middle) / (middle - y2)).toBeCloseTo(below / above, 6)
  })
})

describe('tables of a fit beside its data', () => {
  it('have the numbers of the pictures', () => {
    const table = changeTable(term, { term: 'Age', time: 'Days', level: 0.95 }, words, 'en')
    expect(table.rows.map(({ cells }) => cells)[0]).toEqual(['30', '11', '0.06', '0.05', '0.01 – 0.09'])
    const influence = influenceTable(diagnostics, (name) => name, words, 'en')!
    expect(influence.rows.map(({ cells }) => cells)).toEqual([
      ['age', '0.16', '1.01', '1.03'],
      ['0 to 0.05', '380 (95%)', '', ''],
      ['≥ 0.05', '20 (5%)', '', ''],
      ['sbp', t.influence.dominated, t.influence.dominated, '1.22'],
      ['≥ 0', '400 (100%)', '', ''],
    ])
    const calibration = calibrationTable(diagnostics.calibration!.groups, diagnostics, words, 'en')
    expect(calibration.rows.map(({ cells }) => cells)).toEqual([
      ['1 (lowest)', '40', '12', '10.4', '1.15', '0.60–2.02'],
      ['2', '40', '30', '31.6', '0.95', '0.64–1.35'],
    ])
    for (const { header, rows } of [table, influence, calibration])
      for (const { cells } of rows) expect(cells).toHaveLength(header.length)
  })

  it('say rows where a table names no person, and everything in Chinese too', () => {
    const { groups } = diagnostics.calibration!
    const ofRows = calibrationTable(groups, { of: 'row', level: 0.9 }, { models: modelsZh }, 'zh-Hant')
    expect(ofRows.header).toContain(modelsZh.diagnose.calibration.rows)
    expect(ofRows.notes).toEqual([modelsZh.diagnose.calibration.noteRows])
    expect(influenceTable({ ...diagnostics, influence: null }, (name) => name, words, 'en')).toBeNull()
  })
})
