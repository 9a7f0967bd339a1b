import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEVELS, linesOfAnswer } from '../../verifier/verify-package.js'
import {
  encodeRelease,
  type Decimal,
  type Estimate,
  type Release,
  type Whole,
} from '../privacy/answers/release.ts'
import { variableOf } from '../privacy/request/dictionary.ts'
import { planOf } from '../privacy/request/plan.ts'
import { cellCountOf, levelCount } from '../privacy/request/axis.ts'
import { axesOf, canonicalRequest } from '../privacy/request/release-request.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { anyRequest } from '../privacy/request/request.test-kit.ts'

const count = fc.record({
  value: fc.bigInt({ min: -50n, max: 5_000n }),
  halfWidth: fc.bigInt({ min: 0n, max: 99n }),
})
const decimal: fc.Arbitrary<Decimal> = fc
  .tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: -12, max: 5 }))
  .map(([mantissa, exponent]) => (mantissa === 0 ? [0, 0] : [mantissa, exponent]))
const estimate = fc.record({ value: decimal, low: decimal, high: decimal })
const big = fc.bigInt({ min: -999n, max: 99_999n })
const numberOf = ([mantissa, exponent]: Decimal) => Number(`${mantissa}e${exponent}`)

/** A release of the form that a request is answered with, with any numbers. */
const answered = anyRequest.map(canonicalRequest).chain((request) => {
  const { output } = request
  const axes = axesOf(output)
  const cells = axes.reduce((product, axis) => product * levelCount(axis), 1)
  const release = (): fc.Arbitrary<Release> => {
    switch (output.kind) {
      case 'count':
        return fc.record({ kind: fc.constant('count' as const), count })
      case 'histogram':
      case 'table':
        return fc.record({
          kind: fc.constant('table' as const),
          // Half of them withheld, so that of some sums nothing is shown.
          cells: fc.array(fc.option(fc.bigInt({ min: 0n, max: 999n }), { freq: 2 }), {
            minLength: cells,
            maxLength: cells,
          }),
          halfWidth: fc.bigInt({ min: 1n, max: 99n }),
          margins: fc.tuple(
            ...axes.map((axis) =>
              fc.array(count, { minLength: levelCount(axis), maxLength: levelCount(axis) }),
            ),
          ),
          total: count,
        })
      case 'mean':
        return fc.record({ kind: fc.constant('mean' as const), mean: estimate, count })
      case 'quantiles':
        return fc.record({
          kind: fc.constant('quantiles' as const),
          quantiles: fc.array(fc.option(estimate), {
            minLength: output.perMille.length,
            maxLength: output.perMille.length,
          }),
          count,
        })
      case 'kaplan-meier':
        return fc.record({
          kind: fc.constant('curves' as const),
          curves: fc.array(
            fc.record({
              level: output.by === null ? fc.constant(null) : fc.nat(levelCount(output.by) - 1),
              steps: fc.array(
                fc.record({
                  untilDay: fc.nat(7_000),
                  survival: estimate,
                  atRisk: fc.bigInt({ min: 0n, max: 999n }),
                }),
                { maxLength: 4 },
              ),
            }),
            { maxLength: 3 },
          ),
        })
      case 'cleaning-profile':
        return fc
          .tuple(
            ...planOf(request).map(({ name, axes: of }) => {
              const labels = of.map((axis) => axis.labels!)
              const length = labels.reduce((product, each) => product * each.length, 1)
              return fc.record({
                name: fc.constant(name),
                axes: fc.constant(labels),
                cells: fc.array(fc.option(big), { minLength: length, maxLength: length }),
                halfWidth: fc.bigInt({ min: 1n, max: 99n }),
                shownFrom: fc.bigInt({ min: 1n, max: 99n }),
              })
            }),
          )
          .map((tables) => ({ kind: 'tables' as const, tables }))
      case 'score':
        return fc.record({
          kind: fc.constant('lift' as const),
          bands: fc.array(
            fc.record({
              level: fc.nat(output.edges.length),
              patients: big,
              exposureDays: big,
              observed: big,
              expected: big,
              ratio: fc.option(estimate),
            }),
            { maxLength: 5 },
          ),
          ratio: fc.option<Estimate>(estimate),
          unscored: fc.option<Whole>(count),
        })
      case 'pathways': {
        const state = fc.integer({ min: -3, max: 7 })
        const step = fc.integer({ min: 1, max: 4 })
        return fc.record({
          kind: fc.constant('pathways' as const),
          total: count,
          places: fc.uniqueArray(fc.record({ step, state, count }), {
            maxLength: 5,
            selector: (each) => `${each.step} ${each.state}`,
          }),
          transitions: fc.uniqueArray(fc.record({ step, from: fc.option(state), to: state, count }), {
            maxLength: 5,
            selector: ({ count: _, ...each }) => JSON.stringify(each),
          }),
          waits: fc.uniqueArray(fc.record({ step, to: state, band: fc.nat(4), count }), {
            maxLength: 5,
            selector: ({ count: _, ...each }) => JSON.stringify(each),
          }),
        })
      }
      case 'monitor':
        return fc
          .tuple(
            ...planOf(request).map(({ axes }) => {
              const length = cellCountOf(axes)
              return fc.array(fc.option(fc.bigInt({ min: -999n, max: 99_999n })), {
                minLength: length,
                maxLength: length,
              })
            }),
          )
          .map((tables) => ({ kind: 'monitor' as const, tables }))
      default: {
        const factors = output.kind === 'cox' ? output.covariates : output.factors
        return fc.record({
          kind: fc.constant('effects' as const),
          effects: fc.array(
            fc.constantFrom(...factors).chain((axis) =>
              fc.record({
                variable: fc.constant(axis.variable),
                level: fc.nat(levelCount(axis) - 1),
                logRatio: estimate,
              }),
            ),
            { maxLength: 5 },
          ),
          count,
        })
      }
    }
  }
  return fc.tuple(fc.constant(request), release())
})

