/**
 * Which entries of the table are one person: what the links in the chain say, read against this hospital's own names. Pure
 * but for reading the table a little at a time.
 */
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import type { Statement } from '../node/hospital-statements.ts'
import type { LinkContent, UnlinkContent } from '../node/chain/sealed-statements.ts'
import type { NamesTable } from './names-table.ts'

/** A link with its end, if it has one. */
export interface PersonLink {
  readonly statement: Statement & { readonly content: LinkContent }
  readonly end: (Statement & { readonly content: UnlinkContent }) | null
}

/** Every link in the order of the chain. An end counts from the hospital that made the link only. */
export function linksOf(statements: readonly Statement[]): PersonLink[] {
  const links = new Map<string, PersonLink>()
  for (const statement of statements) {
    const { content, author } = statement
    if (content.kind === 'link') {
      const id = toHex(content.linkId)
      // An id is given once: a second one would change what an end means.
      if (!links.has(id)) links.set(id, { statement: { ...statement, content }, end: null })
    } else if (content.kind === 'unlink') {
      const id = toHex(content.linkId)
      const link = links.get(id)
      if (link !== undefined && link.end === null && equalBytes(link.statement.author, author))
        links.set(id, { ...link, end: { ...statement, content } })
    }
  }
  return [...links.values()]
}

/** Sets of patient keys (hex) that links which hold make one person; keys without a link are in none. */
export function joinedKeys(links: readonly PersonLink[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>()
  for (const { statement, end } of links) {
    if (end !== null) continue
    const [first, second] = [toHex(statement.content.first), toHex(statement.content.second)]
    const joined = new Set([...(groups.get(first) ?? [first]), ...(groups.get(second) ?? [second])])
    for (const key of joined) groups.set(key, joined)
  }
  return groups
}

/** Groups of patient keys (hex) that mean one person at a state of the chain, in an order that depends on nothing else. */
export function samePersonAt(statements: readonly Statement[], height: number): string[][] {
  const links = linksOf(statements.filter((each) => each.height !== null && each.height <= height))
  return [...new Set(joinedKeys(links).values())]
    .map((keys) => [...keys].sort())
    .sort(([a], [b]) => (a! < b! ? -1 : 1))
}

const ROWS_PER_BREATH = 500

interface Read {
  /** Of which entries the key was looked at. Not how many: an erasure takes entries out of their row. */
  readonly known: Set<string>
  readonly idByKey: Map<string, string>
}
const read = new WeakMap<NamesTable, Map<number, Read>>()

/** Local ids by patient key (hex), under one epoch of the linkage key. Made when the first link asks for it, and kept. */
export async function idsByKey(
  names: NamesTable,
  epoch: number,
  keyOf: (keySource: string) => string | null,
): Promise<ReadonlyMap<string, string>> {
  let epochs = read.get(names)
  if (epochs === undefined) read.set(names, (epochs = new Map()))
  let entry = epochs.get(epoch)
  if (entry === undefined) epochs.set(epoch, (entry = { known: new Set(), idByKey: new Map() }))
  const { known, idByKey } = entry
  // What a key is made from never changes.
  let fresh = 0
  for (const row of names.rows()) {
    if (known.has(row.patientId)) continue
    known.add(row.patientId)
    const key = keyOf(row.keySource)
    if (key !== null) idByKey.set(key, row.patientId)
    if (++fresh % ROWS_PER_BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  if (known.size > names.size) {
    for (const [key, patientId] of idByKey) if (names.get(patientId) === null) idByKey.delete(key)
    for (const patientId of known) if (names.get(patientId) === null) known.delete(patientId)
  }
  return idByKey
}
