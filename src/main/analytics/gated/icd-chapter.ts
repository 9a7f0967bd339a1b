/** The chapter of ICD-10 that a code belongs to (WHO 2019; ICD-10-CM has the same borders but for II, XIX and XX). Pure. */

/** First category of each chapter, in the order of the classification. */
const FIRSTS: readonly (readonly [first: string, chapter: string])[] = [
  ['A00', 'I'],
  ['C00', 'II'],
  ['D50', 'III'],
  ['E00', 'IV'],
  ['F00', 'V'],
  ['G00', 'VI'],
  ['H00', 'VII'],
  ['H60', 'VIII'],
  ['I00', 'IX'],
  ['J00', 'X'],
  ['K00', 'XI'],
  ['L00', 'XII'],
  ['M00', 'XIII'],
  ['N00', 'XIV'],
  ['O00', 'XV'],
  ['P00', 'XVI'],
  ['Q00', 'XVII'],
  ['R00', 'XVIII'],
  ['S00', 'XIX'],
  // Causes from outside begin with V and go on through W, X and Y.
  ['V00', 'XX'],
  ['Z00', 'XXI'],
]

/** Roman number; null for what is no code of ICD-10. `code` in any spelling: dots, blanks and case do not matter. */
export function chapterOf(code: string): string | null {
  const plain = code.replace(/[.\s]/g, '').toUpperCase()
  // Of ICD-10-CM some categories end with a letter (C7A, M1A, Z3A).
  if (!/^[A-Z][0-9][0-9A-Z]/.test(plain)) return null
  // Codes for special purposes stand last in the book and before V in the alphabet.
  if (plain.startsWith('U')) return 'XXII'
  const category = plain.slice(0, 3)
  let chapter: string | null = null
  for (const [first, name] of FIRSTS) if (first <= category) chapter = name
  return chapter
}
