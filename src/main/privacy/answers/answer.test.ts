import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { createNodeCrypto } from '../../node/crypto-node.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { normalQuantile } from '../../stats/det/distributions.ts'
import { gamma, poisson } from '../../stats/regression/families.ts'
import { fitGlm } from '../../stats/regression/glm.ts'
import type { Output } from '../request/outputs.ts'
import { problemsOfRequest, type ReleaseRequest } from '../request/release-request.ts'
import type { Patient, Row } from '../request/tabulate.ts'
import { answerRequest } from './answer.ts'
import { keyedNoise, type DrawNoise } from './noisy-tables.ts'
import { RELEASE_DEFAULTS } from './answer-policy.ts'
import { decimalOf, encodeRelease, type Decimal, type Estimate, type Release } from './release.ts'

const crypto = createNodeCrypto()
const HASH = new Uint8Array(32).fill(2)
const KEY = new Uint8Array(32).fill(9)
const NO_NOISE: DrawNoise = () => () => 0n
const noiseOf = (run: number): DrawNoise =>
  keyedNoise(
    crypto,
    KEY,
    HASH,
    new Uint8Array(32)
      .fill(3)
      .fill(run & 255, 0, 1)
      .fill(run >> 8, 1, 2),
  )

function requestOf(output: Output, microRho = 20_000): ReleaseRequest {
  const hasTime = output.kind === 'kaplan-meier' || output.kind === 'cox'
  const request = {
    snapshot: HASH,
    cohort: HASH,
    cleaning: null,
    followUp: hasTime ? HASH : null,
    output,
    microRho,
  }
  expect(problemsOfRequest(request)).toEqual([])
  return request
}
const answer = (request: ReleaseRequest, patients: readonly Patient[], noise: DrawNoise): Release =>
  answerRequest(request, patients, noise, RELEASE_DEFAULTS)

const plain = ([mantissa, exponent]: Decimal) => mantissa * 10 ** exponent
const covers = ({ low, high }: Estimate, truth: number) => plain(low) <= truth && truth <= plain(high)

/** Of `runCount` populations, how often the interval covers the truth, and how wide it is against what the value really errs. */
function coverage(runCount: number, of: (run: number) => { estimate: Estimate; truth: number } | null) {
  let covered = 0
  let squares = 0
  let widths = 0
  let count = 0
  for (let run = 0; run < runCount; run++) {
    const result = of(run)
    if (result === null) continue
    count++
    if (covers(result.estimate, result.truth)) covered++
    squares += (plain(result.estimate.value) - result.truth) ** 2
    widths += (plain(result.estimate.high) - plain(result.estimate.low)) / 2
  }
  return {
    count,
    share: covered / count,
    widthPerError: widths / count / (1.96 * Math.sqrt(squares / count)),
  }
}
/** 95 % less three standard errors of so few runs; and no interval that covers because it says nothing. */
function expectHonest(
  { count, share, widthPerError }: ReturnType<typeof coverage>,
  runCount: number,
  widest = 1.6,
) {
  expect(count).toBeGreaterThanOrEqual(0.95 * runCount)
  expect(share).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / runCount))
  expect(widthPerError).toBeLessThan(widest)
}

const AGES = { variable: 'age-years', edges: [40, 60] }
const SEX = { variable: 'sex', edges: [] }
const PAYER = { variable: 'payer', edges: [] }

