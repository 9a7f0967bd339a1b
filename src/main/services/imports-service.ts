/** Bulk intake and export of files, as jobs. */
import { writeFile } from 'node:fs/promises'
import { version as applicationVersion } from '../../../package.json' with { type: 'json' }
import type { z } from 'zod'
import type { ImportList, imports as importsContract } from '../../shared/contract/imports.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { ImportSource } from '../imports/import-calls.ts'
import { runExport, type ExportReport } from '../imports/run-export.ts'
import type { FinishedImport } from '../imports/run-import.ts'
import { asWritingFailure } from '../profile/profile-failure.ts'
import { createBatchesService } from './batches-service.ts'
import { expectConfirmed } from './confirmations.ts'
import {
  AccessFailure,
  atDesk,
  leaseOf,
  patientsOf,
  personOf,
  profileOf,
  type ServiceContext,
} from './context.ts'
import { listAsCsv, listName } from './import-lists.ts'
import type { Job } from './jobs.ts'
import { personGroups } from './person-groups.ts'
import { createWatchedService } from './watched-service.ts'

export interface ImportsService {
  readonly handlers: Handlers<typeof importsContract>
  start(source: ImportSource): Promise<Job<FinishedImport>>
  /** Looks at watched folders until `close`: for callers that stay. */
  startLooking(): void
  close(): void
}

export function createImportsService(context: ServiceContext): ImportsService {
  const { jobs } = context

  const batches = createBatchesService(context)
  const { start } = batches
  const watched = createWatchedService(context, batches)

  /** Whoever works with patients and speaks for the house, with the passphrase; others hear of it before the first file is written. */
  async function mayExportAll(): Promise<void> {
    const person = personOf(leaseOf(context), profileOf(context).roster)
    if (person?.roles.includes('administrator') !== true) throw new AccessFailure({ code: 'not-permitted' })
    expectConfirmed()
    await context.openings?.()?.exportedAll(person)
  }

  const finished = (jobId: string): FinishedImport | null => {
    const result = jobs.result(jobId, 'import')
    return typeof result === 'object' && result !== null && 'rejects' in result
      ? (result as FinishedImport)
      : null
  }

  return {
    start,
    startLooking: () => watched.startLooking(),
    close: () => watched.close(),
    handlers: {
      ...batches.handlers,
      ...watched.handlers,
      chooseFiles: ({ folders }) =>
        context.desktop.chooseFiles({ purpose: 'import', folders, several: true }),
      start: async ({ paths, mapping }) => {
        const { zone } = profileOf(context).facts
        const { jobId } = await start({ kind: 'files', paths, mapping: mapping ?? null, zone })
        return { jobId }
      },
      startSynthetic: async ({ patients, seed, part, of, population, insurers }) => {
        if (!profileOf(context).facts.isSynthetic) throw new AccessFailure({ code: 'not-synthetic' })
        const { jobId } = await start({
          kind: 'generated',
          patients,
          seed,
          share: { part, of },
          population,
          insurers,
        })
        return { jobId }
      },
      report: async ({ jobId }) => finished(jobId)?.report ?? null,
      rejects: async ({ jobId, first, count, list }) =>
        listOf(finished(jobId), list).slice(first, first + count),
      saveRejects: async ({ jobId, list, sentences }) => {
        const done = finished(jobId)
        if (done === null) return { path: null }
        const path = await context.desktop.chooseSavePath({ purpose: 'rejects', defaultName: listName(list) })
        if (path === null) return { path: null }
        try {
          await writeFile(path, listAsCsv(listOf(done, list), list, sentences), { mode: 0o600 })
        } catch (error) {
          throw asWritingFailure(error, path) ?? error
        }
        return { path }
      },
      startExport: async ({ format, folder, patientId }) => {
        const profile = profileOf(context)
        const asking = leaseOf(context)
        const { keys } = patientsOf(asking)
        if (patientId === undefined) await mayExportAll()
        // A person may have several entries here, joined by links: the file is of the person.
        const patientIds =
          patientId === undefined
            ? undefined
            : await atDesk(context, async (desk) => (await personGroups(desk)).entriesOf(patientId))
        const lease = asking.share()
        const { jobId } = jobs.start('export', 'visits', async (control) => {
          try {
            return await runExport({
              format,
              folder,
              ...(patientIds === undefined ? {} : { patientIds }),
              storePath: profile.storePath,
              chainId: profile.ledger.chainId,
              authorKeys: profile.ledger.authorKeys(),
              authorKeysEver: await profile.ledger.authorKeysEver(),
              keys,
              software: { name: 'Consilium', version: applicationVersion },
              signal: control.signal,
              onProgress: control.progress,
            })
          } finally {
            lease.release()
          }
        })
        return { jobId }
      },
      exportReport: async ({ jobId }) => {
        const result = jobs.result(jobId, 'export') as z.output<
          (typeof importsContract)['exportReport']['output']
        >
        return result !== null && 'folder' in result ? (result satisfies ExportReport) : null
      },
    },
  }
}

function listOf(done: FinishedImport | null, list: ImportList | undefined): FinishedImport['rejects'] {
  if (done === null) return []
  return list === 'unusual' ? done.unusual : done.rejects
}
