/**
 * From an answered monitoring table to an approved tariff, over the bytes of the answer: scenarios I2, I4, I5, I6, I7, I10 and I12 of
 * the insurer's analyst at the service.
 */
import { rangeOf } from '../node/storage/buckets.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resultBy } from '../pricing/model/recorded-table.ts'
import { knotsOf, restrictedCubicSpline } from '../stats/regression/splines.ts'
import { factorRules } from '../../shared/domain/pricing-work.ts'
import type { PricedAnswer } from '../../shared/contract/pricing.ts'
import {
  GROUPS,
  GROUPS_IN_PLANS,
  header,
  LATER,
  pricingOffice,
  recordedMonth,
  rules,
  STUDY,
  EXPOSURE,
  work,
} from './pricing-office.test-kit.ts'

/** Of `rules`, as the program gave it when lists had no community rating. */
const HASH_OF_RULES = '2254c92d7e4ff7230ecf0d78ba85aa4c959cc9e86d6f36bbc58cde493e52bb9d'

let office: ReturnType<typeof pricingOffice>
const offices: ReturnType<typeof pricingOffice>[] = []
const opened = (recorded?: ReturnType<typeof recordedMonth> | null) => {
  const made = recorded === undefined ? pricingOffice() : pricingOffice(recorded)
  offices.push(made)
  return made
}
beforeAll(async () => {
  office = opened()
  await office.pricing.saveRules(rules)
})
afterAll(async () => {
  for (const each of offices) await each.close()
})
const pricedOf = async (changed: Partial<typeof work> = {}): Promise<PricedAnswer> => {
  const answer = await office.priced({ ...work, ...changed })
  if (answer.kind !== 'priced') throw new Error(JSON.stringify(answer))
  return answer
}

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
    const moved = pricingOffice(recordedMonth(), (value, group) => (group === 'Clinic' ? 1.5 * value : value))
    offices.push(moved)
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

describe('I10 permitted factors', () => {
  it('refuses what is forbidden or not on the list, and names it in the audit', async () => {
    const model = { ...work.model, factors: ['ageBand', 'sex', 'plan'] }
    const { answer, subject } = await office.heard(() => office.pricing.start({ work: { ...work, model } }))
    expect(answer).toMatchObject({
      problem: {
        refusals: [
          { factor: 'sex', reason: 'forbidden', detail: 'One premium for women and men.' },
          { factor: 'plan', reason: 'not-allowed' },
        ],
      },
    })
    expect(subject).toEqual({ study: STUDY, refusedFactors: 'sex:forbidden+plan:not-allowed' })
    // Whatever the letters of its name are, the refusal is one that an entry of the audit takes.
    const named = { ...work.model, factors: ['ageBand', '郵遞區號'] }
    const other = await office.heard(() => office.pricing.start({ work: { ...work, model: named } }))
    expect(other.subject).toEqual({ study: STUDY, refusedFactors: '____:not-allowed' })
    expect(await office.tariffs.make({ work: { ...work, model }, header, previous: null })).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'factors' },
    })
  })
  it('warns of a proxy, and prices nothing where nobody has said what is permitted', async () => {
    expect((await pricedOf()).warnings).toMatchObject([{ factor: 'group', of: 'sex', source: 'declared' }])
    expect(await office.priced({ ...work, jurisdiction: 'EU' })).toEqual({
      kind: 'not-priced',
      problem: { kind: 'no-rules' },
    })
  })
  it('keeps every version of a list, and holds a ratio against the tariff and not against the look', async () => {
    const narrow = { ...rules, jurisdiction: 'US', allowed: [{ factor: 'group', ratioMost: 1.5 }] }
    expect(await office.pricing.saveRules(narrow)).toMatchObject({ kind: 'saved', version: 1 })
    expect(await office.pricing.saveRules(narrow)).toEqual({ kind: 'refused', reason: 'unchanged' })
    const both = { ...narrow, forbidden: [{ factor: 'Group', reason: 'x' }] }
    expect(await office.pricing.saveRules(both)).toEqual({ kind: 'refused', reason: 'both' })
    const us = { ...work, jurisdiction: 'US', model: { ...work.model, factors: ['group'] } }
    const looked = await office.priced(us)
    expect(looked).toMatchObject({ kind: 'priced', ratios: [{ factor: 'group' }] })
    expect(await office.tariffs.make({ work: us, header, previous: null })).toMatchObject({
      problem: { refusals: [{ factor: 'group', reason: 'ratio' }] },
    })
    const wider = { ...narrow, allowed: [{ factor: 'group', ratioMost: 3 }] }
    expect(await office.pricing.saveRules(wider)).toMatchObject({ version: 2 })
    expect(await office.priced(us)).toMatchObject({ kind: 'priced', ratios: [] })
    expect((await office.pricing.rules()).filter(({ jurisdiction }) => jurisdiction === 'US')).toHaveLength(2)
  })
})

