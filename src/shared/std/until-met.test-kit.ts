/** For properties that are tried on random questions, and prove nothing on questions of which nothing is said. */

/** How often the same number of questions is asked before a test may say that what it must meet does not exist. */
const ROUNDS_MOST = 10

/** Asks until everything was met that must be; what is never met is the test's to say. */
export async function untilMet(isMet: () => boolean, ask: () => unknown): Promise<void> {
  for (let round = 0; round < ROUNDS_MOST; round++) {
    await ask()
    if (isMet()) return
  }
}
