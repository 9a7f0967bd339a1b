/** T27: whoever walks away is locked out, at the window and at a work place, by the time that was set; the node goes on. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { until } from './governance/institution.test-kit.ts'
import { openHouse, unlock, untilAway, type Application, type House } from './work-place/house.test-kit.ts'

const MINUTE_MS = 60_000
/** More than the time between two looks. */
const LOOK_MS = 6_000

let house: House | null = null
let now = 0
beforeEach(() => {
  // Only what looks at the clock again and again; everything else runs as always.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  now = Date.now()
})
afterEach(async () => {
  await house?.close()
  house = null
  vi.useRealTimers()
})

async function after(minutes: number): Promise<void> {
  now += minutes * MINUTE_MS
  await vi.advanceTimersByTimeAsync(LOOK_MS)
}
const stateOf = async ({ ask }: Application) => (await ask.app.session()).state
const untilLocked = (at: Application) =>
  until(
    () => stateOf(at),
    (state) => state === 'locked',
  )

describe('T27: an idle session', () => {
  it('locks at the window after fifteen minutes, or five on a shared ward, counted from the last touch', async () => {
    house = await openHouse({ now: () => now })
    const { node } = house
    const names = (await node.ask.patients.search({ text: '', limit: 1 })).total
    await after(14)
    expect(await stateOf(node)).toBe('open')
    await node.ask.app.touched()
    await after(14)
    expect(await stateOf(node)).toBe('open')
    await after(1)
    await untilLocked(node)
    await expect(node.ask.patients.search({ text: '', limit: 1 })).rejects.toMatchObject({ code: 'locked' })
    // The screen is told, so that nothing of a patient stays on it.
    expect(node.events.filter(({ name }) => name === 'app.sessionChanged').at(-1)).toMatchObject({
      payload: { state: 'locked' },
    })
    expect(await node.ask.node.status()).toMatchObject({ voterCount: 1 })

    // At a locked screen nobody makes it longer.
    await node.ask.app.saveSettings({ lockAfterMinutes: 30 })
    await unlock(node, 'ada')
    expect((await node.ask.app.settings()).lockAfterMinutes).toBe(15)
    await node.ask.app.saveSettings({ lockAfterMinutes: 5 })
    await after(4)
    expect(await stateOf(node)).toBe('open')
    await after(1)
    await untilLocked(node)
    await unlock(node, 'ada')
    expect((await node.ask.patients.search({ text: '', limit: 1 })).total).toBe(names)
    const { entries } = await node.ask.audit.entries({
      filter: { operation: 'session.locked' },
      before: null,
      limit: 5,
    })
    expect(entries.map(({ code }) => code)).toEqual(['idle', 'idle'])
  })

  it('locks at a work place by its own clock of touches, and by itself while the node is away', async () => {
    house = await openHouse({ now: () => now })
    await house.addPerson('bo', ['clerk'])
    const place = await house.placeByProxy('Ward 1')
    await unlock(place, 'bo')
    await after(14)
    await place.ask.app.touched()
    await house.node.ask.app.touched()
    await after(14)
    expect(await stateOf(place)).toBe('open')
    await house.node.ask.app.touched()
    await after(1)
    await untilLocked(place)
    // The other screen was touched meanwhile.
    expect(await stateOf(house.node)).toBe('open')

    // On a shared ward by its own setting, which is not the node's.
    await unlock(place, 'bo')
    await place.ask.app.saveSettings({ lockAfterMinutes: 5 })
    await house.node.ask.app.touched()
    await after(4)
    expect(await stateOf(place)).toBe('open')
    await after(1)
    await untilLocked(place)
    expect(await stateOf(house.node)).toBe('open')

    await unlock(place, 'bo')
    await place.ask.app.saveSettings({ lockAfterMinutes: 15 })
    place.line.cut()
    await untilAway(place)
    await house.node.ask.app.touched()
    await after(14)
    expect(await stateOf(place)).toBe('open')
    await after(1)
    await untilLocked(place)
    await expect(place.ask.records.listDrafts()).rejects.toMatchObject({ code: 'locked' })
  })
})
