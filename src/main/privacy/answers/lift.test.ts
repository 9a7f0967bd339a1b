import { describe, expect, it } from 'vitest'
import { createNodeCrypto } from '../../node/crypto-node.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { encodeRequest, requestHash } from '../request/request-bytes.ts'
import type { ReleaseRequest } from '../request/release-request.ts'
import type { ScoreOutput } from '../request/score-output.ts'
import type { Patient } from '../request/tabulate.ts'
import { RELEASE_DEFAULTS } from './answer-policy.ts'
import { answerRequest } from './answer.ts'
import { keyedNoise } from './noisy-tables.ts'
import { readRelease } from './read-release.ts'
import { encodeRelease, type Release } from './release.ts'

const output: ScoreOutput = {
  kind: 'score',
  formula: 'charlson',
  columns: ['charlson'],
  edges: [500, 1_000, 2_000, 3_000],
  exposure: { variable: 'exposure-days', most: 365 },
  actual: { variable: 'claims', most: 12 },
  cellsMost: 1,
}
const crypto = createNodeCrypto()
const bytes = (n: number) => new Uint8Array(32).fill(n)

function released(patients: readonly Patient[], changed: Partial<ScoreOutput> = {}, seed = 9): Release {
  const request: ReleaseRequest = {
    snapshot: bytes(1),
    cohort: bytes(2),
    cleaning: null,
    followUp: null,
    output: { ...output, ...changed },
    microRho: 50_000,
  }
  const noise = keyedNoise(
    crypto,
    bytes(seed),
    bytes(5),
    requestHash(crypto, bytes(5), encodeRequest(request)),
  )
  return readRelease(encodeRelease(answerRequest(request, patients, noise, RELEASE_DEFAULTS)))!
}

/** A year each; claims as many as the score times `truth` says in the mean. */
function people(count: number, scoreOf: (i: number) => number, truth: (score: number) => number): Patient[] {
  const uniform = stream(3)
  return Array.from({ length: count }, (_, i): Patient => {
    const score = scoreOf(i)
    const mean = score * truth(score)
    let claims = 0
    for (let t = -Math.log(uniform()); t < mean; t -= Math.log(uniform())) claims++
    return [
      { 'exposure-days': 365, claims, score: Math.round(1_000 * score), expected: Math.round(1_000 * score) },
    ]
  })
}
const SCORES = [0.3, 0.7, 1.5, 2.5, 3.5]
const score = (i: number) => SCORES[i % SCORES.length]!
const numbers = (release: Release) => {
  if (release.kind !== 'lift') throw new Error(release.kind)
  const value = ([mantissa, exponent]: readonly [number, number]) => Number(`${mantissa}e${exponent}`)
  return {
    ...release,
    ratios: release.bands.map(
      ({ ratio }) => ratio && { at: value(ratio.value), low: value(ratio.low), high: value(ratio.high) },
    ),
  }
}

describe('releaseLift', () => {
  it('says actual over expected by band, with the truth within its limits', () => {
    const truth = (s: number) => (s > 2 ? 1.5 : 1)
    const { bands, ratios, unscored } = numbers(released(people(8_000, score, truth)))
    expect(bands.map(({ level }) => level)).toEqual([0, 1, 2, 3, 4])
    expect(unscored).toBeNull()
    ratios.forEach((ratio, band) => {
      expect(ratio!.low).toBeLessThan(truth(SCORES[band]!))
      expect(ratio!.high).toBeGreaterThan(truth(SCORES[band]!))
    })
    // The model is too low for the high scores, and the answer can tell.
    expect(ratios[4]!.low).toBeGreaterThan(1.2)
  })
  it('has limits that hold the truth in 19 of 20 draws of noise and people', () => {
    let held = 0
    let all = 0
    for (let seed = 1; seed <= 20; seed++) {
      const found = numbers(
        released(
          people(3_000 + seed, score, () => 1),
          {},
          seed,
        ),
      )
      for (const ratio of found.ratios) {
        all++
        if (ratio!.low <= 1 && ratio!.high >= 1) held++
      }
    }
    expect(held / all).toBeGreaterThan(0.9)
  })
  it('has wider limits where bands vary by more than counts do, and no narrower ones where they vary by less', () => {
    const reachOf = (truth: (s: number) => number, edges = output.edges) => {
      const last = numbers(released(people(8_000, score, truth), { edges })).ratios.at(-1)!
      return (last.high - last.low) / 2
    }
    const asCounts = reachOf(() => 1)
    // A model that is too low for the high scores does not hide behind limits that its own error makes wide.
    expect(asCounts).toBeLessThan(0.06)
    expect(reachOf((s) => 0.8 + s / 10)).toBeLessThan(0.06)
    const scattered = (s: number) => (s === 0.7 || s === 2.5 ? 1.4 : 0.8)
    expect(reachOf(scattered)).toBeGreaterThan(2 * asCounts)
    // Of three bands nobody can say it.
    expect(reachOf(scattered, [1_000, 3_000])).toBeLessThan(0.06)
  })
  it('leaves out bands of few, counts whom the formula says nothing of, and withholds where all are few', () => {
    const few = [
      ...people(
        4_000,
        (i) => SCORES[i % 4]!,
        () => 1,
      ),
      ...people(
        8,
        () => 3.5,
        () => 1,
      ),
    ]
    const unknown: Patient[] = Array.from({ length: 200 }, () => [
      { 'exposure-days': 365, claims: 1, score: null, expected: 0 },
    ])
    const found = numbers(released([...few, ...unknown]))
    expect(found.bands.map(({ level }) => level)).toEqual([0, 1, 2, 3])
    expect(Number(found.unscored!.value)).toBeGreaterThan(120)
    expect(released(people(400, score, () => 1))).toEqual({ kind: 'withheld' })
  })
  it('says no ratio of costs where too few bands say how they spread', () => {
    const cost = { actual: { variable: 'cost-minor', most: 100_000 } }
    const costs = people(6_000, score, () => 1).map(([row]): Patient => {
      const { claims, score: s } = row as { claims: number; score: number }
      return [{ ...row!, 'cost-minor': 1_000 * claims, expected: s }]
    })
    const five = numbers(released(costs, cost))
    expect(five.ratios.every((ratio) => ratio !== null)).toBe(true)
    const two = numbers(released(costs, { ...cost, edges: [1_000] }))
    expect(two.ratios).toEqual([null, null])
    expect(two.ratio).toBeNull()
  })
})
