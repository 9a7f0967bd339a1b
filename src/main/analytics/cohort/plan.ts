/**
 * A cohort as queries. Every part of the question becomes a relation that is named after what it means and after the snapshot,
 * so that changing one rule recomputes one relation: that is what makes counts live. docs/spec/cohort.md says what each part
 * means; the queries use integers of our own only, no text of a person ever enters one. Pure.
 */
import type { CodeSet } from '../../../shared/domain/code-set.ts'
import type {
  CohortDefinition,
  CohortEntry,
  CohortRule,
  DayWindow,
  EventFilter,
  ValueRange,
} from '../../../shared/domain/cohort.ts'
import { canonicalJson, type CanonicalValue } from '../../../shared/std/canonical-json.ts'
import { canonicalCodeSet } from '../../../shared/domain/code-set.ts'
import { derivedTest } from '../../../shared/domain/asked-tests.ts'
import { parseDay } from '../../../shared/domain/dates.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { assert, present } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { AT_LEAST, AT_MOST, GIVEN, LESS, MORE, USABLE } from '../facts/counted-codes.ts'
import { factCode, type FACT_CODES } from '../facts/fact-tables.ts'
import { NO_CLAIM } from '../persons/claims.ts'
import { ADULT_YEARS, CKD_EPI } from '../persons/derived-results.ts'

/** What the plan needs to know of the warehouse. */
export interface PlanContext {
  /** Names the snapshot: which blocks, whose records. Part of every relation's name. */
  readonly snapshot: string
  /** Valid visits of that snapshot: block, person, day, class, hospital, payer. */
  readonly visits: string
  /** Persons of that snapshot: person, sex, birthYear, birthMonthDay, firstDay, lastDay. */
  readonly persons: string
  /** Numbers of the texts in use that the set names. */
  codesOf(table: 'diagnosis' | 'procedure' | 'prescription', set: CodeSet): readonly number[]
  /** The number of a text, or null when nothing in the warehouse has it. */
  textOf(text: string): number | null
  /** A short name of a text: letters and digits. */
  nameOf(text: string): string
}

export interface Relation {
  readonly name: string
  /** Selects what the relation holds; refers to relations before it. */
  readonly select: string
}

export interface CohortPlan {
  /** In order; each once. */
  readonly relations: readonly Relation[]
  /** One row of whole numbers: `attritionSteps` names them in order. */
  readonly attrition: string
  /** Steps of the entry (event, prior, washout) and of the definition, as persons that are left after each. */
  readonly stepCount: number
  /** The relation of who is left: person, day. */
  readonly members: Relation
}

