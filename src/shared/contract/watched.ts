/** Folders in which other systems leave files, and what became of them. */
import { z } from 'zod'
import { mappingId } from '../domain/table-mapping.ts'
import type { Service } from './kit.ts'

export const watchSetting = z.object({
  folder: z.string().min(1).max(4096),
  /** Which files of the folder are meant. */
  format: z.enum(['fhir', 'hl7v2', 'table']),
  /** Of tables: the saved mapping by which they are read. */
  mappingId: mappingId.optional(),
  /** From this hour of the hospital's day on, once a day; null for as soon as a file is complete. */
  hour: z.number().int().min(0).max(23).nullable(),
  afterwards: z.enum(['stay', 'move']),
})
export type WatchSetting = z.infer<typeof watchSetting>

/** What became of one file. */
export const watchedFile = z.object({
  name: z.string(),
  at: z.number(),
  /** known: its content was taken before. rejected: nothing of it could be read. */
  outcome: z.enum(['taken', 'known', 'rejected']),
  rejectedCount: z.number().int(),
  /** Places in it that were taken although they are unusual. */
  unusualCount: z.number().int().default(0),
  batchId: z.string().nullable(),
})
export type WatchedFile = z.infer<typeof watchedFile>

export const watchProblem = z.enum([
  'folder-missing',
  'folder-not-readable',
  'not-moved',
  'import-failed',
  'mapping-missing',
])
export type WatchProblem = z.infer<typeof watchProblem>

export const watchedFolder = watchSetting.extend({
  watchId: z.string(),
  /** locked: it needs the session of a person. busy: an import runs. */
  state: z.enum(['waiting', 'locked', 'busy']),
  lastLookAt: z.number().nullable(),
  nextLookAt: z.number().nullable(),
  problem: watchProblem.nullable(),
  /** Files that were still growing at the last look. */
  writing: z.number().int(),
  /** Newest first. */
  files: z.array(watchedFile),
})
export type WatchedFolder = z.infer<typeof watchedFolder>

const one = z.object({ watchId: z.string().regex(/^[0-9a-f]{32}$/) })

export const watchedMethods = {
  watchedFolders: { input: z.void(), output: z.array(watchedFolder) },
  watchFolder: {
    input: watchSetting.refine(({ format, mappingId: id }) => (format === 'table') === (id !== undefined)),
    output: z.object({ watchId: z.string() }),
  },
  /** Forgets the folder and what was taken from it; the folder itself is not touched. */
  unwatchFolder: { input: one, output: z.void() },
  /** Looks now, whatever the hour. */
  lookNow: { input: one, output: z.void() },
} satisfies Service
