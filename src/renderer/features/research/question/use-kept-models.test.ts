/** Kept models against a node that answers as it is told: asked once, kept with each change, and nobody else's. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { KeptModelText } from '../../../../shared/contract/study-history.ts'
import { newStudy } from '../../../parts/research/new-study.ts'
import type { KeptModel } from './model-comparison.ts'

const ok = (value: unknown) => Promise.resolve({ ok: true, value })
const sessionOf = (userKeyId: string) => ({
  state: 'open',
  person: { userKeyId, name: userKeyId, roles: ['researcher'] },
})
const model = (resultHash: string): KeptModel => ({
  id: `${resultHash} 0`,
  study: newStudy(),
  m: 0,
  persons: 40,
  events: 20,
  hash: 'h',
  resultHash,
  fit: { family: 'cox', n: 40, dropped: 0, warnings: [] },
})
const textOf = ({ id: _, fit, ...of }: KeptModel): KeptModelText => ({ ...of, fit: JSON.stringify(fit) })

let stored: KeptModelText[]
let asked: number
let canKeep: boolean
let announce: (session: unknown) => void
beforeEach(() => {
  vi.resetModules()
  stored = []
  asked = 0
  canKeep = true
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('window', {
    addEventListener: () => {},
    consilium: {
      on(service: string, event: string, listener: (payload: unknown) => void) {
        if (service === 'app' && event === 'sessionChanged') announce = listener
        return () => {}
      },
      app: { session: () => ok(sessionOf('ada')), settings: () => ok({ locale: 'en' }) },
      studies: {
        history() {
          asked++
          return ok({ runs: [], models: stored })
        },
        keepModels({ add, remove }: { add: KeptModelText[]; remove: KeptModelText[] }) {
          if (canKeep) {
            const left = stored.filter(
              ({ resultHash }) => !remove.some((each) => each.resultHash === resultHash),
            )
            stored = [...left, ...add]
          }
          return ok({ isKept: canKeep, models: stored })
        },
      },
    },
  })
})
afterEach(() => vi.unstubAllGlobals())

async function room() {
  const { useKeptModels, loadHistory } = await import('./use-kept-models.ts')
  await Promise.resolve()
  return { now: () => useKeptModels.getState(), loadHistory }
}

it('finds what was kept, and what is no answer of a fit is left out', async () => {
  stored = [textOf(model('a')), { ...textOf(model('b')), fit: 'no JSON' }, { ...textOf(model('c')), m: 7 }]
  const { now, loadHistory } = await room()
  await loadHistory()
  expect(now().kept).toEqual([model('a')])
})

it('keeps every change at once, each model once, and says where the node cannot', async () => {
  const { now } = await room()
  now().keep(model('a'))
  now().keep(model('b'))
  now().keep(model('a'))
  await vi.waitFor(() => expect(stored).toEqual([textOf(model('a')), textOf(model('b'))]))
  now().remove('a 0')
  await vi.waitFor(() => expect(stored).toEqual([textOf(model('b'))]))
  canKeep = false
  now().clear()
  await vi.waitFor(() => expect(now().isOnNode).toBe(false))
  expect(stored).toHaveLength(1)
})

it('loses nothing that was kept before it had answered, nor what another window keeps', async () => {
  stored = [textOf(model('a'))]
  const { now, loadHistory } = await room()
  now().keep(model('b'))
  await loadHistory()
  await vi.waitFor(() => expect(now().kept).toEqual([model('a'), model('b')]))
  expect(stored).toEqual([textOf(model('a')), textOf(model('b'))])
  stored = [...stored, textOf(model('c'))]
  now().remove('a 0')
  await vi.waitFor(() => expect(now().kept).toEqual([model('b'), model('c')]))
  expect(stored).toEqual([textOf(model('b')), textOf(model('c'))])
})

it('shows what the node cannot keep beside what it has, and forgets with the person', async () => {
  stored = [textOf(model('a'))]
  canKeep = false
  const { now, loadHistory } = await room()
  now().keep(model('b'))
  await loadHistory()
  await loadHistory()
  expect(now().kept).toEqual([model('a'), model('b')])
  announce(sessionOf('ben'))
  expect(now().kept).toEqual([])
})
