/** With which of several insurers a synthetic life is. Pure. */
import { streamOf } from './random.ts'

export interface InsurerShare {
  readonly name: string
  /** In proportion to the others'. */
  readonly share: number
}

/**
 * By shares, the same at every visit of a life and for its colleague on the roll, whoever asks.
 * @param index of the life
 */
export function insurerOfLife<Insurer extends InsurerShare>(
  seed: string,
  index: number,
  insurers: readonly [Insurer, ...Insurer[]],
): Insurer {
  return insurers[streamOf(seed, index, 'insurer').pick(insurers.map(({ share }) => share))]!
}
