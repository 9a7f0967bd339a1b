/** Bulk intake and export of files, as jobs. */
import { writeFile } from 'node:fs/promises'
import type { z } from 'zod'
import type { imports as importsContract } from '../../shared/contract/imports.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { ImportSource } from '../imports/import-calls.ts'
import { runExport, type ExportReport } from '../imports/run-export.ts'
import { runImport, type FinishedImport } from '../imports/run-import.ts'
import { asProfileFailure } from '../profile/profile-failure.ts'
import { AccessFailure, leaseOf, nodeOf, profileOf, type ServiceContext } from './context.ts'
import { instantIn } from './facility-time.ts'
import type { Job } from './jobs.ts'
import { rejectsAsCsv } from './rejects-file.ts'

export interface ImportsService {
  readonly handlers: Handlers<typeof importsContract>
  start(source: ImportSource): Promise<Job<FinishedImport>>
}

export function createImportsService(context: ServiceContext): ImportsService {
  const { world, jobs } = context

  async function start(source: ImportSource): Promise<Job<FinishedImport>> {
    const profile = profileOf(context)
    const node = nodeOf(context)
    // The job's own lease: a lock of the screen does not cut it in half.
    const lease = leaseOf(context).share()
    const unit = source.kind === 'files' ? 'bytes' : 'patients'
    const job = jobs.start('import', unit, async (control) => {
      try {
        return await runImport({
          source,
          node,
          session: lease.session,
          crypto: world.crypto,
          now: world.now,
          facility: profile.facts.memberId,
          recordedAt: instantIn(profile.facts.zone, world.now()),
          inTurn: (work) => profile.inTurn(work),
          signal: control.signal,
          onProgress: control.progress,
        })
      } finally {
        lease.release()
      }
    })
    return job
  }

  const finished = (jobId: string): FinishedImport | null => {
    const result = jobs.result(jobId)
    return typeof result === 'object' && result !== null && 'rejects' in result
      ? (result as FinishedImport)
      : null
  }

  return {
    start,
    handlers: {
      chooseFiles: ({ folders }) =>
        context.desktop.chooseFiles({ purpose: 'import', folders, several: true }),
      start: async ({ paths }) => {
        const { jobId } = await start({ kind: 'files', paths })
        return { jobId }
      },
      startSynthetic: async ({ patients, seed, part, of }) => {
        if (!profileOf(context).facts.isSynthetic) throw new AccessFailure({ code: 'not-synthetic' })
        const { jobId } = await start({ kind: 'generated', patients, seed, share: { part, of } })
        return { jobId }
      },
      report: async ({ jobId }) => finished(jobId)?.report ?? null,
      rejects: async ({ jobId, first, count }) => finished(jobId)?.rejects.slice(first, first + count) ?? [],
      saveRejects: async ({ jobId }) => {
        const done = finished(jobId)
        if (done === null) return { path: null }
        const path = await context.desktop.chooseSavePath({ purpose: 'rejects', defaultName: 'rejects.csv' })
        if (path === null) return { path: null }
        try {
          await writeFile(path, rejectsAsCsv(done.rejects), { mode: 0o600 })
        } catch (error) {
          throw asProfileFailure(error, path) ?? error
        }
        return { path }
      },
      startExport: async ({ format, folder, patientId }) => {
        const profile = profileOf(context)
        const lease = leaseOf(context).share()
        const { jobId } = jobs.start('export', 'visits', async (control) => {
          try {
            return await runExport({
              format,
              folder,
              ...(patientId === undefined ? {} : { patientId }),
              storePath: profile.storePath,
              chainId: profile.ledger.chainId,
              authorKeys: profile.ledger.authorKeys(),
              keys: lease.session.keys,
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
        const result = jobs.result(jobId) as z.output<(typeof importsContract)['exportReport']['output']>
        return result !== null && 'folder' in result ? (result satisfies ExportReport) : null
      },
    },
  }
}
