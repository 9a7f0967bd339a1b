/** Changes of a visit that need no form: a result that came late, a visit under the wrong patient, a dispute. */
import type {
  AwaitedVisit,
  Finding,
  records as recordsContract,
  SubmittedVisit,
  VisitInput,
} from '../../shared/contract/records.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { withConfirmed } from '../../shared/domain/coded-with.ts'
import { isNarrowerScope, type Consent } from '../../shared/domain/consent.ts'
import { openFindings } from '../../shared/domain/visit-check.ts'
import { visitInputOf } from '../../shared/domain/visit-input.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { fromHex } from '../../shared/std/bytes.ts'
import { keyTail, rangeOf, readU64 } from '../node/storage/buckets.ts'
import { readPlace } from '../node/storage/chain-store.ts'
import { awaitedIn } from '../patients/awaited.ts'
import { currentVersions, ownVisitBySequence } from '../patients/own-visits.ts'
import type { PatientRow } from '../patients/patient-row.ts'
import { nameSubject } from './audit-subject.ts'
import { expectConfirmed } from './confirmations.ts'
import { atDesk, isOthers, profileOf, readAtDesk, type Desk, type ServiceContext } from './context.ts'
import { openOwnRecord, openingDesk, rootOf } from './open-own-record.ts'
import { disputesAgainst } from './patient-history.ts'
import { newVersion, submitVersions } from './submit-versions.ts'

type RecordsHandlers = Handlers<typeof recordsContract>
type Changes = Pick<RecordsHandlers, 'addResults' | 'move' | 'awaited' | 'dispute' | 'disputesOf'>

export interface ChangeTools {
  check(
    desk: Desk,
    visit: VisitInput,
    row: PatientRow,
    visitId: string | undefined,
  ): Finding[] | Promise<Finding[]>
  followQueued(visit: SubmittedVisit, isWritten: boolean): void
}