describe('a table', () => {
  const people = (count: number, seed: number): Patient[] => {
    const uniform = stream(seed)
    return Array.from({ length: count }, () => [
      {
        'age-years': Math.floor(uniform() * 90),
        sex: uniform() < 0.5 ? 'male' : 'female',
        payer: uniform() < 0.003 ? 'SELF' : 'NHI',
      },
    ])
  }
  const request = requestOf({ kind: 'table', axes: [AGES, SEX, PAYER], counted: { unit: 'patients' } })

  it('shows a cell only when it certainly stands for eleven patients, with margins over what is shown', () => {
    const patients = people(3_000, 1)
    const release = answer(request, patients, noiseOf(1))
    if (release.kind !== 'table') throw new Error('a table is released')
    // σ² = 10^6 / 2·20,000 = 25, so 11 + 1.65·5 = 19.25 and 1.96·5 = 9.8, both rounded up.
    expect(release.halfWidth).toBe(10n)
    const shown = release.cells.filter((cell) => cell !== null)
    expect(shown.length).toBeGreaterThanOrEqual(6)
    for (const cell of shown) expect(cell).toBeGreaterThanOrEqual(20n)
    for (const axis of release.margins)
      expect(axis.reduce((sum, { value }) => sum + value, 0n)).toBe(release.total.value)
    expect(release.total.value).toBe(shown.reduce((sum, cell) => sum + cell, 0n))
  })

  it('covers the exact counts, cell by cell and in margins, in 95 of 100 runs', () => {
    const patients = people(3_000, 2)
    const exact = answer(request, patients, NO_NOISE)
    let [cells, cellsCovered, margins, marginsCovered] = [0, 0, 0, 0]
    for (let run = 0; run < 60; run++) {
      const noisy = answer(request, patients, noiseOf(run))
      if (noisy.kind !== 'table' || exact.kind !== 'table') throw new Error('a table is released')
      const { halfWidth } = noisy
      for (const [i, cell] of noisy.cells.entries()) {
        // Few patients in a cell, and noise made it look like many: once in hundreds.
        if (cell === null || exact.cells[i] === null) continue
        cells++
        if (cell - halfWidth <= exact.cells[i]! && exact.cells[i]! <= cell + halfWidth) cellsCovered++
      }
      for (const [axis, levels] of noisy.margins.entries())
        for (const [level, { value, halfWidth: reach }] of levels.entries()) {
          if (
            reach === 0n ||
            noisy.cells.filter((c) => c !== null).length !== exact.cells.filter((c) => c !== null).length
          )
            continue
          margins++
          const truth = exact.margins[axis]![level]!.value
          if (value - reach <= truth && truth <= value + reach) marginsCovered++
        }
    }
    expect(cells).toBeGreaterThan(300)
    expect(cellsCovered / cells).toBeGreaterThan(0.93)
    expect(marginsCovered / margins).toBeGreaterThan(0.93)
  })

  it('shows visits only where enough patients had them', () => {
    const visits = { variable: 'visit-class', edges: [] }
    const many = people(500, 3).map(([row]): Patient => [{ ...row, 'visit-class': 'AMB' }])
    const few: Patient[] = Array.from({ length: 4 }, () =>
      Array.from({ length: 50 }, (): Row => ({ 'visit-class': 'EMER' })),
    )
    const asked = requestOf({
      kind: 'histogram',
      axis: visits,
      counted: { unit: 'visits', cellsMost: 2, perCellMost: 50 },
    })
    const release = answer(asked, [...many, ...few], NO_NOISE)
    if (release.kind !== 'table') throw new Error('a table is released')
    expect(release.cells[0]).toBe(500n)
    // 200 visits, of 4 patients.
    expect(release.cells[1]).toBe(null)
  })

  it('takes a patient in several cells for one', () => {
    const visits = { variable: 'visit-class', edges: [] }
    const classes = ['AMB', 'EMER', 'IMP', 'HH']
    const sixty: Patient[] = Array.from({ length: 60 }, () =>
      classes.map((each): Row => ({ 'visit-class': each })),
    )
    const counted = { unit: 'visits', cellsMost: 4, perCellMost: 1 } as const
    const asked = requestOf({ kind: 'histogram', axis: visits, counted })
    // 240 patients in cells, and 60 patients.
    expect(answer(asked, sixty, NO_NOISE)).toEqual({ kind: 'withheld' })
  })

  it('is withheld whole for a small cohort, in the words of every other reason', () => {
    expect(answer(request, people(80, 4), noiseOf(1))).toEqual({ kind: 'withheld' })
    expect(answer(requestOf({ kind: 'count' }, 2_000), people(80, 4), NO_NOISE)).toEqual({ kind: 'withheld' })
    expect(answer(requestOf({ kind: 'count' }, 2_000), people(300, 4), NO_NOISE)).toEqual({
      kind: 'count',
      count: { value: 300n, halfWidth: 31n },
    })
  })

  it('has the same bytes for the same key and request', () => {
    const bytes = () => toHex(crypto.sha256(encodeRelease(answer(request, people(3_000, 1), noiseOf(1)))))
    expect(bytes()).toBe(bytes())
    expect(bytes()).toBe('f8b495cfc35f6920e5fb2911120e6ab808500fbbe0649b6398870620a1ada78d')
  })
})

