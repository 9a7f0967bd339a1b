/** Fields that are shown as soon as they hold something stay while the same visit is entered: none goes under the fingers. */
import { useState } from 'react'

/** What a latch is on for: as it was, and for this from now on where it is on. */
export const latched = (onFor: string | null, isOn: boolean, what: string): string | null =>
  isOn ? what : onFor === what ? onFor : null

/** @returns whether it is or was on for this, and what turns it on */
export function useLatch(isOn: boolean, what: string): [isShown: boolean, show: () => void] {
  const [onFor, setOnFor] = useState<string | null>(null)
  const next = latched(onFor, isOn, what)
  if (next !== onFor) setOnFor(next)
  return [next !== null, () => setOnFor(what)]
}
