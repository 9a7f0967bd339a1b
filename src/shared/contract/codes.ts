/** Codes for diagnoses, procedures, medicines and departments: searching them, and what they are called, in both languages. */
import { z } from 'zod'
import type { Service } from './kit.ts'

export const codeHit = z.object({
  system: z.string(),
  code: z.string(),
  en: z.string(),
  zh: z.string(),
  /** Usual dose of a medicine, e.g. `500 mg bid`. */
  hint: z.string().optional(),
})
export type CodeHit = z.infer<typeof codeHit>

export const codes = {
  search: {
    input: z.object({
      list: z.enum(['diagnosis', 'procedure', 'medicine', 'department']),
      text: z.string().max(100),
      limit: z.number().int().min(1).max(50),
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
} satisfies Service
