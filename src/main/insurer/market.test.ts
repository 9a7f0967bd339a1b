/** The benchmark from the request to the page, and what somebody who knows their own part of it can take away (ADR 0027). */
import { describe, expect, it } from 'vitest'
import type { Patient } from '../privacy/request/tabulate.ts'
import type { Release } from '../privacy/answers/release.ts'
import { RELEASE_DEFAULTS } from '../privacy/answers/answer-policy.ts'
import { planOf } from '../privacy/request/plan.ts'
import { INSURERS_MAX } from '../privacy/request/monitor-output.ts'
import { CELLS_MAX, cellCountOf } from '../privacy/request/axis.ts'
import { groupRisk } from './group-risk.ts'
import {
  answered,
  madeExposure,
  madeMarket,
  madePatients,
  MONTHS,
  monitorRequest,
  numbersOf,
  type MadeInsurer,
} from './insurer.test-kit.ts'
import { marketOf } from './market.ts'
import { planMonitor } from './monitor-request.ts'

const OWN = 'Harvest Insurance'
const NAMES = ['Autumn Health', OWN, 'Spring Mutual'] as const
/** Of one insurer, in a year. */
const YEAR = 50_000
const GROUPS = [
  { name: 'A', lives: 900, rate: () => 0.25 },
  { name: 'B', lives: 700, rate: () => 0.25 },
]

function outputOf(insurers: readonly string[] | null) {
  const plan = planMonitor(madeExposure(GROUPS), OWN, '2026-05', { insurers })
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  return plan.output
}

const own = madePatients(GROUPS, (name) => name)
const market = (lives: readonly [number, number, number], rates: readonly [number, number, number]) =>
  NAMES.map((name, i): MadeInsurer => ({ name, lives: lives[i]!, rate: rates[i]! }))

function release(
  insurers: readonly MadeInsurer[],
  from: string | null = MONTHS[0]!,
  microRho = YEAR,
): Release {
  const patients: readonly Patient[] = [...own, ...madeMarket(insurers, OWN)]
  return answered(outputOf(NAMES), microRho, patients, RELEASE_DEFAULTS, from)
}

function tableOf(answer: Release, name: string): (number | null)[] {
  const parts = planOf({ output: outputOf(NAMES), microRho: YEAR })
  return numbersOf(answer)[parts.findIndex((part) => part.name === name)]!
}
const shownIn = (answer: Release, name: string) => tableOf(answer, name).filter((cell) => cell !== null)

async function viewOf(answer: Release, insurers: readonly string[] | null = NAMES) {
  const output = outputOf(insurers)
  const risk = await groupRisk(
    {
      output,
      microRho: YEAR,
      released: numbersOf(answer),
      exposure: null,
      bands: [],
      asOf: null,
      tablesPerYear: 1,
    },
    new Map(),
  )
  return risk!.benchmark
}

describe('marketOf', () => {
  const insurer = (name: string) => ({ kind: 'insurer' as const, name })
  it('is all insurers of the consortium, where they are three and can be told apart', () => {
    expect(marketOf([insurer('B'), { kind: 'hospital', name: 'H' }, insurer('A'), insurer('C')])).toEqual([
      'A',
      'B',
      'C',
    ])
    expect(marketOf([insurer('A'), insurer('B')])).toBeNull()
    expect(marketOf([insurer('A'), insurer('B'), insurer('b ')])).toBeNull()
  })
})

describe('the request of a benchmark', () => {
  it('names each insurer once, three at least, and whoever asks among them', () => {
    const output = outputOf(NAMES)
    expect(monitorRequest(output, YEAR).output).toEqual(output)
    for (const insurers of [NAMES.slice(0, 2), [...NAMES, 'autumn  HEALTH'], ['A', 'B', 'C'], [...NAMES, '']])
      expect(() => monitorRequest({ ...output, insurers }, YEAR)).toThrow()
  })
  it('is of as many insurers as a table of months has cells for', () => {
    const all = [OWN, ...Array.from({ length: INSURERS_MAX - 1 }, (_, i) => `Insurer ${i}`)].sort()
    const output = { ...outputOf(NAMES), insurers: all }
    for (const { axes } of planOf({ output, microRho: YEAR }))
      expect(cellCountOf(axes)).toBeLessThanOrEqual(CELLS_MAX)
    expect(numbersOf(answered(output, YEAR, own))).toHaveLength(13)
    expect(() => monitorRequest({ ...output, insurers: [...all, 'One more'] }, YEAR)).toThrow()
  })
  it('has the bytes of before where there is no benchmark', () => {
    expect(planOf({ output: outputOf(null), microRho: YEAR })).toHaveLength(9)
    expect(monitorRequest(outputOf(null), YEAR).output).toMatchObject({ insurers: null })
  })
})

