/** Searching codes for diagnoses, procedures and medicines, in both languages. */
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
} satisfies Service
