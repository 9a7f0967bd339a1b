/**
 * What may be asked about: the public data dictionary. Levels, limits and steps are declared here before anybody has seen data, so
 * that no choice of a bin can say something of a patient (docs/spec/privacy.md Q2).
 */

export type Variable =
  | { readonly kind: 'label'; readonly levels: readonly string[] }
  /** Whole numbers in the unit of the name; whatever lies outside counts as the nearest limit. Edges of bins are multiples of `step`. */
  | { readonly kind: 'number'; readonly least: number; readonly greatest: number; readonly step: number }

const number = (least: number, greatest: number, step: number): Variable => ({
  kind: 'number',
  least,
  greatest,
  step,
})
const label = (...levels: readonly string[]): Variable => ({ kind: 'label', levels })

const ICD_10_CHAPTERS =
  'I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII'.split(' ')

/** Of the patient on the index day, or of a visit where visits are counted. */
const DICTIONARY: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  ['age-years', number(0, 120, 5)],
  ['charlson', number(0, 20, 1)],
  ['claims', number(0, 50, 1)],
  ['cost-minor', number(0, 100_000_000, 10_000)],
  ['diagnosis-chapter', label(...ICD_10_CHAPTERS)],
  ['exposure-days', number(0, 366, 1)],
  ['follow-up-days', number(0, 7_320, 30)],
  ['follow-up-event', label('no', 'yes')],
  ['hba1c-tenths', number(30, 200, 5)],
  ['payer', label('NHI', 'PRIVATE', 'SELF', 'OTHER', 'UNKNOWN')],
  ['sex', label('female', 'male', 'other', 'unknown')],
  ['stay-days', number(0, 60, 1)],
  ['visit-class', label('AMB', 'EMER', 'HH', 'IMP', 'OBSENC', 'SS', 'UNK', 'VR')],
  ['visits-year', number(0, 100, 1)],
])

/** In their order. */
export const DICTIONARY_NAMES: readonly string[] = [...DICTIONARY.keys()]

export function variableOf(name: string): Variable | null {
  return DICTIONARY.get(name) ?? null
}

/** All of them, in order of their names: what a catalogue shows. */
export function dictionaryEntries(): readonly (readonly [name: string, variable: Variable])[] {
  return [...DICTIONARY]
}

/** Those come from a follow-up definition; nobody has them without one. */
export function needsFollowUp(name: string): boolean {
  return name.startsWith('follow-up-')
}
