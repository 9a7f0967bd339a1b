#!/usr/bin/env node
// npm run bench -- NAME …   bench/NAME.bench.ts, bundled and run by Node
// npm run sim -- …          sim/run.ts
// npm run attacks -- …      attacks/run.ts
// Without a name `bench` lists what there is.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runBundled } from './lib/bundle.mjs'
import { root, say } from './lib/terminal.mjs'

const [kind, ...rest] = process.argv.slice(2)
const listed = (folder, ending) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((file) => file.endsWith(ending))
        .map((file) => basename(file, ending))
    : []

const name = kind === 'bench' ? rest.shift() : 'run'
const source = join(root, kind === 'bench' ? `bench/${name}.bench.ts` : `${kind}/run.ts`)
if (!existsSync(source)) {
  say(
    kind === 'bench'
      ? `Benchmarks: ${listed('bench', '.bench.ts').join(', ') || 'none yet'}`
      : `There is no ${kind}/run.ts.`,
  )
  process.exit(2)
}
process.exitCode = (await runBundled(source, kind === 'bench' ? `bench-${name}` : kind, rest)).code
