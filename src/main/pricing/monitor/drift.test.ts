import { describe, expect, it } from 'vitest'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { agedRatio, mixDrift, movedBy, perPerson, shareOf, type MixBin } from './drift.ts'

const uniform = stream(23)
const gauss = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
const known = { completion: 1, relativeError: 0 }
const binsOf = (before: readonly number[], after: readonly number[]): MixBin[] =>
  before.map((value, i) => ({ label: `b${i}`, before: value, after: after[i]! }))
const covered = (truth: number, { lower, upper }: { lower: number; upper: number }) =>
  lower <= truth && truth <= upper

describe('mixDrift', () => {
  it('is the stability index of shares, with its thresholds, and says what moved most', () => {
    // By hand: shares .5 .3 .2 to .2 .3 .5, twice .3 ln 2.5.
    const found = mixDrift(binsOf([50, 30, 20], [200, 300, 500]), null)!
    expect(found.index).toBeCloseTo(0.6 * Math.log(2.5), 12)
    expect(found).toMatchObject({ expected: 0, upper: 0, corrected: found.index, verdict: 'act', bins: 3 })
    expect(found.moved.map(({ label }) => label)).toEqual(['b0', 'b2'])
    expect(mixDrift(binsOf([50, 30, 20], [44, 30, 26]), null)!.verdict).toBe('stable')
    expect(mixDrift(binsOf([50, 30, 20], [36, 30, 34]), null)!.verdict).toBe('watch')
    expect(mixDrift(binsOf([50], [36]), null)).toBeNull()
    expect(mixDrift(binsOf([50, 20], [0, 0]), null)).toBeNull()
  })
  it('takes out what chance and noise make of counts that did not move, and has its limit where 1 of 20 lies beyond', () => {
    const mean = [300, 120, 80, 60, 40, 200, 90, 50]
    const noise = 120
    const times = 2_000
    let sum = 0
    let corrected = 0
    let beyond = 0
    let expected = 0
    for (let k = 0; k < times; k++) {
      const draw = (scale: number) => mean.map((m) => scale * m + Math.sqrt(scale * m + noise) * gauss())
      const variance = mean.map(() => noise)
      const found = mixDrift(binsOf(draw(1), draw(1.5)), { before: variance, after: variance })!
      sum += found.index / times
      expected += found.expected / times
      corrected += found.corrected / times
      if (found.index > found.upper) beyond++
      if (found.index <= found.upper) expect(found.verdict).toBe('stable')
    }
    expect(Math.abs(expected / sum - 1)).toBeLessThan(0.1)
    // Uncorrected it would be taken for a part of a drift in every one of them.
    expect(corrected).toBeLessThan(0.55 * sum)
    expect(beyond / times).toBeGreaterThan(0.03)
    expect(beyond / times).toBeLessThan(0.08)
  })
  it('expects of samples of one mix as much as is known: bins less one, over both sizes, and its χ²', () => {
    const none = [0, 0, 0, 0]
    const found = mixDrift(binsOf([500, 300, 150, 50], [250, 150, 75, 25]), { before: none, after: none })!
    const sizes = 1 / 1_000 + 1 / 500
    expect(found.expected).toBeCloseTo(3 * sizes, 12)
    // 95 % of χ² with three degrees.
    expect(found.upper).toBeCloseTo(7.814727903251178 * sizes, 10)
  })
  it('calls nothing a drift that noise alone makes, however large', () => {
    const variance = [300, 300, 300]
    const bins = binsOf([80, 30, 20], [30, 80, 20])
    const found = mixDrift(bins, { before: variance, after: variance })!
    expect(found.corrected).toBeGreaterThan(0.25)
    expect(found.index).toBeLessThan(found.upper)
    expect(found.verdict).toBe('stable')
    expect(mixDrift(bins, { before: [1, 1, 1], after: [1, 1, 1] })!.verdict).toBe('act')
  })
  it('finds a mix that moved under noise', () => {
    const variance = [100, 100, 100, 100]
    const found = mixDrift(binsOf([900, 600, 300, 200], [200, 300, 600, 900]), {
      before: variance,
      after: variance,
    })!
    expect(found.verdict).toBe('act')
    expect(found.expected).toBeGreaterThan(0)
    expect(found.corrected).toBeCloseTo(found.index - found.expected, 12)
  })
})

