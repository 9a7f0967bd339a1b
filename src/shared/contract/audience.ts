/** Who hears which event: a caller at a locked screen learns how the node is, and of patients only who works with them. */
import type { Role } from './app.ts'
import { mayCall, mayOpenPatients } from './rights.ts'

/** They name a patient, or a visit of one. */
const OF_PATIENTS: ReadonlySet<string> = new Set(['records.visitChanged', 'patients.personChanged'])
/** They name a colleague, to whoever looks at what others did. */
const OF_REVIEWERS: ReadonlySet<string> = new Set(['access.noticedHere'])
/** Of the node, of work that runs, and of the window itself. */
const OF_ANYONE: ReadonlySet<string> = new Set(['app', 'node', 'jobs'])

/** @param roles of the person, or null where nobody has unlocked */
export function mayHear(service: string, event: string, roles: readonly Role[] | null): boolean {
  if (OF_ANYONE.has(service)) return true
  if (roles === null) return false
  if (OF_REVIEWERS.has(`${service}.${event}`)) return mayCall('access.review', roles)
  return !OF_PATIENTS.has(`${service}.${event}`) || mayOpenPatients(roles)
}
