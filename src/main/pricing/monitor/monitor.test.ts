import { describe, expect, it } from 'vitest'
import { expectClose } from '../../stats/fixtures/fixture.test-kit.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { fixtureOf } from '../fixtures/pricing.test-kit.ts'
import { benchmarkOf } from './benchmark.ts'
import { causeByAxis, causeByTables } from './cause.ts'
import { type CellKey, type ExposureRow, type GatedTable, sumCells, watch } from './cells.ts'
import { cusumChart, type CusumMonth, cusumRunLength } from './cusum.ts'
import { referenceRates, standardisedRatios } from './expected.ts'
import { importExposure } from './exposure-csv.ts'
import { funnelPlot } from './funnel.ts'
import { measuresOf } from './measures.ts'
import { GROUP_LIVES_LEAST, mergedExposure, mergedTable, mergeGroups, OTHER } from './merge-groups.ts'
import { countBand, costBand, quotientBand, shareBand } from './rate-band.ts'
import { observedToExpected } from './ratio.ts'
import { maturityOf, reportingTriangle } from './reporting-triangle.ts'

const MONTHS = ['2025-01', '2025-02', '2025-03']
const HEADER = 'plan,group,ageBand,sex,month,memberMonths,premium\n'

function exposureRows(lives: Readonly<Record<string, number>>): ExposureRow[] {
  return Object.entries(lives).flatMap(([group, count]) =>
    MONTHS.map((month) => ({
      key: { plan: 'P', group, ageBand: '30-49', sex: 'female', month },
      memberMonths: count,
      premiumMinor: count * 100,
    })),
  )
}

function gated(
  measure: string,
  values: Readonly<Record<string, (number | null)[]>>,
  variance = 0,
): GatedTable {
  return {
    measure,
    axes: ['group', 'month'],
    variance,
    cells: Object.entries(values).flatMap(([group, months]) =>
      months.map((value, m) => ({ key: { group, month: MONTHS[m]! }, value })),
    ),
  }
}

describe('importExposure', () => {
  it('reads cells with their totals', () => {
    const result = importExposure(
      `${HEADER}P,G1,30-49,female,2025-01,120.5,9000\nP,G1,30-49,male,2025-01,80,7000\n`,
    )
    expect(result).toMatchObject({
      kind: 'imported',
      memberMonths: 200.5,
      premiumMinor: 16000,
      groups: ['G1'],
    })
  })
  it('lists everything that is wrong with its line and takes nothing', () => {
    const text = `${HEADER}P,G1,30-49,female,2025-13,1,1\nP,G1,30-49,woman,2025-01,x,-2\nP,,30-49,male,2025-01,1,1\nP,G1,30-49,male,2025-02,1,1\nP,G1,30-49,male,2025-02,1,1\n`
    const result = importExposure(text)
    if (result.kind !== 'refused') throw new Error('must be refused')
    expect(result.errors.map(({ code, line, column }) => `${code} ${line} ${column}`)).toEqual([
      'not-a-month 2 month',
      'not-a-sex 3 sex',
      'not-a-number 3 memberMonths',
      'below-nothing 3 premium',
      'empty 4 group',
      'double-cell 6 ',
    ])
    expect(result.errors.at(-1)!.hint).toBe('5')
    const renamed = importExposure('plan,grup,ageBand,sex,month,memberMonths,premium\n')
    expect(renamed).toMatchObject({ errors: [{ code: 'missing-column', column: 'group', hint: 'grup' }] })
    expect(importExposure('plan,group\n"open')).toMatchObject({ kind: 'refused' })
  })
})