describe('a mean', () => {
  const request = requestOf({ kind: 'mean', variable: 'stay-days', least: 0, greatest: 30 })
  const stays = (count: number, seed: number): Patient[] => {
    const uniform = stream(seed)
    return Array.from({ length: count }, () => [{ 'stay-days': Math.floor(-6 * Math.log(uniform())) }])
  }
  // Whole days of an exponential stay, each at most 30.
  const truth = Array.from({ length: 30 }, (_, day) => Math.exp(-(day + 1) / 6)).reduce(
    (sum, p) => sum + p,
    0,
  )

  it.each([300, 2_000])('of %i patients covers the truth with chance and noise in its interval', (count) => {
    const result = coverage(100, (run) => {
      const release = answer(request, stays(count, run), noiseOf(run))
      return release.kind === 'mean' ? { estimate: release.mean, truth } : null
    })
    expectHonest(result, 100)
  })

  it('is the mean where there is no noise', () => {
    const release = answer(request, stays(1_000, 5), NO_NOISE)
    const exact =
      stays(1_000, 5).reduce((sum, [row]) => sum + Math.min(30, row!['stay-days'] as number), 0) / 1_000
    expect(release.kind === 'mean' && Math.abs(plain(release.mean.value) - exact) < 0.001).toBe(true)
  })

  it('leaves out whoever has no value', () => {
    const release = answer(
      request,
      [...stays(1_000, 5), ...stays(400, 6).map(() => [{ 'stay-days': null }])],
      NO_NOISE,
    )
    expect(release).toEqual(answer(request, stays(1_000, 5), NO_NOISE))
  })
})

describe('quantiles', () => {
  const edges = Array.from({ length: 15 }, (_, i) => 2 * i + 2)
  const request = requestOf({
    kind: 'quantiles',
    axis: { variable: 'stay-days', edges },
    perMille: [250, 500, 900, 950],
  })
  const stays = (count: number, seed: number): Patient[] => {
    const uniform = stream(seed)
    return Array.from({ length: count }, () => [{ 'stay-days': Math.floor(-6 * Math.log(uniform())) }])
  }

  it('cover the truth, and are told only where enough lie on both sides', () => {
    for (const [i, p] of [0.25, 0.5, 0.9].entries()) {
      const truth = Math.floor(-6 * Math.log(1 - p))
      const result = coverage(60, (run) => {
        const release = answer(request, stays(1_000, run), noiseOf(run))
        const estimate = release.kind === 'quantiles' ? release.quantiles[i]! : null
        return estimate === null ? null : { estimate, truth }
      })
      // From edge to edge of bins of two days, so wider than the chance alone.
      expectHonest(result, 60, 5)
    }
    const small = answer(request, stays(250, 1), noiseOf(1))
    // 5 % of 250 are 12 or 13 patients: not certainly eleven.
    expect(small.kind === 'quantiles' && small.quantiles[3]).toBe(null)
  })
})

/** Exponential times at a rate per day, censored at random by a year and a half. */
function followed(count: number, seed: number, groups: readonly { row: Row; rate: number }[]): Patient[] {
  const uniform = stream(seed)
  return Array.from({ length: count }, () => {
    const { row, rate } = groups[Math.floor(uniform() * groups.length)]!
    const time = -Math.log(uniform()) / rate
    const left = uniform() * 1_100
    return [
      {
        ...row,
        'follow-up-days': Math.floor(Math.min(time, left)),
        'follow-up-event': time < left ? 'yes' : 'no',
      },
    ]
  })
}

