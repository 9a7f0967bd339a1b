import { describe, expect, it } from 'vitest'
import type { ImpactView, PricedAnswer, RelativityFactorView } from '../../../../shared/contract/pricing.ts'
import type { Words } from '../../../words/catalogue.ts'
import { en as groups } from '../../../words/groups.ts'
import { FACTOR_PRESETS, rulesOfPreset } from '../../../../shared/domain/factor-presets.ts'
import { factorRules } from '../../../../shared/domain/pricing-work.ts'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { en, zhHant } from '../../../words/pricing.ts'
import { formatP } from '../../../lib/format.ts'
import { figureSvg } from '../../../parts/research/figure.ts'
import { impactFigure } from '../../../parts/insurer/impact-figure.ts'
import { impactTable } from '../../../parts/insurer/impact-table.ts'
import { signedShare } from '../../../parts/insurer/pricing-names.ts'
import { liftFigure } from './lift-figure.ts'
import {
  actualTable,
  liftTable,
  modelsTable,
  relativitiesTable,
  stabilityTable,
  tailTable,
} from './pricing-tables.ts'
import { inOrder } from './steps-order.ts'
import { thinModels } from './thin-models.ts'
import { actualFigure, relativityFigure, stabilityFigure } from './level-figure.ts'
import { factorCalled, readRules, textOfRules } from './rules-text.ts'

describe('a share with its sign', () => {
  it('has none where it rounds to nothing', () => {
    const texts = [0.0321, -0.0321, -0.0001, 0.0004].map((value) => signedShare(value, 'en'))
    expect(texts).toEqual(['+3.2 %', '−3.2 %', '0 %', '0 %'])
  })
})

describe('rules as text', () => {
  const rules = {
    allowed: [
      { factor: 'ageBand', ratioMost: 3 },
      { factor: 'group', ratioMost: null },
    ],
    forbidden: [{ factor: 'sex', reason: 'one premium, for women and men' }],
    proxies: [{ factor: 'group', of: 'sex', reason: 'some employers' }],
  }
  it('name factors as the screen does, and take the name in either language', () => {
    expect(textOfRules(rules, (factor) => en.factorNames[factor] ?? factor).allowed).toBe(
      'Age band, 3\nGroup',
    )
    expect(['Age band', 'sex', '年齡層', 'occupation'].map(factorCalled)).toEqual([
      'ageBand',
      'sex',
      'ageBand',
      'occupation',
    ])
  })
  it('come back as they were, commas of a reason too', () => {
    expect(readRules(textOfRules(rules, (factor) => factor))).toEqual({ kind: 'read', rules })
  })
  it('say the field and the line that is not complete', () => {
    expect(readRules({ allowed: 'age\n\ngroup, 0.5', forbidden: '', proxies: '' })).toEqual({
      kind: 'wrong',
      field: 'allowed',
      line: 3,
    })
    expect(readRules({ allowed: '', forbidden: '', proxies: '' })).toMatchObject({ field: 'allowed' })
    expect(readRules({ allowed: 'age', forbidden: 'sex', proxies: '' })).toMatchObject({ field: 'forbidden' })
    expect(readRules({ allowed: 'age', forbidden: '', proxies: 'a, b' })).toMatchObject({ field: 'proxies' })
  })
})

describe('published rules', () => {
  it('fill in a list that can be read and saved as it stands, with a reason in either language', () => {
    for (const words of [en, zhHant])
      for (const preset of FACTOR_PRESETS) {
        const rules = rulesOfPreset(preset, (factor) => words.presets.reasons[preset.name]?.[factor] ?? '')
        const text = textOfRules(rules, (factor) => words.factorNames[factor] ?? factor)
        const read = readRules(text)
        if (read.kind === 'wrong') throw new Error(`${preset.name}: ${read.field} ${read.line}`)
        const coded = {
          ...read.rules,
          allowed: read.rules.allowed.map((each) => ({ ...each, factor: factorCalled(each.factor) })),
          forbidden: read.rules.forbidden.map((each) => ({ ...each, factor: factorCalled(each.factor) })),
        }
        expect(coded).toEqual(rules)
        expect(factorRules.safeParse({ product: 'A', jurisdiction: 'B', ...coded }).success).toBe(true)
        expect(parseDay(preset.since)).not.toBeNull()
        expect(preset.sources.length).toBeGreaterThan(0)
        // What a rule forbids it does not allow.
        for (const factor of preset.forbidden)
          expect(preset.allowed.map((each): string => each.factor)).not.toContain(factor)
      }
  })
  it('are what they are published as', () => {
    const [unisex, aca] = FACTOR_PRESETS
    expect([unisex.since, ...unisex.forbidden]).toEqual(['2012-12-21', 'sex', 'geneticData'])
    expect(aca.allowed.map(({ factor, ratioMost }) => [factor, ratioMost])).toEqual([
      ['ageBand', 3],
      ['tobacco', 1.5],
      ['area', null],
      ['familySize', null],
    ])
  })
})

