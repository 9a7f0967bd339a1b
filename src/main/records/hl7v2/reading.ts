/** What the readers of segments share: texts in normal form, times of the message, and where to say what was left out. */
import { toNormalC } from '../../node/chain/normal-form.ts'
import { cut } from '../fhir/reading.ts'
import type { FieldReader } from './message.ts'
import { readWhen, type OffsetAt } from './when.ts'

export interface Reading {
  warn(reason: string): void
  /** A segment, or a part of it, that is left out. */
  leave(reader: FieldReader, reason: string, detail?: string): void
  /** A text in normal form; longer than `max`: cut between characters, and counted. */
  text(value: string | undefined, max: number): string | undefined
  /** A time that exists; one that does not is listed and left out. */
  when(reader: FieldReader, field: number, component?: number): string | undefined
}

export function createReading(
  ofMessage: string | null,
  offsetAt: OffsetAt,
  tell: Pick<Reading, 'warn' | 'leave'>,
): Reading {
  return {
    ...tell,
    text(value, max) {
      const text = value === undefined ? '' : toNormalC(value)
      if (text === '') return undefined
      if (text.length > max) tell.warn('text-shortened')
      return cut(text, max)
    },
    when(reader, field, component = 1) {
      const read = readWhen(reader.component(field, component), ofMessage, offsetAt)
      if (read === undefined) return undefined
      if (read.kind === 'bad') {
        tell.leave(reader, read.reason, `${reader.segment.name}-${field}`)
        return undefined
      }
      if (read.isOffsetAssumed)
        tell.warn(read.text.length > 10 ? 'offset-of-this-hospital' : 'time-without-offset')
      return read.text
    },
  }
}

/** A short text in normal form; a longer one is cut. */
export function clean(value: string | undefined, max: number): string | undefined {
  const text = value === undefined ? '' : toNormalC(value)
  return text === '' ? undefined : cut(text, max)
}
