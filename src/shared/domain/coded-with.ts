/**
 * With which edition of a code list a record was coded: an entry for each list beside what was confirmed, its hash as the
 * value (docs/spec/code-lists.md C6, ADR 0022). Pure.
 */
import type { Code, Envelope, VisitRecord } from './visit.ts'

/** Lists of which editions are told apart; `path` of an entry is `codes.LIST`. */
const EDITION_LISTS = ['diagnosis', 'procedure', 'medicine', 'department'] as const
type EditionList = (typeof EDITION_LISTS)[number]
type Confirmation = Envelope['confirmations'][number]
type Coded = Pick<VisitRecord, 'diagnoses' | 'procedures' | 'prescriptions'> & {
  readonly encounter: Pick<VisitRecord['encounter'], 'department'>
}

const RULE = 'coded-with'
/** Of an envelope. */
const CONFIRMATIONS_MAX = 200

export const isCodedWith = ({ rule }: Pick<Confirmation, 'rule'>): boolean => rule === RULE

/** The editions that a record names. */
export const editionsOf = (
  confirmations: readonly Confirmation[],
): { readonly list: EditionList; readonly hash: string }[] =>
  confirmations.filter(isCodedWith).flatMap(({ path, value }) => {
    const list = EDITION_LISTS.find((each) => path === `codes.${each}`)
    return list === undefined ? [] : [{ list, hash: value }]
  })

/**
 * What was confirmed, with the edition of each list that codes of this version come from. Of a list whose codes are those of
 * the version before, the entry of that version stays, and so does its silence: nobody has coded them anew. What a caller
 * says of editions is not believed.
 * @param inUse hash of the edition in use, by list
 * @param by key id of who signs
 */
export function withEditions(
  visit: Coded & { readonly confirmations: readonly Confirmation[] },
  before: (Coded & { readonly envelope: Pick<Envelope, 'confirmations'> }) | null,
  inUse: (list: EditionList) => string,
  by: string,
): Confirmation[] {
  const entries = EDITION_LISTS.flatMap((list): Confirmation[] => {
    const codes = codesOf(visit, list)
    if (codes.length === 0) return []
    const path = `codes.${list}`
    if (before !== null && sameCodes(codes, codesOf(before, list)))
      return before.envelope.confirmations.filter((each) => isCodedWith(each) && each.path === path)
    return [{ path, rule: RULE, value: inUse(list), by }]
  })
  const confirmed = visit.confirmations.filter((each) => !isCodedWith(each))
  return [...confirmed.slice(-(CONFIRMATIONS_MAX - entries.length)), ...entries]
}

/** Words, and codes that no list has, were taken from no list. */
function codesOf({ encounter, diagnoses, procedures, prescriptions }: Coded, list: EditionList): string[] {
  const codes: readonly (Code | undefined)[] =
    list === 'diagnosis'
      ? diagnoses.filter((each) => each.unlisted !== true).map((each) => each.code)
      : list === 'procedure'
        ? procedures.map((each) => each.code)
        : list === 'medicine'
          ? prescriptions.map((each) => each.code)
          : [encounter.department]
  return codes
    .flatMap((each) => (each === undefined || each.code === 'text' ? [] : [`${each.system}|${each.code}`]))
    .sort()
}

/** In any order: moving a row codes nothing. */
const sameCodes = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each, i) => each === other[i])
