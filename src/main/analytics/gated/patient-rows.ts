/**
 * What a patient is in an automatic answer: rows of the public dictionary's variables (docs/spec/privacy.md section 3, Q5), made of what is
 * known of this one person and of nobody else, so that one patient more or less moves no other one's rows. Pure.
 */
import { ageInYears, parseDay } from '../../../shared/domain/dates.ts'
import type { IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { assert } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { Output } from '../../privacy/request/outputs.ts'
import { axesOf, sumsOf } from '../../privacy/request/release-request.ts'
import { scorer, type ScoreOutput } from '../../privacy/request/score-output.ts'
import type { Row } from '../../privacy/request/tabulate.ts'
import { FACT_CODES, FACT_TABLE_NAMES, factCode, type FactRow, type FactTable } from '../facts/fact-tables.ts'
import { daysOfCompeting, followPerson } from '../intervals/follow-up.ts'
import { underCleaning } from '../cleaning/cleaned.ts'
import { claimsThatStand } from '../persons/claims.ts'
import { daysOfEvent, resultsOfTest } from '../persons/event-days.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { birthOf, deathOf, sexOf } from '../persons/person-says.ts'
import { chapterOf } from './icd-chapter.ts'
import { monitorRows } from './monitor-rows.ts'
import { profileRows } from './profile-rows.ts'
import { pathwayRows } from './pathway-rows.ts'
import { charlsonOn, costOf, datedVisits, type RowsOfPerson, type Visit } from './patient-facts.ts'

/** What a row of the dictionary's variables stands for: the person on the index day, a visit from then on, or a stretch of the first year under one payer. */
type RowKind = 'person' | 'visit' | 'stretch'

export interface RowContext {
  readonly output: Output
  readonly followUp: IntervalDefinition | null
  /**
   * The day of the snapshot's segment (days since 1970): where knowledge ends. Not the day of the last visit, which is somebody's:
   * without that person everybody's time would end earlier.
   */
  readonly snapshotDay: number
  /** Of a monitoring table: first month of its benchmark; null: none. */
  readonly benchmarkFrom: string | null
}

/** The exposure of a relativity: a year from the index day on. */
const EXPOSURE_DAYS = 365
/** Visits of so many days before are those of the year before. */
const YEAR_BEFORE_DAYS = 365
const REFUTED = factCode('verification', 'refuted')
const PRINCIPAL = factCode('role', 'principal')
/** What one kind of output makes of a person. Where there is a follow-up, all facts are read: its events and terms may be anything. */
interface RowsForm<O extends Output> {
  /** The tables of facts that its rows are made of: other facts of a person change nothing in them. */
  tablesRead(output: O): readonly FactTable[]
  rowsOf(output: O, context: RowContext): RowsOfPerson
}

type OutputOfKind<K extends Output['kind']> = Extract<Output, { kind: K }>

const perPerson = ofVariables(() => 'person')
const perStretch = ofVariables(() => 'stretch')
const perCounted = ofVariables<OutputOfKind<'histogram' | 'table'>>(({ counted }) =>
  counted.unit === 'visits' ? 'visit' : 'person',
)

/** A kind of output without rows does not compile (ADR 0036). */
const ROWS: { readonly [K in Output['kind']]: RowsForm<OutputOfKind<K>> } = {
  count: perPerson,
  histogram: perCounted,
  table: perCounted,
  mean: perPerson,
  quantiles: perPerson,
  'kaplan-meier': perPerson,
  cox: perPerson,
  poisson: perStretch,
  gamma: perStretch,
  monitor: {
    tablesRead: () => ['visit', 'diagnosis', 'claim'],
    rowsOf: (output, { snapshotDay, benchmarkFrom }) => monitorRows(output, snapshotDay, benchmarkFrom),
  },
  score: {
    tablesRead: (output) => tablesOf([...summedIn(output), ...output.columns]),
    rowsOf: scoredRows,
  },
  'cleaning-profile': {
    tablesRead: () => ['visit', 'observation'],
    // Of records as they were written here: what steps did is seen where they are done.
    rowsOf: (output) => {
      const rowsOf = profileRows(output)
      return (facts) => rowsOf(underCleaning(facts))
    },
  },
  pathways: {
    // Its events may be anything.
    tablesRead: () => FACT_TABLE_NAMES,
    rowsOf: (output, { snapshotDay }) => pathwayRows(output, snapshotDay),
  },
}

/** The tables of facts that the rows of such an answer are made of: facts of the others change nothing in them. */
export function tablesRead({
  output,
  followUp,
}: Pick<RowContext, 'output' | 'followUp'>): readonly FactTable[] {
  return followUp === null ? rowsFormOf(output).tablesRead(output) : FACT_TABLE_NAMES
}

/** Only variables that the output names are in the rows. */
export function rowsOfPersons(context: RowContext): RowsOfPerson {
  return rowsFormOf(context.output).rowsOf(context.output, context)
}

const rowsFormOf = ({ kind }: Output): RowsForm<Output> => ROWS[kind]

/** Beside the visits: what is not named here is said by visits alone. */
const READ_FOR: Readonly<Record<string, FactTable>> = {
  charlson: 'diagnosis',
  'diagnosis-chapter': 'diagnosis',
  'hba1c-tenths': 'observation',
  claims: 'claim',
  'cost-minor': 'claim',
}

function tablesOf(variables: readonly string[]): readonly FactTable[] {
  const read = new Set(variables.flatMap((name) => READ_FOR[name] ?? []))
  return FACT_TABLE_NAMES.filter((table) => table === 'visit' || read.has(table))
}

/** Rows of the dictionary's variables: those of the output's axes and sums. */
function ofVariables<O extends Output>(kindOf: (output: O) => RowKind): RowsForm<O> {
  const variablesOf = (output: O) => [
    ...new Set([...axesOf(output).map(({ variable }) => variable), ...summedIn(output)]),
  ]
  return {
    tablesRead: (output) => tablesOf(variablesOf(output)),
    rowsOf: (output, context) => {
      const names = variablesOf(output)
      return placedRows(kindOf(output), context, (known, place) => rowOf(names, known, place))
    },
  }
}

/** What a formula reads is no variable of a row. */
function scoredRows(output: ScoreOutput, context: RowContext): RowsOfPerson {
  const score = scorer(output)
  const names = summedIn(output)
  return placedRows('stretch', context, (known, place) => {
    const row = rowOf(names, known, place)
    return { ...row, ...score((name) => valueBefore(name, known, place), Number(row['exposure-days'])) }
  })
}

const summedIn = (output: Output): readonly string[] => sumsOf(output).map(({ variable }) => variable)

const rowOf = (names: readonly string[], known: Known, place: Place): Row =>
  Object.fromEntries(names.map((name) => [name, valueOf(name, known, place)]))

function placedRows(
  kind: RowKind,
  { followUp, snapshotDay }: RowContext,
  rowAt: (known: Known, place: Place) => Row,
): RowsOfPerson {
  const hba1cOf = resultsOfTest('hba1c')
  const followed = followUp === null ? null : followedBy(followUp, snapshotDay)
  return (facts, index) => {
    if (facts.visit.length === 0) return []
    const visits = datedVisits(facts)
    const claims = claimsThatStand(facts)
    const known: Known = { facts, visits, claims, index, hba1cOf, followUp: followed?.(facts, index) ?? null }
    return placesOf(kind, known, snapshotDay).map((place) => rowAt(known, place))
  }
}

interface Known {
  readonly facts: PersonFacts
  /** In order of day, of one day in the order of the chain. */
  readonly visits: readonly Visit[]
  readonly claims: readonly FactRow<'claim'>[]
  readonly index: number
  readonly hba1cOf: ReturnType<typeof resultsOfTest>
  readonly followUp: { readonly days: number; readonly hasEvent: boolean } | null
}

/** Where a row stands. */
interface Place {
  readonly day: number
  /** The visit that the row is of; of persons and stretches the first one on the row's day, if there is one. */
  readonly visit: Visit | null
  /** Whose claims it has: days from the first to before the second. Null: those of its visit. */
  readonly span: readonly [from: number, to: number] | null
}

function placesOf(kind: RowKind, { facts, visits, index }: Known, snapshotDay: number): readonly Place[] {
  const firstOn = (day: number) => visits.find((visit) => visit.day === day) ?? null
  // The last day of life is one of exposure too; so is that of the snapshot.
  const death = deathOf(facts)
  const last = Math.min(index + EXPOSURE_DAYS - 1, snapshotDay, death ?? Infinity)
  const yearEnd = Math.max(last + 1, index)
  switch (kind) {
    case 'person':
      return [{ day: index, visit: firstOn(index), span: [index, yearEnd] }]
    case 'visit':
      return visits
        .filter(({ day }) => day >= index && day <= snapshotDay)
        .map((visit) => ({ day: visit.day, visit, span: null }))
    case 'stretch': {
      const starts = [index]
      let payer = payerOn(visits, index)
      for (const { day } of visits) {
        if (day <= index || day >= yearEnd) continue
        const now = payerOn(visits, day)
        if (now !== payer) starts.push(day)
        payer = now
      }
      return starts.map((day, i) => ({
        day,
        visit: firstOn(day),
        span: [day, starts[i + 1] ?? yearEnd],
      }))
    }
    default:
      return unreachable(kind)
  }
}

/** What visits say: of the one that opens a stretch, what is claimed for it stands in that very stretch. */
const SAID_BY_VISITS: readonly string[] = [
  'charlson',
  'diagnosis-chapter',
  'hba1c-tenths',
  'stay-days',
  'visit-class',
]

/** As a model may know it that is held against the stretch: by visits that had ended before its first day, and results known by then. */
function valueBefore(name: string, known: Known, place: Place): number | string | null {
  if (!SAID_BY_VISITS.includes(name)) return valueOf(name, known, place)
  const visits = known.visits.filter(({ day, discharge }) => Math.max(day, discharge ?? day) < place.day)
  return valueOf(name, { ...known, visits }, { ...place, day: place.day - 1, visit: visits.at(-1) ?? null })
}

function valueOf(name: string, known: Known, { day, visit, span }: Place): number | string | null {
  const { facts, visits, claims, hba1cOf, followUp } = known
  switch (name) {
    case 'age-years': {
      const birth = birthOf(facts)
      return birth === null || birth > day ? null : ageInYears(birth, day)
    }
    case 'sex':
      return sexOf(facts)
    case 'charlson':
      return charlsonOn(facts, visits, day)
    case 'visits-year':
      return visits.filter((each) => each.day >= day - YEAR_BEFORE_DAYS && each.day < day).length
    case 'hba1c-tenths': {
      const last = hba1cOf(facts).findLast((each) => each.day <= day)
      return last === undefined ? null : Math.round(last.value * 10)
    }
    case 'stay-days': {
      const stay = visit?.discharge == null ? null : visit.discharge - visit.day
      return stay === null || stay < 0 ? null : stay
    }
    case 'visit-class':
      return visit === null || visit.class === null ? null : (FACT_CODES.class[visit.class] ?? null)
    case 'payer': {
      const payer = visit === null ? payerOn(visits, day) : visit.payer
      return payer === null ? null : (FACT_CODES.payer[payer] ?? null)
    }
    case 'diagnosis-chapter': {
      const principal = facts.diagnosis.find(
        ({ block, role, verification }) =>
          visit !== null && block === visit.block && role === PRINCIPAL && verification !== REFUTED,
      )
      return principal?.code == null ? null : chapterOf(principal.code)
    }
    case 'exposure-days':
      return span === null ? null : span[1] - span[0]
    case 'claims':
      return claimsIn(claims, visits, visit, span).length
    case 'cost-minor':
      return costOf(claimsIn(claims, visits, visit, span), claims[0]?.currency ?? null)
    case 'follow-up-days':
      return followUp?.days ?? null
    case 'follow-up-event':
      return followUp === null ? null : followUp.hasEvent ? 'yes' : 'no'
    default:
      // The dictionary and this list are one; a test looks that none is missing.
      assert(false, 'a variable of the dictionary has a value')
  }
}

/** Of the last visit up to that day. */
function payerOn(visits: readonly Visit[], day: number): number | null {
  return visits.findLast((visit) => visit.day <= day)?.payer ?? null
}

function claimsIn(
  claims: readonly FactRow<'claim'>[],
  visits: readonly Visit[],
  visit: Visit | null,
  span: Place['span'],
): readonly FactRow<'claim'>[] {
  if (span === null) return claims.filter(({ block }) => block === visit?.block)
  const dayOf = new Map(visits.map((each) => [each.block, each.day]))
  return claims.filter(({ block }) => {
    const day = block === null ? undefined : dayOf.get(block)
    return day !== undefined && day >= span[0] && day < span[1]
  })
}

/** Days at risk and whether the event ended them; null for whoever is not followed. */
function followedBy(definition: IntervalDefinition, snapshotDay: number) {
  const { followUp, codeSets } = definition
  const asked = followUp.until === null ? snapshotDay : (parseDay(followUp.until) ?? snapshotDay)
  const until = Math.min(asked, snapshotDay)
  const daysOf = daysOfEvent(followUp.event, codeSets)
  const competingDays = daysOfCompeting(definition)
  return (facts: PersonFacts, index: number): Known['followUp'] => {
    const followed = followPerson(facts, index, followUp, daysOf(facts), competingDays(facts), until)
    if (followed.kind === 'left-out') return null
    return { days: followed.end - followed.start, hasEvent: followed.reason === 'event' }
  }
}
