/** Erasures as people ask for them and agree to them; what of a patient lies here beside the chain goes along. */
import type { erasures as erasuresContract, ErasureView } from '../../shared/contract/erasures.ts'
import { draft as draftSchema } from '../../shared/contract/records.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import type { MemberId } from '../node/chain/ids.ts'
import type { ErasureStanding } from '../node/erasures.ts'
import { keyTail, nameKey, rangeOf } from '../node/storage/buckets.ts'
import { readPlaces } from '../node/storage/chain-store.ts'
import { forgottenMark } from '../node/storage/forgotten.ts'
import { del } from '../node/storage/store.ts'
import { expectContent, readCheckedValue } from '../node/storage/value.ts'
import { patientTag, visitsOfPatient } from '../patients/own-visits.ts'
import { openRow } from '../patients/patient-row.ts'
import { nameLinked, nameSubject } from './audit-subject.ts'
import { nodeOf, profileOf, readAtDesk, atDesk, leaseOf, type Desk, type ServiceContext } from './context.ts'
import { personGroups } from './person-groups.ts'

type ErasuresHandlers = Handlers<typeof erasuresContract>

const BLOCKS_SHOWN = 20
const LATE_MS = 7 * 24 * 3_600_000

export function createErasuresService(context: ServiceContext): ErasuresHandlers {
  return {
    list: async () => {
      const node = nodeOf(context)
      const { person } = leaseOf(context).session
      const found: ErasureView[] = []
      for (const erasure of await node.erasures.list()) found.push(await viewOf(erasure, person.userKeyId))
      return found
    },
    ofPatient: ({ patientId }) =>
      readAtDesk(context, async (desk) => {
        const roots = await rootsOf(desk, (await personGroups(desk)).entriesOf(patientId))
        const asked = (await openErasures()).find((each) => isAbout(each, roots))
        return asked === undefined ? null : viewOf(asked, desk.keys.person.userKeyId)
      }),
    preview: ({ patientId }) =>
      readAtDesk(context, async (desk) => {
        const row = desk.names.get(patientId)
        if (row === null) return null
        const subject = await subjectOf(desk, patientId)
        return {
          name: row.name,
          entryCount: subject.entries.length,
          versionCount: subject.roots.length,
          queuedCount: subject.queuedCount,
          draftCount: subject.drafts.length,
          summaryCount: subject.summaries.length,
          otherHospitals: hospitals().length - 1,
        }
      }),
    request: ({ patientId, reason, text }) =>
      // A visit that is being saved at this moment would stay behind.
      profileOf(context).inTurn(() =>
        atDesk(context, async (desk) => {
          const { node, keys, names } = desk
          if (names.get(patientId) === null) return { kind: 'refused', reason: 'unknown-patient' }
          const subject = await subjectOf(desk, patientId)
          nameLinked(subject.entries.slice(1))
          if (subject.queuedCount > 0) return { kind: 'refused', reason: 'not-final' }
          const { roots, drafts, summaries, entries } = subject
          if ((await openErasures()).some((each) => isAbout(each, roots)))
            return { kind: 'refused', reason: 'asked-already' }
          const people = entries.map((entry) => ({
            tag: patientTag(keys.patientIndex, entry),
            nameKey: nameKey(fromHex(entry)),
          }))
          const beside = { keys: [...drafts, ...summaries], people }
          if (roots.length === 0) {
            // Nothing of this person ever left this machine: nobody else has to agree to forget a name.
            await node.write([
              ...[...beside.keys, ...people.map((each) => each.nameKey)].map(del),
              ...entries.map((entry) => forgottenMark(fromHex(entry))),
            ])
            names.remove(entries)
            await context.audit()?.forget(entries)
            node.countDrafts(-drafts.length)
            // Deleted rows stay in files until they happen to be rewritten.
            for (const bucket of ['n', 'd', 'q'] as const) await desk.profile.store.purge(rangeOf(bucket))
            return { kind: 'erased-here' }
          }
          const by = keys.person.userKeyId
          const erasureId = await node.erasures.request({ roots, reason, text, userKeyId: by }, beside)
          if (erasureId === null) return { kind: 'refused', reason: 'not-a-hospital' }
          nameSubject({ erasureId: toHex(erasureId) })
          return { kind: 'asked', erasureId: toHex(erasureId) }
        }),
      ),
    approve: async ({ erasureId, versionCount }) => {
      const by = leaseOf(context).session.person.userKeyId
      const node = nodeOf(context)
      const found = (await node.erasures.list()).find((each) => toHex(each.erasureId) === erasureId)
      if (found === undefined || mayApprove(found, by) !== 'yes')
        return { kind: 'refused', reason: 'not-open' }
      if (found.roots.length !== versionCount) return { kind: 'refused', reason: 'not-open' }
      const approved = await node.erasures.approve(fromHex(erasureId), by)
      return approved === 'taken' ? { kind: 'taken' } : { kind: 'refused', reason: approved }
    },
    withdraw: async ({ erasureId }) => {
      const by = leaseOf(context).session.person.userKeyId
      return { isTaken: await nodeOf(context).erasures.withdraw(fromHex(erasureId), by) }
    },
  }

  async function openErasures(): Promise<ErasureStanding[]> {
    return (await nodeOf(context).erasures.list()).filter(({ state }) => state !== 'withdrawn')
  }

  function hospitals() {
    return membersOf(nodeOf(context).ledger.state.consortium).filter(({ kind }) => kind === 'hospital')
  }

  function mayApprove(erasure: ErasureStanding, by: string): ErasureView['mayApprove'] {
    if (erasure.state !== 'asked' || erasure.approval !== null) return 'not-now'
    if (!equalBytes(erasure.author, nodeOf(context).memberId)) return 'yes'
    return hospitals().length === 1 && by !== erasure.userKeyId ? 'yes' : 'own-request'
  }

  async function viewOf(erasure: ErasureStanding, by: string): Promise<ErasureView> {
    const node = nodeOf(context)
    const members = membersOf(node.ledger.state.consortium)
    const nameOf = (memberId: MemberId): string =>
      findMember(members, memberId)?.name ?? toHex(memberId).slice(0, 8)
    const places = await readPlaces(node.store, erasure.roots.slice(0, BLOCKS_SHOWN))
    const has = (memberId: MemberId): boolean =>
      erasure.receipts.some(({ author }) => equalBytes(author, memberId))
    const missing = erasure.expected.filter((memberId) => !has(memberId)).map(nameOf)
    const { approval } = erasure
    return {
      erasureId: toHex(erasure.erasureId),
      hospital: nameOf(erasure.author),
      isOwn: equalBytes(erasure.author, node.memberId),
      versionCount: erasure.roots.length,
      blocks: places.flatMap((place) => (place?.index == null ? [] : [place.index])).sort((a, b) => a - b),
      reason: erasure.reason,
      text: erasure.text,
      askedBy: erasure.userKeyId,
      askedAt: erasure.at,
      state: erasure.state === 'incomplete' ? 'queued' : erasure.state,
      approval:
        approval === null
          ? null
          : {
              hospital: nameOf(approval.author),
              by: approval.userKeyId,
              at: approval.at,
              isFinal: approval.height !== null,
            },
      receipts: erasure.receipts.map(({ author, rowCount, at }) => ({
        hospital: nameOf(author),
        rowCount,
        at,
      })),
      expectedCount: erasure.expected.length,
      missing,
      isLate: missing.length > 0 && approval !== null && context.world.now() - approval.at > LATE_MS,
      here: erasure.here,
      mayApprove: mayApprove(erasure, by),
    }
  }
}

