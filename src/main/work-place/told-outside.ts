/**
 * What a work place hears of failures at the node. Where things lie on the node's disk, and what a row of somebody's table said,
 * is nobody's business at another machine; a locked one learns the code alone.
 */
import type { JobProgress } from '../../shared/contract/jobs.ts'
import type { Reply } from '../../shared/contract/kit.ts'

/** Jobs are everybody's to see: that one failed and how, not over what. */
export const jobToldOutside = (job: JobProgress): JobProgress =>
  job.error === undefined ? job : { ...job, error: { code: job.error.code } }

/** Keys under which failures name a place in a file system. */
const PLACES: ReadonlySet<string> = new Set(['path', 'paths', 'folder', 'file', 'storePath'])

export function replyToldOutside(reply: Reply<unknown>, isLocked: boolean): Reply<unknown> {
  if (reply.ok || reply.error.detail === undefined) return reply
  const { code, detail } = reply.error
  if (isLocked) return { ok: false, error: { code } }
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return reply
  const rest = Object.fromEntries(Object.entries(detail).filter(([key]) => !PLACES.has(key)))
  return { ok: false, error: { code, detail: rest } }
}