describe('mergeGroups', () => {
  it('merges small groups, and one more where the rest would be one small group', () => {
    const lone = mergeGroups(exposureRows({ big: 400, mid: 60, small: 12 }))
    expect(lone).toMatchObject({ shown: ['big'], merged: ['mid', 'small'], isAllHidden: false })
    const enough = mergeGroups(exposureRows({ big: 400, mid: 60, a: 30, b: 25 }))
    expect(enough).toMatchObject({ shown: ['big', 'mid'], merged: ['a', 'b'] })
    expect(mergeGroups(exposureRows({ a: 20, b: 5 }))).toMatchObject({ shown: [], isAllHidden: true })
    expect(mergeGroups(exposureRows({ a: GROUP_LIVES_LEAST })).merged).toEqual([])
  })
  it('adds up exposure and noise, and hides a sum of which a part is withheld', () => {
    const rows = exposureRows({ big: 400, a: 30, b: 25 })
    const merge = mergeGroups(rows)
    const merged = mergedExposure(rows, merge)
    expect(merged.filter(({ key }) => key.group === OTHER).map(({ memberMonths }) => memberMonths)).toEqual([
      55, 55, 55,
    ])
    const table = mergedTable(gated('claims', { big: [9, 8, 7], a: [1, 2, null], b: [3, 4, 5] }, 4), merge)
    const watched = watch(table, merged)
    const other = sumCells(watched, ({ key }) => key.group === OTHER)
    expect(other).toMatchObject({ value: 10, noise: 16, cells: 2 })
    expect(watched.uncovered).toMatchObject({ cells: 1, exposure: expect.closeTo(55 / 12, 12) })
  })
})

describe('watch', () => {
  it('has claims and no rate without the exposure file', () => {
    const alone = watch(gated('claims', { G: [5, 6, 7] }, 1), null)
    const sum = sumCells(alone, () => true)
    expect(sum).toMatchObject({ value: 18, noise: 3, exposure: null, premium: null })
    expect(countBand(sum.value, sum.noise, sum.exposure)).toEqual({
      kind: 'claims-only',
      counted: 18,
      noise: 3,
    })
  })
  it('refuses a cell that stands twice', () => {
    const twice = gated('claims', { G: [1] })
    expect(() => watch({ ...twice, cells: [...twice.cells, ...twice.cells] }, null)).toThrow('double-name')
  })
})

describe('observedToExpected', () => {
  it('has the limits of R for counts with noise', () => {
    for (const [observed, expected, noise, lower, upper, p] of fixtureOf('noisy_ratio').rows as number[][]) {
      const band = observedToExpected({ observed: observed!, expected: expected!, noise: noise! })
      expectClose([band.lower, band.upper], [lower!, upper!], `${observed} ± ${noise}`, 1e-7)
      expectClose(band.p, p!, 'p', 1e-7)
    }
  })
  it('comes to the exact limits as the noise goes', () => {
    const exact = observedToExpected({ observed: 30, expected: 20, noise: 0 })
    const nearly = observedToExpected({ observed: 30, expected: 20, noise: 0.01 })
    // Half of the observed count's own probability is on either side once there is any noise.
    expect(Math.abs(nearly.lower - exact.lower)).toBeLessThan(0.05)
    expect(observedToExpected({ observed: 30, expected: 20, noise: 100 }).upper).toBeGreaterThan(exact.upper)
    expect(() => observedToExpected({ observed: 1, expected: 0, noise: 0 })).toThrow('bad-number')
    expect(() => observedToExpected({ observed: -1, expected: 1, noise: 0 })).toThrow('bad-number')
  })
  it('covers the truth in 95 of a hundred releases', () => {
    const uniform = stream(31)
    const dice = { poisson: poissonOf(uniform), normal: normalOf(uniform) }
    let covered = 0
    const runs = 1500
    for (let r = 0; r < runs; r++) {
      const observed = dice.poisson(14) + 3 * dice.normal()
      const band = observedToExpected({ observed, expected: 10, noise: 9 })
      if (band.lower <= 1.4 && band.upper >= 1.4) covered++
    }
    expect(covered / runs).toBeGreaterThan(0.935)
    expect(covered / runs).toBeLessThan(0.975)
  })
})

