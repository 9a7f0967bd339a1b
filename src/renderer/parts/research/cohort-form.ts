/** What the form does to a definition: new parts, changed parts, and codes as people type them. Pure. */
import type { CodeKind, CodeSet } from '../../../shared/domain/code-set.ts'
import { comparableCode, readPatterns, standInName } from '../../../shared/domain/code-set.ts'
import {
  cohortDefinition,
  type CohortDefinition,
  type CohortRule,
  type EventFilter,
} from '../../../shared/domain/cohort.ts'
import { resultCode } from '../../../shared/domain/result-codes.ts'

/** Whatever carries its code sets: a cohort, or how it is followed. */
export interface CodeSetHolder {
  readonly codeSets: CohortDefinition['codeSets']
}

export type EventKind = EventFilter['kind']
export type RuleKind = CohortRule['kind']

export const EVENT_KINDS: readonly EventKind[] = [
  'diagnosis',
  'result',
  'coded-result',
  'prescription',
  'procedure',
  'visit',
  'claim',
  'death',
]
/** In the order of the menu; `hospital` comes with studies over several hospitals. */
export const RULE_KINDS: readonly RuleKind[] = [
  'occurs',
  'last',
  'age',
  'sex',
  'payer',
  'calendar',
  'observed',
  'any',
  'all',
  'not',
]

/** Codes of this kind go with an event; null where it has none. */
export function codeKindOf(kind: EventKind): CodeKind | null {
  switch (kind) {
    case 'diagnosis':
    case 'procedure':
      return kind
    case 'prescription':
      return 'medicine'
    case 'result':
    case 'coded-result':
    case 'visit':
    case 'claim':
    case 'death':
      return null
  }
}

/** Another kind of event in the same place; one with codes gets a set of its own, empty until codes are typed. */
export function withEventKind<T extends CodeSetHolder>(
  definition: T,
  kind: EventKind,
): { definition: T; event: EventFilter } {
  const codes = codeKindOf(kind)
  if (codes !== null) {
    const id = freeSetId(definition)
    return { definition, event: { kind, codes: id } as EventFilter }
  }
  if (kind === 'result') return { definition, event: { kind, test: 'hba1c' } }
  if (kind === 'coded-result') return { definition, event: newCodedResult('smoking') }
  return { definition, event: { kind: kind === 'death' || kind === 'claim' ? kind : 'visit' } }
}

/** Of smoking whoever smokes, of other tests what was found. */
export function newCodedResult(test: string): Extract<EventFilter, { kind: 'coded-result' }> {
  return { kind: 'coded-result', test, anyOf: [test === 'smoking' ? '77176002' : '10828004'] }
}

/** Codes of results as people type them, apart by commas or spaces. What is none comes back as it was. */
export function resultCodesFromText(text: string): { codes: string[]; wrong: string[] } {
  const codes: string[] = []
  const wrong: string[] = []
  for (const word of text.normalize('NFKC').split(/[\s,;、]+/)) {
    if (word === '') continue
    if (resultCode.safeParse(word).success) codes.push(word)
    else wrong.push(word)
  }
  return { codes: [...new Set(codes)], wrong }
}

/** A name that no set of the definition, and no event of it, has. */
export function freeSetId(definition: CodeSetHolder): string {
  const text = JSON.stringify(definition)
  for (let n = 1; ; n++) if (!text.includes(`"set-${n}"`)) return `set-${n}`
}

export const newRule = (kind: RuleKind): CohortRule => {
  switch (kind) {
    case 'occurs':
      return { kind, event: { kind: 'visit' }, window: { from: -365, to: 0 }, atLeast: 1 }
    case 'last':
      return { kind, event: newCodedResult('smoking'), window: { from: -1825, to: 0 } }
    case 'age':
      return { kind, atLeast: 18 }
    case 'sex':
      return { kind, anyOf: ['female'] }
    case 'payer':
      return { kind, anyOf: ['NHI'] }
    case 'hospital':
      return { kind, anyOf: [''] }
    case 'calendar':
      return { kind }
    case 'observed':
      return { kind, beforeDays: 365, afterDays: 0 }
    case 'all':
    case 'any':
      return { kind, of: [newRule('age')] }
    case 'not':
      return { kind, rule: newRule('occurs') }
  }
}

