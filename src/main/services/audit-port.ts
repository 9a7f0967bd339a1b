/**
 * What the door tells the audit. The audit itself is an adapter: it may write, chain and anchor what it hears. A call
 * that opens or exports waits for it, so that nothing is seen of which there is no trace.
 */
import type { Role } from '../../shared/contract/app.ts'
import type { Act } from '../../shared/contract/rights.ts'

export interface AuditedCall {
  /** `service.method`. */
  readonly operation: string
  readonly act: Act
  readonly outcome: 'done' | 'refused' | 'failed'
  /** Code of the refusal or failure. */
  readonly code: string | null
  /** Null where nobody had unlocked. */
  readonly person: { readonly userKeyId: string; readonly roles: readonly Role[] } | null
  /** Ids that the call named, such as a patient's or a record's; never a name, a number or a value. */
  readonly subject: Readonly<Record<string, string | number>>
  /** What allowed it (a grant, a treatment relation, an emergency) and the reason that the person typed. */
  readonly basis?: { readonly kind: string; readonly reason?: string } | undefined
}

export interface AuditPort {
  /** @throws what keeps it from writing; the call is then refused as `audit-unavailable` */
  note(call: AuditedCall): Promise<void>
}

export const noAudit: AuditPort = { note: async () => {} }

const SUBJECTS = [
  'patientId',
  'visitId',
  'merkleRoot',
  'index',
  'batchId',
  'jobId',
  'proposalId',
  'memberId',
  'personId',
]
/** No id of ours is longer; a caller cannot fill the audit with text of its own. */
const SUBJECT_MAX = 128

export function subjectOf(input: unknown): AuditedCall['subject'] {
  if (typeof input !== 'object' || input === null) return {}
  const subject: Record<string, string | number> = {}
  for (const name of SUBJECTS) {
    const value = (input as Record<string, unknown>)[name]
    if (typeof value === 'number' || (typeof value === 'string' && value.length <= SUBJECT_MAX))
      subject[name] = value
  }
  return subject
}
