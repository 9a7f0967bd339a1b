/** Simulated consortia by the hundred thousand: one case is 500 seeds that `npm test` does not run. */
import { runSeed } from '../sim/cluster.ts'
import { longPart } from './part.ts'

const SEEDS_PER_CASE = 500
/** `npm test` has the seeds from 1 on. */
const FIRST_SEED = 100_001

export const part = longPart({
  title: `simulated consortia, ${SEEDS_PER_CASE} seeds a case from ${FIRST_SEED} on`,
  caseCount: 400,
  runsOnlyItself: true,
  async run(index) {
    const first = FIRST_SEED + index * SEEDS_PER_CASE
    const wrong: string[] = []
    let heights = 0
    for (let seed = first; seed < first + SEEDS_PER_CASE; seed++) {
      const result = await runSeed({ seed })
      heights += result.heights
      for (const { invariant, text } of result.violations.slice(0, 1))
        wrong.push(`npm run sim -- --seed ${seed}: ${invariant}: ${text}`)
      // A turn of the event loop, so that whoever wants to stop this is heard.
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { wrong: wrong.length === 0 ? null : wrong.join('; '), counts: { seeds: SEEDS_PER_CASE, heights } }
  },
})
