/** Civil times of a facility with their offset: hospitals' tables write `2023-05-03 14:30` and leave the rest to the reader. */
import { parseInstant } from '../../shared/domain/dates.ts'
import { instantIn } from '../services/facility-time.ts'
import type { AtFacility } from '../records/tables/row.ts'

const OFFSET = /(Z|[+-][0-9]{2}:[0-9]{2})$/
const DAYS_REMEMBERED = 20_000

/** A time that brings its own offset keeps it. In the hour that a change of clocks repeats, the first one is meant. */
export function atFacility(zone: string): AtFacility {
  /** Offset of a whole day, or null where it changes within. */
  const days = new Map<string, string | null>()
  const offsetAt = (epochMs: number): string => OFFSET.exec(instantIn(zone, epochMs))![1]!
  const offsetOf = (day: string, time: string): string => {
    const local = parseInstant(`${day}T${time}Z`)!.epochMs
    const first = parseInstant(`${day}T${time}${offsetAt(local)}`)!.epochMs
    const offset = offsetAt(first)
    // A time that the clocks skipped keeps the offset from before.
    return instantIn(zone, parseInstant(`${day}T${time}${offset}`)!.epochMs).startsWith(`${day}T${time}`)
      ? offset
      : offsetAt(first - 3_600_000)
  }
  return (day, time) => {
    if (OFFSET.test(time)) return `${day}T${time}`
    let offset = days.get(day)
    if (offset === undefined) {
      const [start, end] = [offsetOf(day, '00:00'), offsetOf(day, '23:59')]
      offset = start === end ? start : null
      if (days.size < DAYS_REMEMBERED) days.set(day, offset)
    }
    return `${day}T${time}${offset ?? offsetOf(day, time)}`
  }
}
