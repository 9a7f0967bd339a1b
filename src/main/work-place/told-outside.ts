/**
 * What a work place hears of failures at the node. Where things lie on the node's disk, and what a row of somebody's table said,
 * is nobody's business at another machine; a locked one learns the code alone.
 */
import type { JobProgress } from '../../shared/contract/jobs.ts'
import type { Reply } from '../../shared/contract/kit.ts'

/** Jobs are everybody's to see: that one failed and how, not over what. */
export const jobToldOutside = (job: JobProgress): JobProgress =>
  job.error === undefined ? job : { ...job, error: { code: job.error.code } }

/** What a failure may say beside its code: how much and how long. Words may be places on a disk, or a row of a table. */
const isFigure = (value: unknown): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && /^[0-9]{1,15}$/.test(value))

export function replyToldOutside(reply: Reply<unknown>, isLocked: boolean): Reply<unknown> {
  if (reply.ok || reply.error.detail === undefined) return reply
  const { code, detail } = reply.error
  if (isLocked) return { ok: false, error: { code } }
  // Names of the contract's own fields, of what this caller sent.
  if (Array.isArray(detail) && code === 'invalid-input') return reply
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail))
    return { ok: false, error: { code } }
  const rest = Object.fromEntries(
    Object.entries(detail).filter(([key, value]) => (key === 'code' && value === code) || isFigure(value)),
  )
  return { ok: false, error: { code, detail: rest } }
}
