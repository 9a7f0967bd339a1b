/** OBR, OBX, SPM and NTE → observations of a visit. */
import { labTestOf, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import type { Code, Observation, ObservationValue } from '../../../shared/domain/visit.ts'
import { underUcumName } from '../fhir/read-observation.ts'
import { cut, pieces } from '../fhir/reading.ts'
import type { FieldReader } from './message.ts'
import { codeOf, codeOfComponents, wholeDay } from './read-segments.ts'
import { clean, type Reading } from './reading.ts'

const TEXT_MAX = 2000

/** What an OBR, and the specimens behind it, say of all results that follow. */
export interface OrderContext {
  panel: Code | undefined
  section: string | undefined
  collected: string | undefined
  reported: string | undefined
  specimenType: Code | undefined
}

export const NO_ORDER: OrderContext = {
  panel: undefined,
  section: undefined,
  collected: undefined,
  reported: undefined,
  specimenType: undefined,
}

export function readOrder(obr: FieldReader, reading: Reading): OrderContext {
  const collected = reading.when(obr, 7)
  const reported = reading.when(obr, 22)
  return {
    panel: codeOf(obr, 4, reading)?.code,
    section: obr.text(24)?.toUpperCase(),
    collected: collected === undefined ? undefined : wholeDay(collected, reading),
    reported: reported === undefined ? undefined : wholeDay(reported, reading),
    specimenType: codeOf(obr, 15, reading)?.code,
  }
}

/** A specimen of its own: where it names when it was taken, that is the time. */
export function withSpecimen(order: OrderContext, spm: FieldReader, reading: Reading): OrderContext {
  const taken = reading.when(spm, 17)
  return {
    ...order,
    collected: taken === undefined ? order.collected : wholeDay(taken, reading),
    specimenType: codeOf(spm, 4, reading)?.code ?? order.specimenType,
  }
}

const STATUS: Readonly<Record<string, Observation['status'] | undefined>> = {
  F: 'final',
  U: 'final', // verified without change
  P: 'preliminary',
  R: 'preliminary',
  S: 'preliminary',
  C: 'corrected',
  X: 'cancelled',
  D: 'entered-in-error',
  W: 'entered-in-error',
  I: 'registered',
}
/** Table 0074. */
const IMAGING = new Set(['RAD', 'RX', 'CT', 'NMR', 'CUS', 'OUS', 'VUS', 'RUS', 'NMS', 'XRC', 'CTH', 'IMG'])
const LABORATORY = new Set([
  'LAB',
  'CH',
  'HM',
  'MB',
  'MCB',
  'MYC',
  'VR',
  'IMM',
  'BLB',
  'CG',
  'SR',
  'TX',
  'URN',
])
const FLAGS = new Set(['N', 'L', 'H', 'LL', 'HH', 'A', 'AA', '<', '>'])

export interface Results {
  readonly observations: Observation[]
  /** Texts that no field of a result holds. */
  readonly notes: string[]
}

/** One observation for each repetition of the value. Undefined where the segment names no test. */
export function readResult(obx: FieldReader, order: OrderContext, reading: Reading): Results | undefined {
  const status = (obx.text(11) ?? '').toUpperCase()
  // An order's detail without a result.
  if (status === 'O') return { observations: [], notes: [] }
  const read = codeOf(obx, 3, reading, (system) => system === LOINC_SYSTEM)
  if (read === undefined) return undefined
  const { code, others } = read
  const notes: string[] = []
  const kind = kindOf(code, order)
  const known = STATUS[status]
  if (known === undefined) reading.warn('status-not-known')
  const shared: Omit<Observation, 'value'> = {
    code,
    kind,
    status: known ?? 'unknown',
    sourceCodings: others,
  }
  const observed = reading.when(obx, 14)
  const at = observed === undefined ? order.collected : wholeDay(observed, reading)
  const analysed = reading.when(obx, 19)
  const reported = order.reported ?? (analysed === undefined ? undefined : wholeDay(analysed, reading))
  if (at !== undefined) {
    if (kind === 'lab') shared.specimenCollected = at
    else shared.effective = at
  }
  if (reported !== undefined) shared.resultDate = reported
  addRange(obx, shared, reading)
  const aside: string[] = []
  for (const [flag] of obx.repetitions(8)) {
    if (flag === undefined) continue
    if (FLAGS.has(flag) && shared.flag === undefined) shared.flag = flag as NonNullable<Observation['flag']>
    else if (!FLAGS.has(flag)) aside.push(`Interpretation: ${cut(flag, 100)}`)
  }
  const method = codeOf(obx, 17, reading)
  if (method !== undefined) shared.method = method.code
  if (order.specimenType !== undefined) shared.specimenType = order.specimenType
  const performer = clean(obx.text(16), 64)
  if (performer !== undefined) shared.performer = performer
  const { panel } = order
  if (panel !== undefined && (panel.code !== code.code || panel.system !== code.system)) shared.panel = panel

  const values = valuesOf(obx, status, reading, notes)
  const observations = values.map((value): Observation => ({
    ...shared,
    value: underUcumName(code, value, reading),
  }))
  if (aside.length > 0 && observations[0] !== undefined)
    observations[0].note = cut(aside.join('\n'), TEXT_MAX)
  return { observations, notes }
}

/** What the test is decides, where we know it; else the section of the laboratory that reports it. */
function kindOf(code: Code, { section }: OrderContext): Observation['kind'] {
  const test = labTestOf(code)
  if (test !== null) return test.kind
  if (section === undefined) return 'other'
  return IMAGING.has(section) ? 'imaging' : LABORATORY.has(section) ? 'lab' : 'other'
}

const NUMBER = '-?[0-9]+(?:\\.[0-9]+)?'
const BETWEEN = new RegExp(`^(${NUMBER})\\s*[-~]\\s*(${NUMBER})$`)
const BELOW = new RegExp(`^<=?\\s*(${NUMBER})$`)
const ABOVE = new RegExp(`^>=?\\s*(${NUMBER})$`)

function addRange(obx: FieldReader, shared: Omit<Observation, 'value'>, reading: Reading): void {
  const text = reading.text(obx.text(7), 200)
  if (text === undefined) return
  const between = BETWEEN.exec(text)
  const low = between?.[1] ?? ABOVE.exec(text)?.[1]
  const high = between?.[2] ?? BELOW.exec(text)?.[1]
  if (low !== undefined && isDecimal(low)) shared.refLow = low
  if (high !== undefined && isDecimal(high)) shared.refHigh = high
  if (between === null || !isDecimal(low) || !isDecimal(high)) shared.refText = text
}

const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const isDecimal = (text: string | undefined): text is string =>
  text !== undefined && text.length <= 30 && DECIMAL.test(text)

/* Values */

function valuesOf(obx: FieldReader, status: string, reading: Reading, notes: string[]): ObservationValue[] {
  if (status === 'X') return [{ type: 'absent', reason: 'cancelled' }]
  if (obx.isEmpty(5) || obx.isNothing(5)) return [{ type: 'absent', reason: 'not-given' }]
  const unit = unitOf(obx, reading)
  const type = (obx.text(2) ?? '').toUpperCase()
  switch (type) {
    case 'NM':
      return obx.repetitions(5).map(([text]) => numberValue(text ?? '', unit, reading))
    case 'SN':
      return obx.repetitions(5).map((components) => structuredValue(components, unit, reading))
    case 'CE':
    case 'CWE':
    case 'CNE':
    case 'CF':
      return obx.repetitions(5).map((components) => codedValue(components, reading))
    case 'ED':
    case 'RP':
      // Pictures and documents are not kept; that there was one stays.
      reading.leave(obx, 'document-not-kept', type)
      return [{ type: 'absent', reason: 'document-not-kept' }]
    case 'ST':
    case 'TX':
    case 'FT':
    case 'DT':
    case 'TM':
    case 'TS':
    case 'DTM':
      return textValue(obx, notes)
    default:
      reading.warn('value-type-as-text')
      return textValue(obx, notes)
  }
}

function unitOf(obx: FieldReader, reading: Reading): string | undefined {
  const [code, text] = obx.repetitions(6)[0] ?? []
  return reading.text(code ?? text, 64)
}

function numberValue(text: string, unit: string | undefined, reading: Reading): ObservationValue {
  const plain = plainNumber(text)
  if (plain === null) {
    // Not a number as the standard has it: kept word for word.
    reading.warn('number-not-read')
    return { type: 'text', value: cut(unit === undefined ? text : `${text} ${unit}`, TEXT_MAX) }
  }
  if (unit === undefined) reading.warn('no-unit')
  return { type: 'decimal', value: plain, ...(unit === undefined ? {} : { unit }) }
}

/** `+5` and `.5` are the numbers 5 and 0.5; anything that would lose a digit is no number. */
function plainNumber(text: string): string | null {
  const signless = text.startsWith('+') ? text.slice(1) : text
  const whole = signless.replace(/^(-?)\./, '$10.')
  return isDecimal(whole) ? whole : null
}

function structuredValue(
  [comparator, first, separator, second]: readonly (string | undefined)[],
  unit: string | undefined,
  reading: Reading,
): ObservationValue {
  const one = first === undefined ? null : plainNumber(first)
  const two = second === undefined ? null : plainNumber(second)
  const withUnit = unit === undefined ? {} : { unit }
  if (unit === undefined && separator === undefined) reading.warn('no-unit')
  if (separator === undefined && one !== null && second === undefined) {
    switch (comparator) {
      case undefined:
      case '=':
        return { type: 'decimal', value: one, ...withUnit }
      case '<':
      case '<=':
      case '>':
      case '>=':
        return { type: 'decimal', value: one, comparator, ...withUnit }
    }
  }
  if (comparator === undefined && one !== null && two !== null) {
    if (separator === '-') return { type: 'range', low: one, high: two, ...withUnit }
    if (separator === ':' || separator === '/')
      return { type: 'ratio', numerator: one, denominator: two, ...withUnit }
  }
  const words = [comparator, first, separator, second, unit].filter((each) => each !== undefined)
  return { type: 'text', value: cut(words.join(' ') || '?', TEXT_MAX) }
}

function codedValue(components: readonly (string | undefined)[], reading: Reading): ObservationValue {
  const read = codeOfComponents(components, reading)
  if (read === undefined) return { type: 'absent', reason: 'not-given' }
  if (read.isTextAlone) return { type: 'text', value: read.code.display ?? read.code.code }
  if (read.others.length > 0) reading.warn('further-codings-of-value')
  return { type: 'code', value: read.code }
}

function textValue(obx: FieldReader, notes: string[]): ObservationValue[] {
  const text = clean(obx.whole(5), Infinity)
  if (text === undefined) return [{ type: 'absent', reason: 'not-given' }]
  const [first, ...rest] = pieces(text, TEXT_MAX)
  notes.push(...rest)
  return [{ type: 'text', value: first! }]
}
