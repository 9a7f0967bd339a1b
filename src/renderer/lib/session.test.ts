/** What stores of one person are told when another one comes. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const sessionOf = (userKeyId: string, role: string) => ({
  state: 'open',
  person: { userKeyId, name: userKeyId, roles: [role] },
})

let announce: (session: unknown) => void
beforeEach(() => {
  vi.resetModules()
  vi.stubGlobal('window', {
    consilium: {
      on(service: string, event: string, listener: (payload: unknown) => void) {
        if (service === 'app' && event === 'sessionChanged') announce = listener
        return () => {}
      },
      app: { session: () => Promise.resolve({ ok: true, value: sessionOf('ada', 'researcher') }) },
    },
  })
})
afterEach(() => vi.unstubAllGlobals())

it('forgets for everybody, and begins anew only for whoever may ask what it asks', async () => {
  const { ofOnePerson } = await import('./session.ts')
  const told: string[] = []
  ofOnePerson(
    () => told.push('forget'),
    () => told.push('come'),
    'studies.history',
  )
  await vi.waitFor(() => expect(told).toEqual(['come']))
  announce(sessionOf('cy', 'checker'))
  expect(told).toEqual(['come', 'forget'])
  announce(sessionOf('ben', 'researcher'))
  expect(told).toEqual(['come', 'forget', 'forget', 'come'])
})
