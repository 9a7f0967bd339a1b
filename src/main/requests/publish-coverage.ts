/** Asking many tables in one go without taking the places of what people ask meanwhile (docs/spec/gateways.md X6). */
import type { CoverageTable, PublishedCoverage, Submitted } from '../../shared/contract/requests.ts'
import { AUTHOR_OPEN_STUDIES_MAX } from '../node/chain/limits.ts'

/** The other half of a member's places is for its people. */
export const OPEN_AT_ONCE = AUTHOR_OPEN_STUDIES_MAX / 2
const LOOK_MS = 500
/** Ten minutes without a place that gets free: hospitals are away. */
const LOOKS_MOST = 1_200

export interface Publishing {
  /** Studies of this member that have no answer, those on their way to the chain too. */
  openCount(): Promise<number>
  /** Asks one; `known` where it was asked already. */
  ask(table: CoverageTable): Promise<Submitted>
  readonly sleep: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** One after the other. What is refused ends it: the next one would be too. What was asked by then stays asked when it is cancelled. */
export async function publishCoverage(
  tables: readonly CoverageTable[],
  around: Publishing,
): Promise<PublishedCoverage> {
  const { onProgress } = around
  let [asked, known] = [0, 0]
  const until = (refused: PublishedCoverage['refused']): PublishedCoverage => ({
    asked,
    known,
    left: tables.length - asked - known,
    refused,
  })
  for (const table of tables) {
    onProgress(asked + known, tables.length)
    const answer = await whenThereIsPlace(table, around)
    if (answer === null) return until(null)
    if (answer.kind === 'submitted') asked++
    else if (answer.kind === 'known') known++
    else if (answer.kind === 'refused')
      return until(
        answer.limit === undefined
          ? { reason: answer.reason }
          : { reason: answer.reason, limit: answer.limit },
      )
    // The catalogue's own variables are asked in a form that is always good.
    else return until({ reason: 'not-taken' })
  }
  onProgress(tables.length, tables.length)
  return until(null)
}

/** Null where it was cancelled. */
async function whenThereIsPlace(
  table: CoverageTable,
  { openCount, ask, sleep, signal }: Publishing,
): Promise<Submitted | null> {
  for (let look = 0; look < LOOKS_MOST; look++) {
    if (signal.aborted) return null
    const answer = (await openCount()) < OPEN_AT_ONCE ? await ask(table) : TOO_MANY
    if (answer.kind !== 'refused' || answer.reason !== 'too-many-open') return answer
    await sleep(LOOK_MS)
  }
  return TOO_MANY
}

const TOO_MANY = { kind: 'refused', reason: 'too-many-open' } as const
