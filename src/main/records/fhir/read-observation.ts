/** FHIR Observation → our observations: one for a value, one for each component, with the panel they came in. */
import { labTestOf, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { unitRuleOf, unitUnderstood } from '../../../shared/domain/units.ts'
import { observation as observationSchema } from '../../../shared/domain/visit.ts'
import type { Code, Observation, ObservationValue } from '../../../shared/domain/visit.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import { Decimal } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { ownPartOf, withOwnFields } from './own-extension.ts'
import {
  annotationText,
  conceptOf,
  cut,
  decimalAt,
  goodWhen,
  mainCode,
  objectAt,
  objectsAt,
  referenceWord,
  textAt,
} from './reading.ts'
import type { Issues } from './reading.ts'

export interface ReadObservation {
  value: Observation
  order: number | undefined
}

export interface ObservationContext {
  /** Specimen that the observation points to, if the file has it. */
  specimen?: JsonObject | undefined
  /** Text that fits no field of an observation: it becomes a note of the visit. */
  addNote(text: string): void
}

export const UCUM = 'http://unitsofmeasure.org'
const UNIT_MAX = 64
export const LONG_TEXT_MAX = 2000

const KIND_OF_CATEGORY: Record<string, Observation['kind'] | undefined> = {
  'vital-signs': 'vital',
  'vital-sign': 'vital',
  laboratory: 'lab',
  LAB: 'lab',
  survey: 'survey',
  'social-history': 'social',
  imaging: 'imaging',
  exam: 'exam',
  procedure: 'procedure',
}
const STATUSES = new Set([
  'registered',
  'preliminary',
  'final',
  'amended',
  'corrected',
  'cancelled',
  'entered-in-error',
  'unknown',
])
const FLAGS = new Set(['N', 'L', 'H', 'LL', 'HH', 'A', 'AA', '<', '>'])
const isLoinc = (system: string) => system === LOINC_SYSTEM

/** Undefined when the resource names no concept at all. */
export function readObservation(
  resource: JsonObject,
  context: ObservationContext,
  issues: Issues,
): ReadObservation[] | undefined {
  const main = mainCode(conceptOf(resource['code'], issues), isLoinc)
  const own = ownPartOf(resource)
  if (main === undefined) return undefined
  const base = sharedPart(resource, main.code, context, issues)
  const note = annotationText(resource['note'])
  const components = objectsAt(resource['component'])
  const result: ReadObservation[] = []

  const value = readValue(resource, context, issues)
  if (components.length === 0 || value !== undefined) {
    const one = valuePart(resource, { ...base }, main, value ?? emptyValue(resource), issues)
    const parts = [note, ...asideOf(resource, issues)].filter((text) => text !== undefined)
    placeNote(one, parts, context)
    result.push({ value: withOwnFields(one, own.fields, observationSchema), order: own.order })
  }
  for (const component of components) {
    const mainOfPart = mainCode(conceptOf(component['code'], issues), isLoinc)
    if (mainOfPart === undefined) {
      issues.leave('component', 'no-code')
      continue
    }
    const part = ownPartOf(component)
    const read = readValue(component, context, issues) ?? emptyValue(component)
    const one = valuePart(component, { ...base, panel: main.code }, mainOfPart, read, issues)
    if (result.length === 0) placeNote(one, note === undefined ? [] : [note], context)
    result.push({ value: withOwnFields(one, part.fields, observationSchema), order: part.order })
  }
  return result
}

/** What all components of one Observation have in common. */
function sharedPart(
  resource: JsonObject,
  code: Code,
  context: ObservationContext,
  issues: Issues,
): Omit<Observation, 'code' | 'value' | 'sourceCodings'> {
  const kind = kindOf(resource, code)
  const status = resource['status']
  const shared: Omit<Observation, 'code' | 'value' | 'sourceCodings'> = {
    kind,
    status:
      typeof status === 'string' && STATUSES.has(status) ? (status as Observation['status']) : 'unknown',
  }
  if (shared.status === 'unknown' && status !== 'unknown') issues.warn('status-not-known')
  const effective = effectiveOf(resource, issues)
  const collected = context.specimen === undefined ? undefined : collectedOf(context.specimen, issues)
  if (kind === 'lab') {
    const when = collected ?? effective
    if (when !== undefined) shared.specimenCollected = when
    if (collected !== undefined && effective !== undefined && collected !== effective)
      shared.effective = effective
  } else {
    if (effective !== undefined) shared.effective = effective
    if (collected !== undefined) shared.specimenCollected = collected
  }
  const issued = wholeDateOrInstant(goodWhen(resource['issued'], 'issued', issues), issues)
  if (issued !== undefined) shared.resultDate = issued
  const method = mainCode(conceptOf(resource['method'], issues), () => false)
  if (method !== undefined) shared.method = method.code
  const specimenType =
    context.specimen === undefined
      ? undefined
      : mainCode(conceptOf(context.specimen['type'], issues), () => false)
  if (specimenType !== undefined) shared.specimenType = specimenType.code
  const performer = referenceWord(objectsAt(resource['performer'])[0])
  if (performer !== undefined) shared.performer = performer
  return shared
}

function kindOf(resource: JsonObject, code: Code): Observation['kind'] {
  // Some exporters file vital signs under `exam` or `survey`: what the test is decides, where we know it.
  const test = labTestOf(code)
  for (const category of objectsAt(resource['category'])) {
    for (const coding of objectsAt(category['coding'])) {
      const word = coding['code']
      const kind = typeof word === 'string' ? KIND_OF_CATEGORY[word] : undefined
      if (kind !== undefined)
        return (kind === 'exam' || kind === 'survey') && test?.kind === 'vital' ? 'vital' : kind
    }
  }
  return test === null ? 'other' : test.kind
}

function effectiveOf(resource: JsonObject, issues: Issues): string | undefined {
  const direct =
    goodWhen(resource['effectiveDateTime'], 'effectiveDateTime', issues) ??
    goodWhen(resource['effectiveInstant'], 'effectiveInstant', issues)
  if (direct !== undefined) return wholeDateOrInstant(direct, issues)
  const period = objectAt(resource['effectivePeriod'])
  return period === undefined
    ? undefined
    : wholeDateOrInstant(goodWhen(period['start'], 'effectivePeriod.start', issues), issues)
}

function collectedOf(specimen: JsonObject, issues: Issues): string | undefined {
  const collection = objectAt(specimen['collection'])
  if (collection === undefined) return undefined
  const when =
    goodWhen(collection['collectedDateTime'], 'collection.collectedDateTime', issues) ??
    goodWhen(objectAt(collection['collectedPeriod'])?.['start'], 'collection.collectedPeriod', issues)
  return wholeDateOrInstant(when, issues)
}

/** Observations have days or moments: of a month or a year the first day is taken, and counted. */
export function wholeDateOrInstant(text: string | undefined, issues: Issues): string | undefined {
  if (text === undefined || text.length >= 10) return text
  issues.warn('partial-date-completed')
  return text.length === 4 ? `${text}-01-01` : `${text}-01`
}

function valuePart(
  source: JsonObject,
  shared: Omit<Observation, 'code' | 'value' | 'sourceCodings'>,
  main: { code: Code; others: Code[] },
  value: ObservationValue,
  issues: Issues,
): Observation {
  const one: Observation = {
    code: main.code,
    ...shared,
    value: underUcumName(main.code, value, issues),
    sourceCodings: main.others,
  }
  const ranges = objectsAt(source['referenceRange'])
  const range = ranges[0]
  if (range !== undefined) {
    const low = decimalAt(objectAt(range['low'])?.['value'], issues)
    const high = decimalAt(objectAt(range['high'])?.['value'], issues)
    const text = textAt(range['text'], 200, issues)
    if (low !== undefined) one.refLow = low
    if (high !== undefined) one.refHigh = high
    if (text !== undefined) one.refText = text
    if (ranges.length > 1) issues.warn('further-reference-ranges')
  }
  for (const interpretation of objectsAt(source['interpretation'])) {
    for (const coding of objectsAt(interpretation['coding'])) {
      const flag = coding['code']
      if (one.flag === undefined && typeof flag === 'string' && FLAGS.has(flag))
        one.flag = flag as Observation['flag']
    }
  }
  return one
}

/**
 * `mmHg` is `mm[Hg]` by another name: the same number under UCUM's name, the source's name kept beside. A unit that nobody
 * here understands is kept as it is and counted.
 */
export function underUcumName(
  code: Code,
  value: ObservationValue,
  tell: Pick<Issues, 'warn'>,
): ObservationValue {
  if (value.type !== 'decimal' || value.unit === undefined) return value
  const test = labTestOf(code)
  if (test === null || value.unit === test.unit || test.unit === '') return value
  if (unitUnderstood(test, value.unit) === null) tell.warn('unit-not-known')
  const rule = unitRuleOf(test, value.unit)
  if (rule === null || rule.factor !== 1 || rule.offset !== 0) return value
  return { ...value, unit: test.unit, unitSource: value.unitSource ?? value.unit }
}

function emptyValue(source: JsonObject): ObservationValue {
  const reason = objectAt(source['dataAbsentReason'])
  const coding = objectsAt(reason?.['coding'])[0]?.['code'] ?? reason?.['text']
  if (typeof coding === 'string' && coding !== '')
    return { type: 'absent', reason: cut(toNormalC(coding), 200) }
  return { type: 'absent', reason: objectsAt(source['hasMember']).length > 0 ? 'grouping-only' : 'not-given' }
}

/** The value in any of FHIR's eleven forms; undefined when there is none. */
function readValue(
  source: JsonObject,
  context: ObservationContext,
  issues: Issues,
): ObservationValue | undefined {
  const quantity = objectAt(source['valueQuantity'])
  if (quantity !== undefined) return readQuantity(quantity, issues)
  if (source['valueCodeableConcept'] !== undefined) {
    const concept = conceptOf(source['valueCodeableConcept'], issues)
    if (concept.codes.length > 1) issues.warn('further-codings-of-value')
    if (concept.codes[0] !== undefined) return { type: 'code', value: concept.codes[0] }
    return concept.text === undefined ? undefined : { type: 'text', value: concept.text }
  }
  const text = source['valueString']
  if (typeof text === 'string' && text !== '') {
    const [first, ...rest] = pieces2000(toNormalC(text))
    for (const piece of rest) context.addNote(piece)
    return { type: 'text', value: first! }
  }
  if (typeof source['valueBoolean'] === 'boolean') return { type: 'boolean', value: source['valueBoolean'] }
  if (source['valueInteger'] instanceof Decimal)
    return { type: 'decimal', value: source['valueInteger'].text }
  const ratio = objectAt(source['valueRatio'])
  if (ratio !== undefined) return readRatio(ratio, issues)
  const range = objectAt(source['valueRange'])
  if (range !== undefined) return readRange(range, issues)
  for (const name of ['valueDateTime', 'valueTime'] as const) {
    const when = source[name]
    if (typeof when === 'string' && when !== '') return { type: 'text', value: cut(when, 100) }
  }
  const period = objectAt(source['valuePeriod'])
  if (period !== undefined)
    return { type: 'text', value: `${asText(period['start'])}/${asText(period['end'])}` }
  const samples = objectAt(source['valueSampledData'])
  if (samples !== undefined) {
    issues.warn('sampled-data-as-text')
    return { type: 'text', value: cut(`${asText(samples['data']) || 'no data'}`, LONG_TEXT_MAX) }
  }
  return undefined
}

function readQuantity(quantity: JsonObject, issues: Issues): ObservationValue | undefined {
  const raw = quantity['value']
  const code = textAt(quantity['code'], UNIT_MAX, issues)
  const name = textAt(quantity['unit'], UNIT_MAX, issues)
  const isUcum = quantity['system'] === UCUM
  const unit = (isUcum ? code : undefined) ?? name ?? code
  const number = decimalAt(raw, issues)
  if (number === undefined) {
    if (!(raw instanceof Decimal)) return undefined
    // More digits than a record's number may have: kept word for word, as text.
    issues.warn('number-too-long')
    return { type: 'text', value: cut(unit === undefined ? raw.text : `${raw.text} ${unit}`, LONG_TEXT_MAX) }
  }
  const value: ObservationValue = { type: 'decimal', value: number }
  const comparator = quantity['comparator']
  if (comparator === '<' || comparator === '<=' || comparator === '>' || comparator === '>=')
    value.comparator = comparator
  if (unit === undefined) issues.warn('no-unit')
  else value.unit = unit
  if (name !== undefined && name !== unit) value.unitSource = name
  return value
}

function readRatio(ratio: JsonObject, issues: Issues): ObservationValue | undefined {
  const top = objectAt(ratio['numerator'])
  const bottom = objectAt(ratio['denominator'])
  const numerator = decimalAt(top?.['value'], issues)
  const denominator = decimalAt(bottom?.['value'], issues)
  if (numerator === undefined || denominator === undefined) return undefined
  const unitOf = (part: JsonObject | undefined) => textAt(part?.['code'] ?? part?.['unit'], 31, issues)
  const above = unitOf(top)
  const below = unitOf(bottom)
  const unit =
    above === undefined
      ? below === undefined
        ? undefined
        : `1/${below}`
      : below === undefined
        ? above
        : `${above}/${below}`
  return unit === undefined
    ? { type: 'ratio', numerator, denominator }
    : { type: 'ratio', numerator, denominator, unit }
}

function readRange(range: JsonObject, issues: Issues): ObservationValue | undefined {
  const low = decimalAt(objectAt(range['low'])?.['value'], issues)
  const high = decimalAt(objectAt(range['high'])?.['value'], issues)
  if (low === undefined && high === undefined) return undefined
  const end = objectAt(range['low']) ?? objectAt(range['high'])
  const unit = textAt(end?.['code'] ?? end?.['unit'], UNIT_MAX, issues)
  const value: ObservationValue = { type: 'range' }
  if (low !== undefined) value.low = low
  if (high !== undefined) value.high = high
  if (unit !== undefined) value.unit = unit
  return value
}

/** What an observation says beside its value and has no field for: interpretation words, body site. */
function asideOf(resource: JsonObject, issues: Issues): string[] {
  const texts: string[] = []
  for (const interpretation of objectsAt(resource['interpretation'])) {
    for (const coding of objectsAt(interpretation['coding'])) {
      const code = coding['code']
      if (typeof code === 'string' && code !== '' && !FLAGS.has(code))
        texts.push(`Interpretation: ${cut(toNormalC(code), 100)}`)
    }
  }
  const site = conceptOf(resource['bodySite'], issues)
  const name = site.codes[0]?.display ?? site.text ?? site.codes[0]?.code
  if (name !== undefined) texts.push(`Body site: ${cut(name, 300)}`)
  return texts
}

function placeNote(one: Observation, texts: readonly string[], context: ObservationContext): void {
  if (texts.length === 0) return
  const [first, ...rest] = pieces2000(texts.join('\n'))
  if (first !== undefined) one.note = first
  for (const piece of rest) context.addNote(piece)
}

function pieces2000(text: string): string[] {
  const result: string[] = []
  let rest = text
  while (rest !== '') {
    const part = cut(rest, LONG_TEXT_MAX)
    result.push(part)
    rest = rest.slice(part.length)
  }
  return result
}

function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
