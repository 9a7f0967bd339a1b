/**
 * Start-up to a usable window and scrolling in the chain explorer, in the real Electron (under Xvfb where there is no
 * display): `npm run bench -- window [blocks] [repeated]`; `repeated` makes a million blocks in minutes (make-chain.ts).
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { levelCeiling } from './level-ceiling.ts'
import { chainOf } from './make-chain.ts'

const blocks = Number(process.argv[2] ?? 100_000)
const records = process.argv[3] === 'repeated' ? 'repeated' : 'distinct'
const profile = await chainOf(blocks, (line) => void process.stderr.write(`${line}\n`), records)
const scratch = await mkdtemp(join(tmpdir(), 'consilium-window-'))
const results = join(scratch, 'results.json')
let root = import.meta.dirname
while (!existsSync(join(root, 'package.json'))) root = join(root, '..')
const code = await new Promise<number | null>((resolve) =>
  spawn(process.execPath, [join(root, 'scripts/e2e.mjs'), '--project=bench', 'window.bench'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      CONSILIUM_BENCH_PROFILE: profile,
      CONSILIUM_BENCH_BLOCKS: String(blocks),
      CONSILIUM_BENCH_RESULTS: results,
    },
  }).once('close', resolve),
)
if (code !== 0) throw new Error('the window did not get through')
const measured = JSON.parse(await readFile(results, 'utf8')) as object
await rm(scratch, { recursive: true, force: true })
const ceiling = await levelCeiling(20_000)
console.log(
  JSON.stringify({
    bench: 'window',
    blocks,
    records,
    ...measured,
    levelReadsPerSecond: ceiling.readsPerSecond,
  }),
)
