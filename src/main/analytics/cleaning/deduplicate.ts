/**
 * Step 4: one visit that was written down twice. The version that was recorded first stays, and what only the other one knew is
 * joined to it. Stays that follow each other at two facilities are a transfer: both stay, as one episode.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { factCode, type FactTable } from '../facts/fact-tables.ts'
import { keptRows, withRows, type CleanPerson, type CleanRow } from './cleaned.ts'
import type { Editor } from './editor.ts'
import type { StepWork } from './step-work.ts'
import { itemsByVisit, resultKey, sharedCount } from './shared-items.ts'

export interface DuplicateFinding {
  readonly exact: number
  readonly near: number
  /** Alike, and too little in common to decide. */
  readonly suspected: number
  /** Stays that follow one at another facility. */
  readonly transfers: number
}

type Visit = CleanRow<'visit'>
const INPATIENT = factCode('class', 'IMP')

export function deduplicate(params: StepOf<'deduplicate'>): StepWork {
  return {
    look: null,
    isReadOnly: false,
    begin(editor) {
      const finding = { exact: 0, near: 0, suspected: 0, transfers: 0 }
      const single = (person: CleanPerson): CleanPerson => {
        let current = person
        if (params.isExactMerged) current = withoutExact(current, editor, finding)
        if (params.nearDays !== null)
          current = withoutNear(current, params.nearDays, params.sharedItems, editor, finding)
        if (params.transferDays !== null)
          current = withTransfers(current, params.transferDays, editor, finding)
        return current
      }
      return {
        change: ({ persons, places }) => ({ persons: persons.map(single), places }),
        finding: () => ({ kind: 'duplicates', duplicates: { ...finding } }),
        handedOn: () => ({}),
      }
    },
  }
}

type Finding = { -readonly [Key in keyof DuplicateFinding]: number }

/**
 * Same facility, department, days, class, billed amount, results, diagnoses, procedures and prescriptions. Of visits that say nothing
 * but when they were nobody knows whether they are one.
 */
function withoutExact(person: CleanPerson, editor: Editor, finding: Finding): CleanPerson {
  const visits = keptRows(person, 'visit')
  if (visits.length < 2) return person
  const items = itemsByVisit(person)
  const billed = new Map<number, number>()
  for (const { now } of keptRows(person, 'claim'))
    billed.set(now.block!, (billed.get(now.block!) ?? 0) + (now.billed ?? 0))
  const others = new Map<number, string[]>()
  const add = (block: number, item: string): void => {
    const list = others.get(block)
    if (list) list.push(item)
    else others.set(block, [item])
  }
  for (const { now } of keptRows(person, 'procedure'))
    add(now.block!, ['procedure', now.code, now.day, now.status].join('|'))
  for (const { now } of keptRows(person, 'prescription'))
    add(
      now.block!,
      ['prescription', now.code, now.start, now.end, now.daysSupply, now.perDay, now.status].join('|'),
    )
  const first = new Map<string, number>()
  const twin = new Map<number, number>()
  for (const { now } of visits) {
    const { results, diagnoses } = items.get(now.block!)!
    const done = (others.get(now.block!) ?? []).sort()
    if (results.length + diagnoses.length + done.length === 0) continue
    const key = [
      now.hospital,
      now.department,
      now.day,
      now.discharge,
      now.class,
      billed.get(now.block!) ?? 'no bill',
      ...results,
      '',
      ...diagnoses,
      '',
      ...done,
    ].join('\n')
    const known = first.get(key)
    if (known === undefined) first.set(key, now.block!)
    else twin.set(now.block!, known)
  }
  if (twin.size === 0) return person
  finding.exact += twin.size
  const out = withDeaths(person, twin, editor)
  return editor.leaveOutVisits(out, ({ now }) => (twin.has(now.block!) ? 'exact-duplicate' : null))
}

