// Worker threads cannot load TypeScript on Node 20: tests that start one get it built, once, before they run.
import { join } from 'node:path'
import { bundle, workerEntries } from './lib/bundle.mjs'
import { root } from './lib/terminal.mjs'

export default async function setup() {
  const workers = workerEntries()
  if (Object.keys(workers).length > 0) await bundle(workers, join(root, '.cache/workers'))
}
