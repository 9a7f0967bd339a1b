/**
 * Which version of a visit counts from which block on, followed block by block: the first that replaces the version in force
 * counts (ADR 0011); one that came too late, or that another hospital wrote, never did. Pure.
 */

/** The version in `block` counts no more from block `by` on; `by === block`: it never counted. */
export interface Replaced {
  readonly block: number
  readonly by: number
}

export interface StandingOfVersions {
  /** In the order of the chain. */
  follow(version: {
    readonly block: number
    readonly supersedes: number | null
    readonly hospital: string
  }): Replaced | null
}

export function createStanding(): StandingOfVersions {
  /** First block of the visit, by the block of any later version; a visit's first version stands for itself. */
  const firstOf = new Map<number, number>()
  /** Version in force, by first block; only of visits with more than one. */
  const headOf = new Map<number, number>()
  /** Of every block: a number for its hospital. */
  const hospitals: number[] = []
  const hospitalNumbers = new Map<string, number>()

  return {
    follow({ block, supersedes, hospital }) {
      let number = hospitalNumbers.get(hospital)
      if (number === undefined) hospitalNumbers.set(hospital, (number = hospitalNumbers.size))
      hospitals[block] = number
      if (supersedes === null) return null
      // Of one that cannot be opened any more nobody knows whose it was: then both may be, and the later one counts.
      const isOwn = hospitals[supersedes] === undefined || hospitals[supersedes] === number
      const first = firstOf.get(supersedes) ?? supersedes
      const head = headOf.get(first) ?? first
      firstOf.set(block, first)
      if (!isOwn || head !== supersedes) return { block, by: block }
      headOf.set(first, block)
      return { block: head, by: block }
    },
  }
}
