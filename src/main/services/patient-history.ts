/** A person's visits as this hospital can open them: every version, what became of it, and who disputes it. */
import type { VersionOfVisit } from '../../shared/contract/records.ts'
import { parseInstant } from '../../shared/domain/dates.ts'
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import { membersOf } from '../node/chain/state.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { Statement } from '../node/hospital-statements.ts'
import { readPlaces } from '../node/storage/chain-store.ts'
import { visitsOfPatient } from '../patients/own-visits.ts'
import { standingsOf } from '../patients/version-order.ts'
import { nameLinked } from './audit-subject.ts'
import type { Desk } from './context.ts'
import { openOwnRecord, openingDesk } from './open-own-record.ts'
import { personGroups } from './person-groups.ts'

/** Records that are opened between two breaths of the event loop. */
const RECORDS_PER_BREATH = 25

export async function historyOf(
  crypto: Crypto,
  desk: Desk,
  patientId: string,
  limit: number,
): Promise<{ visits: VersionOfVisit[]; total: number }> {
  const { node, keys } = desk
  const entries = (await personGroups(desk)).entriesOf(patientId)
  nameLinked(entries.slice(1))
  const all = (
    await Promise.all(entries.map((entry) => visitsOfPatient(node.store, keys.patientIndex, entry)))
  ).flat()
  const places = await readPlaces(
    node.store,
    all.map(({ merkleRoot }) => fromHex(merkleRoot)),
  )
  const standings = standingsOf(all.map((visit, i) => ({ ...visit, index: places[i]?.index ?? null })))
  const newestFirst = all
    .map((visit) => ({ visit, at: parseInstant(visit.admission)?.epochMs ?? 0 }))
    .sort((a, b) => b.at - a.at || b.visit.sequence - a.visit.sequence)
    .slice(0, limit)
  const disputes = disputesByRoot(await node.statements.list())
  const visits: VersionOfVisit[] = []
  const opening = openingDesk(node, crypto, keys)
  for (const [i, { visit }] of newestFirst.entries()) {
    if (i % RECORDS_PER_BREATH === RECORDS_PER_BREATH - 1)
      await new Promise((resolve) => setImmediate(resolve))
    const { merkleRoot } = visit
    const opened = await openOwnRecord(opening, fromHex(merkleRoot))
    // Erased, or under a key that this hospital has no more: it cannot be shown, and the total still counts it.
    if (opened.kind === 'sealed') continue
    const { index } = opened.place
    visits.push({
      record: opened.record,
      merkleRoot,
      patientId: visit.patientId,
      state: index === null ? 'queued' : 'final',
      index,
      isSuperseded: standings.get(merkleRoot) === 'superseded',
      isConflict: standings.get(merkleRoot) === 'conflict',
      disputes: (disputes.get(merkleRoot) ?? []).map((statement) => shownDispute(desk, statement)),
    })
  }
  return { visits, total: all.length }
}

/** What hospitals say against one version. */
export async function disputesAgainst(desk: Desk, merkleRoot: string): Promise<VersionOfVisit['disputes']> {
  const found = disputesByRoot(await desk.node.statements.list()).get(merkleRoot) ?? []
  return found.map((statement) => shownDispute(desk, statement))
}

type Dispute = Statement & { readonly content: { readonly kind: 'dispute' } }

export function disputesByRoot(statements: readonly Statement[]): Map<string, Dispute[]> {
  const byRoot = new Map<string, Dispute[]>()
  for (const statement of statements) {
    if (statement.content.kind !== 'dispute') continue
    const root = toHex(statement.content.merkleRoot)
    byRoot.set(root, [...(byRoot.get(root) ?? []), statement as Dispute])
  }
  return byRoot
}

export function shownDispute(
  { node }: Desk,
  { content, author, height }: Dispute,
): VersionOfVisit['disputes'][number] {
  const member = membersOf(node.ledger.state.consortium).find(({ memberId }) => equalBytes(memberId, author))
  const { path, text, at } = content
  return { memberName: member?.name ?? '', path, text, at, state: height === null ? 'queued' : 'final' }
}