describe('community rating', () => {
  const reason = 'Act on community rating, section 7'
  it('leaves a list without it the hash that it had', async () => {
    const plain = opened()
    const { hash } = (await plain.pricing.saveRules(rules)) as { hash: string }
    const { communityRating: _, ...same } = factorRules.parse({ ...rules, communityRating: undefined })
    expect(Object.keys(factorRules.parse(rules))).not.toContain('communityRating')
    expect(await plain.pricing.saveRules(same)).toEqual({ kind: 'refused', reason: 'unchanged' })
    // As it was before the field came.
    expect(hash).toBe(HASH_OF_RULES)
  })
  it('charges one rate, each fold a step of the list, and says what groups pay for each other', async () => {
    const made = opened()
    await made.pricing.saveRules(rules)
    const risk = await made.priced(work)
    const byRisk = await made.tariffs.make({ work, header, previous: null })
    if (risk.kind !== 'priced' || byRisk.kind !== 'made') throw new Error('must be priced')
    expect(risk.equalisation).toBeNull()
    expect(await made.pricing.saveRules({ ...rules, communityRating: { by: 'sex', reason } })).toEqual({
      kind: 'refused',
      reason: 'community-by',
    })
    await made.pricing.saveRules({ ...rules, communityRating: { by: null, reason } })
    const flat = await made.priced(work)
    if (flat.kind !== 'priced') throw new Error(JSON.stringify(flat))
    for (const { rows } of flat.tariff.factors) for (const { relativity } of rows) expect(relativity).toBe(1)
    expect(flat.ratios).toEqual([])
    expect(new Set(flat.tariff.audit.map((entry) => entry.reason))).toEqual(new Set([reason]))
    expect(flat.average.buildUp.pure).toBeCloseTo(risk.average.buildUp.pure, 6)
    const { groups } = flat.equalisation!
    expect(groups.map(({ group }) => group)).toEqual(GROUPS.map(({ name }) => name).sort())
    expect(Math.abs(groups.reduce((sum, { transfer }) => sum + transfer, 0))).toBeLessThan(1)
    // Bakery claims least: it pays for the others.
    expect(groups.find(({ group }) => group === 'Bakery')!.transfer).toBeLessThan(0)
    // By group: the group's own relativity stays, age is folded.
    await made.pricing.saveRules({ ...rules, communityRating: { by: 'group', reason } })
    const byGroup = await made.priced(work)
    if (byGroup.kind !== 'priced') throw new Error(JSON.stringify(byGroup))
    const spread = (factor: string): number => {
      const { rows } = byGroup.tariff.factors.find((each) => each.factor === factor)!
      return Math.max(...rows.map(({ relativity }) => relativity!))
    }
    expect(spread('ageBand')).toBe(1)
    expect(spread('group')).toBeGreaterThan(1)
    // A version by risk waits no longer for an approval that the list forbids; one of the list is approved.
    const flatMade = await made.tariffs.make({ work, header, previous: null })
    if (flatMade.kind !== 'made') throw new Error(JSON.stringify(flatMade))
    made.comes('colleague')
    const approve = (hash: string) => made.tariffs.decide({ hash, verdict: 'approve', reason: 'checked' })
    expect(await approve(byRisk.hash)).toEqual({ kind: 'refused', reason: 'not-permitted' })
    expect(await approve(flatMade.hash)).toMatchObject({ kind: 'decided' })
    const version = await made.tariffs.open({ hash: flatMade.hash })
    expect(version!.audit[0]).toMatchObject({ kind: 'cap', reason })
    expect(await made.tariffs.replay({ hash: flatMade.hash })).toEqual({ kind: 'identical' })
  })
})

