/** Alerts of groups that nobody has looked into, and tables that nobody has opened: on Home, since nothing else says so outside of their room. */
import type { MonitorNoted } from '../../shared/contract/monitor.ts'
import { mayCall } from '../../shared/contract/rights.ts'
import { useAsk } from '../lib/live.ts'
import { node } from '../lib/node.ts'
import { useOpenSession } from '../lib/session.ts'

const NONE: MonitorNoted = { alerts: [], unopened: [] }

export function useOpenAlerts(): MonitorNoted {
  const session = useOpenSession()
  // What the roles do not open is not asked for: every refusal is noted.
  const mayLook = session !== undefined && mayCall('monitor.noted', session.person.roles)
  const found = useAsk(
    async () => (mayLook ? node.monitor.noted() : NONE),
    [mayLook, session?.person.userKeyId],
    ['app.sessionChanged', 'requests.changed'],
  ).value
  return found ?? NONE
}
