/** Correcting what the hospital's own table says of a person, by the rules of a registration; nothing of it enters a block. */
import type {
  DuplicateCandidate,
  patients as patientsContract,
  PersonQuestion,
  PersonRefusal,
} from '../../shared/contract/patients.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { parseDay, parsePartialDate } from '../../shared/domain/dates.ts'
import { checkNationalId } from '../../shared/domain/national-id.ts'
import { isIcd10Code, normaliseIcd10 } from '../../shared/domain/visit-check.ts'
import { changedRow, isOtherToTellApart, typedOver } from '../patients/person-changes.ts'
import type { Candidate } from '../patients/linkage/candidates.ts'
import { nationalIdentity, toPatient, type PatientRow } from '../patients/patient-row.ts'
import type { Desk, ServiceContext } from './context.ts'
import { civilDateIn } from './facility-time.ts'
import { personGroups } from './person-groups.ts'

type PatientsHandlers = Handlers<typeof patientsContract>
type UpdateInput = Parameters<PatientsHandlers['update']>[0]

/** Why this cannot be said of a person, or null; `except` is the entry that it is said of. */
export function refusalOf(
  { names, profile }: Pick<Desk, 'names' | 'profile'>,
  patient: UpdateInput['patient'],
  now: number,
  except: string | null,
): { kind: 'refused'; field: string; rule: PersonRefusal } | null {
  const refuse = (field: string, rule: PersonRefusal) => ({ kind: 'refused', field, rule }) as const
  const today = parseDay(civilDateIn(profile.facts.zone, now))
  if (patient.name.trim() === '') return refuse('name', 'name-empty')
  const born = patient.birthDate === undefined ? null : parsePartialDate(patient.birthDate)
  if (patient.birthDate !== undefined && born === null) return refuse('birthDate', 'birth-date-impossible')
  if (born !== null && today !== null && born.first > today) return refuse('birthDate', 'birth-date-future')
  if (patient.nationalId !== undefined && patient.nationalId.trim() !== '') {
    const taken = names.findByIdentity(nationalIdentity(patient.nationalId))
    if (taken !== null && taken.patientId !== except) return refuse('nationalId', 'national-id-taken')
  }
  if (patient.deathDate !== undefined) {
    const died = parsePartialDate(patient.deathDate)
    if (died === null) return refuse('deathDate', 'death-date-impossible')
    if (today !== null && died.first > today) return refuse('deathDate', 'death-date-future')
    if (born !== null && died.last < born.first) return refuse('deathDate', 'death-before-birth')
  }
  const cause = normaliseIcd10(patient.causeOfDeath ?? '')
  if (cause !== '' && !isIcd10Code(cause)) return refuse('causeOfDeath', 'cause-malformed')
  return null
}

/**
 * What is odd of a person and nobody has confirmed yet. A slip in the national id makes another patient key of it, so that what
 * other hospitals know of the person is not found, and nobody would notice.
 * @param before the id that stood there: it was asked about when it came
 */
export function questionOf(
  { nationalId = '' }: UpdateInput['patient'],
  confirmed: readonly PersonQuestion[] | undefined,
  before?: string,
): { kind: 'question'; field: string; question: PersonQuestion } | null {
  if (checkNationalId(nationalId) !== 'wrong-check-digit') return null
  if (before !== undefined && nationalIdentity(before) === nationalIdentity(nationalId)) return null
  if (confirmed?.includes('national-id-check-digit') === true) return null
  return { kind: 'question', field: 'nationalId', question: 'national-id-check-digit' }
}

export async function updatePerson(
  context: ServiceContext,
  desk: Desk,
  { patientId, patient, although, confirmed }: UpdateInput,
): ReturnType<PatientsHandlers['update']> {
  const { names, node, keys } = desk
  const row = names.get(patientId)
  if (row === null) return { kind: 'unknown' }
  const now = context.world.now()
  const refusal = refusalOf(desk, patient, now, patientId)
  // What cannot be said anew may stand there already, from an import: it is no reason to refuse the rest.
  if (refusal !== null && !isAsItStood(refusal.field, patient, toPatient(row))) return refusal
  const question = questionOf(patient, confirmed, row.nationalId)
  if (question !== null) return question
  const { userKeyId, name } = keys.person
  const by = { at: now, by: userKeyId, byName: name, how: 'person' as const }
  const next = changedRow(row, typedOver(row, patient), by)
  if (next === null) return { kind: 'unchanged' }
  if (isOtherToTellApart(row, next)) {
    await names.prepareSimilar()
    const joined = new Set((await personGroups(desk)).entriesOf(patientId))
    // Whoever looked as much like this person before is no news: a telephone number is no reason to ask about twins again.
    const before = new Map(names.similar(row, patientId).map((each) => [each.row.patientId, each.candidate]))
    const similar = names
      .similar(next, patientId)
      .filter((each) => !joined.has(each.row.patientId))
      .filter((each) => each.candidate.weight > (before.get(each.row.patientId)?.weight ?? -Infinity))
    if (similar.length > 0 && although === null)
      return {
        kind: 'similar',
        candidates: similar.map((each) => toCandidate(each.row, each.candidate)),
        isEstimated: names.isEstimated,
      }
    if (similar.length > 0 && although !== null)
      next.registeredAlthough = {
        ...although,
        candidates: similar.map((each) => each.row.patientId),
        by: userKeyId,
        at: now,
      }
  }
  const staged = names.stage()
  staged.change(next)
  await node.write(staged.writes())
  staged.apply()
  context.emit('patients', 'personChanged', { patientId })
  return { kind: 'updated', patient: toPatient(next) }
}

function isAsItStood(field: string, typed: UpdateInput['patient'], known: object): boolean {
  return (typed as Record<string, unknown>)[field] === (known as Record<string, unknown>)[field]
}

export function toCandidate(row: PatientRow, { weight, band, evidence }: Candidate): DuplicateCandidate {
  return { patient: toPatient(row), weight, band, evidence: [...evidence] }
}