export function planCohort(definition: CohortDefinition, context: PlanContext): CohortPlan {
  const relations = new Map<string, Relation>()
  const add = (meaning: string, prefix: string, select: string): string => {
    const name = `${prefix}_${context.nameOf(`${context.snapshot} ${meaning}`)}`
    relations.set(name, { name, select })
    return name
  }
  const meaningOf = (event: EventFilter): string => {
    if (!('codes' in event)) return canonicalJson(event as CanonicalValue)
    const { kind, include, exclude } = canonicalCodeSet(present(definition.codeSets[event.codes]))
    return canonicalJson({ ...event, codes: { kind, include, exclude } } as CanonicalValue)
  }
  const addEvent = (event: EventFilter): { name: string; meaning: string } => {
    const meaning = meaningOf(event)
    return { meaning, name: add(meaning, 'event', selectEvent(event, definition.codeSets, context)) }
  }

  const { entry } = definition
  const entryEvent = addEvent(entry.event)
  const washed = entry.washout === undefined ? null : addEvent(entry.washout.event)
  const entryMeaning = canonicalJson({
    event: entryEvent.meaning,
    confirmedBy: entry.confirmedBy as CanonicalValue | undefined,
    washout: washed === null ? undefined : { event: washed.meaning, days: entry.washout!.days },
    priorDays: entry.priorDays,
    which: entry.which,
  })
  const base = add(entryMeaning, 'index', selectIndex(entry, entryEvent.name, washed?.name ?? null, context))

  const joins: string[] = []
  const conditionOf = (rule: CohortRule): string => {
    switch (rule.kind) {
      case 'all':
        return `(${rule.of.map(conditionOf).join(' AND ')})`
      case 'any':
        return `(${rule.of.map(conditionOf).join(' OR ')})`
      case 'not':
        return `(NOT ${conditionOf(rule.rule)})`
      case 'occurs': {
        const event = addEvent(rule.event)
        const meaning = canonicalJson({
          ...rule,
          event: event.meaning,
          index: entryMeaning,
        } as CanonicalValue)
        const name = add(meaning, 'days', selectDays(rule, base, event.name))
        const alias = `r${joins.length}`
        joins.push(`LEFT JOIN ${name} ${alias} ON ${alias}.person = i.person`)
        const days = `coalesce(${alias}.days, 0)`
        const most = rule.atMost === undefined ? '' : ` AND ${days} <= ${rule.atMost}`
        return `(${days} >= ${rule.withinDays === undefined ? rule.atLeast : 1}${most})`
      }
      case 'last': {
        const judged = add(`judged ${meaningOf(rule.event)}`, 'judged', selectJudged(rule.event, context))
        const select = selectLast(rule.window, base, judged)
        const alias = `r${joins.length}`
        joins.push(`LEFT JOIN ${add(select, 'last', select)} ${alias} ON ${alias}.person = i.person`)
        return `coalesce(${alias}.holds, false)`
      }
      default:
        return conditionOfPerson(rule, context, base, (select) => {
          const alias = `r${joins.length}`
          const name = add(select, 'at', select)
          joins.push(`LEFT JOIN ${name} ${alias} ON ${alias}.person = i.person`)
          return alias
        })
    }
  }
  const steps = definition.steps.map(({ use, rule }) =>
    use === 'include' ? conditionOf(rule) : `(NOT ${conditionOf(rule)})`,
  )
  const from = `FROM ${base} i JOIN ${context.persons} p ON p.person = i.person ${joins.join(' ')}`
  const flags = steps.map((condition, s) => `${condition} AS s${s}`)
  const select = `SELECT i.person, i.day ${from} WHERE i.is_in${steps.map((step) => ` AND ${step}`).join('')}`
  // Named by the whole query: the conditions alone name relations by their place.
  const members = { name: `cohort_${context.nameOf(`${context.snapshot} ${select}`)}`, select }
  const cumulative = steps.map((_, s) =>
    ['is_in', ...steps.slice(0, s + 1).map((__, k) => `s${k}`)].join(' AND '),
  )
  const counts = ['is_known', 'is_in', ...cumulative].map(
    (condition) => `(count(*) FILTER (WHERE ${condition}))::INTEGER`,
  )
  const inner = `SELECT i.is_known, i.is_in${flags.map((flag) => `, ${flag}`).join('')} ${from}`
  return {
    relations: [...relations.values()],
    attrition: `SELECT count(*)::INTEGER, ${counts.join(', ')} FROM (${inner})`,
    stepCount: steps.length,
    members,
  }
}

/** person, day: the days on which the event happened to a person, each once. */
function selectEvent(
  event: EventFilter,
  codeSets: CohortDefinition['codeSets'],
  context: PlanContext,
): string {
  const { visits, codesOf } = context
  const classesOf = (classes: readonly (typeof FACT_CODES.class)[number][] | undefined): string =>
    classes === undefined
      ? ''
      : ` AND ${among(
          'v.class',
          classes.map((each) => factCode('class', each)),
        )}`
  const select = (day: string, table: string, where: string): string =>
    `SELECT DISTINCT v.person, ${day} AS day FROM ${table} f JOIN ${visits} v ON v.block = f.block WHERE ${where}`
  switch (event.kind) {
    case 'visit':
      return `SELECT DISTINCT v.person, v.day FROM ${visits} v WHERE true${classesOf(event.classes)}`
    case 'diagnosis': {
      const codes = among('f.code', codesOf('diagnosis', present(codeSets[event.codes])))
      const principal = event.isPrincipal === true ? ` AND f.role = ${factCode('role', 'principal')}` : ''
      const refuted = `f.verification <> ${factCode('verification', 'refuted')}`
      return select('v.day', 'diagnosis', `${codes} AND ${refuted}${principal}${classesOf(event.classes)}`)
    }
    case 'procedure': {
      const codes = among('f.code', codesOf('procedure', present(codeSets[event.codes])))
      const done = `f.status = ${factCode('procedureStatus', 'completed')}`
      return select('coalesce(f.day, v.day)', 'procedure', `${codes} AND ${done}`)
    }
    case 'prescription': {
      const codes = among('f.code', codesOf('prescription', present(codeSets[event.codes])))
      const given = among('f.status', GIVEN)
      return select('coalesce(f."start", v.day)', 'prescription', `${codes} AND ${given}`)
    }
    case 'result':
    case 'coded-result': {
      const { rows, isMeant } = resultsAsked(event, context)
      return `SELECT DISTINCT f.person, f.day FROM (${rows}) f WHERE ${isMeant}`
    }
    case 'claim':
      return selectClaim(visits)
    case 'death':
      return selectDeath(visits)
    default:
      return unreachable(event)
  }
}

