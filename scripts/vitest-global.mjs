// Worker threads cannot load TypeScript on Node 20: tests that start one get it built, once, before they run.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, workerEntries } from './lib/bundle.mjs'
import { root, say } from './lib/terminal.mjs'

export default async function setup() {
  const workers = workerEntries()
  if (Object.keys(workers).length === 0) return
  // Each run has a folder of its own: a second run in the same checkout must not empty the first one's.
  const folder = join(root, `.cache/workers-${process.pid}`)
  process.env.CONSILIUM_TEST_WORKERS = folder
  try {
    await bundle(workers, folder)
  } catch (error) {
    // Only the tests that start a worker have to fail for that, and they will.
    say(`The workers could not be built:\n${error instanceof Error ? error.message : String(error)}`)
  }
  return () => rm(folder, { recursive: true, force: true })
}