describe('a benchmark', () => {
  it('says claims per person-month of all insurers together beside one’s own', async () => {
    const view = await viewOf(release(market([4_500, 4_800, 3_600], [0.2, 0.3, 0.25])))
    if (view.kind !== 'benchmark') throw new Error(view.kind)
    expect(view.insurers).toBe(3)
    expect(view.months).toHaveLength(12)
    const truth = { own: 0.3, market: (4_500 * 0.2 + 4_800 * 0.3 + 3_600 * 0.25) / 12_900 }
    for (const of of ['own', 'market'] as const) {
      const rate = view[of]
      if (rate.kind !== 'rate') throw new Error(rate.kind)
      expect(rate.lower).toBeLessThan(truth[of])
      expect(rate.upper).toBeGreaterThan(truth[of])
      expect(rate.upper - rate.lower).toBeLessThan(0.1)
    }
  })
  it('is none, in one plain word, where too few were asked of or the gateways let none out', async () => {
    const three = release(market([4_500, 4_800, 3_600], [0.2, 0.3, 0.25]), null)
    expect(await viewOf(three)).toEqual({ kind: 'none', reason: 'withheld' })
    const without = answered(outputOf(null), YEAR, own)
    expect(await viewOf(without, null)).toEqual({ kind: 'none', reason: 'not-asked' })
  })
  it('shows nothing by insurer, and no month before the one from which they are the same', () => {
    const answer = release(market([4_500, 4_800, 3_600], [0.2, 0.3, 0.25]), MONTHS[9])
    expect(shownIn(answer, 'market-persons')).toEqual([])
    expect(shownIn(answer, 'market-claims')).toEqual([])
    // Two parts of three months.
    expect(shownIn(answer, 'market-months')).toHaveLength(6)
    expect(shownIn(answer, 'market-claims-by-month')).toHaveLength(6)
  })
})

describe('whoever takes their own part away', () => {
  /** What one would think of a single other insurer: the rate of all others. */
  const guess = (answer: Release): number | null => {
    const sum = (name: string) => {
      const cells = tableOf(answer, name).slice(13, 25)
      return cells.some((cell) => cell === null) ? null : cells.reduce<number>((all, cell) => all + cell!, 0)
    }
    const [claims, persons] = [sum('market-claims-by-month'), sum('market-months')]
    return claims === null || persons === null ? null : claims / persons
  }

  it('would know a large insurer beside a small one, so there is no benchmark', () => {
    const insurers = market([4_000, 1_600, 110], [0.4, 0.3, 0.2])
    expect(monthsShown(release(insurers))).toEqual([])
    // As it would be without the rule: within a fiftieth of the truth.
    const naive = madeMarket(insurers, OWN).flat()
    const others = naive.filter((row) => row['market-part'] === 'others')
    const rate = others.reduce((sum, row) => sum + Number(row['market-claims']), 0) / others.length
    expect(Math.abs(rate / 0.4 - 1)).toBeLessThan(0.02)
  })
  it('nor where one’s own is the small one beside a large one: the second largest could take itself away too', () => {
    expect(monthsShown(release(market([4_000, 110, 1_600], [0.4, 0.3, 0.2])))).toEqual([])
    expect(monthsShown(release(market([1_500, 110, 1_600], [0.4, 0.3, 0.2])))).toEqual([])
  })
  it('nor where one has nearly all claims of about as many people', () => {
    expect(monthsShown(release(market([1_500, 1_600, 1_500], [0.5, 0.3, 0.01])))).toEqual([])
  })
  it('nor where an insurer has hardly anybody in the records', () => {
    expect(monthsShown(release(market([1_500, 1_600, 40], [0.2, 0.3, 0.25])))).toEqual([])
  })
  /** Months of which something of the others is shown. */
  const monthsShown = (answer: Release) =>
    MONTHS.filter((_, m) =>
      ['market-months', 'market-claims-by-month'].some((name) => tableOf(answer, name)[13 + m] !== null),
    )

  it('sees no month in which one other is alone, though a third comes with the last one', () => {
    const [autumn, harvest, spring] = market([4_000, 4_000, 4_000], [0.4, 0.3, 0.3])
    const late = [autumn!, harvest!, { ...spring!, from: 11 }]
    expect(monthsShown(release(late))).toEqual([MONTHS[11]])
    // As it would be without the rule: the others of the months before are the one insurer, and their rate is its own.
    const naive = madeMarket(late, OWN).flat()
    const before = naive.filter(
      (row) => row['market-part'] === 'others' && row['market-month'] !== MONTHS[11],
    )
    expect(new Set(before.map((row) => row['market-insurer']))).toEqual(new Set(['Autumn Health']))
  })
  it('nor the months after a book went from one to the other, though both have people of the whole year', () => {
    const [autumn, harvest, spring] = market([4_000, 4_000, 4_000], [0.4, 0.3, 0.3])
    const moved = [autumn!, harvest!, { ...spring!, moves: { to: 'Autumn Health', in: 3 } }]
    expect(monthsShown(release(moved))).toEqual(MONTHS.slice(0, 3))
  })
  it('nor the months before people came who were with nobody else then', () => {
    const [autumn, harvest, spring] = market([4_000, 4_000, 110], [0.4, 0.3, 0.3])
    const grown = [autumn!, harvest!, spring!, { ...spring!, lives: 4_000, from: 6 }]
    expect(monthsShown(release(grown))).toEqual(MONTHS.slice(6))
  })
  it('sees the very same bytes whichever of two others has the high rate', () => {
    const patients = madeMarket(market([4_500, 4_800, 4_500], [0.2, 0.3, 0.35]), OWN)
    const worlds = [false, true].map((isSwapped) => {
      // In the second world the two others have each other's members.
      const swapped = patients.map((rows) =>
        rows.map((row) => {
          if (!isSwapped || row['market-insurer'] === OWN) return row
          return { ...row, 'market-insurer': row['market-insurer'] === NAMES[0] ? NAMES[2] : NAMES[0] }
        }),
      )
      return answered(outputOf(NAMES), YEAR, [...own, ...swapped], RELEASE_DEFAULTS, MONTHS[0])
    })
    expect(guess(worlds[0]!)).not.toBeNull()
    expect(worlds[1]).toEqual(worlds[0])
  })
})
