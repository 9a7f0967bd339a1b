/** A share of two noisy counts of people, with the limits in which the exact share lies in 19 of 20 draws of both noises. Pure. */

export interface NoisyCount {
  readonly value: number
  /** The exact count lies within ± so much in 19 of 20 draws. */
  readonly halfWidth: number
}

export interface ShareBand {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * Fieller: all shares r at which part - r · whole is within its own noise of nothing. Noise of the two is independent, so that of the difference is
 * √(h² + r² H²). Null where the whole is not beyond doubt above nothing: then any share could be.
 */
export function shareBand(part: NoisyCount, whole: NoisyCount): ShareBand | null {
  const [x, h, n, H] = [part.value, part.halfWidth, whole.value, whole.halfWidth]
  const a = n * n - H * H
  if (n <= 0 || a <= 0) return null
  const root = Math.sqrt(Math.max(0, n * n * h * h + x * x * H * H - h * h * H * H))
  return { value: within(x / n), low: within((x * n - root) / a), high: within((x * n + root) / a) }
}

const within = (share: number): number => Math.min(1, Math.max(0, share))