const among = (column: string, numbers: readonly number[]): string =>
  numbers.length === 0 ? 'false' : `${column} IN (${numbers.join(', ')})`

/** Usable results of a test, and the condition that makes one of them the one that is meant; both speak of `f`. */
function resultsAsked(
  event: Extract<EventFilter, { kind: 'result' | 'coded-result' }>,
  context: PlanContext,
): { rows: string; isMeant: string; hasValue: string } {
  const rows = selectResults(event.test, context)
  if (event.kind === 'coded-result') {
    const codes = event.anyOf.flatMap((code) => context.textOf(code) ?? [])
    return { rows, isMeant: among('f.code', codes), hasValue: 'f.code IS NOT NULL' }
  }
  const isMeant = event.value === undefined ? 'true' : conditionOfValue(event.value)
  return { rows, isMeant, hasValue: 'f.canonical IS NOT NULL' }
}

/**
 * person, day, block, seq, canonical, comparator, code: of a derived test what `derivedValue` says of facts. Powers of the database may differ from ours in
 * their last bits; these numbers are held against limits of a few decimals and are never said, so that no count hangs on it.
 */
function selectResults(key: string, { visits, persons, textOf }: PlanContext): string {
  const derived = derivedTest(key)
  const test = present(labTestByKey(derived?.from ?? key))
  const [system, code] = [textOf(LOINC_SYSTEM), textOf(test.loinc)]
  const named = system === null || code === null ? 'false' : `f.system = ${system} AND f.code = ${code}`
  const usable = `${named} AND ${among('f.status', USABLE)}`
  const of = `FROM observation f JOIN ${visits} v ON v.block = f.block`
  const day = 'coalesce(f.known, v.day)'
  if (derived === null)
    return `SELECT v.person, ${day} AS day, f.block, f.seq, f.canonical, f.comparator, f."valueCode" AS code ${of} WHERE ${usable}`
  const isFemale = `p.sex = ${factCode('sex', 'female')}`
  const known = `(f.canonical IS NOT NULL AND f.canonical > 0 AND f.comparator IS NULL)`
  const sexes = among('p.sex', [factCode('sex', 'male'), factCode('sex', 'female')])
  const by = (constant: 'kappa' | 'alpha' | 'factor'): string =>
    `CASE WHEN ${isFemale} THEN ${doubleOf(String(CKD_EPI.female[constant]))} ELSE ${doubleOf(String(CKD_EPI.male[constant]))} END`
  const sources =
    `SELECT v.person, ${day} AS day, f.block, f.seq, f.canonical / ${by('kappa')} AS ratio, ${by('alpha')} AS below, ` +
    `${by('factor')} AS factor, ${ageOn(day)} AS age ${of} JOIN ${persons} p ON p.person = v.person ` +
    `WHERE ${usable} AND ${known} AND ${sexes} AND p.birth_year IS NOT NULL`
  const power = `pow(ratio, CASE WHEN ratio < 1 THEN below ELSE ${doubleOf(String(CKD_EPI.above))} END)`
  return (
    `SELECT person, day, block, seq, factor * ${power} * pow(${doubleOf(String(CKD_EPI.perYear))}, age) AS canonical, ` +
    `NULL::INTEGER AS comparator, NULL::INTEGER AS code FROM (${sources}) WHERE age >= ${ADULT_YEARS}`
  )
}

/** person, day, block, seq, is_meant: every result of the test that has a value, or a code. */
function selectJudged(event: EventFilter, context: PlanContext): string {
  assert(event.kind === 'result' || event.kind === 'coded-result', 'only results are the last of a test')
  const { rows, isMeant, hasValue } = resultsAsked(event, context)
  return `SELECT f.person, f.day, f.block, f.seq, ${isMeant} AS is_meant FROM (${rows}) f WHERE ${hasValue}`
}

/** person, holds: whether the last of them in the window is meant. */
function selectLast(window: DayWindow, index: string, judged: string): string {
  return (
    `SELECT i.person, last(e.is_meant ORDER BY e.day, e.block, e.seq) AS holds ` +
    `FROM ${index} i JOIN ${judged} e ON e.person = i.person WHERE i.is_in${inWindow(window)} GROUP BY i.person`
  )
}

