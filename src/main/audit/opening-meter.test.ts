import { describe, expect, it } from 'vitest'
import { createOpeningMeter, WENT_ON_PATIENTS, type HouseAlarm } from './opening-meter.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const NINE = Date.UTC(2026, 4, 4, 1)

interface Look {
  readonly at: number
  readonly person: string
  readonly patient: string
}

/** A seeded stream in [0, 1), so that the days are the same days everywhere. */
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
 * A clerk's day of 120 visits: mornings with a patient every 90 seconds (40 an hour), a quieter afternoon; nobody comes quite on
 * time, and each patient is looked at up to six times until half an hour later, and some once more when results come.
 */
function ordinaryDay(seed: number, person: string, begin = NINE): Look[] {
  const next = dice(seed)
  const looks: Look[] = []
  for (let visit = 0; visit < 120; visit++) {
    const slot = visit < 80 ? visit * 90_000 : 4 * HOUR_MS + (visit - 80) * 4 * MINUTE_MS
    const at = begin + slot + (next() - 0.5) * 10 * MINUTE_MS
    const patient = `${person}/${seed}/${visit}`
    looks.push({ at, person, patient })
    for (let again = Math.floor(next() * 6); again > 0; again--)
      looks.push({ at: at + next() * 30 * MINUTE_MS, person, patient })
    if (next() < 0.2) looks.push({ at: at + 3 * HOUR_MS, person, patient })
  }
  return looks.sort((a, b) => a.at - b.at)
}

function run(looks: readonly Look[], meter = createOpeningMeter()) {
  const alarms: HouseAlarm[] = []
  const opened: Look[] = []
  for (const look of looks) {
    const opening = { person: look.person, entries: [look.patient], at: look.at, mayRefuse: true }
    // As the door does: asked before the handler, counted behind it.
    const asked = meter.weigh({ ...opening, isOpened: false })
    const weighed = asked.isRefused ? asked : meter.weigh({ ...opening, isOpened: true })
    alarms.push(...asked.alarms, ...(weighed === asked ? [] : weighed.alarms))
    if (!weighed.isRefused) opened.push(look)
  }
  return { alarms, opened, meter }
}

const bulk = (count: number, everyMs: number, from = NINE): Look[] =>
  Array.from({ length: count }, (_, i) => ({ at: from + i * everyMs, person: 'bo', patient: `p${i}` }))

describe('opening the own house’s patients', () => {
  it('raises no alarm on a day of 120 ordinary visits with 40 in its busiest hours, on two hundred such days', () => {
    for (let day = 1; day <= 200; day++) {
      const looks = ordinaryDay(day, 'ada')
      expect(looks.length).toBeGreaterThan(300)
      const { alarms, opened } = run(looks)
      expect({ alarms, openedCount: opened.length }, `day ${day}`).toEqual({
        alarms: [],
        openedCount: looks.length,
      })
    }
  })

  it('raises none for a week of them, nor for ten clerks at once, each counted alone', () => {
    const week = Array.from({ length: 7 }, (_, i) => ordinaryDay(i, 'ada', NINE + i * DAY_MS)).flat()
    expect(run(week).alarms).toEqual([])
    const ten = Array.from({ length: 10 }, (_, i) => ordinaryDay(i, `clerk ${i}`)).flat()
    expect(run(ten.sort((a, b) => a.at - b.at)).alarms).toEqual([])
  })

  it('tells of the fifty-first patient of an hour once, and keeps the hundred-and-first closed', () => {
    const { alarms, opened } = run(bulk(300, 10_000))
    expect(alarms.map(({ kind, patientCount }) => `${kind} ${patientCount}`)).toEqual([
      'person-hour 51',
      'closed-hour 100',
    ])
    expect(alarms[0]!.at).toBe(NINE + 50 * 10_000)
    expect(opened).toHaveLength(100)
  })

  it('tells of the hundred-and-eighty-first of a day, however slowly, and closes after 360', () => {
    const { alarms, opened } = run(bulk(480, DAY_MS / 480))
    expect(alarms.map(({ kind, patientCount }) => `${kind} ${patientCount}`)).toEqual([
      'person-day 181',
      'closed-day 360',
    ])
    expect(opened).toHaveLength(360)
  })

  it('opens as many more as one passphrase is good for, and tells of each', () => {
    const { meter } = run(bulk(100, 10_000))
    const at = NINE + 1_000_000
    expect(meter.goOn('ada', at)).toBeNull()
    expect(meter.goOn('bo', at)).toMatchObject({ kind: 'went-on', patientCount: 100 })
    // Not for twice as many at once.
    expect(meter.goOn('bo', at)).toBeNull()
    const more = bulk(200, 1_000, at).map((look, i) => ({ ...look, patient: `more ${i}` }))
    expect(run(more, meter).opened).toHaveLength(WENT_ON_PATIENTS)
    expect(meter.goOn('bo', at + 200_000)).toMatchObject({ patientCount: 100 + WENT_ON_PATIENTS })
    // What was not used is over after an hour.
    const later = bulk(150, 100, at + 200_000 + HOUR_MS).map((look, i) => ({
      ...look,
      patient: `later ${i}`,
    }))
    expect(run(later, meter).opened).toHaveLength(100)
  })

  it('lets who is open be looked at again, and never keeps an emergency closed', () => {
    const { meter } = run(bulk(100, 1_000))
    const at = NINE + 200_000
    const weigh = (patient: string, mayRefuse = true) =>
      meter.weigh({ person: 'bo', entries: [patient], at, isOpened: true, mayRefuse })
    expect(weigh('p7')).toEqual({ isRefused: false, alarms: [] })
    expect(weigh('another').isRefused).toBe(true)
    expect(weigh('in danger', false).isRefused).toBe(false)
    expect(weigh('in danger').isRefused).toBe(false)
  })

  it('takes entries that links join for one patient', () => {
    const meter = createOpeningMeter()
    const alarms: HouseAlarm[] = []
    for (let i = 0; i < 50; i++)
      for (const entries of [[`a${i}`, `b${i}`], [`b${i}`], [`a${i}`]])
        alarms.push(
          ...meter.weigh({ person: 'ada', entries, at: NINE, isOpened: true, mayRefuse: true }).alarms,
        )
    expect(alarms).toEqual([])
  })

  it('counts side by side what was asked for at once', () => {
    const meter = createOpeningMeter()
    const looks = bulk(300, 0)
    const of = (patient: string, isOpened: boolean) =>
      meter.weigh({ person: 'bo', entries: [patient], at: NINE, isOpened, mayRefuse: true })
    for (const { patient } of looks) expect(of(patient, false).isRefused).toBe(false)
    expect(looks.filter(({ patient }) => !of(patient, true).isRefused)).toHaveLength(100)
  })

  it('is not made shorter by a clock that is set back', () => {
    const { meter } = run(bulk(100, 1_000))
    expect(run(bulk(150, 1_000, NINE - 30 * MINUTE_MS), meter).opened).toHaveLength(100)
  })
})
