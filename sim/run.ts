/**
 * `npm run sim -- --seeds COUNT --from FIRST_SEED`   many seeds; the last line is {"seeds":…,"violations":…,"heights":…}
 * `npm run sim -- --seed N [--validators 4]`         one seed, with its trace
 * `npm run sim -- --plant NAME`                      seeds with a planted bug, until one shows it
 * `npm run sim -- --plants`                          all planted bugs: fails where one is not caught
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { PLANTS, type Plant } from '../src/main/node/consensus/core/plant.ts'
import { runSeed, type RunResult } from './cluster.ts'
import { catchPlant } from './plants.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    validators: { type: 'string' },
    plant: { type: 'string' },
    plants: { type: 'boolean' },
    quiet: { type: 'boolean' },
    threads: { type: 'string' },
  },
})

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)
const voters = numberOf(values.validators)
const plant = values.plant as Plant | undefined
const first = numberOf(values.from) ?? 1
const say = (line: string): void => void process.stdout.write(`${line}\n`)

interface Share {
  readonly from: number
  readonly step: number
  readonly end: number
}

if (!isMainThread) await workShare(workerData as Share)
else if (plant !== undefined && !PLANTS.includes(plant)) {
  process.stderr.write(`No such planted bug. There are:\n  ${PLANTS.join('\n  ')}\n`)
  process.exitCode = 2
} else if (values.seed !== undefined) await runOne(Number(values.seed))
else if (plant !== undefined) process.exitCode = (await showPlant(plant)) ? 0 : 1
else if (values.plants === true) {
  let missed = 0
  for (const each of PLANTS) if (!(await showPlant(each))) missed++
  say(JSON.stringify({ plants: PLANTS.length, caught: PLANTS.length - missed }))
  process.exitCode = missed === 0 ? 0 : 1
} else await runMany(numberOf(values.seeds) ?? 200)

async function runOne(seed: number): Promise<void> {
  const trace = values.quiet === true ? undefined : say
  const result = await runSeed({ seed, voters, plant, trace })
  for (const { invariant, at, text } of result.violations) say(`VIOLATION ${invariant} at ${at} ms: ${text}`)
  say(JSON.stringify({ ...result, violations: result.violations.length }))
  process.exitCode = result.violations.length > 0 ? 1 : 0
}

async function showPlant(name: Plant): Promise<boolean> {
  const caught = await catchPlant(name, first, numberOf(values.seeds) ?? 400)
  say(
    caught === null ? `${name}: NOT CAUGHT` : `${name}: ${caught.invariant} (${caught.how}): ${caught.text}`,
  )
  return caught !== null
}

/** Every thread takes each n-th seed; what is printed does not depend on how many there are. */
async function runMany(count: number): Promise<void> {
  const threads = Math.max(1, Math.min(numberOf(values.threads) ?? availableParallelism(), count))
  const results: RunResult[] = []
  await Promise.all(
    Array.from({ length: threads }, (_, i) => {
      const share: Share = { from: first + i, step: threads, end: first + count }
      const worker = new Worker(new URL(import.meta.url), {
        workerData: share,
        argv: process.argv.slice(2),
        // Nearly all garbage is of one seed: with room for it the collector finds little to copy.
        resourceLimits: { maxYoungGenerationSizeMb: 96 },
      })
      worker.on('message', (result: RunResult) => results.push(result))
      return new Promise<void>((resolve, reject) => {
        worker.once('error', reject)
        worker.once('exit', () => resolve())
      })
    }),
  )
  results.sort((a, b) => a.seed - b.seed)
  const failed = results.filter((result) => result.violations.length > 0)
  for (const { seed, violations } of failed) {
    say(`seed ${seed}: ${violations[0]!.invariant}: ${violations[0]!.text}`)
    say(`  npm run sim -- --seed ${seed}${voters === undefined ? '' : ` --validators ${voters}`}`)
  }
  const heights = results.reduce((sum, result) => sum + result.heights, 0)
  say(JSON.stringify({ seeds: results.length, violations: failed.length, heights }))
  process.exitCode = failed.length > 0 || results.length !== count ? 1 : 0
}

async function workShare({ from, step, end }: Share): Promise<void> {
  for (let seed = from; seed < end; seed += step) parentPort!.postMessage(await runSeed({ seed, voters }))
}
