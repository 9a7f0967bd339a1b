// Worker threads cannot load TypeScript on Node 20: tests that start one get it built, once, before they run.
import { join } from 'node:path'
import { bundle, workerEntries } from './lib/bundle.mjs'
import { root, say } from './lib/terminal.mjs'

export default async function setup() {
  const workers = workerEntries()
  if (Object.keys(workers).length === 0) return
  try {
    await bundle(workers, join(root, '.cache/workers'))
  } catch (error) {
    // Only the tests that start a worker have to fail for that, and they will.
    say(`The workers could not be built:\n${error instanceof Error ? error.message : String(error)}`)
  }
}