describe('a survival curve', () => {
  const timeEdges = [90, 180, 270, 360, 450, 540]
  const request = requestOf({ kind: 'kaplan-meier', timeEdges, by: null })
  const rate = 1 / 900

  // At the second price noise is larger than chance; at the first one, chance.
  it.each([
    [1_000, 20_000],
    [2_000, 1_000],
  ])('of %i patients for %i millionths covers the truth at each step', (count, microRho) => {
    const dear = { ...request, microRho }
    for (const step of [0, 2]) {
      const result = coverage(60, (run) => {
        const release = answer(dear, followed(count, run, [{ row: {}, rate }]), noiseOf(run))
        const found = release.kind === 'curves' ? release.curves[0]!.steps[step] : undefined
        return found === undefined
          ? null
          : { estimate: found.survival, truth: Math.exp(-rate * found.untilDay) }
      })
      expectHonest(result, 60)
    }
  })

  it('joins steps until each stands for eleven events, and ends where few are at risk', () => {
    const rare = followed(2_000, 1, [{ row: {}, rate: 1 / 15_000 }])
    const release = answer(request, rare, NO_NOISE)
    if (release.kind !== 'curves') throw new Error('a curve is released')
    const events = (from: number, to: number) =>
      rare.filter(
        ([row]) =>
          row!['follow-up-event'] === 'yes' &&
          (row!['follow-up-days'] as number) >= from &&
          (row!['follow-up-days'] as number) < to,
      ).length
    let from = 0
    expect(release.curves[0]!.steps.length).toBeLessThan(timeEdges.length)
    for (const { untilDay, atRisk } of release.curves[0]!.steps) {
      expect(events(from, untilDay)).toBeGreaterThanOrEqual(11)
      expect(atRisk).toBeGreaterThanOrEqual(20n)
      from = untilDay
    }
  })
})

describe('hazard ratios', () => {
  const request = requestOf(
    { kind: 'cox', timeEdges: [90, 180, 360, 540, 720], covariates: [AGES, SEX] },
    50_000,
  )
  const groups = [30, 50, 70].flatMap((age, a) =>
    ['female', 'male'].map((sex, s) => ({
      row: { 'age-years': age, sex },
      rate: Math.exp(-6.8 + 0.3 * a - 0.4 * s),
    })),
  )

  it.each([50_000, 5_000])(
    'for %i millionths cover the truth with chance and noise in their intervals',
    (microRho) => {
      const dear = { ...request, microRho }
      for (const [variable, level, truth] of [
        ['sex', 1, -0.4],
        ['age-years', 2, 0.6],
      ] as const) {
        const result = coverage(40, (run) => {
          const release = answer(dear, followed(5_000, run, groups), noiseOf(run))
          const effect =
            release.kind === 'effects'
              ? release.effects.find((each) => each.variable === variable && each.level === level)
              : undefined
          return effect === undefined ? null : { estimate: effect.logRatio, truth }
        })
        expectHonest(result, 40)
      }
    },
  )

  it('leave out levels that have nobody, and are withheld for fewer than a thousand', () => {
    const release = answer(request, followed(5_000, 1, groups), noiseOf(1))
    if (release.kind !== 'effects') throw new Error('effects are released')
    expect(release.effects.map(({ variable, level }) => `${variable} ${level}`)).toEqual([
      'age-years 1',
      'age-years 2',
      'sex 1',
    ])
    expect(answer(request, followed(900, 1, groups), noiseOf(1))).toEqual({ kind: 'withheld' })
  })
})

