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
/** Of one list in one record: of what was coded with more, nothing is said. */
const EDITIONS_MAX = 10

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
 * What was confirmed, with the edition of each list that codes of this version come from. Codes that the version before has
 * too keep what that says of them, also where it says nothing: nobody has coded them anew. So a list has both editions where
 * only some of its codes are new, and none where some are of an edition that nobody knows. What a caller says of editions is
 * not believed.
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
    const now: Confirmation = { path, rule: RULE, value: inUse(list), by }
    const known = before === null ? [] : codesOf(before, list)
    if (!codes.some((code) => known.includes(code))) return [now]
    const said = (before?.envelope.confirmations ?? []).filter(
      (each) => isCodedWith(each) && each.path === path,
    )
    if (said.length === 0 || codes.every((code) => known.includes(code))) return said
    const all = said.some(({ value }) => value === now.value) ? said : [...said, now]
    return all.length > EDITIONS_MAX ? [] : all
  })
  return confirmedWith(visit.confirmations, entries)
}

/** What a version has confirmed, with what was confirmed of a change that leaves its codes alone. */
export const withConfirmed = (
  known: readonly Confirmation[],
  said: readonly Confirmation[],
): Confirmation[] => confirmedWith([...known, ...said], known.filter(isCodedWith))

/** Within what an envelope takes; an edition gives way to nothing. */
function confirmedWith(all: readonly Confirmation[], editions: readonly Confirmation[]): Confirmation[] {
  const confirmed = all.filter((each) => !isCodedWith(each))
  return [...confirmed.slice(-(CONFIRMATIONS_MAX - editions.length)), ...editions]
}

/** Words, and codes that no edition has, were taken from none: those of other hospitals and imports, and this one's own. */
function codesOf({ encounter, diagnoses, procedures, prescriptions }: Coded, list: EditionList): string[] {
  const codes: readonly (Code | undefined)[] =
    list === 'diagnosis'
      ? diagnoses.filter((each) => each.unlisted !== true).map((each) => each.code)
      : list === 'procedure'
        ? procedures.map((each) => each.code)
        : list === 'medicine'
          ? prescriptions.map((each) => each.code)
          : [encounter.department]
  return codes.flatMap((each) =>
    each === undefined || each.code === 'text' || isOfNoEdition(each) ? [] : [`${each.system}|${each.code}`],
  )
}

const isOfNoEdition = ({ system }: Code): boolean =>
  system === 'local' || system.startsWith('urn:consilium:local:')
