/**
 * Where a worker thread's code lies. `src/main/workers/fit.worker.ts` is built to `worker-fit.js` in one flat
 * folder with everything that may start it, so the address is the same in the application, in its asar, in the
 * command line and in a bundle made for a benchmark or the simulator.
 */

import { pathToFileURL } from 'node:url'

/** `name` is the file's name without `.worker.ts`. Start with `new Worker(workerUrl('fit'), …)`. */
export function workerUrl(name: string): URL {
  // Run from source (vitest): its global setup has built the workers and says where.
  if (import.meta.url.endsWith('.ts'))
    return new URL(`worker-${name}.js`, pathToFileURL(`${process.env['CONSILIUM_TEST_WORKERS'] ?? '.'}/`))
  return new URL(`./worker-${name}.js`, import.meta.url)
}
