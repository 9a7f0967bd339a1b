/**
 * How privacy loss is said on screens: as ε at δ = 10⁻⁶, of a price in millionths of ρ (zero-concentrated differential privacy). For people
 * only; limits are kept in whole millionths of ρ. Canonne, Kamath and Steinke (2020), proposition 12. Pure.
 */
const LOG_ONE_OVER_DELTA = Math.log(1e6)
const MICRO = 1_000_000
/** Orders α - 1 between which the least bound lies, for every price from one millionth to many times the lifetime. */
const LEAST_EXPONENT = Math.log(1e-3)
const MOST_EXPONENT = Math.log(1e6)
const ROUNDS = 100
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** Least ε of (ε, 10⁻⁶)-differential privacy that the price implies; 0 for nothing. */
export function epsilonOf(microRho: number): number {
  if (microRho <= 0) return 0
  const rho = microRho / MICRO
  // The bound for one order has a single valley in the logarithm of α - 1: a golden section finds its bottom.
  let [left, right] = [LEAST_EXPONENT, MOST_EXPONENT]
  for (let round = 0; round < ROUNDS; round++) {
    const first = right - GOLDEN * (right - left)
    const second = left + GOLDEN * (right - left)
    if (boundAt(rho, Math.exp(first)) < boundAt(rho, Math.exp(second))) right = second
    else left = first
  }
  return Math.max(0, boundAt(rho, Math.exp((left + right) / 2)))
}

/** αρ + (ln(1/δ) + α ln(1 - 1/α) - ln(α - 1)) / (α - 1), for α = 1 + `above`. */
function boundAt(rho: number, above: number): number {
  const alpha = 1 + above
  return alpha * rho + (LOG_ONE_OVER_DELTA + alpha * Math.log(above / alpha) - Math.log(above)) / above
}
