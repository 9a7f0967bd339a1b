/**
 * Answers to every call of the contract, made from its own schemas: whatever text may come from outside stands in them, so that a
 * test of screens need not know which method gives what. Fields that hold no free text (ids, days, codes of our own) get such.
 */
import type { z } from 'zod'

export interface AnswerDice {
  /** For a field of free text. */
  text(): string
  /** Which of a union, and whether what may be missing is there. */
  pick(count: number): number
}

const DEPTH_MAX = 14
const LISTED = 2

/** Text that the contract gives a form although a schema does not say so, by the name of its field. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/(root|hash|digest|patientKey|signature)$/i, 'ab'.repeat(32)],
  [/(at|from|to|until|since|begun|performed|effective|issued)$/i, '2026-11-20T08:15:00+08:00'],
  [/(day|date|birthDate|deathDate|onset|abatement)$/i, '2026-11-20'],
  [/(id|ids|tag|key|supersedes|chain)$/i, 'ab'.repeat(16)],
  [/^zone$/i, 'Asia/Taipei'],
  [/^currency$/i, 'TWD'],
  [/^(version|there|node|here)$/i, '1.0.0'],
  [/^mantissa$/i, '12'],
]

export function answerOf(schema: z.ZodType, dice: AnswerDice, name = '', depth = 0): unknown {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } }
  const inner = (child: unknown, of = name) => answerOf(child as z.ZodType, dice, of, depth + 1)
  switch (def.type) {
    case 'string':
      return textOf(schema, dice, name)
    case 'number':
      return numberOf(schema, name)
    case 'bigint':
      return 7n
    case 'boolean':
      return dice.pick(2) === 0
    case 'literal':
      return (def['values'] as readonly unknown[])[0]
    case 'enum': {
      const values = Object.values(def['entries'] as Record<string, unknown>)
      return values[dice.pick(values.length)]
    }
    case 'object': {
      const shape = def['shape'] as Record<string, z.ZodType>
      const entries = Object.entries(shape).map(([key, value]) => [key, inner(value, key)] as const)
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
    }
    case 'record':
      return { [dice.text()]: inner(def['valueType']) }
    case 'array':
      return depth > DEPTH_MAX ? [] : Array.from({ length: LISTED }, () => inner(def['element']))
    case 'tuple':
      return (def['items'] as readonly unknown[]).map((item) => inner(item))
    case 'union': {
      const options = def['options'] as readonly unknown[]
      return inner(options[depth > DEPTH_MAX ? 0 : dice.pick(options.length)])
    }
    case 'nullable':
      return depth > DEPTH_MAX || dice.pick(4) === 0 ? null : inner(def['innerType'])
    case 'optional':
      return depth > DEPTH_MAX || dice.pick(4) === 0 ? undefined : inner(def['innerType'])
    case 'default':
    case 'readonly':
    case 'catch':
    case 'nonoptional':
      return inner(def['innerType'])
    case 'lazy':
      return inner((def['getter'] as () => unknown)())
    case 'pipe':
      return inner(def['out'])
    case 'null':
      return null
    case 'void':
    case 'undefined':
      return undefined
    case 'unknown':
    case 'any':
      return null
    default:
      throw new Error(`no answer for ${def.type} at ${name}`)
  }
}

function textOf(schema: z.ZodType, dice: AnswerDice, name: string): string {
  const form = FORMS.find(([pattern]) => pattern.test(name))?.[1]
  if (form !== undefined && schema.safeParse(form).success) return form
  return dice.text()
}

function numberOf(schema: z.ZodType, name: string): number {
  if (/(At|^at|since|until|time)$/i.test(name)) return 1_795_000_000_000
  return [7, 1, 0, 20].find((each) => schema.safeParse(each).success) ?? 0.5
}
