import { Failure } from '../../shared/std/failure.ts'
import { errorCode } from '../profile/atomic-file.ts'

/**
 * Does what is done again anyway, at the next segment or the next offer. A disk that takes nothing just now, or a store
 * that closes, is no reason to end; a bug is.
 */
export async function bearing(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Failure) && errorCode(error) === null) throw error
  }
}
