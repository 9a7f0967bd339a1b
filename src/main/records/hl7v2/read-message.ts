/**
 * One message → what it says of a visit. ADT events about a visit and unsolicited results (ORU^R01) are taken; every
 * other message, and every segment that is not read, is named with its place and the reason.
 */
import type { Diagnosis, Observation, Procedure } from '../../../shared/domain/visit.ts'
import type { PatientDefaults } from '../fhir/read-patient.ts'
import { cut, pieces } from '../fhir/reading.ts'
import { readerOf, type FieldReader, type Message, type Segment } from './message.ts'
import type { EncounterPart, PersonPart, Reject, VisitPart } from './part.ts'
import { createReading, type Reading } from './reading.ts'
import { NO_ORDER, readOrder, readResult, withSpecimen, type OrderContext } from './read-results.ts'
import {
  readDiagnosis,
  readEncounter,
  readPatient,
  readPayer,
  readPrior,
  readProcedure,
  readReason,
  wholeDay,
} from './read-segments.ts'
import { offsetOfMessage, type OffsetAt } from './when.ts'

export interface ReadMessageOptions extends PatientDefaults {
  readonly offsetAt: OffsetAt
}

export interface ReadMessage {
  /** Null where the message was refused. */
  readonly part: VisitPart | null
  /** Of a message about people. */
  readonly person?: PersonPart
  readonly rejects: readonly Reject[]
  readonly warnings: ReadonlyMap<string, number>
}

/** Events of ADT that say something of a visit, and what they make of it. */
const COURSE: Readonly<Record<string, EncounterPart['course'] | undefined>> = {
  A01: 'open',
  A02: 'open', // transfer
  A03: 'ended',
  A04: 'open',
  A06: 'open', // outpatient becomes inpatient
  A07: 'open',
  A08: 'open',
  A11: 'cancelled',
  A13: 'reopened',
}
/** Events about people: A28 a new person, A31 a change of one, A40 two numbers that are one person. */
const PERSON_EVENTS = new Set(['A28', 'A31', 'A40'])
/** They frame a message and say nothing of the patient that another segment does not say. */
const FRAME = new Set(['MSH', 'SFT', 'UAC', 'EVN', 'ORC', 'TQ1', 'DSC', 'PD1'])
/** What belongs to a person, or to nobody's visit, as with FHIR. */
const NO_PART_OF_A_VISIT = new Set([
  'AL1',
  'IAM',
  'NK1',
  'GT1',
  'ROL',
  'PRB',
  'GOL',
  'FAM',
  'ARV',
  'CTD',
  'CTI',
])
const NOTE_MAX = 2000

