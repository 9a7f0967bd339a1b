/** Numbers of persons as they are said: fewer than 11 never exactly (docs/spec/pathways.md section 5). */
import { z } from 'zod'

export const saidCount = z.discriminatedUnion('said', [
  z.object({ said: z.literal('exact'), count: z.int() }),
  /** 1 to 10. */
  z.object({ said: z.literal('small') }),
  /** 11 or more; how many would give a small number away. */
  z.object({ said: z.literal('withheld') }),
  /** Not even whether it is small. */
  z.object({ said: z.literal('hidden') }),
])
export type SaidCount = z.infer<typeof saidCount>
