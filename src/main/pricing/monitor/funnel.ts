/**
 * Which groups stand out, with the false discoveries held down: z of each group with noise in its variance, overdispersion from the
 * winsorised z, Benjamini and Hochberg over all groups (docs/spec/pricing.md M7).
 */
import { normalQuantile } from '../../stats/det/distributions.ts'
import { benjaminiHochberg, twoSidedP } from '../../stats/actuarial/monitoring.ts'
import { quantile } from '../../stats/regression/splines.ts'
import type { GroupRatio } from './expected.ts'
import { ONE_BY_ONE, type Spread } from './spread.ts'

export interface FunnelGroup {
  readonly label: string
  readonly ratio: number
  readonly expected: number
  /** (O - E) / √(dE + σ²) with d the claims' own dispersion, and that over √φ where groups vary more than chance and noise. */
  readonly z: number
  readonly adjustedZ: number
  /** Exact where φ is 1, else of the adjusted z. */
  readonly p: number
  /** Rejected at the false-discovery rate over all groups of the plot. */
  readonly isSignal: boolean
}

export interface FunnelPlot {
  readonly groups: readonly FunnelGroup[]
  /** Overdispersion of the groups beyond that of claims, at least 1. */
  readonly phi: number
  /** Limits of O/E at an expectation for a level such as 0.95 and 0.998, for a group with the median noise and error of what is expected. */
  readonly limits: (expected: number, level: number) => { lower: number; upper: number }
  readonly falseDiscoveryRate: number
  /** Groups whose expectation is too small to be drawn. */
  readonly leftOut: number
}

/** Groups of which overdispersion can be told from chance. */
const GROUPS_LEAST = 10

/** @param spreadOf with which a group's own p was made */
export function funnelPlot(
  ratios: readonly GroupRatio[],
  spreadOf: (label: string) => Spread = () => ONE_BY_ONE,
  falseDiscoveryRate = 0.05,
): FunnelPlot {
  const drawn = ratios.filter(({ isReadable }) => isReadable)
  const spreads = drawn.map(({ label }) => spreadOf(label))
  const z = drawn.map(({ observed, expected, noise }, i) => {
    const { dispersion, relativeError } = spreads[i]!
    return (observed - expected) / Math.sqrt(dispersion * expected + noise + (relativeError * expected) ** 2)
  })
  const phi = drawn.length >= GROUPS_LEAST ? Math.max(1, winsorisedSquare(z)) : 1
  const root = Math.sqrt(phi)
  const p = drawn.map((group, i) => (phi === 1 ? group.p : twoSidedP(z[i]! / root)))
  const isSignal = benjaminiHochberg(p, falseDiscoveryRate)
  const noises = Float64Array.from(drawn, ({ noise }) => noise)
  const median = (values: Float64Array): number => (values.length > 0 ? quantile(values, 0.5) : 0)
  const noise = median(noises)
  const dispersion = Math.max(1, ...spreads.map((spread) => spread.dispersion))
  const error = median(Float64Array.from(spreads, ({ relativeError }) => relativeError))
  return {
    groups: drawn.map(({ label, ratio, expected }, i) => ({
      label,
      ratio,
      expected,
      z: z[i]!,
      adjustedZ: z[i]! / root,
      p: p[i]!,
      isSignal: isSignal[i]!,
    })),
    phi,
    limits: (expected, level) => {
      const variance = dispersion * expected + noise + (error * expected) ** 2
      const half = (normalQuantile(1 - (1 - level) / 2) * root * Math.sqrt(variance)) / expected
      return { lower: Math.max(0, 1 - half), upper: 1 + half }
    },
    falseDiscoveryRate,
    leftOut: ratios.length - drawn.length,
  }
}

/** Mean square of z with a tenth of each side brought in (Spiegelhalter 2005). */
function winsorisedSquare(z: readonly number[]): number {
  const values = Float64Array.from(z)
  const low = quantile(values, 0.1)
  const high = quantile(values, 0.9)
  let sum = 0
  for (const value of z) {
    const w = Math.min(high, Math.max(low, value))
    sum += w * w
  }
  return sum / z.length
}
