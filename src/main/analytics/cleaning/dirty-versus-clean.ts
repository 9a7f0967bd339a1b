/**
 * One study twice on the same synthetic people: once on the facts as they were written, with every number taken at face value, and once
 * after the steps of a pipeline; beside the truth that the generator was given. Shows what cleaning is worth. Pure.
 */
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { DAYS_PER_YEAR, filtrationOf, TRUTH } from '../../generator/model.ts'
import { EVENT_CODES } from '../../generator/facts.ts'
import { fitCox } from '../../stats/survival/cox.ts'
import { mergeRecords, startIntervals, type IntervalTable } from '../../stats/survival/intervals.ts'
import { factCode } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import type { Cleaning } from './clean.ts'
import { cleanedFacts } from './cleaned.ts'

export interface ComparedTerm {
  readonly name: string
  readonly truth: number
  readonly dirty: Estimate
  readonly clean: Estimate
}

export interface Estimate {
  /** Log hazard ratio. */
  readonly estimate: number
  readonly stdErr: number
}

export interface Comparison {
  readonly terms: readonly ComparedTerm[]
  readonly dirty: StudySize
  readonly clean: StudySize
}

export interface StudySize {
  readonly persons: number
  readonly rows: number
  readonly events: number
}

const { beta, hospitalLogHazard, ldlMgPerMmol } = TRUTH
const TERMS: readonly (readonly [name: string, truth: number])[] = [
  ['age / 10 years', beta.age10],
  ['male', beta.male],
  ['systolic pressure / 10 mm[Hg]', beta.sbp10],
  ['body mass index / 5 kg/m2', beta.bmi5],
  ['smoking now', beta.smokingCurrent],
  ['smoked once', beta.smokingFormer],
  ['HbA1c / 1 %', beta.hba1c],
  ['LDL / 1 mmol/L', beta.ldlMmol],
  ['filtration / 10 mL/min', beta.egfr10],
  ...[1, 2, 3, 4].map((k) => [`hospital ${k + 1}`, hospitalLogHazard[k]!] as const),
]

const MALE = factCode('sex', 'male')
const INPATIENT = factCode('class', 'IMP')
const SMOKING = new Map([
  ['266919005', 0],
  ['8517006', 1],
  ['77176002', 2],
])
const EVENTS = new Set<string>(EVENT_CODES)
/** Read as written, in whatever unit; cleaned, in the unit of our own table. */
type Reading = 'value' | 'canonical'

/**
 * @param facts as they were written; `cleaning` is what a pipeline made of them
 * @param observedUntil last day on which a person, by patient key, would have been seen: a register knows it, visits do not
 */
export function dirtyVersusClean(
  facts: readonly PersonFacts[],
  { persons, handedOn }: Pick<Cleaning, 'persons' | 'handedOn'>,
  observedUntil: ReadonlyMap<string, number>,
): Comparison {
  const dirty = study(facts, 'value', {}, observedUntil)
  const cleaned = study(cleanedFacts(persons), 'canonical', handedOn.maxGapDays, observedUntil)
  return {
    terms: TERMS.map(([name, truth], k) => ({
      name,
      truth,
      dirty: dirty.estimates[k]!,
      clean: cleaned.estimates[k]!,
    })),
    dirty: dirty.size,
    clean: cleaned.size,
  }
}

interface Followed {
  readonly facts: PersonFacts
  readonly entry: number
  readonly stop: number
  readonly isEvent: boolean
  readonly male: 0 | 1
  readonly birth: number
  readonly hospital: number
}

function study(
  facts: readonly PersonFacts[],
  reading: Reading,
  maxGapDays: Readonly<Record<string, number>>,
  observedUntil: ReadonlyMap<string, number>,
): { estimates: Estimate[]; size: StudySize } {
  const followed = facts.flatMap((person) => follow(person, observedUntil) ?? [])
  const ids = Int32Array.from(followed, (_, id) => id)
  let table = startIntervals(
    ids,
    Float64Array.from(followed, () => 0),
    Float64Array.from(followed, ({ entry, stop }) => stop - entry),
  )
  const events = followed.flatMap(({ isEvent, entry, stop }, id) =>
    isEvent ? [[id, stop - entry, 1] as const] : [],
  )
  table = merged(table, 'event', events, { kind: 'event' })
  const add = (
    name: string,
    rows: (of: Followed) => readonly (readonly [day: number, value: number])[],
    test?: string,
  ) => {
    const maxAge = test === undefined ? null : (maxGapDays[test] ?? null)
    const records = followed.flatMap((of, id) =>
      rows(of).map(([day, value]) => [id, day - of.entry, value] as const),
    )
    table = merged(table, name, records, { kind: 'tdc', maxAge })
  }
  add('age', ({ facts: { visit }, birth }) =>
    visit.map(({ day }) => [day!, (day! - birth) / DAYS_PER_YEAR] as const),
  )
  add('sbp', ({ facts: of }) => valuesOf(of, 'sbp', reading), 'sbp')
  add('bmi', ({ facts: of }) => valuesOf(of, 'bmi', reading), 'bmi')
  add('smoking', ({ facts: of }) => smokingOf(of), 'smoking')
  add('hba1c', ({ facts: of }) => valuesOf(of, 'hba1c', reading), 'hba1c')
  add('ldl', ({ facts: of }) => valuesOf(of, 'ldlD', reading), 'ldlD')
  add(
    'filtration',
    ({ facts: of, birth, male }) =>
      valuesOf(of, 'creat', reading).flatMap(([day, creatinine]) =>
        creatinine > 0 ? [[day, filtrationOf(creatinine, (day - birth) / DAYS_PER_YEAR, male)] as const] : [],
      ),
    'creat',
  )
  return fitted(table, followed)
}

