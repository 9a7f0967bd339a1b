/** A warehouse of invented people who look like the released tables (docs/spec/twin.md). No record is near it: only what was released. */
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { levelCount, type Axis } from '../privacy/request/axis.ts'
import { cellOf } from '../privacy/request/tabulate.ts'
import { runOf } from './facts/fact-columns.ts'
import { factsOf } from './facts/facts-of.ts'
import type { Facts } from './facts/fact-tables.ts'
import { rowsOfPersons } from './gated/patient-rows.ts'
import type { Warehouse } from './warehouse/warehouse.ts'
import type { GeneratedVisit } from '../generator/generate-patients.ts'
import { fitWeights, systematicSample, type Margin } from './twin/fit-weights.ts'
import { inventedPatients, recordOfInvented, type InventedPatient } from './twin/twin-records.ts'

/** Counts of patients that were released for everybody. */
export interface ReleasedTable {
  readonly cohort: CohortDefinition
  readonly axes: readonly Axis[]
  /** In the order of the cells, the last axis running fastest; null where nothing was released. */
  readonly cells: readonly (number | null)[]
  /** Day (days since 1970) of the snapshot that was asked. */
  readonly snapshotDay: number
}

export interface TwinPlan {
  readonly seed: string
  readonly patients: number
  readonly tables: readonly ReleasedTable[]
}

const RUN_BLOCKS = 4_096
const BATCH_PERSONS = 2_000

/**
 * Fills `warehouse`; `pool` is a second, empty one that is needed while tables are met.
 * @returns the number of blocks
 */
export async function fillTwin(
  plan: TwinPlan,
  warehouse: Warehouse,
  pool: Warehouse,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const people = inventedPatients(plan.seed, plan.patients, true)
  const chosen =
    plan.tables.length === 0
      ? Int32Array.from(people.keys())
      : systematicSample(fitWeights(people.length, await marginsOf(plan, people, pool)), plan.patients)
  const copies = Array.from(chosen, (index, i) => ({ person: people[index]!, key: keyOf(i) }))
  return load(warehouse, copies, onProgress)
}

/** A patient key in form, of nobody. */
const keyOf = (number: number): string => number.toString(16).padStart(64, '0')
/** Whoever was written down once under a mistyped number is an entry of its own there, as at a real hospital: the person's key with another first digit. */
const MISTYPED = 'e'
const mistypedKeyOf = (key: string): string => `${MISTYPED}${key.slice(1)}`
/** Hospitals of the generator in the form of member ids; no member has such an id. */
const hospitalOf = (name: string): string => name.slice(1).padStart(32, '0')
/** All hospitals that the twin's visits name. */
export const TWIN_HOSPITALS: readonly string[] = ['H1', 'H2', 'H3', 'H4', 'H5'].map(hospitalOf)

async function load(
  warehouse: Warehouse,
  copies: readonly { person: InventedPatient; key: string }[],
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const records: VisitRecord[] = copies.flatMap(({ person, key }) =>
    person.visits.map((visit) => {
      const isMistyped = visit.patient.sourceKey !== person.visits[0]!.patient.sourceKey
      const patientKey = isMistyped ? mistypedKeyOf(key) : key
      return withPreliminary(visit, recordOfInvented(visit, patientKey, hospitalOf(visit.hospital)))
    }),
  )
  records.sort((a, b) => (a.encounter.day < b.encounter.day ? -1 : a.encounter.day > b.encounter.day ? 1 : 0))
  for (let first = 0; first < records.length; first += RUN_BLOCKS) {
    const facts: Facts[] = records
      .slice(first, first + RUN_BLOCKS)
      .map((record, i) =>
        factsOf(record, { block: first + i, supersedes: null, author: record.encounter.facility }),
      )
    await warehouse.load(runOf(first, first + facts.length - 1, facts))
    onProgress(first + facts.length, records.length)
  }
  return records.length
}

/** Of results that came after their visit a laboratory said one before, which counts for nothing once the final one is there. */
function withPreliminary({ content, late }: GeneratedVisit, record: VisitRecord): VisitRecord {
  if (late === null) return record
  const before = new Set(content.observations.map(({ code }) => code.code))
  const first = record.observations.find(({ code }) => !before.has(code.code))
  if (first === undefined) return record
  return { ...record, observations: [...record.observations, { ...first, status: 'preliminary' }] }
}

/** In which cell of each table the people of the pool are, by the very rules by which gateways counted. */
async function marginsOf(
  { tables }: TwinPlan,
  people: readonly InventedPatient[],
  pool: Warehouse,
): Promise<Margin[]> {
  const blocks = await load(
    pool,
    people.map((person) => ({ person, key: keyOf(person.index) })),
    () => {},
  )
  const snapshot = await pool.snapshot({ upTo: blocks - 1, hospitals: null, samePerson: [] })
  const margins: Margin[] = []
  for (const { cohort, axes, cells, snapshotDay } of tables) {
    if (cells.length !== axes.reduce((product, axis) => product * levelCount(axis), 1)) continue
    const output = { kind: 'table' as const, axes, counted: { unit: 'patients' as const } }
    const rowsOf = rowsOfPersons({ output, followUp: null, snapshotDay, benchmarkFrom: null })
    const cellOfPerson = new Int32Array(people.length).fill(-1)
    for (let from = 0; ; from += BATCH_PERSONS) {
      const members = await pool.personFacts(snapshot, cohort, { from, to: from + BATCH_PERSONS })
      for (const { index, facts } of members) {
        const [row] = rowsOf(facts, index)
        const key = facts.visit[0]?.patient
        // An entry under a mistyped number is nobody of the pool.
        if (row !== undefined && key != null && !key.startsWith(MISTYPED))
          cellOfPerson[parseInt(key, 16)] = cellOf(axes, row)
      }
      if (members.length < BATCH_PERSONS) break
    }
    margins.push({ cellOf: cellOfPerson, counts: cells })
  }
  return margins
}
