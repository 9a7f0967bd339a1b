/**
 * The coding work list of a hospital: what its own visits say without a code of its lists, gathered by what was written;
 * and giving codes to it. Visits that were looked through once are remembered while the session lasts, in memory alone.
 */
import { createHash } from 'node:crypto'
import type {
  CodeHit,
  CodedList,
  CodeTarget,
  CodingReport,
  Uncoded,
  WorkList,
} from '../../shared/contract/codes.ts'
import { isLoincCode } from '../../shared/domain/lab-tests.ts'
import { visitInputOf } from '../../shared/domain/visit-input.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { fromHex } from '../../shared/std/bytes.ts'
import type { CodeLists } from '../codes/code-lists.ts'
import { foldWords, type DeskCodes } from '../codes/desk-codes.ts'
import { testHit, testHits } from '../codes/test-hits.ts'
import { codedThings, isWords, withCodes, type CodedThing } from '../codes/uncoded.ts'
import { allOwnVisits } from '../patients/own-visits.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { Desk } from './context.ts'
import type { JobControl } from './jobs.ts'
import { openOwnRecord, openingDesk } from './open-own-record.ts'
import type { RecordsService } from './records-service.ts'

/** Records that are opened between two breaths of the event loop. */
const RECORDS_PER_BREATH = 25
export const ROWS_SHOWN = 500
const SUGGESTED_ROWS = 200

interface Sighting {
  readonly key: string
  readonly thing: CodedThing
  readonly count: number
}

interface SeenVisit {
  readonly visitId: string
  readonly merkleRoot: string
  readonly patientId: string
  readonly admission: string
  readonly encounterClass: string
  readonly department: string
  readonly sightings: readonly Sighting[]
}

/** What one session has looked through. */
export interface CodingMemory {
  digest: string
  /** By merkle root; null for a visit that cannot be opened. Visits with nothing to code are there too. */
  readonly visits: Map<string, SeenVisit | null>
}

export const createCodingMemory = (): CodingMemory => ({ digest: '', visits: new Map() })

export function keyOf({ list, code, text }: CodedThing): string {
  const what = isWords(code) ? ['', foldWords(text)] : [code.system, code.code]
  return createHash('sha256')
    .update(JSON.stringify([list, ...what]))
    .digest('hex')
    .slice(0, 32)
}

export async function gatherWorkList(
  desk: Desk,
  lists: CodeLists,
  learnt: DeskCodes,
  memory: CodingMemory,
  crypto: Crypto,
  control: JobControl,
): Promise<WorkList> {
  await lookThrough(desk, lists, memory, crypto, control)
  const rows = new Map<string, Uncoded & { visits: Set<string> }>()
  let sealedCount = 0
  for (const visit of memory.visits.values()) {
    if (visit === null) sealedCount++
    else for (const sighting of visit.sightings) addTo(rows, visit, sighting)
  }
  const sorted = [...rows.values()].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
  const shown: Uncoded[] = []
  for (const [i, { visits, ...row }] of sorted.slice(0, ROWS_SHOWN).entries()) {
    if (control.signal.aborted) break
    shown.push({
      ...row,
      visitCount: visits.size,
      suggestion: await suggest(row, lists, learnt, i < SUGGESTED_ROWS),
    })
  }
  return { rows: shown, total: rows.size, visitsLookedAt: memory.visits.size, sealedCount }
}

/** Brings the memory up to the newest versions; what it knows already is not opened again. */
async function lookThrough(
  { node, keys }: Desk,
  lists: CodeLists,
  memory: CodingMemory,
  crypto: Crypto,
  control: JobControl,
): Promise<void> {
  const { digest } = await lists.view()
  if (memory.digest !== digest) memory.visits.clear()
  memory.digest = digest
  const superseded = new Set<string>()
  const versions = []
  for await (const visit of allOwnVisits(node.store, keys.patientIndex)) {
    if (visit.supersedes !== null) superseded.add(visit.supersedes)
    versions.push(visit)
  }
  const current = versions.filter(({ merkleRoot, op }) => !superseded.has(merkleRoot) && op !== 'retract')
  const roots = new Set(current.map(({ merkleRoot }) => merkleRoot))
  for (const root of [...memory.visits.keys()]) if (!roots.has(root)) memory.visits.delete(root)
  const isListed = new Map<string, boolean>()
  const opening = openingDesk(node, crypto, keys)
  const fresh = current.filter(({ merkleRoot }) => !memory.visits.has(merkleRoot))
  for (let first = 0; first < fresh.length; first += RECORDS_PER_BREATH) {
    if (control.signal.aborted) return
    control.progress(first, fresh.length)
    await new Promise((resolve) => setImmediate(resolve))
    const opened: { visit: (typeof fresh)[number]; record: VisitRecord; things: CodedThing[] }[] = []
    for (const visit of fresh.slice(first, first + RECORDS_PER_BREATH)) {
      const answer = await openOwnRecord(opening, fromHex(visit.merkleRoot))
      if (answer.kind === 'sealed') memory.visits.set(visit.merkleRoot, null)
      else opened.push({ visit, record: answer.record, things: codedThings(answer.record) })
    }
    await askLists(
      lists,
      isListed,
      opened.flatMap(({ things }) => things),
    )
    for (const { visit, record, things } of opened) {
      const sightings = new Map<string, Sighting>()
      for (const thing of things) {
        if (!thing.isSaidUnlisted && isListed.get(codeText(thing)) === true) continue
        const key = keyOf(thing)
        sightings.set(key, { key, thing, count: (sightings.get(key)?.count ?? 0) + 1 })
      }
      const { department } = record.encounter
      memory.visits.set(visit.merkleRoot, {
        visitId: visit.visitId,
        merkleRoot: visit.merkleRoot,
        patientId: visit.patientId,
        admission: visit.admission,
        encounterClass: visit.encounterClass,
        department: department === undefined ? '' : (department.display ?? department.code),
        sightings: [...sightings.values()],
      })
    }
  }
  control.progress(fresh.length, fresh.length)
}

