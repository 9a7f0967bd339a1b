/** The audit as people read it: looked through, verified, exported, and what a patient is owed of it. */
import { open as openFile, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type {
  audit as auditContract,
  AuditEntryView,
  AuditFilter as AskedFilter,
} from '../../shared/contract/audit.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { toHex } from '../../shared/std/bytes.ts'
import type { AuditContent } from '../audit/audit-entry.ts'
import type { AuditHome } from '../audit/audit-home.ts'
import { disclosureOf } from '../audit/disclosure.ts'
import { allOf, pageOf, type AuditFilter } from '../audit/read-log.ts'
import type { AuditVerdict } from '../audit/verify-log.ts'
import { batchesWith } from '../imports/batches.ts'
import { membersOf } from '../node/chain/state.ts'
import { userKeyIdOf } from '../node/vault/people.ts'
import { visitsOfPatient } from '../patients/own-visits.ts'
import { asWritingFailure } from '../profile/profile-failure.ts'
import { auditAsCsvHead, auditAsCsvLine } from './audit-file.ts'
import { nameLinked, pseudonymOf } from './audit-subject.ts'
import { AccessFailure, atDesk, profileOf, type ServiceContext } from './context.ts'
import { namesOfPerson } from './elsewhere.ts'
import { personGroups } from './person-groups.ts'

type Service = Handlers<typeof auditContract>
/** Without what needs a desktop. */
export type AuditCore = Omit<Service, 'startExport' | 'saveDisclosurePdf'> & {
  startExport(input: {
    filter: AskedFilter
    path: string
  }): Promise<{ kind: 'started'; jobId: string; path: string }>
}
type Report = NonNullable<Awaited<ReturnType<Service['exportReport']>>>

const PER_WRITE = 500

export function createAuditCore(context: ServiceContext): AuditCore {
  function homeOf(): AuditHome {
    const home = context.audit()
    // Looked at without a passphrase: the key of the audit is among those of the node.
    if (home === null) throw new AccessFailure({ code: 'read-only' })
    return home
  }
  /** By key id. A reset gave somebody another key; they are the same person. */
  function names(): Map<string, string> {
    const byKey = new Map<string, string>()
    for (const { formerKeyIds, name, signKey } of profileOf(context).roster?.people ?? [])
      for (const each of [userKeyIdOf(context.world.crypto, signKey), ...formerKeyIds]) byKey.set(each, name)
    return byKey
  }
  function nameOf(): (person: string | null) => string | null {
    const byKey = names()
    return (person) => (person === null ? null : (byKey.get(person) ?? null))
  }
  /** What an administrator called it, also after it was removed. */
  const placeName = (placeId: string): string => context.workPlaces?.()?.nameOf(placeId) ?? placeId

  return {
    async standing() {
      const { count, isWriting, lastAnchor, verdict, checkedAt } = homeOf().standing()
      const people = [...names()].map(([person, name]) => ({ person, name }))
      return {
        count,
        isWriting,
        lastAnchor:
          lastAnchor === null
            ? null
            : { height: lastAnchor.height, at: lastAnchor.time, count: lastAnchor.count },
        verdict: verdict === null ? null : shown(verdict),
        checkedAt,
        people,
      }
    },
    async entries({ filter, before, limit }) {
      const { log } = homeOf()
      const page = await pageOf(log, filterOf(filter), before, limit)
      const name = nameOf()
      const entries: AuditEntryView[] = []
      for (const { sequence, content } of page.entries)
        entries.push(
          content === null
            ? changedEntry(sequence)
            : await viewOf(homeOf(), name, placeName, sequence, content),
        )
      return { entries, before: page.before }
    },
    async startVerify() {
      const home = homeOf()
      const { jobId } = context.jobs.start('verify-audit', 'entries', async ({ signal, progress }) =>
        shown(await home.verify({ signal, progress })),
      )
      return { jobId }
    },
    verifyResult: async ({ jobId }) => {
      const result = context.jobs.result(jobId, 'verify-audit') as ReturnType<typeof shown> | null
      return result !== null && 'anchorCount' in result ? result : null
    },
    async startExport({ filter, path: asked }) {
      const home = homeOf()
      const path = resolve(asked)
      const name = nameOf()
      const { jobId } = context.jobs.start('export-audit', 'entries', async (control): Promise<Report> => {
        const part = `${path}.part`
        try {
          const file = await openFile(part, 'w', 0o600)
          let count = 0
          try {
            await file.write(auditAsCsvHead())
            let lines = ''
            const total = home.log.head.count
            for await (const { sequence, content } of allOf(home.log, filterOf(filter), control.signal)) {
              const view =
                content === null
                  ? changedEntry(sequence)
                  : await viewOf(home, name, placeName, sequence, content)
              lines += auditAsCsvLine(view)
              if (++count % PER_WRITE !== 0) continue
              await file.write(lines)
              lines = ''
              control.progress(sequence, total)
            }
            await file.write(lines)
            await file.sync()
          } finally {
            await file.close()
          }
          if (control.signal.aborted) await rm(part, { force: true })
          else await rename(part, path)
          return { path, count }
        } catch (error) {
          await rm(part, { force: true })
          throw asWritingFailure(error, path) ?? error
        }
      })
      return { kind: 'started', jobId, path }
    },
    exportReport: async ({ jobId }) => {
      const result = context.jobs.result(jobId, 'export-audit') as Report | null
      return result !== null && 'count' in result && 'path' in result ? result : null
    },
    async disclosure({ patientId }) {
      const home = homeOf()
      const { patientIds, pseudonyms, since, batchIds } = await personAt(patientId)
      const { lines, isCut } = await disclosureOf(home.log, [...patientIds, ...pseudonyms], since, batchIds)
      const name = nameOf()
      return {
        institutionName: profileOf(context).facts.institutionName,
        patientIds: [...patientIds],
        madeAt: context.world.now(),
        lines: lines.map((line) => ({
          ...line,
          roles: [...line.roles],
          operations: [...line.operations],
          outcome: line.outcome as AuditContent['outcome'],
          personName: name(line.person) ?? hospitalOf(line.person),
        })),
        isCut,
      }
    },
  }

  /** The hospital that this id is of, where it is no person's. */
  function hospitalOf(id: string | null): string | null {
    const members = membersOf(profileOf(context).ledger.state.consortium)
    return members.find(({ memberId }) => toHex(memberId) === id)?.name ?? null
  }

  /** Whoever works with patients sees which entries are one person; others ask by the id alone. */
  async function personAt(patientId: string): Promise<{
    patientIds: string[]
    pseudonyms: string[]
    since: number | undefined
    batchIds: ReadonlySet<string>
  }> {
    if (context.lease()?.session.keys == null)
      return { patientIds: [patientId], pseudonyms: [], since: undefined, batchIds: new Set() }
    return atDesk(context, async (desk) => {
      const patientIds = (await personGroups(desk)).entriesOf(patientId)
      nameLinked(patientIds.slice(1))
      const created = patientIds.flatMap((id) => desk.names.get(id)?.createdAt ?? [])
      const pseudonyms = ((await namesOfPerson(desk, patientId)) ?? []).map(pseudonymOf)
      const { node, keys } = desk
      const sequences: number[] = []
      for (const each of patientIds)
        for (const { sequence } of await visitsOfPatient(node.store, keys.patientIndex, each))
          sequences.push(sequence)
      const batchIds = await batchesWith(node.store, sequences)
      return {
        patientIds,
        pseudonyms,
        since: created.length === 0 ? undefined : Math.min(...created),
        batchIds,
      }
    })
  }
}

function filterOf({ patientId, ...filter }: AskedFilter): AuditFilter {
  return { ...filter, ...(patientId === undefined ? {} : { patientIds: [patientId] }) }
}

async function viewOf(
  { log }: AuditHome,
  name: (person: string | null) => string | null,
  placeName: (placeId: string) => string,
  sequence: number,
  content: AuditContent,
): Promise<AuditEntryView> {
  const { basis, roles, subject, ...rest } = content
  const reason = basis?.reasonHash == null ? null : await log.reasonOf(sequence, basis.reasonHash)
  return {
    ...rest,
    sequence,
    roles: [...roles],
    personName: name(content.person),
    subject: subject.map(([key, value]) => ({
      name: key,
      value: key === 'workPlace' ? placeName(String(value)) : String(value),
    })),
    basis:
      basis === null
        ? null
        : {
            kind: basis.kind,
            reason: reason?.kind === 'text' ? reason.text : null,
            isErased: reason?.kind === 'erased',
          },
    isChanged: false,
  }
}

const changedEntry = (sequence: number): AuditEntryView => ({
  sequence,
  person: null,
  personName: null,
  roles: [],
  at: 0,
  clockBehindMs: 0,
  operation: '',
  act: 'none',
  outcome: 'failed',
  code: null,
  subject: [],
  basis: null,
  isChanged: true,
})

const shown = ({ findings, ...verdict }: AuditVerdict) => ({
  ...verdict,
  findings: findings.map((each) => ({ ...each })),
})
