/**
 * The facts of a chain, ready to be asked: DuckDB in memory, without a way to disk or network. Whoever holds it (a thread of the
 * analysis, never a window) loads runs of facts, says which versions of visits were replaced, and asks at snapshots. docs/spec/warehouse.md.
 */
import { createHash } from 'node:crypto'
import { DuckDBInstance } from '@duckdb/node-api'
import { codeMatcher, type CodeSet } from '../../../shared/domain/code-set.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import { present } from '../../../shared/std/assert.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { planCohort, type CohortPlan, type PlanContext } from '../cohort/plan.ts'
import type { FactRun } from '../facts/fact-columns.ts'
import { FACT_TABLE_NAMES, FACT_TABLES, factCode, type FactTable } from '../facts/fact-tables.ts'
import { appendColumns, appendRun, SQL_TYPES } from './columns-into.ts'
import { readMembers, selectOrder, selectPlaces, type CohortMember, type MemberRange } from './persons-out.ts'

/** Which state of the chain, and whose records. */
export interface SnapshotScope {
  /** Blocks up to this one, it too; -1 before the first. */
  readonly upTo: number
  /** Member ids of the hospitals whose records may be used; null: all that were loaded. */
  readonly hospitals: readonly string[] | null
  /** Patient keys that name one person, in groups, as the links in the chain say at that state. */
  readonly samePerson: readonly (readonly string[])[]
  /**
   * Day (days since 1970) by which it is judged whether a consent has ended or begun; absent for the last day on which anything
   * was recorded. Gated answers name a public day: the last one recorded is somebody's.
   */
  readonly consentDay?: number
}

export interface Snapshot {
  readonly name: string
  readonly visitCount: number
  readonly personCount: number
  /** Of a visit that counts; null where none does. */
  readonly lastDay: number | null
}

/** Visits of one snapshot against those of a later one. */
export interface SnapshotChanges {
  /** A later version counts now, however many lie between. */
  readonly amended: number
  readonly retracted: number
  /** Count no more though they were not taken back: their person limits consent now, or they are no longer finished. */
  readonly withdrawn: number
  /** Count now and did not: new visits, and those of people who no longer limit consent. */
  readonly added: number
}

/** Persons that are left: any visit, the event, prior days too, after washout, then after each step. */
export interface Attrition {
  readonly persons: number
  readonly withEvent: number
  readonly withPriorDays: number
  readonly afterWashout: number
  readonly steps: readonly number[]
}

export interface Warehouse {
  /** Facts of further blocks. A block that was loaded before is the caller's mistake. */
  load(run: FactRun): Promise<void>
  /** The version in `block` counts no more from block `by` on; `by === block` for one that never counted. */
  replace(versions: readonly { readonly block: number; readonly by: number }[]): Promise<void>
  snapshot(scope: SnapshotScope): Promise<Snapshot>
  attrition(snapshot: Snapshot, definition: CohortDefinition): Promise<Attrition>
  /** Who is in, and the index day of each, in order of the person's number. */
  members(snapshot: Snapshot, definition: CohortDefinition): Promise<{ patient: string; day: number }[]>
  /**
   * What is known of some of them at the snapshot: facts of the versions that count. Whoever wants all asks until fewer come.
   * @param tables whose facts are read, the visits among them; absent: all
   */
  personFacts(
    snapshot: Snapshot,
    definition: CohortDefinition,
    range: MemberRange,
    tables?: readonly FactTable[],
  ): Promise<CohortMember[]>
  /** What became of the records between two snapshots of the same hospitals. */
  changes(before: Snapshot, now: Snapshot): Promise<SnapshotChanges>
  /**
   * Of each person of either snapshot, by number, who that is: the same number for all whom links of the one or of the other make one person, whoever is a
   * person of its own in one of them. A person is known again by any of its patient keys.
   */
  peopleOf(one: Snapshot, other: Snapshot): Promise<{ readonly one: Int32Array; readonly other: Int32Array }>
  /** Persons at the snapshot whose first visit that counts is in a block after `after`, and hospitals with a visit of theirs. */
  newPersons(scope: SnapshotScope, after: number): Promise<{ persons: number; hospitals: number }>
  /** Ends what is asked; whoever waits for an answer, or asks later, gets a `Failure`. */
  close(): Promise<void>
}