/** Days of `e` around the index day of `i`. */
function inWindow({ from, to }: DayWindow): string {
  const since = from === null ? '' : ` AND e.day >= i.day + ${from}`
  return `${since}${to === null ? '' : ` AND e.day <= i.day + ${to}`}`
}

/** Completed years on a day; null where nothing is known of birth. */
function ageOn(day: string): string {
  const date = `(DATE '1970-01-01' + ${day})`
  const monthDay = `(100 * month(${date}) + day(${date}))`
  return `(year(${date}) - p.birth_year - CASE WHEN ${monthDay} < p.birth_month_day THEN 1 ELSE 0 END)`
}

/** As `claimsThatStand` says it of facts: what reverses a claim may be in another visit of the person. */
function selectClaim(visits: string): string {
  const asksForNothing = `coalesce(f.status IN (${NO_CLAIM.join(', ')}), false)`
  const reversing =
    `SELECT 1 FROM claim g JOIN ${visits} w ON w.block = g.block ` +
    `WHERE w.person = v.person AND g.reverses = f.claim`
  return (
    `SELECT DISTINCT v.person, v.day FROM claim f JOIN ${visits} v ON v.block = f.block ` +
    `WHERE f.reverses IS NULL AND NOT ${asksForNothing} AND NOT EXISTS (${reversing})`
  )
}

/**
 * As `deathOf` says it of facts: what most visits state, and within it the most exact of what is said, a stated day before the end of a
 * visit, that before a month, and a month before a year; of what is said as often, what stands first in the chain.
 */
function selectDeath(visits: string): string {
  const of = `FROM visit f JOIN ${visits} v ON v.block = f.block`
  const first = 'coalesce(f."deathFrom", f.death)'
  const stated =
    `SELECT v.person, f.death AS said, ${first} AS since, ` +
    `CASE WHEN f.death = ${first} THEN 0 ELSE 1 + f.death - ${first} END AS vague, ` +
    `count(*) AS times, min(f.block) AS earliest ${of} WHERE f.death IS NOT NULL GROUP BY ALL`
  const ends =
    `SELECT v.person, coalesce(f.discharge, f.day) AS said, coalesce(f.discharge, f.day) AS since, 1 AS vague, ` +
    `count(*) AS times, min(f.block) AS earliest ${of} WHERE f.died = 1 GROUP BY ALL`
  const most =
    `SELECT person, first(said ORDER BY times DESC, earliest) AS last_day, ` +
    `first(since ORDER BY times DESC, earliest) AS first_day FROM (${stated}) GROUP BY person`
  return (
    `SELECT s.person, first(s.said ORDER BY s.vague, s.times DESC, s.earliest) AS day ` +
    `FROM (${stated} UNION ALL ${ends}) s LEFT JOIN (${most}) m ON m.person = s.person ` +
    `WHERE s.said IS NOT NULL AND (m.person IS NULL OR s.said BETWEEN m.first_day AND m.last_day) GROUP BY s.person`
  )
}

/** `<5` is in a range only when everything below 5 is. */
function conditionOfValue({ atLeast, above, atMost, below }: ValueRange): string {
  const limit = (
    number: string | undefined,
    exact: string,
    open: readonly (number | undefined)[],
    whenOpen: string,
    closed: readonly (number | undefined)[],
    whenClosed: string,
  ): string[] =>
    number === undefined
      ? []
      : [
          `CASE WHEN f.comparator IS NULL THEN f.canonical ${exact} ${doubleOf(number)} ` +
            `WHEN f.comparator IN (${open.join(', ')}) THEN f.canonical ${whenOpen} ${doubleOf(number)} ` +
            `WHEN f.comparator IN (${closed.join(', ')}) THEN f.canonical ${whenClosed} ${doubleOf(number)} ` +
            `ELSE false END`,
        ]
  return [
    'f.canonical IS NOT NULL',
    ...limit(atLeast, '>=', [MORE], '>=', [AT_LEAST], '>='),
    ...limit(above, '>', [MORE], '>=', [AT_LEAST], '>'),
    ...limit(atMost, '<=', [LESS], '<=', [AT_MOST], '<='),
    ...limit(below, '<', [LESS], '<=', [AT_MOST], '<'),
  ].join(' AND ')
}

/** The double nearest to the text, written so that the query reads the same one. */
function doubleOf(text: string): string {
  return `CAST('${Number(text)}' AS DOUBLE)`
}

/**
 * person, day, is_known, is_in: one row for each person with the event. `day` is the index day of those who are in; `is_known`
 * says that prior days were there.
 */
