/** From the exposure file to the dashboard over the very bytes of request and answer, on portfolios whose truth is known. */
import { describe, expect, it } from 'vitest'
import { POLICY_DEFAULTS } from '../node/chain/policy.ts'
import { RELEASE_DEFAULTS } from '../privacy/answers/answer-policy.ts'
import { sumCells, watch } from '../pricing/monitor/cells.ts'
import { importExposure } from '../pricing/monitor/exposure-csv.ts'
import { OTHER } from '../pricing/monitor/merge-groups.ts'
import type { Patient } from '../privacy/request/tabulate.ts'
import { ageBandsOf } from './age-bands.ts'
import { exposureFit } from './exposure-fit.ts'
import { exposureOf, groupRisk, type GroupRisk } from './group-risk.ts'
import {
  answered,
  LAST_MONTH,
  MONTHS,
  madeExposure,
  madePatients,
  monitorRequest,
  numbersOf,
  type MadeGroup,
} from './insurer.test-kit.ts'
import { leastReadable } from './least-readable.ts'
import { planMonitor } from './monitor-request.ts'
import { isWithheldWhole, monitorTables } from './monitor-tables.ts'

const steady = (name: string, lives: number, rate = 0.25): MadeGroup => ({ name, lives, rate: () => rate })
/** Of an insurer, in a year, for one table. */
const MOST = POLICY_DEFAULTS.rhoInsurerMicro
const GENEROUS = 2_000_000

function planOfGroups(groups: readonly MadeGroup[]) {
  const exposure = madeExposure(groups)
  const plan = planMonitor(exposure, 'Harvest Insurance', '2026-05')
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  const labelOf = (name: string) => plan.output.groups.find(({ codes }) => codes.includes(name))!.label
  const planLabelOf = (name: string) =>
    plan.output.plans?.find(({ codes }) => codes.includes(name))?.label ?? null
  return { exposure, plan, patients: madePatients(groups, labelOf, planLabelOf) }
}

async function riskOf(
  groups: readonly MadeGroup[],
  microRho: number,
  { hasFile = true, asOf = '2026-05', seen = (patients: readonly Patient[]) => patients } = {},
): Promise<GroupRisk> {
  const { exposure, plan, patients } = planOfGroups(groups)
  const released = numbersOf(answered(plan.output, microRho, seen(patients)))
  const bands = ageBandsOf([...new Set(exposure.map(({ key }) => key.ageBand))])
  const risk = await groupRisk(
    {
      output: plan.output,
      microRho,
      released,
      exposure: hasFile ? exposure : null,
      bands: bands.kind === 'bands' ? bands.bands : [],
      asOf,
      tablesPerYear: 1,
    },
    new Map(),
  )
  return risk!
}

describe('ageBandsOf', () => {
  it('reads what meets without a gap at multiples of five, and says what does not', () => {
    expect(ageBandsOf(['65+', '18-34', '35-64'])).toMatchObject({ kind: 'bands', edges: [35, 65] })
    expect(ageBandsOf(['18-34', '36-64'])).toEqual({ kind: 'unclear', labels: ['18-34', '36-64'] })
    expect(ageBandsOf(['0-17', '18-34', '35+'])).toEqual({ kind: 'unclear', labels: ['18-34'] })
    expect(ageBandsOf(['young', '35+'])).toEqual({ kind: 'unclear', labels: ['young'] })
  })
})

