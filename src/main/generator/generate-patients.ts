/**
 * Synthetic patients with their visits, one after another, from nothing but a seed: for demonstrations, benches and
 * files. The first k patients are the same for every number asked for, and any range can be made alone.
 */
import type { Population } from '../../shared/domain/populations.ts'
import type { SourcePatient, VisitDraft } from '../../shared/domain/source.ts'
import type { Envelope } from '../../shared/domain/visit.ts'
import { contentOf } from './content.ts'
import { withErrors } from './errors.ts'
import type { LedgerRow } from './errors.ts'
import { factsOf, isoDay } from './facts.ts'
import type { VisitFacts } from './facts.ts'
import { courseOf, DAYS_PER_YEAR, HOSPITALS } from './model.ts'
import type { Course, ModelOptions } from './model.ts'
import { personOf } from './people.ts'
import type { Person } from './people.ts'
import { employerGroups, membershipOf } from './plans.ts'
import type { EmployerGroup, Membership } from './plans.ts'

export interface GenerateOptions extends ModelOptions {
  patients: number
  seed: string
  /** Index of the first patient; 0 by default. */
  from?: number
  /** Plant the errors of real files; none by default. */
  errors?: boolean
  /** `diabetes-clinic`: of all lives only those with diabetes at 40 and more, as many as asked for; everybody by default. */
  population?: Population
}

/** Where the clinic's patients begin. */
const CLINIC_AGE = 40

/** Everything that is known of one life, before it is written as a table, as FHIR or as records. */
export interface Life {
  course: Course
  person: Person
  membership: Membership
  visits: VisitFacts[]
  ledger: LedgerRow[]
}

export interface GeneratedVisit {
  /** Stable name of the visit in the synthetic source. */
  sourceId: string
  /** `H1` to `H5`. */
  hospital: (typeof HOSPITALS)[number]
  patient: SourcePatient
  /** Number of the member at the insurer; to be tokenised, never stored. */
  memberNumber: string | null
  origin: Pick<Envelope['origin'], 'kind' | 'system' | 'sourceId' | 'organisation'>
  content: VisitDraft
  /** The complete visit, when laboratory results came later than the visit was recorded. */
  late: { day: string; content: VisitDraft } | null
}

export interface GeneratedPatient {
  index: number
  patient: SourcePatient
  visits: GeneratedVisit[]
}

/** The lives of a range of indexes; of the clinic, so many from the first index on. */
export function* generateLives(options: GenerateOptions): Generator<Life, void, void> {
  const groups = employerGroups(options.seed)
  const from = options.from ?? 0
  const isClinic = options.population === 'diabetes-clinic'
  for (let index = from, count = 0; count < options.patients; index++) {
    if (isClinic && !isOfClinic(courseOf(options.seed, index, options))) continue
    yield lifeOf(options, index, groups)
    count++
  }
}

function isOfClinic({ birthDay, entryDay, visits }: Course): boolean {
  return visits[0]!.isDiabetic && (entryDay - birthDay) / DAYS_PER_YEAR >= CLINIC_AGE
}

/** Patients with visits ready for sealing. Without `errors` every record passes the checks of the form. */
export function* generatePatients(options: GenerateOptions): Generator<GeneratedPatient, void, void> {
  for (const life of generateLives(options)) yield patientOf(options.seed, life)
}

export function lifeOf(options: GenerateOptions, index: number, groups: readonly EmployerGroup[]): Life {
  const course = courseOf(options.seed, index, options)
  const person = personOf(options.seed, index, course.male)
  const membership = membershipOf(options.seed, course, groups)
  const clean = factsOf(options.seed, course, person, membership, options)
  if (options.errors !== true) return { course, person, membership, visits: clean, ledger: [] }
  const { visits, ledger } = withErrors(options.seed, index, clean)
  return { course, person, membership, visits, ledger }
}

/** The life as records. Visits keep their order in time. */
export function patientOf(seed: string, life: Life): GeneratedPatient {
  const { person, membership } = life
  const system = `synthetic:${seed}`
  const visits = life.visits.map((facts): GeneratedVisit => {
    const isLate = facts.resultDay > facts.day && hasLabs(facts)
    return {
      sourceId: facts.visitId,
      hospital: HOSPITALS[facts.hospital]!,
      patient: sourcePatientOf(facts, person),
      memberNumber: membership.memberNumber,
      origin: {
        kind: 'synthetic',
        system,
        sourceId: facts.visitId,
        organisation: HOSPITALS[facts.hospital]!,
      },
      content: contentOf(facts, person, membership, isLate ? { withoutLabs: true } : {}),
      late: isLate ? { day: isoDay(facts.resultDay), content: contentOf(facts, person, membership) } : null,
    }
  })
  return { index: life.course.index, patient: sourcePatientOf(life.visits[0]!, person), visits }
}

/** Who the visit was written for: with errors that need not be the same for all visits of a life. */
export function sourcePatientOf(facts: VisitFacts, person: Person): SourcePatient {
  const hospital = HOSPITALS[facts.hospital]!
  return {
    sourceKey: facts.nationalId,
    identity: { kind: 'national-id', system: NATIONAL_ID_SYSTEM, value: facts.nationalId },
    name: person.name,
    ...(person.latinName === person.name ? {} : { latinName: person.latinName }),
    nationalId: facts.nationalId,
    medicalRecordNumber: facts.mrn,
    sex: facts.sex,
    birthDate: facts.birthDate,
    phone: person.phone,
    identifiers: [
      { system: NATIONAL_ID_SYSTEM, value: facts.nationalId, type: 'NNxxx' },
      { system: `urn:consilium:synthetic:${hospital}:mrn`, value: facts.mrn, type: 'MR' },
    ],
  }
}

/** National identifiers of Taiwan, as TW Core names them. */
export const NATIONAL_ID_SYSTEM = 'http://www.moi.gov.tw'

function hasLabs(facts: VisitFacts): boolean {
  return facts.hba1c !== '' || facts.ldl !== '' || facts.creat !== '' || facts.alt !== ''
}