describe('thin models', () => {
  const rate = (cellsUsed: number, parameters: number) =>
    ({ measure: 'frequency', cellsUsed, parameters }) as PricedAnswer['rates'][number]
  it('have fewer than ten residual degrees of freedom for each parameter', () => {
    expect(thinModels([rate(55, 5), rate(1_000, 90)])).toEqual([])
    expect(thinModels([rate(54, 5)])).toEqual([
      { measure: 'frequency', parameters: 5, cells: 54, freedom: 49 },
    ])
  })
})

describe('steps', () => {
  it('have the shares of the gross premium last', () => {
    const share = { kind: 'share', name: 'tax', share: 0.1 } as const
    const add = { kind: 'add', name: 'fixed', perMemberYear: 1 } as const
    expect(inOrder([share, add])).toEqual([add, share])
  })
})

describe('relativityFigure', () => {
  const row = {
    isBase: false,
    isInTable: true,
    exposure: 10,
    claims: 5,
    cost: 50,
    observed: 1,
    fitted: 1,
    stdErr: 0.1,
    p: 0.5,
  }
  const factor: RelativityFactorView = {
    factor: 'ageBand',
    rows: [
      { ...row, level: '18-34', relativity: 1, lower: 1, upper: 1 },
      { ...row, level: '35-49', relativity: 1.5, lower: 1.2, upper: 1.9 },
      { ...row, level: '65+', relativity: null, lower: null, upper: null },
    ],
  }
  const words = { pricing: en, groups } as Words
  it('draws exposure for every level and a relativity where there is one, and says both aloud', () => {
    const figure = relativityFigure(factor, words, 'en')!
    const boxes = figure.shapes.filter(({ kind }) => kind === 'box')
    expect(boxes).toHaveLength(3 + 2)
    expect(figure.description).toBe(en.figure('Age band', '18-34 1 (1–1); 35-49 1.5 (1.2–1.9)'))
    expect(figureSvg(figure, 'mark')).toContain('65+')
  })
  it('draws the relativities and says the exposures of the table beside it', () => {
    const figure = relativityFigure(factor, words, 'en')!
    const table = relativitiesTable(factor, 'tariff', 'TWD', { pricing: en } as Words, 'en')
    const texts = figure.shapes.filter((shape) => shape.kind === 'text')
    const [low, high] = ['1', '2'].map(
      (tick) => texts.find(({ text, anchor }) => text === tick && anchor === 'end')!.y - 4,
    ) as [number, number]
    const drawn = figure.shapes
      .filter((shape) => shape.kind === 'box')
      .filter(({ tone }) => tone === 0)
      .map(({ y, height }) => 2 ** ((low - (y + height / 2)) / (low - high)))
    const printed = table.rows.map(({ cells }) => cells[table.header.indexOf(en.relativity)]!)
    expect(drawn.map((ratio) => ratio.toFixed(2))).toEqual(['1.00', '1.50'])
    expect(printed.map((cell) => (cell === en.noData ? cell : Number(cell)))).toEqual([1, 1.5, en.noData])
    const exposures = table.rows.map(({ cells }) => cells[table.header.indexOf(en.exposureYears)]!)
    expect(texts.filter(({ size }) => size === 10).map(({ text }) => text)).toEqual(exposures)
  })
  it('says of a level whose cells were all withheld that they are, and not that nobody is in it', () => {
    const unseen = { ...factor.rows[0]!, level: '0-34', exposure: 0, claims: 0 }
    const { rows, header } = relativitiesTable(
      { ...factor, rows: [unseen, ...factor.rows] },
      'tariff',
      'TWD',
      { pricing: en, groups } as Words,
      'en',
    )
    const of = (name: string) => rows.map(({ cells }) => cells[header.indexOf(name)]!)
    expect(of(en.exposureYears)).toEqual([groups.withheld, '10', '10', '10'])
    expect(of(en.claims)).toEqual([groups.withheld, '5', '5', '5'])
    const { shapes } = relativityFigure({ ...factor, rows: [unseen, ...factor.rows] }, words, 'en')!
    const below = shapes.flatMap((shape) => (shape.kind === 'text' && shape.size === 10 ? [shape.text] : []))
    expect(below).toEqual([groups.withheld, '10', '10', '10'])
  })
  it('says of a level of brought rates that the answer has not that there are no data, and not that any were withheld', () => {
    const absent = { ...factor.rows[0]!, level: '70-74', isInTable: false, exposure: 0, claims: 0 }
    const rows = [...factor.rows, absent]
    const table = relativitiesTable({ ...factor, rows }, 'tariff', 'TWD', words, 'en')
    const { cells } = table.rows.at(-1)!
    const of = (name: string) => cells[table.header.indexOf(name)]!
    expect([of(en.exposureYears), of(en.claims), of(en.limits)]).toEqual([en.noData, en.noData, '–'])
    const { shapes } = relativityFigure({ ...factor, rows }, words, 'en')!
    const below = shapes.flatMap((shape) => (shape.kind === 'text' && shape.size === 10 ? [shape.text] : []))
    expect(below).toEqual(['10', '10', '10', en.noData])
  })
  it('draws nothing where no level has one', () => {
    expect(relativityFigure({ ...factor, rows: [factor.rows[2]!] }, words, 'en')).toBeNull()
  })
})

