/**
 * Which pre-shared keys of the network are open at a time (docs/spec/network.md section 9). The clock is an argument: on
 * a chain that stands still nothing else says that an old key's time is over.
 */

export type GenerationsHeld = {
  /** Generations whose key is here, those that are decided and not in effect yet too. */
  readonly held: readonly number[]
  /** The generation in effect. */
  readonly current: number
  /** Since when it is known here to be in effect; milliseconds, as `now`. */
  readonly since: number
  readonly now: number
  /** How long the key before it stays open beside it, in milliseconds. */
  readonly overlapMs: number
}

export type OpenGenerations = {
  readonly open: readonly number[]
  /** In how many milliseconds the old key closes; null where none is open beside the one in effect. */
  readonly closesInMs: number | null
}

export function openGenerations(given: GenerationsHeld): OpenGenerations {
  const { held, current } = given
  const leftMs = given.since + given.overlapMs - given.now
  const inTime = held.filter(
    // Never closed where the new one is not here: the old one is the only way to ask for it.
    (generation) =>
      generation >= current || !held.includes(current) || (generation === current - 1 && leftMs > 0),
  )
  // A machine has two ports, in turn: the newer generation takes the one of the generation two before it.
  const open = inTime.filter(
    (generation) => !inTime.some((newer) => newer > generation && (newer - generation) % 2 === 0),
  )
  const isOldOpen = held.includes(current) && open.includes(current - 1)
  return { open, closesInMs: isOldOpen ? leftMs : null }
}
