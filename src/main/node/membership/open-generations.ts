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
  const isHere = held.includes(current)
  // Never closed where the new one is not here: the old one is the only way to ask for it.
  const before = held.filter(
    (generation) => generation < current && (!isHere || (generation === current - 1 && leftMs > 0)),
  )
  const coming = held.filter((generation) => generation > current).sort((a, b) => a - b)
  // A machine has two ports, in turn. What others may have only as well comes before what nobody needs to have yet.
  const open: number[] = []
  for (const generation of [...(isHere ? [current] : []), ...before.sort((a, b) => b - a), ...coming])
    if (!open.some((other) => (generation - other) % 2 === 0)) open.push(generation)
  const isOldOpen = isHere && open.includes(current - 1)
  return { open: open.sort((a, b) => a - b), closesInMs: isOldOpen ? leftMs : null }
}
