/**
 * `npm run sim -- --seeds COUNT --from FIRST_SEED`   many seeds; the last line is {"seeds":…,"violations":…,"heights":…}
 * `npm run sim -- --seed N [--validators 4]`         one seed, with its trace
 * `npm run sim -- --plant NAME`                      seeds with a planted bug, until one shows it
 * `npm run sim -- --plants`                          all planted bugs: fails where one is not caught
 * `npm run sim -- --model`                           the Spin model and its broken variants, where `spin` is installed
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { PLANTS, type Plant } from '../src/main/node/consensus/core/plant.ts'
import { runSeed, type RunResult } from './cluster.ts'
import { catchPlant, type Caught } from './plants.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    validators: { type: 'string' },
    plant: { type: 'string' },
    plants: { type: 'boolean' },
    model: { type: 'boolean' },
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

/** What a thread is given to do, and what it answers. */
type Job =
  | { readonly kind: 'seeds'; readonly from: number; readonly count: number }
  | { readonly kind: 'plant'; readonly plant: Plant }
type Answer =
  | { readonly kind: 'seeds'; readonly results: readonly RunResult[] }
  | { readonly kind: 'plant'; readonly plant: Plant; readonly caught: Caught | null }

/** Few enough that all threads end together, many enough that handing them out costs nothing. */
const SEEDS_PER_JOB = 10

if (!isMainThread) parentPort!.on('message', (job: Job) => void work(job))
else if (plant !== undefined && !PLANTS.includes(plant)) {
  process.stderr.write(`No such planted bug. There are:\n  ${PLANTS.join('\n  ')}\n`)
  process.exitCode = 2
} else if (values.seed !== undefined) await runOne(Number(values.seed))
else if (plant !== undefined) await runPlants([plant])
else if (values.plants === true) await runPlants(PLANTS)
else if (values.model === true) runModel()
else await runMany(numberOf(values.seeds) ?? 200)

async function runOne(seed: number): Promise<void> {
  const trace = values.quiet === true ? undefined : say
  const result = await runSeed({ seed, voters, plant, trace })
  for (const { invariant, at, text } of result.violations) say(`VIOLATION ${invariant} at ${at} ms: ${text}`)
  say(JSON.stringify({ ...result, violations: result.violations.length }))
  process.exitCode = result.violations.length > 0 ? 1 : 0
}

/** The last line is {"variants":…,"failed":…}; none where Spin is not installed. */
function runModel(): void {
  const { stdout, status } = spawnSync('bash', ['sim/spin/check.sh'], { encoding: 'utf8' })
  say(stdout.trimEnd())
  const variants = stdout.split('\n').filter((line) => /^(ok|FAILED) /.test(line))
  const failed = variants.filter((line) => line.startsWith('FAILED')).length
  say(JSON.stringify({ variants: variants.length, failed }))
  process.exitCode = status === 0 ? 0 : 1
}

/** The last line is {"plants":…,"caught":…}. */
async function runPlants(plants: readonly Plant[]): Promise<void> {
  const answers = await inThreads(plants.map((each) => ({ kind: 'plant', plant: each })))
  let missed = 0
  for (const answer of answers) {
    if (answer.kind !== 'plant') continue
    const { caught } = answer
    if (caught === null) missed++
    const how = caught === null ? 'NOT CAUGHT' : `${caught.invariant} (${caught.how}): ${caught.text}`
    say(`${answer.plant}: ${how}`)
  }
  say(JSON.stringify({ plants: plants.length, caught: plants.length - missed }))
  process.exitCode = missed === 0 ? 0 : 1
}

async function runMany(count: number): Promise<void> {
  const jobs: Job[] = []
  for (let done = 0; done < count; done += SEEDS_PER_JOB)
    jobs.push({ kind: 'seeds', from: first + done, count: Math.min(SEEDS_PER_JOB, count - done) })
  const answers = await inThreads(jobs)
  const results = answers.flatMap((answer) => (answer.kind === 'seeds' ? answer.results : []))
  const failed = results.filter((result) => result.violations.length > 0)
  for (const { seed, violations } of failed) {
    say(`seed ${seed}: ${violations[0]!.invariant}: ${violations[0]!.text}`)
    say(`  npm run sim -- --seed ${seed}${voters === undefined ? '' : ` --validators ${voters}`}`)
  }
  const forks = results.reduce((sum, result) => sum + result.forks, 0)
  if (forks > 0) say(`${forks} heights forked where more lied than is tolerated; a third and more were named`)
  const heights = results.reduce((sum, result) => sum + result.heights, 0)
  say(JSON.stringify({ seeds: results.length, violations: failed.length, heights }))
  process.exitCode = failed.length > 0 || results.length !== count ? 1 : 0
}

/** The answers in the order of the jobs, however many threads there are. */
async function inThreads(jobs: readonly Job[]): Promise<Answer[]> {
  const answers = new Array<Answer>(jobs.length)
  const threads = Math.max(1, Math.min(numberOf(values.threads) ?? availableParallelism(), jobs.length))
  let next = 0
  await Promise.all(
    Array.from({ length: threads }, () => {
      const worker = new Worker(new URL(import.meta.url), {
        argv: process.argv.slice(2),
        // Nearly all garbage is of one seed: with room for it the collector finds little to copy.
        resourceLimits: { maxYoungGenerationSizeMb: 96 },
      })
      let at = -1
      const giveNext = (): void => {
        at = next++
        if (at < jobs.length) worker.postMessage(jobs[at]!)
        else void worker.terminate()
      }
      worker.on('message', (answer: Answer) => {
        answers[at] = answer
        giveNext()
      })
      giveNext()
      return new Promise<void>((resolve, reject) => {
        worker.once('error', reject)
        worker.once('exit', () => resolve())
      })
    }),
  )
  return answers
}

/** Now and then a seed is run again: it must do the same, to the last byte of the last message. */
const TWICE_EVERY = 50

function withSecond(first: RunResult, second: RunResult): RunResult {
  if (first.traceHash === second.traceHash) return first
  const text = `its trace is ${first.traceHash}, then ${second.traceHash}`
  return { ...first, violations: [...first.violations, { invariant: 'same-seed-same-run', at: 0, text }] }
}

async function work(job: Job): Promise<void> {
  if (job.kind === 'plant') {
    const caught = await catchPlant(job.plant, first, numberOf(values.seeds) ?? 400)
    parentPort!.postMessage({ kind: 'plant', plant: job.plant, caught } satisfies Answer)
    return
  }
  const results: RunResult[] = []
  for (let seed = job.from; seed < job.from + job.count; seed++) {
    const result = await runSeed({ seed, voters })
    results.push(seed % TWICE_EVERY === 0 ? withSecond(result, await runSeed({ seed, voters })) : result)
  }
  parentPort!.postMessage({ kind: 'seeds', results } satisfies Answer)
}
