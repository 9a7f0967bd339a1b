/**
 * Where the process that has a profile open listens, so that the command line can find it.
 *
 * A Unix socket in the profile's folder (0700, socket 0600); in a folder of its own under the system's temporary one
 * where the path would be too long for a socket; on Windows a pipe with a random name. `control.json` (0600) names the
 * place and a token, so that only who may read the profile's folder can speak, also where pipes have no owner.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { readTextFile, writeFileAtomic } from '../profile/atomic-file.ts'

const control = z.object({
  format: z.literal(1),
  pid: z.number().int(),
  address: z.string().min(1),
  token: z.string().min(32),
})
export type Control = z.infer<typeof control>

const FILE = 'control.json'
const SOCKET = 'control.sock'
/** sun_path holds 108 bytes on Linux and 104 elsewhere, with its end. */
const SOCKET_PATH_BYTES_MAX = 100

export async function chooseAddress(folder: string): Promise<{ control: Control; scratch: string | null }> {
  const token = randomBytes(32).toString('hex')
  const make = (address: string, scratch: string | null) => ({
    control: { format: 1, pid: process.pid, address, token } as const,
    scratch,
  })
  if (process.platform === 'win32')
    return make(`\\\\.\\pipe\\consilium-${randomBytes(16).toString('hex')}`, null)
  const inside = join(folder, SOCKET)
  if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX) {
    await rm(inside, { force: true }) // left by a process that was killed; we hold the profile's lock
    return make(inside, null)
  }
  const scratch = await mkdtemp(join(tmpdir(), 'consilium-')) // mkdtemp makes it 0700
  return make(join(scratch, SOCKET), scratch)
}

export async function publishControl(folder: string, value: Control): Promise<void> {
  await writeFileAtomic(join(folder, FILE), JSON.stringify(value))
}

export async function withdrawControl(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true })
}

/** Null when nobody published a place, or what stands there is not readable. */
export async function readControl(folder: string): Promise<Control | null> {
  try {
    const parsed = control.safeParse(JSON.parse((await readTextFile(join(folder, FILE))) ?? 'null'))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
