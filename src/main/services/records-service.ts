/** Entering visits: drafts, checks, submission, and what became of them. */
import { createHmac, randomBytes } from 'node:crypto'
import type {
  records as recordsContract,
  Draft,
  Finding,
  SubmittedVisit,
  VisitInput,
  VisitState,
} from '../../shared/contract/records.ts'
import { draft as draftSchema } from '../../shared/contract/records.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { parseDay, parseInstant, parseWhen } from '../../shared/domain/dates.ts'
import { previousMeasures } from '../../shared/domain/visit-check/previous-measures.ts'
import { checkVisit, openFindings } from '../../shared/domain/visit-check.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { assert } from '../../shared/std/assert.ts'
import { fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { contentHashOf } from '../node/chain/content-hash.ts'
import type { Field } from '../node/chain/record.ts'
import { fieldsOfVisit } from '../node/chain/visit-fields.ts'
import { importedRecordId } from '../node/chain/visit-ids.ts'
import type { FinalSegment } from '../node/node.ts'
import { sealVisits } from '../node/seal-visits.ts'
import { draftKey, keyTail, rangeOf } from '../node/storage/buckets.ts'
import { readPlaces } from '../node/storage/chain-store.ts'
import { del, put, StorageFailure, type Write } from '../node/storage/store.ts'
import { checkedValue, expectContent, readCheckedValue } from '../node/storage/value.ts'
import { newestEpoch, type SessionKeys } from '../node/vault/institution-keys.ts'
import {
  currentVersions,
  OWN_SYSTEM,
  ownVisitWrites,
  recentVisits,
  visitsOfPatient,
  type OwnVisit,
} from '../patients/own-visits.ts'
import { openRow, sealRow, type PatientRow } from '../patients/patient-row.ts'
import { atDesk, profileOf, readAtDesk, withKeys, type Desk, type ServiceContext } from './context.ts'
import { civilDateIn, clinicalDay, instantIn } from './facility-time.ts'
import { openOwnRecord, openingDesk, rootOf } from './open-own-record.ts'

/** Records that are opened between two breaths of the event loop. */
const RECORDS_PER_BREATH = 25
/** Form submissions whose way to Final is told to the window. */
const FOLLOWED_MAX = 1_000
/** Answers kept for a form that is sent again: a second press, or an answer that was lost on its way. */
const ANSWERED_MAX = 200
/** Visits that a new value is compared with; the window looks at as many. */
const COMPARED_VISITS = 20
/** A draft that nobody went on with is thrown away. */
const DRAFT_DAYS = 14
const DAY_MS = 86_400_000

type Service = Handlers<typeof recordsContract>
type Change = NonNullable<Parameters<Service['submit']>[0]['change']>

export interface RecordsService {
  readonly handlers: Handlers<typeof recordsContract>
  /**
   * A new version that differs from the one before in its codes alone. What was wrong before is no reason to refuse it;
   * what the new codes make wrong is.
   */
  recode(desk: Desk, before: VisitInput, after: VisitInput, change: Change): ReturnType<Service['submit']>
  /** To be told of every final segment. */
  onFinal(segment: FinalSegment): void
}

export function createRecordsService(context: ServiceContext): RecordsService {
  const followed = new Map<string, SubmittedVisit>()
  function follow(visit: SubmittedVisit): void {
    followed.set(visit.merkleRoot, visit)
    if (followed.size > FOLLOWED_MAX) followed.delete(followed.keys().next().value!)
    context.emit('records', 'visitChanged', visit)
  }

  const answered = new Map<string, SubmittedVisit>()
  function remember(submissionId: string | undefined, visit: SubmittedVisit): void {
    if (submissionId === undefined) return
    answered.set(submissionId, visit)
    if (answered.size > ANSWERED_MAX) answered.delete(answered.keys().next().value!)
  }

  const handlers: Handlers<typeof recordsContract> = {
    saveDraft: (draft) =>
      atDesk(context, async ({ node, keys }) => {
        const savedAt = context.world.now()
        const key = draftKey(draftTag(keys.drafts, draft.draftId))
        const isNew = (await node.store.get(key)) === null
        await node.write([
          put(key, checkedValue(key, sealRow(keys.drafts, keyTail('d', key), { ...draft, savedAt }))),
        ])
        if (isNew) node.countDrafts(1)
        return { savedAt }
      }),
    listDrafts: () =>
      readAtDesk(context, async ({ node, keys }) => {
        const oldest = context.world.now() - DRAFT_DAYS * DAY_MS
        const drafts: Omit<Draft, 'form'>[] = []
        const expired: Write[] = []
        for await (const { key, value } of node.store.scan(rangeOf('d'))) {
          const { form: _form, ...shown } = openDraft(keys.drafts, key, value)
          if (shown.savedAt < oldest) expired.push(del(key))
          else drafts.push(shown)
        }
        if (expired.length > 0) {
          await node.write(expired)
          node.countDrafts(-expired.length)
        }
        return drafts.sort((a, b) => b.savedAt - a.savedAt)
      }),
    loadDraft: ({ draftId }) =>
      readAtDesk(context, async ({ node, keys }) => {
        const key = draftKey(draftTag(keys.drafts, draftId))
        const value = await node.store.get(key)
        return value === null ? null : openDraft(keys.drafts, key, value)
      }),
    discardDraft: ({ draftId }) =>
      atDesk(context, async ({ node, keys }) => {
        const key = draftKey(draftTag(keys.drafts, draftId))
        if ((await node.store.get(key)) === null) return
        await node.write([del(key)])
        node.countDrafts(-1)
      }),
    check: (visit) =>
      readAtDesk(context, async (desk) => {
        const row = desk.names.get(visit.patientId)
        if (row === null) return [{ path: 'patientId', rule: 'required', severity: 'refuse', params: {} }]
        return check(desk, visit, row, undefined)
      }),
    submit: ({ visit, draftId, change, submissionId }) =>
      // Two amendments of one version must not both be accepted, and a form that is sent twice is one visit.
      profileOf(context).inTurn(() =>
        atDesk(context, async (desk) => {
          const before = submissionId === undefined ? undefined : answered.get(submissionId)
          if (before !== undefined)
            return { kind: 'queued', visit: followed.get(before.merkleRoot) ?? before }
          const answer = await submit(desk, visit, draftId, change)
          if (answer.kind === 'queued') remember(submissionId, answer.visit)
          return answer
        }),
      ),
    recent: ({ limit }) =>
      readAtDesk(context, async (desk) => {
        const visits = await recentVisits(desk.node.store, desk.keys.patientIndex, limit)
        return withStates(desk, visits)
      }),
    open: async ({ merkleRoot }) => {
      const profile = profileOf(context)
      const root = rootOf(merkleRoot)
      if (root === null) return { kind: 'sealed', reason: 'unknown' }
      const { store, ledger, node } = profile
      const { crypto } = context.world
      const opened = await withKeys(context, (keys) =>
        openOwnRecord({ store, ledger, outbox: node?.outbox ?? null, crypto, keys }, root),
      )
      if (opened.kind === 'sealed') {
        if (opened.reason === 'damaged')
          throw new StorageFailure({ code: 'corrupt', path: 'record', key: merkleRoot })
        return { kind: 'sealed', reason: opened.reason }
      }
      return { kind: 'record', record: opened.record, ...stateOf(opened.place.index) }
    },
    ofPatient: ({ patientId, limit }) => readAtDesk(context, (desk) => openedVisits(desk, patientId, limit)),
  }

  async function openedVisits({ node, keys }: Desk, patientId: string, limit: number) {
    const all = await visitsOfPatient(node.store, keys.patientIndex, patientId)
    const superseded = new Set(all.map(({ supersedes }) => supersedes))
    const newestFirst = all
      .map((visit) => ({ visit, at: parseInstant(visit.admission)?.epochMs ?? 0 }))
      .sort((a, b) => b.at - a.at || b.visit.sequence - a.visit.sequence)
      .slice(0, limit)
    const visits = []
    const desk = openingDesk(node, context.world.crypto, keys)
    for (const [i, { visit }] of newestFirst.entries()) {
      if (i % RECORDS_PER_BREATH === RECORDS_PER_BREATH - 1)
        await new Promise((resolve) => setImmediate(resolve))
      const opened = await openOwnRecord(desk, fromHex(visit.merkleRoot))
      // Erased, or under a key that this hospital has no more: it cannot be shown, and the total still counts it.
      if (opened.kind === 'sealed') continue
      visits.push({
        record: opened.record,
        merkleRoot: visit.merkleRoot,
        ...stateOf(opened.place.index),
        isSuperseded: superseded.has(visit.merkleRoot),
      })
    }
    return { visits, total: all.length }
  }

  async function check(desk: Desk, visit: VisitInput, row: PatientRow, visitId: string | undefined) {
    const today = parseDay(civilDateIn(desk.profile.facts.zone, context.world.now()))
    assert(today !== null, 'today is a day')
    const { visits } = await openedVisits(desk, row.patientId, COMPARED_VISITS)
    const current = visits.filter((each) => !each.isSuperseded).map((each) => each.record)
    const day = parseWhen(visit.encounter.admission.at)?.first ?? today
    return checkVisit(visit, {
      mode: 'form',
      patient: { sex: row.sex, birthDate: row.birthDate, deathDate: row.deathDate },
      today,
      previous: previousMeasures(current, { visitId, day }),
    })
  }

  async function submit(
    desk: Desk,
    visit: VisitInput,
    draftId: string | null,
    change: Change | null,
    accepted: readonly Finding[] = [],
  ): ReturnType<(typeof handlers)['submit']> {
    const { node, keys, names, profile } = desk
    const row = names.get(visit.patientId)
    if (row === null) return { kind: 'refused', reason: 'unknown-patient' }
    // Taking a visit back or bringing it back says nothing new of it: an import that no form would take can be retracted.
    const isSaidAnew = change === null || change.op === 'amend'
    const isOld = ({ path, rule }: Finding) =>
      accepted.some((each) => each.path === path && each.rule === rule)
    const found = isSaidAnew ? await check(desk, visit, row, change?.visitId) : []
    const findings = isSaidAnew ? openFindings(found, visit.confirmations).filter((each) => !isOld(each)) : []
    if (findings.length > 0) return { kind: 'findings', findings }
    if (change !== null) {
      const [current] = /^[0-9a-f]{32}$/.test(change.visitId)
        ? await currentVersions(node.store, [change.visitId])
        : [null]
      if (current === null || current === undefined) return { kind: 'refused', reason: 'not-own-visit' }
      if (current.merkleRoot !== change.supersedes) return { kind: 'refused', reason: 'superseded-meanwhile' }
    }
    const now = context.world.now()
    const record = toRecord(desk, visit, row, change, now)
    const fields = fieldsOfVisit(record)
    if (fields.kind === 'refused') {
      const params = { field: fields.field }
      return {
        kind: 'findings',
        findings: [{ path: fields.field, rule: fields.reason, severity: 'refuse', params }],
      }
    }
    const sealingKeys = node.sealingKeys(newestEpoch(keys.custodianEpochs))
    const [sealed] = sealVisits(context.world.crypto, context.world.random, sealingKeys, [fields.fields])
    assert(sealed !== undefined, 'one record in, one answer out')
    if (sealed.kind === 'refused') return { kind: 'refused', reason: sealed.reason }

    const sequence = node.reserve(1)
    const own: OwnVisit = {
      sequence,
      visitId: record.envelope.visitId,
      recordId: record.envelope.recordId,
      merkleRoot: toHex(sealed.visit.merkleRoot),
      patientId: row.patientId,
      admission: record.encounter.admission.at,
      encounterClass: record.encounter.class,
      op: record.envelope.op,
      supersedes: record.envelope.supersedes ?? null,
      submittedAt: now,
    }
    const staged = names.stage()
    staged.change(touched(row, own, now))
    const others: Write[] = [
      ...ownVisitWrites(keys.patientIndex, own, ownRecordId(keys, own.visitId, fields.fields)),
      ...staged.writes(),
    ]
    const draftAt = draftId === null ? null : draftKey(draftTag(keys.drafts, draftId))
    const hadDraft = draftAt !== null && (await node.store.get(draftAt)) !== null
    if (draftAt !== null) others.push(del(draftAt))
    const submitted = toSubmitted(own, row.name, 'queued', null)
    // Before the write: the segment may be final before `submit` resolves.
    followed.set(submitted.merkleRoot, submitted)
    await node.submit([sealed.visit], sequence, others)
    staged.apply()
    if (hadDraft) node.countDrafts(-1)
    assert(profile.node === node, 'the profile stays open while a visit is submitted')
    if (followed.get(submitted.merkleRoot)?.state !== 'final') follow(submitted)
    return { kind: 'queued', visit: submitted }
  }

  function toRecord(
    { profile, node, keys }: Desk,
    visit: VisitInput,
    row: PatientRow,
    change: {
      op: 'amend' | 'retract' | 'restore'
      visitId: string
      supersedes: string
      reason: VisitRecord['envelope']['reason']
    } | null,
    now: number,
  ): VisitRecord {
    const { zone, memberId } = profile.facts
    const patientKey = node.patientKey(row.keySource)
    const admission = { zone, ...visit.encounter.admission }
    const day = clinicalDay(admission.zone, admission.at)
    assert(day !== null, 'the checks refuse an admission that is no instant')
    return {
      envelope: {
        schema: 'visit/1',
        recordId: randomBytes(16).toString('hex'),
        visitId: change?.visitId ?? randomBytes(16).toString('hex'),
        op: change?.op ?? 'create',
        ...(change === null ? {} : { supersedes: change.supersedes, reason: change.reason }),
        recordedAt: instantIn(zone, now),
        recorder: { userKeyId: keys.person.userKeyId, role: 'clerk' },
        origin: { kind: 'form' },
        confirmations: visit.confirmations,
      },
      patient: {
        key: patientKey.key,
        keyEpoch: patientKey.epoch,
        sex: row.sex,
        ...(row.birthDate === undefined
          ? { birthDateAbsentReason: 'unknown' }
          : { birthDate: row.birthDate }),
        ...(row.deceased === undefined ? {} : { deceased: row.deceased }),
        ...(row.deathDate === undefined ? {} : { deathDate: row.deathDate }),
        ...(row.residenceRegion === undefined ? {} : { residenceRegion: row.residenceRegion }),
        consent: visit.consent,
        linkTokens: [],
      },
      encounter: { ...visit.encounter, admission, day, facility: memberId },
      observations: visit.observations,
      diagnoses: visit.diagnoses,
      procedures: visit.procedures,
      prescriptions: visit.prescriptions,
      ...(visit.outcome === undefined ? {} : { outcome: visit.outcome }),
      claims: visit.claims,
      notes: visit.notes,
    }
  }

  function ownRecordId({ importSecret }: SessionKeys, visitId: string, fields: readonly Field[]): string {
    const { crypto } = context.world
    return importedRecordId(crypto, importSecret, OWN_SYSTEM, visitId, contentHashOf(crypto, fields))
  }

  async function withStates({ node, names }: Desk, visits: readonly OwnVisit[]): Promise<SubmittedVisit[]> {
    const places = await readPlaces(
      node.store,
      visits.map(({ merkleRoot }) => fromHex(merkleRoot)),
    )
    return visits.map((visit, i) => {
      const index = places[i]?.index ?? null
      return toSubmitted(
        visit,
        names.get(visit.patientId)?.name ?? '',
        index === null ? 'queued' : 'final',
        index,
      )
    })
  }

  return {
    handlers,
    async recode(desk, before, after, change) {
      const row = desk.names.get(before.patientId)
      const known = row === null ? [] : await check(desk, before, row, change.visitId)
      return desk.profile.inTurn(() => submit(desk, after, null, change, known))
    },
    onFinal({ own }) {
      for (const { root, index } of own) {
        const visit = followed.get(root)
        if (visit !== undefined) follow({ ...visit, state: 'final', index })
      }
    },
  }
}

/** The patient's row after another visit: count and last visit are kept there, so that lists need no scan. */
export function touched(row: PatientRow, visit: Pick<OwnVisit, 'op' | 'admission'>, now: number): PatientRow {
  const isLater =
    row.lastVisit === null ||
    (parseInstant(visit.admission)?.epochMs ?? 0) > (parseInstant(row.lastVisit)?.epochMs ?? 0)
  return {
    ...row,
    visitCount: row.visitCount + (visit.op === 'create' ? 1 : 0),
    lastVisit: isLater ? visit.admission : row.lastVisit,
    usedAt: now,
  }
}

function toSubmitted(
  own: OwnVisit,
  patientName: string,
  state: VisitState,
  index: number | null,
): SubmittedVisit {
  const { sequence: _sequence, supersedes: _supersedes, ...rest } = own
  return { ...rest, patientName, state, index }
}

function stateOf(index: number | null): { state: VisitState; index: number | null } {
  return { state: index === null ? 'queued' : 'final', index }
}

/** What stands for a draft in the store's keys. */
function draftTag(key: Bytes, draftId: string): Bytes {
  return new Uint8Array(createHmac('sha256', key).update(utf8Encode(draftId)).digest().subarray(0, 16))
}

function openDraft(draftsKey: Bytes, key: Bytes, value: Bytes): Draft {
  const content = expectContent(readCheckedValue(key, value), key)
  const parsed = draftSchema.safeParse(openRow(draftsKey, keyTail('d', key), content))
  if (!parsed.success)
    throw new StorageFailure({ code: 'corrupt', path: 'drafts', bucket: 'd', key: toHex(key) })
  return parsed.data
}
