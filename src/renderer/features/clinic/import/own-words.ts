/** Rules for the hospital's own words and units, as the wizard's answers hold them. No screen. */
import type { TrialReport } from '../../../../shared/contract/tables.ts'
import { LAB_TESTS } from '../../../../shared/domain/lab-tests.ts'
import type { TableLayout, TableMapping, WordField } from '../../../../shared/domain/table-mapping.ts'
import { WORD_FIELDS } from '../../../../shared/domain/table-mapping.ts'
import { unitsOf } from '../../../../shared/domain/units.ts'
import type { Words } from '../../../words/catalogue.ts'

export type WordKind = WordField | 'unit'
/** `count` 0: nobody has counted it. */
export interface OwnWord {
  readonly kind: WordKind
  readonly text: string
  readonly count: number
}

type Rules = { readonly values: TableMapping['values']; readonly units: TableMapping['units'] }

/** Every spelling that a rule may lead to. */
export const KNOWN_UNITS: string[] = [...new Set(LAB_TESTS.flatMap((test) => unitsOf(test)))].sort((a, b) =>
  a < b ? -1 : 1,
)

/** Words of a trial, by what their column is in these layouts; what stands in no such column is left out. */
export function ownWordsOf(unknown: TrialReport['unknown'], layouts: readonly TableLayout[]): OwnWord[] {
  const found = new Map<string, OwnWord>()
  for (const { kind, column, text, count } of unknown) {
    const field = kind === 'unit' ? 'unit' : wordFieldOf(column, layouts)
    if (field === null || text === '' || (field === 'unit' && text.length > 64)) continue
    const key = keyOf({ kind: field, text })
    found.set(key, { kind: field, text, count: count + (found.get(key)?.count ?? 0) })
  }
  return [...found.values()]
}

/** The newer count of a word that was asked about before. */
export function mergedWords(before: readonly OwnWord[], more: readonly OwnWord[]): OwnWord[] {
  const all = new Map([...before, ...more].map((word) => [keyOf(word), word]))
  return [...all.values()]
}

function wordFieldOf(column: string, layouts: readonly TableLayout[]): WordField | null {
  for (const { columns } of layouts)
    for (const { header, field } of columns) if (header === column && isWordField(field)) return field
  return null
}

function isWordField(field: string): field is WordField {
  return (WORD_FIELDS as readonly string[]).includes(field)
}

/** All that have a meaning already and all that are asked about; each once. What an empty cell means is asked elsewhere. */
export function wordsToSay({ values, units }: Rules, asked: readonly OwnWord[]): OwnWord[] {
  const rows = new Map<string, OwnWord>()
  for (const word of asked) rows.set(keyOf(word), word)
  for (const { field, from } of values)
    if (from !== '' && !rows.has(keyOf({ kind: field, text: from })))
      rows.set(keyOf({ kind: field, text: from }), { kind: field, text: from, count: 0 })
  for (const { from } of units)
    if (!rows.has(keyOf({ kind: 'unit', text: from })))
      rows.set(keyOf({ kind: 'unit', text: from }), { kind: 'unit', text: from, count: 0 })
  return [...rows.values()]
}

/** Empty where nothing was said. */
export function meaningOf({ values, units }: Rules, { kind, text }: OwnWord): string {
  const rule =
    kind === 'unit'
      ? units.find(({ from }) => from === text)
      : values.find(({ field, from }) => field === kind && from === text)
  return rule?.to ?? ''
}

export function withMeaning({ values, units }: Rules, { kind, text }: OwnWord, to: string): Partial<Rules> {
  if (kind === 'unit')
    return { units: replaced(units, ({ from }) => from === text, to === '' ? null : { from: text, to }) }
  const isIt = ({ field, from }: TableMapping['values'][number]) => field === kind && from === text
  return { values: replaced(values, isIt, to === '' ? null : { field: kind, from: text, to }) }
}

/** In its place, so that a row does not jump while somebody types into it. */
function replaced<T>(rules: readonly T[], isIt: (rule: T) => boolean, rule: T | null): T[] {
  const at = rules.findIndex(isIt)
  if (at < 0) return rule === null ? [...rules] : [...rules, rule]
  return rules.toSpliced(at, 1, ...(rule === null ? [] : [rule]))
}

/** What a word of this kind can mean, in the window's language. */
export function meaningsOf(kind: WordField, clinical: Words['clinical']): { value: string; label: string }[] {
  const names: Record<WordField, Readonly<Record<string, string>>> = {
    'patient.sex': clinical.sex,
    'visit.class': clinical.class,
    'visit.payer': clinical.payer,
    'visit.status': clinical.status,
    'patient.consent': clinical.consent,
  }
  return Object.entries(names[kind]).map(([value, label]) => ({ value, label }))
}

const keyOf = ({ kind, text }: Pick<OwnWord, 'kind' | 'text'>): string => `${kind}|${text}`