/** Null for whoever was never at risk: seen on one day only, or with nothing known of birth. */
function follow(facts: PersonFacts, observedUntil: ReadonlyMap<string, number>): Followed | null {
  const visits = [...facts.visit].sort((a, b) => a.day! - b.day! || a.block! - b.block!)
  const [first] = visits
  if (first === undefined || first.birth === null) return null
  const entry = first.day!
  const inpatient = new Set(visits.flatMap((visit) => (visit.class === INPATIENT ? [visit.block!] : [])))
  const struck = new Set(
    facts.diagnosis.flatMap(({ code, block }) =>
      code !== null && EVENTS.has(code) && inpatient.has(block!) ? [block!] : [],
    ),
  )
  const event = visits.find(({ block }) => struck.has(block!))?.day ?? Infinity
  const ends = facts.patients.map((patient) => observedUntil.get(patient) ?? -Infinity)
  const last = visits[visits.length - 1]!.day!
  const deaths = visits.flatMap(({ death }) => death ?? [])
  const stop = Math.min(event, Math.max(last, ...ends), ...deaths)
  if (stop <= entry) return null
  return {
    facts: { ...facts, visit: visits },
    entry,
    stop,
    isEvent: stop === event,
    male: first.sex === MALE ? 1 : 0,
    birth: first.birth,
    hospital: Number(first.hospital!.slice(1)) - 1,
  }
}

function valuesOf(
  { observation }: PersonFacts,
  key: string,
  reading: Reading,
): (readonly [number, number])[] {
  const { loinc } = labTestByKey(key)!
  return observation.flatMap((row) => {
    const value = row[reading]
    return row.system === LOINC_SYSTEM && row.code === loinc && value !== null
      ? [[row.known!, value] as const]
      : []
  })
}

function smokingOf({ observation }: PersonFacts): (readonly [number, number])[] {
  return observation.flatMap(({ valueCode, known }) => {
    const value = valueCode === null ? undefined : SMOKING.get(valueCode)
    return value === undefined ? [] : [[known!, value] as const]
  })
}

function merged(
  table: IntervalTable,
  name: string,
  records: readonly (readonly [id: number, time: number, value: number])[],
  how: Parameters<typeof mergeRecords>[3],
): IntervalTable {
  return mergeRecords(
    table,
    name,
    {
      id: Int32Array.from(records, ([id]) => id),
      time: Float64Array.from(records, ([, time]) => time),
      value: Float64Array.from(records, ([, , value]) => value),
    },
    how,
  )
}

/** Rows on which everything is known; the others say nothing of these effects. */
function fitted(
  table: IntervalTable,
  followed: readonly Followed[],
): { estimates: Estimate[]; size: StudySize } {
  const column = (name: string): Float64Array => table.columns.get(name)!.values
  const [age, sbp, bmi, smoking, hba1c, ldl, filtration] = [
    'age',
    'sbp',
    'bmi',
    'smoking',
    'hba1c',
    'ldl',
    'filtration',
  ].map(column) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const known = [age, sbp, bmi, smoking, hba1c, ldl, filtration]
  const rows: number[] = []
  for (let r = 0; r < table.id.length; r++) if (known.every((values) => values[r] === values[r])) rows.push(r)
  const of = (value: (row: number, person: Followed) => number): Float64Array =>
    Float64Array.from(rows, (r) => value(r, followed[table.id[r]!]!))
  const event = Uint8Array.from(rows, (r) => column('event')[r]!)
  const { fit } = fitCox({
    start: of((r) => table.start[r]!),
    stop: of((r) => table.stop[r]!),
    event,
    x: [
      of((r) => age[r]! / 10),
      of((_, { male }) => male),
      of((r) => sbp[r]! / 10),
      of((r) => bmi[r]! / 5),
      of((r) => (smoking[r] === 2 ? 1 : 0)),
      of((r) => (smoking[r] === 1 ? 1 : 0)),
      of((r) => hba1c[r]!),
      of((r) => ldl[r]! / ldlMgPerMmol),
      of((r) => filtration[r]! / 10),
      ...[1, 2, 3, 4].map((k) => of((_, { hospital }) => (hospital === k ? 1 : 0))),
    ],
    names: TERMS.map(([name]) => name),
  })
  const size = TERMS.length
  return {
    estimates: TERMS.map((_, k) => ({
      estimate: fit.coefficients[k]!,
      stdErr: Math.sqrt(fit.variance[k * size + k]!),
    })),
    size: {
      persons: followed.length,
      rows: rows.length,
      events: event.reduce((sum, each) => sum + each, 0),
    },
  }
}
