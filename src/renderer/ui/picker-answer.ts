/** What a picker does when its list arrives after the key that needed it. Pure, but for the picks still under way. */

/** `enter`: the first of the list was taken before it could be seen; `blur`: the field was left with a text in it. */
export type Wanted = 'enter' | 'blur' | null

export type Answer<Option> = { kind: 'take'; option: Option } | { kind: 'extra' } | { kind: 'none' }

/** Enter takes the best, or else the action below the list; leaving takes only what was typed whole and is one. */
export function answerFor<Option>(
  wanted: Wanted,
  found: readonly Option[],
  hasExtra: boolean,
  isExact: (option: Option) => boolean,
): Answer<Option> {
  if (wanted === 'enter') {
    const [best] = found
    if (best !== undefined) return { kind: 'take', option: best }
    return hasExtra ? { kind: 'extra' } : { kind: 'none' }
  }
  if (wanted === 'blur') {
    const exact = found.filter(isExact)
    if (exact.length === 1) return { kind: 'take', option: exact[0]! }
  }
  return { kind: 'none' }
}

const underWay = new Set<Promise<void>>()

/** Counts a list that somebody waits for, until it has arrived or failed. */
export function holdPick(list: Promise<void>): void {
  underWay.add(list)
  void list.finally(() => underWay.delete(list))
}

/** When every choice made so far has its value: a form is saved only then. */
export async function picksSettled(): Promise<void> {
  await Promise.all(underWay)
}
