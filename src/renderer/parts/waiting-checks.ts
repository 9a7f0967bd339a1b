/** How many answers wait for this hospital's word: beside the room's name and on Home, for whoever may give it. */
import { mayCall } from '../../shared/contract/rights.ts'
import { useAsk } from '../lib/live.ts'
import { node } from '../lib/node.ts'
import { useOpenSession } from '../lib/session.ts'

export function useWaitingChecks(): number {
  const session = useOpenSession()
  // What the roles do not open is not asked for: every refusal is noted.
  const mayList = session !== undefined && mayCall('checks.decide', session.person.roles)
  const rows = useAsk(
    async () => (mayList ? node.checks.list() : []),
    [mayList, session?.person.userKeyId],
    ['requests.changed'],
  ).value
  return (rows ?? []).filter(({ mayCheck }) => mayCheck === 'yes').length
}
