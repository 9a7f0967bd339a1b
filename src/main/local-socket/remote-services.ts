/**
 * The services of a profile that another process on this machine has open: the same contract over its local socket, so
 * that one window can look at any of several institutions. Dialogs stay with this process.
 */
import { writeFile } from 'node:fs/promises'
import { contract, type AllHandlers, type EmitEvent } from '../../shared/contract/index.ts'
import type { Reply } from '../../shared/contract/kit.ts'
import type { ImportList, ImportReject } from '../../shared/contract/imports.ts'
import type { TrialIssue } from '../../shared/contract/tables.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Desktop } from '../desktop.ts'
import type { Credentials } from '../node/vault/people-keys.ts'
import { readModelFile } from '../services/models-service.ts'
import { issuesAsCsv } from '../services/issues-file.ts'
import { listAsCsv, listName } from '../services/import-lists.ts'
import { createAuditDesk } from '../services/audit-desk.ts'
import type { AuditCore } from '../services/audit-service.ts'
import { createProofsDesk } from '../services/proofs-desk.ts'
import { createReleasesDesk, saveFit } from '../services/releases-desk.ts'
import { chosenStudy } from '../services/studies-service.ts'
import { createSummaryDesk } from '../services/summary-desk.ts'
import { answerFrom } from './asked-desktop.ts'
import { connectLocal } from './client.ts'

export interface RemoteServices {
  /** Of the person whose passphrase was given, as records and the audit name them; null without one. */
  readonly userKeyId: string | null
  readonly handlers: Omit<AllHandlers, 'app'>
  close(): void
}

/** What the other process answered; `detail` is its failure's detail. */
export class RemoteFailure extends Failure<{ code: string }> {}

const REJECTS_PAGE = 1_000

/**
 * @param emit what the institution says of itself: its status, its segments, its jobs
 * @returns null where nobody has the profile open
 * @throws {RemoteFailure} `wrong-passphrase` and others of the contract's `openRefusal`
 */
export async function connectServices(
  folder: string,
  credentials: Credentials | null,
  desktop: Desktop,
  emit: EmitEvent,
): Promise<RemoteServices | null> {
  const connected = await connectLocal(folder, credentials?.passphrase ?? null, credentials?.account)
  if (connected.kind === 'nobody') return null
  if (connected.kind === 'refused') throw failureOf(connected.code, connected.detail)
  const { client, userKeyId } = connected
  // A process of the same program and version: what it says fits the contract.
  client.onEvent((service, event, payload) =>
    emit(service as 'node', event as 'statusChanged', payload as never),
  )

  client.onAsk(answerFrom(desktop))
  return {
    userKeyId,
    handlers: servicesOver((name, input) => client.call(name, input), desktop),
    close: () => client.close(),
  }
}

/**
 * The contract over any line to a process that has an institution open; dialogs and files of the person stay here.
 * @param ask throws nothing: what was refused is a reply
 */
export function servicesOver(
  ask: (name: string, input: unknown) => Promise<Reply<unknown>>,
  desktop: Desktop,
): Omit<AllHandlers, 'app'> {
  const call = async (name: string, input: unknown): Promise<unknown> => {
    const reply = await ask(name, input)
    if (reply.ok) return reply.value
    throw failureOf(reply.error.code, reply.error.detail)
  }
  const forwarded = Object.fromEntries(
    Object.entries(contract).map(([service, methods]) => [
      service,
      Object.fromEntries(
        Object.keys(methods).map((method) => [
          method,
          (input: unknown) => call(`${service}.${method}`, input),
        ]),
      ),
    ]),
  ) as unknown as AllHandlers

  async function chosenCodes(): Promise<string | null> {
    const [path] = await desktop.chooseFiles({ purpose: 'codes', folders: false, several: false })
    return path ?? null
  }

  async function allOfList(jobId: string, list: ImportList | undefined): Promise<ImportReject[]> {
    const all: ImportReject[] = []
    for (;;) {
      const page = await forwarded.imports.rejects({ jobId, first: all.length, count: REJECTS_PAGE, list })
      all.push(...page)
      if (page.length < REJECTS_PAGE) return all
    }
  }

  async function allIssues(jobId: string): Promise<TrialIssue[]> {
    const all: TrialIssue[] = []
    for (;;) {
      const page = await forwarded.tables.issues({ jobId, first: all.length, count: REJECTS_PAGE })
      all.push(...page)
      if (page.length < REJECTS_PAGE) return all
    }
  }

  return {
    ...forwarded,
    codes: {
      ...forwarded.codes,
      async previewFile(input) {
        const path = input.path ?? (await chosenCodes())
        return path === null ? { kind: 'cancelled' } : forwarded.codes.previewFile({ ...input, path })
      },
      async importMap(input) {
        const path = input.path ?? (await chosenCodes())
        return path === null ? { kind: 'cancelled' } : forwarded.codes.importMap({ path })
      },
    },
    proofs: createProofsDesk(desktop, forwarded.proofs),
    releases: createReleasesDesk(desktop, forwarded.releases, forwarded.studies.intervals),
    studies: { ...forwarded.studies, openFile: () => chosenStudy(desktop) },
    summaries: createSummaryDesk(desktop, forwarded.summaries),
    audit: createAuditDesk(desktop, forwarded.audit as AuditCore),
    models: {
      ...forwarded.models,
      async chooseTable() {
        const [path] = await desktop.chooseFiles({ purpose: 'table', folders: false, several: false })
        return path ?? null
      },
      async chooseModel() {
        const [path] = await desktop.chooseFiles({ purpose: 'model', folders: false, several: false })
        return path === undefined ? null : readModelFile(path)
      },
      async saveResult({ jobId }) {
        const result = await forwarded.models.result({ jobId })
        if (result === null) return { path: null }
        return saveFit(desktop, result.line)
      },
    },
    tables: {
      ...forwarded.tables,
      async saveIssues({ jobId, sentences }) {
        if ((await forwarded.tables.trialReport({ jobId })) === null) return { path: null }
        const path = await desktop.chooseSavePath({ purpose: 'rejects', defaultName: 'import-check.csv' })
        if (path !== null)
          await writeFile(path, issuesAsCsv(await allIssues(jobId), sentences), { mode: 0o600 })
        return { path }
      },
    },
    imports: {
      ...forwarded.imports,
      chooseFiles: ({ folders }) => desktop.chooseFiles({ purpose: 'import', folders, several: true }),
      async saveRejects({ jobId, list, sentences }) {
        if ((await forwarded.imports.report({ jobId })) === null) return { path: null }
        const path = await desktop.chooseSavePath({ purpose: 'rejects', defaultName: listName(list) })
        if (path !== null)
          await writeFile(path, listAsCsv(await allOfList(jobId, list), list, sentences), { mode: 0o600 })
        return { path }
      },
    },
  }
}

/** What a process of ours refused, as the failure that it was there. */
export function failureOf(code: string, detail: unknown): RemoteFailure {
  return new RemoteFailure({ ...(typeof detail === 'object' ? detail : {}), code })
}