describe('movedBy', () => {
  it('has limits of the difference by both errors, and stays within what such a number can be', () => {
    const moved = movedBy(
      { value: 0.02, variance: 0.0004 },
      { value: 0.09, variance: 0.0001 },
      { least: 0, most: 1 },
    )
    expect(moved.before.lower).toBe(0)
    expect(moved.difference.value).toBeCloseTo(0.07, 12)
    expect(moved.difference.upper - moved.difference.value).toBeCloseTo(
      1.959963984540054 * Math.sqrt(0.0005),
      10,
    )
    expect(moved.isMoved).toBe(true)
    expect(movedBy({ value: 1, variance: 1 }, { value: 2, variance: 1 }).isMoved).toBe(false)
  })
})

describe('agedRatio', () => {
  const stratum = (claims: number, exposure: number, noise = 0) => ({ claims, exposure, noise })

  it('expects the later exposure by the earlier rates, so that another mix is no other risk', () => {
    // Rates 1 and 4; the older stratum is now three times as large.
    const found = agedRatio(
      [
        { before: stratum(100, 100), after: stratum(100, 100) },
        { before: stratum(400, 100), after: stratum(1_200, 300) },
      ],
      known,
      known,
    )!
    expect(found).toMatchObject({ value: 1, observed: 1_300, expected: 1_300 })
    expect(agedRatio([{ before: stratum(100, 0), after: stratum(1, 1) }], known, known)).toBeNull()
  })
  it('takes a younger table for what it is', () => {
    const strata = [{ before: stratum(400, 100), after: stratum(300, 100) }]
    const found = agedRatio(strata, known, { completion: 0.75, relativeError: 0.02 })!
    expect(found.value).toBeCloseTo(1, 12)
    const sure = agedRatio(strata, known, { completion: 0.75, relativeError: 0 })!
    expect(found.upper - found.lower).toBeGreaterThan(sure.upper - sure.lower)
  })
  it('holds the truth in 19 of 20, with the noise of both tables', () => {
    let inside = 0
    const times = 2_000
    for (let k = 0; k < times; k++) {
      const draw = (mean: number, exposure: number) =>
        stratum(mean + Math.sqrt(mean + 400) * gauss(), exposure, 400)
      const found = agedRatio(
        [
          { before: draw(300, 100), after: draw(1.1 * 450, 150) },
          { before: draw(600, 150), after: draw(1.1 * 400, 100) },
        ],
        known,
        known,
      )!
      if (covered(1.1, found)) inside++
    }
    expect(inside / times).toBeGreaterThan(0.93)
    expect(inside / times).toBeLessThan(0.97)
  })
})

describe('shares and counts per person', () => {
  it('hold the truth in 19 of 20 of noisy counts', () => {
    let ofShare = 0
    let ofPerson = 0
    const times = 2_000
    for (let k = 0; k < times; k++) {
      const noise = 64
      const n = 900
      const count = (mean: number) => mean + Math.sqrt(mean) * gauss()
      // Of a fixed number of persons a tenth is not known, by chance.
      const unknown = 0.1 * n + Math.sqrt(0.09 * n) * gauss()
      const part = unknown + Math.sqrt(noise) * gauss()
      const share = shareOf(
        { value: part, noise },
        { value: part + (n - unknown) + Math.sqrt(3 * noise) * gauss(), noise: 4 * noise },
      )
      const limitsOf = ({ value, variance }: { value: number; variance: number }) =>
        movedBy({ value, variance }, { value, variance }).before
      if (covered(0.1, limitsOf(share))) ofShare++
      const persons = n + Math.sqrt(4 * noise) * gauss()
      const kinds = [0.3, 0.2, 0.05].map((rate) => ({
        count: count(rate * n) + Math.sqrt(noise) * gauss(),
        noise,
        persons,
        personsNoise: 4 * noise,
      }))
      if (covered(0.55, limitsOf(perPerson(kinds)!))) ofPerson++
    }
    for (const inside of [ofShare, ofPerson]) {
      expect(inside / times).toBeGreaterThan(0.93)
      expect(inside / times).toBeLessThan(0.97)
    }
  })
  it('are none without persons', () => {
    expect(perPerson([])).toBeNull()
    expect(perPerson([{ count: 1, noise: 1, persons: 0, personsNoise: 1 }])).toBeNull()
  })
})
