/**
 * Visits that somebody is writing: sealed rows that a crash leaves whole. A draft is its author's; others of the hospital learn
 * that it is there, whose it is and since when, and nothing of what it says.
 */
import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Handlers } from '../../shared/contract/kit.ts'
import {
  draft as draftSchema,
  type Draft,
  type ListedDraft,
  type records as recordsContract,
} from '../../shared/contract/records.ts'
import { fromHex, toHex, tryFromHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { draftKey, keyTail, rangeOf } from '../node/storage/buckets.ts'
import { readPlaces } from '../node/storage/chain-store.ts'
import { erasedAmong } from '../node/storage/forgotten.ts'
import { del, put, StorageFailure, type Write } from '../node/storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from '../node/storage/value.ts'
import { recentVisits, visitsOfPatient, type OwnVisit } from '../patients/own-visits.ts'
import type { NamesTable } from '../patients/names-table.ts'
import { openRow, sealRow } from '../patients/patient-row.ts'
import { standingsOf } from '../patients/version-order.ts'
import { nameSubject, nothingOpened } from './audit-subject.ts'
import { AccessFailure, atDesk, readAtDesk, type Desk, type ServiceContext } from './context.ts'
import { openOwnRecord, openingDesk } from './open-own-record.ts'
import { personGroups } from './person-groups.ts'

/** A draft that nobody went on with is thrown away. */
export const DRAFT_DAYS = 14
const DAY_MS = 86_400_000
/** Of one person; far more than anybody leaves behind in a fortnight. A machine that makes them up fills no disk. */
const DRAFTS_MAX = 500
/** Text units of what a form keeps; a visit's record is at most 256 KiB. */
const DRAFT_UNITS_MAX = 1 << 20
/** Instead of the id of a draft that cannot be read: where it lies. */
const DAMAGED = 'damaged-'
/** Versions among which corrections that came too late are looked for. */
const LOOKED_THROUGH = 1_000

/** `author` and `begunAt` are missing in drafts of earlier versions, when an institution had one person. */
const storedDraft = draftSchema.extend({
  author: z.object({ userKeyId: z.string(), name: z.string() }).optional(),
  begunAt: z.number().optional(),
})
type StoredDraft = z.infer<typeof storedDraft>

type Drafts = Pick<
  Handlers<typeof recordsContract>,
  'saveDraft' | 'listDrafts' | 'loadDraft' | 'discardDraft' | 'draftsOfPatient' | 'returned'
>

export function createDrafts(context: ServiceContext): Drafts {
  return {
    saveDraft: ({ base, ...typed }) =>
      atDesk(context, (desk) =>
        oneAtATime(desk.node.store, async () => {
          const draft = await ofKnownPatient(desk, typed)
          const before = await draftNamed(desk, draft.draftId)
          if (!isOverwriting(desk, before.kept, draft, base))
            return { savedAt: await write(desk, before, draft) }
          const becomes = nameOfCopy(desk.keys.person.userKeyId, draft)
          const copy = await draftNamed(desk, becomes)
          return { savedAt: await write(desk, copy, { ...draft, draftId: becomes }), becomes }
        }),
      ),
    listDrafts: () =>
      readAtDesk(context, async (desk) => {
        const { drafts, damaged } = await currentDrafts(desk)
        const mine = drafts
          .filter((each) => isMine(desk, each))
          .map(({ form: _form, author: _author, begunAt: _begunAt, ...shown }) => shown)
          .sort((a, b) => b.savedAt - a.savedAt)
        return [...mine, ...damaged.map(listedAsDamaged)]
      }),
    loadDraft: ({ draftId }) =>
      readAtDesk(context, async (desk) => {
        const kept = await draftOf(desk, draftId)
        if (kept === null || !isMine(desk, kept) || isOfGone(desk.names, kept)) return null
        const { author: _author, begunAt: _begunAt, ...draft } = kept
        if (draft.patientId !== null) nameSubject({ patientId: draft.patientId })
        return draft
      }),
    discardDraft: ({ draftId, base }) =>
      atDesk(context, (desk) =>
        // A save that comes at the same moment is another text than the one that is thrown away.
        oneAtATime(desk.node.store, async () => {
          const { key, kept } = await draftNamed(desk, draftId)
          if (kept === null) return
          // By its place a draft is named that nobody can read, and no other may be taken away so.
          if (kept !== 'damaged' && (draftId.startsWith(DAMAGED) || !isAsOf(desk, kept, base))) return
          await desk.node.write([del(key)])
          desk.node.countDrafts(-1)
          context.emit('records', 'draftsChanged', null)
        }),
      ),
    draftsOfPatient: ({ patientId }) =>
      readAtDesk(context, async (desk) => {
        const entries = new Set((await personGroups(desk)).entriesOf(patientId))
        return (await currentDrafts(desk)).drafts
          .filter((each) => each.patientId !== null && entries.has(each.patientId))
          .map((each) => ({
            // Whoever may not open it has no use for its name.
            draftId: isMine(desk, each) ? each.draftId : null,
            personName: each.author?.name ?? desk.keys.person.name,
            begunAt: each.begunAt ?? each.savedAt,
            savedAt: each.savedAt,
          }))
          .sort((a, b) => b.savedAt - a.savedAt)
      }),
    returned: () =>
      readAtDesk(context, async (desk) => {
        const returned = await returnedTo(context, desk)
        if (returned.length === 0) nothingOpened()
        return returned
      }),
  }

  async function hasTooMany(desk: Desk): Promise<boolean> {
    let ofAll = 0
    for await (const _ of desk.node.store.scan(rangeOf('d'))) ofAll++
    // Whose they are is looked at only where somebody can have as many.
    if (ofAll < DRAFTS_MAX) return false
    return (await currentDrafts(desk)).drafts.filter((each) => isMine(desk, each)).length >= DRAFTS_MAX
  }

  /** @returns when it was saved: later than what it replaces, so that a moment names one text of a draft */
  async function write(desk: Desk, { key, kept: before }: NamedDraft, draft: Draft): Promise<number> {
    const { node, keys } = desk
    if ((JSON.stringify(draft.form) ?? '').length > DRAFT_UNITS_MAX)
      throw new AccessFailure({ code: 'draft-too-large' })
    if (before === null && (await hasTooMany(desk))) throw new AccessFailure({ code: 'too-many-drafts' })
    // One that was damaged meanwhile is whole again with this: a form has all that its earlier drafts had.
    const earlier = before === 'damaged' ? null : before
    const savedAt = Math.max(context.world.now(), (earlier?.savedAt ?? 0) + 1)
    const { userKeyId, name } = keys.person
    const kept: StoredDraft = {
      ...draft,
      savedAt,
      author: { userKeyId, name },
      begunAt: earlier?.begunAt ?? savedAt,
    }
    await node.write([put(key, checkedValue(key, sealRow(keys.drafts, keyTail('d', key), kept)))])
    if (before === null) {
      node.countDrafts(1)
      context.emit('records', 'draftsChanged', null)
    }
    return savedAt
  }

  /**
   * Those that are not too old and whose patient was not erased since; the others go. One that cannot be read is no reason to
   * hide the rest, and stays.
   */
  async function currentDrafts({
    profile,
    node,
    keys,
    names,
  }: Desk): Promise<{ drafts: StoredDraft[]; damaged: Bytes[] }> {
    const oldest = context.world.now() - DRAFT_DAYS * DAY_MS
    const drafts: StoredDraft[] = []
    const damaged: Bytes[] = []
    const expired: Write[] = []
    let isAnyOfGone = false
    for await (const { key, value } of node.store.scan(rangeOf('d'))) {
      const kept = readDraft(keys.drafts, key, value)
      if (kept === 'damaged') damaged.push(key)
      else if (isOfGone(names, kept)) {
        isAnyOfGone = true
        expired.push(del(key))
      } else if (kept.savedAt < oldest) expired.push(del(key))
      else drafts.push(kept)
    }
    if (expired.length > 0) {
      await node.write(expired)
      node.countDrafts(-expired.length)
      // Saved after the erasure was asked for and before it was carried out: it goes from the files too.
      if (isAnyOfGone) await profile.store.purge(rangeOf('d'))
    }
    return { drafts, damaged }
  }
}

/** Of one store, whoever saves: two machines of a person may hold the same draft. */
const turns = new WeakMap<object, Promise<unknown>>()
function oneAtATime<T>(store: object, work: () => Promise<T>): Promise<T> {
  const before = turns.get(store) ?? Promise.resolve()
  const mine = before.then(work, work)
  turns.set(
    store,
    mine.catch(() => {}),
  )
  return mine
}

/** Whether what lies there is another text than the one that this goes on from, or somebody else's. */
function isOverwriting(
  desk: Desk,
  kept: StoredDraft | 'damaged' | null,
  draft: Draft,
  base: number | null | undefined,
): boolean {
  if (kept === null || kept === 'damaged') return false
  if (!isMine(desk, kept)) return true
  return base !== undefined && kept.savedAt !== base && draftDigest(kept) !== draftDigest(draft)
}

/** Of what a person typed, whenever it was saved. */
export const draftDigest = ({ patientId, title, form }: Omit<Draft, 'draftId' | 'savedAt'>): string =>
  createHash('sha256')
    .update(JSON.stringify([patientId, title, form]))
    .digest('hex')

/** The longest that the contract takes. */
const DRAFT_ID_MAX = 64

/**
 * Another for each text that is kept, so that no copy is written over an earlier one; the same when a line broke before the
 * answer and it is sent again.
 * @param who machine or person it is of
 */
export function nameOfCopy(who: string, { draftId, savedAt, form }: Draft): string {
  const mark = createHash('sha256')
    .update(JSON.stringify([who, draftId, savedAt, form]))
    .digest('hex')
  return `${draftId.slice(0, DRAFT_ID_MAX - 9)}~${mark.slice(0, 8)}`
}

const isOfGone = (names: NamesTable, { patientId }: Pick<StoredDraft, 'patientId'>): boolean =>
  patientId !== null && names.get(patientId) === null

/**
 * A form that was open, or a work place that was away, while somebody was erased does not bring them back. Whoever was registered
 * after the backup that this store was made of was not erased: what was typed stays, under the name that its title has.
 * @throws {AccessFailure} `patient-gone`
 */
async function ofKnownPatient({ profile, names }: Desk, draft: Draft): Promise<Draft> {
  if (draft.patientId === null || !isOfGone(names, draft)) return draft
  const { isRestored } = profile.facts
  const id = tryFromHex(draft.patientId)
  if (!isRestored || id === null || (await erasedAmong(profile.store, [id], isRestored)).length > 0)
    throw new AccessFailure({ code: 'patient-gone' })
  return { ...draft, patientId: null }
}

const listedAsDamaged = (key: Bytes): ListedDraft => ({
  draftId: `${DAMAGED}${toHex(keyTail('d', key))}`,
  patientId: null,
  title: '',
  savedAt: 0,
  isDamaged: true,
})

/** Corrections of this person that another one was faster than, until somebody corrects the visit again. */
async function returnedTo(
  context: ServiceContext,
  desk: Desk,
): ReturnType<Handlers<typeof recordsContract>['returned']> {
  const { node, keys, names } = desk
  const recent = await recentVisits(node.store, keys.patientIndex, LOOKED_THROUGH)
  const replacedBy = new Map<string, OwnVisit[]>()
  for (const visit of recent)
    if (visit.supersedes !== null)
      replacedBy.set(visit.supersedes, [...(replacedBy.get(visit.supersedes) ?? []), visit])
  const raced = [...replacedBy.values()].filter((versions) => versions.length > 1).flat()
  const returned = []
  for (const visit of raced) {
    const versions = (await visitsOfPatient(node.store, keys.patientIndex, visit.patientId)).filter(
      ({ visitId }) => visitId === visit.visitId,
    )
    const places = await readPlaces(
      node.store,
      versions.map(({ merkleRoot }) => fromHex(merkleRoot)),
    )
    const placed = versions.map((each, i) => ({ ...each, index: places[i]?.index ?? null }))
    const standings = standingsOf(placed)
    if (standings.get(visit.merkleRoot) !== 'conflict') continue
    const head = placed.find(({ merkleRoot }) => standings.get(merkleRoot) === 'current')
    const mine = placed.find(({ merkleRoot }) => merkleRoot === visit.merkleRoot)
    // A version that came after it has dealt with it, and what was taken back is corrected no more.
    if (
      head === undefined ||
      mine === undefined ||
      head.op === 'retract' ||
      placeInChain(head) > placeInChain(mine)
    )
      continue
    const opened = await openOwnRecord(
      openingDesk(node, context.world.crypto, keys),
      fromHex(visit.merkleRoot),
    )
    if (opened.kind === 'sealed') continue
    if (opened.record.envelope.recorder.userKeyId !== keys.person.userKeyId) continue
    returned.push({
      patientId: visit.patientId,
      patientName: names.get(visit.patientId)?.name ?? '',
      admission: visit.admission,
      merkleRoot: visit.merkleRoot,
      headRoot: head.merkleRoot,
    })
  }
  return returned
}

const placeInChain = ({ index }: { readonly index: number | null }): number => index ?? Infinity

const isMine = ({ keys }: Desk, { author }: StoredDraft): boolean =>
  author === undefined || author.userKeyId === keys.person.userKeyId

/** @throws {StorageFailure} `corrupt` */
async function draftOf(desk: Desk, draftId: string): Promise<StoredDraft | null> {
  const { key, kept } = await draftNamed(desk, draftId)
  if (kept === 'damaged')
    throw new StorageFailure({ code: 'corrupt', path: 'drafts', bucket: 'd', key: toHex(key) })
  return kept
}

interface NamedDraft {
  readonly key: Bytes
  readonly kept: StoredDraft | 'damaged' | null
}

async function draftNamed({ node, keys }: Desk, draftId: string): Promise<NamedDraft> {
  const place = draftId.startsWith(DAMAGED) ? draftId.slice(DAMAGED.length) : ''
  const tag = /^[0-9a-f]{32}$/.test(place) ? fromHex(place) : draftTag(keys.drafts, draftId)
  const key = draftKey(tag)
  const value = await node.store.get(key)
  return { key, kept: value === null ? null : readDraft(keys.drafts, key, value) }
}

/**
 * Hands the draft in that a visit replaces: `work` gets where it lies, and takes it away in the write of the visit. A save that comes
 * meanwhile waits, so that no text is taken away that nobody saw.
 * @param work gets null where there is no draft of this person, or another machine went on with it
 */
export async function handIn<T>(
  desk: Desk,
  draftId: string | null,
  base: number | null | undefined,
  work: (draftAt: Bytes | null) => Promise<T>,
): Promise<T> {
  if (draftId === null) return work(null)
  return oneAtATime(desk.node.store, async () => work(await replacedDraft(desk, draftId, base)))
}

async function replacedDraft(
  desk: Desk,
  draftId: string,
  base: number | null | undefined,
): Promise<Bytes | null> {
  const { key, kept } = await draftNamed(desk, draftId)
  if (kept === null) return null
  return kept === 'damaged' || isAsOf(desk, kept, base) ? key : null
}

/** Whether it is this person's, as it was when whoever takes it away saw it. */
const isAsOf = (desk: Desk, kept: StoredDraft, base: number | null | undefined): boolean =>
  isMine(desk, kept) && (base === undefined || kept.savedAt === base)

/** What stands for a draft in the store's keys. */
export function draftTag(key: Bytes, draftId: string): Bytes {
  return new Uint8Array(createHmac('sha256', key).update(utf8Encode(draftId)).digest().subarray(0, 16))
}

/** @throws {StorageFailure} `newer-format` */
function readDraft(draftsKey: Bytes, key: Bytes, value: Bytes): StoredDraft | 'damaged' {
  const read = readCheckedValue(key, value)
  if (read.kind === 'damaged') return 'damaged'
  const parsed = storedDraft.safeParse(openRow(draftsKey, keyTail('d', key), expectContent(read, key)))
  return parsed.success ? parsed.data : 'damaged'
}
