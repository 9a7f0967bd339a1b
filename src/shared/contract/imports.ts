/** Bulk intake and export of files. */
import { z } from 'zod'
import { POPULATIONS } from '../domain/populations.ts'
import { tableMapping } from '../domain/table-mapping.ts'
import { batchMethods, reasonSentences } from './batches.ts'
import type { Service } from './kit.ts'
import { watchedMethods } from './watched.ts'

export const importReject = z.object({
  file: z.string(),
  /** Place in the file: entry, row, JSON path. */
  path: z.string(),
  /** Code of the reason catalogue, e.g. `not-json`, `unresolved-reference`. */
  reason: z.string(),
  detail: z.string().optional(),
  /** Of tables: the header of the column, what stands there, and a value that would be right. */
  column: z.string().optional(),
  value: z.string().optional(),
  suggestion: z.string().optional(),
  /** Of a rule of a good visit: what its sentence says. */
  params: z.record(z.string(), z.string()).optional(),
  /** The line, row, message or segment as it stands in the file; not of entries of a bundle, nor where the file changed since. */
  line: z.string().optional(),
})
export type ImportReject = z.infer<typeof importReject>

export const importReport = z.object({
  /** Its place in the list of imports. */
  batchId: z.string(),
  files: z.number().int(),
  patients: z.number().int(),
  /** Visits queued, new versions included. */
  visits: z.number().int(),
  observations: z.number().int(),
  /** Visits that the chain or the outbox already has with the same content. */
  duplicates: z.number().int(),
  /** Not taken, with the reason; the first hundred here, all in the file of rejects. */
  rejected: z.array(importReject),
  rejectedCount: z.number().int(),
  /** Taken although something is unusual, counted by reason: of the reader, or rules of a good visit. */
  warnings: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  /** Those of them that have a place; the first hundred here, all in the file of what is unusual. */
  unusual: z.array(importReject),
  unusualCount: z.number().int(),
  isCancelled: z.boolean(),
})
export type ImportReport = z.infer<typeof importReport>

/** What was not taken, or what was taken although it is unusual. */
export const importList = z.enum(['left-out', 'unusual'])
export type ImportList = z.infer<typeof importList>

const insurerShare = z.object({ name: z.string().min(1).max(64), share: z.number().positive().max(1_000) })
/** With whom synthetic people are insured who are; shares are in proportion. */
export const insurerShares = z.tuple([insurerShare], insurerShare).readonly()

export const imports = {
  ...batchMethods,
  ...watchedMethods,
  /** Opens the file dialog; empty when the person closes it. */
  chooseFiles: { input: z.object({ folders: z.boolean() }), output: z.array(z.string()) },
  start: {
    input: z.object({
      paths: z.array(z.string().min(1)).min(1).max(10_000),
      /** How a hospital's own tables are read; without it they are refused by name. */
      mapping: tableMapping.nullable().optional(),
    }),
    output: z.object({ jobId: z.string() }),
  },
  /**
   * Takes in generated patients: only where the institution itself is synthetic. `part` of `of` hospitals takes the
   * visits that were made there; the patients are the same for all.
   */
  startSynthetic: {
    input: z
      .object({
        patients: z.number().int().min(1).max(100_000),
        seed: z.string().min(1).max(64),
        part: z.number().int().min(0),
        of: z.number().int().min(1).max(5),
        population: z.enum(POPULATIONS).optional(),
        /** The generator's own names when left out. */
        insurers: insurerShares.optional(),
      })
      .refine(({ part, of }) => part < of),
    output: z.object({ jobId: z.string() }),
  },
  report: { input: z.object({ jobId: z.string() }), output: importReport.nullable() },
  /** Rejects `first … first + count - 1` of an import, in the order of the files; or of the other list. */
  rejects: {
    input: z.object({
      jobId: z.string(),
      first: z.number().int().min(0),
      count: z.number().int().min(1).max(1000),
      list: importList.optional(),
    }),
    output: z.array(importReject),
  },
  /** Writes all rejects of a finished import, or all of the other list, as CSV to a chosen file. */
  saveRejects: {
    input: z.object({ jobId: z.string(), list: importList.optional(), sentences: reasonSentences }),
    output: z.object({ path: z.string().nullable() }),
  },
  /** Of every patient, or of `patientId` alone with the entries that links join: an unknown one gives a report of nothing. */
  startExport: {
    input: z.object({
      format: z.enum(['fhir', 'ndjson']),
      folder: z.string().min(1),
      patientId: z.string().min(1).max(64).optional(),
    }),
    output: z.object({ jobId: z.string() }),
  },
  exportReport: {
    input: z.object({ jobId: z.string() }),
    output: z
      .object({
        files: z.number().int(),
        patients: z.number().int(),
        visits: z.number().int(),
        folder: z.string(),
      })
      .nullable(),
  },
} satisfies Service