const codeText = ({ code }: CodedThing) => `${code.system}|${code.code}`

async function askLists(
  lists: CodeLists,
  known: Map<string, boolean>,
  things: readonly CodedThing[],
): Promise<void> {
  const asked = new Map<string, { system: string; code: string }>()
  for (const thing of things) {
    const key = codeText(thing)
    if (isWords(thing.code)) known.set(key, false)
    else if (!known.has(key)) asked.set(key, { system: thing.code.system, code: thing.code.code })
  }
  if (asked.size === 0) return
  const names = await lists.names([...asked.values()])
  ;[...asked.keys()].forEach((key, i) => known.set(key, names[i] !== null))
}

function addTo(
  rows: Map<string, Uncoded & { visits: Set<string> }>,
  visit: SeenVisit,
  { key, thing, count }: Sighting,
): void {
  const day = visit.admission.slice(0, 10)
  const row = rows.get(key)
  if (row !== undefined) {
    row.count += count
    row.visits.add(visit.visitId)
    if (day < row.firstSeen) row.firstSeen = day
    if (day > row.lastSeen) row.lastSeen = day
    return
  }
  const { merkleRoot, admission, encounterClass, department } = visit
  rows.set(key, {
    key,
    list: thing.list,
    system: isWords(thing.code) ? 'local' : thing.code.system,
    code: isWords(thing.code) ? '' : thing.code.code,
    text: thing.text,
    count,
    visitCount: 0,
    firstSeen: day,
    lastSeen: day,
    example: { merkleRoot, admission, encounterClass, department },
    suggestion: null,
    visits: new Set([visit.visitId]),
  })
}

async function suggest(
  { list, system, code, text }: Uncoded,
  lists: CodeLists,
  learnt: DeskCodes,
  isSearched: boolean,
): Promise<Uncoded['suggestion']> {
  const mapped = code === '' ? null : await lists.mapped(system, code)
  if (mapped !== null) {
    const hit = await listedCode(lists, list, mapped)
    if (hit !== null) return { from: 'map', hit }
  }
  const known = learnt.known(list, text)
  if (known !== null) {
    const hit = await listedCode(lists, list, known.code)
    if (hit !== null) return { from: 'learnt', hit }
  }
  if (!isSearched) return null
  if (list === 'test') return best(testHits(text.slice(0, 100), 1))
  // A code that was on no list when it was written may be on one now.
  const same = code === '' ? null : ((await lists.names([{ system, code }]))[0] ?? null)
  if (same !== null) return { from: 'list', hit: same }
  return best(await lists.search(list, text.slice(0, 100), 1))
}

const best = ([hit]: readonly CodeHit[]): Uncoded['suggestion'] =>
  hit === undefined ? null : { from: 'list', hit }

/** The code of a list as it was written, with or without dot. */
export async function listedCode(
  lists: CodeLists,
  list: CodedList,
  written: string,
): Promise<CodeHit | null> {
  if (list === 'test') return isLoincCode(written) ? testHit(written) : null
  const plain = (text: string) => text.toUpperCase().replace(/[.\s]/g, '')
  const found = await lists.search(list, written, 5)
  return found.find(({ code }) => plain(code) === plain(written)) ?? null
}

/** Writes new versions of the visits that have what the choices name. */
export async function amendVisits(
  desk: Desk,
  lists: CodeLists,
  memory: CodingMemory,
  targets: ReadonlyMap<string, CodeTarget>,
  records: Pick<RecordsService, 'recode'>,
  crypto: Crypto,
  control: JobControl,
): Promise<Pick<CodingReport, 'amended' | 'left'>> {
  // Visits may have newer versions than those that were looked through, by earlier choices from the same list too.
  await lookThrough(desk, lists, memory, crypto, control)
  const concerned = [...memory.visits.values()].filter(
    (visit) => visit !== null && visit.sightings.some(({ key }) => targets.has(key)),
  ) as SeenVisit[]
  const left = new Map<string, number>()
  const leave = (reason: string) => left.set(reason, (left.get(reason) ?? 0) + 1)
  let amended = 0
  for (const [i, visit] of concerned.entries()) {
    if (control.signal.aborted) break
    control.progress(i, concerned.length)
    const opened = await openOwnRecord(openingDesk(desk.node, crypto, desk.keys), fromHex(visit.merkleRoot))
    if (opened.kind === 'sealed') {
      leave('sealed')
      continue
    }
    const before = visitInputOf(opened.record, visit.patientId)
    const after = withCodes(before, (thing) => targets.get(keyOf(thing)) ?? null)
    if (after === null) continue
    const answer = await records.recode(desk, after, {
      op: 'amend',
      visitId: visit.visitId,
      supersedes: visit.merkleRoot,
      reason: { code: 'other', text: 'coded later' },
    })
    if (answer.kind === 'queued') amended++
    else leave(answer.kind === 'refused' ? answer.reason : (answer.findings[0]?.rule ?? 'findings'))
  }
  control.progress(concerned.length, concerned.length)
  return { amended, left: [...left].map(([reason, count]) => ({ reason, count })) }
}

/** What the work list knows of a row that somebody coded. */
export function thingOf(memory: CodingMemory, key: string): CodedThing | null {
  for (const visit of memory.visits.values())
    for (const sighting of visit?.sightings ?? []) if (sighting.key === key) return sighting.thing
  return null
}
