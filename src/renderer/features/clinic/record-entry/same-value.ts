/** Equal as data, whatever the order of keys; an absent key equals an undefined one. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((each, i) => sameValue(each, b[i]))
    )
  const one = a as Record<string, unknown>
  const two = b as Record<string, unknown>
  return [...new Set([...Object.keys(one), ...Object.keys(two)])].every((key) =>
    sameValue(one[key], two[key]),
  )
}
