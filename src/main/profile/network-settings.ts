/**
 * How this machine takes part in the network: `network.json` in the profile's folder. Public facts; keys are elsewhere.
 * Without the file a node dials and does not listen, and a hospital alone does neither.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { isAddress } from '../../shared/domain/address.ts'
import { readTextFile, writeFileAtomic } from './atomic-file.ts'
import { ProfileFailure } from './profile-failure.ts'

export const NETWORK_FILE = 'network.json'
const FORMAT = 1

/** `host:port` of this machine; port 0 takes a free one. */
const listenAddress = z.string().refine((text) => isAddress(text.replace(/:0$/, ':1')))

const networkSettings = z.object({
  /** Null: this node dials and is not dialled. */
  listen: listenAddress.nullable(),
  /** Where others reach it, when that differs: behind a router, by a name. */
  announce: z.array(z.string().refine(isAddress)).max(8),
})
export type NetworkSettings = z.infer<typeof networkSettings>

export const ONLY_DIALS: NetworkSettings = { listen: null, announce: [] }

/** Whether a text can be listened to: an address of this machine, its port 0 for a free one. */
export function isListenAddress(text: string): boolean {
  return listenAddress.safeParse(text).success
}

/** @throws {ProfileFailure} `profile-damaged`, `profile-newer` */
export async function loadNetwork(folder: string): Promise<NetworkSettings | null> {
  const text = await readTextFile(join(folder, NETWORK_FILE))
  if (text === null) return null
  let json: { format?: unknown }
  try {
    json = JSON.parse(text) as typeof json
  } catch {
    throw new ProfileFailure({ code: 'profile-damaged', detail: NETWORK_FILE })
  }
  if (typeof json?.format === 'number' && json.format > FORMAT)
    throw new ProfileFailure({ code: 'profile-newer', detail: NETWORK_FILE })
  const parsed = networkSettings.safeParse(json)
  if (!parsed.success) throw new ProfileFailure({ code: 'profile-damaged', detail: NETWORK_FILE })
  return parsed.data
}

export async function saveNetwork(folder: string, settings: NetworkSettings): Promise<void> {
  await writeFileAtomic(
    join(folder, NETWORK_FILE),
    JSON.stringify({ format: FORMAT, ...settings }, null, 2) + '\n',
  )
}
