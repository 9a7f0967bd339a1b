/** A person's visits at other hospitals, as far as an access that holds now lets a session here open them. */
import type { Elsewhere, ReadingAccess } from '../../shared/contract/access.ts'
import type { VersionOfVisit } from '../../shared/contract/records.ts'
import { parseInstant } from '../../shared/domain/dates.ts'
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import type { AccessEntry } from '../node/access/access-entry.ts'
import type { FoundVisit } from '../node/access/patient-finder.ts'
import { compareNames, PATIENT_NAMES_MAX, type PatientName } from '../node/chain/access.ts'
import { createBatchCache } from '../node/chain/author.ts'
import { decodeHead } from '../node/chain/block.ts'
import { unwrapForAccess } from '../node/chain/grant-wrap.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import { visitOfFields } from '../node/chain/visit-fields.ts'
import { openWithKey } from '../node/check-records.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { readBlock } from '../node/storage/chain-store.ts'
import { joinedKeys } from '../patients/person-links.ts'
import { standingsOf } from '../patients/version-order.ts'
import type { Desk } from './context.ts'
import { disputesByRoot, shownDispute } from './patient-history.ts'
import { personGroups } from './person-groups.ts'

/** Records that are opened between two breaths of the event loop. */
const RECORDS_PER_BREATH = 25

/**
 * Every name that hospitals may have recorded this person's visits under: of each entry that links join, under each epoch of
 * linkage, and what links of other hospitals join to them. Null for whoever is not in the table.
 */
export async function namesOfPerson(desk: Desk, patientId: string): Promise<PatientName[] | null> {
  const { node, names } = desk
  if (names.get(patientId) === null) return null
  const groups = await personGroups(desk)
  const rows = groups.entriesOf(patientId).flatMap((id) => names.get(id) ?? [])
  const found = new Map<string, PatientName>()
  for (const { epoch } of node.shared.linkage()) {
    const links = groups.links.filter(({ statement }) => statement.content.keyEpoch === epoch)
    const joined = joinedKeys(links)
    for (const { keySource } of rows) {
      const key = node.patientKeyAt(keySource, epoch)
      if (key === null) continue
      for (const each of [key, ...(joined.get(key) ?? [])])
        found.set(`${epoch}/${each}`, { epoch, key: fromHex(each) })
    }
  }
  return [...found.values()].sort(compareNames).slice(0, PATIENT_NAMES_MAX)
}

export async function elsewhereOf(
  crypto: Crypto,
  desk: Desk,
  patientId: string,
  patient: readonly PatientName[],
): Promise<Elsewhere> {
  const { node } = desk
  const found = await foundElsewhere(desk, patient)
  const standing = visitsThatStand(found)
  const reading = node.accesses.readingNow(patient)
  const { versions, openVisits, wrongKeyCount } = await openVersions(crypto, desk, patientId, found)
  return {
    visitCount: standing.length,
    hospitalCount: new Set(standing.map(({ author }) => toHex(author))).size,
    isComplete: node.accesses.finder.foundUpTo >= node.ledger.state.blockCount,
    visits: versions,
    openCount: standing.filter((version) => openVisits.has(visitName(version))).length,
    wrongKeyCount,
    reading: reading.map((entry) => readingView(desk, entry)),
    over: reading.length > 0 ? null : await overOf(desk, patient),
  }
}

export async function foundElsewhere(
  { node }: Pick<Desk, 'node'>,
  patient: readonly PatientName[],
): Promise<FoundVisit[]> {
  const found = await node.accesses.finder.find(patient)
  return found.filter(({ author }) => !equalBytes(author, node.memberId))
}

/** The version of each visit that counts, where it was not taken back. */
export function visitsThatStand(found: readonly FoundVisit[]): FoundVisit[] {
  const standings = standingsIn(found)
  return found.filter(
    ({ merkleRoot, op }) => op !== 'retract' && standings.get(toHex(merkleRoot)) === 'current',
  )
}

/** An id names a visit of its author: no vote can say of a sealed record whose visit it changes (ADR 0019). */
function visitName({ author, visitId }: FoundVisit): string {
  return `${toHex(author)}/${toHex(visitId)}`
}

function standingsIn(found: readonly FoundVisit[]): ReturnType<typeof standingsOf> {
  return standingsOf(
    found.map((version) => ({
      merkleRoot: toHex(version.merkleRoot),
      visitId: visitName(version),
      supersedes: version.supersedes === null ? null : toHex(version.supersedes),
      index: version.index,
      sequence: 0,
    })),
  )
}

