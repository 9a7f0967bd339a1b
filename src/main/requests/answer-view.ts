/** Bytes of an answer as the screen gets them. */
import type { AnswerView, NoisyAnswer } from '../../shared/contract/answers.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import type { Decimal, Estimate, Release, Whole } from '../privacy/answers/release.ts'
import { isRefusal, readByRule } from '../privacy/rules/by-rule-bytes.ts'

/** Null for bytes that are no answer of this version. */
export function answerViewOf(bytes: Bytes): AnswerView | null {
  if (isRefusal(bytes)) return { kind: 'refused' }
  const byRule = readByRule(bytes)
  if (byRule !== null) return { kind: 'rule', answer: byRule }
  const release = readRelease(bytes)
  return release === null ? null : { kind: 'noise', answer: noisyOf(release) }
}

function noisyOf(release: Release): NoisyAnswer {
  switch (release.kind) {
    case 'withheld':
      return { kind: release.kind }
    case 'count':
      return { kind: release.kind, count: wholeOf(release.count) }
    case 'table':
      return {
        kind: release.kind,
        cells: release.cells.map((cell) => (cell === null ? null : Number(cell))),
        halfWidth: Number(release.halfWidth),
        margins: release.margins.map((levels) => levels.map(wholeOf)),
        total: wholeOf(release.total),
      }
    case 'mean':
      return { kind: release.kind, mean: estimateOf(release.mean), count: wholeOf(release.count) }
    case 'quantiles':
      return {
        kind: release.kind,
        quantiles: release.quantiles.map((each) => (each === null ? null : estimateOf(each))),
        count: wholeOf(release.count),
      }
    case 'curves':
      return {
        kind: release.kind,
        curves: release.curves.map(({ level, steps }) => ({
          level,
          steps: steps.map(({ untilDay, survival, atRisk }) => ({
            untilDay,
            survival: estimateOf(survival),
            atRisk: Number(atRisk),
          })),
        })),
      }
    case 'effects':
      return {
        kind: release.kind,
        effects: release.effects.map(({ variable, level, logRatio }) => ({
          variable,
          level,
          logRatio: estimateOf(logRatio),
        })),
        count: wholeOf(release.count),
      }
    case 'monitor':
      return {
        kind: release.kind,
        tables: release.tables.map((cells) => cells.map((cell) => (cell === null ? null : Number(cell)))),
      }
    case 'tables':
      return {
        kind: release.kind,
        tables: release.tables.map(({ name, axes, cells, halfWidth, shownFrom }) => ({
          name,
          axes: axes.map((labels) => [...labels]),
          cells: cells.map((cell) => (cell === null ? null : Number(cell))),
          halfWidth: Number(halfWidth),
          shownFrom: Number(shownFrom),
        })),
      }
    case 'lift':
      return {
        kind: release.kind,
        bands: release.bands.map(({ level, patients, exposureDays, observed, expected, ratio }) => ({
          level,
          patients: Number(patients),
          exposureDays: Number(exposureDays),
          observed: Number(observed),
          expected: Number(expected),
          ratio: ratio === null ? null : estimateOf(ratio),
        })),
        ratio: release.ratio === null ? null : estimateOf(release.ratio),
        unscored: release.unscored === null ? null : wholeOf(release.unscored),
      }
    case 'pathways': {
      const counted = <T extends { readonly count: Whole }>(each: T) => ({
        ...each,
        count: wholeOf(each.count),
      })
      return {
        kind: release.kind,
        total: wholeOf(release.total),
        places: release.places.map(counted),
        transitions: release.transitions.map(counted),
        waits: release.waits.map(counted),
      }
    }
    default:
      return unreachable(release)
  }
}

const wholeOf = ({ value, halfWidth }: Whole) => ({ value: Number(value), halfWidth: Number(halfWidth) })
const estimateOf = ({ value, low, high }: Estimate) => ({
  value: numberOf(value),
  low: numberOf(low),
  high: numberOf(high),
})
/** The nearest double of its digits. */
const numberOf = ([mantissa, exponent]: Decimal): number => Number(`${mantissa}e${exponent}`)