describe('relativities', () => {
  const factors = [{ variable: 'charlson', edges: [1, 2, 3] }, PAYER]
  const payers = ['NHI', 'PRIVATE', 'SELF', 'OTHER', 'UNKNOWN']
  const insured = (count: number, seed: number): Patient[] => {
    const uniform = stream(seed)
    return Array.from({ length: count }, () => {
      const charlson = Math.floor(uniform() * 4)
      const payer = Math.floor(uniform() * 5)
      const days = 100 + Math.floor(uniform() * 266)
      const mean = days * Math.exp(-7 + 0.25 * charlson + 0.1 * payer)
      let claims = 0
      for (let p = Math.exp(-mean), u = uniform(); u > p && claims < 8; claims++, u -= p, p *= mean / claims);
      let cost = 0
      for (let i = 0; i < claims; i++)
        cost += Math.exp(10 + 0.2 * charlson + 0.5 * normalQuantile(uniform()) - 0.125)
      return [
        { charlson, payer: payers[payer]!, 'exposure-days': days, claims, 'cost-minor': Math.round(cost) },
      ]
    })
  }
  it.each([
    [
      'poisson' as const,
      0.5,
      {
        kind: 'poisson',
        exposure: { variable: 'exposure-days', most: 366 },
        claims: { variable: 'claims', most: 4 },
        factors,
        cellsMost: 1,
      },
    ],
    [
      'gamma' as const,
      0.4,
      {
        kind: 'gamma',
        claims: { variable: 'claims', most: 4 },
        cost: { variable: 'cost-minor', most: 500_000 },
        factors,
        cellsMost: 1,
      },
    ],
  ] as const)(
    'of a %s model cover the truth with chance and noise in their intervals',
    (_, truth, output) => {
      // At the second price there is hardly any noise: what is left is chance.
      for (const microRho of [50_000, 50_000_000]) {
        const request = requestOf(output, microRho)
        const result = coverage(30, (run) => {
          const release = answer(request, insured(12_000, run), noiseOf(run))
          const effect =
            release.kind === 'effects'
              ? release.effects.find(({ variable, level }) => variable === 'charlson' && level === 2)
              : undefined
          return effect === undefined ? null : { estimate: effect.logRatio, truth }
        })
        expectHonest(result, 30, 2)
      }
    },
  )

  it('are those of an exact model where there is no noise', () => {
    const patients = insured(12_000, 1)
    const cells = [0, 1, 2, 3].flatMap((charlson) =>
      payers.map((payer) => {
        const rows = patients
          .flatMap((rows) => rows)
          .filter((row) => row.charlson === charlson && row.payer === payer)
        const sum = (name: string, most: number) =>
          rows.reduce((total, row) => total + Math.min(most, row[name] as number), 0)
        return {
          charlson,
          payer,
          days: sum('exposure-days', 366),
          claims: sum('claims', 4),
          cost: sum('cost-minor', 500_000),
        }
      }),
    )
    const column = (of: (cell: (typeof cells)[number]) => number) => Float64Array.from(cells, of)
    const x = [
      column(() => 1),
      ...[1, 2, 3].map((level) => column(({ charlson }) => (charlson === level ? 1 : 0))),
      ...payers.slice(1).map((level) => column(({ payer }) => (payer === level ? 1 : 0))),
    ]
    const claims = { variable: 'claims', most: 4 }
    const oracles = [
      {
        output: {
          kind: 'poisson',
          exposure: { variable: 'exposure-days', most: 366 },
          claims,
          factors,
          cellsMost: 1,
        },
        fit: fitGlm(
          { y: column((cell) => cell.claims), x, offset: column((cell) => Math.log(cell.days)) },
          poisson(),
        ),
      },
      {
        output: {
          kind: 'gamma',
          claims,
          cost: { variable: 'cost-minor', most: 500_000 },
          factors,
          cellsMost: 1,
        },
        fit: fitGlm(
          { y: column((cell) => cell.cost / cell.claims), x, weights: column((cell) => cell.claims) },
          gamma(),
        ),
      },
    ] as const
    for (const { output, fit } of oracles) {
      const release = answer(requestOf(output, 1e12), patients, NO_NOISE)
      if (release.kind !== 'effects') throw new Error('effects are released')
      expect(release.effects).toHaveLength(7)
      for (const [j, { logRatio }] of release.effects.entries())
        expect(plain(logRatio.value)).toBeCloseTo(fit.coefficients[j + 1]!, 3)
    }
  })
})

it('answers with as many bytes whatever it says, so that a length tells nothing', () => {
  const count = requestOf({ kind: 'count' }, 2_000)
  const lengths = [0, 50, 5_000].map((n) => {
    const patients: Patient[] = Array.from({ length: n }, () => [{}])
    return encodeRelease(answer(count, patients, noiseOf(n))).length
  })
  expect(new Set(lengths).size).toBe(1)
})

it('rounds to four digits, exactly', () => {
  expect([0, 1, -1.5, 0.000123456, 123_456, -0.99995, 1e-12].map(decimalOf)).toEqual([
    [0, 0],
    [1, 0],
    [-15, -1],
    [1235, -7],
    [1235, 2],
    [-1, 0],
    [1, -12],
  ])
})

it('has no floating point before and at the thresholds', () => {
  const inexact = /\bMath\.|\bNumber\(|parseFloat|Float\d|\b\d+\.\d/
  for (const file of [
    'noisy-tables.ts',
    'counts.ts',
    'market.ts',
    '../request/plan.ts',
    '../request/part.ts',
    '../request/shares.ts',
    '../request/counted.ts',
    '../request/tabulate.ts',
    ...readdirSync(join(import.meta.dirname, '../request/outputs')).map(
      (name) => `../request/outputs/${name}`,
    ),
  ]) {
    const code = readFileSync(join(import.meta.dirname, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    expect(inexact.exec(code), file).toBeNull()
  }
})
