/**
 * The versions of the chain's protocol that this program speaks. The rules of a version are frozen: a chain that was
 * built by them is judged by them for good. A new version is one more set of rules, which starts at a height that the
 * hospitals decide on when enough of them can speak it.
 */
export const PROTOCOLS = { min: 1, max: 1 } as const

/** A node stops before the height at which a version starts that it does not speak; until then it takes part. */
export const isSpoken = (version: number): boolean => version >= PROTOCOLS.min && version <= PROTOCOLS.max
