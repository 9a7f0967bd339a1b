import { describe, expect, it } from 'vitest'
import { boundsFor, DAY_MS, weighOpening, type Opening, type Watched } from './opening-rates.ts'

const HOUR_MS = 3_600_000

/** A seeded stream in [0, 1), so that the thousand days are the same thousand days everywhere. */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * A clerk's day of 120 visits: consultations in the morning, afternoon and evening, patients in bursts, some looked up twice,
 * and every one of them known at the hospital that answers.
 */
function ordinaryDay(seed: number, person: string, dayStart = 0): Opening[] {
  const next = dice(seed)
  const openings: Opening[] = []
  for (let visit = 0; visit < 120; visit++) {
    const session = next()
    const [from, hours] = session < 0.5 ? [8.5, 3.5] : session < 0.85 ? [13.5, 3.5] : [18, 2.5]
    const at = dayStart + (from + next() * hours) * HOUR_MS
    const patient = `${person}/${seed}/${visit}`
    openings.push({ at, person, patient })
    if (next() < 0.3) openings.push({ at: at + next() * 20 * 60_000, person, patient })
  }
  return openings.sort((a, b) => a.at - b.at)
}

function run(openings: readonly Opening[], visitsPerDay: number) {
  const bounds = boundsFor(visitsPerDay)
  const before: Opening[] = []
  const alarms: { at: number; watched: Watched; patients: number }[] = []
  let refusedAt: number | null = null
  for (const opening of openings) {
    const weighed = weighOpening(before, opening, bounds)
    const patients = new Set(before.map(({ patient }) => patient)).size + 1
    for (const { watched } of weighed.alarms) alarms.push({ at: opening.at, watched, patients })
    if (weighed.isRefused) refusedAt ??= patients
    else before.push(opening)
  }
  return { alarms, refusedAt }
}

describe('the measure of what another hospital may read', () => {
  it('raises no alarm on a day of 120 ordinary visits, on a thousand such days', () => {
    for (let seed = 1; seed <= 1_000; seed++)
      expect(run(ordinaryDay(seed, 'clerk'), 0), `day ${seed}`).toEqual({ alarms: [], refusedAt: null })
  })

  it('raises none for a week of it, day after day', () => {
    const week = Array.from({ length: 7 }, (_, day) => ordinaryDay(day + 1, 'clerk', day * DAY_MS)).flat()
    expect(run(week, 100).alarms).toEqual([])
  })

  it('raises none for a large hospital of twelve clerks, and knows it by what it records itself', () => {
    const day = Array.from({ length: 12 }, (_, i) => ordinaryDay(i + 1, `clerk ${i}`)).flat()
    const sorted = day.sort((a, b) => a.at - b.at)
    expect(run(sorted, 1_440).alarms).toEqual([])
    // The same from a hospital that records ten visits a day is no ordinary day.
    expect(run(sorted, 10).alarms.some(({ watched }) => watched === 'hospital-day')).toBe(true)
  })

  it('tells of a bulk reader before the hour is over, and refuses within the second hundred', () => {
    const bulk = Array.from({ length: 500 }, (_, i) => ({ at: i * 10_000, person: 'p', patient: `${i}` }))
    const { alarms, refusedAt } = run(bulk, 4_800)
    expect(alarms[0]).toMatchObject({ watched: 'person-hour', patients: 51 })
    expect(alarms[0]!.at).toBeLessThan(HOUR_MS)
    expect(refusedAt).toBe(101)
  })

  it('tells of one who reads slowly, all day and night', () => {
    const slow = Array.from({ length: 480 }, (_, i) => ({
      at: i * (DAY_MS / 480),
      person: 'p',
      patient: `${i}`,
    }))
    const { alarms } = run(slow, 4_800)
    expect(alarms[0]).toMatchObject({ watched: 'person-day', patients: 181 })
  })

  it('is not deceived by a hospital that gives each reading another person', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => ({
      at: i * 5_000,
      person: `p${i}`,
      patient: `${i}`,
    }))
    const { alarms, refusedAt } = run(many, 100)
    expect(alarms[0]).toMatchObject({ watched: 'hospital-hour', patients: 97 })
    expect(refusedAt).toBe(193)
  })

  it('counts patients, not looks: one history may be looked at all day', () => {
    const looks = Array.from({ length: 1_000 }, (_, i) => ({ at: i * 20_000, person: 'p', patient: 'one' }))
    expect(run(looks, 0)).toEqual({ alarms: [], refusedAt: null })
  })
})
