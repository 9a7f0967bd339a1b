/**
 * One text for one result: keys in order of code units, numbers as ECMAScript writes them (the shortest text that reads back as the
 * same double, RFC 8785 section 3.2.2.3), no spaces. What is no number is null. Pure.
 */
import { InvariantViolation } from '../../../shared/std/assert.ts'

export function resultText(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  switch (typeof value) {
    case 'boolean':
      return String(value)
    case 'number':
      return value - value === 0 ? JSON.stringify(value) : 'null'
    case 'string':
      return JSON.stringify(value)
    case 'object': {
      if (Array.isArray(value)) return `[${value.map(resultText).join(',')}]`
      const fields = value as Readonly<Record<string, unknown>>
      const parts = Object.keys(fields)
        .filter((key) => fields[key] !== undefined)
        .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        .map((key) => `${JSON.stringify(key)}:${resultText(fields[key])}`)
      return `{${parts.join(',')}}`
    }
    default:
      throw new InvariantViolation('a result is plain data')
  }
}
