import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRelease } from './read-release.ts'
import { decimalOf, encodeRelease, type Decimal, type Estimate, type Release, type Whole } from './release.ts'

const big = fc.integer({ min: -1_000_000, max: 1_000_000 }).map(BigInt)
const decimal = fc.tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: -327, max: 40 }))
const whole: fc.Arbitrary<Whole> = fc.record({ value: big, halfWidth: big })
const estimate: fc.Arbitrary<Estimate> = fc.record({
  value: decimal,
  low: decimal,
  high: decimal,
}) as fc.Arbitrary<{
  value: Decimal
  low: Decimal
  high: Decimal
}>
const state = fc.integer({ min: -3, max: 7 })
const short = { maxLength: 12 }

/** A form without random answers does not compile. */
const RELEASES: { readonly [K in Release['kind']]: fc.Arbitrary<Extract<Release, { kind: K }>> } = {
  withheld: fc.constant({ kind: 'withheld' as const }),
  count: whole.map((count) => ({ kind: 'count' as const, count })),
  table: fc.record({
    kind: fc.constant('table' as const),
    cells: fc.array(fc.option(big), { maxLength: 60 }),
    halfWidth: big,
    margins: fc.array(fc.array(whole, short), { maxLength: 3 }),
    total: whole,
  }),
  mean: fc.record({ kind: fc.constant('mean' as const), mean: estimate, count: whole }),
  quantiles: fc.record({
    kind: fc.constant('quantiles' as const),
    quantiles: fc.array(fc.option(estimate), short),
    count: whole,
  }),
  curves: fc.record({
    kind: fc.constant('curves' as const),
    curves: fc.array(
      fc.record({
        level: fc.option(fc.nat(20)),
        steps: fc.array(fc.record({ untilDay: fc.nat(7_000), survival: estimate, atRisk: big }), short),
      }),
      { maxLength: 4 },
    ),
  }),
  effects: fc.record({
    kind: fc.constant('effects' as const),
    effects: fc.array(
      fc.record({ variable: fc.constantFrom('sex', 'age-years'), level: fc.nat(20), logRatio: estimate }),
      short,
    ),
    count: whole,
  }),
  monitor: fc.record({
    kind: fc.constant('monitor' as const),
    tables: fc.array(fc.array(fc.option(big), short), { maxLength: 4 }),
  }),
  lift: fc.record({
    kind: fc.constant('lift' as const),
    bands: fc.array(
      fc.record({
        level: fc.nat(20),
        patients: big,
        exposureDays: big,
        observed: big,
        expected: big,
        ratio: fc.option(estimate),
      }),
      short,
    ),
    ratio: fc.option(estimate),
    unscored: fc.option(whole),
  }),
  tables: fc.record({
    kind: fc.constant('tables' as const),
    tables: fc.array(
      fc
        .tuple(fc.array(fc.constantFrom('a', 'b', 'c'), short), fc.array(fc.constantFrom('x', 'y'), short))
        .chain((axes) => {
          const length = axes[0].length * axes[1].length
          return fc.record({
            name: fc.constantFrom('count', 'units'),
            axes: fc.constant(axes),
            cells: fc.array(fc.option(big), { minLength: length, maxLength: length }),
            halfWidth: big,
            shownFrom: big,
          })
        }),
      { maxLength: 4 },
    ),
  }),
  pathways: fc.record({
    kind: fc.constant('pathways' as const),
    total: whole,
    places: fc.array(fc.record({ step: fc.nat(4), state, count: whole }), short),
    transitions: fc.array(
      fc.record({ step: fc.nat(4), from: fc.option(state), to: state, count: whole }),
      short,
    ),
    waits: fc.array(fc.record({ step: fc.nat(4), to: state, band: fc.nat(4), count: whole }), short),
  }),
}
const release: fc.Arbitrary<Release> = fc.oneof(...Object.values<fc.Arbitrary<Release>>(RELEASES))

describe('readRelease', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(release, (each) => {
        expect(readRelease(encodeRelease(each))).toEqual(each)
      }),
    )
  })
  it('refuses an answer of which one byte is another, or reads another answer', () => {
    fc.assert(
      fc.property(release, fc.nat(400), fc.integer({ min: 1, max: 255 }), (each, at, change) => {
        const bytes = encodeRelease(each)
        bytes[at] = bytes[at]! ^ change
        const read = readRelease(bytes)
        if (read !== null) expect(read).not.toEqual(each)
      }),
    )
  })
  it('refuses what is longer, shorter, or of another kind', () => {
    const bytes = encodeRelease({ kind: 'withheld' })
    expect(readRelease(bytes.subarray(0, 100))).toBeNull()
    expect(readRelease(new Uint8Array([...bytes, 0]))).toBeNull()
    expect(readRelease(new Uint8Array(16_384))).toBeNull()
    expect(readRelease(new Uint8Array())).toBeNull()
  })
  it('says of an answer that has no room that it is withheld, in as many bytes as any other', () => {
    const cells = Array.from({ length: 2_000 }, () => 2n ** 40n)
    const bytes = encodeRelease({ kind: 'monitor', tables: [cells] })
    expect(bytes).toHaveLength(16_384)
    expect(readRelease(bytes)).toEqual({ kind: 'withheld' })
  })
  it('reads the limits of a curve that is all but down, as small as a double can be', () => {
    for (const low of [3.173e-47, 1.238e-308, Number.MIN_VALUE, 0]) {
      const survival: Estimate = { value: decimalOf(8.279e-4), low: decimalOf(low), high: decimalOf(0.9314) }
      const curves = [{ level: null, steps: [{ untilDay: 240, survival, atRisk: 106n }] }]
      expect(readRelease(encodeRelease({ kind: 'curves', curves }))).toEqual({ kind: 'curves', curves })
    }
  })
  it('refuses a decimal of five digits, which no answer of ours has', () => {
    const of = (mantissa: number): Estimate => ({ value: [mantissa, 0], low: [1, 0], high: [1, 0] })
    const count = { value: 1n, halfWidth: 1n }
    expect(readRelease(encodeRelease({ kind: 'mean', mean: of(9_999), count }))).not.toBeNull()
    expect(readRelease(encodeRelease({ kind: 'mean', mean: of(10_000), count }))).toBeNull()
  })
})