describe('actualFigure', () => {
  const band = (ratio: number | null, lower: number | null, upper: number | null) => ({ ratio, lower, upper })
  const byAge = {
    factor: 'ageBand',
    levels: [
      { level: '18-34', exposure: 40, claims: band(1, 0.8, 1.2), cost: band(2, 1.5, 2.5) },
      { level: '65+', exposure: 20, claims: band(0.5, 0.4, 0.6), cost: band(null, null, null) },
    ],
  }
  const words = { pricing: en, groups } as Words
  it('draws claims and costs beside each other at the ratios of the table, one of them hollow, and names both', () => {
    const { shapes, description } = actualFigure(byAge, words, 'en')!
    const texts = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts).toEqual(
      expect.arrayContaining([en.claims, en.costs, en.actualAxis, '18-34', '65+', '40', '20']),
    )
    const solid = shapes.filter((shape) => shape.kind === 'box' && shape.tone === 0)
    const hollow = shapes.filter((shape) => shape.kind === 'path')
    // With one of each in the legend.
    expect([solid.length, hollow.length]).toEqual([2 + 1, 1 + 1])
    const limits = shapes.filter((shape) => shape.kind === 'line' && typeof shape.tone === 'number')
    expect(limits.map((shape) => shape.kind === 'line' && shape.tone)).toEqual([0, 1, 0])
    const [first, second] = limits as { x1: number }[]
    expect(second!.x1 - first!.x1).toBeGreaterThan(12)
    expect(description).toContain('18-34 1 (0.8–1.2), 2 (1.5–2.5); 65+ 0.5 (0.4–0.6), – (–––)')
    expect(actualTable(byAge, words, 'en').rows[0]!.cells.slice(2)).toEqual([
      '1.000 (0.800–1.200)',
      '2.000 (1.500–2.500)',
    ])
  })
  it('draws nothing where nothing was expected', () => {
    expect(actualFigure({ factor: 'sex', levels: [] }, words, 'en')).toBeNull()
  })
})

