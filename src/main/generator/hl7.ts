/**
 * The same visits as HL7 version 2 messages, as a hospital's systems send them in the night: admissions, registrations and
 * discharges from one, results from another. Batches are wrapped and counted; segments end with a carriage return.
 */
import type { Observation } from '../../shared/domain/visit.ts'
import { contentOf } from './content.ts'
import { isoDay } from './facts.ts'
import type { VisitFacts } from './facts.ts'
import type { Life } from './generate-patients.ts'
import { HOSPITALS } from './model.ts'

const CLASS_LETTER = { AMB: 'O', EMER: 'E', IMP: 'I' } as const
const DISPOSITION: Readonly<Record<string, string | undefined>> = { home: '01', exp: '20' }
const CODE_SYSTEM: Readonly<Record<string, string | undefined>> = {
  'http://loinc.org': 'LN',
  'http://snomed.info/sct': 'SCT',
  'http://hl7.org/fhir/sid/icd-10-cm': 'I10C',
  'http://www.cms.gov/Medicare/Coding/ICD10': 'I10P',
}

export interface Hl7File {
  readonly name: string
  readonly messages: readonly string[]
}

/** The messages of one visit, by the file that each goes to. */
export function hl7Files(life: Life, facts: VisitFacts): Hl7File[] {
  const hospital = HOSPITALS[facts.hospital]!
  return [
    { name: `adt-${hospital}.hl7`, messages: visitMessages(life, facts, hospital) },
    { name: `oru-${hospital}.hl7`, messages: resultMessages(life, facts, hospital) },
  ]
}

/** How each file begins. */
export const BATCH_HEAD = 'FHS|^~\\&|SYNTHETIC|GENERATOR\rBHS|^~\\&|SYNTHETIC|GENERATOR\r'
export const batchTail = (messageCount: number): string => `BTS|${messageCount}\rFTS|1\r`

function visitMessages(life: Life, facts: VisitFacts, hospital: string): string[] {
  const content = contentOf(facts, life.person, life.membership)
  const { encounter } = content
  const admitted = stampOf(encounter.admission.at)
  const isStay = facts.visitClass === 'IMP' || facts.visitClass === 'EMER'
  const body = (event: string, at: string, isOver: boolean): string[] => [
    head(hospital, 'HIS', `ADT^${event}`, `${facts.visitId}-${event}`, at),
    segment('EVN', { 1: event, 2: at }),
    patientSegment(life, facts, hospital),
    segment('PV1', {
      1: '1',
      2: CLASS_LETTER[facts.visitClass],
      3: encounter.department?.code ?? '',
      10: encounter.department?.code ?? '',
      19: facts.visitId,
      36: isOver ? (DISPOSITION[facts.disposition] ?? '') : '',
      44: admitted,
      45: isOver && encounter.discharge !== undefined ? stampOf(encounter.discharge.at) : '',
    }),
    ...content.diagnoses.map(({ code, role, presentOnAdmission }, i) =>
      segment('DG1', {
        1: String(i + 1),
        3: coded(code),
        6: 'F',
        15: role === 'principal' ? '1' : '2',
        26: presentOnAdmission ?? '',
      }),
    ),
    ...content.procedures.map(({ code, performed }, i) =>
      segment('PR1', {
        1: String(i + 1),
        3: coded(code),
        5: performed === undefined ? '' : stampOf(performed),
      }),
    ),
    insuranceSegment(life),
  ]
  const messages = [message(body(isStay ? 'A01' : 'A04', admitted, false))]
  if (facts.isRetracted) messages.push(message(body('A11', admitted, false)))
  else if (encounter.discharge !== undefined)
    messages.push(message(body('A03', stampOf(encounter.discharge.at), true)))
  return messages
}

