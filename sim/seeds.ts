/** Many seeds, and of those that failed a line that says how to see it again. */
import { runSeed } from './cluster.ts'

export async function violationsOf(from: number, count: number): Promise<string[]> {
  const found: string[] = []
  for (let seed = from; seed < from + count; seed++) {
    const { violations } = await runSeed({ seed })
    const violation = violations[0]
    if (violation) found.push(`npm run sim -- --seed ${seed}: ${violation.invariant}: ${violation.text}`)
  }
  return found
}
