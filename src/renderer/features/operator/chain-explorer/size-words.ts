/** Size classes are numbered from 1. */
export const sizeWords = (sizeClass: number, words: readonly string[]): string =>
  words[sizeClass - 1] ?? String(sizeClass)
