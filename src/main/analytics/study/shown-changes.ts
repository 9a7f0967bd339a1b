/**
 * Changes of a cleaning as a person reads them: what was written, what analysis reads instead, and why. Of records they come from few
 * patients, so that the audit can name each; for whoever may open no record they are of invented people, cleaned by the same steps.
 */
import {
  canonicalCleaning,
  SHOWN_COLUMNS,
  type CleaningPipeline,
  type ShownColumn,
} from '../../../shared/domain/cleaning.ts'
import { formatDay } from '../../../shared/domain/dates.ts'
import { labTestOf } from '../../../shared/domain/lab-tests.ts'
import { clean, type StepReport } from '../cleaning/clean.ts'
import type { CleaningChange } from '../cleaning/editor.ts'
import { factsOf } from '../facts/facts-of.ts'
import { FACT_CODES, FACT_TABLE_NAMES, type FactRow, type Facts } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { inventedPatients, recordOfInvented } from '../twin/twin-records.ts'

export interface ShownChange extends Pick<CleaningChange, 'act' | 'reason' | 'table' | 'patient' | 'block'> {
  /** Place of the step in the pipeline. */
  readonly step: number
  /** Key of the test in the table of tests. */
  readonly test: string | null
  /** A result with its unit, a code, or the day of a visit. */
  readonly written: string | null
  readonly column: ShownColumn | null
  /** Days as dates, sex by its word; null for a value that is missing. */
  readonly before: string | null
  readonly after: string | null
}

/** Names that one entry of the audit holds. */
export const SHOWN_PATIENTS_MAX = 8
/** Of one step. */
const SHOWN_OF_STEP_MAX = 8
const INVENTED_PATIENTS = 120
const DAYS: ReadonlySet<string> = new Set(['birth', 'discharge', 'death', 'onset', 'end'])

/** Of each step in turn, so that none takes the place of others. */
export function shownChanges(
  steps: readonly Pick<StepReport, 'sample'>[],
  patientsMost = SHOWN_PATIENTS_MAX,
): ShownChange[] {
  const patients = new Set<string>()
  const shown: ShownChange[] = []
  const deepest = Math.max(0, ...steps.map(({ sample }) => sample.length))
  const taken = steps.map(() => 0)
  for (let depth = 0; depth < deepest; depth++)
    for (const [step, { sample }] of steps.entries()) {
      const change = sample[depth]
      if (change === undefined || taken[step] === SHOWN_OF_STEP_MAX) continue
      if (!patients.has(change.patient) && patients.size === patientsMost) continue
      patients.add(change.patient)
      taken[step]!++
      shown.push(shownChange(change, step))
    }
  // In the order of the steps; within one as they came.
  return shown.sort((a, b) => a.step - b.step)
}

/** Of people whom nobody is, with the errors of real files, cleaned by the same steps: the same ones every time. */
export function inventedChanges(pipeline: CleaningPipeline): readonly ShownChange[] {
  const key = canonicalCleaning(pipeline)
  if (lastInvented?.key === key) return lastInvented.changes
  invented ??= inventedPersons()
  lastInvented = { key, changes: shownChanges(clean(invented, pipeline).steps, Infinity) }
  return lastInvented.changes
}

function shownChange(
  { act, reason, table, patient, block, column, before, after, source }: CleaningChange,
  step: number,
): ShownChange {
  const shown = SHOWN_COLUMNS.find((each) => each === column) ?? null
  return {
    step,
    act,
    reason,
    table,
    patient,
    block,
    ...writtenOf(table, source),
    column: shown,
    before: shown === null ? null : readable(shown, before),
    after: shown === null ? null : readable(shown, after),
  }
}

function readable(column: ShownColumn, value: string | null): string | null {
  if (value === null) return null
  if (DAYS.has(column)) return formatDay(Number(value))
  return column === 'sex' ? (FACT_CODES.sex[Number(value)] ?? null) : value
}

function writtenOf(
  table: CleaningChange['table'],
  source: CleaningChange['source'],
): Pick<ShownChange, 'test' | 'written'> {
  if (table === 'visit') {
    const { day } = source as FactRow<'visit'>
    return { test: null, written: day === null ? null : formatDay(day) }
  }
  if (table === 'observation') {
    const { system, code, value, textValue, unit, valueCode } = source as FactRow<'observation'>
    const test = system === null || code === null ? null : labTestOf({ system, code })
    const number = value ?? textValue
    const written = number === null ? valueCode : [number, unit].filter((each) => each !== null).join(' ')
    return {
      test: test?.key ?? null,
      written: test === null ? [code, written].filter(Boolean).join(' ') : written,
    }
  }
  return { test: null, written: 'code' in source ? (source as { code: string | null }).code : null }
}

/** Made once, with the first cleaning that shows them; what the last steps did to them stays, since most runs have the same ones. */
let invented: PersonFacts[] | null = null
let lastInvented: { readonly key: string; readonly changes: readonly ShownChange[] } | null = null

/** One entry for each number that an invented person was written down under. */
function inventedPersons(): PersonFacts[] {
  const records = inventedPatients('examples', INVENTED_PATIENTS, true).flatMap(({ index, visits }) =>
    visits.map((visit) => {
      const number = visit.patient.nationalId ?? String(index)
      return { number, record: recordOfInvented(visit, number, visit.hospital) }
    }),
  )
  records.sort((a, b) =>
    a.record.encounter.day < b.record.encounter.day
      ? -1
      : a.record.encounter.day > b.record.encounter.day
        ? 1
        : 0,
  )
  const persons = new Map<string, { -readonly [Key in keyof PersonFacts]: PersonFacts[Key] }>()
  for (const [block, { number, record }] of records.entries()) {
    const facts: Facts = factsOf(record, { block, supersedes: null, author: record.encounter.facility })
    const known = persons.get(number)
    if (known === undefined) persons.set(number, { person: persons.size, patients: [number], ...facts })
    else for (const table of FACT_TABLE_NAMES) (known[table] as object[]).push(...facts[table])
  }
  return [...persons.values()]
}
