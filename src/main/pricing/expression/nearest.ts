/** The known name that a mistyped one most likely meant, or null: at most a third of its letters away. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.min(3, Math.floor(name.length / 3) + 1)
  for (const each of known) {
    // Names are bounded by the source; longer ones are nobody's slip.
    if (Math.abs(each.length - name.length) > least || each.length > 64 || name.length > 64) continue
    const away = distance(name.toLowerCase(), each.toLowerCase())
    if (away < least || (away === least && best === null)) {
      best = each
      least = away
    }
  }
  return best
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
