/**
 * By how much more than chance and noise a group's claims may be off what is expected: claims that come together, and the error of what is expected of young months
 * (docs/spec/pricing.md M16, M17). Pure.
 */
import type { ReportingTriangle } from '../pricing/monitor/reporting-triangle.ts'
import type { Spread } from '../pricing/monitor/spread.ts'

interface ExpectedMonth {
  readonly month: string
  readonly expected: number | null
}

export interface LevelSpread {
  readonly dispersion: number
  /** Of a count over these months of one group. */
  of(months: readonly ExpectedMonth[]): Spread
}

/**
 * Of young months the completion may be off, for all groups alike; and all groups together are expected to have what they have. So what errs is only that a group has
 * more of a young month than all of them: over the same months as all of them nothing, of one month by itself nearly all of that month's error.
 *
 * @param all what is expected of all groups in each month
 */
export function levelSpread(
  dispersion: number,
  all: ReadonlyMap<string, number>,
  triangle: ReportingTriangle | null,
): LevelSpread {
  const young = triangle?.kind === 'triangle' ? [...triangle.maturity] : []
  const total = [...all.values()].reduce((sum, each) => sum + each, 0)
  return {
    dispersion,
    of(months) {
      const expected = new Map(months.map((each) => [each.month, each.expected ?? 0]))
      const own = [...expected.values()].reduce((sum, each) => sum + each, 0)
      if (!(own > 0) || !(total > 0)) return { dispersion, relativeError: 0 }
      const variance = young.reduce((sum, [month, { relativeError }]) => {
        const more = (expected.get(month) ?? 0) / own - (all.get(month) ?? 0) / total
        return sum + (more * relativeError) ** 2
      }, 0)
      return { dispersion, relativeError: Math.sqrt(variance) }
    },
  }
}
