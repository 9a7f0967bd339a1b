/**
 * Codes for diagnoses, procedures, medicines and departments, in both languages: finding and naming them; the lists of
 * this hospital with their editions; and what was written without a code, waiting for a coder.
 */
import { z } from 'zod'
import { civilDate } from '../domain/visit.ts'
import type { Service } from './kit.ts'

export const codeListName = z.enum(['diagnosis', 'procedure', 'medicine', 'department'])
export type CodeListName = z.infer<typeof codeListName>

/** What records have codes of: the hospital's lists, and the table of tests that is the same everywhere. */
export const codedList = z.enum([...codeListName.options, 'test'])
export type CodedList = z.infer<typeof codedList>

export const codeHit = z.object({
  system: z.string(),
  code: z.string(),
  en: z.string(),
  zh: z.string(),
  /** Usual dose of a medicine, e.g. `500 mg bid`. */
  hint: z.string().optional(),
  /** Why it stands before others: pinned by this person, used last here, or what these words were coded with. */
  mark: z.enum(['favourite', 'recent', 'learnt']).optional(),
})
export type CodeHit = z.infer<typeof codeHit>

/** What a coder or a map says that something means. */
export const codeTarget = z.object({
  system: z.string().min(1).max(200),
  code: z.string().min(1).max(64),
  display: z.string().max(500),
})
export type CodeTarget = z.infer<typeof codeTarget>

/* ---------- editions of a list ---------- */

export const codeListEdition = z.object({
  /** SHA-256 over the canonical content: the same hash, the same codes and names, at every hospital. */
  hash: z.string(),
  edition: z.string(),
  /** URI of the code system. */
  system: z.string(),
  codeCount: z.number().int(),
  /** Name of the file; empty for the built-in list. */
  source: z.string(),
  importedAt: z.number().nullable(),
  importedBy: z.string(),
  isBuiltIn: z.boolean(),
})
export type CodeListEdition = z.infer<typeof codeListEdition>

export const codeListUse = z.object({
  list: codeListName,
  inUse: codeListEdition,
  /** Since when at the facility; null for the built-in list that was there from the start. */
  inUseFrom: civilDate.nullable(),
  /** The next one and its day, where one was set for later. */
  next: z.object({ hash: z.string(), from: civilDate }).nullable(),
  /** Kept editions, newest first, the built-in one last. */
  editions: z.array(codeListEdition),
  /** Codes that this hospital has added. */
  localCount: z.number().int(),
})
export type CodeListUse = z.infer<typeof codeListUse>

export const columnRole = z.enum(['code', 'en', 'zh', 'hint', 'parent', 'validFrom', 'validTo', 'billable'])
export type ColumnRole = z.infer<typeof columnRole>
/** Column of the file, from 0, for each role that the file has. */
export const columnMap = z.partialRecord(columnRole, z.number().int().min(0).max(200))
export type ColumnMap = z.infer<typeof columnMap>

export const codeFileRefusal = z.enum([
  'unreadable',
  'too-large',
  'no-columns',
  'no-codes',
  'too-many-codes',
  'not-writable',
])
export type CodeFileRefusal = z.infer<typeof codeFileRefusal>

export const codeRowProblem = z.enum([
  'code-missing',
  'code-malformed',
  'code-twice',
  'name-missing',
  'name-too-long',
  'date-malformed',
  'billable-malformed',
])
export type CodeRowProblem = z.infer<typeof codeRowProblem>

export const codeFilePreview = z.object({
  path: z.string(),
  source: z.string(),
  format: z.enum(['csv', 'tsv', 'xlsx', 'fhir']),
  encoding: z.string(),
  hasHeader: z.boolean(),
  /** What each column is called: its heading, or its number where the file has none. */
  headings: z.array(z.string()),
  /** The first rows as they stand in the file. */
  rows: z.array(z.array(z.string())),
  columns: columnMap,
  edition: z.string(),
  system: z.string(),
  hash: z.string(),
  codeCount: z.number().int(),
  /** Against the edition in use. */
  added: z.number().int(),
  changed: z.number().int(),
  removed: z.number().int(),
  malformedCount: z.number().int(),
  /** The first of them; rows count from 1 with the heading. */
  malformed: z.array(z.object({ row: z.number().int(), problem: codeRowProblem, text: z.string() })),
})
export type CodeFilePreview = z.infer<typeof codeFilePreview>

const refusedFile = z.object({ kind: z.literal('refused'), reason: codeFileRefusal })
const cancelled = z.object({ kind: z.literal('cancelled') })

/* ---------- what this hospital adds ---------- */

export const localCode = z.object({
  list: codeListName,
  code: z.string().min(1).max(32),
  en: z.string().min(1).max(300),
  zh: z.string().min(1).max(300),
})
export type LocalCode = z.infer<typeof localCode>

export const learntWords = z.object({
  list: codedList,
  text: z.string().min(1).max(500),
  target: codeTarget,
})
export type LearntWords = z.infer<typeof learntWords>

export const hospitalCodes = z.object({
  local: z.array(localCode),
  /** Words of this hospital and the code that they were given. */
  learnt: z.array(learntWords),
  /** A map from codes of a source system to ours, as a file gave it. */
  map: z
    .object({
      source: z.string(),
      importedAt: z.number(),
      importedBy: z.string(),
      rowCount: z.number().int(),
    })
    .nullable(),
})
export type HospitalCodes = z.infer<typeof hospitalCodes>

