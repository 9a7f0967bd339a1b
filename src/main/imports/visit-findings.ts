/**
 * What the rules of a good visit say of one that comes from a file, at the place where it stands there. An import takes it
 * all the same, so nothing here is a refusal. Pure.
 */
import type { ImportReject } from '../../shared/contract/imports.ts'
import type { Finding } from '../../shared/contract/records.ts'
import { checkNationalId } from '../../shared/domain/national-id.ts'
import type { VisitDraft } from '../../shared/domain/source.ts'
import { broughtFindings, checkVisit } from '../../shared/domain/visit-check.ts'
import type { VisitPatient } from '../../shared/domain/visit.ts'
import type { SourceEvent } from './intake.ts'

/** What this hospital knows of a person, or what the source itself says beside the visit. */
export interface KnownPerson {
  readonly sex: VisitPatient['sex']
  readonly deathDate?: string | undefined
}

export interface FindingsContext {
  /** Today at the facility, days since 1970-01-01. */
  readonly today: number
  readonly known: KnownPerson | null
  /** The version that a part was joined with: what was wrong with it before is not said again. */
  readonly before?: VisitDraft | null
}

export function findingsOf(
  { content, places, file, path }: FindingsEvent,
  { today, known, before = null }: FindingsContext,
): ImportReject[] {
  const now = checked(content, today, known)
  const brought = before === null ? now : broughtFindings(checked(before, today, known), now)
  // Of a table its reader has said that already, at the cell.
  const findings = places === undefined ? brought : brought.filter(({ rule }) => rule !== 'unknown-unit')
  return findings.map((finding) => placed({ places, file, path }, finding))
}

function placed(
  { places, file, path }: Omit<FindingsEvent, 'content'>,
  { path: field, rule, params, suggestion }: Finding,
): ImportReject {
  const place = places?.get(field.split('.').slice(0, 2).join('.'))
  const value = params['value']
  return {
    file: place?.file ?? file,
    path: place?.path ?? path,
    reason: rule,
    detail: field,
    ...(place === undefined || place.column === '' ? {} : { column: place.column }),
    ...(value === undefined ? {} : { value }),
    ...(suggestion === undefined ? {} : { suggestion }),
    params,
  }
}

/**
 * National ids whose check digit does not fit: each person once for an import, at the place of the visit or, of a table, of
 * the cell. Other countries' ids have other forms and are not judged. Of the number itself the last two characters are said: lists of
 * an import travel further than the table of names.
 */
export function createIdCheck(): (
  said: Omit<FindingsEvent, 'content'> & Pick<VisitEvent, 'patient'>,
) => ImportReject[] {
  const told = new Set<string>()
  return ({ patient, places, file, path }) => {
    const { nationalId = '' } = patient
    if (told.has(nationalId) || checkNationalId(nationalId) !== 'wrong-check-digit') return []
    told.add(nationalId)
    const finding: Finding = {
      path: 'patient.nationalId',
      rule: 'national-id-check-digit',
      severity: 'confirm',
      params: { value: `…${nationalId.slice(-2)}` },
    }
    return [placed({ places, file, path }, finding)]
  }
}

type VisitEvent = Extract<SourceEvent, { kind: 'visit' }>
type FindingsEvent = Pick<VisitEvent, 'content' | 'places' | 'file' | 'path'>

function checked({ patient, ...content }: VisitDraft, today: number, known: KnownPerson | null) {
  const { encounter, observations, diagnoses, procedures, prescriptions, outcome, claims } = content
  const { sex, birthDate, consent } = patient
  const deathDate = known?.deathDate ?? patient.deathDate
  return checkVisit(
    {
      encounter,
      observations,
      diagnoses,
      procedures,
      prescriptions,
      claims,
      ...(outcome === undefined ? {} : { outcome }),
      ...(consent === undefined ? {} : { consent }),
    },
    {
      mode: 'import',
      patient: {
        sex,
        ...(birthDate === undefined ? {} : { birthDate }),
        ...(deathDate === undefined ? {} : { deathDate }),
        ...(known === null ? {} : { earlierSex: known.sex }),
      },
      today,
    },
  )
}
