/** Every visit that the schema lets through: an arbitrary made from the zod schema itself, so that it grows with it. */
import fc from 'fast-check'
import type { z } from 'zod'
import { visitRecord, type VisitRecord } from '../../../shared/domain/visit.ts'
import { textProblem } from './codec.ts'

/** Short lists, so that a record fits a class; text in normal form C without U+0000. */
export const anyVisit: fc.Arbitrary<VisitRecord> = (
  arbitraryOf(visitRecord) as fc.Arbitrary<VisitRecord>
).map(withLinks)

/** `op` decides whether a version names the one it replaces, which the schema does not say. */
function withLinks(record: VisitRecord): VisitRecord {
  const { supersedes, reason, ...rest } = record.envelope
  if (rest.op === 'create') return { ...record, envelope: { ...rest, ...(reason && { reason }) } }
  return {
    ...record,
    envelope: { ...rest, supersedes: supersedes ?? 'ab'.repeat(32), reason: reason ?? { code: 'typo' } },
  }
}

type Check = { _zod: { def: Record<string, unknown> } }
type Def = {
  type: string
  shape?: Record<string, z.ZodType>
  element?: z.ZodType
  innerType?: z.ZodType
  options?: z.ZodType[]
  entries?: Record<string, string>
  values?: unknown[]
  checks?: Check[]
}

function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const def = schema._zod.def as unknown as Def
  const checks = (def.checks ?? []).map((check) => check._zod.def)
  const bound = (name: string, key: string) =>
    checks.find((check) => check['check'] === name)?.[key] as number | undefined
  switch (def.type) {
    case 'object': {
      const required: Record<string, fc.Arbitrary<unknown>> = {}
      const optional: string[] = []
      for (const [key, part] of Object.entries(def.shape!)) {
        const isOptional = (part._zod.def as unknown as Def).type === 'optional'
        if (isOptional) optional.push(key)
        required[key] = arbitraryOf(isOptional ? (part._zod.def as unknown as Def).innerType! : part)
      }
      return fc.record(required, {
        requiredKeys: Object.keys(required).filter((key) => !optional.includes(key)),
        noNullPrototype: true,
      })
    }
    case 'array':
      return fc.array(arbitraryOf(def.element!), {
        maxLength: Math.min(3, bound('max_length', 'maximum') ?? 3),
      })
    case 'union':
      return fc.oneof(...def.options!.map(arbitraryOf))
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries!))
    case 'literal':
      return fc.constantFrom(...def.values!)
    case 'boolean':
      return fc.boolean()
    case 'number': {
      const min = bound('greater_than', 'value') ?? Number.MIN_SAFE_INTEGER
      const max = bound('less_than', 'value') ?? Number.MAX_SAFE_INTEGER
      return fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(max, 2 ** 31 - 1) })
    }
    case 'string': {
      const pattern = checks.find((check) => check['pattern'] instanceof RegExp)?.['pattern'] as
        RegExp | undefined
      const maxLength = bound('max_length', 'maximum')
      if (pattern !== undefined)
        return fc
          .stringMatching(pattern)
          .filter((text) => maxLength === undefined || text.length <= maxLength)
      const minLength = bound('min_length', 'minimum') ?? 0
      const unit = fc.oneof(
        { weight: 5, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
        { weight: 2, arbitrary: fc.constantFrom('水', '糖', 'é', '😀', '가', '\u0301', '\t', '\u2028') },
      )
      return fc
        .string({ unit, minLength, maxLength: Math.min(40, maxLength ?? 40) })
        .map((text) => text.normalize('NFC'))
        .filter(
          (text) =>
            textProblem(text) === null && text.length >= minLength && text.length <= (maxLength ?? 40),
        )
    }
    default:
      throw new Error(`the schema has a type that this arbitrary does not know: ${def.type}`)
  }
}
