/** Versions of tariffs that wait for this person's decision: on Home, since nothing else says that a colleague has made one, here or at another work place. */
import { mayCall } from '../../shared/contract/rights.ts'
import { useAsk } from '../lib/live.ts'
import { node } from '../lib/node.ts'
import { useOpenSession } from '../lib/session.ts'
import { waitingFor } from './insurer/waiting-for.ts'

export function useWaitingTariffs() {
  const session = useOpenSession()
  // What the roles do not open is not asked for: every refusal is noted.
  const mayDecide = session !== undefined && mayCall('tariffs.decide', session.person.roles)
  const rows = useAsk(
    async () => (mayDecide ? node.tariffs.list() : []),
    [mayDecide, session?.person.userKeyId],
    ['app.sessionChanged', 'tariffs.changed'],
  ).value
  return waitingFor(rows ?? [])
}
