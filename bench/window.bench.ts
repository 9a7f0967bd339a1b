/**
 * Start-up to a usable window and scrolling in the chain explorer, in the real Electron (under Xvfb where there is no
 * display): `npm run bench -- window [blocks] [repeated]`; `repeated` makes a million blocks in minutes (make-chain.ts).
 */
import { levelCeiling } from './level-ceiling.ts'
import { chainOf } from './make-chain.ts'
import { windowBench } from './window-bench.ts'

const blocks = Number(process.argv[2] ?? 100_000)
const records = process.argv[3] === 'repeated' ? 'repeated' : 'distinct'
const profile = await chainOf(blocks, (line) => void process.stderr.write(`${line}\n`), records)
const measured = await windowBench('window.bench', {
  CONSILIUM_BENCH_PROFILE: profile,
  CONSILIUM_BENCH_BLOCKS: String(blocks),
})
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