describe('liftFigure', () => {
  const words = { pricing: en } as Words
  const bins = [
    { exposure: 10, predicted: 80_000, actual: 75_000, lower: 70_000, upper: 80_000, alternative: 70_000 },
    {
      exposure: 10,
      predicted: 100_000,
      actual: 101_000,
      lower: 90_000,
      upper: 112_000,
      alternative: 120_000,
    },
    { exposure: 10, predicted: 140_000, actual: 150_000, lower: null, upper: null, alternative: 120_000 },
  ]
  it('draws what was predicted and what came, the numbers of the table beside it', () => {
    const single = bins.map(({ alternative: _, ...bin }) => bin)
    const figure = liftFigure(single, 'Lift', 'USD', words, 'en')!
    const table = liftTable(single, 'Lift', 'USD', words, 'en')
    for (const { cells } of table.rows)
      for (const text of cells.slice(2)) if (text !== '–') expect(figure.description).toContain(text)
    const boxes = figure.shapes.filter((shape) => shape.kind === 'box')
    expect(boxes).toHaveLength(6)
    // Higher is more: both rise with the bins, and the last actual is above its prediction.
    const heights = (tone: number) => boxes.filter((box) => box.tone === tone).map(({ y }) => -y)
    for (const tone of [0, 1]) expect(heights(tone)).toEqual(heights(tone).toSorted((a, b) => a - b))
    expect(heights(0)[2]!).toBeGreaterThan(heights(1)[2]!)
    // Limits of two of the three, around the box of each.
    const limits = figure.shapes.flatMap((shape) =>
      shape.kind === 'line' && shape.tone === 0 && shape.x1 === shape.x2 ? [shape] : [],
    )
    expect(limits).toHaveLength(2)
    for (const [i, { y1, y2 }] of limits.entries()) {
      expect(y1).toBeGreaterThan(-heights(0)[i]!)
      expect(y2).toBeLessThan(-heights(0)[i]! + 6)
    }
    // Ten bins have room for ten numbers.
    const ten = liftFigure(
      Array.from({ length: 10 }, () => single[0]!),
      'Lift',
      'USD',
      words,
      'en',
    )!
    const texts = ten.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    for (let bin = 1; bin <= 10; bin++) expect(texts).toContain(String(bin))
  })
  it('has a line for each of two models, and is none of one bin', () => {
    const figure = liftFigure(bins, 'Double lift', 'TWD', words, 'en')!
    const names = figure.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    for (const name of [en.actualWithLimits, en.challenger, en.champion]) expect(names).toContain(name)
    expect(liftFigure(bins.slice(0, 1), 'Lift', 'TWD', words, 'en')).toBeNull()
  })
})

describe('modelsTable', () => {
  it('says of each model how much of the deviance its factors explain', () => {
    const rate = {
      measure: 'frequency',
      family: 'poisson',
      dispersion: 1,
      pearson: { dispersion: 1.1, p: 0.3 },
      devianceExplained: 0.7824,
      parameter: null,
      cellsUsed: 64,
      cellsLeftOut: 0,
      converged: true,
      base: 1,
      factors: [],
    } as const
    const rates = [rate, { ...rate, measure: 'severity', devianceExplained: null }]
    const table = modelsTable({ rates } as unknown as PricedAnswer, { pricing: en } as Words, 'en')
    const at = table.header.indexOf(en.explained)
    expect(table.rows.map(({ cells }) => cells[at])).toEqual(['78.2 %', '–'])
    expect(table.rows.every(({ cells }) => cells.length === table.header.length)).toBe(true)
  })
})

