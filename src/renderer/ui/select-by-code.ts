/**
 * Native lists are chosen by the first letter of their words. Chinese words have none on the keyboard, so there the letter
 * of the value counts: `f` for female, `i` for IMP. Pure.
 */
export function valueByLetter(
  key: string,
  options: readonly { readonly value: string; readonly label: string }[],
  current: string,
): string | null {
  const letter = key.toLowerCase()
  if (!/^[a-z]$/.test(letter)) return null
  if (options.some((option) => option.label.toLowerCase().startsWith(letter))) return null
  const found = options.filter((option) => option.value.toLowerCase().startsWith(letter))
  const here = found.findIndex((option) => option.value === current)
  return found[(here + 1) % Math.max(1, found.length)]?.value ?? null
}