function resultMessages(life: Life, facts: VisitFacts, hospital: string): string[] {
  const { observations } = contentOf(facts, life.person, life.membership)
  const measured = observations.filter(({ kind }) => kind !== 'lab')
  const laboratory = observations.filter(({ kind }) => kind === 'lab')
  return [['V', measured] as const, ['L', laboratory] as const].flatMap(([letter, list]) => {
    if (list.length === 0) return []
    const { specimenCollected, effective, resultDate } = list[0]!
    const taken = stampOf(specimenCollected ?? effective ?? isoDay(facts.day))
    return message([
      head(
        hospital,
        'LIS',
        'ORU^R01',
        `${facts.visitId}-${letter}`,
        stampOf(resultDate ?? effective ?? isoDay(facts.day)),
      ),
      patientSegment(life, facts, hospital),
      segment('PV1', { 1: '1', 2: CLASS_LETTER[facts.visitClass], 19: facts.visitId }),
      segment('OBR', {
        1: '1',
        3: `${facts.visitId}-${letter}`,
        4: letter === 'L' ? 'LAB^Results^L' : 'VITAL^Vital signs^L',
        7: taken,
        22: resultDate === undefined ? '' : stampOf(resultDate),
        24: letter === 'L' ? 'LAB' : '',
        25: 'F',
      }),
      ...list.map(resultSegment),
    ])
  })
}

function resultSegment({ code, value, refLow, refHigh, flag }: Observation, i: number): string {
  const shared = { 1: String(i + 1), 3: coded(code), 8: flag ?? '', 11: 'F' }
  const range = refLow === undefined || refHigh === undefined ? '' : `${refLow}-${refHigh}`
  switch (value.type) {
    case 'decimal':
      return segment('OBX', { ...shared, 2: 'NM', 5: value.value, 6: escaped(value.unit ?? ''), 7: range })
    case 'code':
      return segment('OBX', { ...shared, 2: 'CWE', 5: coded(value.value) })
    case 'text':
      return segment('OBX', { ...shared, 2: 'ST', 5: escaped(value.value) })
    default:
      return segment('OBX', { ...shared, 2: 'ST', 5: '' })
  }
}

function patientSegment(life: Life, facts: VisitFacts, hospital: string): string {
  const { name, latinName, phone } = life.person
  const names = [`${escaped(name)}^^^^^^L`, ...(latinName === name ? [] : [`${escaped(latinName)}^^^^^^A`])]
  return segment('PID', {
    1: '1',
    3: `${escaped(facts.mrn)}^^^${hospital}^MR~${escaped(facts.nationalId)}^^^TWN^NI`,
    5: names.join('~'),
    7: facts.birthDate.replace(/-/g, ''),
    8: facts.sex === 'male' ? 'M' : 'F',
    11: `^^^${escaped(life.person.region)}`,
    13: escaped(phone),
    29: facts.deathDay === null ? '' : isoDay(facts.deathDay).replace(/-/g, ''),
    30: facts.deathDay === null ? '' : 'Y',
  })
}

function insuranceSegment({ membership }: Life): string {
  const { insurer, plan, group, payer, memberNumber } = membership
  return segment('IN1', {
    1: '1',
    2: escaped(plan ?? ''),
    4: escaped(insurer ?? ''),
    8: escaped(group ?? ''),
    15: payer,
    36: escaped(memberNumber ?? ''),
  })
}

function head(hospital: string, sender: string, type: string, id: string, at: string): string {
  return `MSH|^~\\&|${sender}|${hospital}|CONSILIUM|CONSORTIUM|${at}||${type}|${id}|P|2.5.1||||||UNICODE UTF-8`
}

/** Fields by their numbers; what lies between is empty. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  const texts = Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')
  return `${name}|${texts.join('|')}`.replace(/\|+$/, '')
}

const message = (segments: readonly string[]): string => segments.map((each) => `${each}\r`).join('')

function coded({
  system,
  code,
  display,
}: {
  system: string
  code: string
  display?: string | undefined
}): string {
  return `${escaped(code)}^${escaped(display ?? '')}^${CODE_SYSTEM[system] ?? 'L'}`
}

/** `2026-03-01T08:30:00+08:00` → `20260301083000+0800`; a day stays a day. */
function stampOf(text: string): string {
  const [date, time] = text.split('T')
  const day = date!.replace(/-/g, '')
  return time === undefined ? day : day + time.replace(/:/g, '')
}

/** The five delimiters of version 2 as its escapes. */
function escaped(text: string): string {
  return text.replace(/[\\|^&~]/g, (mark) => ESCAPES[mark]!)
}

const ESCAPES: Record<string, string> = {
  '\\': '\\E\\',
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
}