function selectIndex(
  { confirmedBy, washout, priorDays, which }: CohortEntry,
  event: string,
  washed: string | null,
  { persons }: PlanContext,
): string {
  const days =
    confirmedBy === undefined
      ? `SELECT person, day FROM ${event}`
      : `SELECT person, day FROM (SELECT person, day, lag(day, ${confirmedBy.count - 1}) OVER (PARTITION BY person ORDER BY day) AS earlier FROM ${event}) ` +
        `WHERE day - earlier <= ${confirmedBy.withinDays}`
  const isClean = washout === undefined ? 'true' : `(w.day IS NULL OR w.day < c.day - ${washout.days})`
  // The latest such event before the day is enough: when it is long ago, all are.
  const latest = washed === null ? '' : ` ASOF LEFT JOIN ${washed} w ON w.person = c.person AND c.day > w.day`
  const judged =
    `SELECT c.person, c.day, p.first_day <= c.day - ${priorDays} AS has_prior, ${isClean} AS is_clean ` +
    `FROM (${days}) c JOIN ${persons} p ON p.person = c.person${latest}`
  if (which === 'first')
    return (
      `SELECT person, min(day) AS day, arg_min(has_prior, day) AS is_known, ` +
      `arg_min(has_prior AND is_clean, day) AS is_in FROM (${judged}) GROUP BY person`
    )
  return (
    `SELECT person, coalesce(min(day) FILTER (WHERE has_prior AND is_clean), min(day)) AS day, ` +
    `bool_or(has_prior) AS is_known, bool_or(has_prior AND is_clean) AS is_in FROM (${judged}) GROUP BY person`
  )
}

/** person, days: on how many days of the window it happened; with `withinDays`, 1 for who has them close together. */
function selectDays(
  { window, atLeast, withinDays }: Extract<CohortRule, { kind: 'occurs' }>,
  index: string,
  event: string,
): string {
  const inside = `FROM ${index} i JOIN ${event} e ON e.person = i.person WHERE i.is_in${inWindow(window)}`
  if (withinDays === undefined)
    return `SELECT i.person, count(*)::INTEGER AS days ${inside} GROUP BY i.person`
  return (
    `SELECT person, 1 AS days FROM (SELECT i.person, e.day, lag(e.day, ${atLeast - 1}) OVER (PARTITION BY i.person ORDER BY e.day) AS earlier ${inside}) ` +
    `WHERE day - earlier <= ${withinDays} GROUP BY person`
  )
}

/** What is not known is not met: an unknown age is neither under nor over 40, and “not over 40” holds for it. */
function conditionOfPerson(
  rule: Extract<CohortRule, { kind: 'age' | 'sex' | 'payer' | 'hospital' | 'calendar' | 'observed' }>,
  { visits, textOf }: PlanContext,
  index: string,
  join: (select: string) => string,
): string {
  switch (rule.kind) {
    case 'age': {
      const age = ageOn('i.day')
      const least = rule.atLeast === undefined ? '' : ` AND ${age} >= ${rule.atLeast}`
      const most = rule.atMost === undefined ? '' : ` AND ${age} <= ${rule.atMost}`
      return `coalesce(p.birth_year IS NOT NULL${least}${most}, false)`
    }
    case 'sex':
      return `coalesce(p.sex IN (${rule.anyOf.map((word) => factCode('sex', word)).join(', ')}), false)`
    case 'payer': {
      const payers = rule.anyOf.map((word) => factCode('payer', word)).join(', ')
      return `(${join(selectOnIndexDay(visits, index, `v.payer IN (${payers})`))}.person IS NOT NULL)`
    }
    case 'hospital': {
      const hospitals = rule.anyOf.flatMap((name) => textOf(name) ?? [])
      if (hospitals.length === 0) return 'false'
      return `(${join(selectOnIndexDay(visits, index, `v.hospital IN (${hospitals.join(', ')})`))}.person IS NOT NULL)`
    }
    case 'calendar': {
      const from = rule.from === undefined ? '' : ` AND i.day >= ${present(parseDay(rule.from))}`
      const to = rule.to === undefined ? '' : ` AND i.day <= ${present(parseDay(rule.to))}`
      return `(true${from}${to})`
    }
    case 'observed':
      return `(p.first_day <= i.day - ${rule.beforeDays} AND p.last_day >= i.day + ${rule.afterDays})`
    default:
      return unreachable(rule)
  }
}

function selectOnIndexDay(visits: string, index: string, where: string): string {
  return `SELECT DISTINCT i.person FROM ${index} i JOIN ${visits} v ON v.person = i.person AND v.day = i.day WHERE ${where}`
}