describe('bands', () => {
  it('say where their width comes from, and widen with noise and immaturity', () => {
    const plain = countBand(100, 0, 50)
    const noisy = countBand(100, 400, 50)
    const young = countBand(80, 0, 50, { completion: 0.8, relativeError: 0.2 })
    if (plain.kind !== 'rate' || noisy.kind !== 'rate' || young.kind !== 'rate') throw new Error('rates')
    expect(plain.value).toBe(2)
    expect(plain.from).toEqual({ chance: 1, noise: 0, immaturity: 0 })
    expect(noisy.from.noise).toBeCloseTo(0.8, 12)
    expect(noisy.upper).toBeGreaterThan(plain.upper)
    expect(young.value).toBe(2)
    expect(young.lower).toBeLessThan(plain.lower)
    expect(young.from.immaturity).toBeCloseTo(256 / 336, 12)
  })
  it('have severity, pure premium and loss ratio of one release', () => {
    const rows = exposureRows({ G: 1200 })
    const tables = {
      claims: watch(gated('claims', { G: [100, 110, 90] }, 25), rows),
      cost: watch(gated('cost', { G: [100_000, 120_000, 80_000] }, 4e6), rows),
      visits: null,
      conditions: { diabetes: watch(gated('condition:diabetes', { G: [120, 121, 119] }, 25), rows) },
      charlson: [],
    }
    const m = measuresOf(tables, ({ month }) => month === '2025-01', { amountVariation: 1, lives: 1200 })
    expect(m.exposure).toBe(100)
    expect(m.claimFrequency).toMatchObject({ kind: 'rate', value: 1 })
    expect(m.severity).toMatchObject({ kind: 'rate', value: 1000 })
    expect(m.purePremium).toMatchObject({ kind: 'rate', value: 1000 })
    expect(m.lossRatio).toMatchObject({ kind: 'rate', value: 100_000 / 120_000 })
    expect(m.prevalence.diabetes).toMatchObject({ kind: 'rate', value: 0.1 })
    // Cost: claims · E X² = cost · severity · 2, and the noise.
    const half = 1.959963984540054 * Math.sqrt(100_000 * 1000 * 2 + 4e6)
    expect((m.purePremium as { upper: number }).upper).toBeCloseTo((100_000 + half) / 100, 8)
  })
  it('keep shares between 0 and 1 and give up a quotient of nothing', () => {
    expect(shareBand(-3, 25, 200)).toMatchObject({ value: 0, lower: 0 })
    expect(shareBand(210, 25, 200)).toMatchObject({ value: 1, upper: 1 })
    expect(quotientBand({ value: 10, chance: 1, noise: 0 }, { value: -1, noise: 4 })).toMatchObject({
      kind: 'claims-only',
    })
    expect(costBand(10, 0, null, { mean: 1, variation: 1 })).toMatchObject({ kind: 'claims-only' })
  })
})

