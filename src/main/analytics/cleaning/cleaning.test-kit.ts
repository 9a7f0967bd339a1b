/** Persons for tests of the cleaning: small ones by hand, and synthetic ones with the errors that were planted in them. */
import { createHash } from 'node:crypto'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { canonicalValue } from '../../../shared/domain/units.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { generateLives, patientOf, type Life } from '../../generator/generate-patients.ts'
import { factCode, type FactRow } from '../facts/fact-tables.ts'
import { factsOf } from '../facts/facts-of.ts'
import type { PersonFacts } from '../persons/person-facts.ts'

export interface VisitSketch {
  readonly visit?: Partial<FactRow<'visit'>>
  /** Number and unit by test; the unit is the test's own where absent. */
  readonly results?: readonly (readonly [test: string, value: number | null, unit?: string | null])[]
  readonly codes?: readonly string[]
  readonly billed?: number
}

/** Visits of one person; blocks are numbered from `firstBlock` on. */
export function personWith(sketches: readonly VisitSketch[], person = 0, firstBlock = 0) {
  const out = {
    person,
    patients: [person.toString(16).padStart(64, '0')],
    visit: [] as FactRow<'visit'>[],
    observation: [] as FactRow<'observation'>[],
    diagnosis: [] as FactRow<'diagnosis'>[],
    procedure: [] as FactRow<'procedure'>[],
    prescription: [] as FactRow<'prescription'>[],
    claim: [] as FactRow<'claim'>[],
  }
  for (const [k, { visit, results = [], codes = [], billed }] of sketches.entries()) {
    const block = visit?.block ?? firstBlock + k
    const day = visit?.day ?? 18_000 + 30 * k
    out.visit.push({ ...plainVisit(block, day, out.patients[0]!), ...visit, block, day })
    for (const [seq, [test, value, unit]] of results.entries())
      out.observation.push(resultRow(block, seq, day, test, value, unit))
    for (const [seq, code] of codes.entries()) out.diagnosis.push(diagnosisRow(block, seq, code))
    if (billed !== undefined) out.claim.push(claimRow(block, billed))
  }
  return out
}

export function resultRow(
  block: number,
  seq: number,
  day: number,
  key: string,
  value: number | null,
  unit?: string | null,
): FactRow<'observation'> {
  const test = labTestByKey(key)!
  const stated = unit === undefined ? test.unit : unit
  const canonical = value === null || stated === null ? null : canonicalValue(test, value, stated)
  return {
    block,
    seq,
    system: LOINC_SYSTEM,
    code: test.loinc,
    status: factCode('observationStatus', 'final'),
    value,
    comparator: null,
    unit: stated,
    canonical: canonical?.kind === 'canonical' ? canonical.value : null,
    valueCode: null,
    textValue: null,
    known: day,
    collected: day,
  }
}

export function diagnosisRow(block: number, seq: number, code: string): FactRow<'diagnosis'> {
  return {
    block,
    seq,
    code,
    role: factCode('role', seq === 0 ? 'principal' : 'secondary'),
    rank: seq + 1,
    verification: factCode('verification', 'confirmed'),
    onset: null,
    presentOnAdmission: null,
    chronic: null,
  }
}

export function prescriptionRow(block: number, code: string): FactRow<'prescription'> {
  return {
    block,
    seq: 0,
    code,
    start: null,
    end: null,
    daysSupply: 28,
    perDay: 1,
    status: factCode('prescriptionStatus', 'completed'),
    intent: factCode('intent', 'order'),
  }
}

function claimRow(block: number, billed: number): FactRow<'claim'> {
  return {
    block,
    seq: 0,
    claim: `C${block}`,
    type: 0,
    status: factCode('claimStatus', 'paid'),
    currency: 'TWD',
    exponent: 0,
    billed,
    allowed: billed,
    paidByPayer: billed,
    paidByPatient: 0,
    submitted: null,
    reverses: null,
  }
}

function plainVisit(block: number, day: number, patient: string): FactRow<'visit'> {
  return {
    block,
    patient,
    supersedes: null,
    op: factCode('op', 'create'),
    day,
    discharge: null,
    class: factCode('class', 'AMB'),
    status: factCode('visitStatus', 'finished'),
    hospital: 'H1',
    department: null,
    payer: 0,
    organisation: null,
    plan: null,
    memberGroup: null,
    disposition: null,
    died: 0,
    sex: factCode('sex', 'female'),
    birth: 0,
    birthPrecision: 3,
    deathFrom: null,
    death: null,
    region: 'A',
    consent: 0,
    consentFrom: null,
    consentTo: null,
    recorded: 0,
    origin: 0,
  }
}

export interface Synthetic {
  readonly persons: PersonFacts[]
  readonly lives: readonly Life[]
  /** Block of each visit by its name in the source. */
  readonly blockOf: ReadonlyMap<string, number>
}

const keyOf = (nationalId: string): string => createHash('sha256').update(nationalId).digest('hex')

/** Patients as a consortium would hold them: one person for each national id that was written down. */
export function syntheticPersons(patients: number, seed: string, hasErrors = true): Synthetic {
  const lives = [...generateLives({ patients, seed, errors: hasErrors })]
  const records: { record: VisitRecord; sourceId: string }[] = []
  for (const life of lives)
    for (const visit of patientOf(seed, life).visits) {
      const content = visit.late?.content ?? visit.content
      const key = keyOf(visit.patient.nationalId!)
      const record = {
        ...content,
        envelope: { op: 'create', origin: { kind: 'synthetic' } } as VisitRecord['envelope'],
        patient: { ...content.patient, key, keyEpoch: 0 },
        encounter: { ...content.encounter, facility: visit.hospital },
      }
      records.push({ record, sourceId: visit.sourceId })
    }
  records.sort((a, b) =>
    a.record.encounter.day < b.record.encounter.day
      ? -1
      : a.record.encounter.day > b.record.encounter.day
        ? 1
        : 0,
  )
  const blockOf = new Map<string, number>()
  const persons = new Map<string, PersonFacts>()
  for (const [block, { record, sourceId }] of records.entries()) {
    blockOf.set(sourceId, block)
    const facts = factsOf(record, { block, supersedes: null, author: record.encounter.facility })
    const { key } = record.patient
    const known = persons.get(key)
    if (known === undefined) persons.set(key, { person: persons.size, patients: [key], ...facts })
    else
      for (const table of [
        'visit',
        'observation',
        'diagnosis',
        'procedure',
        'prescription',
        'claim',
      ] as const)
        (known[table] as object[]).push(...facts[table])
  }
  return { persons: [...persons.values()], lives, blockOf }
}