describe('I7 a model from elsewhere', () => {
  const factors = { ...work.model, factors: ['ageBand', 'group'] }
  it('is compared with the tariff over the portfolio: a table of relativities', async () => {
    const text =
      'term,level,relativity\nbase,,3600\ngroup,Airline,1\ngroup,Bakery,0.667\ngroup,Clinic,1.333\n'
    const answer = await office.pricing.challenge({
      work: { ...work, model: factors },
      challenger: { kind: 'rates', format: 'csv', text },
    })
    if (answer.kind !== 'challenged') throw new Error(JSON.stringify(answer))
    expect(answer.factors).toEqual(['group'])
    expect(answer.on).toEqual({ from: '2024-01', to: '2024-12', isLater: false })
    expect(Math.abs(answer.challengerGap)).toBeLessThan(0.1)
    expect(answer.doubleLift.length).toBeGreaterThan(2)
    expect(answer.impact.unpriced).toBe(0)
    // As it was compared it becomes a version: balanced to the portfolio, bound to its text, and made once more before it is approved.
    const model = { kind: 'imported' as const, ...answer.rates! }
    const priced = await pricedOf({ model })
    expect(priced.tariff.factors.map(({ factor }) => factor)).toEqual(['group'])
    const ratios = priced.tariff.factors[0]!.rows.map(({ level, relativity }) => [level, relativity])
    expect(Object.fromEntries(ratios)['Clinic']).toBeCloseTo(1.333, 9)
    const other = opened()
    await other.pricing.saveRules(rules)
    const made = await other.tariffs.make({ work: { ...work, model }, header, previous: null })
    if (made.kind !== 'made') throw new Error(JSON.stringify(made))
    expect(await other.tariffs.replay({ hash: made.hash })).toEqual({ kind: 'identical' })
    // Factors are judged by what the rates have, not by what is said of them.
    const hidden = { ...model, factors: [], text: text.replaceAll('group,', 'sex,') }
    expect(await office.priced({ ...work, model: hidden })).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'engine', code: 'bad-option' },
    })
  })
  it('is compared on claims that neither was made of, where there is a later result', async () => {
    const recorded = recordedMonth()
    // A year later costs are half as high again at the clinic, as the model from elsewhere has it.
    const dearer = pricingOffice(recorded, (value, group) => (group === 'Clinic' ? 1.5 * value : value))
    offices.push(dearer)
    await dearer.pricing.saveRules(rules)
    const text = 'term,level,relativity\nbase,,3600\ngroup,Airline,1\ngroup,Bakery,0.667\ngroup,Clinic,2\n'
    const challenger = { kind: 'rates', format: 'csv', text } as const
    const compared = async (holdout: typeof work.holdout) => {
      const answer = await dearer.pricing.challenge({
        work: { ...work, model: factors, holdout },
        challenger,
      })
      if (answer.kind !== 'challenged') throw new Error(JSON.stringify(answer))
      return answer
    }
    const seen = await compared(null)
    const later = await compared({ ...work.source, studyHash: LATER })
    expect(later.on).toEqual({ from: '2025-01', to: '2025-12', isLater: true })
    expect(seen.championGap).toBeCloseTo(0, 2)
    expect(later.championGap).toBeLessThan(-0.1)
    expect(Math.abs(later.challengerGap)).toBeLessThan(0.05)
  })
  it('reads factors of the portfolio alone, and says the place of an error', async () => {
    const formula = (source: string) =>
      office.pricing.challenge({ work, challenger: { kind: 'formula', source, tables: [] } })
    expect(await formula('3000 * (if group = "Clinic" then 1.3 else 1)')).toMatchObject({
      kind: 'challenged',
    })
    expect(await formula('3000 * patientId')).toMatchObject({ kind: 'problem', line: 1, column: 8 })
    expect(await formula('3000 *\n  (if sex = "male" then 1.1 else 1)')).toMatchObject({
      kind: 'not-priced',
      problem: { kind: 'factors', refusals: [{ factor: 'sex', reason: 'forbidden' }] },
    })
    // Forbidden is forbidden, although the portfolio has no such column or factor.
    const forbidden = {
      kind: 'not-priced',
      problem: { kind: 'factors', refusals: [{ factor: 'religion', reason: 'forbidden' }] },
    }
    await office.pricing.saveRules({
      ...rules,
      forbidden: [...rules.forbidden, { factor: 'religion', reason: 'By law.' }],
    })
    expect(await formula('if religion = "x" then 1 else 2')).toMatchObject(forbidden)
    const table = 'term,level,relativity\nbase,,3600\nreligion,x,1\n'
    expect(
      await office.pricing.challenge({ work, challenger: { kind: 'rates', format: 'csv', text: table } }),
    ).toMatchObject(forbidden)
    expect(await formula('process.exit(1)')).toMatchObject({ kind: 'problem' })
    const refused = await office.pricing.challenge({
      work,
      challenger: { kind: 'rates', format: 'csv', text: 'term,level,relativity\ngroup,Airline,many\n' },
    })
    expect(refused).toMatchObject({ kind: 'refused', errors: [{ code: 'not-a-number', place: 'line 2' }] })
  })
})

