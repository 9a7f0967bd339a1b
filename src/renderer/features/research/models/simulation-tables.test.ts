/** The simulated comparison as tables and pictures: every number with its Monte Carlo error, in units. */
import { describe, expect, it } from 'vitest'
import { USUAL_PAPER_DESIGN } from '../../../../shared/domain/paper-design.ts'
import { figureSvg } from '../../../parts/research/figure.ts'
import * as models from '../../../words/models.ts'
import { biasFigure, scenarioName, scenarioTable, type Scenario } from './simulation-tables.ts'

const line = { truth: 0.4, mean: 0.46, empiricalStdErr: 0.05, meanStdErr: 0.049, stdErrRatio: 0.98 }
const scenario: Scenario = {
  shape: 1.5,
  eventRate: 0.9,
  replications: 98,
  unanswered: 2,
  lines: ['TDCM', 'PLR_adj'].flatMap((estimator) =>
    (['sex', 'age', 'marker'] as const).map((effect) => ({
      ...line,
      estimator,
      effect,
      percentBias: estimator === 'TDCM' ? 0.4 : 15,
      meanSquaredError: 0.0061,
      coverage: 0.53,
      monteCarlo: { percentBias: 1.26, stdErrRatio: 0.07, coverage: 0.0504 },
    })),
  ),
}
const answer = { engine: 'paper/1 det/1', design: USUAL_PAPER_DESIGN, scenarios: [scenario] }

describe.each(['en', 'zh-Hant'] as const)('the simulated comparison in %s', (locale) => {
  const words = { models: locale === 'en' ? models.en : models.zhHant }

  it('has each number with its error, and says that nobody is behind it', () => {
    const { title, rows, header, notes } = scenarioTable(answer, scenario, words, locale)
    expect(title).toContain(scenarioName(scenario, words, locale))
    expect(rows).toHaveLength(8)
    for (const { cells } of rows) expect(cells).toHaveLength(header.length)
    expect(rows[1]!.cells.slice(1)).toEqual([
      '0.4',
      '0.46',
      '0.4 (1.3)',
      '53.0 (5.0)',
      '0.980 (0.070)',
      '0.0061',
    ])
    expect(notes[0]).toMatch(/Simulated data|模擬資料/)
    expect(notes[1]).toContain('2')
  })

  it('has no bias in percent of an effect that is none', () => {
    const lines = scenario.lines.map((each) =>
      each.effect === 'sex'
        ? {
            ...each,
            truth: 0,
            percentBias: null,
            monteCarlo: { ...each.monteCarlo, percentBias: null },
          }
        : each,
    )
    const { rows, notes } = scenarioTable(answer, { ...scenario, lines }, words, locale)
    expect(rows[1]!.cells[3]).toBe(words.models.none)
    expect(rows[2]!.cells[3]).toBe('0.4 (1.3)')
    expect(notes).toContain(words.models.simulation.noBias)
    const drawn = biasFigure({ ...scenario, lines }, words, locale).shapes
    const all = biasFigure(scenario, words, locale).shapes
    expect(
      all.filter(({ kind }) => kind === 'box').length - drawn.filter(({ kind }) => kind === 'box').length,
    ).toBe(3)
  })

  it('draws bias in percent, zero among it, all on the paper', () => {
    const figure = biasFigure(scenario, words, locale)
    const svg = figureSvg(figure, 'mark')
    expect(svg).toContain(words.models.simulation.axis)
    expect(svg).not.toContain('NaN')
    for (const shape of figure.shapes)
      if (shape.kind === 'line')
        for (const x of [shape.x1, shape.x2]) expect(x >= 0 && x <= figure.width).toBe(true)
  })
})
