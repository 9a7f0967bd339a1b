/** Long work that the window can watch and cancel: imports, verification, generation. */
import { z } from 'zod'
import type { EventMap, Service } from './kit.ts'

export const jobProgress = z.object({
  jobId: z.string(),
  kind: z.enum([
    'import',
    'undo-import',
    'verify',
    'export',
    'demonstration',
    'fit',
    'simulate',
    'backup',
    'restore-check',
    'work-list',
    'coding',
    'trial',
    'prove',
    'verify-audit',
    'export-audit',
    'weigh',
    'study',
    'package',
    'pathways',
    'clean',
    'compare',
    'price',
    'publish',
  ]),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** Work done and to do, in `unit`; `total` is null while unknown. */
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum([
    'bytes',
    'files',
    'visits',
    'blocks',
    'patients',
    'members',
    'passes',
    'entries',
    'tables',
    'cohorts',
  ]),
  startedAt: z.number(),
  /** Units a second over the last seconds. */
  rate: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Present when `failed`: a code of the error catalogue. */
  error: z.object({ code: z.string(), detail: z.unknown().optional() }).optional(),
})
export type JobProgress = z.infer<typeof jobProgress>

export const jobs = {
  list: { input: z.void(), output: z.array(jobProgress) },
  cancel: { input: z.object({ jobId: z.string() }), output: z.object({ isCancelled: z.boolean() }) },
} satisfies Service

export const jobEvents = { progress: jobProgress } satisfies EventMap
