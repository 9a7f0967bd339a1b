/** Invented persons are made of what is said, and of nothing that fewer than 11 persons share. */
import { describe, expect, it } from 'vitest'
import { sampleExemplars } from './exemplars.ts'
import type { SaidPeople, SaidSequences, SaidTrajectory } from './traverse.ts'

const spread = (q1: number, median: number, q3: number) => ({ p10: null, q1, median, q3, p90: null })
const exact = (count: number) => ({ said: 'exact' as const, count })

const people: SaidPeople = {
  sexes: [
    { sex: 'male', persons: exact(60) },
    { sex: 'female', persons: { said: 'withheld' } },
    { sex: 'other', persons: { said: 'small' } },
  ],
  ages: spread(50, 60, 70),
}
/** Entry → A → (B 20, C small, nothing 30); B is followed by small numbers only. */
const sequences: SaidSequences = {
  nodes: [
    { step: 1, what: { kind: 'classes', classes: 1 }, persons: exact(60) },
    { step: 1, what: { kind: 'death' }, persons: { said: 'small' } },
    { step: 2, what: { kind: 'classes', classes: 2 }, persons: exact(20) },
    { step: 2, what: { kind: 'classes', classes: 4 }, persons: { said: 'small' } },
    { step: 2, what: { kind: 'none' }, persons: exact(30) },
    { step: 3, what: { kind: 'classes', classes: 1 }, persons: { said: 'small' } },
  ],
  links: [
    { from: null, to: 0, persons: exact(60), days: spread(10, 20, 30) },
    { from: null, to: 1, persons: { said: 'small' }, days: null },
    { from: 0, to: 2, persons: exact(20), days: spread(100, 100, 100) },
    { from: 0, to: 3, persons: { said: 'small' }, days: null },
    { from: 0, to: 4, persons: exact(30), days: spread(400, 500, 600) },
    { from: 2, to: 5, persons: { said: 'small' }, days: null },
  ],
}
const trajectory: SaidTrajectory = {
  persons: exact(60),
  bins: [
    { from: 0, to: 99, persons: exact(40), values: spread(6, 7, 8) },
    { from: 100, to: 199, persons: { said: 'small' }, values: null },
    { from: 200, to: 299, persons: exact(20), values: spread(7, 8, 9) },
  ],
}
const clock = { kind: 'index' as const, from: 0, to: 299, each: 100 }
const many = sampleExemplars({ people, sequences, trajectory }, clock, { count: 10, seed: 'one' })
const seeds = Array.from({ length: 30 }, (_, i) =>
  sampleExemplars({ people, sequences, trajectory }, clock, { count: 10, seed: `seed ${i}` }),
).flat()

describe('R5: an invented person', () => {
  it('takes only ways that at least 11 persons took, and stops where there is none', () => {
    for (const { sex, age, steps, end } of seeds) {
      expect(sex).toBe('male')
      expect(age).toBeGreaterThanOrEqual(50)
      expect(age).toBeLessThanOrEqual(70)
      expect(steps[0]).toMatchObject({ classes: 1 })
      expect(steps[0]!.day).toBeGreaterThanOrEqual(10)
      expect(steps[0]!.day).toBeLessThanOrEqual(30)
      if (steps.length === 1) {
        expect(end.kind).toBe('none')
        expect(end.day - steps[0]!.day).toBeGreaterThanOrEqual(400)
      } else {
        expect(steps[1]).toEqual({ classes: 2, day: steps[0]!.day + 100 })
        expect(end).toEqual({ kind: 'unsupported', day: steps[1]!.day })
      }
    }
    // In proportion to the persons: 20 of 50 went on to B.
    const went = seeds.filter(({ steps }) => steps.length === 2).length / seeds.length
    expect(went).toBeGreaterThan(0.3)
    expect(went).toBeLessThan(0.5)
  })

  it('has values only where at least 11 have, within their quartiles, and not after the end', () => {
    for (const { values, end } of seeds) {
      expect(values.map(({ day }) => day)).toEqual([50, 250].filter((day) => day <= end.day))
      for (const { day, value } of values) {
        const [low, high] = day === 50 ? [6, 8] : [7, 9]
        expect(value).toBeGreaterThanOrEqual(low)
        expect(value).toBeLessThanOrEqual(high)
      }
    }
  })

  it('is the same one of the same tables and seed, and another of another seed', () => {
    const again = sampleExemplars({ people, sequences, trajectory }, clock, { count: 10, seed: 'one' })
    expect(again).toEqual(many)
    expect(seeds.slice(0, 10)).not.toEqual(many)
    const { values } = sampleExemplars({ people, sequences, trajectory }, null, { count: 1, seed: 'one' })[0]!
    expect(values).toEqual([])
  })

  it('is invented of nothing where nothing is said', () => {
    const none = { nodes: [], links: [] }
    const unsaid: SaidPeople = { sexes: [{ sex: 'male', persons: { said: 'small' } }], ages: null }
    expect(
      sampleExemplars({ people: unsaid, sequences: none, trajectory: null }, null, { count: 1, seed: 'x' }),
    ).toEqual([{ number: 1, sex: null, age: null, steps: [], end: { kind: 'steps', day: 0 }, values: [] }])
  })
})
