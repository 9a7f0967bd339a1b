/** The insurer's own exposure and premium by cell: files that it imports, kept sealed on its own node and seen by no gateway (docs/spec/pricing.md M2). */
import { z } from 'zod'
import type { Service } from './kit.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

export const exposureError = z.object({
  code: z.enum([
    /** There is no such file, or it may not be read. */
    'unreadable',
    'too-large',
    'not-a-table',
    'missing-column',
    'empty',
    'not-a-month',
    'not-a-sex',
    'not-a-band',
    'not-a-number',
    'below-nothing',
    'double-cell',
  ]),
  /** 1 is the header. */
  line: z.int(),
  column: z.string(),
  found: z.string(),
  hint: z.string().nullable(),
})
export type ExposureError = z.infer<typeof exposureError>

const summary = z.object({
  /** SHA-256 of the file's bytes. */
  hash,
  fileName: z.string(),
  rows: z.int(),
  memberMonths: z.number(),
  /** Minor units of the file's one currency. */
  premiumMinor: z.number(),
  months: z.array(z.string()),
  plans: z.array(z.string()),
  groups: z.array(z.string()),
  ageBands: z.array(z.string()),
})
export type ExposureSummary = z.infer<typeof summary>

/** Whoever runs a demonstration brings a file that nobody at the desk chose. */
export const broughtBy = z.enum(['person', 'demonstration'])

export const exposureVersion = summary.extend({
  /** Milliseconds since 1970. */
  importedAt: z.number(),
  // Versions that were kept before somebody asked came of people.
  broughtBy: broughtBy.default('person'),
})
export type ExposureVersion = z.infer<typeof exposureVersion>

const row = z.object({
  plan: z.string(),
  group: z.string(),
  ageBand: z.string(),
  sex: z.string(),
  month: z.string(),
  memberMonths: z.number(),
  premiumMinor: z.number(),
})
export type ExposureFileRow = z.infer<typeof row>

const refused = z.object({
  kind: z.literal('refused'),
  fileName: z.string(),
  errors: z.array(exposureError),
  /** All of them; the list has the first fifty. */
  errorCount: z.int(),
})

export const exposures = {
  chooseFile: { input: z.void(), output: z.string().nullable() },
  /** Reads the whole file and keeps nothing: what is in it, with its first lines, or every error with its line. */
  check: {
    input: z.object({ path: z.string() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('read'), summary, first: z.array(row), isKept: z.boolean() }),
      refused,
    ]),
  },
  /** Keeps it as a version of its own. `hash` is that of the file that was looked at: another content is refused. */
  take: {
    input: z.object({ path: z.string(), hash, broughtBy }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('taken'), version: exposureVersion }),
      refused,
      z.object({ kind: z.literal('changed') }),
      z.object({ kind: z.literal('full'), most: z.int() }),
    ]),
  },
  /** Newest first. */
  list: { input: z.void(), output: z.array(exposureVersion) },
  remove: { input: z.object({ hash }), output: z.object({ isRemoved: z.boolean() }) },
} satisfies Service
