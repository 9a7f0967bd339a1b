/**
 * Free ports that no other test takes before its member listens there, or while it is away: each process of the runner has a part of the range of its
 * own, and gives no port twice.
 */
import { freePorts, PORTS } from './free-ports.ts'

const PARTS = 12
const part = Number(process.env['VITEST_POOL_ID'] ?? 0) % PARTS
const width = (PORTS.below - PORTS.least) / PARTS
const own = { least: PORTS.least + part * width, below: PORTS.least + (part + 1) * width }
const given = new Set<number>()

export async function ownPorts(count: number): Promise<number[]> {
  const fresh: number[] = []
  while (fresh.length < count)
    for (const port of await freePorts(count - fresh.length, own)) {
      if (given.has(port)) continue
      given.add(port)
      fresh.push(port)
    }
  return fresh
}

export async function ownPort(): Promise<number> {
  const [port] = await ownPorts(1)
  return port!
}