describe('I12 versions of a tariff', () => {
  it('wait for another person, are current when approved, and are compared with their impact', async () => {
    office.comes('ada')
    const before = office.told.length
    const changes = () => office.told.slice(before).filter((event) => event === 'tariffs.changed').length
    const made = await office.tariffs.make({ work, header, previous: null })
    if (made.kind !== 'made') throw new Error(JSON.stringify(made))
    // Whoever decides may sit at another work place, and hears of it.
    expect(changes()).toBe(1)
    expect(await office.tariffs.make({ work, header, previous: null })).toEqual({
      kind: 'known',
      hash: made.hash,
    })
    const decide = (verdict: 'approve' | 'refuse', hash = made.hash) =>
      office.tariffs.decide({ hash, verdict, reason: 'Looked at every step' })
    expect(await decide('approve')).toEqual({ kind: 'refused', reason: 'own-tariff' })
    expect(await decide('refuse')).toEqual({ kind: 'refused', reason: 'own-tariff' })
    const group = { hash: made.hash, census: 'age,lives\n18-34,4', fixed: { group: 'Bakery' }, own: null }
    const unapproved = { kind: 'not-priced', problem: { kind: 'not-approved' } }
    expect(await office.tariffs.priceGroup(group)).toEqual(unapproved)
    office.comes('bo')
    const { allowed } = rules
    await office.pricing.saveRules({ ...rules, allowed: allowed.filter(({ factor }) => factor !== 'group') })
    expect(await decide('approve')).toEqual({ kind: 'refused', reason: 'not-permitted' })
    await office.pricing.saveRules(rules)
    expect(await decide('approve', '00'.repeat(32))).toEqual({ kind: 'refused', reason: 'unknown' })
    const { answer, subject } = await office.heard(() => decide('approve'))
    expect(answer).toMatchObject({
      kind: 'decided',
      row: { state: 'approved', version: 1, madeBy: 'ada', decided: { by: 'bo' }, isCurrent: true },
    })
    expect(subject).toEqual({ tariff: made.hash, verdict: 'approve' })
    expect(await decide('refuse')).toEqual({ kind: 'refused', reason: 'not-waiting' })
    // What changed nothing is no news.
    expect(changes()).toBe(2)
    office.comes('ada')
    const dearer = {
      ...work,
      steps: [...work.steps.slice(0, 2), { kind: 'share', name: 'Profit and tax', share: 0.2 } as const],
    }
    const second = await office.tariffs.make({ work: dearer, header, previous: made.hash })
    if (second.kind !== 'made') throw new Error(JSON.stringify(second))
    expect(
      (await office.tariffs.list()).map(({ version, previous, state }) => ({ version, previous, state })),
    ).toEqual(expect.arrayContaining([{ version: 2, previous: made.hash, state: 'waiting' }]))
    const compared = await office.tariffs.compare({ before: made.hash, after: second.hash })
    expect(compared).toMatchObject({ stepsChanged: true, factorsAdded: [], binds: ['model'] })
    expect(compared!.impact!.change).toBeCloseTo(0.85 / 0.8 - 1, 6)
    expect(await office.tariffs.replay({ hash: made.hash })).toEqual({ kind: 'identical' })
    const { binds, source, rules: list } = (await office.tariffs.open({ hash: made.hash }))!
    expect(binds).toMatchObject({ snapshot: '34'.repeat(32), cohort: '56'.repeat(32) })
    const { costMost } = recordedMonth().result
    expect(source).toMatchObject({ studyHash: STUDY, exposureHash: EXPOSURE, costMost })
    expect(list.version).toBe(2)
  })

  it('are recomputed by a second institution, where one changed input is found', async () => {
    const [first] = (await office.tariffs.list()).filter(({ state }) => state === 'approved')
    const file = (await office.tariffs.fileOf(first!.hash))!
    const recorded = recordedMonth().result
    const other = opened(null)
    other.proves(recorded)
    const check = (text: string) => other.tariffs.check({ file: 'tariff.json', text })
    expect(await check(file.text)).toEqual({
      kind: 'checked',
      file: 'tariff.json',
      hash: first!.hash,
      name: header.name,
      version: 1,
      replay: { kind: 'identical' },
      recorded: 'same',
    })
    // One claim more in one cell; one relativity dearer; one reason reworded.
    type File = {
      results: { claims: number[] }
      document: { offBalance: string }
      recipe: { edition?: number; steps: { name: string }[] }
    }
    const changed = (change: (each: File) => void): string => {
      const parsed = JSON.parse(file.text) as File
      change(parsed)
      return JSON.stringify(parsed)
    }
    expect(await check(changed((each) => (each.results.claims[0]! += 1)))).toMatchObject({
      replay: { kind: 'different', binds: ['results'] },
      recorded: 'differs',
    })
    expect(await check(changed((each) => (each.document.offBalance = '1.5')))).toMatchObject({
      replay: { kind: 'different', binds: [], paths: ['offBalance'] },
    })
    expect(await check(changed((each) => (each.recipe.steps[0]!.name = 'Other')))).toMatchObject({
      replay: { kind: 'different', binds: ['model'] },
    })
    // Whoever changes rates and says that another edition made them has not the recipe that the tariff is bound to.
    expect(await check(changed((each) => delete each.recipe.edition))).toMatchObject({
      replay: { kind: 'different', binds: ['model'] },
    })
    // The numbers are those of the answer, and what is said of their origin is not.
    for (const lie of [
      { snapshot: '99'.repeat(32) },
      { cohort: '99'.repeat(32) },
      { resultHash: '99'.repeat(32) },
      { from: '2020-01' },
      { to: '2030-01' },
      { costMost: recorded.costMost + 1 },
    ]) {
      other.proves({ ...recorded, ...lie })
      expect(await check(file.text)).toMatchObject({ replay: { kind: 'identical' }, recorded: 'differs' })
    }
    other.proves(recorded)
    // A file from before the cap was noted says nothing of it, and is taken as ever.
    const older = JSON.parse(file.text) as { source: { costMost?: number } }
    expect(older.source.costMost).toBe(recorded.costMost)
    delete older.source.costMost
    expect(await check(JSON.stringify(older))).toMatchObject({ recorded: 'same' })
    other.proves(null)
    expect(await check(file.text)).toMatchObject({ replay: { kind: 'identical' }, recorded: 'unproven' })
    expect(await check('{')).toMatchObject({ kind: 'refused', reason: 'not-json' })
    expect(await check('{}')).toMatchObject({ kind: 'refused', reason: 'not-a-tariff' })
  })

  it('keeps nothing readable in the store', async () => {
    for await (const { value } of office.store.scan(rangeOf('x/y')))
      expect(Buffer.from(value).toString('latin1')).not.toMatch(/Airline|Group health|Ada/)
  })
})

