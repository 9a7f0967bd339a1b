/** Ports of this machine for members that are to find each other on it. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { assert } from '../../../shared/std/assert.ts'

const HOST = '127.0.0.1'
/** Below what systems give to outgoing connections: none of those takes a port before its member listens there. */
const LEAST = 20_000
const GREATEST = 32_000

/** Each with a free neighbour above it, for the next pre-shared key. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let attempt = 0; found.size < count && attempt < 100 + 100 * count; attempt++) {
    // Even ones, so that no two are neighbours.
    const port = 2 * randomInt(LEAST / 2, GREATEST / 2)
    if ((await isFree(port)) && (await isFree(port + 1))) found.add(port)
  }
  assert(found.size === count, 'a machine has some free ports')
  return [...found]
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
