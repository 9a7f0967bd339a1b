/** Running the question against a node that answers as it is told: counted first, fitted at the same state, and whose answer it is. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { newStudy } from '../../../parts/research/new-study.ts'

const ok = (value: unknown) => Promise.resolve({ ok: true, value })
const sessionOf = (userKeyId: string) => ({
  state: 'open',
  person: { userKeyId, name: userKeyId, roles: ['researcher'] },
})
const SNAPSHOT = { chain: 'ab'.repeat(32), upTo: 7, height: 5, hospitals: ['cd'.repeat(16)] }

interface Start {
  readonly study: StudyDocument
  readonly upTo: 'weigh' | 'fit'
}
let starts: Start[]
let persons: number
let states: Map<string, string>
let refusing: unknown[] | null
let announce: (session: unknown) => void
let holding: Promise<void>

beforeEach(() => {
  vi.resetModules()
  starts = []
  persons = 50
  states = new Map()
  refusing = null
  holding = Promise.resolve()
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('window', {
    addEventListener: () => {},
    consilium: {
      on(service: string, event: string, listener: (payload: unknown) => void) {
        if (service === 'app' && event === 'sessionChanged') announce = listener
        return () => {}
      },
      app: { session: () => ok(sessionOf('ada')), settings: () => ok({ locale: 'en' }) },
      jobs: {
        list: async () => {
          await holding
          return ok([...states].map(([jobId, state]) => ({ jobId, state })))
        },
      },
      studies: {
        kept: () => ok(null),
        keep: () => ok({ isKept: true, savedAt: 1 }),
        history: () => ok({ runs: [], models: [] }),
        start(given: Start) {
          if (refusing !== null) return ok({ kind: 'refused', problems: refusing })
          starts.push(given)
          const jobId = `job-${starts.length}`
          if (!states.has(jobId)) states.set(jobId, 'done')
          return ok({ kind: 'started', jobId })
        },
        answer({ jobId }: { jobId: string }) {
          const { upTo } = starts[Number(jobId.slice(4)) - 1]!
          const schema = upTo === 'weigh' ? 'study-weighed/1' : 'study-result/1'
          const result = JSON.stringify({ schema, intervals: { attrition: [{ step: 'cohort', persons }] } })
          return ok({ kind: 'ran', snapshot: SNAPSHOT, engine: 'study/3', result, hash: jobId })
        },
      },
    },
  })
})
afterEach(() => vi.unstubAllGlobals())

async function room() {
  const { useQuestion } = await import('./use-question.ts')
  await Promise.resolve()
  return { run: useQuestion.getState().run, now: () => useQuestion.getState() }
}

it('counts without fitting, and fits at the state that was counted', async () => {
  const { run, now } = await room()
  await run(newStudy(), 'weigh')
  expect(starts.map(({ upTo, study }) => [upTo, study.snapshot])).toEqual([['weigh', null]])
  expect([now().weighed?.answer.schema, now().fitted, now().isRunning]).toEqual([
    'study-weighed/1',
    null,
    false,
  ])
  await run(newStudy(), 'fit')
  expect(starts.slice(1).map(({ upTo, study }) => [upTo, study.snapshot, study.engine])).toEqual([
    ['weigh', null, null],
    ['fit', SNAPSHOT, 'study/3'],
  ])
  // What was asked names no state: nothing is stale only because it was run.
  const { isStale } = await import('./found.ts')
  expect(isStale(now().fitted!, newStudy(), 'models')).toBe(false)
  expect(now().fitted?.pinned.snapshot).toEqual(SNAPSHOT)
  const changed = { ...newStudy(), cleaning: null }
  expect(isStale(now().fitted!, changed, 'models')).toBe(true)
})

it('fits nothing where nobody is at risk, and keeps what was found when it is refused or cancelled', async () => {
  const { run, now } = await room()
  persons = 0
  await run(newStudy(), 'fit')
  expect(starts.map(({ upTo }) => upTo)).toEqual(['weigh'])
  persons = 50
  await run(newStudy(), 'fit')
  const before = now().fitted
  expect(before).not.toBeNull()
  states.set(`job-${starts.length + 1}`, 'cancelled')
  await run(newStudy(), 'fit')
  expect([now().isCancelled, now().fitted]).toEqual([true, before])
  refusing = [{ kind: 'nothing-to-estimate', model: 0 }]
  await run(newStudy(), 'fit')
  expect([now().isCancelled, now().refusals, now().fitted]).toEqual([false, refusing, before])
})

it('shows nobody the answer to somebody else’s question', async () => {
  const { run, now } = await room()
  const { session } = await import('../../../lib/session.ts')
  session.subscribe(() => {})
  await vi.waitFor(() => expect(session.now()).toBeDefined())
  let release = (): void => {}
  holding = new Promise((resolve) => {
    release = resolve
  })
  const running = run(newStudy(), 'fit')
  await vi.waitFor(() => expect(starts).toHaveLength(1))
  announce(sessionOf('bo'))
  release()
  await running
  expect([now().weighed, now().fitted, now().isRunning]).toEqual([null, null, false])
})
