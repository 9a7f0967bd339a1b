/** Whose turn it is, and how many votes mean what (R2, R3). */
export { faultsTolerated, quorumOf } from '../../chain/voters.ts'

/** Fair and the same everywhere: proposers follow each other over the epoch's sorted list (R2). */
export function proposerSeat(height: number, round: number, voterCount: number): number {
  return (height + round) % voterCount
}
