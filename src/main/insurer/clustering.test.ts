/** Claims that come together in some people: what the page said of them as if they came one by one, and what it says. */
import { describe, expect, it } from 'vitest'
import { cusumChart, type ThresholdCache } from '../pricing/monitor/cusum.ts'
import { observedToExpected } from '../pricing/monitor/ratio.ts'
import { ageBandsOf } from './age-bands.ts'
import { groupRisk, type GroupRisk } from './group-risk.ts'
import { answered, madeExposure, madePatients, numbersOf, type MadeGroup } from './insurer.test-kit.ts'
import { planMonitor } from './monitor-request.ts'

const GENEROUS = 2_000_000
const thresholds: ThresholdCache = new Map()

async function riskOf(
  groups: readonly MadeGroup[],
  seed: number,
  microRho = GENEROUS,
  tablesPerYear = 1,
): Promise<GroupRisk> {
  const exposure = madeExposure(groups)
  const plan = planMonitor(exposure, 'Harvest Insurance', '2026-05')
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  const patients = madePatients(groups, (name) => name, undefined, { seed })
  const bands = ageBandsOf([...new Set(exposure.map(({ key }) => key.ageBand))])
  const released = numbersOf(answered(plan.output, microRho, patients))
  const risk = await groupRisk(
    {
      output: plan.output,
      microRho,
      released,
      exposure,
      bands: bands.kind === 'bands' ? bands.bands : [],
      asOf: '2026-05',
      tablesPerYear,
    },
    thresholds,
  )
  return risk!
}

const alike = (frailty: number | undefined): MadeGroup[] =>
  Array.from({ length: 9 }, (_, g) => ({
    name: `G${g}`,
    lives: 1_200,
    rate: () => 0.1,
    ...(frailty === undefined ? {} : { frailty }),
  }))

/** Groups whose limits leave out 1, and charts with a signal, of groups of which none differs. */
function falseOnes(risks: readonly GroupRisk[], isOneByOne: boolean): { ratios: number; charts: number } {
  let [ratios, charts] = [0, 0]
  for (const { groups, cusums } of risks)
    for (const { label, actualToExpected: found, months } of groups) {
      const band = isOneByOne ? observedToExpected(found!) : found!
      if (band.lower > 1 || band.upper < 1) ratios++
      const used = months.map(({ month, claims, expected, noise }) => ({
        month,
        observed: claims!,
        expected: expected!,
        noise,
      }))
      const points = isOneByOne
        ? cusumChart(used, { ratio: 1.25, runLength: 120 }, thresholds).points
        : cusums.find((each) => each.label === label && each.ratio === 1.25)!.points
      if (points.some(({ isSignal }) => isSignal)) charts++
    }
  return { ratios, charts }
}

describe('groups whose members claim again and again', () => {
  it('gave false alarms as if claims came one by one, and give those that are said', async () => {
    const risks: GroupRisk[] = []
    for (const seed of [1, 2, 3, 4, 5, 6]) risks.push(await riskOf(alike(6), seed))
    const all = 6 * 9
    // One in ten with six times the rate: a year's claims vary by 1 + 12 · 0.1 · 2.78, less what one a month leaves out.
    for (const { dispersion } of risks) {
      expect(dispersion!.freedom).toBe(9 * 8 - 9 - 8 + 1)
      expect(Math.abs(dispersion!.phi - 3.9)).toBeLessThan(4 * dispersion!.stdErr)
      expect(dispersion!.phi).toBeGreaterThan(2)
    }
    const [before, after] = [falseOnes(risks, true), falseOnes(risks, false)]
    console.info(
      `of ${all} groups that do not differ: ${before.ratios} had limits without 1 and now ${after.ratios}, ${before.charts} had a signal and now ${after.charts}`,
    )
    // 54 at one in twenty: more than seven are a chance of one in a hundred.
    expect(before.ratios).toBeGreaterThan(7)
    expect(after.ratios).toBeLessThanOrEqual(7)
    expect(after.charts).toBeLessThanOrEqual(before.charts)
    // A year of each chart has a tenth of a false alarm.
    expect(after.charts).toBeLessThanOrEqual(0.1 * all)
    for (const { alerts } of risks) expect(alerts.filter(({ kind }) => kind === 'level')).toEqual([])
  })
  it('give as many false alarms a year as there are tables, from charts and from comparing', async () => {
    const [one, two] = [await riskOf(alike(6), 1, GENEROUS, 1), await riskOf(alike(6), 1, GENEROUS, 2)]
    expect(one.falseAlarmsPerYear.levels).toBeCloseTo(0.05, 12)
    // Nine groups, of each a false alarm in five years of months from both its charts.
    expect(one.falseAlarmsPerYear.rises).toBeGreaterThan(0.9 * 9 * 0.2)
    expect(one.falseAlarmsPerYear.rises).toBeLessThanOrEqual(9 * 0.2)
    expect(two.falseAlarmsPerYear).toEqual({
      levels: 2 * one.falseAlarmsPerYear.levels,
      rises: expect.closeTo(2 * one.falseAlarmsPerYear.rises, 9),
    })
    expect(two.tablesPerYear).toBe(2)
  })
  it('leave nothing to widen where everybody claims by chance', async () => {
    const { dispersion } = await riskOf(alike(undefined), 1)
    expect(Math.abs(dispersion!.phi - 1)).toBeLessThan(3 * dispersion!.stdErr)
  })
  it('are told from noise: the noise of the default price is no spread', async () => {
    const { dispersion } = await riskOf(alike(undefined), 1, 25_000)
    expect(Math.abs(dispersion!.phi - 1)).toBeLessThan(3 * dispersion!.stdErr)
    expect(dispersion!.stdErr).toBeGreaterThan(0.2)
  })
})
