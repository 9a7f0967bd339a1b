/**
 * One process for one profile. The store's own lock is the one that the system guarantees; this file beside it says
 * who holds the folder, before anything in it is touched, and outlives no process: a file of a dead process is stale.
 */
import { open, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { readTextFile } from './atomic-file.ts'
import { ProfileFailure } from './profile-failure.ts'

export interface ProfileLock {
  release(): Promise<void>
}

interface Holder {
  pid: number
  host: string
  /** Tells a process from a later one with the same number; empty where the system does not say. */
  birth: string
  nonce: string
}

const FILE = 'profile.lock'
/** Folders that this very process holds: in a container every start has the same process number. */
const heldHere = new Set<string>()

/** @throws {ProfileFailure} `profile-in-use` with the holder's process number */
export async function lockProfile(folder: string): Promise<ProfileLock> {
  const path = join(folder, FILE)
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    birth: (await birthOf(process.pid)) ?? '',
    nonce: randomBytes(8).toString('hex'),
  }
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await tryCreate(path, JSON.stringify(mine))) {
      heldHere.add(path)
      return { release: () => release(path, mine) }
    }
    const holder = await readHolder(path)
    if (holder !== null && (await isAlive(holder, path)))
      throw new ProfileFailure({ code: 'profile-in-use', detail: String(holder.pid) })
    // Two openers may both find it stale and one may remove the other's fresh file: then the store's lock decides.
    await rm(path, { force: true })
  }
  throw new ProfileFailure({ code: 'profile-in-use' })
}

/** Whether a living process holds the folder; touches nothing. */
export async function isProfileInUse(folder: string): Promise<boolean> {
  const path = join(folder, FILE)
  const holder = await readHolder(path)
  return holder !== null && (await isAlive(holder, path))
}

async function tryCreate(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
    } catch (error) {
      await rm(path, { force: true })
      throw error
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false
    throw error
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  const text = await readTextFile(path)
  if (text === null) return null
  try {
    const holder = JSON.parse(text) as Partial<Holder>
    return typeof holder.pid === 'number'
      ? { pid: holder.pid, host: holder.host ?? '', birth: holder.birth ?? '', nonce: holder.nonce ?? '' }
      : null
  } catch {
    return null // cut short by a crash while it was written
  }
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  // Another machine, or a container that has another name at each start: only the store's own lock can tell.
  if (holder.host !== hostname()) return false
  if (holder.pid === process.pid) return heldHere.has(path)
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ESRCH') return false
  }
  const birth = await birthOf(holder.pid)
  return birth === null || holder.birth === '' || birth === holder.birth
}

/** Start time of a process in clock ticks, from Linux' table of processes; null elsewhere. */
async function birthOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; the start time is the 22nd field, the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

async function release(path: string, mine: Holder): Promise<void> {
  heldHere.delete(path)
  if ((await readHolder(path))?.nonce === mine.nonce) await rm(path, { force: true })
}
