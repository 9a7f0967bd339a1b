/** The clock on the facility's wall, whatever zone this machine is set to. */
import { formatDay } from '../../shared/domain/dates.ts'
import { session } from './session.ts'
import { civilInZone, clockOf, zoneNote } from './zone.ts'

/** IANA zone of the facility; the machine's own where none is known, as before anybody has opened a session. */
export function facilityZone(): string {
  const current = session.now()
  return (
    (current?.state === 'open' ? current.zone : undefined) ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  )
}

/** Days since 1970-01-01 at the facility. */
export const todayAtFacility = (): number => civilInZone(Date.now(), facilityZone()).day

/** HH:MM at the facility. */
export const clockAtFacility = (epochMs: number): string => clockOf(civilInZone(epochMs, facilityZone()))

/** YYYY-MM-DD HH:MM at the facility. */
export function momentAtFacility(epochMs: number): string {
  const civil = civilInZone(epochMs, facilityZone())
  return `${formatDay(civil.day)} ${clockOf(civil)}`
}

/** The clock alone where it was today at the facility. */
export const sinceAtFacility = (epochMs: number): string =>
  civilInZone(epochMs, facilityZone()).day === todayAtFacility()
    ? clockAtFacility(epochMs)
    : momentAtFacility(epochMs)

/** `UTC+08:00` where the facility's clock and this machine's differ now; null where they agree and nobody need ask. */
export const zoneNoteNow = (): string | null => zoneNote(facilityZone(), Date.now())
