/** The protocol under which monitoring tables are asked: found again by its title in either language. */
import type { z } from 'zod'
import type { registration } from '../../../../shared/contract/requests.ts'
import { catalogue } from '../../../words/catalogue.ts'

type Registration = z.infer<typeof registration>

const LOOK_MS = 500
const LOOKS_MOST = 120

/** The newest that the chain has; null where there is none. */
export function registeredBy(list: readonly Registration[]): Registration | null {
  const titles = Object.values(catalogue).map(({ groups }) => groups.ask.protocolTitle)
  return list.find(({ title, isOwn }) => isOwn && title !== null && titles.includes(title)) ?? null
}

/** False where it did not come about in a minute. */
export async function wait(isThere: () => Promise<boolean>): Promise<boolean> {
  for (let look = 0; look < LOOKS_MOST; look++) {
    if (await isThere()) return true
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return false
}
