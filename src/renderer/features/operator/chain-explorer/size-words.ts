/** Size classes are numbered from 0, as in the head. */
export const sizeWords = (sizeClass: number, words: readonly string[]): string =>
  words[sizeClass] ?? String(sizeClass)