/** Relations that are kept for the next question. A relation of a million rows takes about 10 MB. */
const RELATIONS_MAX = 200
/** Snapshots that can still be asked; whoever holds an older one makes it anew. */
const SNAPSHOTS_MAX = 100

export async function openWarehouse({
  threads,
  memoryMb,
}: {
  threads: number
  memoryMb: number
}): Promise<Warehouse> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    max_memory: `${memoryMb}MB`,
    // Nothing is spilled: what lies on this machine's disk in plain is found by whoever takes the machine.
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
    // Where statistics show that a condition never holds, it loses columns that are still read (version 1.5.5).
    disabled_optimizers: 'column_lifetime',
    lock_configuration: 'true',
  })
  const connection = await instance.connect()
  for (const table of FACT_TABLE_NAMES) {
    const columns = Object.entries(FACT_TABLES[table]).map(([name, kind]) => `"${name}" ${SQL_TYPES[kind]}`)
    await connection.run(`CREATE TABLE ${table} (${columns.join(', ')})`)
  }
  await connection.run('CREATE TABLE replaced (block INTEGER, "by" INTEGER)')
  const texts = new Map<string, number>()
  const textList: string[] = []
  /** In order of use: the first is the one that nobody asked for longest. */
  const relations = new Map<string, true>()

  const numberOf = (text: string): number => {
    const known = texts.get(text)
    if (known !== undefined) return known
    texts.set(text, textList.length)
    textList.push(text)
    return textList.length - 1
  }

  let isClosed = false
  const refuseClosed = (): void => {
    if (isClosed) throw new Failure({ code: 'closed' })
  }

  const keep = async (name: string, select: string): Promise<void> => {
    refuseClosed()
    if (relations.delete(name)) {
      relations.set(name, true)
      return
    }
    await connection.run(`CREATE TABLE ${name} AS ${select}`)
    relations.set(name, true)
  }

  const dropOldest = async (): Promise<void> => {
    for (const name of relations.keys()) {
      if (relations.size <= RELATIONS_MAX) return
      relations.delete(name)
      await connection.run(`DROP TABLE IF EXISTS ${name}`)
    }
  }

  /** One question at a time: a relation that one of them needs must not be dropped by the other. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = async (): Promise<T> => {
      refuseClosed()
      try {
        return await work()
      } catch (error) {
        // What was broken off by the end has no reason of its own.
        refuseClosed()
        throw error
      }
    }
    const done = turn.then(next)
    turn = done.catch(() => {})
    return done
  }

  let closing: Promise<void> | null = null
  const end = async (): Promise<void> => {
    isClosed = true
    connection.interrupt()
    // Beside a query that runs, closing never returns; a thread that ends beside one takes the whole process with it.
    await turn
    connection.closeSync()
    instance.closeSync()
  }

  const contextOf = (snapshot: Snapshot): PlanContext => ({
    snapshot: snapshot.name,
    visits: `visits_${snapshot.name}`,
    persons: `persons_${snapshot.name}`,
    codesOf: (table, set) => codesInUse(table, set),
    textOf: (text) => texts.get(text) ?? null,
    nameOf: shortName,
  })

  /** Texts of code columns, by table; codes of later runs are added as they come. */
  const codes: Record<'diagnosis' | 'procedure' | 'prescription', Set<number>> = {
    diagnosis: new Set(),
    procedure: new Set(),
    prescription: new Set(),
  }
  const codesInUse = (table: keyof typeof codes, set: CodeSet): number[] => {
    const isMeant = codeMatcher(set)
    return [...codes[table]].filter((number) => isMeant(textList[number]!))
  }

  const loadedCount = async (): Promise<number> => {
    const read = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM visit')
    return read.getRows()[0]![0] as number
  }
  const nameOf = (scope: SnapshotScope, loaded: number): string =>
    shortName(
      JSON.stringify([scope.upTo, scope.hospitals, scope.samePerson, scope.consentDay ?? null, loaded]),
    )

  /** What a snapshot's relations are made of, should they have been dropped. */
  const scopes = new Map<string, SnapshotScope>()

  const prepare = async (snapshot: Snapshot, definition: CohortDefinition): Promise<CohortPlan> => {
    const scope = present(scopes.get(snapshot.name), 'a question names a snapshot of this warehouse')
    await keepSnapshot(scope, snapshot.name, { keep, numberOf, texts })
    const plan = planCohort(definition, contextOf(snapshot))
    for (const { name, select } of plan.relations) await keep(name, select)
    return plan
  }

  return {
    load: (run) =>
      inTurn(async () => {
        const numbers = Int32Array.from(run.texts, numberOf)
        await appendRun(connection, run, numbers)
        for (const table of ['diagnosis', 'procedure', 'prescription'] as const)
          for (const text of run.tables[table].columns['code']!.values)
            if (text >= 0) codes[table].add(numbers[text]!)
      }),
    replace: (versions) =>
      inTurn(async () => {
        const columns = [
          { kind: 'int' as const, values: Int32Array.from(versions, ({ block }) => block) },
          { kind: 'int' as const, values: Int32Array.from(versions, ({ by }) => by) },
        ]
        await appendColumns(connection, 'replaced', columns, versions.length)
      }),
    snapshot: (scope) =>
      inTurn(async () => {
        const name = nameOf(scope, await loadedCount())
        scopes.set(name, scope)
        if (scopes.size > SNAPSHOTS_MAX) scopes.delete(scopes.keys().next().value!)
        await keepSnapshot(scope, name, { keep, numberOf, texts })
        const counts = await connection.runAndReadAll(
          `SELECT count(*)::INTEGER, count(DISTINCT person)::INTEGER, max(day)::INTEGER FROM visits_${name}`,
        )
        const [visitCount, personCount, lastDay] = counts.getRows()[0] as [number, number, number | null]
        return { name, visitCount, personCount, lastDay }
      }),
    attrition: (snapshot, definition) =>
      inTurn(async () => {
        const plan = await prepare(snapshot, definition)
        const read = await connection.runAndReadAll(plan.attrition)
        const [withEvent, withPriorDays, afterWashout, ...steps] = read.getRows()[0] as number[]
        await dropOldest()
        return {
          persons: snapshot.personCount,
          withEvent: present(withEvent),
          withPriorDays: present(withPriorDays),
          afterWashout: present(afterWashout),
          steps,
        }
      }),
    members: (snapshot, definition) =>
      inTurn(async () => {
        const plan = await prepare(snapshot, definition)
        await keep(plan.members.name, plan.members.select)
        const read = await connection.runAndReadAll(
          `SELECT person, day FROM ${plan.members.name} ORDER BY person`,
        )
        await dropOldest()
        return (read.getRows() as [number, number][]).map(([person, day]) => ({
          patient: textList[person]!,
          day,
        }))
      }),
    personFacts: (snapshot, definition, range, tables = FACT_TABLE_NAMES) =>
      inTurn(async () => {
        const { members } = await prepare(snapshot, definition)
        const visits = `visits_${snapshot.name}`
        const [order, places] = [`order_${snapshot.name}`, `places_${members.name}`]
        await keep(members.name, members.select)
        await keep(order, selectOrder(visits))
        await keep(places, selectPlaces(members.name, order))
        const read = await readMembers(
          connection,
          { places, visits, range, tables },
          (text) => textList[text]!,
        )
        await dropOldest()
        return read
      }),
    changes: (before, now) =>
      inTurn(async () => {
        for (const { name } of [before, now])
          await keepSnapshot(present(scopes.get(name)), name, { keep, numberOf, texts })
        const read = await connection.runAndReadAll(
          selectChanges(`visits_${before.name}`, `visits_${now.name}`, present(scopes.get(now.name)).upTo),
        )
        const [amended, retracted, withdrawn, added] = read.getRows()[0] as [number, number, number, number]
        return { amended, retracted, withdrawn, added }
      }),
    peopleOf: (one, other) =>
      inTurn(async () => {
        const links = [one, other].flatMap(({ name }) => present(scopes.get(name)).samePerson)
        const personOf = joinedBy(links.map((keys) => keys.map(numberOf)))
        const peopleOfSnapshot = async ({ name }: Snapshot): Promise<Int32Array> => {
          await keepSnapshot(present(scopes.get(name)), name, { keep, numberOf, texts })
          await keep(`order_${name}`, selectOrder(`visits_${name}`))
          const read = await connection.runAndReadAll(`SELECT person FROM order_${name} ORDER BY number`)
          // Where there is nobody there is no column either.
          return Int32Array.from((read.getColumns()[0] ?? []) as number[], personOf)
        }
        const people = { one: await peopleOfSnapshot(one), other: await peopleOfSnapshot(other) }
        await dropOldest()
        return people
      }),
    newPersons: (scope, after) =>
      inTurn(async () => {
        const name = nameOf(scope, await loadedCount())
        scopes.set(name, scope)
        await keepSnapshot(scope, name, { keep, numberOf, texts })
        const fresh = `SELECT person FROM visits_${name} GROUP BY person HAVING min(block) > ${after}`
        const read = await connection.runAndReadAll(
          `SELECT (SELECT count(*)::INTEGER FROM (${fresh})), ` +
            `(SELECT count(DISTINCT hospital)::INTEGER FROM visits_${name} WHERE person IN (${fresh}))`,
        )
        const [persons, hospitals] = read.getRows()[0] as [number, number]
        await dropOldest()
        return { persons, hospitals }
      }),
    close: () => (closing ??= end()),
  }
}

