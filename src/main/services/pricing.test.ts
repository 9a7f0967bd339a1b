/**
 * From an answered monitoring table to a tariff, over the bytes of the answer: scenarios I2, I3, I5 and I6 of the insurer's analyst
 * at the service.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resultBy } from '../pricing/model/recorded-table.ts'
import { knotsOf, restrictedCubicSpline } from '../stats/regression/splines.ts'
import type { PricedAnswer } from '../../shared/contract/pricing.ts'
import {
  EXPOSURE,
  GROUPS,
  GROUPS_IN_PLANS,
  header,
  LATER,
  pricingOffices,
  recordedMonth,
  rules,
  STUDY,
  work,
} from './pricing-office.test-kit.ts'

const { office, opened, pricedOf, saved, closed } = pricingOffices()
beforeAll(saved)
afterAll(closed)

describe('I2 pricing a product', () => {
  it('gives relativities with limits and exposure, both ways to the pure premium, and the premium built up', async () => {
    const answer = await pricedOf()
    expect(answer.rates.map(({ measure }) => measure)).toEqual(['frequency', 'severity', 'pure-premium'])
    const groups = answer.tariff.factors.find(({ factor }) => factor === 'group')!
    const of = (name: string) => groups.rows.find(({ level }) => level === name)!
    expect(of('Airline').isBase).toBe(true)
    // Rates of 0.3, 0.2 and 0.4 a month: the truth lies in the limits, which hold noise too.
    for (const [name, truth] of [
      ['Bakery', 0.2 / 0.3],
      ['Clinic', 0.4 / 0.3],
    ] as const) {
      const { lower, upper, exposure } = of(name)
      expect(lower!).toBeLessThan(truth)
      expect(upper!).toBeGreaterThan(truth)
      expect(exposure).toBeCloseTo(GROUPS.find((each) => each.name === name)!.lives, 6)
    }
    // The Tweedie model comes back to what was observed; noise in both factors keeps their product from meeting it, and the answer says so.
    expect(Math.abs(answer.reconciliation!.directGap)).toBeLessThan(0.01)
    expect(Math.abs(answer.reconciliation!.productGap)).toBeLessThan(0.06)
    expect(answer.reconciliation!.agrees).toBe(Math.abs(answer.reconciliation!.productGap) <= 0.01)
    const { buildUp, lower, upper } = answer.average
    expect(buildUp.lines.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(buildUp.gross, 6)
    expect(lower!).toBeLessThan(buildUp.gross)
    expect(upper!).toBeGreaterThan(buildUp.gross)
    expect(answer.credibility!.groups.map(({ group }) => group)).toEqual(['Airline', 'Bakery', 'Clinic'])
  })

  it('develops what is not reported yet, and leaves it out where the triangle is noise', async () => {
    expect((await pricedOf()).development).toBeNull()
    const recorded = recordedMonth()
    const months = ['2024-10', '2024-11', '2024-12']
    const counts = [
      [100, 40, 10],
      [110, 44, 0],
      [120, 0, 0],
    ]
    const cells = months.flatMap((month, i) => counts[i]!.map((value, delay) => ({ month, delay, value })))
    // As of people who come twice in a month: half as many again as the priced cells, which stop at eight in all.
    const tables = recorded.result.tables.map((each) =>
      each.axes.includes('month')
        ? { ...each, cells: each.cells.map((cell) => ({ ...cell, value: cell.value && 1.5 * cell.value })) }
        : each,
    )
    const late = opened({
      ...recorded,
      result: { ...recorded.result, tables, reported: { variance: 4, cells, asOf: null } },
    })
    await late.pricing.saveRules(rules)
    const answer = await late.priced(work)
    if (answer.kind !== 'priced') throw new Error(JSON.stringify(answer))
    // The second month grows by 10/140, the third by 84/210 and that; what is older is whole, and each month weighs its claims.
    const growth: Record<string, number> = {
      '2024-11': 150 / 140,
      '2024-12': (294 / 210) * (150 / 140),
    }
    const byMonth = tables.find(({ axes }) => axes.includes('month'))!
    const sums = new Map<string, number>()
    for (const { key, value } of byMonth.cells)
      sums.set(key.month!, (sums.get(key.month!) ?? 0) + (value ?? 0))
    expect(sums.size).toBe(12)
    const known = [...sums.values()].reduce((a, b) => a + b)
    const whole = [...sums].reduce((sum, [month, claims]) => sum + claims * (growth[month] ?? 1), 0)
    expect(answer.development!.factor).toBeCloseTo(whole / known, 9)
    expect(answer.development!.factor).toBeLessThan(1.1)
    expect(answer.development!.logVariance).toBeGreaterThan(0)
    // The youngest months are raised before a trend is drawn through them.
    expect(answer.trend!.slope).toBeGreaterThan((await pricedOf()).trend!.slope)
    expect(answer.development!.months.map(({ method }) => method)).not.toContain('bornhuetter-ferguson')
    // With a loss ratio what is missing comes from the month's premium and not from what is known of the month, in claims as the table by month counts
    // them: up to two of a patient in each month, where the priced cells count up to eight in all months and so find each claim dearer.
    const byPremium = await late.priced({ ...work, expectedLossRatio: 0.6 })
    if (byPremium.kind !== 'priced') throw new Error(JSON.stringify(byPremium))
    const premium = recorded.exposure.reduce(
      (sum, { key, premiumMinor }) => sum + (key.month === '2024-12' ? premiumMinor : 0),
      0,
    )
    expect(answer.cells.withheld).toBe(0)
    expect(known / answer.cells.claims).toBeGreaterThan(1.4)
    const expected = (0.6 * premium * known) / answer.cells.cost
    const youngest = byPremium.development!.months.at(-1)!
    expect(youngest.method).toBe('bornhuetter-ferguson')
    const completion = 1 / growth['2024-12']!
    expect(youngest.ultimate).toBeCloseTo(120 + (1 - completion) * expected, 6)
    expect(youngest.chainLadder).toBeCloseTo(120 / completion, 6)
    expect(byPremium.development!.factor).not.toBeCloseTo(answer.development!.factor, 6)
  })

  it('says what claims and added amounts take of the earned premium, and what the premium level would have to change by', async () => {
    const recorded = recordedMonth()
    const { indication, cells, average } = await pricedOf()
    const earned = recorded.exposure.reduce((sum, { premiumMinor }) => sum + premiumMinor, 0)
    expect(indication!.premium).toBeCloseTo(earned, 6)
    // The steps of the work: × 1.04, 200 a member-year, 15 % of the gross premium.
    expect(indication!.claims).toBeCloseTo((1.04 * cells.cost) / earned, 6)
    expect(indication!.added).toBeCloseTo((200 * cells.exposure) / earned, 9)
    expect(indication!.target).toBeCloseTo(0.85, 12)
    const { value, lower, upper } = indication!.change
    expect(value).toBeCloseTo((indication!.claims + indication!.added) / 0.85 - 1, 9)
    // The gross premium of everybody over what is charged now.
    expect(value).toBeCloseTo((average.buildUp.gross * cells.exposure) / earned - 1, 9)
    expect(lower!).toBeLessThan(value!)
    expect(upper!).toBeGreaterThan(value!)
    // Of a group that was withheld neither claims nor premium are in it; of a file without premium nothing is said.
    const withheld = recorded.result.tables.map((each) => ({
      ...each,
      cells: each.cells.map((cell) => (cell.key.group === 'Clinic' ? { ...cell, value: null } : cell)),
    }))
    const fewer = opened({ ...recorded, result: { ...recorded.result, tables: withheld } })
    await fewer.pricing.saveRules(rules)
    const rest = await fewer.priced(work)
    if (rest.kind !== 'priced') throw new Error(JSON.stringify(rest))
    const clinic = recorded.exposure.filter(({ key }) => key.group === 'Clinic')
    expect(rest.indication!.premium).toBeCloseTo(
      earned - clinic.reduce((sum, { premiumMinor }) => sum + premiumMinor, 0),
      6,
    )
    const free = opened({
      ...recorded,
      exposure: recorded.exposure.map((row) => ({ ...row, premiumMinor: 0 })),
    })
    await free.pricing.saveRules(rules)
    expect(await free.priced(work)).toMatchObject({ kind: 'priced', indication: null })
  })

  it('carries the trend from the middle of the priced months to that of the months of cover', async () => {
    // 2024-01 to 2024-12, whose middle is 2024.5; by default the year from the next January, else what is said.
    const { carried, slope, stdErr } = (await pricedOf()).trend!
    expect(carried).toMatchObject({ from: '2025-01', years: expect.closeTo(1, 9) })
    const later = (await pricedOf({ ratingFrom: '2026-07' })).trend!.carried
    expect(later).toMatchObject({ from: '2026-07', years: expect.closeTo(2.5, 9) })
    expect(later.factor).toBeCloseTo(Math.exp(2.5 * slope), 9)
    expect(later.logVariance).toBeCloseTo((2.5 * stdErr) ** 2, 9)
  })

  it('takes changes by hand only as the node noted them, with who, when and why', async () => {
    const change = { kind: 'set', factor: 'group', level: 'Clinic', relativity: 1.2 } as const
    const { answer: noted, subject } = await office.heard(() =>
      office.pricing.note({ change, reason: 'A new contract begins' }),
    )
    expect(noted).toEqual({ change, by: 'Ada', day: '2026-06-01', reason: 'A new contract begins' })
    expect(subject).toEqual({ change: 'set' })
    const { tariff } = await pricedOf({ adjustments: [noted] })
    expect(tariff.audit).toMatchObject([
      { kind: 'set', factor: 'group', level: 'Clinic', after: 1.2, by: 'Ada', day: '2026-06-01' },
    ])
    const forged = { ...noted, by: 'Somebody else' }
    expect(await office.priced({ ...work, adjustments: [noted, forged] })).toEqual({
      kind: 'not-priced',
      problem: { kind: 'not-noted', place: 1 },
    })
  })

  it('smooths ages as it was noted, names every level that moved, and makes the version again from it', async () => {
    const bands = ['18-34', '35-49', '50-64', '65+']
    const middles = [26, 42, 57, 70]
    const change = { kind: 'smooth', factor: 'ageBand', middles, knots: 3 } as const
    const made = opened()
    await made.pricing.saveRules(rules)
    const noted = await made.pricing.note({ change, reason: 'Ages run on from band to band' })
    const ratiosOf = ({ tariff }: PricedAnswer): number[] => {
      const { rows } = tariff.factors.find(({ factor }) => factor === 'ageBand')!
      return bands.map((band) => rows.find(({ level }) => level === band)!.relativity!)
    }
    const [before, answer] = [await made.priced(work), await made.priced({ ...work, adjustments: [noted] })]
    if (before.kind !== 'priced' || answer.kind !== 'priced') throw new Error('must be priced')
    // Three coefficients through four logarithms, weighted with the exposure: what is left is orthogonal to all three.
    const rest = ratiosOf(answer).map((ratio, k) => Math.log(ratio) - Math.log(ratiosOf(before)[k]!))
    const exposure = bands.map(
      (band) =>
        before.tariff.factors
          .find(({ factor }) => factor === 'ageBand')!
          .rows.find(({ level }) => level === band)!.exposure,
    )
    const knots = knotsOf(Float64Array.from(middles), 3, 'middles')
    const basis = [middles.map(() => 1), ...restrictedCubicSpline(Float64Array.from(middles), knots)]
    expect(Math.max(...rest.map(Math.abs))).toBeGreaterThan(1e-4)
    for (const column of basis) {
      const inner = rest.reduce((sum, each, k) => sum + exposure[k]! * each * column[k]!, 0)
      const size = rest.reduce((sum, each, k) => sum + Math.abs(exposure[k]! * each * column[k]!), 0)
      expect(Math.abs(inner)).toBeLessThan(1e-8 * size)
    }
    expect(answer.tariff.audit.map(({ kind, level, by }) => [kind, level, by])).toEqual(
      bands.map((band) => ['smooth', band, 'Ada']),
    )
    expect(answer.average.buildUp.pure).toBeCloseTo(before.average.buildUp.pure, 6)
    const version = await made.tariffs.make({
      work: { ...work, adjustments: [noted] },
      header,
      previous: null,
    })
    if (version.kind !== 'made') throw new Error(JSON.stringify(version))
    expect(await made.tariffs.replay({ hash: version.hash })).toEqual({ kind: 'identical' })
    // As many knots as bands leave nothing to smooth.
    const four = await made.pricing.note({ change: { ...change, knots: 4 }, reason: 'Closer' })
    expect(await made.priced({ ...work, adjustments: [four] })).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'engine', code: 'bad-option' },
    })
  })

  it('takes the reason of a step only as the node noted it, and shows it in the version', async () => {
    const made = opened()
    await made.pricing.saveRules(rules)
    const [trend, ...others] = work.steps
    const { answer: step, subject } = await made.heard(() =>
      made.pricing.noteStep({ step: trend!, reason: 'Medical inflation of the year before' }),
    )
    const note = { by: 'Ada', day: '2026-06-01', reason: 'Medical inflation of the year before' }
    expect(step).toEqual({ ...trend!, note })
    expect(subject).toEqual({ step: 'factor' })
    const noted = { ...work, steps: [step, ...others] }
    expect(await made.priced(noted)).toMatchObject({ kind: 'priced' })
    for (const forged of [
      { ...step, note: { ...note, by: 'Somebody else' } },
      { ...step, factor: 1.2 } as typeof step,
    ])
      expect(await made.priced({ ...noted, steps: [forged, ...others] })).toEqual({
        kind: 'not-priced',
        problem: { kind: 'not-noted', place: 0 },
      })
    const version = await made.tariffs.make({ work: noted, header, previous: null })
    if (version.kind !== 'made') throw new Error(JSON.stringify(version))
    const { steps } = (await made.tariffs.open({ hash: version.hash }))!
    expect(steps.map((each) => each.note?.reason ?? null)).toEqual([note.reason, null, null])
    // Said anew, the note before is replaced.
    const again = await made.pricing.noteStep({ step, reason: 'Another' })
    expect(again.note!.reason).toBe('Another')
    expect(await made.priced({ ...work, steps: [again, ...others] })).toMatchObject({ kind: 'priced' })
  })

  it('says what is missing instead of a number', async () => {
    const none = await office.priced({
      ...work,
      source: { studyHash: '00'.repeat(32), exposureHash: EXPOSURE },
    })
    expect(none).toEqual({ kind: 'not-priced', problem: { kind: 'no-such-result' } })
    const unknown = { studyHash: STUDY, exposureHash: '00'.repeat(32) }
    expect(await office.priced({ ...work, source: unknown })).toEqual({
      kind: 'not-priced',
      problem: { kind: 'no-such-exposure' },
    })
    const binomial = { ...work.model, frequency: 'negative-binomial' } as const
    expect(await office.priced({ ...work, model: binomial })).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'engine', code: 'bad-option' },
    })
  })
})

describe('plan as a factor', () => {
  const byPlan = { ...work, model: { ...work.model, factors: ['ageBand', 'plan'] } }
  const recorded = recordedMonth(GROUPS_IN_PLANS)
  const officeOfPlans = async () => {
    const made = opened(recorded)
    await made.pricing.saveRules({
      ...rules,
      allowed: [...rules.allowed, { factor: 'plan', ratioMost: null }],
    })
    return made
  }
  it('prices from the tables by plan, with the exposure of each plan', async () => {
    const office = await officeOfPlans()
    const [source] = (await office.pricing.sources()).results
    expect(source!.factors.map(({ name }) => name)).toEqual(['group', 'ageBand', 'sex', 'plan'])
    const answer = await office.priced({ ...byPlan, holdout: { ...work.source, studyHash: LATER } })
    if (answer.kind !== 'priced') throw new Error(JSON.stringify(answer))
    const { rows } = answer.rates[0]!.factors.find(({ factor }) => factor === 'plan')!
    expect(rows.map(({ level, exposure }) => [level, Math.round(exposure)])).toEqual([
      ['Basic', 2_400],
      ['Plus', 1_200],
    ])
    // Of 1,600 at 0.3 and 800 at 0.4 beside 1,200 at 0.2 claims a month.
    const plus = rows.find(({ level }) => level === 'Plus')!
    const truth = 0.2 / ((1_600 * 0.3 + 800 * 0.4) / 2_400)
    expect(plus.lower!).toBeLessThan(truth)
    expect(plus.upper!).toBeGreaterThan(truth)
    expect(plus.upper!).toBeLessThan(0.9)
    expect(answer.credibility!.groups.map(({ group }) => group)).toEqual(['Basic', 'Plus'])
    expect(answer.trend).not.toBeNull()
    expect(answer.validation!.byFactor.map(({ factor }) => factor)).toEqual(['ageBand', 'plan'])
    const pool = { amounts: '1', spread: 'flat', source: work.source, factors: byPlan.model.factors } as const
    expect(await office.pricing.pool(pool)).toMatchObject({ kind: 'pooled' })
  })
  it('makes a version that a second institution finds in the answer', async () => {
    const office = await officeOfPlans()
    const made = await office.tariffs.make({ work: byPlan, header, previous: null })
    if (made.kind !== 'made') throw new Error(JSON.stringify(made))
    expect(await office.tariffs.replay({ hash: made.hash })).toEqual({ kind: 'identical' })
    const { text } = (await office.tariffs.fileOf(made.hash))!
    const other = opened(null)
    const check = () => other.tariffs.check({ file: 'tariff.json', text })
    other.proves(recorded.result)
    expect(await check()).toMatchObject({ replay: { kind: 'identical' }, recorded: 'same' })
    // Of an answer that was asked without plans no cell is of a plan.
    other.proves({ ...recorded.result, tables: resultBy(recorded.result, 'group').tables })
    expect(await check()).toMatchObject({ recorded: 'differs' })
  })
  it('is not priced beside the group: no table has both', async () => {
    const office = await officeOfPlans()
    const both = { ...work, model: { ...work.model, factors: ['group', 'plan'] } }
    expect(await office.priced(both)).toEqual({ kind: 'not-priced', problem: { kind: 'group-and-plan' } })
  })
})

describe('I5 large losses', () => {
  it('spreads what lies above the pooling point and says nothing of the largest', async () => {
    const source = work.source
    const most = recordedMonth().result.costMost
    const pooled = await office.pricing.pool({
      amounts: `${most - 1}\n${most + 50_000}\n\n${most + 700_000}\n`,
      spread: 'flat',
      source,
      factors: work.model.factors,
    })
    expect(pooled).toMatchObject({ kind: 'pooled', patients: 3, excessCount: 2, excessTotal: 750_000 })
    if (pooled.kind === 'pooled') expect(pooled.load).toBeCloseTo(750_000 / 3600, 6)
    expect(JSON.stringify(pooled)).not.toContain(String(most + 700_000))
    if (pooled.kind === 'pooled')
      expect(pooled.tail.map(({ cap, tail }) => [cap, tail])).toEqual(
        [1, 1.5, 2, 3].map((multiple) => [multiple * most, null]),
      )
    const wrong = await office.pricing.pool({
      amounts: '1,000\nabc\n-2\n1e400',
      spread: 'flat',
      source,
      factors: [],
    })
    expect(wrong).toEqual({ kind: 'refused', lines: [2, 3, 4] })
  })
})

describe('I6 validation on a later table', () => {
  it('gives lift, Gini and actual to expected, the same for a second person', async () => {
    expect(await office.priced({ ...work, holdout: work.source })).toEqual({
      kind: 'not-priced',
      problem: { kind: 'not-later' },
    })
    const changed = { holdout: { ...work.source, studyHash: LATER } }
    const first = await pricedOf(changed)
    office.comes('Bo')
    const second = await pricedOf(changed)
    office.comes('ada')
    expect(second.validation).toEqual(first.validation)
    expect(first.validation!.ratio.value).toBeCloseTo(1, 1)
    expect(first.validation!.byFactor.map(({ factor }) => factor)).toEqual(['ageBand', 'group'])
    const { lower, value, upper } = first.validation!.gini
    expect(lower!).toBeLessThan(value!)
    expect(upper!).toBeGreaterThan(value!)
  })
})

describe('stability of relativities', () => {
  it('holds those of the later result, fitted alone, against those that were priced', async () => {
    const moved = opened(recordedMonth(), (value, group) => (group === 'Clinic' ? 1.5 * value : value))
    await moved.pricing.saveRules(rules)
    const noted = await moved.pricing.note({
      change: { kind: 'set', factor: 'group', level: 'Clinic', relativity: 3 },
      reason: 'A decision is no estimate',
    })
    const holdout = { ...work.source, studyHash: LATER }
    const answer = await moved.priced({ ...work, holdout, adjustments: [noted] })
    if (answer.kind !== 'priced') throw new Error(JSON.stringify(answer))
    const { stability } = answer.validation!
    expect(stability!.map(({ factor }) => factor)).toEqual(['ageBand', 'group'])
    const [airline, bakery, clinic] = stability![1]!.levels
    expect(airline).toMatchObject({ level: 'Airline', isBase: true, z: null, p: null })
    expect(Math.abs(bakery!.z!)).toBeLessThan(1)
    expect(clinic!.later.ratio! / clinic!.priced.ratio!).toBeCloseTo(1.5, 1)
    expect(clinic!.priced.ratio).toBeLessThan(2)
    expect(clinic!.z!).toBeGreaterThan(3)
    expect(clinic!.p!).toBeLessThan(0.01)
    // Rates from elsewhere are not fitted, and nothing is said of them.
    const text = 'term,level,relativity\nbase,,3600\ngroup,Airline,1\ngroup,Bakery,0.667\ngroup,Clinic,1.3\n'
    const model = { kind: 'imported', format: 'csv', text, factors: ['group'] } as const
    const imported = await moved.priced({ ...work, model: { ...model, factors: ['group'] }, holdout })
    if (imported.kind !== 'priced') throw new Error(JSON.stringify(imported))
    expect(imported.validation!.stability).toBeNull()
  })
})

describe('I3 rates from a curve and hazard ratios', () => {
  const estimate = (value: number, low: number, high: number) => ({ value, low, high })
  const of = { snapshot: '34'.repeat(32), cohort: '56'.repeat(32) }
  const axis = { variable: 'sex', edges: [] }
  const steps = (first: number, second: number) => [
    { untilDay: 365.25, survival: estimate(first, first - 0.02, first + 0.02), atRisk: 900 },
    { untilDay: 730.5, survival: estimate(second, second - 0.03, second + 0.03), atRisk: 700 },
  ]
  const curve = {
    ...of,
    followUp: 'to the first claim',
    studyHash: 'c1'.repeat(32),
    title: 'First claim',
    output: { kind: 'kaplan-meier' as const, timeEdges: [365, 730], by: axis as typeof axis | null },
    answer: {
      kind: 'curves' as const,
      // The first level is not the first one that has a curve.
      curves: [
        { level: 1 as number | null, steps: steps(0.8, 0.6) },
        { level: 0, steps: steps(0.9, 0.72) },
      ],
    },
  }
  const model = {
    ...of,
    followUp: 'to the first claim',
    studyHash: 'c2'.repeat(32),
    title: 'Hazard ratios',
    output: { kind: 'cox' as const, timeEdges: [365, 730], covariates: [axis] },
    answer: {
      kind: 'effects' as const,
      effects: [{ variable: 'sex', level: 1, logRatio: estimate(Math.log(2), Math.log(1.5), Math.log(2.6)) }],
      count: { value: 1000, halfWidth: 20 },
    },
  }
  it('gives yearly rates of the curves, and of each level over that of the first one, with limits', async () => {
    office.answers([curve, model])
    const answer = await office.pricing.incidence({ curve: curve.studyHash, effects: model.studyHash })
    if (answer.kind !== 'rates') throw new Error(answer.reason)
    const [, first, level] = answer.rows
    expect(first!.years.map(({ rate }) => rate)).toEqual([expect.closeTo(0.1, 9), expect.closeTo(0.2, 9)])
    // Twice the hazard: 1 - 0.9² and 1 - 0.8².
    expect(level).toMatchObject({ axis, level: 1, from: 'model' })
    expect(level!.years.map(({ rate }) => rate)).toEqual([expect.closeTo(0.19, 9), expect.closeTo(0.36, 9)])
    for (const { lower, rate, upper } of level!.years) {
      expect(lower).toBeLessThan(rate)
      expect(upper).toBeGreaterThan(rate)
    }
  })
  it('multiplies no curve that is not of the first level of the only covariate', async () => {
    const whole = structuredClone(curve)
    whole.output.by = null
    whole.answer.curves = [{ level: null, steps: steps(0.9, 0.72) }]
    const headless = structuredClone(curve)
    headless.answer.curves.pop()
    const two = structuredClone(model)
    two.output.covariates.push({ variable: 'ageBand', edges: [] })
    const other = structuredClone(model)
    other.output.covariates = [{ variable: 'age', edges: [] }]
    for (const pair of [
      [whole, model],
      [headless, model],
      [curve, two],
      [curve, other],
    ] as const) {
      office.answers(pair)
      expect(await office.pricing.incidence({ curve: curve.studyHash, effects: model.studyHash })).toEqual({
        kind: 'refused',
        reason: 'other-baseline',
      })
    }
  })
  it('takes no model of other people, and no curve without an event', async () => {
    for (const other of [{ cohort: '57'.repeat(32) }, { followUp: 'to the first stroke' }]) {
      office.answers([curve, { ...model, ...other }])
      expect(await office.pricing.incidence({ curve: curve.studyHash, effects: model.studyHash })).toEqual({
        kind: 'refused',
        reason: 'other-people',
      })
    }
    const still = structuredClone(curve)
    for (const { steps } of still.answer.curves)
      for (const step of steps) step.survival = estimate(1, 0.99, 1)
    office.answers([still])
    const asked = { curve: curve.studyHash, effects: null }
    expect(await office.pricing.incidence(asked)).toEqual({ kind: 'refused', reason: 'no-events' })
    office.answers([])
    expect(await office.pricing.incidence(asked)).toEqual({ kind: 'refused', reason: 'not-here' })
  })
})
