/** Whose numbers an output is marked as: what the run itself said, whatever became of the records since. */
import { describe, expect, it } from 'vitest'
import type { AnalysisHome } from '../analytics/analysis-home.ts'
import type { ServiceContext } from './context.ts'
import { createReleasesCore } from './releases-service.ts'

const RAN = {
  study: { kind: 'ran', hash: 'ab'.repeat(32), snapshot: { upTo: 4 } },
  pathways: { kind: 'traversed', hash: 'cd'.repeat(32), upTo: 4 },
  compare: { kind: 'compared', hash: 'ef'.repeat(32), upTo: 4 },
}

/** A university whose records are being made again, or whose thread failed, at the time of the release. */
function core(isTwin: boolean, state: ReturnType<AnalysisHome['state']>) {
  const context = {
    profile: () => ({ facts: { institutionName: 'East' } }),
    analysis: () => ({ state: () => state, isTwin: () => isTwin }),
    jobs: {
      result: (jobId: string, kind: string) =>
        kind === jobId ? { ...RAN[kind as keyof typeof RAN], isTwin } : null,
    },
  }
  return createReleasesCore(context as unknown as ServiceContext)
}

describe('the mark of an output', () => {
  it('is that of the run, though its twin is gone by now', async () => {
    for (const state of [
      { kind: 'failed', reason: 'memory' },
      { kind: 'no-records' },
      { kind: 'filling', isTwin: false, done: 0, total: 0 },
    ] as const) {
      const { mark, make } = core(true, state)
      for (const jobId of [...Object.keys(RAN), null]) {
        expect((await mark({ jobId, locale: 'en' })).line).toMatch(/^Synthetic twin: invented people/)
        const output = { kind: 'table', as: 'csv', name: 'x', content: 'a\r\n' } as const
        const made = await make({ jobId, locale: 'en', output })
        expect(made.kind === 'made' && Buffer.from(made.bytes, 'base64').toString()).toContain(
          'invented people',
        )
      }
    }
  })

  it('says that a fit is of a table that a person brought along, and is none of what it does not find', async () => {
    const context = {
      profile: () => ({ facts: { institutionName: 'East' } }),
      analysis: () => null,
      jobs: { result: (jobId: string, kind: string) => (jobId === kind ? { fitted: '{}' } : null) },
    }
    const { mark } = createReleasesCore(context as unknown as ServiceContext)
    expect((await mark({ jobId: 'fit', locale: 'en' })).line).toMatch(
      /^Of a table that a person brought along/,
    )
    expect((await mark({ jobId: 'fit', locale: 'zh-Hant' })).line).toMatch(/^取自使用者自行帶入的表格/)
    expect((await mark({ jobId: 'gone', locale: 'en' })).line).toBeNull()
  })

  it('names the institution whose own records were asked', async () => {
    const { mark } = core(false, { kind: 'filling', isTwin: true, done: 0, total: 0 })
    for (const jobId of [...Object.keys(RAN), null])
      expect((await mark({ jobId, locale: 'en' })).line).toMatch(/^For use within East only/)
  })
})