/* ---------- the work list ---------- */

export const uncoded = z.object({
  key: z.string(),
  list: codedList,
  /** The coding of the source, or `local` for words alone. */
  system: z.string(),
  code: z.string(),
  /** As somebody wrote it first. */
  text: z.string(),
  count: z.number().int(),
  visitCount: z.number().int(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** A visit that has it; never a patient's name. */
  example: z.object({
    merkleRoot: z.string(),
    admission: z.string(),
    encounterClass: z.string(),
    department: z.string(),
  }),
  /** What the hospital's map says, else what it has learnt, else the best find in the lists. */
  suggestion: z.object({ from: z.enum(['map', 'learnt', 'list']), hit: codeHit }).nullable(),
})
export type Uncoded = z.infer<typeof uncoded>

export const workList = z.object({
  rows: z.array(uncoded),
  /** All there are; the most frequent ones are shown. */
  total: z.number().int(),
  visitsLookedAt: z.number().int(),
  /** Visits that cannot be opened here any more. */
  sealedCount: z.number().int(),
})
export type WorkList = z.infer<typeof workList>

export const codingReport = z.object({
  learnt: z.number().int(),
  amended: z.number().int(),
  /** Visits that stay as they are, by reason. */
  left: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  isCancelled: z.boolean(),
})
export type CodingReport = z.infer<typeof codingReport>

export const codes = {
  search: {
    input: z.object({
      list: codedList,
      text: z.string().max(100),
      limit: z.number().int().min(1).max(50),
      /** Code of the department: what its clerks used last comes first. */
      department: z.string().max(64).optional(),
    }),
    output: z.array(codeHit),
  },
  /** What codes of records are called; null where no list has the code. In the order of the question. */
  names: {
    input: z.object({
      codes: z.array(z.object({ system: z.string().max(300), code: z.string().max(100) })).max(500),
    }),
    output: z.array(codeHit.nullable()),
  },
  /** Pins a code for the person at the desk, or takes the pin away. */
  pin: {
    input: z.object({ list: codeListName, code: z.string().max(64), isPinned: z.boolean() }),
    output: z.void(),
  },

  lists: { input: z.void(), output: z.array(codeListUse) },
  /** Reads a file and says what it would change; nothing is kept. Without a path the person chooses one. */
  previewFile: {
    input: z.object({
      list: codeListName,
      path: z.string().min(1).optional(),
      /** Guessed where not given. */
      columns: columnMap.optional(),
      system: z.string().min(1).max(200).optional(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('preview'), preview: codeFilePreview }),
      z.object({
        kind: z.literal('columns'),
        headings: z.array(z.string()),
        rows: z.array(z.array(z.string())),
        path: z.string(),
      }),
      cancelled,
      refusedFile,
    ]),
  },
  /** Keeps what the preview showed as an edition and puts it in use from a day on. */
  importFile: {
    input: z.object({
      list: codeListName,
      path: z.string().min(1),
      columns: columnMap,
      edition: z.string().max(100),
      system: z.string().min(1).max(200),
      /** Today at the facility where not given. */
      from: civilDate.optional(),
      /** Of the preview: a file that has changed since is not taken. */
      hash: z.string(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('imported'), lists: z.array(codeListUse) }),
      z.object({ kind: z.literal('changed') }),
      refusedFile,
    ]),
  },
  /** Puts a kept edition, or the built-in list (null), in use from a day on: also the way back. */
  putInUse: {
    input: z.object({ list: codeListName, hash: z.string().nullable(), from: civilDate }),
    output: z.array(codeListUse),
  },
  /** An edition that is in use or will be stays. */
  removeEdition: {
    input: z.object({ list: codeListName, hash: z.string() }),
    output: z.array(codeListUse),
  },

  hospital: { input: z.void(), output: hospitalCodes },
  addLocal: {
    input: localCode,
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('added'), hospital: hospitalCodes }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['code-taken', 'code-malformed', 'too-many-codes']),
      }),
    ]),
  },
  removeLocal: { input: z.object({ list: codeListName, code: z.string() }), output: hospitalCodes },
  forgetLearnt: { input: z.object({ list: codedList, text: z.string() }), output: hospitalCodes },
  /** A map: a table with the columns source system, source code and target code. Replaces the one before. */
  importMap: {
    input: z.object({ path: z.string().min(1).optional() }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('imported'),
        hospital: hospitalCodes,
        malformed: z.array(z.object({ row: z.number().int(), text: z.string() })),
        malformedCount: z.number().int(),
      }),
      cancelled,
      refusedFile,
    ]),
  },
  dropMap: { input: z.void(), output: hospitalCodes },

  /** Looks through the hospital's own visits for what has no code of its lists. */
  startWorkList: { input: z.void(), output: z.object({ jobId: z.string() }) },
  /** Null while it runs, and when it failed. */
  workList: { input: z.object({ jobId: z.string() }), output: workList.nullable() },
  /** Gives codes: teaches the words, and writes a new version of the visits concerned. */
  startCoding: {
    input: z.object({
      choices: z
        .array(z.object({ key: z.string(), target: codeTarget }))
        .min(1)
        .max(5_000),
      teaches: z.boolean(),
      amends: z.boolean(),
    }),
    output: z.object({ jobId: z.string() }),
  },
  codingReport: { input: z.object({ jobId: z.string() }), output: codingReport.nullable() },
} satisfies Service
