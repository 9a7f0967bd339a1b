/**
 * Groups of codes by the classifications themselves: chapters of ICD-10 and main groups of ATC, as patterns of a code set (docs/spec/cohort.md section 2).
 * A definition holds the patterns, never the group's name, so that it means the same wherever it is read.
 */
import type { CodeKind } from './code-set.ts'

export interface CodeGroup {
  /** Roman number of the chapter, or letter of ATC level 1. */
  readonly key: string
  readonly patterns: readonly string[]
}

const letters = (all: string): string[] => [...all].map((letter) => `${letter}*`)
const places = (letter: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${letter}${from + i}*`)

/** ICD-10 of WHO (2019), whose borders the modifications share where codes exist. */
export const ICD_CHAPTERS: readonly CodeGroup[] = [
  { key: 'I', patterns: letters('AB') },
  { key: 'II', patterns: [...letters('C'), ...places('D', 0, 4)] },
  { key: 'III', patterns: places('D', 5, 9) },
  { key: 'IV', patterns: letters('E') },
  { key: 'V', patterns: letters('F') },
  { key: 'VI', patterns: letters('G') },
  { key: 'VII', patterns: places('H', 0, 5) },
  { key: 'VIII', patterns: places('H', 6, 9) },
  { key: 'IX', patterns: letters('I') },
  { key: 'X', patterns: letters('J') },
  { key: 'XI', patterns: letters('K') },
  { key: 'XII', patterns: letters('L') },
  { key: 'XIII', patterns: letters('M') },
  { key: 'XIV', patterns: letters('N') },
  { key: 'XV', patterns: letters('O') },
  { key: 'XVI', patterns: letters('P') },
  { key: 'XVII', patterns: letters('Q') },
  { key: 'XVIII', patterns: letters('R') },
  { key: 'XIX', patterns: letters('ST') },
  { key: 'XX', patterns: letters('VWXY') },
  { key: 'XXI', patterns: letters('Z') },
  { key: 'XXII', patterns: letters('U') },
]

/** Anatomical main groups: level 1 of ATC. Deeper levels are prefixes too: `C10*` is level 2, `C10A*` level 3. */
export const ATC_GROUPS: readonly CodeGroup[] = [...'ABCDGHJLMNPRSV'].map((key) => ({
  key,
  patterns: [`${key}*`],
}))

export function groupsOfCodes(kind: CodeKind): readonly CodeGroup[] {
  return kind === 'diagnosis' ? ICD_CHAPTERS : kind === 'medicine' ? ATC_GROUPS : []
}
