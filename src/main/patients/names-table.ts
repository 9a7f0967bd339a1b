/**
 * The hospital's own table of names, in memory while a person's session is open and sealed in the store always.
 * Changes are staged first and become visible when the caller's atomic write has succeeded, so the table in memory
 * never knows more than the disk.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { assert } from '../../shared/std/assert.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { PatientInput } from '../../shared/contract/patients.ts'
import { keyTail, nameKey, rangeOf } from '../node/storage/buckets.ts'
import { put, type ReadableStore, type Write } from '../node/storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from '../node/storage/value.ts'
import { StorageFailure } from '../node/storage/store.ts'
import { createCandidateIndex, type Candidate } from './linkage/candidates.ts'
import { personOf } from './linkage/person.ts'
import { newRow, openRow, patientRow, sealRow, type PatientRow } from './patient-row.ts'
import { createHaystack } from './haystack.ts'
import { needlesOf, prepareQuery, scoreOf, searchKeyOf, type SearchKey } from './patient-search.ts'

export interface NamesTable {
  readonly size: number
  rows(): IterableIterator<PatientRow>
  get(patientId: string): PatientRow | null
  findByIdentity(identity: string): PatientRow | null
  /**
   * What a new person's patient key is made of. A national id that was corrected away still makes the key of whoever had it
   * by mistake, and two people never share one.
   */
  freeKeySource(source: string): string
  /** Best first; without text the last used ones. `total` counts all that fit. */
  search(text: string, limit: number): { rows: PatientRow[]; total: number }
  /** Entries that may be the same person, best first; without the entry `except`. */
  similar(of: PatientInput | PatientRow, except?: string): { row: PatientRow; candidate: Candidate }[]
  /** Whether the weights of `similar` were estimated from this table. */
  readonly isEstimated: boolean
  /** Makes `similar` ready and estimates its weights from this table, in small steps. */
  prepareSimilar(): Promise<void>
  /** Takes entries out of memory whose rows were deleted. */
  remove(patientIds: readonly string[]): void
  stage(): StagedNames
  /** Drops every name from memory. */
  forget(): void
}

/** Changes that wait for one atomic write. Reads through to the table. */
export interface StagedNames {
  get(patientId: string): PatientRow | null
  findByIdentity(identity: string): PatientRow | null
  add(row: PatientRow): void
  change(row: PatientRow): void
  writes(): Write[]
  /** To be called when the writes are durable. */
  apply(): void
}

export function freshPatientId(): string {
  return randomBytes(16).toString('hex')
}

export function registerRow(
  input: PatientInput,
  now: number,
  although?: PatientRow['registeredAlthough'],
): PatientRow {
  return newRow(freshPatientId(), input, now, although)
}

/** Rows that are opened between two breaths of the event loop. */
const ROWS_PER_BREATH = 200

