/** The question under work with a node that only remembers: kept after a change, taken back, and never another person's. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StudyDocument } from '../../../shared/domain/study.ts'

const ok = (value: unknown) => Promise.resolve({ ok: true, value })
const sessionOf = (userKeyId: string) => ({
  state: 'open',
  person: { userKeyId, name: userKeyId, roles: ['researcher'] },
})

let keptBy: Map<string, StudyDocument>
let keeps: string[]
let who: string
let announce: (session: unknown) => void

beforeEach(() => {
  vi.useFakeTimers()
  vi.resetModules()
  keptBy = new Map()
  keeps = []
  who = 'ada'
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('window', {
    addEventListener: () => {},
    consilium: {
      on(service: string, event: string, listener: (payload: unknown) => void) {
        if (service === 'app' && event === 'sessionChanged') announce = listener
        return () => {}
      },
      app: { session: () => ok(sessionOf(who)), settings: () => ok({ locale: 'en' }) },
      studies: {
        kept: () => ok(keptBy.has(who) ? { study: keptBy.get(who), savedAt: 1 } : null),
        keep({ study }: { study: StudyDocument }) {
          keeps.push(study.title)
          keptBy.set(who, study)
          return ok({ isKept: true, savedAt: 1 })
        },
      },
    },
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function opened() {
  const { useStudy } = await import('./study-under-work.ts')
  await vi.advanceTimersByTimeAsync(1)
  const now = () => useStudy.getState()
  const titled = (title: string) => now().change({ ...now().study, title })
  return { now, titled }
}

it('is kept once after several changes, under the name that stands in for none', async () => {
  const { now, titled } = await opened()
  expect(now().keeping).toBe('none')
  titled('A')
  titled('')
  expect(now().keeping).toBe('waiting')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(keeps).toEqual(['Study'])
  expect(now().keeping).toBe('kept')
})

it('takes each change back and again, and keeps what is then on the screen', async () => {
  const { now, titled } = await opened()
  titled('A')
  titled('B')
  // The same again is no step.
  titled('B')
  now().undo()
  expect(now().study.title).toBe('A')
  now().redo()
  expect(now().study.title).toBe('B')
  now().undo()
  now().undo()
  now().undo()
  expect(now().study.title).toBe('')
  titled('C')
  expect(now().after).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(keeps).toEqual(['C'])
})

it('is forgotten for another person, of whom nothing is overwritten', async () => {
  const { now, titled } = await opened()
  titled('Ada’s')
  await vi.advanceTimersByTimeAsync(2_000)
  titled('Ada’s, changed')
  who = 'bo'
  announce(sessionOf('bo'))
  expect(now().study.title).toBe('')
  expect(now().before).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(keeps).toEqual(['Ada’s'])
  expect(keptBy.has('bo')).toBe(false)
})

it('comes back after a lock as it was, and is kept then', async () => {
  const { now, titled } = await opened()
  titled('Before the lock')
  announce({ state: 'locked' })
  expect(now().study.title).toBe('Before the lock')
  announce(sessionOf('ada'))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(keeps.at(-1)).toBe('Before the lock')
})
