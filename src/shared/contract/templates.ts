/**
 * Own templates of the entry screen: what a department sees first and in which order, its laboratory panels and usual
 * diagnoses, and what a visit there may not lack. Those of the hospital are an administrator's to write, a clerk's own the
 * clerk's.
 */
import { z } from 'zod'
import type { Service } from './kit.ts'

const short = z.string().trim().min(1).max(80)
const panel = z.object({ en: short, zh: short, tests: z.array(z.string().max(40)).min(1).max(60) })

/** The form of a template, in the application and in a file. */
export const visitTemplate = z.object({
  id: z.string().min(1).max(64),
  /** Raised with each change, so that it can be said by which one a visit was entered. */
  version: z.number().int().min(1),
  en: short,
  zh: short,
  /** Departments (codes of the national insurance) that begin with it. */
  departments: z.array(z.string().max(40)).max(50),
  /** Sections after the visit itself, by their numbers, in order. */
  sections: z.array(z.union([3, 4, 5, 6, 7, 8].map((each) => z.literal(each)))).length(6),
  /** Keys of the vital signs that are shown before one is filled in, in order. */
  vitals: z.array(z.string().max(40)).max(20),
  panels: z.array(panel).max(20),
  /** Codes shown before anything is typed. */
  diagnoses: z.array(z.string().max(64)).max(20),
  /** `vitals.sbp`, `labs.hba1c`, `smoking`: asked about once when missing, never refused. */
  expected: z.array(z.string().max(60)).max(40),
  /** In the same words and beyond (`encounter.attender`, `procedures`, `notes`): a new visit is not signed without them. */
  required: z.array(z.string().max(60)).max(40).default([]),
  /** Id of the key of the person whose it is and who alone sees it; null for the hospital's. */
  owner: z.string().max(64).nullable().default(null),
})
export type StoredTemplate = z.infer<typeof visitTemplate>

/** Of somebody who has left: an administrator may remove it, and nobody else sees it. */
const shownTemplate = visitTemplate.extend({ isLeft: z.literal(true).optional() })
export type ShownTemplate = z.infer<typeof shownTemplate>

export const templates = {
  /** The hospital's and the caller's own; for administrators also what people who have left had. */
  list: { input: z.void(), output: z.array(shownTemplate) },
  /**
   * A new one, or the next version of the one with this id; answers all that the caller sees. What was somebody's own becomes
   * the hospital's so, and the other way round. Refused as `not-permitted` where the hospital's is touched without the
   * administrator's role.
   */
  save: {
    input: visitTemplate.omit({ version: true, owner: true }).extend({ isOwn: z.boolean() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('saved'), templates: z.array(shownTemplate) }),
      z.object({ kind: z.literal('too-many') }),
    ]),
  },
  remove: { input: z.object({ id: z.string() }), output: z.array(shownTemplate) },
  /** To a file that another hospital takes; null when the dialog was closed. */
  exportFile: { input: z.object({ id: z.string() }), output: z.object({ path: z.string().nullable() }) },
  importFile: {
    input: z.object({ isOwn: z.boolean() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('saved'), templates: z.array(shownTemplate), id: z.string() }),
      z.object({ kind: z.literal('closed') }),
      z.object({ kind: z.literal('not-a-template') }),
      z.object({ kind: z.literal('too-many') }),
    ]),
  },
} satisfies Service