describe('standardisedRatios and funnelPlot', () => {
  const uniform = stream(7)
  const poisson = poissonOf(uniform)
  const normal = normalOf(uniform)
  const groups = Array.from({ length: 40 }, (_, g) => `G${String(g).padStart(2, '0')}`)
  const exposure: ExposureRow[] = groups.flatMap((group, g) =>
    ['30-49', '50+'].map((ageBand) => ({
      key: { plan: 'P', group, ageBand, sex: 'female', month: '2025-01' },
      memberMonths: 12 * (40 + 10 * g) * (ageBand === '50+' ? 0.5 : 1),
      premiumMinor: 1,
    })),
  )
  const rateOf = (key: CellKey): number =>
    (key.ageBand === '50+' ? 0.9 : 0.4) * (key.group === 'G33' ? 1.8 : 1)
  const table = watch(
    {
      measure: 'claims',
      axes: ['group', 'ageBand'],
      variance: 16,
      cells: exposure.map(({ key, memberMonths }) => ({
        key: { group: key.group, ageBand: key.ageBand },
        value: poisson((memberMonths / 12) * rateOf(key)) + Math.round(4 * normal()),
      })),
    },
    exposure,
  )
  const ratios = standardisedRatios(table, referenceRates(table, ['ageBand']), 'group')

  it('expect as much as was observed over all groups', () => {
    const sum = (of: (ratio: (typeof ratios)[number]) => number): number =>
      ratios.reduce((s, r) => s + of(r), 0)
    expect(sum(({ expected }) => expected)).toBeCloseTo(
      sum(({ observed }) => observed),
      6,
    )
    expect(ratios.map(({ label }) => label)).toEqual(groups)
    expect(ratios[0]!.noise).toBe(32)
  })
  it('find the group that is worse before all others', () => {
    const plot = funnelPlot(ratios)
    const signals = plot.groups.filter(({ isSignal }) => isSignal)
    expect(signals.map(({ label }) => label)).toContain('G33')
    expect(Math.max(...plot.groups.map(({ adjustedZ }) => adjustedZ))).toBe(
      plot.groups.find(({ label }) => label === 'G33')!.adjustedZ,
    )
    const { lower, upper } = plot.limits(100, 0.95)
    expect(upper - 1).toBeCloseTo(1 - lower, 12)
    expect(plot.limits(400, 0.95).upper).toBeLessThan(upper)
  })
  it('cry wolf in few plots of groups that differ by chance and noise alone', () => {
    let wolves = 0
    const plots = 60
    for (let run = 0; run < plots; run++) {
      const alike = Array.from({ length: 15 }, (_, g) => {
        const [expected, noise] = [10 + 4 * g, 9]
        const observed = poisson(expected) + 3 * normal()
        const band = observedToExpected({ observed, expected, noise })
        return { label: String(g), observed, expected, noise, isReadable: true, ...band }
      })
      if (funnelPlot(alike).groups.some(({ isSignal }) => isSignal)) wolves++
    }
    // One in twenty by design; three standard errors above it.
    expect(wolves / plots).toBeLessThan(0.135)
  })
  it('leave out what expects less than five', () => {
    const small = standardisedRatios(table, { axes: ['ageBand'], rates: new Map() }, 'group')
    expect(small).toEqual([])
    const few = ratios.map((ratio, i) => ({ ...ratio, isReadable: i > 2 }))
    expect(funnelPlot(few)).toMatchObject({ leftOut: 3 })
  })
  it('lead from a signal to the age band that causes it, or say why not', () => {
    const reference = referenceRates(table, ['ageBand'])
    const cut = causeByAxis({ by: 'ageBand', table, reference }, ({ group }) => group === 'G33')
    if (cut.kind !== 'rows') throw new Error('must be rows')
    expect(cut.rows[0]!.excess).toBeGreaterThan(cut.rows[1]!.excess)
    expect(cut.rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(causeByAxis({ by: 'month', table, reference }, () => true)).toMatchObject({
      kind: 'stops',
      reason: 'no-table',
    })
    expect(causeByAxis({ by: 'ageBand', table, reference }, ({ group }) => group === 'none')).toMatchObject({
      reason: 'withheld',
    })
    const nothing = { axes: ['ageBand' as const], rates: new Map() }
    expect(causeByAxis({ by: 'ageBand', table, reference: nothing }, () => true)).toMatchObject({
      reason: 'too-few',
    })
    expect(causeByTables('condition', [], () => true)).toMatchObject({ kind: 'stops', reason: 'no-table' })
    expect(causeByTables('condition', [{ label: 'diabetes', table, reference }], () => true)).toMatchObject({
      kind: 'rows',
    })
  })
})

describe('cusumChart', () => {
  const months = (observed: readonly number[], noise = 0): CusumMonth[] =>
    observed.map((o, m) => ({
      month: `2024-${String(m + 1).padStart(2, '0')}`,
      observed: o,
      expected: 10,
      noise,
    }))
  it('signals a rise, says since when and how much, and begins again', () => {
    const chart = cusumChart(months([10, 9, 8, 16, 18, 9, 8, 10]), { ratio: 1.5 })
    expect(chart.signals).toHaveLength(1)
    const signal = chart.signals[0]!
    expect(signal).toMatchObject({ since: '2024-04', threshold: chart.threshold })
    expect(signal.estimate.ratio).toBeGreaterThan(1.4)
    expect(chart.falseAlarmsPerYear).toBeCloseTo(12 / chart.runLength, 12)
    expect(chart.runLength).toBeGreaterThanOrEqual(60)
    expect(chart.runLength).toBeLessThan(66)
    const at = chart.points.findIndex(({ isSignal }) => isSignal)
    expect(chart.points[at + 1]!.value).toBeLessThan(chart.threshold)
    expect(() => cusumChart(months([1]), { ratio: 1 })).toThrow('bad-option')
  })
  it('asks for more before it signals when the counts are noisy', () => {
    const rise = [10, 10, 15, 15, 15, 15, 15, 15]
    const exact = cusumChart(months(rise), { ratio: 1.5 })
    const noisy = cusumChart(months(rise, 40), { ratio: 1.5 })
    expect(exact.points.findIndex(({ isSignal }) => isSignal)).toBeLessThan(
      noisy.points.findIndex(({ isSignal }) => isSignal) >>> 0,
    )
  })
  it.each([
    [8, 0, 1.5],
    [8, 12, 1.5],
    [20, 9, 1.25],
    [12, 6, 0.75],
  ])('has the run length that simulation confirms: E = %d, noise %d, R = %d', (expected, noise, ratio) => {
    const uniform = stream(17)
    const poisson = poissonOf(uniform)
    const normal = normalOf(uniform)
    const { threshold } = cusumChart([{ month: '2024-01', observed: expected, expected, noise }], {
      ratio,
      runLength: 40,
    })
    const phi = (expected + noise) / expected
    let periods = 0
    const runs = 500
    for (let r = 0; r < runs; r++) {
      let c = 0
      do {
        const observed = poisson(expected) + Math.sqrt(noise) * normal()
        c = Math.max(0, c + (observed * Math.log(ratio) - expected * (ratio - 1)) / phi)
        periods++
      } while (c <= threshold)
    }
    const said = cusumRunLength(expected, noise, ratio, threshold)
    // Three standard errors of a mean of 500 run lengths.
    expect(Math.abs(periods / runs / said - 1)).toBeLessThan(0.14)
  })
})

describe('reportingTriangle', () => {
  const cells = (hole = false): { month: string; delay: number; value: number | null }[] =>
    MONTHS.flatMap((month, m) =>
      Array.from({ length: 3 - m }, (_, delay) => ({
        month,
        delay,
        value: hole && delay === 1 ? null : [60, 30, 10][delay]!,
      })),
    )
  it('says how much of each month is known', () => {
    const result = reportingTriangle(cells(), '2025-03', 24)
    if (result.kind !== 'triangle') throw new Error('must be a triangle')
    expect(result.months).toEqual(MONTHS)
    expect(result.cumulative).toEqual([[60, 90, 100], [60, 90], [60]])
    expect(MONTHS.map((month) => result.maturity.get(month)!.completion)).toEqual(
      [1, 0.9, 0.6].map((v) => expect.closeTo(v, 12)),
    )
  })
  describe('with what months are expected to come to', () => {
    const of = (newest: number) => {
      const made = cells().map((each) => (each.month === '2025-03' ? { ...each, value: newest } : each))
      const result = reportingTriangle(made, '2025-03', 24, 400, [100, 100, 100])
      if (result.kind !== 'triangle') throw new Error('must be a triangle')
      return result
    }
    const claims = (newest: number) => [
      { month: '2025-02', claims: 90 },
      { month: '2025-03', claims: newest },
    ]
    it('adds what is to come, however little noise leaves of what is known', () => {
      // Of the newest month 40 are to come, of the one before 10: in the triangle and in the other table noise is another.
      for (const known of [60, 2, -3])
        for (const newest of [55, 0, -8]) {
          const { completion } = maturityOf(claims(newest), of(known))
          expect((90 + newest) / completion).toBeCloseTo(90 + newest + 50, 6)
        }
    })
    it('adds the part of it that the claims are of', () => {
      const part = claims(60).map((each) => ({ ...each, share: 0.5 }))
      expect(150 / maturityOf(part, of(60)).completion).toBeCloseTo(175, 6)
    })
  })
  it('takes a month of which noise leaves nothing for young all the same', () => {
    const made = cells().map((each) => (each.month === '2025-03' ? { ...each, value: -2 } : each))
    const result = reportingTriangle(made, '2025-03', 24, 400)
    if (result.kind !== 'triangle') throw new Error('must be a triangle')
    expect(result.maturity.get('2025-03')!.completion).toBeCloseTo(0.6, 12)
  })
  describe('of a snapshot that was taken later', () => {
    const SIX = ['2024-10', '2024-11', '2024-12', '2025-01', '2025-02', '2025-03']
    const SHARES = [50, 20, 10, 10, 6, 4]
    /** As the gateways count: whatever was there by the snapshot's month, of which the half had gone by. */
    const until = (asOf: string) => {
      const of = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5))
      return SIX.flatMap((month) =>
        SHARES.map((share, delay) => {
          const left = of(asOf) - of(month) - delay
          return { month, delay, value: left > 0 ? share : left === 0 ? share / 2 : 0 }
        }),
      )
    }
    const knownOf = (asOf: string) => {
      const result = reportingTriangle(until(asOf), '2025-03', 6, 0, null, asOf)
      if (result.kind !== 'triangle') throw new Error(result.kind)
      for (const [i, month] of result.months.entries()) {
        // What is there of a month, by its completion, is what it comes to.
        const there = until(asOf).reduce((sum, each) => sum + (each.month === month ? each.value : 0), 0)
        expect(result.cumulative[i]!.at(-1)).toBe(there)
        expect(there / result.maturity.get(month)!.completion, `${asOf} ${month}`).toBeCloseTo(100, 9)
      }
      return result.months.map((month) => Math.round(100 * result.maturity.get(month)!.completion))
    }
    it('knows what has come in the meantime, also in the month of the snapshot itself', () => {
      expect(knownOf('2025-04')).toEqual([100, 98, 93, 85, 75, 60])
      expect(knownOf('2025-05')).toEqual([100, 98, 93, 85, 75])
      expect(knownOf('2025-07')).toEqual([100, 98, 93])
    })
    const triangleAt = (asOf: string, shownUntil = 5) =>
      reportingTriangle(
        until(asOf).map((each) => (each.delay > shownUntil ? { ...each, value: null } : each)),
        '2025-03',
        6,
        0,
        null,
        asOf,
      )
    it('expects nothing more of months that are old enough, whatever is withheld of them', () => {
      for (const asOf of ['2025-09', '2027-01'])
        for (const shownUntil of [5, 2]) expect(triangleAt(asOf, shownUntil)).toEqual({ kind: 'settled' })
    })
    it('develops nothing of one young month, and does not say that nothing is to come', () => {
      expect(triangleAt('2025-08')).toEqual({ kind: 'undeveloped', cutAfter: null })
      expect(triangleAt('2025-08', 3)).toEqual({ kind: 'undeveloped', cutAfter: 3 })
    })
    it('develops nothing where what is shown had its time in every month, and says what counts as none', () => {
      expect(triangleAt('2025-06', 1)).toEqual({ kind: 'undeveloped', cutAfter: 1 })
      expect(triangleAt('2025-06', 2)).toEqual({ kind: 'undeveloped', cutAfter: 2 })
      expect(triangleAt('2025-06', 3)).toMatchObject({ kind: 'triangle', isCut: true })
    })
  })
  it('counts as none what comes so late that a cell of it is withheld, and nothing behind it', () => {
    const made = cells().map((each) => (each.delay === 2 ? { ...each, value: null } : each))
    const result = reportingTriangle(made, '2025-03', 24, 400)
    if (result.kind !== 'triangle') throw new Error('must be a triangle')
    expect(result.cumulative).toEqual([[60, 90], [60, 90], [60]])
    expect(result.isCut).toBe(true)
    expect(MONTHS.map((month) => result.maturity.get(month)!.completion)).toEqual(
      [1, 1, 2 / 3].map((v) => expect.closeTo(v, 12)),
    )
    // Two cells have noise, and there is no third one.
    expect(result.development.origins.map(({ stdErr }) => stdErr ** 2)).toEqual(
      [2 * 400, 2 * 400, 400 * 1.5 ** 2].map((v) => expect.closeTo(v, 9)),
    )
  })
  it('is none where nothing develops: a withheld cell of the first months, or two months', () => {
    expect(reportingTriangle(cells(true), '2025-03', 24)).toEqual({ kind: 'withheld', cells: 2 })
    expect(reportingTriangle(cells(), '2025-03', 2)).toEqual({ kind: 'too-short', months: 2 })
  })
})

