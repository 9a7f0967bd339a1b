/** Entering visits: drafts, checks, submission, and what became of them. */
import type {
  records as recordsContract,
  Finding,
  SubmittedVisit,
  VisitInput,
  VisitState,
} from '../../shared/contract/records.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { withEditions } from '../../shared/domain/coded-with.ts'
import { parseDay, parseWhen } from '../../shared/domain/dates.ts'
import { earlierSexOf, previousMeasures } from '../../shared/domain/visit-check/previous-measures.ts'
import {
  broughtFindings,
  type CheckContext,
  checkVisit,
  openFindings,
} from '../../shared/domain/visit-check.ts'
import { visitInputOf } from '../../shared/domain/visit-input.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { assert } from '../../shared/std/assert.ts'
import { fromHex } from '../../shared/std/bytes.ts'
import type { FinalSegment } from '../node/node.ts'
import { readPlaces } from '../node/storage/chain-store.ts'
import { del, StorageFailure } from '../node/storage/store.ts'
import {
  currentVersions,
  ownVisitBySequence,
  recentVisits,
  visitsEnteredBy,
  type OwnVisit,
} from '../patients/own-visits.ts'
import { diedOn } from '../patients/person-changes.ts'
import type { PatientRow } from '../patients/patient-row.ts'
import { nameSubject } from './audit-subject.ts'
import { expectConfirmed } from './confirmations.ts'
import {
  atDesk,
  isOthers,
  profileOf,
  readAtDesk,
  withKeys,
  type Desk,
  type ServiceContext,
} from './context.ts'
import { createDrafts, handIn } from './drafts.ts'
import { civilDateIn } from './facility-time.ts'
import { namePatientOf, openOwnRecord, openingDesk, rootOf } from './open-own-record.ts'
import { historyOf } from './patient-history.ts'
import { personGroups } from './person-groups.ts'
import { newVersion, submitVersions, toSubmitted } from './submit-versions.ts'
import { createVisitChanges } from './visit-changes.ts'

/** Form submissions whose way to Final is told to the window. */
const FOLLOWED_MAX = 1_000
/** Answers kept for a form that is sent again: a second press, or an answer that was lost on its way. */
const ANSWERED_MAX = 200
/** Visits that a new value is compared with; the window looks at as many. */
const COMPARED_VISITS = 20

type Service = Handlers<typeof recordsContract>
type NamelessVisit = Omit<SubmittedVisit, 'patientName'>
type Change = NonNullable<Parameters<Service['submit']>[0]['change']>

interface Submitting {
  readonly draftBase?: number | null | undefined
  readonly onReplaced?: (replaced: VisitRecord) => void
  readonly isByHand?: boolean
}

export interface RecordsService {
  readonly handlers: Handlers<typeof recordsContract>
  /**
   * A new version that differs from the one before in its codes alone. What was wrong before is no reason to refuse it;
   * what the new codes make wrong is.
   */
  recode(desk: Desk, visit: VisitInput, change: Change): ReturnType<Service['submit']>
  /** To be told of every final segment. */
  onFinal(segment: FinalSegment): void
}

