/** What record entry knows and can do: the shape of its store. */
import type { CopiedForward } from './copy-forward.ts'
import type { Patient } from '../../../../shared/contract/patients.ts'
import type { SubmittedVisit, VisitInput } from '../../../../shared/contract/records.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import type { EncounterForm, LabRow, RowOf, RowSection, VisitForm, VitalKey } from './form.ts'
import type { PastedSet } from './paste-results.ts'
import type { EarlierVisit } from './same-visit.ts'
import type { Panel } from './templates.ts'
import type { Problem } from './to-visit.ts'

export interface Change {
  readonly visitId: string
  readonly supersedes: string
  readonly admission: string
  readonly reason: NonNullable<VisitRecord['envelope']['reason']>['code']
  readonly text: string
}

export type Refused = 'record-too-large' | 'unknown-patient' | 'superseded-meanwhile' | 'not-own-visit'

export interface Entry {
  readonly draftId: string
  readonly patient: Patient | null
  /** What the visit is called while its patient cannot be found: the node of this work place is away. */
  readonly unnamed: string | null
  readonly form: VisitForm
  /** The form as it began, to know whether anything was typed. */
  readonly start: VisitForm
  readonly problems: readonly Problem[]
  /** Fields that were left once: only they show what is wrong, until a save was tried. */
  readonly left: ReadonlySet<string>
  readonly isTried: boolean
  /** Findings that a person is being asked to confirm. */
  readonly asked: readonly Problem[] | null
  readonly confirmations: VisitInput['confirmations']
  readonly saving: 'no' | 'saving'
  readonly draft: { readonly state: 'none' | 'dirty' | 'saved' | 'failed'; readonly savedAt: number | null }
  readonly refused: Refused | null
  readonly failure: string | null
  readonly change: Change | null
  /** Merkle root of the version that somebody else put in the place of the one that is corrected here. */
  readonly rival: string | null
  /** The template that the choice of a department has replaced, until somebody chooses one. */
  readonly switchedFrom: string | null
  readonly lastQueued: SubmittedVisit | null
  /** A clerk chose the consent for this patient: the last visit's says nothing to it any more. */
  readonly isConsentChosen: boolean
  /** Visits of this patient that this hospital can open, newest first; empty until they are known. */
  readonly earlier: readonly EarlierVisit[]
  /** The form that is checked is not the one that is shown: the list of problems is a moment old. */
  readonly isChecking: boolean
  /** Every vital sign is shown, whatever the template says. */
  readonly isWhole: boolean

  choosePatient(patient: Patient): void
  beginUnnamed(name: string): void
  /** The patient's own data were corrected meanwhile. */
  correctPerson(patient: Patient): void
  set(
    patch: Partial<
      Pick<
        VisitForm,
        | 'smoking'
        | 'vitalsAt'
        | 'died'
        | 'icuDays'
        | 'ventilatorDays'
        | 'adverse'
        | 'currency'
        | 'notes'
        | 'dropped'
      >
    >,
  ): void
  setEncounter(patch: Partial<EncounterForm>): void
  setVitals(patch: Partial<Record<VitalKey, string>>): void
  /** Another set of vital signs; its name, or null where the form takes no more. */
  addVitals(): string | null
  setFurtherVitals(id: string, patch: Partial<Record<VitalKey | 'at', string>>): void
  removeVitals(id: string): void
  setRow<S extends RowSection>(section: S, id: string, patch: Partial<RowOf<S>>): void
  removeRow(section: RowSection, id: string): void
  /** A new claim that takes this one back; its name, or null where one does already. */
  reverseClaim(id: string): string | null
  addResults(results: readonly LabRow[], sets: readonly PastedSet[]): void
  setTemplate(id: string): void
  showWhole(): void
  /** Offers the next panel of the template; answers its first row, or null when all are there. */
  addPanel(panel?: Panel): string | null
  /** The field again as it was at the last visit; false where that has nothing for it. */
  repeat(field: string): boolean
  setEarlier(patientId: string, visits: readonly EarlierVisit[]): void
  copyRow(record: VisitRecord, list: 'diagnoses' | 'prescriptions', index: number): void
  /** Copies what lasts; answers how many rows, and which medicines stayed behind. */
  copyForward(records: readonly VisitRecord[]): Omit<CopiedForward, 'form'>
  leaveField(field: string): void
  setChange(patch: Partial<Pick<Change, 'reason' | 'text'>>): void
  stopAsking(): void
  /** What is in the form becomes a correction of the version that counts now. */
  keepMine(): void
  /** The version that counts now is corrected instead; what was in the form is thrown away. */
  takeTheirs(): Promise<void>
  /** Tries to queue the visit; with `isConfirming`, everything that was asked is confirmed. */
  submit(isConfirming: boolean): Promise<'queued' | 'problems' | 'asked' | 'failed'>
  saveDraft(): Promise<void>
  /** Begins another visit; the draft of this one stays. */
  setAside(): Promise<void>
  discard(): Promise<void>
  openDraft(draftId: string): Promise<boolean>
  /** Loads a version to correct it, whatever it holds; only what a newer program wrote is not taken. */
  correct(merkleRoot: string, patient: Patient, head?: string): Promise<'ready' | 'sealed' | 'too-new'>
}
