/** How complete a variable is, of a published table. Pure. */
import type { Catalog } from '../../../../shared/contract/requests.ts'

type Coverage = Catalog['coverage'][number]

/**
 * @returns the share of those with a value and half of its interval; null where it is not known: a level of which nothing is shown
 *   may hold some or nobody, and is no 0 of it
 */
export function shareKnown(
  known: Coverage['known'],
  missing: Coverage['missing'],
): { share: number; half: number } | null {
  if (missing === null || missing.value <= 0 || known.value <= 0) return null
  const total = known.value + missing.value
  return { share: known.value / total, half: Math.min(1, (known.halfWidth + missing.halfWidth) / total) }
}

/**
 * What is certain of the share at 95 % where one of the two is not shown: so many have a value at least, or at most. Null where both or neither
 * are shown, or nobody knows from how many on.
 */
export function shareBound({
  known,
  missing,
  hidden,
}: Coverage): { atLeast: number } | { atMost: number } | null {
  if (hidden === null) return null
  if (known.value > 0 && missing === null) {
    const least = Math.max(0, known.value - known.halfWidth)
    return { atLeast: least / (least + hidden.missing) }
  }
  if (known.value <= 0 && missing !== null) {
    const least = Math.max(0, missing.value - missing.halfWidth)
    return { atMost: hidden.known / (least + hidden.known) }
  }
  return null
}
