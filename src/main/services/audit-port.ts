/**
 * What the door tells the audit. The audit itself is an adapter: it writes, chains and anchors what it hears. A call
 * that opens or exports waits for it, so that nothing is seen of which there is no trace. Beside it what keeps whoever opens in
 * bulk from going on.
 */
import type { Role } from '../../shared/contract/app.ts'
import type { Act } from '../../shared/contract/rights.ts'

export interface AuditedCall {
  /** `service.method`; `session.…` and `node.…` for what comes through no call. */
  readonly operation: string
  /** `node`: by itself, while nobody needs to be there. */
  readonly act: Act | 'node'
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
  /** False where nothing could be noted: then nothing of a patient is shown either. */
  readonly isWriting?: boolean
}

/** How many of the house's own patients a person opens. */
export interface OpeningsPort {
  /**
   * Whether what the call names may be opened: before the handler as far as the input names it, and once more, counted, when it
   * is about to be handed out. @throws what keeps the audit from writing
   */
  weigh(call: Pick<AuditedCall, 'operation' | 'person' | 'subject'>, isOpened: boolean): Promise<boolean>
}

export const noAudit: AuditPort = { note: async () => {} }

const SUBJECTS = [
  'patientId',
  'otherId',
  'toPatientId',
  'visitId',
  'merkleRoot',
  'index',
  'batchId',
  'jobId',
  'proposalId',
  'memberId',
  'personId',
  'erasureId',
  'linkId',
]
/** No id of ours is longer or looks otherwise; a caller cannot fill the audit with text of its own. */
const ID = /^[\w.:-]{1,128}$/

export function subjectOf(input: unknown): AuditedCall['subject'] {
  if (typeof input !== 'object' || input === null) return {}
  const subject: Record<string, string | number> = {}
  for (const name of SUBJECTS) {
    const value = (input as Record<string, unknown>)[name]
    if (typeof value === 'number' || (typeof value === 'string' && ID.test(value))) subject[name] = value
  }
  return subject
}
