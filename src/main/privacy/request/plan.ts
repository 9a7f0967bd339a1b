/**
 * What a request makes the gateways count and what each table gets of its price: derived from the request alone (docs/spec/privacy.md Q3), so that everybody
 * who holds the request can check the price.
 */
import { formOf } from './outputs.ts'
import type { Part } from './part.ts'
import type { ReleaseRequest } from './release-request.ts'

export function planOf({ output, microRho }: Pick<ReleaseRequest, 'output' | 'microRho'>): readonly Part[] {
  const shares = formOf(output).sharesOf(output)
  const prices = splitMicroRho(
    microRho,
    shares.map(({ weight }) => weight),
  )
  return shares.map(({ part }, i) => ({ ...part, microRho: prices[i]! }))
}

/** Whole shares by weight that add up to the price; what does not divide goes to the first. */
export function splitMicroRho(microRho: number, weights: readonly number[]): readonly number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => (microRho * weight - ((microRho * weight) % all)) / all)
  const rest = microRho - shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share, i) => (i === 0 ? share + rest : share))
}
