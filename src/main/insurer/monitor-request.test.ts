/** A plan is always a request that gateways take, however many and however long the names of groups are. */
import { describe, expect, it } from 'vitest'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
import { OTHER } from '../pricing/monitor/merge-groups.ts'
import { INSURERS_MAX, MONITOR_CODES_MAX, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { REQUEST_BYTES_MAX } from '../privacy/request/study-document.ts'
import { readyRequest } from '../requests/ready-request.ts'
import { MONTHS } from './insurer.test-kit.ts'
import { planMonitor, type MonitorPlanOptions } from './monitor-request.ts'

const crypto = createNodeCrypto()
const NAME = 'Harvest Insurance'

/** Lives of each group, in one cell. */
const exposureOf = (lives: Readonly<Record<string, number>>): ExposureRow[] =>
  Object.entries(lives).flatMap(([group, memberMonths]) =>
    MONTHS.flatMap((month) =>
      ['18-49', '50+'].map((ageBand) => ({
        key: { plan: 'P', group, ageBand, sex: 'female', month },
        memberMonths: memberMonths / 2,
        premiumMinor: memberMonths * 200,
      })),
    ),
  )

function planned(lives: Readonly<Record<string, number>>, options: MonitorPlanOptions = {}) {
  const plan = planMonitor(exposureOf(lives), NAME, '2026-05', options)
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  return plan
}

function ready({ groups, plans, ageEdges, insurers, ...rest }: MonitorOutput) {
  const named = (each: typeof groups) => each.map(({ label, codes }) => ({ label, codes: [...codes] }))
  return readyRequest(
    crypto,
    new Uint8Array(32),
    {
      lane: 'noise',
      snapshot: 'a'.repeat(64),
      cohort: EVERYBODY,
      cleaning: null,
      followUp: null,
      output: {
        ...rest,
        groups: named(groups),
        plans: plans === null ? null : named(plans),
        ageEdges: [...ageEdges],
        insurers: insurers === null ? null : [...insurers],
      },
      microRho: 25_000,
      registration: null,
      isPublished: false,
    },
    4,
  )
}

const bytesOf = (output: MonitorOutput): number => {
  const hash = new Uint8Array(32)
  return encodeRequest({
    snapshot: hash,
    cohort: hash,
    cleaning: null,
    followUp: null,
    output,
    microRho: 1_000_000,
  }).length
}
const large = { A: 900, B: 800, C: 700 }
/** Group 0 is the smallest. */
const small = (count: number, nameLength: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [String(i).padStart(nameLength, 'G'), 1 + i / 100]),
  )

describe('planMonitor', () => {
  it('leaves out the smallest groups and no more where all names would be longer than gateways take', () => {
    const plan = planned({ ...large, ...small(400, 64) })
    expect(ready(plan.output).kind).toBe('ready')
    expect(plan.output.groups.map(({ label }) => label)).toEqual(['A', 'B', 'C', OTHER])
    const kept = plan.output.groups.find(({ label }) => label === OTHER)!.codes
    expect(kept.length + plan.leftOut.length).toBe(400)
    // The smallest, and the first that was left out would have been too much.
    expect(plan.leftOut).toEqual(Object.keys(small(400, 64)).slice(0, plan.leftOut.length).sort())
    expect(plan.leftOutLives).toBeCloseTo(
      plan.leftOut.reduce((sum, _, i) => sum + 1 + i / 100, 0),
      9,
    )
    expect(plan.merged).toEqual(kept)
    const fuller = plan.output.groups.map((group) =>
      group.label === OTHER ? { ...group, codes: [...kept, plan.leftOut.at(-1)!] } : group,
    )
    expect(bytesOf(plan.output)).toBeLessThanOrEqual(REQUEST_BYTES_MAX)
    expect(bytesOf({ ...plan.output, groups: fuller })).toBeGreaterThan(REQUEST_BYTES_MAX)
  })
  it('leaves nobody out at the edge, and one group just beyond it', () => {
    const most = planned({ ...large, ...small(400, 64) })
    const fits = most.merged.length
    expect(planned({ ...large, ...small(fits, 64) }).leftOut).toEqual([])
    expect(planned({ ...large, ...small(fits + 1, 64) }).leftOut).toHaveLength(1)
  })
  it('counts the names of a benchmark’s insurers too', () => {
    const insurers = [
      NAME,
      ...Array.from({ length: INSURERS_MAX - 1 }, (_, i) => String(i).padStart(64, 'I')),
    ].sort()
    const plan = planned({ ...large, ...small(400, 64) }, { insurers })
    expect(ready(plan.output).kind).toBe('ready')
    expect(plan.leftOut.length).toBeGreaterThan(planned({ ...large, ...small(400, 64) }).leftOut.length)
  })
  it('names as many groups as a request may, however short they are', () => {
    const plan = planned({ ...large, ...small(2_300, 4) })
    expect(ready(plan.output).kind).toBe('ready')
    expect(plan.output.groups.reduce((sum, { codes }) => sum + codes.length, 0)).toBe(MONITOR_CODES_MAX)
    expect(plan.leftOut).toHaveLength(303)
  })
  it('lets the next smallest join the others where too few of them are left to be shown', () => {
    const many = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [String(i).padStart(64, 'G'), 0.2]),
    )
    // About 240 of them have a place: 48 lives, below the least of 50.
    const plan = planned({ ...large, ...many })
    expect(plan.output.groups.map(({ label }) => label)).toEqual(['A', 'B', OTHER])
    expect(plan.merged).toContain('C')
    expect(plan.lives.get(OTHER)).toBeGreaterThan(700)
    expect(ready(plan.output).kind).toBe('ready')
  })
  it('leaves out a group whose name no request can carry', () => {
    const name = 'G'.repeat(65)
    const plan = planned({ ...large, [name]: 300 })
    expect(plan.leftOut).toEqual([name])
    expect(ready(plan.output).kind).toBe('ready')
  })
})
