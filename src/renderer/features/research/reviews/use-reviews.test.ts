/** Whose package is open, and whose numbers are typed beside it. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const ok = (value: unknown) => Promise.resolve({ ok: true, value })
const sessionOf = (userKeyId: string) => ({
  state: 'open',
  person: { userKeyId, name: userKeyId, roles: ['reviewer'] },
})
let announce: (session: unknown) => void

beforeEach(() => {
  vi.resetModules()
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('window', {
    addEventListener: () => {},
    consilium: {
      on(service: string, event: string, listener: (payload: unknown) => void) {
        if (service === 'app' && event === 'sessionChanged') announce = listener
        return () => {}
      },
      app: { session: () => ok(sessionOf('rita')), settings: () => ok({ locale: 'en' }) },
      reviews: {
        open: () => ok({ kind: 'opened', packageHash: 'ab', name: 'a.zip' }),
        compare: ({ claims }: { claims: { name: string; value: string }[] }) =>
          ok(
            claims.map((claim) => ({
              ...claim,
              verdict: claim.name === 'patients' ? 'same' : 'no-such-cell',
            })),
          ),
      },
    },
  })
})
afterEach(() => vi.unstubAllGlobals())

it('is shown to nobody else, is there for whoever comes back, and goes with the institution', async () => {
  const { useReviews } = await import('./use-reviews.ts')
  const { session } = await import('../../../lib/session.ts')
  await vi.waitFor(() => expect(session.now()).toMatchObject({ state: 'open' }))
  await useReviews.getState().open()
  useReviews.getState().claim('patients', '120')
  announce(sessionOf('omar'))
  expect(useReviews.getState()).toMatchObject({ opened: null, claims: {} })
  announce(sessionOf('rita'))
  expect(useReviews.getState()).toMatchObject({ opened: { name: 'a.zip' }, claims: { patients: '120' } })
  announce({ state: 'none' })
  announce(sessionOf('rita'))
  expect(useReviews.getState()).toMatchObject({ opened: null, claims: {} })
})

it('forgets a name that no number had when numbers are taken again, and keeps the others', async () => {
  const { useReviews } = await import('./use-reviews.ts')
  const { open, take } = useReviews.getState()
  await open()
  await take([{ name: 'pateints', value: '120' }])
  expect(useReviews.getState().compared).toMatchObject([{ name: 'pateints', verdict: 'no-such-cell' }])
  await take([{ name: 'patients', value: '120' }])
  expect(useReviews.getState().claims).toEqual({ patients: '120' })
  expect(useReviews.getState().compared).toMatchObject([{ name: 'patients', verdict: 'same' }])
  await take([{ name: 'cases', value: '7' }])
  expect(useReviews.getState().claims).toEqual({ patients: '120', cases: '7' })
})
