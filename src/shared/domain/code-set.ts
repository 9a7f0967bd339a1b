/**
 * A code set is what a researcher means by “type 2 diabetes”: patterns over codes, with exceptions. Cohorts carry their code
 * sets whole, so a definition means the same wherever it is read. docs/spec/cohort.md section 2.
 */
import { z } from 'zod'
import { canonicalJson } from '../std/canonical-json.ts'

export const codeKind = z.enum(['diagnosis', 'procedure', 'medicine', 'test'])
export type CodeKind = z.infer<typeof codeKind>

/** A code as compared: capitals, without dots and spaces; `*` at the end stands for whatever follows. */
export const codePattern = z
  .string()
  .max(64)
  .regex(/^[^\s.*a-z]+\*?$/)

/** A version of a person's own code set that these codes are of; the hash names what it holds. */
export const codeSetVersion = z.object({
  name: z.string().min(1).max(120),
  version: z.int().min(1).max(1_000),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
})

export const codeSet = z.object({
  kind: codeKind,
  name: z.string().min(1).max(120),
  include: z.array(codePattern).min(1).max(5_000),
  exclude: z.array(codePattern).max(5_000),
  /** Absent where the codes were typed for this definition. It is no part of what the set means, and so of no hash. */
  from: codeSetVersion.optional(),
})
export type CodeSet = z.infer<typeof codeSet>

/** `e11.9 ` → `E119`: how codes are compared, whatever system wrote them. */
export function comparableCode(code: string): string {
  return code
    .normalize('NFKC')
    .replace(/[.\s\u200b]/g, '')
    .toUpperCase()
}

/** Patterns as a person types them, apart by commas, semicolons or spaces: `E11.*, E13.9`. What is no pattern comes back as it was. */
export function readPatterns(text: string): { patterns: string[]; wrong: string[] } {
  const patterns = new Set<string>()
  const wrong: string[] = []
  for (const word of text.split(/[\s,;、，；]+/)) {
    if (word === '') continue
    const folded = comparableCode(word)
    if (codePattern.safeParse(folded).success) patterns.add(folded)
    else wrong.push(word)
  }
  return { patterns: [...patterns], wrong }
}

/** Asks one comparable code. Exact patterns are looked up, prefixes are tried in order. */
export function codeMatcher(set: Pick<CodeSet, 'include' | 'exclude'>): (comparable: string) => boolean {
  const included = patternMatcher(set.include)
  const excluded = patternMatcher(set.exclude)
  return (comparable) => included(comparable) && !excluded(comparable)
}

/** Patterns that stand for the name of a set. */
const NAMED_MOST = 3
const NAME_MAX = 120

/** The name of a set to which nobody gave one. It is no sentence: whoever says the set back says its codes (`isUnnamed`). */
export const standInName = (include: readonly string[]): string =>
  include.slice(0, NAMED_MOST).join(', ').slice(0, NAME_MAX)

export const isUnnamed = ({ name, include }: Pick<CodeSet, 'name' | 'include'>): boolean =>
  name === '' || name === standInName(include)

/** The same set has one form: without doubles, in order. The name is no part of what it means. */
export function canonicalCodeSet(set: CodeSet): CodeSet {
  return { ...set, include: inOrder(set.include), exclude: inOrder(set.exclude) }
}

/** The text whose hash names what a code set holds, whatever it is called. */
export function codeSetText(set: CodeSet): string {
  const { kind, include, exclude } = canonicalCodeSet(set)
  return canonicalJson({ kind, include, exclude })
}

function patternMatcher(patterns: readonly string[]): (comparable: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  const prefixes = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1))
  return (comparable) => exact.has(comparable) || prefixes.some((prefix) => comparable.startsWith(prefix))
}

function inOrder(patterns: readonly string[]): string[] {
  return [...new Set(patterns)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