describe('impactFigure', () => {
  const words = { pricing: en, groups } as Words
  const impact: ImpactView = {
    oldTotal: 100,
    newTotal: 103,
    change: 0.03,
    up: 60,
    down: 30,
    same: 10,
    bins: [
      { from: null, to: -0.01, exposure: 30 },
      { from: -0.01, to: 0.01, exposure: 10 },
      { from: 0.01, to: null, exposure: 60 },
    ],
    quantiles: [
      { share: 0.05, change: -0.12 },
      { share: 0.5, change: 0.02 },
    ],
    byFactor: [],
    unpriced: 0,
  }
  it('has a bar of exposure for each span, as high as its exposure, and says them aloud', () => {
    const { shapes, description } = impactFigure(impact, words, 'en')!
    const bars = shapes.filter((shape) => shape.kind === 'box')
    expect(bars).toHaveLength(3)
    expect(bars[2]!.height / bars[0]!.height).toBeCloseTo(2, 9)
    expect(bars[0]!.height / bars[1]!.height).toBeCloseTo(3, 9)
    expect(description).toContain('< −1 % 30; −1…+1 % 10; ≥ +1 % 60')
    expect(impactTable(impact, 'Impact', words, 'en').notes.join()).toContain('5 % −12 %; 50 % +2 %')
  })
  it('says between the bars what parts the nine spans that a comparison has, without one name upon another', () => {
    const edges = [-0.2, -0.1, -0.05, -0.01, 0.01, 0.05, 0.1, 0.2]
    const bins = [...edges, null].map((to, i) => ({ from: edges[i - 1] ?? null, to, exposure: 5 }))
    const { shapes } = impactFigure({ ...impact, bins }, words, 'en')!
    const below = shapes.flatMap((shape) =>
      shape.kind === 'text' && shape.size === 11 && shape.anchor === 'middle' ? [shape] : [],
    )
    expect(below.map(({ text }) => text)).toEqual(['−20', '−10', '−5', '−1', '+1', '+5', '+10', '+20'])
    const bars = shapes.filter((shape) => shape.kind === 'box')
    below.forEach(({ x }, i) => {
      expect(x).toBeGreaterThan(bars[i]!.x + bars[i]!.width)
      expect(x).toBeLessThan(bars[i + 1]!.x)
    })
  })
  it('draws nothing where nobody has both premiums', () => {
    const bins = impact.bins.map((bin) => ({ ...bin, exposure: 0 }))
    expect(impactFigure({ ...impact, bins }, words, 'en')).toBeNull()
  })
})

describe('stability of relativities', () => {
  const words = { pricing: en, groups } as Words
  const band = (ratio: number | null, lower: number | null, upper: number | null) => ({ ratio, lower, upper })
  const none = band(null, null, null)
  const byAge = {
    factor: 'ageBand',
    levels: [
      {
        level: '18-34',
        isBase: true,
        exposure: 40,
        priced: band(1, 1, 1),
        later: band(1, 1, 1),
        z: null,
        p: null,
      },
      {
        level: '65+',
        isBase: false,
        exposure: 20,
        priced: band(2, 1.5, 2.7),
        later: band(3, 2.2, 4.1),
        z: -1.96,
        p: 0.04,
      },
      { level: '80+', isBase: false, exposure: 2, priced: band(2, 1, 4), later: none, z: null, p: null },
    ],
  }
  it('has both relativities with limits, the difference and its p, and names the base', () => {
    const table = stabilityTable(byAge, words, 'en')
    expect(table.rows.map(({ cells }) => cells.slice(2))).toEqual([
      [en.isBase, en.isBase, '–', '–'],
      ['2.000 (1.500–2.700)', '3.000 (2.200–4.100)', '−1.96', formatP(0.04, 'en')],
      ['2.000 (1.000–4.000)', en.noData, '–', '–'],
    ])
  })
  it('is drawn in two tones beside each other, where there are both', () => {
    const { shapes, description } = stabilityFigure(byAge, words, 'en')!
    const solid = shapes.filter((shape) => shape.kind === 'box' && shape.tone === 0)
    const hollow = shapes.filter((shape) => shape.kind === 'path')
    expect([solid.length, hollow.length]).toEqual([3 + 1, 2 + 1])
    const texts = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts).toEqual(expect.arrayContaining([en.stabilityPriced, en.stabilityLater]))
    expect(description).toContain('65+ 2 (1.5–2.7), 3 (2.2–4.1)')
  })
})

describe('tailTable', () => {
  const words = { pricing: en } as Words
  const tail = { excess: 770_000, variation: 0.412, index: 1.9, indexError: 0.4, shape: 'pareto' } as const
  it('says nothing but the number of few patients, and warns of a tail whose variance has no end', () => {
    const table = tailTable(
      [
        { cap: 100_000, count: 23, tail },
        { cap: 200_000, count: 3, tail: null },
      ],
      'TWD',
      words,
      'en',
    )
    expect(table.rows[0]!.cells.slice(3)).toEqual(['± 41.2 %', '1.9 ± 0.4', 'Pareto'])
    expect(table.rows[1]!.cells.slice(1)).toEqual(['3', en.tailFew, '–', '–', '–'])
    expect(table.notes).toContain(en.tailHeavy)
    const light = tailTable([{ cap: 1, count: 9, tail: { ...tail, index: 3 } }], 'TWD', words, 'en')
    expect(light.notes).not.toContain(en.tailHeavy)
  })
})
