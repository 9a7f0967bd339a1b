/** Arithmetic that attackers and judges share. */
import { betaQuantile, normal } from '../src/main/stats/det/distributions.ts'

/** TPR - FPR that a patient's whole loss of rho allows at most: 2 Φ(√(2 rho)/2) - 1. */
export function advantageAt(rho: number): number {
  return 2 * normal(Math.sqrt(2 * rho) / 2).lower - 1
}

/** Three standard errors of an advantage that was counted over so many trials, half of each kind. */
export function threeErrors(trialCount: number): number {
  return 3 * Math.sqrt(1 / trialCount)
}

/** Clopper and Pearson's limits of a probability, 99.95 % on each side. */
export function lowerLimit(hits: number, trials: number): number {
  return hits === 0 ? 0 : betaQuantile(0.0005, hits, trials - hits + 1)
}
export function upperLimit(hits: number, trials: number): number {
  return hits === trials ? 1 : betaQuantile(0.9995, hits + 1, trials - hits)
}
