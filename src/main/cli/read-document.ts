/** A JSON file that a person wrote or another member sent, held against its schema: cohorts and studies. */
import type { z } from 'zod'
import { utf8Decode } from '../../shared/std/bytes.ts'
import { readSmallFile } from '../services/files.ts'

export type ReadDocument<T> =
  | { kind: 'document'; document: T }
  | { kind: 'unreadable'; reason: 'missing-or-too-large' | 'not-json' | 'too-deep' }
  | { kind: 'malformed'; problems: { path: string; message: string }[] }

export async function readDocument<T>(
  path: string,
  schema: z.ZodType<T>,
  bytesMax: number,
): Promise<ReadDocument<T>> {
  const bytes = await readSmallFile(path, bytesMax)
  if (bytes === null) return { kind: 'unreadable', reason: 'missing-or-too-large' }
  let json: unknown
  try {
    json = JSON.parse(utf8Decode(bytes))
  } catch {
    return { kind: 'unreadable', reason: 'not-json' }
  }
  try {
    const parsed = schema.safeParse(json)
    if (parsed.success) return { kind: 'document', document: parsed.data }
    const problems = parsed.error.issues.map(({ path: at, message }) => ({
      path: at.map(String).join('.'),
      message,
    }))
    return { kind: 'malformed', problems }
  } catch (error) {
    // Conditions within conditions, more than the stack holds.
    if (error instanceof RangeError) return { kind: 'unreadable', reason: 'too-deep' }
    throw error
  }
}
