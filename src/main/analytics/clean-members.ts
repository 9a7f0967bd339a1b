/**
 * The persons of a cohort out of the warehouse, cleaned: all at one time where they fit, else in as many passes as the steps need. Either
 * way the same is written, to the byte.
 */
import type { CleaningPipeline } from '../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import { present } from '../../shared/std/assert.ts'
import { clean, type Cleaning } from './cleaning/clean.ts'
import { cleanInPasses, type CleaningPass } from './cleaning/clean-in-passes.ts'
import type { CleanPerson } from './cleaning/cleaned.ts'
import type { CountedEvent } from './cleaning/count-events.ts'
import { FACT_TABLE_NAMES } from './facts/fact-tables.ts'
import { membersOf, stopIf, type RunControl } from './members-of.ts'
import { SMALL } from './pathways/protect.ts'
import type { CohortMember } from './warehouse/persons-out.ts'
import type { Snapshot, Warehouse } from './warehouse/warehouse.ts'

/** Rows that are objects at one time where all persons are: about half a gigabyte. */
export const HELD_ROWS_MAX = 1_000_000
/** Persons that are objects at one time in a pass. */
const PASS_PERSONS = 1_000

export interface CleaningLimits {
  readonly heldRowsMost?: number
  readonly passPersons?: number
}

export interface MembersToClean {
  readonly snapshot: Snapshot
  readonly cohort: CohortDefinition
  readonly pipeline: CleaningPipeline
  readonly event: CountedEvent
  /** As they are read before the steps, each once, in order. */
  onMembers?(members: readonly CohortMember[]): void
  /** As the steps leave them, each once, in order; `members`: the entries that they are made of, at least. */
  onCleaned(persons: readonly CleanPerson[], members: readonly CohortMember[]): void
  /** The same persons once more, when everything is written: what hashes rows begins with the reports. */
  readonly afterwards?: (written: Omit<Cleaning, 'persons'>) => (persons: readonly CleanPerson[]) => void
}

/** @throws {StatsFailure} `cancelled` */
export async function cleanMembers(
  warehouse: Warehouse,
  asked: MembersToClean,
  control: RunControl & CleaningLimits,
): Promise<Omit<Cleaning, 'persons'>> {
  const { snapshot, cohort, pipeline, event, onMembers, onCleaned, afterwards } = asked
  const { heldRowsMost = HELD_ROWS_MAX, passPersons = PASS_PERSONS } = control
  const options = { event, beforeStep: () => stopIf(control) }
  const { steps, afterWashout } = await warehouse.attrition(snapshot, cohort)
  const total = steps.at(-1) ?? afterWashout

  const held: CohortMember[] = []
  let rows = 0
  let told = 0
  /** What was read before it was known that several passes are needed is read again: nothing is told twice. */
  const tell = (done: number): void => {
    told = Math.max(told, done)
    // Of fewer than 11 not even the progress says how many.
    if (total >= SMALL) control.onPersons?.(told, total)
  }
  const reading = membersOf(warehouse, snapshot, cohort, { ...control, onPersons: tell })
  for await (const members of reading) {
    held.push(...members)
    for (const { facts } of members) for (const table of FACT_TABLE_NAMES) rows += facts[table].length
    if (rows > heldRowsMost) break
  }
  if (rows <= heldRowsMost) {
    onMembers?.(held)
    const { persons, ...written } = clean(
      held.map(({ facts }) => facts),
      pipeline,
      options,
    )
    onCleaned(persons, held)
    afterwards?.(written)(persons)
    return written
  }
  held.length = 0

  const run = cleanInPasses(total, pipeline, options)
  const passCount = run.passCount + (afterwards === undefined ? 0 : 1)
  let passesDone = 0
  let areMembersTold = false
  const go = async (
    pass: CleaningPass,
    each: (persons: readonly CleanPerson[], members: readonly CohortMember[]) => void,
  ): Promise<void> => {
    for (let from = 0; from < pass.count; from += passPersons) {
      stopIf(control)
      // A pass counts as its share of the persons: what is said ends at their number.
      tell(Math.floor(((passesDone + from / pass.count) / passCount) * total))
      const entries = pass.entriesOf(from, Math.min(from + passPersons, pass.count))
      const members = await readEntries(warehouse, asked, pass, entries)
      if (pass.tables === null && !areMembersTold) onMembers?.(members)
      each(
        pass.add(
          members.map(({ facts }) => facts),
          entries,
        ),
        members,
      )
    }
    pass.end()
    areMembersTold ||= pass.tables === null
    passesDone++
  }
  for (let pass = run.next(); pass !== null; pass = run.next()) {
    const { isLast } = pass
    await go(pass, (persons, members) => {
      if (isLast) onCleaned(persons, members)
    })
  }
  const written = run.written()
  if (afterwards !== undefined) {
    const take = afterwards(written)
    await go(run.again(), (persons) => take(persons))
  }
  stopIf(control)
  tell(total)
  return written
}

/** In the order in which they were asked for. */
async function readEntries(
  warehouse: Warehouse,
  { snapshot, cohort }: MembersToClean,
  { tables }: CleaningPass,
  entries: readonly number[],
): Promise<CohortMember[]> {
  const inOrder = Float64Array.from(entries).sort()
  const [first, last] = [inOrder[0] ?? 0, inOrder.at(-1) ?? -1]
  const isRun = last - first + 1 === entries.length
  const range = isRun ? { from: first, to: last + 1 } : { places: entries }
  const read = await warehouse.personFacts(snapshot, cohort, range, tables ?? undefined)
  const at = new Map(Array.from(inOrder, (place, i) => [place, read[i]] as const))
  return entries.map((place) => present(at.get(place)))
}
