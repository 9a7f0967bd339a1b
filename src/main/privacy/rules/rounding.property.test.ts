import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decimal } from '../answers/release.ts'
import { roundCurve } from './curves.ts'
import { roundCoefficient, roundCount, roundToDigits } from './rounding.ts'
import { RULE_DEFAULTS } from './rule-policy.ts'
import { roundTable } from './tables.ts'

const plain = ([mantissa, exponent]: Decimal) => mantissa * 10 ** exponent

describe('rounding by rule', () => {
  it('gives coefficients with no more than three digits, nor finer than the standard error over 1.5', () => {
    const round = (value: number, error: number) => roundCoefficient(value, error, RULE_DEFAULTS).value
    expect(round(0.48372, 0.18)).toEqual([4, -1])
    expect(round(0.48372, 0.0001)).toEqual([484, -3])
    expect(round(-1234.5, 0.1)).toEqual([-123, 1])
    expect(round(0.04, 0.18)).toEqual([0, 0])
    // A tenth, where the members decide that this is enough.
    expect(roundCoefficient(0.48372, 0.18, { ...RULE_DEFAULTS, unitsPerError: 10 }).value).toEqual([48, -2])
  })

  it('keeps a coefficient within half a step, and an error that knows of it', () => {
    const sized = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.double({ min: -1e5, max: 1e5, noNaN: true }), sized, (value, error) => {
        const rounded = roundCoefficient(value, error, RULE_DEFAULTS)
        const step = Math.max((error / 1.5) * 2.5, Math.abs(value) / 100)
        expect(Math.abs(plain(rounded.value) - value)).toBeLessThanOrEqual(step * 0.5 * (1 + 1e-9))
        const mantissa = Math.abs(rounded.value[0])
        expect(mantissa).toBeLessThanOrEqual(999)
        expect(plain(rounded.error)).toBeGreaterThan(error * 0.94)
        // Neighbours that differ by far less than the error mostly look the same.
        expect(plain(roundCoefficient(value, error * (1 + 1e-12), RULE_DEFAULTS).value)).toBeCloseTo(
          plain(rounded.value),
          6,
        )
      }),
      { numRuns: 300 },
    )
  })

  it('rounds counts to five and values to so many digits', () => {
    expect([11, 12, 13, 17, 18, 502, 503].map((count) => roundCount(count, 5))).toEqual([
      10, 10, 15, 15, 20, 500, 505,
    ])
    expect(roundToDigits(0.0999, 2)).toEqual([1, -1])
    expect(roundToDigits(1_249, 2)).toEqual([12, 2])
    expect(roundToDigits(0, 2)).toEqual([0, 0])
  })

  it('leaves zero and ten out alike, with margins of what is shown', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 12, maxLength: 12 }), (cells) => {
        const rounded = roundTable({ levels: [3, 4], cells }, RULE_DEFAULTS)
        for (const [i, cell] of cells.entries())
          expect(rounded.cells[i]).toBe(cell < 11 ? null : roundCount(cell, 5))
        const [rows, columns] = rounded.margins
        for (let row = 0; row < 3; row++)
          expect(rows![row]).toBe(
            rounded.cells.slice(4 * row, 4 * row + 4).reduce<number>((sum, each) => sum + (each ?? 0), 0),
          )
        for (const sums of [rows!, columns!])
          expect(sums.reduce((sum, each) => sum + each, 0)).toBe(rounded.total)
      }),
    )
  })

  it('makes a survival as coarse as the number at risk that is shown says, and not the exact one', () => {
    const shown = (atRisk: number) =>
      roundCurve([{ day: 30, events: 11, atRisk, survival: 0.513 }], RULE_DEFAULTS).map(({ survival }) =>
        plain(survival),
      )
    for (const [least, most, survival] of [
      [498, 502, 0.51],
      [248, 252, 0.52],
      [98, 102, 0.5],
    ] as const)
      for (let atRisk = least; atRisk <= most; atRisk++)
        expect(shown(atRisk), `${atRisk}`).toEqual([survival])
    // Nor by how many there were before the first step that is shown.
    const late = roundCurve(
      [
        { day: 30, events: 0, atRisk: 503, survival: 1 },
        { day: 60, events: 11, atRisk: 497, survival: 0.513 },
      ],
      RULE_DEFAULTS,
    )
    expect(late.map(({ survival, atRisk }) => [plain(survival), atRisk])).toEqual([[0.52, 495]])
  })

  it('joins the steps of a curve until eleven had the event, and ends it where few are at risk', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 1_500 }),
        fc.array(fc.nat(30), { minLength: 3, maxLength: 20 }),
        (patients, perStep) => {
          let atRisk = patients
          let survival = 1
          const curve = perStep.flatMap((wanted, i) => {
            if (atRisk <= 0) return []
            const events = Math.min(wanted, atRisk)
            survival *= 1 - events / atRisk
            const point = { day: 30 * (i + 1), events, atRisk, survival }
            atRisk -= events
            return [point]
          })
          let from = 0
          for (const step of roundCurve(curve, RULE_DEFAULTS)) {
            const points = curve.filter(({ day }) => day > from && day <= step.untilDay)
            expect(points.reduce((sum, { events }) => sum + events, 0)).toBeGreaterThanOrEqual(11)
            expect(points.every((point) => point.atRisk >= 20)).toBe(true)
            expect(Math.abs(plain(step.survival) - points.at(-1)!.survival)).toBeLessThanOrEqual(
              Math.max(0.005, 6.25 / patients) + 1e-9,
            )
            from = step.untilDay
          }
        },
      ),
    )
  })
})
