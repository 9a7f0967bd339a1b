/** What the import thread and the node ask of each other. */
import type { SourcePatient } from '../../shared/domain/source.ts'
import type {
  CurrentQuestion,
  CurrentVisit,
  IntakeNews,
  IntakeOptions,
  TakenVisit,
  VisitDecision,
  VisitQuestion,
} from './intake.ts'

/** Where visits come from. */
export type ImportSource =
  /** `zone`: of the hospital, for times that name no offset. */
  | { kind: 'files'; paths: readonly string[]; zone?: string }
  /** `share`: the visits of the generator's hospitals that fall to one of several institutions; all when left out. */
  | { kind: 'generated'; patients: number; seed: string; share?: { part: number; of: number } }

export type ThreadCalls = {
  run: { input: { source: ImportSource; options: IntakeOptions }; output: void }
  cancel: { input: null; output: void }
}

export type NodeCalls = {
  decide: {
    input: { questions: readonly VisitQuestion[]; patients: readonly SourcePatient[] }
    output: VisitDecision[]
  }
  current: {
    input: { questions: readonly CurrentQuestion[]; patients: readonly SourcePatient[] }
    output: (CurrentVisit | null)[]
  }
  take: {
    input: { visits: readonly TakenVisit[]; patients: readonly SourcePatient[]; dropped: readonly string[] }
    output: void
  }
  tell: { input: IntakeNews; output: void }
}