/** The same event with a code set of its own: what is changed in one place must not change another. */
export function withOwnCodes(
  definition: CohortDefinition,
  event: EventFilter,
): { definition: CohortDefinition; event: EventFilter } {
  if (!('codes' in event)) return { definition, event }
  const id = freeSetId(definition)
  const set = definition.codeSets[event.codes]
  return {
    definition: set === undefined ? definition : withCodeSet(definition, id, set),
    event: { ...event, codes: id },
  }
}

export interface TypedCodes {
  readonly set: CodeSet | null
  readonly wrong: readonly string[]
}

/** `E11*, -E11.22` → include and exclude. Null where no code is left. */
export function codesFromText(kind: CodeKind, name: string, text: string): TypedCodes {
  const words = text.split(/[\s,;、，；]+/).filter((word) => word !== '')
  const isLeftOut = (word: string) => /^[-−–]/.test(word)
  const included = readPatterns(words.filter((word) => !isLeftOut(word)).join(','))
  const excluded = readPatterns(
    words
      .filter(isLeftOut)
      .map((word) => word.slice(1))
      .join(','),
  )
  const wrong = [...included.wrong, ...excluded.wrong]
  if (included.patterns.length === 0) return { set: null, wrong }
  return {
    set: {
      kind,
      name: name === '' ? standInName(included.patterns) : name,
      include: included.patterns,
      exclude: excluded.patterns,
    },
    wrong,
  }
}

/** A code that was found by words, behind those that were typed: of diagnoses and medicines with what stands below it. */
export function withFoundCode(text: string, kind: CodeKind, code: string): string {
  const pattern = `${comparableCode(code)}${kind === 'procedure' ? '' : '*'}`
  const { patterns } = readPatterns(text)
  if (patterns.includes(pattern)) return text
  const typed = text.trim().replace(/[,;、，；]+$/, '')
  return typed === '' ? pattern : `${typed}, ${pattern}`
}

/** The beginning of an ICD-10 code, or of one of its modifications; a whole one has three characters and more. */
const ICD10_START = /^[A-Z]([0-9]([0-9AB][0-9A-Z]{0,5})?)?$/
const ICD10_CATEGORY = 3

/**
 * What probably was not meant, of diagnoses: words instead of codes, and categories without what is below them. Other codes exist, so it is said
 * and nothing is refused.
 */
export function doubtsOfCodes(kind: CodeKind, set: CodeSet | null): { unlike: string[]; alone: string[] } {
  if (kind !== 'diagnosis' || set === null) return { unlike: [], alone: [] }
  const bare = (pattern: string): string => pattern.replace(/\*$/, '')
  const isLike = (pattern: string): boolean =>
    ICD10_START.test(bare(pattern)) && (pattern.endsWith('*') || pattern.length >= ICD10_CATEGORY)
  return {
    unlike: set.include.filter((pattern) => !isLike(pattern)),
    alone: set.include.filter(
      (pattern) => isLike(pattern) && pattern.length === ICD10_CATEGORY && !pattern.endsWith('*'),
    ),
  }
}

export const textOfCodes = ({ include, exclude }: Pick<CodeSet, 'include' | 'exclude'>): string =>
  [...include, ...exclude.map((code) => `-${code}`)].join(', ')

export function withCodeSet<T extends CodeSetHolder>(definition: T, id: string, set: CodeSet | null): T {
  const { [id]: _before, ...others } = definition.codeSets
  return { ...definition, codeSets: set === null ? others : { ...others, [id]: set } }
}

export type ReadText =
  | { readonly kind: 'definition'; readonly definition: CohortDefinition }
  /** `where`: the place of the first mistake, or the reason why it is no JSON. */
  | { readonly kind: 'wrong'; readonly where: string }

export function readDefinition(text: string): ReadText {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return { kind: 'wrong', where: error instanceof Error ? error.message : 'JSON' }
  }
  const read = cohortDefinition.safeParse(parsed)
  if (read.success) return { kind: 'definition', definition: read.data }
  const [first] = read.error.issues
  return { kind: 'wrong', where: `${first?.path.join('.') ?? ''} ${first?.message ?? ''}`.trim() }
}

/** The number in a field, or undefined while it is empty or none. */
export function wholeNumber(text: string): number | undefined {
  const folded = text.normalize('NFKC').replace('−', '-').trim()
  return /^-?[0-9]{1,5}$/.test(folded) ? Number(folded) : undefined
}
