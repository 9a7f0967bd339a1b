/**
 * Small readers over parsed JSON: each gives a value of the wanted kind or undefined, never throws, and hands out text
 * in normal form C. FHIR sources are full of surprises, so nothing here trusts a shape.
 */
import { parseInstant, parsePartialDate } from '../../../shared/domain/dates.ts'
import type { Code } from '../../../shared/domain/visit.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import { Decimal } from './json.ts'
import type { Json, JsonObject } from './json.ts'

/** Counts what was taken although it is unusual, and lists fields that were not taken. */
export interface Issues {
  warn(reason: string): void
  /** A part that was left out, while the resource itself is taken. */
  leave(part: string, reason: string, detail?: string): void
}

export function objectAt(value: Json | undefined): JsonObject | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Decimal)
    ? value
    : undefined
}

/** Objects of an array; a lone object counts as an array of one, as some exporters write it. */
export function objectsAt(value: Json | undefined): JsonObject[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    const one = objectAt(value)
    return one === undefined ? [] : [one]
  }
  const result: JsonObject[] = []
  for (const each of value) {
    const one = objectAt(each)
    if (one !== undefined) result.push(one)
  }
  return result
}

/** Text that is not empty. Longer than `max`: cut between characters, and counted. */
export function textAt(value: Json | undefined, max: number, issues: Issues): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const text = toNormalC(value)
  if (text.length <= max) return text
  issues.warn('text-shortened')
  return cut(text, max)
}

/** At most `max` code units, without half a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max)
}

/** Text in pieces that each fit a field; nothing is lost. */
export function pieces(text: string, max: number): string[] {
  const result: string[] = []
  let rest = text
  while (rest.length > max) {
    const part = cut(rest, max)
    result.push(part)
    rest = rest.slice(part.length)
  }
  if (rest !== '') result.push(rest)
  return result
}

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const NUMBER_CHARACTERS_MAX = 30

/** A number's own text, at most 30 characters; a number in quotation marks is read and counted. */
export function decimalAt(value: Json | undefined, issues: Issues): string | undefined {
  if (value instanceof Decimal) return value.text.length <= NUMBER_CHARACTERS_MAX ? value.text : undefined
  if (typeof value === 'string' && value.length <= NUMBER_CHARACTERS_MAX && NUMBER.test(value)) {
    issues.warn('number-in-quotes')
    return value
  }
  return undefined
}

/** A whole number between two bounds. */
export function integerAt(value: Json | undefined, low: number, high: number): number | undefined {
  if (!(value instanceof Decimal)) return undefined
  const number = Number(value.text)
  return Number.isInteger(number) && number >= low && number <= high ? number : undefined
}

export type When =
  { kind: 'when'; text: string } | { kind: 'bad'; reason: 'date-does-not-exist' | 'date-malformed' }

const WITHOUT_OFFSET = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$/
const LONG_FRACTION = /^(.*\.[0-9]{9})[0-9]+(Z|[+-][0-9]{2}:[0-9]{2})$/
const DATE_SHAPE = /^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T.*)?)?)?$/

/** A FHIR date, dateTime or instant that exists, in the source's own words; undefined when the field is not there. */
export function whenAt(value: Json | undefined, issues: Issues): When | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  let text = value.trim()
  if (text.length > 10) {
    const long = LONG_FRACTION.exec(text)
    if (long !== null) text = long[1]! + long[2]!
    if (parseInstant(text) !== null) return { kind: 'when', text }
    const local = WITHOUT_OFFSET.exec(text)
    if (local !== null && parsePartialDate(local[1]!) !== null) {
      // Which moment it was cannot be known; which day, can.
      issues.warn('time-without-offset')
      return { kind: 'when', text: local[1]! }
    }
  } else if (parsePartialDate(text) !== null) return { kind: 'when', text }
  return { kind: 'bad', reason: DATE_SHAPE.test(text) ? 'date-does-not-exist' : 'date-malformed' }
}