const shortName = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)

/** Whose a key is: one key that stands for all whom any of the groups join, also by way of others. */
function joinedBy(groups: readonly (readonly number[])[]): (key: number) => number {
  const under = new Map<number, number>()
  const personOf = (key: number): number => {
    let at = key
    for (let next = under.get(at); next !== undefined; next = under.get(at)) at = next
    return at
  }
  for (const keys of groups)
    for (const key of keys) {
      const [first, other] = [personOf(keys[0]!), personOf(key)]
      if (first !== other) under.set(other, first)
    }
  return personOf
}

/**
 * One row: visits of `before` that were amended, retracted or withdrawn, each judged by the last version of its line, and those of
 * `now` that no line from `before` leads to.
 */
function selectChanges(before: string, now: string, upTo: number): string {
  const retract = factCode('op', 'retract')
  const count = (condition: string): string => `(count(*) FILTER (WHERE ${condition}))::INTEGER`
  return (
    `WITH RECURSIVE line(origin, block) AS (SELECT block, block FROM ${before} UNION ALL ` +
    `SELECT l.origin, r."by" FROM line l JOIN replaced r ON r.block = l.block WHERE r."by" > l.block AND r."by" <= ${upTo}), ` +
    `ends AS (SELECT e.origin, e.block, v.op, n.block IS NOT NULL AS stands ` +
    `FROM (SELECT origin, max(block) AS block FROM line GROUP BY origin) e ` +
    `LEFT JOIN visit v ON v.block = e.block LEFT JOIN ${now} n ON n.block = e.block) ` +
    `SELECT ${count('stands AND block <> origin')}, ${count(`NOT stands AND op = ${retract}`)}, ` +
    `${count(`NOT stands AND op IS DISTINCT FROM ${retract}`)}, ` +
    `(SELECT count(*)::INTEGER FROM ${now} WHERE block NOT IN (SELECT block FROM line)) FROM ends`
  )
}

