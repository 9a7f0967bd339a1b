/** What is made of FHIR resources, and what is said of those that are not taken. */
import type { SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import type { Envelope, VisitPatient } from '../../../shared/domain/visit.ts'
import type { Issues } from './reading.ts'
import type { Item, References } from './references.ts'

export interface MapOptions {
  /** What the hospital may do with records whose source says nothing about consent. */
  consentScope: VisitPatient['consent']['scope']
  /** Resources of other files, for references that lead out of these. */
  outer?: References
  /** Where the resources really come from, when other files stand behind them: rows of tables. */
  origin?: { kind: Envelope['origin']['kind']; system: string }
  /** Give back what names an unknown patient instead of refusing it: another file may bring the patient. */
  isPatientElsewhere?: boolean
}

export const DEFAULT_MAP_OPTIONS: MapOptions = { consentScope: 'treatment-and-research' }

export interface SourceVisit {
  patient: SourcePatient
  content: VisitDraft
  /** Number of the member at the insurer; to be tokenised, never stored. */
  memberNumber?: string
  /** Nothing in the source says it: it is the option's. */
  isConsentAssumed?: boolean
  origin: Envelope['origin']
  /** FHIR resources that this visit was made of. */
  resourceCount: number
  observationResourceCount: number
}

export interface Reject {
  path: string
  reason: string
  detail?: string
}

export interface Mapped {
  patients: SourcePatient[]
  visits: SourceVisit[]
  rejects: Reject[]
  warnings: Map<string, number>
  /** Only with `isPatientElsewhere`. */
  deferred: Item[]
}

/** Fills a `Mapped` with what is said of resources. */
export interface Report {
  reject(path: string, reason: string, detail?: string): void
  warn(reason: string): void
  /** Of the parts of a resource. */
  issuesAt(path: string): Issues
}

export function reportInto({ rejects, warnings }: Mapped): Report {
  const reject = (path: string, reason: string, detail?: string): void => {
    rejects.push(detail === undefined ? { path, reason } : { path, reason, detail })
  }
  const warn = (reason: string): void => {
    warnings.set(reason, (warnings.get(reason) ?? 0) + 1)
  }
  return {
    reject,
    warn,
    issuesAt: (path) => ({
      warn,
      leave: (part, reason, detail) => reject(`${path}.${part}`, reason, detail),
    }),
  }
}
