/** Jobs in the window with a node whose answers and events may overtake each other. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { JobProgress } from '../../shared/contract/jobs.ts'

const jobOf = (state: JobProgress['state']): JobProgress => ({
  jobId: 'a',
  kind: 'fit',
  state,
  done: 0,
  total: null,
  unit: 'passes',
  startedAt: 1,
  rate: null,
  secondsLeft: null,
})

let tell: (job: JobProgress) => void
/** Answers the next question for the list of jobs. */
let answers: ((jobs: JobProgress[]) => void)[]

beforeEach(() => {
  vi.resetModules()
  answers = []
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('window', {
    addEventListener: () => {},
    consilium: {
      on(service: string, event: string, listener: (payload: never) => void) {
        if (service === 'jobs' && event === 'progress') tell = listener as typeof tell
        return () => {}
      },
      app: { session: () => new Promise(() => {}), settings: () => new Promise(() => {}) },
      jobs: {
        list: () =>
          new Promise((answer) => {
            answers.push((value) => answer({ ok: true, value }))
          }),
      },
    },
  })
})
afterEach(() => vi.unstubAllGlobals())

it('a list that was made while a job ran, and comes after its end, does not bring it back', async () => {
  const { jobEnded } = await import('./jobs.ts')
  const ended = jobEnded('a')
  tell(jobOf('done'))
  for (const answer of answers) answer([jobOf('running')])
  await expect(ended).resolves.toMatchObject({ state: 'done' })
  // Who asks again afterwards still hears of the end.
  const again = jobEnded('a')
  answers.at(-1)!([jobOf('running')])
  await expect(again).resolves.toMatchObject({ state: 'done' })
})

it('a job that runs is heard of by its events and by lists alike', async () => {
  const { jobEnded } = await import('./jobs.ts')
  const ended = jobEnded('a')
  for (const answer of answers) answer([jobOf('running')])
  await Promise.resolve()
  tell({ ...jobOf('running'), done: 5 })
  tell(jobOf('failed'))
  await expect(ended).resolves.toMatchObject({ state: 'failed' })
})

it('a list that was asked for the person before says nothing to the next one', async () => {
  const { followJob, forgetJobs, jobEnded } = await import('./jobs.ts')
  const asked = followJob()
  forgetJobs()
  for (const answer of answers) answer([jobOf('done')])
  await asked
  const isKnown = vi.fn()
  void jobEnded('a').then(isKnown)
  answers.at(-1)!([])
  await new Promise((soon) => setTimeout(soon, 10))
  expect(isKnown).not.toHaveBeenCalled()
})
