/** Names for comparing: small letters, no accents, no punctuation. Pure. */

/** `D'Ångelo, José` → `dangelo jose`. */
export function foldName(name: string): string {
  // Nothing to fold, and half of the names of a table.
  if (/^[\u4e00-\u9fff]*$/.test(name)) return name
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’`.\-]/g, '')
    .replace(/[\s,;·・]+/g, ' ')
    .trim()
}

/** 1 for the same words in any order, else Jaro-Winkler, over the words as written and sorted. */
export function nameSimilarity(a: string, b: string): number {
  const sorted = (name: string): string =>
    name
      .split(' ')
      .sort((x, y) => (x < y ? -1 : 1))
      .join(' ')
  const [one, other] = [sorted(a), sorted(b)]
  return one === other ? 1 : Math.max(jaroWinkler(one, other), jaroWinkler(a, b))
}

/** Winkler (1990): share of common letters and transpositions, with a bonus for a common beginning. */
export function jaroWinkler(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = new Array<boolean>(b.length).fill(false)
  const common: string[] = []
  for (let i = 0; i < a.length; i++)
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++)
      if (!taken[j] && a[i] === b[j]) {
        taken[j] = true
        common.push(a[i]!)
        break
      }
  if (common.length === 0) return 0
  let swaps = 0
  let next = 0
  for (let j = 0; j < b.length; j++) if (taken[j] && b[j] !== common[next++]) swaps++
  const m = common.length
  const jaro = (m / a.length + m / b.length + (m - swaps / 2) / m) / 3
  let start = 0
  while (start < 4 && start < a.length && a[start] === b[start]) start++
  return jaro + start * 0.1 * (1 - jaro)
}