/**
 * Versions of visits that were corrected, and the day on which a correction began to limit consent; null for one that says
 * what its visit said before, or allows more: an old visit speaks of its own day, whatever is added to it later.
 */
function selectLimitsSaid(limits: string, upTo: number): string {
  return (
    `SELECT v.block, ${limits}, CAST(NULL AS INTEGER) FROM visit v WHERE v.block IN (SELECT block FROM replaced) ` +
    `AND v.block NOT IN (SELECT "by" FROM replaced WHERE "by" > block) UNION ALL ` +
    `SELECT v.block, ${limits}, CASE WHEN NOT (${limits}) THEN NULL WHEN line.limits THEN line.said ELSE v.recorded END ` +
    `FROM line JOIN replaced r ON r.block = line.block AND r."by" > r.block JOIN visit v ON v.block = r."by" ` +
    `WHERE v.block <= ${upTo}`
  )
}

/** Visits that count at a state of the chain, and the persons that they are of. */
async function keepSnapshot(
  { upTo, hospitals, samePerson, consentDay }: SnapshotScope,
  name: string,
  {
    keep,
    numberOf,
    texts,
  }: {
    keep(name: string, select: string): Promise<void>
    numberOf(text: string): number
    texts: ReadonlyMap<string, number>
  },
): Promise<void> {
  const links = samePerson.flatMap((keys) => {
    const numbers = keys.map(numberOf)
    return numbers.map((patient) => `(${patient}, ${numbers[0]!})`)
  })
  const linked =
    links.length === 0
      ? 'SELECT 0 AS patient, 0 AS person WHERE false'
      : `SELECT * FROM (VALUES ${links.join(', ')}) l(patient, person)`
  const scope =
    hospitals === null
      ? ''
      : ` AND v.hospital IN (${['-2', ...hospitals.flatMap((hospital) => texts.get(hospital) ?? [])].join(', ')})`
  await keep(`links_${name}`, linked)
  // At whatever hospital: a limit of consent is the person's, not the visit's. Whether one has ended is judged on the last
  // day on which anything was recorded up to there, so that a state of the chain answers the same on every day and machine.
  const today =
    consentDay === undefined ? `(SELECT max(recorded) FROM visit WHERE block <= ${upTo})` : `${consentDay}`
  const limits =
    `coalesce(v.consent = ${factCode('consent', 'treatment-only')}, false) ` +
    `OR coalesce(v."consentTo" < ${today}, false) OR coalesce(v."consentFrom" > ${today}, false)`
  await keep(
    `valid_${name}`,
    `WITH RECURSIVE line(block, limits, said) AS (${selectLimitsSaid(limits, upTo)}) ` +
      `SELECT v.block, coalesce(l.person, v.patient) AS person, v.day, v.class, v.hospital, v.payer, ${limits} AS limits, ` +
      `greatest(v.day, coalesce(line.said, v.day)) AS said FROM visit v ` +
      `LEFT JOIN links_${name} l ON l.patient = v.patient LEFT JOIN line ON line.block = v.block ` +
      `WHERE v.block <= ${upTo} AND v.day IS NOT NULL AND v.op <> ${factCode('op', 'retract')} ` +
      `AND v.status = ${factCode('visitStatus', 'finished')} ` +
      `AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.block = v.block AND r."by" <= ${upTo})`,
  )
  const limited =
    `SELECT person FROM (SELECT person, last(limits ORDER BY said, block) AS limits FROM valid_${name} GROUP BY person) ` +
    `WHERE limits`
  await keep(
    `visits_${name}`,
    `SELECT v.block, v.person, v.day, v.class, v.hospital, v.payer FROM valid_${name} v ` +
      `WHERE v.person NOT IN (${limited})${scope}`,
  )
  // What most visits say of a person; of two that are said as often, the one that stands first in the chain.
  const mostOften = (column: string): string =>
    `SELECT person, first(said ORDER BY times DESC, earliest) AS said FROM (` +
    `SELECT s.person, v.${column} AS said, count(*) AS times, min(v.block) AS earliest ` +
    `FROM visits_${name} s JOIN visit v ON v.block = s.block WHERE v.${column} IS NOT NULL GROUP BY s.person, v.${column}) GROUP BY person`
  const birth = `(DATE '1970-01-01' + b.said)`
  await keep(
    `persons_${name}`,
    `SELECT d.person, x.said AS sex, year(${birth})::INTEGER AS birth_year, (100 * month(${birth}) + day(${birth}))::INTEGER AS birth_month_day, ` +
      `d.first_day, d.last_day FROM (SELECT person, min(day) AS first_day, max(day) AS last_day FROM visits_${name} GROUP BY person) d ` +
      `LEFT JOIN (${mostOften('sex')}) x ON x.person = d.person LEFT JOIN (${mostOften('birth')}) b ON b.person = d.person`,
  )
}
