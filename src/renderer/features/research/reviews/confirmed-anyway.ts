/** What stands against “confirmed” among the numbers that were compared. A name that no number has speaks against none. Pure. */
import type { Compared } from './use-reviews.ts'

export function againstConfirmed(compared: readonly Pick<Compared, 'verdict'>[]): {
  /** Printed as another number than the attested one. */
  readonly differing: number
  /** Printed where nothing was released. */
  readonly withheld: number
  /** That some number of the package has the name of. */
  readonly all: number
} {
  const count = (of: Compared['verdict']) => compared.filter(({ verdict }) => verdict === of).length
  const [same, differing, withheld] = [count('same'), count('differs'), count('withheld')]
  return { differing, withheld, all: same + differing + withheld }
}