describe('I4 a group of 60, blended', () => {
  const census = 'age band\tfemale\tmale\n18-34\t10\t8\n35-49\t14\t12\n50-64\t6\t6\n65+\t2\t2\n'
  const ask = async (over: Partial<Parameters<typeof office.tariffs.priceGroup>[0]> = {}) => {
    const [current] = (await office.tariffs.list()).filter(({ isCurrent }) => isCurrent)
    return office.tariffs.priceGroup({
      hash: current!.hash,
      census,
      fixed: { group: 'Bakery' },
      own: null,
      ...over,
    })
  }
  it('has a gross premium with build-up and interval, from a matrix or from lines', async () => {
    const priced = await ask()
    if (priced.kind !== 'priced') throw new Error(JSON.stringify(priced))
    expect(priced.exposure).toBe(60)
    expect(priced.buildUp.lines.map(({ name }) => name)).toEqual([
      'pure premium',
      'Trend',
      'Fixed expense',
      'Profit and tax',
    ])
    expect(priced.interval.lower!).toBeLessThan(priced.gross)
    expect(priced.interval.upper!).toBeGreaterThan(priced.gross)
    expect(priced.rows).toHaveLength(8)
    expect(priced.rows.reduce((sum, { premium, exposure }) => sum + premium * exposure, 0)).toBeCloseTo(
      priced.grossTotal,
      4,
    )
    const lines = 'Age,Lives\n18-34,18\n35-49,26\n50-64,12\n65+,4'
    expect(await ask({ census: lines })).toMatchObject({ kind: 'priced', exposure: 60 })
  })
  it('blends own experience by Z, which a person may set and the audit then has', async () => {
    const own = { memberYears: 60, claims: 200, cost: 600_000, byHand: null }
    const blended = await ask({ own })
    if (blended.kind !== 'priced') throw new Error(JSON.stringify(blended))
    // Of a cost and not of a frequency.
    expect(blended.fullCredibility).toBe(3517)
    expect(blended.credibility).toBeCloseTo(Math.sqrt(200 / 3517), 9)
    expect(blended.blended).toBeCloseTo(
      blended.credibility! * 10_000 + (1 - blended.credibility!) * blended.manual,
      6,
    )
    const { answer, subject, basis } = await office.heard(() =>
      ask({ own: { ...own, byHand: { factor: 0.25, reason: 'Half of the year is missing' } } }),
    )
    expect(answer).toMatchObject({ credibility: 0.25, fullCredibility: null })
    // As text, since an entry of the audit takes no part of a number.
    expect(subject).toMatchObject({ credibility: '0.25' })
    expect(basis).toEqual({ kind: 'by-hand', reason: 'Half of the year is missing' })
  })
  it('says the line and the column of every error, and prices nothing then', async () => {
    expect(await ask({ census: 'age,lives\n18-34,x\n20-30,4\n' })).toMatchObject({
      kind: 'census',
      errors: [
        { code: 'not-a-number', line: 2, column: 'lives', found: 'x' },
        { code: 'unknown-level', line: 3, column: 'age', found: '20-30' },
      ],
    })
    expect(await ask({ fixed: {} })).toMatchObject({ errors: [{ code: 'missing-factor', column: 'group' }] })
    expect(await ask({ census: '' })).toMatchObject({ errors: [{ code: 'empty' }] })
    expect(await ask({ census: 'age,shoe size\n18-34,3' })).toMatchObject({
      errors: [{ code: 'unknown-column', column: 'shoe size' }, { code: 'no-lives' }],
    })
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