/** Every released number in order, as a number. */
function numbersOf(release: Release): (number | null)[] {
  const whole = ({ value, halfWidth }: { value: bigint; halfWidth: bigint }) => [
    Number(value),
    Number(value - halfWidth),
    Number(value + halfWidth),
  ]
  /** Of nothing but withheld cells nothing is said. */
  const sumOf = (cells: readonly (bigint | null)[], sum: Whole) =>
    cells.every((cell) => cell === null) ? [null, null, null] : whole(sum)
  const of = (each: { value: Decimal; low: Decimal; high: Decimal } | null) =>
    each === null ? [null, null, null] : [each.value, each.low, each.high].map(numberOf)
  switch (release.kind) {
    case 'withheld':
      return [null, null, null]
    case 'count':
      return whole(release.count)
    case 'table':
      return [
        ...release.cells.flatMap((value) =>
          value === null ? [null, null, null] : whole({ value, halfWidth: release.halfWidth }),
        ),
        ...(release.margins.length < 2
          ? []
          : release.margins.flatMap((levels, axis) => {
              const after = release.margins
                .slice(axis + 1)
                .reduce((product, each) => product * each.length, 1)
              return levels.flatMap((each, level) =>
                sumOf(
                  release.cells.filter((_, i) => Math.floor(i / after) % levels.length === level),
                  each,
                ),
              )
            })),
        ...sumOf(release.cells, release.total),
      ]
    case 'mean':
      return [...of(release.mean), ...whole(release.count)]
    case 'monitor':
      return release.tables.flatMap((cells) =>
        cells.flatMap((cell) => [cell === null ? null : Number(cell), null, null]),
      )
    case 'tables':
      return release.tables.flatMap(({ cells, halfWidth }) =>
        cells.flatMap((value) => (value === null ? [null, null, null] : whole({ value, halfWidth }))),
      )
    case 'lift':
      return [
        ...release.bands.flatMap(({ patients, exposureDays, observed, expected, ratio }) => [
          ...[patients, exposureDays, observed, expected].flatMap((each) => [Number(each), null, null]),
          ...of(ratio),
        ]),
        ...of(release.ratio),
        ...(release.unscored === null ? [] : whole(release.unscored)),
      ]
    case 'pathways':
      return [
        ...whole(release.total),
        ...[...release.places, ...release.transitions, ...release.waits].flatMap((each) => whole(each.count)),
      ]
    case 'quantiles':
      return [...release.quantiles.flatMap(of), ...whole(release.count)]
    case 'curves':
      return release.curves.flatMap(({ steps }) =>
        steps.flatMap(({ survival, atRisk }) => [...of(survival), Number(atRisk), null, null]),
      )
    case 'effects':
      return [...release.effects.flatMap(({ logRatio }) => of(logRatio)), ...whole(release.count)]
  }
}

describe('the program that checks packages', () => {
  it('reads every released number as it was released, digit by digit', () => {
    fc.assert(
      fc.property(answered, ([request, release]) => {
        const lines = linesOfAnswer(encodeRelease(release), encodeRequest(request))
        const read = lines.flatMap(({ value, low, high }) =>
          [value, low, high].map((each) => (each === null ? null : Number(each))),
        )
        // -0 is 0: a value of zero digits has no sign.
        expect(read.map((each) => (each === 0 ? 0 : each))).toEqual(
          numbersOf(release).map((each) => (each === 0 ? 0 : each)),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('names each cell of a table and each way once', () => {
    fc.assert(
      fc.property(answered, ([request, release]) => {
        if (release.kind !== 'table' && release.kind !== 'tables' && release.kind !== 'pathways') return
        const names = linesOfAnswer(encodeRelease(release), encodeRequest(request)).map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
      }),
      { numRuns: 300 },
    )
  })

  it('has the levels of the public dictionary', () => {
    for (const [name, levels] of Object.entries(LEVELS)) {
      const variable = variableOf(name)
      expect(variable?.kind === 'label' && variable.levels).toEqual(levels)
    }
  })
})
