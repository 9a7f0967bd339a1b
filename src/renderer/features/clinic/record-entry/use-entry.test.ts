import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Patient } from '../../../../shared/contract/patients.ts'

/** A facility where it is tomorrow while this machine still has today. */
const ZONE = 'Pacific/Kiritimati'
const open = { state: 'open', chainId: 'c', zone: ZONE, person: { userKeyId: 'k', roles: [] } }
const locked = { state: 'locked' }
const patient = { patientId: 'p1', name: '王小明', sex: 'female' } as unknown as Patient

const listeners = new Map<string, (payload: unknown) => void>()
const tell = (session: unknown) => listeners.get('app.sessionChanged')?.(session)

async function openRoom() {
  vi.stubGlobal('window', {
    addEventListener: () => undefined,
    consilium: {
      app: { session: async () => ({ ok: true, value: open }) },
      records: { saveDraft: async () => ({ ok: true, value: { savedAt: Date.now() } }) },
      templates: {},
      on: (service: string, event: string, listener: (payload: unknown) => void) =>
        listeners.set(`${service}.${event}`, listener),
    },
  })
  vi.stubGlobal('document', { addEventListener: () => undefined })
  return import('./use-entry.ts')
}

describe('the form of a visit', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-29T10:41:00Z') }))
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('begins when it is for somebody, by the clock of the facility, also after the room was locked', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    // The room has stood open for an hour, and the session was locked in between.
    tell(locked)
    tell(open)
    vi.setSystemTime(Date.parse('2026-11-29T11:50:00Z'))
    useEntry.getState().choosePatient(patient)
    expect(useEntry.getState().form.encounter).toMatchObject({ day: '2026-11-30', time: '01:50' })
    expect(useEntry.getState().start).toBe(useEntry.getState().form)

    // Choosing again, and time that passes, leave a visit that has begun as it is.
    vi.setSystemTime(Date.parse('2026-11-29T12:05:00Z'))
    useEntry.getState().setEncounter({ time: '02:00' })
    useEntry.getState().choosePatient(patient)
    expect(useEntry.getState().form.encounter).toMatchObject({ day: '2026-11-30', time: '02:00' })

    await useEntry.getState().discard()
    useEntry.getState().beginUnnamed('somebody')
    expect(useEntry.getState().form.encounter).toMatchObject({ day: '2026-11-30', time: '02:05' })
    await useEntry.getState().discard()
  })
})