export function createRecordsService(context: ServiceContext): RecordsService {
  // Both outlive a lock, so neither knows a name.
  const followed = new Map<string, NamelessVisit>()
  function follow(visit: NamelessVisit): void {
    followed.set(visit.merkleRoot, visit)
    if (followed.size > FOLLOWED_MAX) followed.delete(followed.keys().next().value!)
    context.emit('records', 'visitChanged', visit)
  }

  const answered = new Map<string, NamelessVisit>()
  function remember(submissionId: string | undefined, visit: SubmittedVisit): void {
    if (submissionId === undefined) return
    answered.set(submissionId, withoutName(visit))
    if (answered.size > ANSWERED_MAX) answered.delete(answered.keys().next().value!)
  }

  const handlers: Handlers<typeof recordsContract> = {
    ...createDrafts(context),
    check: (visit) =>
      readAtDesk(context, async (desk) => {
        const row = desk.names.get(visit.patientId)
        if (row === null) return [{ path: 'patientId', rule: 'required', severity: 'refuse', params: {} }]
        return check(desk, visit, row, undefined)
      }),
    submit: ({ visit, draftId, draftBase, change, submissionId }) =>
      // Two amendments of one version must not both be accepted, and a form that is sent twice is one visit.
      profileOf(context).inTurn(() =>
        atDesk(context, async (desk) => {
          nameSubject({ patientId: visit.patientId, ...(change == null ? {} : { change: change.op }) })
          const before = submissionId === undefined ? undefined : answered.get(submissionId)
          if (before !== undefined) {
            const now = followed.get(before.merkleRoot) ?? before
            const patientName = nameOf(desk, now.patientId)
            return { kind: 'queued', visit: { ...now, patientName } }
          }
          const answer = await submit(desk, visit, draftId, change, {
            draftBase,
            onReplaced(replaced) {
              if (change?.op === 'retract' || isOthers(desk, replaced)) expectConfirmed()
            },
          })
          if (answer.kind === 'queued') remember(submissionId, answer.visit)
          return answer
        }),
      ),
    recent: ({ limit, of }) =>
      readAtDesk(context, async (desk) => {
        const { node, keys } = desk
        const { userKeyId, formerKeyIds = [] } = keys.person
        const visits =
          of === 'hospital'
            ? await recentVisits(node.store, keys.patientIndex, limit)
            : await visitsEnteredBy(node.store, keys.patientIndex, [userKeyId, ...formerKeyIds], limit)
        return withStates(desk, visits)
      }),
    open: async ({ merkleRoot }) => {
      const profile = profileOf(context)
      const root = rootOf(merkleRoot)
      if (root === null) return { kind: 'sealed', reason: 'unknown' }
      const { store, ledger, node } = profile
      const { crypto } = context.world
      const opened = await withKeys(context, async (keys) => {
        const record = await openOwnRecord(
          { store, ledger, outbox: node?.outbox ?? null, crypto, keys },
          root,
        )
        if (record.kind === 'record') await namePatientOf(store, keys, record)
        return record
      })
      if (opened.kind === 'sealed') {
        if (opened.reason === 'damaged')
          throw new StorageFailure({ code: 'corrupt', path: 'record', key: merkleRoot })
        return { kind: 'sealed', reason: opened.reason }
      }
      return { kind: 'record', record: opened.record, ...stateOf(opened.place.index) }
    },
    ofPatient: ({ patientId, limit }) =>
      readAtDesk(context, async (desk) => historyOf(context.world.crypto, desk, patientId, limit)),
    ...createVisitChanges(context, { check, followQueued }),
  }

  async function check(desk: Desk, visit: VisitInput, row: PatientRow, visitId: string | undefined) {
    return (await checkAll(desk, [null, visit], row, visitId))[1]
  }

  /** A version and the one before it, where there is one, by the same rules. */
  async function checkAll(
    desk: Desk,
    [before, visit]: readonly [VisitInput | null, VisitInput],
    row: PatientRow,
    visitId: string | undefined,
  ): Promise<[Finding[], Finding[]]> {
    const today = parseDay(civilDateIn(desk.profile.facts.zone, context.world.now()))
    assert(today !== null, 'today is a day')
    const { visits } = await historyOf(context.world.crypto, desk, row.patientId, COMPARED_VISITS)
    const current = visits.filter((each) => !each.isSuperseded).map((each) => each.record)
    const day = parseWhen(visit.encounter.admission.at)?.first ?? today
    const rules: CheckContext = {
      mode: 'form',
      patient: {
        sex: row.sex,
        birthDate: row.birthDate,
        deathDate: row.deathDate,
        earlierSex: earlierSexOf(current, visitId),
      },
      today,
      previous: previousMeasures(current, { visitId, day }),
    }
    return [before === null ? [] : checkVisit(before, rules), checkVisit(visit, rules)]
  }

  /** The version that counts now, if it is ours, this person's, and the one that the change speaks of. */
  async function versionToReplace(
    desk: Desk,
    row: PatientRow,
    change: Change,
  ): Promise<
    | { kind: 'found'; record: VisitRecord | null }
    | { kind: 'refused'; reason: 'not-own-visit' | 'superseded-meanwhile' }
  > {
    const { node, keys } = desk
    const [current] = /^[0-9a-f]{32}$/.test(change.visitId)
      ? await currentVersions(node.store, [change.visitId])
      : [null]
    if (current === null || current === undefined) return { kind: 'refused', reason: 'not-own-visit' }
    if (current.merkleRoot !== change.supersedes) return { kind: 'refused', reason: 'superseded-meanwhile' }
    const opened = await openOwnRecord(
      openingDesk(node, context.world.crypto, keys),
      fromHex(current.merkleRoot),
    )
    if (opened.kind !== 'record') return { kind: 'found', record: null }
    // To another person a visit is moved; a change of it does not.
    return (await isVisitOf(desk, opened.place.sequence, row))
      ? { kind: 'found', record: opened.record }
      : { kind: 'refused', reason: 'not-own-visit' }
  }

  async function submit(
    desk: Desk,
    visit: VisitInput,
    draftId: string | null,
    change: Change | null,
    { draftBase, onReplaced, isByHand = true }: Submitting = {},
  ): ReturnType<(typeof handlers)['submit']> {
    const { node, keys, names } = desk
    const row = names.get(visit.patientId)
    if (row === null) return { kind: 'refused', reason: 'unknown-patient' }
    let replaced: VisitRecord | null = null
    if (change !== null) {
      const found = await versionToReplace(desk, row, change)
      if (found.kind === 'refused') return found
      replaced = found.record
    }
    let brought: Finding[] = []
    // Taking a visit back or bringing it back says nothing new of it: an import that no form would take can be retracted.
    if (change === null || change.op === 'amend') {
      const before = replaced === null ? null : visitInputOf(replaced, row.patientId)
      const [known, found] = await checkAll(desk, [before, visit], row, change?.visitId)
      brought = broughtFindings(known, found)
      const findings = openFindings(brought, visit.confirmations)
      if (findings.length > 0) return { kind: 'findings', findings }
    }
    if (replaced !== null) onReplaced?.(replaced)
    const now = context.world.now()
    // Confirmed above: what the visit says of the end of a life is known of the person from here on.
    const death = brought.find(({ rule }) => rule === 'death-proposed')?.params['value']
    const { userKeyId, name } = keys.person
    const by = { at: now, by: userKeyId, byName: name, how: 'visit' as const }
    const person = death === undefined ? row : diedOn(row, death, by)
    const inUse = new Map(
      (await context.codeLists().lists()).map(({ list, inUse: { hash } }) => [list, hash]),
    )
    const confirmations = withEditions(visit, replaced, (list) => inUse.get(list)!, userKeyId)
    const record = newVersion(desk, { ...visit, confirmations }, person, change, now, replaced)
    const answer = await handIn(desk, draftId, draftBase, async (draftAt) => {
      const said = await submitVersions(
        context.world,
        desk,
        [{ record, row: person, before: replaced }],
        draftAt === null ? [] : [del(draftAt)],
        followQueued,
        isByHand,
      )
      if (said.kind === 'queued' && draftAt !== null) {
        node.countDrafts(-1)
        context.emit('records', 'draftsChanged', null)
      }
      return said
    })
    if (answer.kind !== 'queued') return answer
    nameSubject({ merkleRoot: answer.visits[0]!.merkleRoot })
    if (person !== row) context.emit('patients', 'personChanged', { patientId: row.patientId })
    return { kind: 'queued', visit: answer.visits[0]! }
  }

  async function isVisitOf(desk: Desk, sequence: number | null, { patientId }: PatientRow): Promise<boolean> {
    const { node, keys } = desk
    const own = sequence === null ? null : await ownVisitBySequence(node.store, keys.patientIndex, sequence)
    if (own === null || own.patientId === patientId) return own !== null
    return (await personGroups(desk)).entriesOf(patientId).includes(own.patientId)
  }

  /** Before the write that may make it final, and once more behind it. */
  function followQueued(visit: SubmittedVisit, isWritten: boolean): void {
    if (!isWritten) followed.set(visit.merkleRoot, withoutName(visit))
    else if (followed.get(visit.merkleRoot)?.state !== 'final') follow(withoutName(visit))
  }

  async function withStates(desk: Desk, visits: readonly OwnVisit[]): Promise<SubmittedVisit[]> {
    const places = await readPlaces(
      desk.node.store,
      visits.map(({ merkleRoot }) => fromHex(merkleRoot)),
    )
    return visits.map((visit, i) => {
      const index = places[i]?.index ?? null
      return toSubmitted(visit, nameOf(desk, visit.patientId), index === null ? 'queued' : 'final', index)
    })
  }

  return {
    handlers,
    recode: (desk, visit, change) =>
      desk.profile.inTurn(() => submit(desk, visit, null, change, { isByHand: false })),
    onFinal({ own }) {
      for (const { root, index } of own) {
        const visit = followed.get(root)
        if (visit !== undefined) follow({ ...visit, state: 'final', index })
      }
    },
  }
}

function withoutName({ patientName: _patientName, ...visit }: SubmittedVisit): NamelessVisit {
  return visit
}

const nameOf = ({ names }: Desk, patientId: string | null): string =>
  (patientId === null ? null : names.get(patientId))?.name ?? ''

function stateOf(index: number | null): { state: VisitState; index: number | null } {
  return { state: index === null ? 'queued' : 'final', index }
}
