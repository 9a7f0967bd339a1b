/** Who is at the window, how the window looks, and how the node is: three values that the node keeps current. */
import type { Settings } from '../../shared/contract/app.ts'
import { mayCall, type Operation } from '../../shared/contract/rights.ts'
import { live, useLive } from './live.ts'
import { node } from './node.ts'

export const session = live('app', 'sessionChanged', () => node.app.session())
export const settings = live('app', 'settingsChanged', () => node.app.settings())
export const status = live('node', 'statusChanged', () => node.node.status())

export const useSession = () => useLive(session)
export const useSettings = () => useLive(settings)
export const useStatus = () => useLive(status)

/** The open session; only for components inside the shell, which exists only while a session is open. */
export function useOpenSession() {
  const current = useSession()
  return current?.state === 'open' ? current : undefined
}

/** Changes at once in the window, then in the profile. */
export async function saveSettings(change: Partial<Settings>): Promise<void> {
  const before = settings.now()
  if (before) settings.set({ ...before, ...change })
  settings.set(await node.app.saveSettings(change))
}

/**
 * Stores that hold what one person did: `forget` is called when another person comes and when no institution is open any more;
 * whoever comes back after a lock finds it as it was. `come` is called when somebody is there, at once where somebody is; only for
 * whoever may make the call that it makes, since a refusal is told and noted.
 */
export function ofOnePerson(
  forget: () => void,
  come: () => void = () => {},
  asks: Operation | null = null,
): void {
  let here: string | null = null
  const look = (): void => {
    const now = session.now()
    if (now?.state === 'none') forget()
    if (now?.state !== 'open') return
    const { userKeyId, roles } = now.person
    if (here !== null && here !== userKeyId) forget()
    here = userKeyId
    if (asks === null || mayCall(asks, roles)) come()
  }
  session.subscribe(look)
  // A room is loaded long after its person came: who that is must be known before another one comes.
  look()
}