function withoutNear(
  person: CleanPerson,
  nearDays: number,
  sharedItems: number,
  editor: Editor,
  finding: Finding,
): CleanPerson {
  const visits = keptRows(person, 'visit')
    .filter(({ now }) => now.day !== null)
    .sort((a, b) => a.now.day! - b.now.day! || a.now.block! - b.now.block!)
  const candidates: [Visit, Visit][] = []
  for (let i = 0; i < visits.length; i++)
    for (let j = i + 1; j < visits.length; j++) {
      const [a, b] = [visits[i]!, visits[j]!]
      const isOverlapping = a.now.discharge !== null && b.now.day! < a.now.discharge
      if (b.now.day! > a.now.day! + nearDays && !isOverlapping) break
      const isElsewhere = a.now.hospital !== b.now.hospital
      if (a.now.class === b.now.class && (isElsewhere || isOverlapping)) candidates.push([a, b])
    }
  if (candidates.length === 0) return person
  const items = itemsByVisit(person)
  /** Block that is left out, and the one that stays for it. */
  const kept = new Map<number, number>()
  const suspected = new Set<number>()
  for (const [a, b] of candidates) {
    const [early, late] = a.now.block! < b.now.block! ? [a, b] : [b, a]
    if (kept.has(late.now.block!)) continue
    const [x, y] = [items.get(early.now.block!)!, items.get(late.now.block!)!]
    const results = sharedCount(x.results, y.results)
    const shared = results + sharedCount(x.diagnoses, y.diagnoses)
    const differing = Math.min(x.results.length, y.results.length) - results
    // Results that contradict each other belong to two visits, whatever else is alike.
    if (shared >= sharedItems && results > differing) kept.set(late.now.block!, early.now.block!)
    else if (results > differing) suspected.add(late.now.block!)
  }
  // Of a chain of copies the first stays: a copy of one that goes is joined to what that one goes for.
  for (const [block, by] of kept) {
    let root = by
    while (kept.has(root)) root = kept.get(root)!
    kept.set(block, root)
  }
  for (const block of kept.keys()) suspected.delete(block)
  finding.near += kept.size
  finding.suspected += suspected.size
  let out = withRows(person, 'visit', (row) =>
    row.isKept && suspected.has(row.now.block!) ? editor.flag(person, 'visit', row, 'maybe-duplicate') : row,
  )
  if (kept.size === 0) return out
  out = withUnion(out, kept, editor)
  return editor.leaveOutVisits(out, ({ now }) => (kept.has(now.block!) ? 'near-duplicate' : null))
}

/** What the visit that stays does not know is joined to it before the other one goes. */
function withUnion(person: CleanPerson, kept: ReadonlyMap<number, number>, editor: Editor): CleanPerson {
  const join = <Table extends Exclude<FactTable, 'visit'>>(
    of: CleanPerson,
    table: Table,
    keyOf: (row: CleanRow<Table>) => string,
  ): CleanPerson => {
    const rows = of[table] as readonly CleanRow<Table>[]
    const known = new Set<string>()
    let seq = 0
    for (const row of rows) {
      if (row.isKept) known.add(`${row.now.block} ${keyOf(row)}`)
      seq = Math.max(seq, (row.now.seq ?? 0) + 1)
    }
    return withRows(of, table, (row) => {
      const block = row.isKept ? kept.get(row.now.block!) : undefined
      if (block === undefined) return row
      const key = `${block} ${keyOf(row)}`
      if (known.has(key)) return row
      known.add(key)
      const changes = { block, seq: seq++ } as Partial<CleanRow<Table>['now']>
      return editor.derive(of, table, row, changes, 'joined-to-kept-visit')
    })
  }
  let out = join(withDeaths(person, kept, editor), 'observation', ({ source }) => resultKey(source))
  out = join(out, 'diagnosis', ({ now }) => now.code ?? '')
  out = join(out, 'procedure', ({ now }) => `${now.code} ${now.day}`)
  out = join(out, 'prescription', ({ now }) => `${now.code} ${now.start}`)
  // Claims of the other facility are its own money: they go with its visit.
  return out
}

/** That a person died, and when, stays known where only the copy that goes says so. */
function withDeaths(person: CleanPerson, kept: ReadonlyMap<number, number>, editor: Editor): CleanPerson {
  const visits = keptRows(person, 'visit')
  const copiesOf = new Map<number, Visit[]>()
  for (const visit of visits) {
    const by = kept.get(visit.now.block!)
    if (by !== undefined) copiesOf.set(by, [...(copiesOf.get(by) ?? []), visit])
  }
  return withRows(person, 'visit', (row) => {
    let next = row
    if (!row.isKept || kept.has(row.now.block!)) return row
    for (const { now } of copiesOf.get(row.now.block!) ?? []) {
      const { deathFrom, death } = now
      if (death !== null && next.now.death === null)
        next = editor.derive(person, 'visit', next, { death, deathFrom }, 'joined-to-kept-visit')
      if (now.died !== 1 || next.now.died === 1) continue
      // Whoever wrote down that the stay ended with death knows when it ended.
      const discharge = now.discharge ?? next.now.discharge
      next = editor.derive(person, 'visit', next, { died: 1, discharge }, 'joined-to-kept-visit')
    }
    return next
  })
}

function withTransfers(person: CleanPerson, days: number, editor: Editor, finding: Finding): CleanPerson {
  const stays = keptRows(person, 'visit')
    .filter(({ now }) => now.class === INPATIENT && now.day !== null)
    .sort((a, b) => a.now.day! - b.now.day! || a.now.block! - b.now.block!)
  const from = new Map<number, number>()
  for (const [k, { now }] of stays.entries()) {
    const before = stays[k - 1]?.now
    if (before === undefined || before.discharge === null || before.hospital === now.hospital) continue
    const gap = now.day! - before.discharge
    if (gap >= 0 && gap <= days) from.set(now.block!, before.block!)
  }
  if (from.size === 0) return person
  finding.transfers += from.size
  return withRows(person, 'visit', (row) => {
    const before = from.get(row.now.block!)
    return row.isKept && before !== undefined
      ? editor.flag(person, 'visit', row, 'transfer', String(before))
      : row
  })
}
