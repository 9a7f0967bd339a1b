/** Which actions the palette shows for what somebody types: by their names, and by the words that people use instead of them. */

export interface Findable {
  readonly label?: string
  readonly keywords?: string | string[]
}

/**
 * Those whose name holds all of it first, then those whose name holds each word, then those that other words lead to. Every word must be found:
 * in a name anywhere, in other words from the beginning of one, since “age” is in “manage” and is not meant.
 */
export function foundActions<T extends Findable>(query: string, actions: readonly T[]): T[] {
  const whole = query.trim().toLowerCase()
  const words = whole.split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return [...actions]
  const ranked: [T[], T[], T[]] = [[], [], []]
  for (const action of actions) {
    const label = action.label?.toLowerCase() ?? ''
    const others = [action.keywords ?? []].flat().map((each) => each.toLowerCase())
    if (label.includes(whole)) ranked[0].push(action)
    else if (words.every((word) => label.includes(word))) ranked[1].push(action)
    else if (words.every((word) => label.includes(word) || others.some((each) => leadsTo(each, word))))
      ranked[2].push(action)
  }
  return ranked.flat()
}

/** Chinese has no spaces between its words. */
const leadsTo = (said: string, word: string): boolean =>
  said.startsWith(word) || said.includes(/^[\p{ASCII}]/u.test(word) ? ` ${word}` : word)
