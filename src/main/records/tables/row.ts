/** What one row of a hospital's table says, with the column that each thing came from. */
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { TableMapping } from '../../../shared/domain/table-mapping.ts'
import type { Code, Encounter, Observation, VisitPatient } from '../../../shared/domain/visit.ts'

/** A cell that was not taken, or was taken although it is unusual. */
export interface CellIssue {
  readonly reason: string
  readonly column: string
  readonly value: string
  readonly suggestion?: string
}

export interface RowIssues {
  /** The cell is left out. */
  leave(issue: CellIssue): void
  /** The cell is taken; counted and, in a trial, listed. */
  warn(issue: CellIssue): void
}

export interface RowPatient {
  id: string
  nationalId: string
  name: string
  latinName: string
  sex: VisitDraft['patient']['sex'] | null
  birthDate: string
  deathDate: string
  phone: string
  region: string
  /** Of a table of patients; null where it says nothing. */
  consent: Partial<VisitPatient['consent']> | null
}

export interface RowVisit {
  id: string
  admission: { day: string; time: string | null } | null
  discharge: { day: string; time: string | null } | null
  class: Encounter['class'] | null
  status: Encounter['status'] | null
  department: Code | null
  attender: string
  reason: string
  payer: Encounter['payer'] | null
  memberNumber: string
  consent: Partial<VisitPatient['consent']> | null
  disposition: string
  organisation: string
}

export interface RowParts {
  observations: Placed<Observation>[]
  diagnoses: Placed<VisitDraft['diagnoses'][number]>[]
  procedures: Placed<VisitDraft['procedures'][number]>[]
  prescriptions: Placed<VisitDraft['prescriptions'][number]>[]
  claims: Placed<VisitDraft['claims'][number]>[]
  notes: string[]
}

/** With the column that it came from. */
export interface Placed<T> {
  readonly value: T
  readonly column: string
}

/** Gives a civil time its offset: `2023-05-03` and `14:30` → `2023-05-03T14:30+08:00`. */
export type AtFacility = (day: string, time: string) => string

export interface RowContext {
  readonly mapping: TableMapping
  readonly at: AtFacility
}

/** Times of a row, as they are stored. */
export interface Times {
  readonly collected: string | undefined
  readonly reported: string | undefined
  readonly admission: string | undefined
}
