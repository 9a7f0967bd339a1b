/**
 * An invented person for a definition, and how that definition cuts the person's time: what a researcher looks at to see what the rows
 * of the real people are like. Everything is drawn from the definition, the table of tests and a seed; no record of anybody is an argument
 * here, so none can be copied. The rows are made by the code that makes everybody's. Pure: the same definition and seed give the same person.
 */
import { derivedTest } from '../../../shared/domain/asked-tests.ts'
import type { CodeSet } from '../../../shared/domain/code-set.ts'
import { codeMatcher } from '../../../shared/domain/code-set.ts'
import type { EventFilter, ValueRange } from '../../../shared/domain/cohort.ts'
import { dayOfCivil, parseDay } from '../../../shared/domain/dates.ts'
import { changesWithTime, type Covariate, type IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { present } from '../../../shared/std/assert.ts'
import { streamOf, type Stream } from '../../generator/random.ts'
import { FACT_CODES, FACT_TABLES, factCode, type FactRow, type FactTable } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { createIntervals } from './build-intervals.ts'
import { changingCovariates } from './covariates.ts'
import { END_REASONS, type EndReason } from './follow-up.ts'
import type { IntervalRows } from './interval-table.ts'

/** Why a row ends where it does. */
export type CutReason =
  /** Something was recorded that acts from the next day on. */
  | { readonly kind: 'known'; readonly name: string }
  /** The last value says nothing any more. */
  | { readonly kind: 'too-old'; readonly name: string }
  /** A cut of the definition, or the border of a piece of equal length. */
  | { readonly kind: 'cut' | 'piece' }
  | { readonly kind: 'end'; readonly reason: EndReason }

/** Days of the definition's clock. */
export interface IntervalExemplar {
  /** Years on the index day. */
  readonly age: number
  readonly sex: 'male' | 'female'
  readonly index: number
  readonly columns: readonly { readonly name: string; readonly isChanging: boolean }[]
  readonly rows: readonly {
    readonly start: number
    readonly stop: number
    readonly event: boolean
    /** In the order of `columns`; null: not known. */
    readonly values: readonly (number | string | null)[]
    readonly why: readonly CutReason[]
  }[]
  /** What was recorded of the columns that change, on the day `day`; it acts on the days after `actsAfter`. */
  readonly records: readonly {
    readonly name: string
    readonly day: number
    readonly actsAfter: number
    readonly value: number | string
  }[]
}

const DAYS_PER_YEAR = 365.25
/** Long enough for a few results to come and to grow old. */
const USUAL_DAYS = 900
const BETWEEN_VISITS = 150
/** Shares of the time at which tests are done, beside once before the start. */
/** Where codes change, as shares of the way. */
const CODED_AT = [0.24, 0.66] as const
/** Heart failure, chronic lung disease, chronic kidney disease, lung cancer: every weighting of burden counts some; the first two that nobody waits for happen. */
const BURDEN = ['I509', 'J449', 'N189', 'C349'] as const
const RESULTS_AT = [0.16, 0.38, 0.6, 0.8] as const
/** A definition under which a person with everything is not followed may follow one with less. */
const LESS_AND_LESS = ['everything', 'no-events-before', 'nothing-beside'] as const
type How = (typeof LESS_AND_LESS)[number]

/**
 * Null where nobody can be invented whom the definition follows.
 * @param oldestDays by test, as the cleaning hands them on
 */
export function exemplarOf(
  definition: IntervalDefinition,
  oldestDays: Readonly<Record<string, number>>,
  seed: number,
): IntervalExemplar | null {
  for (const how of LESS_AND_LESS) {
    const person = inventedPerson(definition, seed, how)
    const builder = createIntervals(definition, { lastDay: person.lastDay, oldestDays })
    builder.add([person])
    const { rows, report } = builder.finish()
    if (rows.rowCount === 0) continue
    const reason = present(END_REASONS.find((each) => report.ends[each] > 0))
    return cutOf(definition, oldestDays, person, rows, reason)
  }
  return null
}

interface Invented {
  readonly facts: PersonFacts
  readonly index: number
  readonly birth: number
  readonly age: number
  readonly sex: 'male' | 'female'
  readonly lastDay: number
}

function cutOf(
  definition: IntervalDefinition,
  oldestDays: Readonly<Record<string, number>>,
  { facts, index, birth, age, sex }: Invented,
  rows: IntervalRows,
  reason: EndReason,
): IntervalExemplar {
  const { clock, cuts, rows: form, covariates } = definition
  const origin = { index, age: birth, calendar: 0 }[clock]
  const delayOf = new Map(covariates.map((each) => [each.name, 'delayDays' in each ? each.delayDays : 0]))
  const records = changingCovariates(definition, oldestDays).flatMap(({ name, recordsOf }) =>
    recordsOf(facts).map(({ day, value }) => ({
      name,
      day: day - origin - (delayOf.get(name) ?? 0),
      actsAfter: day - origin,
      value,
    })),
  )
  const columns = covariates.map((each) => ({ name: each.name, isChanging: changesWithTime(each) }))
  const valueAt = (name: string, row: number): number | string | null => {
    const column = present(rows.columns.get(name))
    if (column.kind === 'label') return column.labels[column.codes[row]!] ?? null
    const value = column.values[row]!
    return value === value ? value : null
  }
  const begins = rows.start[0]!
  const whyAt = (row: number): CutReason[] => {
    if (row === rows.rowCount - 1) return [{ kind: 'end', reason }]
    const at = rows.stop[row]!
    const why: CutReason[] = []
    for (const { name, isChanging } of columns) {
      if (!isChanging) continue
      const [before, after] = [valueAt(name, row), valueAt(name, row + 1)]
      const isRecorded = records.some((each) => each.name === name && each.actsAfter === at)
      if (isRecorded) why.push({ kind: 'known', name })
      // With pieces of equal length it may have come within the one that ends here.
      else if (before !== after) why.push({ kind: after === null ? 'too-old' : 'known', name })
    }
    if (cuts.includes(at)) why.push({ kind: 'cut' })
    if (form.kind === 'every' && (at - begins) % form.days === 0) why.push({ kind: 'piece' })
    return why
  }
  return {
    age,
    sex,
    index: index - origin,
    columns,
    rows: Array.from({ length: rows.rowCount }, (_, row) => ({
      start: rows.start[row]!,
      stop: rows.stop[row]!,
      event: rows.event[row] === 1,
      values: columns.map(({ name }) => valueAt(name, row)),
      why: whyAt(row),
    })),
    records,
  }
}

interface InventedVisit {
  readonly day: number
  readonly class: (typeof FACT_CODES.class)[number]
  readonly diagnosis: string[]
  readonly rows: { table: 'observation' | 'procedure' | 'prescription' | 'claim'; row: object }[]
}

function inventedPerson(definition: IntervalDefinition, seed: number, how: How): Invented {
  const { followUp, codeSets, covariates } = definition
  const { event, competing, startAfterDays, atMostDays, atLeastDays, left } = followUp
  const dice = (purpose: string): Stream => streamOf('exemplar', seed, purpose)
  const way = dice('way')
  const days = Math.max(
    atLeastDays + 1,
    Math.round(Math.min(atMostDays ?? USUAL_DAYS, USUAL_DAYS) * (0.8 + 0.2 * way.uniform())),
  )
  const until = followUp.until === null ? null : parseDay(followUp.until)
  const index =
    until === null
      ? dayOfCivil(2021, 1, 4) + Math.round(300 * way.uniform())
      : until - startAfterDays - days - 30
  const start = index + startAfterDays
  const end = start + Math.max(atLeastDays, Math.round(days * (0.8 + 0.15 * way.uniform())))
  const lastDay = Math.max(end, start + days) + 30
  // One after the other: to whom it happens, who is followed to the end, and whom something else takes.
  const fate = (['event', 'nothing', 'other'] as const)[(seed - 1) % 3]!
  const ended =
    fate === 'nothing' ? null : fate === 'event' ? event : (competing ?? ({ kind: 'death' } as const))
  const seenUntil = ended === null ? lastDay : end

  const age = 45 + Math.floor(30 * way.uniform())
  const sex = way.uniform() < 0.5 ? 'female' : 'male'
  const birth = index - Math.round((age + way.uniform()) * DAYS_PER_YEAR)
  const visits: InventedVisit[] = []
  let death: number | null = null
  /** A class of which a visit is nothing that is waited for; null where every visit is. */
  const plain = plainClass([event, ...(competing === undefined ? [] : [competing])])
  const visitOn = (day: number, ofClass: InventedVisit['class']): InventedVisit => {
    const known = visits.find((each) => each.day === day && each.class === ofClass)
    if (known !== undefined) return known
    const made: InventedVisit = { day, class: ofClass, diagnosis: [], rows: [] }
    visits.push(made)
    return made
  }
  const first = visitOn(index, plain ?? 'AMB')
  /** Where something is noted that has a day of its own. */
  const beside = (day: number): InventedVisit => (plain === null ? first : visitOn(day, plain))

  const happen = (what: EventFilter, day: number): void => {
    const classes = 'classes' in what ? what.classes : undefined
    switch (what.kind) {
      case 'visit':
        return void visitOn(day, classes?.[0] ?? 'AMB')
      case 'diagnosis': {
        const code = codeOf(codeSets[what.codes])
        if (code !== null) visitOn(day, classes?.[0] ?? plain ?? 'AMB').diagnosis.push(code)
        return
      }
      case 'procedure': {
        const row = {
          code: codeOf(codeSets[what.codes]),
          day,
          status: factCode('procedureStatus', 'completed'),
        }
        return void beside(day).rows.push({ table: 'procedure', row })
      }
      case 'prescription': {
        const row = {
          code: codeOf(codeSets[what.codes]),
          start: day,
          end: day + 90,
          daysSupply: 90,
          status: factCode('prescriptionStatus', 'active'),
        }
        return void beside(day).rows.push({ table: 'prescription', row })
      }
      case 'result':
        return result(
          what.test,
          day,
          valueFor(what.test, dice(`value ${what.test} ${day}`), 0.5, what.value, true),
        )
      case 'claim':
        return void beside(day).rows.push({ table: 'claim', row: { claim: `claim of day ${day}` } })
      case 'coded-result':
        return coded(what.test, day, what.anyOf[0]!)
      case 'death':
        death = day
    }
  }
  const observe = (test: string, day: number, said: object): void => {
    const loinc = labTestByKey(test)?.loinc
    if (loinc === undefined) return
    const status = factCode('observationStatus', 'final')
    const row = { system: LOINC_SYSTEM, code: loinc, status, known: day, ...said }
    beside(day).rows.push({ table: 'observation', row })
  }
  const result = (test: string, day: number, canonical: number | null): void => {
    if (canonical !== null) observe(test, day, { value: canonical, canonical })
  }
  const coded = (test: string, day: number, valueCode: string): void => observe(test, day, { valueCode })

  if (plain !== null) {
    const between = Math.max(1, Math.min(BETWEEN_VISITS, (left?.withoutVisitDays ?? Infinity) - 1))
    for (let day = index + between; day < seenUntil; day += between) visitOn(day, plain)
  }
  if (how !== 'nothing-beside') {
    const waited = [event, ...(competing === undefined ? [] : [competing])]
    const tests = new Set(
      covariates.flatMap((each) =>
        'test' in each && !('categories' in each) ? [derivedTest(each.test)?.from ?? each.test] : [],
      ),
    )
    for (const [k, test] of [...tests].entries()) {
      const stream = dice(`test ${test}`)
      const range = waited.flatMap((each) => (each.kind === 'result' && each.test === test ? [each] : []))[0]
      // Any result of it would be what is waited for.
      if (range !== undefined && range.value === undefined) continue
      const shares = RESULTS_AT.map((share) => share + 0.05 * k + 0.04 * (stream.uniform() - 0.5))
      const on = [index - 20 - 7 * k, ...shares.map((share) => start + Math.round(share * (end - start)))]
      for (const [i, day] of on.entries())
        if (day < seenUntil) result(test, day, valueFor(test, stream, i / on.length, range?.value, false))
    }
    for (const each of covariates) {
      if (!('categories' in each)) continue
      const isWaited = waited.some((what) => what.kind === 'coded-result' && what.test === each.test)
      const on = [index - 20, ...CODED_AT.map((share) => start + Math.round(share * (end - start)))]
      for (const [i, day] of isWaited ? [] : on.entries())
        if (day < seenUntil) coded(each.test, day, each.categories[i % each.categories.length]!)
    }
    const burden = BURDEN.filter((code) => !waited.some((what) => isDiagnosis(what, code, codeSets)))
    const scores = covariates.filter((each) => 'weights' in each)
    for (const [i, day] of scores.length === 0
      ? []
      : [index - 60, start + Math.round(0.42 * (end - start))].entries())
      if (day < seenUntil && burden[i] !== undefined) beside(day).diagnosis.push(burden[i])
    let placed = 0
    for (const each of covariates) {
      if (!('event' in each) || isOneOf(each.event, waited) || each.event.kind === 'death') continue
      if (!changesWithTime(each) && how === 'no-events-before') continue
      for (const day of daysFor(each, index, start, end, placed++))
        if (day < seenUntil) happen(each.event, day)
    }
  }
  if (ended !== null) happen(ended, end)
  return { facts: factsOf(visits, { birth, sex, death }), index, birth, age, sex, lastDay }
}

/** Before the start in its window; after it, where it counts from then on: the later, the more of them there are. */
function daysFor(each: Covariate, index: number, start: number, end: number, placed: number): number[] {
  if ('window' in each) {
    const to = Math.min(each.window.to ?? 0, start - index)
    const from = Math.max(each.window.from ?? to - 200, to - 200)
    return [index + Math.round((from + to) / 2)]
  }
  const shares = each.kind === 'times' ? [0.28, 0.55] : [0.3]
  return shares.map((share) => start + Math.round((share + 0.09 * placed) * (end - start)))
}

function isDiagnosis(what: EventFilter, code: string, codeSets: IntervalDefinition['codeSets']): boolean {
  const set = what.kind === 'diagnosis' ? codeSets[what.codes] : undefined
  return set !== undefined && codeMatcher(set)(code)
}

function isOneOf(event: EventFilter, others: readonly EventFilter[]): boolean {
  const said = JSON.stringify(event)
  return others.some((other) => JSON.stringify(other) === said)
}

function plainClass(waited: readonly EventFilter[]): InventedVisit['class'] | null {
  const visits = waited.flatMap((each) => (each.kind === 'visit' ? [each] : []))
  const isPlain = (ofClass: InventedVisit['class']): boolean =>
    visits.every(({ classes }) => classes !== undefined && !classes.includes(ofClass))
  return FACT_CODES.class.find(isPlain) ?? null
}

/** A code that the set means; null where its exceptions leave none that is easily found. */
function codeOf(set: CodeSet | undefined): string | null {
  if (set === undefined) return null
  const isMeant = codeMatcher(set)
  const stems = set.include.map((pattern) => pattern.replace('*', ''))
  const endings = ['', '9', '0', '1', '2', '3', '4', '5', '6', '7', '8']
  for (const stem of stems)
    for (const ending of endings) if (isMeant(`${stem}${ending}`)) return `${stem}${ending}`
  return null
}

/** About what is usual, and more of it the later; in the range, or out of it. Null where no such value is found. */
function valueFor(
  test: string,
  stream: Stream,
  share: number,
  range: ValueRange | undefined,
  isInside: boolean,
): number | null {
  const known = labTestByKey(test)
  if (known === null || known.soft === null) return null
  const [low, high] = known.soft as [number, number]
  const usual = known.reference?.[1] ?? known.reference?.[0] ?? (low + high) / 2
  for (let trial = 0; trial < 60; trial++) {
    const spread = (high - low) * (trial < 20 ? 0.1 : 0.5)
    const value = Math.min(high, Math.max(low, usual + spread * (share + 0.6 * (stream.uniform() - 0.4))))
    const rounded = Number(value.toFixed(known.decimals))
    if (range === undefined || isWithin(rounded, range) === isInside) return rounded
  }
  if (!isInside || range === undefined) return null
  // Limits far from what is usual are met at themselves.
  const step = Number(`1e-${known.decimals}`)
  const { atLeast, above, atMost, below } = range
  const limits = [atLeast, above, atMost, below].flatMap((limit) =>
    limit === undefined ? [] : [Number(limit)],
  )
  const near = limits.flatMap((limit) => [limit, limit + step, limit - step])
  return (
    near.map((value) => Number(value.toFixed(known.decimals))).find((value) => isWithin(value, range)) ?? null
  )
}

function isWithin(value: number, { atLeast, above, atMost, below }: ValueRange): boolean {
  return (
    (atLeast === undefined || value >= Number(atLeast)) &&
    (above === undefined || value > Number(above)) &&
    (atMost === undefined || value <= Number(atMost)) &&
    (below === undefined || value < Number(below))
  )
}

function factsOf(
  visits: readonly InventedVisit[],
  { birth, sex, death }: { birth: number; sex: 'male' | 'female'; death: number | null },
): PersonFacts {
  const inOrder = visits.filter(({ day }) => death === null || day <= death).sort((a, b) => a.day - b.day)
  const numbered = inOrder.map((visit, block) => ({ ...visit, block }))
  const rowsOf = <T extends InventedVisit['rows'][number]['table']>(table: T): FactRow<T>[] =>
    numbered.flatMap(({ block, rows }) =>
      rows.flatMap((each, seq) => (each.table === table ? [rowOf(table, { ...each.row, block, seq })] : [])),
    )
  return {
    person: 0,
    patients: [],
    visit: numbered.map(({ block, day, class: ofClass }) =>
      rowOf('visit', {
        block,
        day,
        class: factCode('class', ofClass),
        status: factCode('visitStatus', 'finished'),
        hospital: 'A',
        sex: factCode('sex', sex),
        birth,
        birthPrecision: 3,
        deathFrom: death,
        death,
      }),
    ),
    observation: rowsOf('observation'),
    diagnosis: numbered.flatMap(({ block, diagnosis }) =>
      diagnosis.map((code, seq) =>
        rowOf('diagnosis', {
          block,
          seq,
          code,
          role: factCode('role', 'principal'),
          verification: factCode('verification', 'confirmed'),
        }),
      ),
    ),
    procedure: rowsOf('procedure'),
    prescription: rowsOf('prescription'),
    claim: rowsOf('claim'),
  }
}

/** A row in which only these columns say something. */
function rowOf<T extends FactTable>(table: T, said: Readonly<Record<string, unknown>>): FactRow<T> {
  const empty = Object.fromEntries(Object.keys(FACT_TABLES[table]).map((column) => [column, null]))
  return { ...empty, ...said } as FactRow<T>
}
