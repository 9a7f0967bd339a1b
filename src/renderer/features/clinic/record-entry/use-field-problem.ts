import type { Problem } from './to-visit.ts'
import { useEntry } from './use-entry.ts'

/** What is wrong with a field, once it was left or a save was tried: nobody is scolded while typing. */
export function useFieldProblem(field: string): Problem | undefined {
  return useEntry((entry) =>
    entry.isTried || entry.left.has(field)
      ? entry.problems.find((problem) => problem.field === field)
      : undefined,
  )
}
