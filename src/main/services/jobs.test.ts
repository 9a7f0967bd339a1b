import { describe, expect, it } from 'vitest'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import { Failure } from '../../shared/std/failure.ts'
import { createJobs } from './jobs.ts'

function withEvents() {
  const events: JobProgress[] = []
  let time = 0
  const jobs = createJobs(
    (_service, _event, payload) => events.push(payload as JobProgress),
    () => time,
  )
  return { jobs, events, advance: (ms: number) => (time += ms) }
}

describe('jobs', () => {
  it('tells rate and time left, and keeps the result', async () => {
    const { jobs, events, advance } = withEvents()
    const { jobId, finished } = jobs.start('import', 'visits', async (control) => {
      advance(1000)
      control.progress(100, 300)
      return 'report'
    })
    expect(await finished).toBe('report')
    expect(jobs.result(jobId, 'import')).toBe('report')
    expect(events.map(({ state }) => state)).toEqual(['running', 'running', 'done'])
    expect(events[1]).toMatchObject({ done: 100, total: 300, rate: 100, secondsLeft: 2 })
  })

  it('begins anew where another thing is counted, and not where the same is', async () => {
    const { jobs, advance } = withEvents()
    const told: JobProgress[] = []
    const now = async () => told.push((await jobs.handlers.list())[0]!)
    const { finished } = jobs.start('study', 'patients', async (control) => {
      advance(1000)
      control.counting('patients')
      control.progress(500, 1000)
      await now()
      control.counting('passes')
      await now()
      advance(2000)
      control.progress(4, null)
      await now()
    })
    await finished
    expect(told).toMatchObject([
      { unit: 'patients', done: 500, total: 1000, rate: 500, secondsLeft: 1 },
      { unit: 'passes', done: 0, total: null, rate: null, secondsLeft: null },
      { unit: 'passes', done: 4, total: null, rate: 2 },
    ])
  })

  it('sends a few events a second, however often the work reports', async () => {
    const { jobs, events, advance } = withEvents()
    const { finished } = jobs.start('verify', 'blocks', async (control) => {
      for (let i = 0; i < 1000; i++) {
        advance(1)
        control.progress(i, 1000)
      }
    })
    await finished
    expect(events.length).toBeLessThan(14)
  })

  it('ends cancelled when the work heard the signal', async () => {
    const { jobs } = withEvents()
    const { jobId, finished } = jobs.start('import', 'visits', async ({ signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      signal.throwIfAborted()
    })
    expect(await jobs.handlers.cancel({ jobId })).toEqual({ isCancelled: true })
    expect(await finished).toBeNull()
    expect((await jobs.handlers.list())[0]?.state).toBe('cancelled')
    expect(await jobs.handlers.cancel({ jobId })).toEqual({ isCancelled: false })
  })

  it('answers a result under its own kind and to whoever started it; of the chain to everybody', async () => {
    let who: string | null = 'ada'
    const mine = withEvents().jobs.of(() => who)
    const visits = mine.start('work-list', 'visits', async () => 'of patients')
    const blocks = mine.start('verify', 'blocks', async () => 'of the chain')
    await Promise.all([visits.finished, blocks.finished])
    expect(mine.result(visits.jobId, 'work-list')).toBe('of patients')
    expect(mine.result(visits.jobId, 'verify')).toBeNull()
    for (const other of ['bo', null]) {
      who = other
      expect(mine.result(visits.jobId, 'work-list')).toBeNull()
      expect(mine.result(blocks.jobId, 'verify')).toBe('of the chain')
    }
    who = 'ada'
    // Somebody was erased.
    mine.forgetPatients()
    expect(mine.result(visits.jobId, 'work-list')).toBeNull()
    expect(mine.result(blocks.jobId, 'verify')).toBe('of the chain')
  })

  it('says which of a kind run, whoever started it', async () => {
    const { jobs } = withEvents()
    let end = (): void => {}
    const { jobId, finished } = jobs
      .of(() => 'ada')
      .start('verify', 'blocks', () => new Promise<void>((resolve) => (end = resolve)))
    expect(jobs.running('verify')).toEqual([jobId])
    expect(jobs.running('import')).toEqual([])
    end()
    await finished
    expect(jobs.running('verify')).toEqual([])
  })

  it('ends failed with the code of a failure', async () => {
    const { jobs } = withEvents()
    const { finished } = jobs.start('export', 'visits', async () => {
      throw new Failure({ code: 'disk-full' })
    })
    expect(await finished).toBeNull()
    expect((await jobs.handlers.list())[0]).toMatchObject({ state: 'failed', error: { code: 'disk-full' } })
  })
})