describe('planMonitor', () => {
  it('names groups by exposure alone and puts the small ones under one label (I1)', () => {
    const { plan } = planOfGroups([steady('A', 900), steady('B', 60), steady('C', 30), steady('D', 25)])
    expect(plan.output.groups).toEqual([
      { label: 'A', codes: ['A'] },
      { label: 'B', codes: ['B'] },
      { label: OTHER, codes: ['C', 'D'] },
    ])
    expect(plan.output).toMatchObject({ lastMonth: LAST_MONTH, months: 12, ageEdges: [35, 50, 65] })
    expect(plan.lives.get(OTHER)).toBeCloseTo(55, 9)
  })
  it('puts the smallest of very many groups together, since a table has so many cells', () => {
    const many = Array.from({ length: 60 }, (_, i) => steady(`G${100 + i}`, 100 + i))
    const { plan } = planOfGroups(many)
    const other = plan.output.groups.find(({ label }) => label === OTHER)!
    expect(plan.output.groups.length + other.codes.length).toBe(61)
    expect(() => monitorRequest(plan.output, 25_000)).not.toThrow()
  })
  it('puts under one label what the noise would withhold for certain, and cuts costs by the premium', () => {
    const rows = madeExposure([steady('A', 900), steady('B', 150), steady('C', 60)])
    const plan = planMonitor(rows, 'Harvest Insurance', '2026-05', { leastLives: () => 200 })
    if (plan.kind !== 'plan') throw new Error(plan.kind)
    expect(plan.output.groups).toEqual([
      { label: 'A', codes: ['A'] },
      { label: OTHER, codes: ['B', 'C'] },
    ])
    // Five premiums of 4,800 a year, rounded down.
    expect(plan.output.costMost).toBe(20_000)
  })
  it('stops with a reason where there is nothing to ask', () => {
    const rows = madeExposure([steady('A', 900)])
    expect(planMonitor(rows, 'X', '2024-03')).toEqual({ kind: 'too-few-months', months: 3 })
    expect(planMonitor(madeExposure([steady('A', 30)]), 'X', '2026-05')).toEqual({ kind: 'all-too-small' })
    const odd = rows.map((row) => ({ ...row, key: { ...row.key, ageBand: `${row.key.ageBand}?` } }))
    expect(planMonitor(odd, 'X', '2026-05')).toMatchObject({ kind: 'unclear-bands' })
  })
})

describe('exposureFit', () => {
  it('takes the very file that planned the table, older age bands before its months and all', () => {
    const rows = madeExposure([steady('A', 900), steady('C', 30), steady('D', 25)])
    const older = rows
      .filter(({ key }) => key.month === LAST_MONTH)
      .map((row) => ({ ...row, key: { ...row.key, month: '2022-05', ageBand: '20-40' } }))
    const file = [...older, ...rows]
    const plan = planMonitor(file, 'Harvest Insurance', '2026-05')
    if (plan.kind !== 'plan') throw new Error(plan.kind)
    const fit = exposureFit(file, plan.output)
    expect(fit.mismatch).toBeNull()
    expect(fit.bands.map(({ label }) => label)).toEqual(['18-34', '35-49', '50-64', '65+'])
    expect(exposureFit(older, plan.output)).toEqual({ bands: [], mismatch: 'months' })
  })
  it('refuses a file that lacks one group of a label', () => {
    const made = planMonitor(
      madeExposure([steady('A', 900), steady('C', 30), steady('D', 25)]),
      'Harvest Insurance',
      '2026-05',
    )
    if (made.kind !== 'plan') throw new Error(made.kind)
    expect(made.output.groups[1]).toEqual({ label: OTHER, codes: ['C', 'D'] })
    const rest = madeExposure([steady('A', 900), steady('C', 30)])
    expect(exposureFit(rest, made.output).mismatch).toBe('groups')
  })
})

