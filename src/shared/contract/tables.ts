/** Tables of a hospital's own systems: looking at them, saying what is in them, and a trial before anything is taken in. */
import { z } from 'zod'
import {
  dateForm,
  mappingId,
  tableDelimiter,
  tableEncoding,
  tableLayout,
  tableMapping,
} from '../domain/table-mapping.ts'
import { code } from '../domain/visit.ts'
import { UNKNOWN_MAX } from '../domain/trial-limits.ts'
import { reasonSentences } from './batches.ts'
import { importReject } from './imports.ts'
import type { Service } from './kit.ts'

const paths = z.array(z.string().min(1)).min(1).max(10_000)

/** What a spreadsheet has probably done to a column. */
export const tableHazard = z.object({
  at: z.number().int(),
  kind: z.enum(['code-turned-into-number', 'leading-zeros-lost', 'number-in-code-column']),
  example: z.string(),
})

/** A code or name in a table of results, and what it certainly is. */
export const foundTest = z.object({
  from: z.string(),
  name: z.string(),
  count: z.number().int(),
  units: z.array(z.string()),
  proposed: code.nullable(),
})
export type FoundTest = z.infer<typeof foundTest>

export const seenTable = z.object({
  path: z.string(),
  sheet: z.string().nullable(),
  /** The first rows as they are, the headers among them. */
  rows: z.array(z.array(z.string())),
  proposed: tableLayout,
  /** Columns, by place, whose dates may be read in several ways: a person must say. */
  ambiguousDates: z.array(z.object({ at: z.number().int(), forms: z.array(dateForm) })),
  hazards: z.array(tableHazard),
  tests: z.array(foundTest),
})
export type SeenTable = z.infer<typeof seenTable>

export const mappingGap = z.object({
  kind: z.enum(['no-patient', 'no-date', 'no-result', 'no-date-form', 'only-patients']),
  table: z.number().int().optional(),
  header: z.string().optional(),
})
export type MappingGap = z.infer<typeof mappingGap>

const visitPreview = z.object({
  patient: z.string(),
  birthDate: z.string(),
  sex: z.enum(['male', 'female', 'other', 'unknown']),
  admission: z.string(),
  class: z.string(),
  department: z.string(),
  diagnoses: z.array(z.string()),
  /** The test, as its code and the file's name for it, and its value with the unit, as they will be stored. */
  results: z.array(z.object({ code, said: z.string() })),
  medicines: z.array(z.string()),
})
export type VisitPreview = z.infer<typeof visitPreview>

/** A line of a trial: a cell, a row or a visit. */
export const trialIssue = importReject.extend({
  /** `left-out` is not taken, `unusual` is taken as it is. */
  severity: z.enum(['left-out', 'unusual']),
})
export type TrialIssue = z.infer<typeof trialIssue>

export const trialReport = z.object({
  files: z.number().int(),
  patients: z.number().int(),
  visits: z.number().int(),
  /** Messages about people: what would become of them is among the issues. */
  people: z.number().int(),
  observations: z.number().int(),
  leftOutCount: z.number().int(),
  unusualCount: z.number().int(),
  /** By reason, the most frequent first. */
  counts: z.array(
    z.object({ reason: z.string(), severity: z.enum(['left-out', 'unusual']), count: z.number().int() }),
  ),
  /** The first two hundred; all in the saved file. */
  issues: z.array(trialIssue),
  /** Words and units that nothing here knows, the most frequent first: a mapping can say what they mean. */
  unknown: z
    .array(
      z.object({
        kind: z.enum(['word', 'unit']),
        column: z.string(),
        text: z.string(),
        count: z.number().int(),
      }),
    )
    .max(UNKNOWN_MAX),
  preview: z.array(visitPreview),
  isCancelled: z.boolean(),
})
export type TrialReport = z.infer<typeof trialReport>

export const tables = {
  /** What the paths hold. `mapping`: the saved one that knows the headers of all tables, when there is one. */
  recognise: {
    input: z.object({ paths }),
    output: z.object({
      fhirCount: z.number().int(),
      hl7Count: z.number().int(),
      syntheaCount: z.number().int(),
      tables: z.array(z.string()),
      missing: z.array(z.string()),
      mapping: tableMapping.nullable(),
    }),
  },
  /** The first rows of tables, and a first mapping of them. A form that is given overrides what the files seem to be. */
  look: {
    input: z.object({
      paths,
      encoding: tableEncoding.optional(),
      delimiter: tableDelimiter.optional(),
      /** By place in the answer's `tables`. */
      headerRows: z.array(z.number().int().min(1).max(100)).max(20).optional(),
    }),
    output: z.object({
      encoding: tableEncoding.nullable(),
      delimiter: tableDelimiter.nullable(),
      /** Encodings in which every file can be read; more than one, or none that is certain, wants a look. */
      encodings: z.array(tableEncoding),
      isCertain: z.boolean(),
      tables: z.array(seenTable).max(20),
      refused: z.array(importReject),
    }),
  },
  gaps: { input: z.object({ tables: z.array(tableLayout).max(20) }), output: z.array(mappingGap) },
  mappings: { input: z.void(), output: z.array(tableMapping) },
  /** Under a new id when `id` is left out. */
  saveMapping: {
    input: tableMapping.omit({ id: true, savedAt: true, format: true }).extend({ id: mappingId.optional() }),
    output: tableMapping,
  },
  /** One that a watched folder uses stays. */
  removeMapping: {
    input: z.object({ id: mappingId }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('removed') }),
      z.object({ kind: z.literal('watched'), folder: z.string() }),
    ]),
  },
  /** Reads everything and takes in nothing. */
  startTrial: {
    input: z.object({ paths, mapping: tableMapping.nullable() }),
    output: z.object({ jobId: z.string() }),
  },
  trialReport: { input: z.object({ jobId: z.string() }), output: trialReport.nullable() },
  /** Issues `first … first + count - 1` of a trial. */
  issues: {
    input: z.object({
      jobId: z.string(),
      first: z.number().int().min(0),
      count: z.number().int().min(1).max(1000),
    }),
    output: z.array(trialIssue),
  },
  /** Writes all issues of a trial as CSV to a chosen file. */
  saveIssues: {
    input: z.object({
      jobId: z.string(),
      sentences: z.object({ 'left-out': reasonSentences, unusual: reasonSentences }).optional(),
    }),
    output: z.object({ path: z.string().nullable() }),
  },
} satisfies Service