/** @throws {StorageFailure} `corrupt` naming the row that does not open */
export async function loadNamesTable(store: ReadableStore, key: Bytes): Promise<NamesTable> {
  const table = createNamesTable(key)
  let sinceBreath = 0
  const staged = table.stage()
  for await (const { key: at, value } of store.scan(rangeOf('n'))) {
    const content = expectContent(readCheckedValue(at, value), at)
    const parsed = patientRow.safeParse(openRow(key, keyTail('n', at), content))
    if (!parsed.success)
      throw new StorageFailure({ code: 'corrupt', path: 'names', bucket: 'n', key: toHex(at) })
    staged.add(parsed.data)
    if (++sinceBreath % ROWS_PER_BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  staged.apply()
  return table
}

export function createNamesTable(key: Bytes): NamesTable {
  const rows = new Map<string, PatientRow>()
  const searchKeys = new Map<string, SearchKey>()
  const haystack = createHaystack()
  const byIdentity = new Map<string, string>()
  const byKeySource = new Map<string, string>()
  // The sample only has to be blind, not secret.
  const candidates = createCandidateIndex(() => randomInt(2 ** 32) / 2 ** 32)
  /** Entered since the candidates were last looked at: a large table is compared a little at a time. */
  const notCompared = new Set<string>()

  function enter(row: PatientRow): void {
    const before = rows.get(row.patientId)
    rows.set(row.patientId, row)
    // Another visit changes the count and the date, nothing that people are found by.
    if (before === undefined || !isFoundAlike(before, row)) {
      const searchKey = searchKeyOf(row)
      searchKeys.set(row.patientId, searchKey)
      haystack.set(row.patientId, searchKey.all)
      notCompared.add(row.patientId)
    }
    for (const identity of before?.identities ?? [])
      if (!row.identities.includes(identity)) byIdentity.delete(identity)
    for (const identity of row.identities) byIdentity.set(identity, row.patientId)
    byKeySource.set(row.keySource, row.patientId)
  }

  function enterCandidates(count: number): boolean {
    let left = count
    for (const patientId of notCompared) {
      if (left-- === 0) return false
      candidates.enter(patientId, personOf(rows.get(patientId)!))
      notCompared.delete(patientId)
    }
    return true
  }

  return {
    get size() {
      return rows.size
    },
    rows: () => rows.values(),
    get: (patientId) => rows.get(patientId) ?? null,
    findByIdentity: (identity) => rows.get(byIdentity.get(identity) ?? '') ?? null,
    freeKeySource: function free(source): string {
      return byKeySource.has(source) ? free(`again|${source}`) : source
    },
    search(text, limit) {
      if (text.trim() === '') {
        const all = [...rows.values()].sort((a, b) => b.usedAt - a.usedAt)
        return { rows: all.slice(0, limit), total: all.length }
      }
      const query = prepareQuery(text)
      const hits: { row: PatientRow; score: number }[] = []
      const found = new Set<string>()
      for (const needle of needlesOf(query)) haystack.find(needle, found)
      for (const patientId of found) {
        const score = scoreOf(query, searchKeys.get(patientId)!)
        if (score > 0) hits.push({ row: rows.get(patientId)!, score })
      }
      hits.sort((a, b) => b.score - a.score || b.row.usedAt - a.row.usedAt)
      return { rows: hits.slice(0, limit).map((hit) => hit.row), total: hits.length }
    },
    similar(of, except) {
      enterCandidates(Infinity)
      return candidates
        .find(personOf(of), except)
        .map((candidate) => ({ row: rows.get(candidate.id)!, candidate }))
    },
    get isEstimated() {
      return candidates.model.pairs > 0
    },
    async prepareSimilar() {
      haystack.find('\0', new Set()) // the first search finds it joined
      while (!enterCandidates(ROWS_PER_BREATH)) await new Promise((resolve) => setImmediate(resolve))
      await candidates.estimate()
    },
    remove(patientIds) {
      for (const patientId of patientIds) {
        const row = rows.get(patientId)
        if (row === undefined) continue
        rows.delete(patientId)
        searchKeys.delete(patientId)
        haystack.set(patientId, '')
        for (const identity of row.identities) byIdentity.delete(identity)
        byKeySource.delete(row.keySource)
      }
      // Its blocks hold what was entered: made anew, a little at a time, when somebody asks.
      candidates.forget()
      notCompared.clear()
      for (const patientId of rows.keys()) notCompared.add(patientId)
    },
    stage() {
      const changed = new Map<string, PatientRow>()
      const identities = new Map<string, string>()
      const keySources = new Set<string>()
      const freeKeySource = (source: string): string =>
        keySources.has(source) || byKeySource.has(source) ? freeKeySource(`again|${source}`) : source
      const get = (patientId: string): PatientRow | null =>
        changed.get(patientId) ?? rows.get(patientId) ?? null
      const keep = (row: PatientRow): void => {
        changed.set(row.patientId, row)
        keySources.add(row.keySource)
        for (const identity of row.identities) identities.set(identity, row.patientId)
      }
      return {
        get,
        findByIdentity(identity) {
          const row = get(identities.get(identity) ?? byIdentity.get(identity) ?? '')
          // Staged changes may have taken it away.
          return row?.identities.includes(identity) === true ? row : null
        },
        add(row) {
          assert(get(row.patientId) === null, 'a patient id is given once')
          keep({ ...row, keySource: freeKeySource(row.keySource) })
        },
        change: keep,
        writes: () =>
          [...changed.values()].map((changedRow) => {
            // A row that could not be read back must not be written: better no visit than a table that does not open.
            const row = patientRow.parse(changedRow)
            const at = nameKey(fromHex(row.patientId))
            return put(at, checkedValue(at, sealRow(key, fromHex(row.patientId), row)))
          }),
        apply() {
          for (const row of changed.values()) enter(row)
        },
      }
    },
    forget() {
      rows.clear()
      searchKeys.clear()
      byIdentity.clear()
      byKeySource.clear()
      candidates.forget()
      notCompared.clear()
      haystack.clear()
    },
  }
}

const FOUND_BY = [
  'name',
  'latinName',
  'nationalId',
  'medicalRecordNumber',
  'sex',
  'birthDate',
  'phone',
  'residenceRegion',
] as const

function isFoundAlike(a: PatientRow, b: PatientRow): boolean {
  return FOUND_BY.every((field) => a[field] === b[field])
}