describe('a monitoring table under the default policy', () => {
  // Three plans, as large as they come: the price is that of a table with them.
  const groups = [8_000, 4_000, 2_000, 1_000, 500, 250, 120, 60].map((lives, i): MadeGroup => ({
    ...steady(`G${i + 1}`, lives),
    plan: ['Basic', 'Plus', 'Top'][i % 3]!,
  }))

  it('fits the yearly allowance, and says which group stays readable', async () => {
    const { plan, patients } = planOfGroups(groups)
    const perYear = 2
    const microRho = Math.min(POLICY_DEFAULTS.rhoRegisteredModelMicro, Math.floor(MOST / perYear))
    const least = leastReadable(plan.output, microRho, RELEASE_DEFAULTS)
    const leastOfPlan = leastReadable(plan.output, microRho, RELEASE_DEFAULTS, 'plan')
    const risk = await riskOf(groups, microRho)
    const knownOf = (each: GroupRisk['groups']) =>
      each.filter(({ actualToExpected: a }) => a !== null && a.upper - a.lower <= 0.5)
    const known = knownOf(risk.groups)
    const smallest = Math.min(...known.map(({ lives }) => lives!))
    const smallestPlan = Math.min(...knownOf(risk.plans!.groups).map(({ lives }) => lives!))
    console.info(
      `monitoring table: ${microRho} of ${MOST} millionths of rho a year, ${perYear} tables; a group is shown from ${least.persons} patients, ` +
        `actual to expected known to a quarter from ${least.claims} claims; here the smallest such group has ${smallest} lives; ` +
        `a plan is shown from ${leastOfPlan.persons} patients, known to a quarter from ${leastOfPlan.claims} claims, here the smallest has ${smallestPlan} lives`,
    )
    expect(microRho * perYear).toBeLessThanOrEqual(MOST)
    expect(microRho).toBeLessThanOrEqual(POLICY_DEFAULTS.rhoRegisteredModelMicro)
    // The promise before the click is what comes out: of the groups that it calls readable none is missing.
    for (const group of risk.groups)
      if ((group.lives ?? 0) * 12 * 0.25 > 1.5 * least.claims)
        expect(known.map(({ label }) => label)).toContain(group.label)
    expect(smallest).toBeLessThanOrEqual(1_000)
    expect(risk.plans!.groups.map(({ label }) => label)).toEqual(['Basic', 'Plus', 'Top'])
    expect(smallestPlan).toBeLessThanOrEqual(2_250)
    // Plans cost the groups little: the table without them would show groups hardly smaller.
    const without = leastReadable({ ...plan.output, plans: null }, microRho, RELEASE_DEFAULTS)
    expect(least.persons).toBeLessThan(1.15 * without.persons)
    expect(least.claims).toBeLessThan(1.3 * without.claims)
    expect(patients.length).toBeGreaterThan(10_000)
  })
  it('holds the truth in its limits and never says a group that is not', async () => {
    const risk = await riskOf(groups, 25_000)
    for (const { actualToExpected } of risk.groups) {
      if (actualToExpected === null) continue
      expect(actualToExpected.lower).toBeLessThan(1.06)
      expect(actualToExpected.upper).toBeGreaterThan(0.94)
    }
    // Eight charts with a false alarm in five years each: some are to be expected in a year, many are not.
    expect(risk.alerts.filter(({ kind }) => kind === 'level')).toEqual([])
    expect(risk.alerts.length).toBeLessThanOrEqual(4)
    const smallest = risk.groups.find(({ label }) => label === 'G8')!
    expect(smallest.claims).toEqual({ kind: 'withheld' })
    expect(smallest.actualToExpected).toBeNull()
  })
})

