/** Who is at the window, how the window looks, and how the node is: three values that the node keeps current. */
import type { Settings } from '../../shared/contract/app.ts'
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
