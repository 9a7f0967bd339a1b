/** Which actions the palette shows for what somebody types: by their names, and by the words that people use instead of them. */

export interface Findable {
  readonly label?: string
  readonly keywords?: string | string[]
}

/**
 * Those whose name begins with all of it first, then those whose name holds it, then those whose name holds each word or begins like it (“price”, “Pricing”), then those that other
 * words lead to. Every word must be found: in a name anywhere, in other words from the beginning of one, since “age” is in “manage” and is not meant.
 */
export function foundActions<T extends Findable>(query: string, actions: readonly T[]): T[] {
  const whole = query.trim().toLowerCase()
  const words = whole.split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return [...actions]
  const ranked: [T[], T[], T[], T[]] = [[], [], [], []]
  for (const action of actions) {
    const label = action.label?.toLowerCase() ?? ''
    const others = [action.keywords ?? []].flat().map((each) => each.toLowerCase())
    if (label.startsWith(whole)) ranked[0].push(action)
    else if (label.includes(whole)) ranked[1].push(action)
    else if (words.every((word) => label.includes(word))) ranked[2].push(action)
    else if (words.every((word) => label.includes(word) || others.some((each) => leadsTo(each, word))))
      ranked[words.every((word) => beginsLike(label, word)) ? 2 : 3].push(action)
  }
  return ranked.flat()
}

/** The other words by which an action was found, whole; none where its name, as it is shown, holds what was typed. */
export function foundBy(query: string, { label = '', keywords = [] }: Findable): string[] {
  const typed = query.trim().toLowerCase().split(/\s+/)
  const said = [keywords].flat().flatMap((each) => each.split(/\s+/))
  const led = typed.flatMap((word) => {
    if (word === '' || label.toLowerCase().includes(word)) return []
    const other = said.find((each) => leadsTo(each.toLowerCase(), word))
    return other === undefined ? [] : [other]
  })
  return [...new Set(led)]
}

/** Its ending aside, a word of five letters or more begins a word of the name. */
const beginsLike = (label: string, word: string): boolean =>
  label.split(/\s+/).some((each) => word.length >= 5 && each.startsWith(word.slice(0, -1)))

/** Chinese has no spaces between its words. */
const leadsTo = (said: string, word: string): boolean =>
  said.startsWith(word) || said.includes(/^[\p{ASCII}]/u.test(word) ? ` ${word}` : word)
