import { StatsFailure } from '../../stats/failure.ts'
import { PricingFailure } from '../failure.ts'

/** What a table is too thin for is left out and said to be missing, not an error of the whole. */
export function orNull<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof PricingFailure || error instanceof StatsFailure) return null
    throw error
  }
}