describe('groupRisk', () => {
  const rising: MadeGroup = { name: 'R', lives: 900, rate: (month) => (month < 6 ? 0.25 : 0.5) }
  const groups = [rising, ...[1_500, 1_200, 900, 700, 600].map((lives, i) => steady(`G${i}`, lives))]

  it('alerts to a rise with since when, how sure, how many false alarms, and where to look (I11)', async () => {
    const risk = await riskOf(groups, GENEROUS)
    const rise = risk.alerts.find(({ kind, label }) => kind === 'rise' && label === 'R')!
    expect(rise.since >= '2024-06' && rise.since <= '2024-08').toBe(true)
    // What is surest is read first.
    const sure = risk.alerts.map(({ ratio }) => ratio.p)
    expect(sure).toEqual(sure.toSorted((a, b) => a - b))
    expect(rise.ratio.lower).toBeGreaterThan(1.1)
    expect(rise.falseAlarmsPerYear).toBeLessThanOrEqual(0.2)
    expect(rise.next).not.toBeNull()
    expect(risk.alerts.filter(({ kind, label }) => kind === 'rise' && label !== 'R')).toEqual([])
    const months = risk.causes.find(({ label, by }) => label === 'R' && by === 'month')!
    if (months.cause.kind !== 'rows') throw new Error('months are rows')
    expect(months.cause.rows[0]!.label > '2024-06').toBe(true)
  })
  it('alerts to each rise of a group where a pause is between them', async () => {
    const twice: MadeGroup = {
      name: 'R',
      lives: 900,
      rate: (month) => ([3, 4, 10, 11].includes(month) ? 0.6 : 0.25),
    }
    const { alerts, cusums } = await riskOf([twice, ...groups.slice(1)], GENEROUS)
    const rises = alerts
      .filter(({ kind, label }) => kind === 'rise' && label === 'R')
      .toSorted((a, b) => (a.since < b.since ? -1 : 1))
    expect(rises.map(({ since, month }) => [since, month])).toEqual([
      ['2024-04', '2024-05'],
      ['2024-11', '2024-12'],
    ])
    for (const { ratio } of rises) expect(ratio.lower).toBeGreaterThan(1.25)
    // Every signal of the chart is in one of them.
    const { points } = cusums.find(({ label }) => label === 'R')!
    for (const { month } of points.filter(({ isSignal }) => isSignal))
      expect(rises.filter((each) => each.since <= month && month <= each.month!)).toHaveLength(1)
  })
  it('says the rates of the portfolio within their bands, each with its denominator', async () => {
    const { claims, severity, lossRatio, prevalence, caseMix } = (await riskOf(groups, GENEROUS)).portfolio
    if (claims.kind !== 'rate' || severity.kind !== 'rate' || lossRatio.kind !== 'rate')
      throw new Error('rates')
    // A quarter of a claim a month, a little more where the rate rose.
    expect(claims.lower).toBeLessThan(3.3)
    expect(claims.upper).toBeGreaterThan(3.2)
    expect(claims.denominator).toBeGreaterThan(5_500)
    expect(severity.lower).toBeLessThan(1_000)
    expect(severity.upper).toBeGreaterThan(1_000)
    expect(lossRatio.denominator).toBeGreaterThan(0)
    expect(lossRatio.from.chance + lossRatio.from.noise + lossRatio.from.immaturity).toBeCloseTo(1, 9)
    const share = prevalence.find(({ condition }) => condition === 'hypertension')!.rate
    if (share.kind !== 'rate') throw new Error('a share')
    expect(share.lower).toBeLessThan(0.25)
    expect(share.upper).toBeGreaterThan(0.2)
    // A third each has 0, 1 and 4 points: the band of 1 and 2 stands for 1.4.
    expect(caseMix!.points).toBeCloseTo(1.8, 1)
  })
  it('expects in a month nothing of a group that is withheld in it, and says how many are', async () => {
    const gone: MadeGroup = { name: 'S', lives: 1_200, rate: (month) => (month < 6 ? 0.25 : 0.001) }
    const { months } = (await riskOf([gone, ...groups.slice(1)], GENEROUS)).portfolio
    expect(months.map(({ withheld }) => withheld)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    const sumOf = (of: (month: (typeof months)[number]) => number | null): number =>
      months.reduce((sum, month) => sum + (of(month) ?? 0), 0)
    // Over all months as much as was observed, also where groups are not shown in some.
    expect(sumOf(({ expected }) => expected)).toBeCloseTo(
      sumOf(({ claims }) => claims),
      6,
    )
    const outside = months.filter(
      ({ claims, expected, noise }) => Math.abs(claims! - expected!) > 3 * Math.sqrt(expected! + noise),
    )
    expect(outside.map(({ month }) => month)).toEqual([])
    expect(months[7]!.exposure).toBeCloseTo((1_500 + 1_200 + 900 + 700 + 600) / 12, 6)
  })
  it('has claims and no rate without the file', async () => {
    const risk = await riskOf(groups, GENEROUS, { hasFile: false })
    expect(risk.portfolio.claims).toMatchObject({ kind: 'claims-only' })
    expect(risk.portfolio.lossRatio).toMatchObject({ kind: 'claims-only' })
    expect(risk.portfolio.actualToExpected).toBeNull()
    expect(risk.cusums).toEqual([])
    expect(risk.causes[0]!.cause).toEqual({ kind: 'stops', reason: 'no-table' })
  })
  it('expects of a young month what is known of it by now', async () => {
    // Half is claimed in the month itself, a tenth in each of the five after it; what comes after the last month is not known yet.
    let turn = 0
    const seen = (patients: readonly Patient[]): Patient[] =>
      patients.map((rows) =>
        rows.flatMap((row) => {
          if (typeof row['watched-month'] !== 'string') return [row]
          const delay = Math.max(0, (turn++ % 10) - 4)
          const isKnown = MONTHS.indexOf(row['watched-month']) + delay < MONTHS.length
          return isKnown ? [{ ...row, 'watched-delay': String(delay) }] : []
        }),
      )
    const made = [steady('A', 6_000), steady('B', 4_000)]
    const risk = await riskOf(made, GENEROUS, { seen, asOf: '2025-01' })
    expect(risk.triangle.kind).toBe('triangle')
    const last = risk.portfolio.months.at(-1)!
    const old = risk.portfolio.months[0]!
    expect(last.claims! / old.claims!).toBeLessThan(0.6)
    for (const { claims, expected } of [old, last]) {
      expect(claims! / expected!).toBeGreaterThan(0.93)
      expect(claims! / expected!).toBeLessThan(1.07)
    }
    // Its rate is what it will come to, with what is not known yet in its limits.
    if (last.rate.kind !== 'rate' || old.rate.kind !== 'rate') throw new Error('rates')
    expect(last.rate.completion).toBeLessThan(0.7)
    expect(last.rate.value / old.rate.value).toBeGreaterThan(0.9)
    expect(last.rate.value / old.rate.value).toBeLessThan(1.1)
    expect(last.rate.from.immaturity).toBeGreaterThan(0.2)
    expect(old.rate.from.immaturity).toBeLessThan(last.rate.from.immaturity)
  })
  it('compares nothing with itself: neither all groups together nor one alone', async () => {
    const both = await riskOf([steady('A', 900), steady('B', 700)], GENEROUS)
    expect(both.isCompared).toBe(true)
    expect(both.portfolio.actualToExpected).toBeNull()
    expect(both.groups.every(({ actualToExpected }) => actualToExpected !== null)).toBe(true)
    const alone = await riskOf([steady('A', 900)], GENEROUS)
    expect(alone.isCompared).toBe(false)
    expect(alone.groups[0]!.actualToExpected).toBeNull()
    expect(alone.funnel.points).toEqual([])
  })
  it('says nothing of a group of twelve, over months or otherwise (I9)', () => {
    const { plan, patients } = planOfGroups([steady('A', 900), steady('B', 700)])
    const twelve = madePatients([steady('twelve', 12, 0.9)], () => 'twelve')
    const output = {
      ...plan.output,
      groups: [...plan.output.groups, { label: 'twelve', codes: ['twelve'] }],
    }
    const tables = monitorTables(
      output,
      GENEROUS,
      numbersOf(answered(output, GENEROUS, [...patients, ...twelve])),
      [],
    )!
    const ofTwelve = [
      tables.persons,
      tables.claims,
      tables.cost,
      tables.patientsByMonth,
      tables.claimsByMonth,
    ]
      .flatMap(({ cells }) => cells)
      .concat(tables.conditions.flatMap(({ table }) => table.cells))
      .concat(tables.charlson.flatMap(({ table }) => table.cells))
      .filter(({ key }) => key.group === 'twelve')
    expect(ofTwelve.length).toBeGreaterThan(50)
    expect(ofTwelve.every(({ value }) => value === null)).toBe(true)
  })
  it('is withheld whole where no cell of any table is shown', () => {
    const { plan, patients } = planOfGroups([steady('A', 900), steady('B', 700)])
    const whole = numbersOf(answered(plan.output, GENEROUS, patients))
    expect(isWithheldWhole(whole)).toBe(false)
    expect(isWithheldWhole(whole.map((cells) => cells.map(() => null)))).toBe(true)
    // One shown cell is a table.
    const one = whole.map((cells, t) => cells.map((cell, c) => (t === 0 && c === 0 ? cell : null)))
    expect(whole[0]![0]).not.toBeNull()
    expect(isWithheldWhole(one)).toBe(false)
  })
  it('gives the cells that a tariff is fitted to beside the exposure of the same cells', () => {
    const { exposure, plan, patients } = planOfGroups(groups)
    const bands = ageBandsOf([...new Set(exposure.map(({ key }) => key.ageBand))])
    const released = numbersOf(answered(plan.output, GENEROUS, patients))
    const tables = monitorTables(plan.output, GENEROUS, released, bands.kind === 'bands' ? bands.bands : [])!
    const watched = watch(tables.claims, exposureOf(exposure, plan.output))
    const sum = sumCells(watched, ({ key }) => key.group === 'G0')
    expect(sum.exposure).toBeCloseTo(1_500, 6)
    expect(Math.abs(sum.value / 1_500 / 3 - 1)).toBeLessThan(0.1)
  })
})

describe('importExposure', () => {
  it('keeps the name of a group that looks like a number', () => {
    const header = 'plan,group,ageBand,sex,month,memberMonths,premium\n'
    const read = importExposure(`${header}1,007,18-34,female,2024-01,1,1\n`)
    expect(read).toMatchObject({ kind: 'imported', groups: ['007'] })
  })
})
