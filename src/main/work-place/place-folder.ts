/**
 * The folder of a work place: whom it dials and with which key of its own. No chain, no key of the institution, nothing of a
 * patient but drafts that are sealed (kept-drafts.ts).
 *
 *     work-place.json   0600
 *     profile.lock      who has it open
 *     drafts/           sealed
 */
import { join } from 'node:path'
import { z } from 'zod'
import { readTextFile, writeFileAtomic } from '../profile/atomic-file.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { pairAnswer } from './messages.ts'

const FILE = 'work-place.json'
const FORMAT = 1

const placeFacts = pairAnswer.omit({ port: true }).extend({
  format: z.literal(FORMAT),
  /** `host:port` of the node. */
  address: z.string().min(1).max(260),
  /** Where the node said that it goes on. Until it was reached there once, it is looked for at both. */
  movedTo: z.string().min(1).max(260).optional(),
  /** Ed25519 seed of this work place, hex. */
  secret: z.string().regex(/^[0-9a-f]{64}$/),
})
export type PlaceFacts = Omit<z.infer<typeof placeFacts>, 'format'>

/** Null where the folder is no work place's. @throws {ProfileFailure} `profile-damaged`, `profile-newer` */
export async function loadPlace(folder: string): Promise<PlaceFacts | null> {
  const text = await readTextFile(join(folder, FILE))
  if (text === null) return null
  const damaged = () => new ProfileFailure({ code: 'profile-damaged', detail: FILE })
  let json: { format?: unknown }
  try {
    json = JSON.parse(text) as typeof json
  } catch {
    throw damaged()
  }
  if (typeof json?.format === 'number' && json.format > FORMAT)
    throw new ProfileFailure({ code: 'profile-newer', detail: FILE })
  const parsed = placeFacts.safeParse(json)
  if (!parsed.success) throw damaged()
  const { format: _, ...facts } = parsed.data
  return facts
}

export async function savePlace(folder: string, facts: PlaceFacts): Promise<void> {
  await writeFileAtomic(join(folder, FILE), JSON.stringify({ format: FORMAT, ...facts }, null, 2) + '\n')
}
