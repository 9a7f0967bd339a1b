/** What `npm run attacks` says in its last line, and whether all is in order. */
import { hasSucceeded, type Attack, type Outcome } from './attack.ts'

/** The attacks of the reference, which the last line counts; later ones of our own must fail as well. */
const LISTED = 16

export interface Tried {
  readonly attack: Pick<Attack, 'name'>
  readonly naive: Outcome
  readonly ours: Outcome
}

export function lastLine(tried: readonly Tried[]): { readonly line: string; readonly isInOrder: boolean } {
  const listed = tried.filter(({ attack: { name } }) => Number(name.slice(1)) <= LISTED)
  const failedAgainstOurs = listed.filter(({ ours }) => !hasSucceeded(ours)).length
  const succeededOnNaive = listed.filter(({ naive }) => hasSucceeded(naive)).length
  return {
    line: JSON.stringify({ attacks: listed.length, failedAgainstOurs, succeededOnNaive }),
    isInOrder: tried.every(({ naive, ours }) => hasSucceeded(naive) && !hasSucceeded(ours)),
  }
}