describe('a chart of many claims or much noise', () => {
  it('has the run length that the grid has, where the count is taken as normal', () => {
    for (const expected of [50, 800, 4_000]) {
      // Just before and behind the skew from which the one stands for the other, at the threshold that is used there.
      const edge = (expected / 0.003) ** (2 / 3) - expected
      const month = { month: '2025-01', observed: expected, expected, noise: edge }
      const { threshold } = cusumChart([month], { ratio: 1.25 })
      const at = (part: number) => cusumRunLength(expected, part * edge, 1.25, threshold)
      const [grid, normal, slope] = [at(0.98), at(1.02), at(1.06) / at(1.02)]
      expect(Math.abs(normal / grid / slope - 1), `${expected}`).toBeLessThan(0.05)
    }
  })
})

describe('benchmarkOf', () => {
  const part = (persons: number | null, claims: number | null) => ({ persons, claims })
  const months = [
    { month: '2025-01', own: part(200, 50), others: part(800, 100) },
    { month: '2025-02', own: part(220, 44), others: part(820, 116) },
    // One part was withheld: the others alone are no benchmark, and are in no sum.
    { month: '2025-03', own: part(null, 40), others: part(900, 900) },
  ]
  it('is claims per person-month of all together beside one’s own, over the months of which both are known', () => {
    const found = benchmarkOf(months, { persons: 0, claims: 0 })!
    expect(found.months.map(({ month }) => month)).toEqual(['2025-01', '2025-02'])
    expect(found.own).toMatchObject({ kind: 'rate', value: 94 / 420, denominator: 420 })
    expect(found.market).toMatchObject({ kind: 'rate', value: 310 / 2040, denominator: 2040 })
    expect(found.months[0]!.market).toMatchObject({ kind: 'rate', value: 0.15 })
  })
  it('has wider limits by the noise of claims and of persons, and none where no month has both', () => {
    const width = (noise: { persons: number; claims: number }) => {
      const { market } = benchmarkOf(months, noise)!
      if (market.kind !== 'rate') throw new Error(market.kind)
      return market.upper - market.lower
    }
    const plain = width({ persons: 0, claims: 0 })
    expect(width({ persons: 0, claims: 400 })).toBeGreaterThan(plain)
    expect(width({ persons: 400, claims: 0 })).toBeGreaterThan(plain)
    expect(benchmarkOf(months.slice(2), { persons: 0, claims: 0 })).toBeNull()
  })
})

function normalOf(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

function poissonOf(uniform: () => number): (mean: number) => number {
  return (mean) => {
    // Sums of exponential waiting times.
    let count = 0
    for (let t = -Math.log(uniform()); t < mean; t -= Math.log(uniform())) count++
    return count
  }
}
