/** Plans stand beside the groups as a level of their own: asked by exposure alone, in tables of their own, with the same measures. */
import { describe, expect, it } from 'vitest'
import { OTHER } from '../pricing/monitor/merge-groups.ts'
import { PLAN_CELLS_MAX, planCellCount } from '../privacy/request/monitor-output.ts'
import { sensitivitySquared } from '../privacy/request/part.ts'
import { planOf } from '../privacy/request/plan.ts'
import { ageBandsOf } from './age-bands.ts'
import { exposureFit } from './exposure-fit.ts'
import { groupRisk } from './group-risk.ts'
import {
  answered,
  madeExposure,
  madePatients,
  monitorRequest,
  numbersOf,
  type MadeGroup,
} from './insurer.test-kit.ts'
import { planMonitor, type MonitorPlanOptions } from './monitor-request.ts'

const GENEROUS = 2_000_000
const made = (name: string, lives: number, plan: string, rate = 0.25): MadeGroup => ({
  name,
  lives,
  plan,
  rate: () => rate,
})

function planned(groups: readonly MadeGroup[], options: MonitorPlanOptions = {}) {
  const exposure = madeExposure(groups)
  const plan = planMonitor(exposure, 'Harvest Insurance', '2026-05', options)
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  return { exposure, ...plan }
}

async function riskOf(groups: readonly MadeGroup[], hasFile = true) {
  const { exposure, output } = planned(groups)
  const labelOf = (of: typeof output.groups | null) => (name: string) =>
    of?.find(({ codes }) => codes.includes(name))?.label ?? OTHER
  const patients = madePatients(groups, labelOf(output.groups), labelOf(output.plans))
  const bands = ageBandsOf([...new Set(exposure.map(({ key }) => key.ageBand))])
  const risk = await groupRisk(
    {
      output,
      microRho: GENEROUS,
      released: numbersOf(answered(output, GENEROUS, patients)),
      exposure: hasFile ? exposure : null,
      bands: bands.kind === 'bands' ? bands.bands : [],
      asOf: '2026-05',
      tablesPerYear: 1,
    },
    new Map(),
  )
  return risk!
}

describe('planMonitor, of plans', () => {
  it('asks the plans of the file beside its groups, small ones under one label, by exposure alone (I1)', () => {
    const { output, planLives, plansLeftOut } = planned([
      made('A', 900, 'Basic'),
      made('B', 400, 'Plus'),
      made('C', 300, 'Basic'),
      made('D', 30, 'Top'),
      made('E', 25, 'Old'),
    ])
    expect(output.plans).toEqual([
      { label: 'Basic', codes: ['Basic'] },
      { label: 'Plus', codes: ['Plus'] },
      { label: OTHER, codes: ['Old', 'Top'] },
    ])
    expect([...planLives]).toEqual([
      ['Basic', expect.closeTo(1_200, 6)],
      ['Plus', expect.closeTo(400, 6)],
      [OTHER, expect.closeTo(55, 6)],
    ])
    expect(plansLeftOut).toEqual([])
    expect(() => monitorRequest(output, 25_000)).not.toThrow()
  })
  it('asks none where the file has one plan, or nothing stands beside one', () => {
    expect(planned([made('A', 900, 'Basic'), made('B', 400, 'Basic')]).output.plans).toBeNull()
    // All but one are too small to be one of several: what is left joins them.
    expect(planned([made('A', 900, 'Basic'), made('B', 20, 'Plus')]).output.plans).toBeNull()
  })
  it('puts plans beyond the place of one table, and those too small for the noise, under one label', () => {
    const many = Array.from({ length: 30 }, (_, i) => made(`G${i}`, 600 + i, `Plan ${10 + i}`))
    const { output } = planned(many)
    expect(planCellCount(output)).toBeLessThanOrEqual(PLAN_CELLS_MAX)
    expect(output.plans!.flatMap(({ codes }) => codes)).toHaveLength(30)
    expect(output.plans!.map(({ label }) => label)).toContain('Plan 39')
    expect(() => monitorRequest(output, 25_000)).not.toThrow()
    const noisy = planned([made('A', 900, 'Basic'), made('B', 700, 'Plus'), made('C', 300, 'Top')], {
      leastLives: (_, of) => (of === 'plan' ? 500 : 50),
    })
    expect(noisy.output.groups.map(({ label }) => label)).toEqual(['A', 'B', 'C'])
    expect(noisy.output.plans).toEqual([
      { label: 'Basic', codes: ['Basic'] },
      { label: OTHER, codes: ['Plus', 'Top'] },
    ])
  })
  it('leaves out plans whose names are too long for a request beside the groups, and says which', () => {
    const long = (i: number) => String(i).padStart(64, 'P')
    const { output, plansLeftOut } = planned([
      made('A', 900, 'Basic'),
      made('B', 700, 'Plus'),
      ...Array.from({ length: 120 }, (_, i) => made(`G${i}`, 1 + i / 100, long(i))),
    ])
    const other = output.plans!.find(({ label }) => label === OTHER)!
    expect(plansLeftOut.length).toBeGreaterThan(40)
    expect(other.codes.length + plansLeftOut.length).toBe(120)
    expect(plansLeftOut).toContain(long(0))
    expect(() => monitorRequest(output, 25_000)).not.toThrow()
  })
  it('costs no more, and one patient moves the tables of plans no further than those of groups', () => {
    const { output } = planned([made('A', 900, 'Basic'), made('B', 700, 'Plus')])
    const parts = planOf({ output, microRho: 25_000 })
    expect(parts.reduce((sum, { microRho }) => sum + microRho, 0)).toBe(25_000)
    for (const part of parts.filter(({ name }) => name.startsWith('plan-'))) {
      const ofGroups = parts.find(({ name }) => `plan-${name}` === part.name)!
      expect(sensitivitySquared(part)).toBe(sensitivitySquared(ofGroups))
    }
    expect(parts.filter(({ name }) => name.startsWith('plan-'))).toHaveLength(8)
    // Of the table without plans each keeps its part of the whole: its answer is the one that was recorded.
    const before = planOf({ output: { ...output, plans: null }, microRho: 25_000 })
    expect(before.map(({ name }) => name).every((name) => !name.startsWith('plan-'))).toBe(true)
  })
})