/** `number` counts the messages of a file, from 1. */
export function readMessage(message: Message, number: number, options: ReadMessageOptions): ReadMessage {
  const rejects: Reject[] = message.malformed.map((place) => ({
    path: `message ${number}, segment ${place}`,
    reason: 'segment-malformed',
  }))
  const warnings = new Map<string, number>()
  const reader = (segment: Segment): FieldReader => readerOf(message, segment)
  const head = reader(message.segments[0]!)
  const reading = createReading(offsetOfMessage(head.text(7)), options.offsetAt, {
    warn: (reason) => void warnings.set(reason, (warnings.get(reason) ?? 0) + 1),
    leave: ({ segment }, reason, detail) =>
      rejects.push({ path: pathOf(number, segment), reason, ...detailed(detail) }),
  })
  const refused = (reason: string, detail?: string): ReadMessage => ({
    part: null,
    rejects: [...rejects, { path: `message ${number}`, reason, ...detailed(detail) }],
    warnings: new Map(),
  })

  const find = (name: string) => {
    const segment = message.segments.find((each) => each.name === name)
    return segment === undefined ? null : reader(segment)
  }
  if (message.segments.some(({ fields }) => fields.some((field) => field.includes('\0'))))
    return refused('text-nul')
  const kind = head.component(9, 1) ?? ''
  const event = head.component(9, 2) ?? find('EVN')?.text(1) ?? ''
  const course = kind === 'ADT' ? COURSE[event] : kind === 'ORU' && event === 'R01' ? 'open' : undefined
  const isOfPerson = kind === 'ADT' && PERSON_EVENTS.has(event)
  if (course === undefined && !isOfPerson) return refused('message-type-not-taken', `${kind}^${event}`)
  const processing = head.text(11)
  if (processing === 'T' || processing === 'D') return refused('message-for-testing', processing)
  const pid = find('PID')
  if (pid === null) return refused('no-patient')
  // Several patients in one message of results are several groups; no sender that we know writes them.
  if (message.segments.filter(({ name }) => name === 'PID').length > 1) return refused('several-patients')
  const facility = head.component(4, 1) ?? head.component(3, 1) ?? 'unknown'
  const patient = readPatient(pid, facility, options, reading)
  if (patient === null) return refused('no-patient')
  if (course === undefined) {
    const mrg = event === 'A40' ? find('MRG') : null
    const before = mrg === null ? null : readPrior(mrg, facility)
    if (event === 'A40' && before === null) return refused('no-prior-number')
    for (const segment of message.segments) {
      const { name } = segment
      // A visit's segment says nothing where no visit is spoken of.
      if (name !== 'PID' && name !== 'PV1' && !(name === 'MRG' && mrg !== null) && !FRAME.has(name))
        reading.leave(
          reader(segment),
          NO_PART_OF_A_VISIT.has(name) ? 'not-part-of-a-visit' : 'segment-not-taken',
        )
    }
    const person = { patient: patient.source, section: patient.section, before }
    return { part: null, person, rejects, warnings }
  }
  const pv1 = find('PV1')
  const isAboutVisit = kind === 'ADT'
  if (isAboutVisit && pv1 === null) return refused('no-visit')

  const number19 = pv1?.component(19, 1)
  const body = readBody(message, reader, reading)
  const encounter: Mutable<EncounterPart> =
    pv1 === null ? { course: 'open' } : readEncounter(pv1, course, reading)
  if (body.payer !== null) encounter.payer = body.payer.payer
  if (body.reason !== undefined) encounter.reason = body.reason
  if (isAboutVisit && encounter.admission === undefined) {
    const evn = find('EVN')
    const when = evn === null ? undefined : (reading.when(evn, 6) ?? reading.when(evn, 2))
    // An event of the admission happened when it happened; of a change that says nothing.
    if (when !== undefined && ['A01', 'A04'].includes(event)) {
      encounter.admission = { at: wholeDay(when, reading) }
      reading.warn('admission-from-event')
    }
  }
  if (course === 'ended' && encounter.discharge === undefined) {
    const evn = find('EVN')
    const when = evn === null ? undefined : (reading.when(evn, 6) ?? reading.when(evn, 2))
    if (when !== undefined) encounter.discharge = { at: wholeDay(when, reading) }
  }
  if (!isAboutVisit && body.observations.length === 0 && body.notes.length === 0) return refused('no-result')
  return {
    part: {
      patient: patient.source,
      section: patient.section,
      visit:
        number19 === undefined
          ? null
          : {
              system: cut(`hl7v2:${pv1!.component(19, 4) ?? facility}`, 200),
              number: cut(number19, 200),
            },
      encounter,
      isAboutVisit,
      observations: body.observations,
      diagnoses: body.diagnoses,
      procedures: body.procedures,
      notes: body.notes,
      memberNumber: body.payer?.memberNumber ?? null,
      when: body.when,
      organisation: head.component(4, 1),
    },
    rejects,
    warnings,
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface Body {
  observations: Observation[]
  diagnoses: Diagnosis[] | null
  procedures: Procedure[] | null
  notes: string[]
  payer: ReturnType<typeof readPayer> | null
  reason: ReturnType<typeof readReason>
  when: string | null
}

/** Segments in their order: a note belongs to what stands before it. */
function readBody(message: Message, reader: (segment: Segment) => FieldReader, reading: Reading): Body {
  const body: Body = {
    observations: [],
    diagnoses: null,
    procedures: null,
    notes: [],
    payer: null,
    reason: undefined,
    when: null,
  }
  let order: OrderContext = NO_ORDER
  /** The last result, while a note can belong to it. */
  let last: Observation | null = null
  const orders = specimensOf(message, reader, reading)
  const insurances = message.segments.filter(({ name }) => name === 'IN1')
  const firstInsurance = firstOf(insurances, reader)
  for (const segment of message.segments) {
    const fields = reader(segment)
    switch (segment.name) {
      case 'PID':
      case 'PV1':
        last = null
        break
      case 'PV2':
        body.reason = readReason(fields, reading)
        break
      case 'IN1':
        if (segment === firstInsurance) body.payer = readPayer(fields)
        else reading.leave(fields, 'insurance-after-first', readPayer(fields).payer.organisation)
        break
      case 'DG1': {
        body.diagnoses ??= []
        const diagnosis = readDiagnosis(fields, body.diagnoses.length + 1, reading)
        if (diagnosis === undefined) reading.leave(fields, 'no-code')
        else body.diagnoses.push(diagnosis)
        break
      }
      case 'PR1': {
        body.procedures ??= []
        const procedure = readProcedure(fields, reading)
        if (procedure === undefined) reading.leave(fields, 'no-code')
        else body.procedures.push(procedure)
        break
      }
      case 'OBR':
        order = orders.get(segment) ?? NO_ORDER
        last = null
        break
      case 'OBX': {
        const results = readResult(fields, order, reading)
        if (results === undefined) {
          reading.leave(fields, 'no-code')
          last = null
          break
        }
        body.observations.push(...results.observations)
        body.notes.push(...results.notes)
        last = results.observations.at(-1) ?? null
        break
      }
      case 'NTE': {
        const text = reading.text(fields.whole(3), Infinity)
        if (text === undefined) break
        const joined = last?.note === undefined ? text : `${last.note}\n${text}`
        const [first, ...rest] = pieces(joined, NOTE_MAX)
        if (last === null) body.notes.push(...pieces(text, NOTE_MAX))
        else {
          last.note = first!
          body.notes.push(...rest)
        }
        break
      }
      case 'SPM':
        break // read with its order
      default:
        if (FRAME.has(segment.name)) break
        reading.leave(
          fields,
          NO_PART_OF_A_VISIT.has(segment.name) ? 'not-part-of-a-visit' : 'segment-not-taken',
          segment.name,
        )
    }
  }
  if (body.diagnoses !== null) body.diagnoses = withPrincipal(body.diagnoses)
  for (const { specimenCollected, effective, resultDate } of body.observations) {
    const when = specimenCollected ?? effective ?? resultDate
    if (when !== undefined && (body.when === null || when < body.when)) body.when = when
  }
  return body
}

/** The insurance that pays first by IN1-22, else the first in the message: a visit has one. */
function firstOf(
  insurances: readonly Segment[],
  reader: (segment: Segment) => FieldReader,
): Segment | undefined {
  const order = (segment: Segment): number => Number(reader(segment).text(22) ?? '') || Infinity
  return [...insurances].sort((a, b) => Math.sign(order(a) - order(b)) || 0)[0]
}

/** Each order with its specimen, which stands behind the results that it belongs to. */
function specimensOf(message: Message, reader: (segment: Segment) => FieldReader, reading: Reading) {
  const orders = new Map<Segment, OrderContext>()
  let current: Segment | null = null
  for (const segment of message.segments) {
    if (segment.name === 'OBR') {
      current = segment
      orders.set(segment, readOrder(reader(segment), reading))
    } else if (segment.name === 'SPM' && current !== null) {
      orders.set(current, withSpecimen(orders.get(current)!, reader(segment), reading))
    }
  }
  return orders
}

/** Where the sender names no principal diagnosis, the first that is not of the admission is it. */
function withPrincipal(diagnoses: Diagnosis[]): Diagnosis[] {
  if (diagnoses.some(({ role }) => role === 'principal')) return diagnoses
  const at = diagnoses.findIndex(({ role }) => role !== 'admitting')
  return diagnoses.map((each, i) => (i === at ? { ...each, role: 'principal' as const } : each))
}

function pathOf(number: number, { place, name }: Segment): string {
  return `message ${number}, segment ${place} (${name})`
}

const detailed = (detail: string | undefined) => (detail === undefined ? {} : { detail })
