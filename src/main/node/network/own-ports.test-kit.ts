/**
 * Free ports that no other test takes before its member listens there, or while it is away: whoever takes one says so in a file, which counts as
 * long as its process lives, for those of another run too.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './free-ports.ts'

export const folder = join(tmpdir(), 'consilium-test-ports')

/** @param choose what others may have too */
export async function ownPorts(count: number, choose = freePorts): Promise<number[]> {
  mkdirSync(folder, { recursive: true })
  const own: number[] = []
  while (own.length < count) own.push(...(await choose(count - own.length)).filter(takes))
  return own
}

export async function ownPort(): Promise<number> {
  const [port] = await ownPorts(1)
  return port!
}

/** False where somebody has it; whoever has ended is asked for it next time. */
function takes(port: number): boolean {
  const path = join(folder, String(port))
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isRunning(path)) rmSync(path, { force: true })
    return false
  }
}

function isRunning(path: string): boolean {
  try {
    return process.kill(Number(readFileSync(path, 'utf8')), 0)
  } catch {
    return false
  }
}
