import { civilInZone } from '../../../lib/zone.ts'
import { session } from '../../../lib/session.ts'

/** Days since 1970-01-01 at the facility. */
export function todayAtFacility(): number {
  const current = session.now()
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const zone = current?.state === 'open' ? (current.zone ?? own) : own
  return civilInZone(Date.now(), zone).day
}