export function createVisitChanges(context: ServiceContext, tools: ChangeTools): Changes {
  const { world } = context
  const inTurn = <T>(work: (desk: Desk) => Promise<T>): Promise<T> =>
    profileOf(context).inTurn(() => atDesk(context, work))

  return {
    addResults: (input) => inTurn((desk) => addResults(desk, input)),
    move: (input) => inTurn((desk) => move(desk, input)),
    awaited: ({ limit }) =>
      readAtDesk(context, async (desk) => {
        const { node, names, keys } = desk
        const visits: AwaitedVisit[] = []
        let total = 0
        for await (const { key } of node.store.scan(rangeOf('u'))) {
          total++
          if (visits.length >= limit) continue
          const own = await ownVisitBySequence(node.store, keys.patientIndex, readU64(keyTail('u', key)))
          if (own === null) continue
          const opened = await openOwnRecord(openingDesk(node, world.crypto, keys), fromHex(own.merkleRoot))
          if (opened.kind === 'sealed') continue
          visits.push({
            merkleRoot: own.merkleRoot,
            patientId: own.patientId,
            patientName: names.get(own.patientId)?.name ?? '',
            admission: own.admission,
            awaited: awaitedIn(opened.record),
          })
        }
        return { visits, total }
      }),
    disputesOf: ({ merkleRoot }) =>
      readAtDesk(context, async (desk) => {
        const root = rootOf(merkleRoot)
        const place = root === null ? null : await readPlace(desk.node.store, root)
        if (place === null) return null
        return { isOwn: place.sequence !== null, disputes: await disputesAgainst(desk, merkleRoot) }
      }),
    dispute: ({ merkleRoot, path, text }) =>
      inTurn(async ({ node, keys }) => {
        const root = rootOf(merkleRoot)
        const place = root === null ? null : await readPlace(node.store, root)
        if (root === null || place === null) return { kind: 'unknown' }
        // A hospital corrects its own visits; it does not dispute them.
        if (place.sequence !== null) return { kind: 'own' }
        const said = await node.statements.say({
          kind: 'dispute',
          merkleRoot: root,
          path: path.normalize('NFC'),
          text: text.normalize('NFC').trim() || '?',
          userKeyId: keys.person.userKeyId,
          at: world.now(),
        })
        return { kind: said === null ? 'not-a-hospital' : 'queued' }
      }),
  }

  async function addResults(
    desk: Desk,
    { merkleRoot, results, text, confirmations }: Parameters<Changes['addResults']>[0],
  ): ReturnType<Changes['addResults']> {
    const found = await currentRecord(desk, merkleRoot)
    if (found.kind !== 'found') return found
    const { record, row } = found
    const before = visitInputOf(record, row.patientId)
    const observations = [...record.observations]
    for (const { observation, replaces } of results)
      if (replaces !== null && observations[replaces] !== undefined) observations[replaces] = observation
      else observations.push(observation)
    const after = {
      ...before,
      observations,
      confirmations: withConfirmed(before.confirmations, confirmations),
    }
    const findings = await newFindings(desk, [before, row], [after, row], record.envelope.visitId)
    if (findings.length > 0) return { kind: 'findings', findings }
    const change = {
      op: 'amend' as const,
      visitId: record.envelope.visitId,
      supersedes: merkleRoot,
      reason: reasonWith('late-result', text),
    }
    const next = newVersion(desk, after, row, change, world.now(), record)
    const version = { record: keepOrigin(next, record), row, before: record }
    return submitVersions(world, desk, [version], [], tools.followQueued)
  }

  async function move(
    desk: Desk,
    { merkleRoot, toPatientId, text, confirmations }: Parameters<Changes['move']>[0],
  ): ReturnType<Changes['move']> {
    const found = await currentRecord(desk, merkleRoot)
    if (found.kind !== 'found') return found
    const { record, row } = found
    if (isOthers(desk, record)) expectConfirmed()
    const right = desk.names.get(toPatientId)
    if (right === null) return { kind: 'refused', reason: 'unknown-patient' }
    if (right.patientId === row.patientId) return { kind: 'refused', reason: 'same-patient' }
    const before = visitInputOf(record, row.patientId)
    // Who insures them, and under which number, was said of the other person; so were the paper that was signed and its
    // period. What it allows stays as narrow as it was, and as what the right person said.
    const payer = { type: before.encounter.payer.type }
    const consent = movedConsent(before.consent, right.consentSaid)
    const after = {
      ...before,
      consent,
      encounter: { ...before.encounter, payer },
      patientId: right.patientId,
      confirmations: withConfirmed(before.confirmations, confirmations),
    }
    const findings = await newFindings(desk, [before, row], [after, right], record.envelope.visitId)
    if (findings.length > 0) return { kind: 'findings', findings }
    const now = world.now()
    const reason = reasonWith('wrong-patient', text)
    const { visitId } = record.envelope
    const created = newVersion(desk, after, right, null, now, null)
    const retracted = newVersion(
      desk,
      before,
      row,
      { op: 'retract', visitId, supersedes: merkleRoot, reason },
      now,
      record,
    )
    const linked = (version: VisitRecord, link: object): VisitRecord => ({
      ...version,
      envelope: { ...version.envelope, ...link },
    })
    return submitVersions(
      world,
      desk,
      [
        {
          record: linked(keepOrigin(retracted, record), { movedTo: created.envelope.visitId }),
          row,
          before: record,
        },
        { record: linked(keepOrigin(created, record), { movedFrom: visitId }), row: right, before: null },
      ],
      [],
      tools.followQueued,
    )
  }

  /** The version with its record, if it is ours and nothing has replaced it. */
  async function currentRecord(
    desk: Desk,
    merkleRoot: string,
  ): Promise<
    | { kind: 'found'; record: VisitRecord; row: PatientRow }
    | { kind: 'refused'; reason: 'not-own-visit' | 'superseded-meanwhile' | 'sealed' | 'unknown-patient' }
  > {
    const { node, names, keys } = desk
    const refuse = (reason: 'not-own-visit' | 'superseded-meanwhile' | 'sealed' | 'unknown-patient') =>
      ({ kind: 'refused', reason }) as const
    const root = rootOf(merkleRoot)
    const place = root === null ? null : await readPlace(node.store, root)
    if (root === null || place?.sequence == null) return refuse('not-own-visit')
    const own = await ownVisitBySequence(node.store, keys.patientIndex, place.sequence)
    if (own !== null) nameSubject({ patientId: own.patientId })
    const opened = await openOwnRecord(openingDesk(node, world.crypto, keys), root)
    if (own === null || opened.kind === 'sealed') return refuse('sealed')
    const [current] = await currentVersions(node.store, [own.visitId])
    if (current?.merkleRoot !== merkleRoot) return refuse('superseded-meanwhile')
    const row = names.get(own.patientId)
    return row === null ? refuse('unknown-patient') : { kind: 'found', record: opened.record, row }
  }

  /** What the change brings with it: an import that no form would take may still get a result. */
  async function newFindings(
    desk: Desk,
    before: readonly [VisitInput, PatientRow],
    after: readonly [VisitInput, PatientRow],
    visitId: string,
  ): Promise<Finding[]> {
    const known = new Set((await tools.check(desk, ...before, visitId)).map(sayingOf))
    const now = await tools.check(desk, ...after, visitId)
    return openFindings(
      now.filter((finding) => !known.has(sayingOf(finding))),
      after[0].confirmations,
    )
  }
}

/** The narrower scope of both, in the right person's own period; with their paper where it is theirs that counts. */
function movedConsent({ scope }: Consent, own: Consent | undefined): Consent {
  if (own === undefined) return { scope }
  if (!isNarrowerScope(scope, own.scope)) return own
  const { ref: _paper, ...period } = own
  return { ...period, scope }
}

const sayingOf = ({ path, rule, params }: Finding): string => JSON.stringify([path, rule, params])

function reasonWith(
  code: NonNullable<VisitRecord['envelope']['reason']>['code'],
  text: string | undefined,
): VisitRecord['envelope']['reason'] {
  const plain = text?.normalize('NFC').trim() ?? ''
  return plain === '' ? { code } : { code, text: plain }
}

/** Where a visit came from stays with it through changes by hand. */
function keepOrigin(version: VisitRecord, before: VisitRecord): VisitRecord {
  return { ...version, envelope: { ...version.envelope, origin: before.envelope.origin } }
}