describe('groupRisk, of plans', () => {
  const groups = [
    made('A', 1_500, 'Basic'),
    made('B', 1_200, 'Basic'),
    made('C', 900, 'Plus'),
    { ...made('R', 900, 'Top'), rate: (month: number) => (month < 6 ? 0.25 : 0.5) },
  ]
  const risk = riskOf(groups)

  it('has every measure of a plan within its band, beside the exposure of the same cells', async () => {
    const { plans, groups: ofGroups } = await risk
    const basic = plans!.groups.find(({ label }) => label === 'Basic')!
    if (basic.claims.kind !== 'rate' || basic.lossRatio.kind !== 'rate') throw new Error('rates')
    // Three claims a year of each member: of two groups together.
    expect(basic.claims.lower).toBeLessThan(3)
    expect(basic.claims.upper).toBeGreaterThan(3)
    expect(basic.exposure).toBeCloseTo(2_700, 6)
    expect(basic.lives).toBeCloseTo(2_700, 6)
    expect(basic.caseMix!.points).toBeCloseTo(5 / 3, 0)
    expect(basic.prevalence.find(({ condition }) => condition === 'hypertension')!.rate.kind).toBe('rate')
    expect(basic.months.every(({ claims, expected }) => claims !== null && expected !== null)).toBe(true)
    expect(ofGroups.map(({ label }) => label)).toEqual(['A', 'B', 'C', 'R'])
    expect(plans!.isCompared).toBe(true)
    expect(plans!.funnel.points).toHaveLength(3)
  })
  it('alerts to a plan that rose, and says that it is one', async () => {
    const { alerts, plans } = await risk
    const rise = alerts.find(({ watched, kind }) => watched === 'plan' && kind === 'rise')!
    expect(rise.label).toBe('Top')
    expect(rise.since >= '2024-06' && rise.since <= '2024-08').toBe(true)
    expect(alerts.some(({ watched, label }) => watched === 'group' && label === 'R')).toBe(true)
    expect(plans!.causes.filter(({ label }) => label === 'Top').map(({ by }) => by)).toEqual([
      'ageBand',
      'condition',
      'month',
    ])
  })
  it('says nothing of a plan of twelve, nor of one of forty though each of its months has more than eleven (I9)', async () => {
    const { output } = planned(groups)
    const small = ['forty', 'twelve'].map((label) => ({ label, codes: [label] }))
    const withSmall = { ...output, plans: [...output.plans!, ...small] }
    const patients = madePatients(
      [...groups, made('X', 12, 'twelve', 0.9), made('Y', 40, 'forty', 0.9)],
      () => 'A',
      (plan) => plan,
    )
    const released = numbersOf(answered(withSmall, GENEROUS, patients))
    const parts = planOf({ output: withSmall, microRho: GENEROUS })
    let looked = 0
    for (const [i, { name, axes }] of parts.entries()) {
      if (!name.startsWith('plan-')) continue
      const cells = released[i]!
      const perPlan = cells.length / (withSmall.plans.length + 1)
      expect(axes[0]!.variable).toBe('watched-plan')
      for (const { label } of small) {
        const at = axes[0]!.labels!.indexOf(label)
        const own = cells.slice(at * perPlan, (at + 1) * perPlan)
        expect(
          own.every((cell) => cell === null),
          `${label}, ${name}`,
        ).toBe(true)
        looked += own.length
      }
    }
    expect(looked).toBeGreaterThan(200)
  })
  it('has claims and no rate without the file, and refuses one that lacks a plan', async () => {
    const { plans } = await riskOf(groups, false)
    expect(plans!.groups[0]!.claims).toMatchObject({ kind: 'claims-only' })
    const { output, exposure } = planned(groups)
    expect(exposureFit(exposure, output).mismatch).toBeNull()
    const renamed = exposure.map((row) => ({ ...row, key: { ...row.key, plan: 'Basic' } }))
    expect(exposureFit(renamed, output).mismatch).toBe('groups')
  })
})