function isAbout({ roots }: ErasureStanding, wanted: readonly Bytes[]): boolean {
  return roots.some((root) => wanted.some((each) => equalBytes(root, each)))
}

/** Of every version of a visit that these entries have. */
async function rootsOf({ node, keys }: Desk, entries: readonly string[]): Promise<Bytes[]> {
  const visits = await Promise.all(
    entries.map((entry) => visitsOfPatient(node.store, keys.patientIndex, entry)),
  )
  return visits.flat().map(({ merkleRoot }) => fromHex(merkleRoot))
}

interface Subject {
  /** Entries of the table of names that links make one person of. */
  readonly entries: readonly string[]
  readonly roots: readonly Bytes[]
  readonly queuedCount: number
  /** Keys in the store. */
  readonly drafts: readonly Bytes[]
  readonly summaries: readonly Bytes[]
}

async function subjectOf(desk: Desk, patientId: string): Promise<Subject> {
  const { node, keys } = desk
  const entries = (await personGroups(desk)).entriesOf(patientId)
  const roots = await rootsOf(desk, entries)
  const places = await readPlaces(node.store, roots)
  const drafts: Bytes[] = []
  for await (const { key, value } of node.store.scan(rangeOf('d'))) {
    const stored = readCheckedValue(key, value)
    // Nobody can say whose it was, nor read it: it is listed among the drafts until somebody discards it.
    if (stored.kind === 'damaged') continue
    const content = expectContent(stored, key)
    const read = draftSchema.safeParse(openRow(keys.drafts, keyTail('d', key), content))
    if (read.success && entries.includes(read.data.patientId ?? '')) drafts.push(key)
  }
  const names = new Set(roots.map(toHex))
  const summaries: Bytes[] = []
  for await (const { key, value } of node.store.scan(rangeOf('q'))) {
    const kept = openRow(keys.patientIndex, keyTail('q', key), value) as {
      document?: { visits?: readonly { merkleRoot: string }[] }
    } | null
    if (kept?.document?.visits?.some(({ merkleRoot }) => names.has(merkleRoot)) === true) summaries.push(key)
  }
  return {
    entries,
    roots,
    queuedCount: places.filter((place) => place?.index == null).length,
    drafts,
    summaries,
  }
}