/** The text of a date that exists; a bad one is listed under `part` and left out. */
export function goodWhen(value: Json | undefined, part: string, issues: Issues): string | undefined {
  const when = whenAt(value, issues)
  if (when === undefined) return undefined
  if (when.kind === 'when') return when.text
  issues.leave(part, when.reason, String(value).slice(0, 40))
  return undefined
}

/* Code systems and concepts */

export const LOCAL_SYSTEM_URI = 'urn:consilium:local'

function systemIn(system: string | undefined): string {
  return system === undefined || system === LOCAL_SYSTEM_URI ? 'local' : system
}

/** One coding as ours, or undefined when it has no code. */
export function codeOf(coding: JsonObject, issues: Issues): Code | undefined {
  const code = textAt(coding['code'], 64, issues)
  if (code === undefined) return undefined
  const system = systemIn(textAt(coding['system'], 200, issues))
  const display = textAt(coding['display'], 500, issues)
  return display === undefined ? { system, code } : { system, code, display }
}

export interface Concept {
  codes: Code[]
  text: string | undefined
}

/** All codings of a CodeableConcept, and its text. */
export function conceptOf(value: Json | undefined, issues: Issues): Concept {
  const object = objectAt(value)
  if (object === undefined) return { codes: [], text: undefined }
  const codes: Code[] = []
  for (const coding of objectsAt(object['coding'])) {
    const code = codeOf(coding, issues)
    if (code !== undefined) codes.push(code)
  }
  return { codes, text: textAt(object['text'], 2000, issues) }
}

/** For what somebody else has complained of already. */
export const QUIET: Issues = { warn: () => undefined, leave: () => undefined }

/**
 * The coding that stands for the concept, chosen by `prefers`, else the first; a concept of text alone becomes a local
 * code. Undefined when the concept says nothing.
 */
export function mainCode(
  concept: Concept,
  prefers: (system: string) => boolean,
): { code: Code; others: Code[] } | undefined {
  const { codes, text } = concept
  if (codes.length === 0) {
    if (text === undefined) return undefined
    const display = cut(text, 500)
    return { code: { system: 'local', code: cut(text, 64), display }, others: [] }
  }
  const found = codes.findIndex((code) => prefers(code.system))
  const at = found < 0 ? 0 : found
  return { code: codes[at]!, others: codes.filter((_, i) => i !== at).slice(0, 16) }
}

/** First code of a concept, or its text: for fields that are one word. */
export function wordOf(value: Json | undefined, max: number, issues: Issues): string | undefined {
  const concept = conceptOf(value, issues)
  const word = concept.codes[0]?.code ?? concept.text
  return word === undefined ? undefined : cut(word, max)
}

/** `[{text}]` joined; longer texts come back in pieces. */
export function annotationText(value: Json | undefined): string | undefined {
  const texts = objectsAt(value)
    .map((note) => note['text'])
    .filter((text): text is string => typeof text === 'string' && text !== '')
  return texts.length === 0 ? undefined : toNormalC(texts.join('\n'))
}

/** References point somewhere: literal, contained, conditional, or by identifier alone. */
export function referenceText(value: Json | undefined): string | undefined {
  const object = objectAt(value)
  const reference = object?.['reference']
  return typeof reference === 'string' && reference !== '' ? reference : undefined
}

/** What names the far end without following: the last part of the reference, or its identifier. At most 64 characters. */
export function referenceWord(value: Json | undefined): string | undefined {
  const object = objectAt(value)
  if (object === undefined) return undefined
  const reference = referenceText(object)
  if (reference !== undefined) {
    const query = reference.indexOf('identifier=')
    const word =
      query >= 0
        ? reference.slice(query + 11)
        : reference.slice(Math.max(reference.lastIndexOf('/'), reference.lastIndexOf(':')) + 1)
    if (word !== '') return cut(toNormalC(word.slice(word.lastIndexOf('|') + 1) || word), 64)
  }
  const identifier = objectAt(object['identifier'])?.['value']
  return typeof identifier === 'string' && identifier !== '' ? cut(toNormalC(identifier), 64) : undefined
}
