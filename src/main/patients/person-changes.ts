/**
 * What becomes of a person's row when somebody corrects it, when an import knows more, and when a visit says that the person
 * died: the row as it is then, with what stood there before. Pure. docs/spec/patient-data.md has the rules.
 */
import type { PatientInput, PersonalField, PersonChange } from '../../shared/contract/patients.ts'
import { personalField } from '../../shared/contract/patients.ts'
import type { SourcePatient, VisitDraft } from '../../shared/domain/source.ts'
import { normaliseId } from './linkage/person.ts'
import { nationalIdentity, saidOf, type PatientRow } from './patient-row.ts'

/** Of one person; what is older goes. */
const CHANGES_MAX = 200

export type Said = Pick<PatientRow, 'name' | 'sex'> & Partial<Pick<PatientRow, PersonalField>>
type By = Pick<PersonChange, 'at' | 'by' | 'byName' | 'how'>

/** The row with other data of the person; null where nothing differs. */
export function changedRow(row: PatientRow, said: Said, by: By): PatientRow | null {
  const fields = personalField.options.flatMap((field) => {
    const [before, after] = [textOf(row, field), textOf(said, field)]
    return before === after ? [] : [{ field, before, after }]
  })
  if (fields.length === 0) return null
  const next: PatientRow = { ...row }
  for (const field of personalField.options) delete next[field]
  Object.assign(next, said)
  next.changes = [...(row.changes ?? []), { ...by, fields }].slice(-CHANGES_MAX)
  // A number that was wrong may be somebody else's: an import that brings it does not mean this person any more. What the
  // patient key was made of stays, or the history would split.
  if (row.nationalId !== said.nationalId) {
    const wrong = row.nationalId === undefined ? null : nationalIdentity(row.nationalId)
    const right = said.nationalId === undefined ? [] : [nationalIdentity(said.nationalId)]
    next.identities = [...new Set([...row.identities.filter((each) => each !== wrong), ...right])]
  }
  return next
}

/** What a person typed into the form of this row. */
export function typedOver(row: PatientRow, input: Parameters<typeof saidOf>[0]): Said {
  const said = saidOf(input)
  // A form has no field for “dead, nobody knows since when”: that stays until a date is said or taken back.
  const isDeathOpen = row.deathDate === undefined && row.deceased !== undefined && !('deathDate' in said)
  const sameCause = row.causeOfDeath !== undefined && said.causeOfDeath?.code === row.causeOfDeath.code
  return {
    ...said,
    ...(isDeathOpen ? { deceased: row.deceased } : {}),
    ...(sameCause ? { causeOfDeath: row.causeOfDeath } : {}),
  } as Said
}

/** Whether what people are told apart by is another one now. */
export function isOtherToTellApart(before: PatientRow, after: PatientInput | PatientRow): boolean {
  const fields = ['name', 'latinName', 'nationalId', 'sex', 'birthDate', 'phone'] as const
  return fields.some((field) => (before[field] ?? '') !== (after[field] ?? ''))
}

/** Whether a person decided about the date of death here: then this table says it, also where it says none. */
export const isDeathDecided = ({ changes = [] }: Pick<PatientRow, 'changes'>): boolean =>
  changes.some(({ how, fields }) => how !== 'import' && fields.some(({ field }) => field === 'deathDate'))

/** What a source says of a person: who it is, and what its visits say besides. */
export type SourcePerson = Pick<
  SourcePatient,
  'name' | 'latinName' | 'nationalId' | 'medicalRecordNumber' | 'sex' | 'birthDate' | 'phone'
> &
  Pick<VisitDraft['patient'], 'residenceRegion' | 'deceased' | 'deathDate' | 'causeOfDeath'>

/**
 * An import fills what is missing and makes more precise what is not precise. Whatever is said here and otherwise there stays
 * as it is and is named in `differs`: an import never writes over what somebody said.
 */
export function learnt(
  row: PatientRow,
  source: SourcePerson,
): { readonly said: Said; readonly differs: readonly PersonalField[] } {
  const said: Record<string, unknown> = {}
  const differs: PersonalField[] = []
  for (const field of personalField.options) if (row[field] !== undefined) said[field] = row[field]
  const take = (field: PersonalField, isSame: (here: string, there: string) => boolean): void => {
    const [here, there] = [textOf(row, field), textOf(source, field)]
    if (there === null || there === '' || here === there) return
    if (here === null || isMissing(field, here) || isMorePrecise(field, here, there))
      said[field] = source[field]
    else if (!isMissing(field, there) && !isMorePrecise(field, there, here) && !isSame(here, there))
      differs.push(field)
  }
  take('name', (here, there) => foldedName(here) === foldedName(there) || there === row.latinName)
  take('latinName', (here, there) => foldedName(here) === foldedName(there))
  for (const field of ['nationalId', 'medicalRecordNumber', 'phone'] as const)
    take(field, (here, there) => normaliseId(here) === normaliseId(there))
  for (const field of ['sex', 'birthDate', 'residenceRegion'] as const) take(field, () => false)
  if (!isDeathDecided(row)) {
    take('deathDate', () => false)
    // A source that does not say so knows nothing; one that says “no” of a person who died here is behind.
    if (source.deceased === true || said['deathDate'] !== undefined) said['deceased'] = true
    take('causeOfDeath', () => false)
  } else if (source.deathDate !== undefined && source.deathDate !== row.deathDate) differs.push('deathDate')
  return { said: said as unknown as Said, differs }
}

/** The person died on this day, as a visit says and somebody confirmed. */
export const diedOn = (row: PatientRow, deathDate: string, by: By): PatientRow =>
  changedRow(row, { ...plainOf(row), deceased: true, deathDate }, by) ?? row

function plainOf(row: PatientRow): Said {
  const said: Record<string, unknown> = {}
  for (const field of personalField.options) if (row[field] !== undefined) said[field] = row[field]
  return said as unknown as Said
}

/** A source without names is shown by its number, in brackets. */
const isMissing = (field: PersonalField, text: string): boolean =>
  (field === 'sex' && text === 'unknown') || (field === 'name' && /^\(.*\)$/.test(text))

const isMorePrecise = (field: PersonalField, here: string, there: string): boolean =>
  (field === 'birthDate' || field === 'deathDate') && there.startsWith(`${here}-`)

const foldedName = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s,.-]+/g, '')

function textOf(of: Partial<Pick<PatientRow, PersonalField>>, field: PersonalField): string | null {
  const value = of[field]
  if (value === undefined) return null
  return typeof value === 'object' ? value.code : String(value)
}