async function openVersions(
  crypto: Crypto,
  desk: Desk,
  patientId: string,
  found: readonly FoundVisit[],
): Promise<{ versions: VersionOfVisit[]; openVisits: ReadonlySet<string>; wrongKeyCount: number }> {
  const { node } = desk
  const standings = standingsIn(found)
  const disputes = disputesByRoot(await node.statements.list())
  const authorKeysEver = await node.ledger.authorKeysEver()
  const opening = { chainId: node.ledger.chainId, authorKeys: node.ledger.authorKeys(), authorKeysEver }
  const cache = createBatchCache()
  const versions: VersionOfVisit[] = []
  const openVisits = new Set<string>()
  let wrongKeyCount = 0
  for (const [i, version] of found.entries()) {
    if (i % RECORDS_PER_BREATH === RECORDS_PER_BREATH - 1)
      await new Promise((resolve) => setImmediate(resolve))
    const record = await openVersion(crypto, desk, version, opening, cache)
    if (record === 'no-key') continue
    if (record === 'wrong-key') {
      wrongKeyCount++
      continue
    }
    const merkleRoot = toHex(version.merkleRoot)
    openVisits.add(visitName(version))
    versions.push({
      record,
      merkleRoot,
      patientId,
      state: 'final',
      index: version.index,
      isSuperseded: standings.get(merkleRoot) === 'superseded',
      isConflict: standings.get(merkleRoot) === 'conflict',
      disputes: (disputes.get(merkleRoot) ?? []).map((statement) => shownDispute(desk, statement)),
      hospital: { memberId: toHex(version.author), name: hospitalName(desk, version.author) },
    })
  }
  const at = ({ record }: VersionOfVisit) => parseInstant(record.encounter.admission.at)?.epochMs ?? 0
  return { versions: versions.sort((a, b) => at(b) - at(a)), openVisits, wrongKeyCount }
}

/** By any key that may be used now. Nothing of it is kept. */
async function openVersion(
  crypto: Crypto,
  { node, keys }: Desk,
  version: FoundVisit,
  opening: Parameters<typeof openWithKey>[1],
  cache: ReturnType<typeof createBatchCache>,
): Promise<VersionOfVisit['record'] | 'no-key' | 'wrong-key'> {
  const usable = await node.accesses.keysOf(version.merkleRoot)
  if (usable.length === 0) return 'no-key'
  const block = await readBlock(node.store, version.index)
  const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
  if (head === null || block.kind !== 'ok') return 'no-key'
  for (const { key, entry } of usable) {
    const about = {
      accessId: key.accessId,
      reader: node.memberId,
      custodian: version.author,
      patientKey: version.patient.key,
      visitId: version.visitId,
      merkleRoot: version.merkleRoot,
      expiresAt: entry.content.expiresAt,
    }
    const { chainId } = opening
    const unwrapped = unwrapForAccess(crypto, chainId, about, key.wrap, keys.custodian, head.keyCommitment)
    if (unwrapped.kind === 'refused') continue
    const opened = openWithKey(crypto, opening, { ...head, body: block.value.body }, unwrapped.dataKey, cache)
    if (opened.kind === 'refused') continue
    crypto.forget(opened.dataKey)
    const visit = visitOfFields(opened.fields)
    if (visit.kind === 'visit') return visit.record
  }
  return 'wrong-key'
}

export function hospitalName({ node }: Pick<Desk, 'node'>, memberId: MemberId): string {
  return findMember(membersOf(node.ledger.state.consortium), memberId)?.name ?? toHex(memberId).slice(0, 8)
}

function readingView(desk: Desk, { content, height, answers }: AccessEntry): ReadingAccess {
  return {
    accessId: toHex(content.accessId),
    basis: content.basis,
    at: content.at,
    expiresAt: content.expiresAt,
    isFinal: height !== null,
    answers: answers.map(({ memberId, kind, refusal, at }) => ({
      memberId: toHex(memberId),
      name: hospitalName(desk, memberId),
      kind,
      refusal,
      at,
    })),
  }
}

const LOOKED_BACK = 200

async function overOf(desk: Desk, patient: readonly PatientName[]): Promise<Elsewhere['over']> {
  const { node } = desk
  const entry = (await node.accesses.list(LOOKED_BACK)).find(
    ({ side, content }) =>
      side === 'reader' &&
      content.patient.some((name) => patient.some((each) => compareNames(each, name) === 0)),
  )
  if (entry === undefined) return null
  const end = entry.ends[0]
  return {
    basis: entry.content.basis,
    how: end === undefined ? 'expired' : 'ended',
    at: end?.at ?? entry.content.expiresAt,
    by: hospitalName(desk, end?.author ?? entry.author),
  }
}
