/** What the import thread and the node ask of each other. */
import type { CodeTarget } from '../../shared/contract/codes.ts'
import type { Population } from '../../shared/domain/populations.ts'
import type { SourcePatient } from '../../shared/domain/source.ts'
import type { TableMapping } from '../../shared/domain/table-mapping.ts'
import type { InsurerShare } from '../generator/insured-with.ts'
import type {
  CurrentQuestion,
  CurrentVisit,
  IntakeNews,
  IntakeOptions,
  IntakePorts,
  TakenVisit,
  VisitDecision,
  VisitQuestion,
} from './intake.ts'

import type { LineQuestion } from '../records/original-lines.ts'
import type { PersonAnswer, PersonQuestion } from './person-desk.ts'
import type { SourceCode } from './map-codes.ts'
import type { FinishedTrial } from './trial.ts'
import type { KnownPerson } from './visit-findings.ts'

/** Where visits come from. */
export type ImportSource =
  /**
   * `mapping`: how a hospital's own tables are read; without it they are refused by name, and everything else is taken.
   * `zone`: of the hospital, for times that name no offset.
   */
  | { kind: 'files'; paths: readonly string[]; mapping?: TableMapping | null; zone?: string }
  /** `share`: the visits of the generator's hospitals that fall to one of several institutions; all when left out. */
  | {
      kind: 'generated'
      patients: number
      seed: string
      share?: { part: number; of: number } | undefined
      /** Everybody when left out. */
      population?: Population | undefined
      /** With whom people are insured who are; the generator's own names when left out. */
      insurers?: readonly [InsurerShare, ...InsurerShare[]] | undefined
    }

export type ThreadCalls = {
  run: { input: { source: ImportSource; options: IntakeOptions }; output: void }
  /** Reads and takes nothing in. `today`: days since 1970-01-01. */
  tryOut: { input: { source: ImportSource; today: number }; output: FinishedTrial }
  /** Of places in what this thread has read: the lines as they stand there; see `originalLines`. */
  lines: {
    input: { questions: readonly LineQuestion[]; mapping: TableMapping | null }
    output: (string | null)[]
  }
  cancel: { input: null; output: void }
}

export type NodeCalls = {
  decide: {
    input: { questions: readonly VisitQuestion[]; patients: readonly SourcePatient[] }
    output: VisitDecision[]
  }
  mapped: { input: readonly SourceCode[]; output: (CodeTarget | null)[] }
  current: {
    input: { questions: readonly CurrentQuestion[]; patients: readonly SourcePatient[] }
    output: (CurrentVisit | null)[]
  }
  consents: {
    input: { places: readonly number[]; patients: readonly SourcePatient[] }
    output: Awaited<ReturnType<IntakePorts['consents']>>
  }
  people: { input: readonly PersonQuestion[]; output: PersonAnswer[] }
  take: {
    input: { visits: readonly TakenVisit[]; patients: readonly SourcePatient[]; dropped: readonly string[] }
    output: void
  }
  /** Of a trial: what is known here of a person. */
  known: { input: SourcePatient; output: KnownPerson | null }
  tell: { input: IntakeNews; output: void }
}
