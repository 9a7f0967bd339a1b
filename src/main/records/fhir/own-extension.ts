/**
 * What FHIR has no place for travels in one extension of our own, so that export and import give the same record. The
 * writer lets the reader of this folder read back what it wrote natively, and puts only the difference here: nothing is
 * said twice, and a field that FHIR cannot hold today is never forgotten tomorrow.
 */
import type { z } from 'zod'
import type { JsonObject } from './json.ts'
import { Decimal } from './json.ts'
import { objectsAt } from './reading.ts'

export const OWN_EXTENSION = 'urn:consilium:record'

export interface OwnPart {
  /** Place of the element in its list of the visit. */
  order: number | undefined
  /** Fields that differ from what FHIR alone says; null = not there. */
  fields: Record<string, unknown>
}

const NOTHING: OwnPart = { order: undefined, fields: {} }

/** Our extension of a resource or component; empty where there is none. */
export function ownPartOf(resource: JsonObject): OwnPart {
  if (resource['extension'] === undefined) return NOTHING
  for (const extension of objectsAt(resource['extension'])) {
    if (extension['url'] !== OWN_EXTENSION) continue
    const part: OwnPart = { order: undefined, fields: {} }
    for (const inner of objectsAt(extension['extension'])) {
      const name = inner['url']
      if (typeof name !== 'string' || name === '__proto__') continue
      const whole = inner['valueInteger']
      if (name === 'order' && whole instanceof Decimal) part.order = Number(whole.text)
      const text = inner['valueString']
      if (typeof text === 'string') {
        try {
          part.fields[name] = JSON.parse(text) as unknown
        } catch {
          // Not our hand: the field stays as FHIR says it.
        }
      }
    }
    return part
  }
  return NOTHING
}

/** The element with our fields laid over it, or as it was when the result would be no valid element. */
export function withOwnFields<T extends object>(
  element: T,
  fields: Record<string, unknown>,
  schema: z.ZodType<T>,
): T {
  const names = Object.keys(fields)
  if (names.length === 0) return element
  const merged: Record<string, unknown> = { ...(element as Record<string, unknown>) }
  for (const name of names) {
    if (fields[name] === null) delete merged[name]
    else merged[name] = fields[name]
  }
  const parsed = schema.safeParse(merged)
  return parsed.success ? parsed.data : element
}

/** The extension that turns `native` into `wanted`, or null when they are the same and the place is not told. */
export function ownExtension(
  wanted: object,
  native: object,
  order: number | undefined,
): { url: string; extension: object[] } | null {
  const inner: object[] = []
  if (order !== undefined) inner.push({ url: 'order', valueInteger: order })
  const a = wanted as Record<string, unknown>
  const b = native as Record<string, unknown>
  for (const name of Object.keys(a)) {
    if (a[name] !== undefined && !isSame(a[name], b[name]))
      inner.push({ url: name, valueString: JSON.stringify(a[name]) })
  }
  for (const name of Object.keys(b)) {
    if (b[name] !== undefined && a[name] === undefined) inner.push({ url: name, valueString: 'null' })
  }
  return inner.length === 0 ? null : { url: OWN_EXTENSION, extension: inner }
}

/** Deep equality of plain data; an absent key equals an undefined one. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!isSame(a[i], b[i])) return false
    return true
  }
  const x = a as Record<string, unknown>
  const y = b as Record<string, unknown>
  for (const key of Object.keys(x)) if (!isSame(x[key], y[key])) return false
  for (const key of Object.keys(y)) if (y[key] !== undefined && x[key] === undefined) return false
  return true
}

/** Elements in the order that they had, those without a place behind. */
export function inOrder<T>(elements: readonly { value: T; order: number | undefined }[]): T[] {
  const last = Number.MAX_SAFE_INTEGER
  return [...elements].sort((a, b) => (a.order ?? last) - (b.order ?? last)).map((each) => each.value)
}
