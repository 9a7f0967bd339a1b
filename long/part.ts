/**
 * A part of the long tests: many cases of one kind, run by `npm run test:long -- --part NAME` (`long/NAME.long.ts`).
 * The runner keeps which cases are done, so a run can be stopped at any moment and goes on with the next case.
 */
export interface LongPart {
  /** What the result line says, e.g. `kill -9 during an import`. */
  readonly title: string
  /** Cases are numbered 0 … caseCount - 1; each must depend on its number alone. */
  readonly caseCount: number
  /**
   * True where a case runs nothing but the code that the part imports: no other process, no worker, no built application.
   * Its results hold until that code changes; those of other parts hold for one commit.
   */
  readonly runsOnlyItself?: boolean
  /** @returns what was wrong, or null; with counts of what was done, which are added up for the result line */
  run(index: number, context: LongContext): Promise<string | null | CaseResult>
}

export interface CaseResult {
  readonly wrong: string | null
  readonly counts: Readonly<Record<string, number>>
}

export interface LongContext {
  /** An empty folder for this case, removed afterwards unless the case failed. */
  readonly folder: string
  /** The repository, for its built command line. */
  readonly root: string
}

/** `long/NAME.long.ts` exports `part`. */
export const longPart = (part: LongPart): LongPart => part

/** Numbers from 0 to 1, the same for the same case; what processes make of them is theirs. */
export function diceOf(index: number): () => number {
  let state = (index + 1) * 2_654_435_761
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
