/** At a work place, in rooms whose work is with files: where it is done. Nothing at the node itself. */
import { useSession } from '../lib/session.ts'
import { Callout } from '../ui/Callout.tsx'
import { useWords } from '../words/catalogue.ts'

export function OnlyAtNode() {
  const t = useWords().workPlaces
  return useIsAtWorkPlace() ? <Callout tone="plain">{t.filesAtNode}</Callout> : null
}

/** There nothing is offered that only the node does. */
export function useIsAtWorkPlace(): boolean {
  const session = useSession()
  return session?.state === 'open' && session.workPlace !== undefined
}
