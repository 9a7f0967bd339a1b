/** What one message says of a visit, before messages of the same visit are put together. */
import type { SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import type { Diagnosis, Encounter, Observation, Procedure } from '../../../shared/domain/visit.ts'

/** Fields of an encounter as far as the message has them. */
export type EncounterPart = Partial<
  Pick<
    Encounter,
    | 'class'
    | 'admission'
    | 'discharge'
    | 'department'
    | 'attender'
    | 'payer'
    | 'admitSource'
    | 'dischargeDisposition'
    | 'reason'
    | 'type'
  >
> & {
  /** What the event makes of the visit. `open` says nothing: it may have ended all the same. */
  readonly course: 'open' | 'ended' | 'cancelled' | 'reopened'
}

export interface VisitPart {
  readonly patient: SourcePatient
  readonly section: VisitDraft['patient']
  /** PV1-19 with the system that gave it; null where the message names no visit. */
  readonly visit: { readonly system: string; readonly number: string } | null
  readonly encounter: EncounterPart
  /** An admission, a registration or the like, rather than results alone. */
  readonly isAboutVisit: boolean
  readonly observations: readonly Observation[]
  /** Null where the message says nothing of them. */
  readonly diagnoses: readonly Diagnosis[] | null
  readonly procedures: readonly Procedure[] | null
  readonly notes: readonly string[]
  /** Number of the member at the insurer: to be tokenised, never stored. */
  readonly memberNumber: string | null
  /** The earliest time of the results: finds the visit where no number does. */
  readonly when: string | null
  /** The hospital that sent it, as it calls itself. */
  readonly organisation: string | undefined
}

/** What a message says of a person beside any visit. */
export interface PersonPart {
  readonly patient: SourcePatient
  readonly section: VisitDraft['patient']
  /** The entry that the message ends, by its numbers (MRG); null for a message about one person. */
  readonly before: SourcePatient | null
}

export interface Place {
  readonly file: string
  readonly message: number
}

export interface Reject {
  /** `message 3, segment 5 (OBX)` */
  readonly path: string
  readonly reason: string
  readonly detail?: string
}
