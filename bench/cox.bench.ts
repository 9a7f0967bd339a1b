/**
 * Cox fits beside R. `npm run bench -- cox [100000x10 200000x30 1000000x10] [--no-r] [--no-r-cluster] [--repeats 3]`. For R install
 * r-base-core and r-cran-survival. Every measurement of ours runs in its own process; figures are CPU seconds, least of
 * the repeats, and peak memory beyond the input. The last line is one JSON object.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import type { CsvColumns } from '../src/main/stats/model/csv-columns.ts'
import { ModelSpec } from '../src/main/stats/model/model-spec.ts'
import { coxConcordance } from '../src/main/stats/survival/concordance.ts'
import { coxZph } from '../src/main/stats/survival/cox-zph.ts'
import { fitCox } from '../src/main/stats/survival/cox.ts'
import { singleThreadHooks } from '../src/main/workers/cox-team.ts'
import { createFitter } from '../src/main/workers/fitter.ts'
import { makeCoxData } from './cox-data.ts'

interface Ours {
  fit: number
  robustFit: number
  concordance: number
  zph: number
  peakMegabytes: number
  inputMegabytes: number
  logLikelihood: [number, number]
  coefficient1: number
  iterations: number
}

const self = fileURLToPath(import.meta.url)
const given = process.argv.slice(2)

if (given[0] === '--child') child(given[1]!, Number(given[2]), Number(given[3]), Number(given[4]))
else await main()

function readColumns(file: string, rows: number, covariates: number): Float64Array[] {
  const bytes = readFileSync(file)
  const all = new Float64Array(bytes.buffer, bytes.byteOffset, rows * (covariates + 4))
  return Array.from({ length: covariates + 4 }, (_, j) => all.subarray(j * rows, (j + 1) * rows))
}

/** One process of ours: everything on one thread. */
function child(file: string, rows: number, covariates: number, repeats: number): void {
  const columns = readColumns(file, rows, covariates)
  const event = Uint8Array.from(columns[3]!)
  const cluster = Int32Array.from(columns[0]!, (v) => v - 1)
  const data = { start: columns[1]!, stop: columns[2]!, event, x: columns.slice(4) }
  const before = process.memoryUsage().rss
  const cpu = <T>(times: number, f: () => T): { seconds: number; result: T } => {
    let best = Infinity
    let result: T
    for (let i = 0; i < times; i++) {
      globalThis.gc?.()
      const start = process.cpuUsage()
      result = f()
      const used = process.cpuUsage(start)
      best = Math.min(best, (used.user + used.system) / 1e6)
    }
    return { seconds: best, result: result! }
  }
  // The first fit is also what a cold process costs in memory.
  const first = fitCox(data, singleThreadHooks())
  const peakMegabytes = (process.resourceUsage().maxRSS * 1024 - before) / 1e6
  const fit = cpu(repeats, () => fitCox(data, singleThreadHooks()))
  const robust = cpu(repeats, () => fitCox({ ...data, cluster }, singleThreadHooks()))
  const concordance = cpu(repeats, () => coxConcordance(first))
  const zph = cpu(repeats, () => coxZph(first))
  const out: Ours = {
    fit: fit.seconds,
    robustFit: robust.seconds,
    concordance: concordance.seconds,
    zph: zph.seconds,
    peakMegabytes,
    inputMegabytes: (rows * (covariates + 4) * 8) / 1e6,
    logLikelihood: first.fit.logLikelihood,
    coefficient1: first.fit.coefficients[0]!,
    iterations: first.fit.iterations,
  }
  process.stdout.write(`${JSON.stringify(out)}\n`)
}

function lastLine<T>(text: string): T {
  return JSON.parse(text.trim().split('\n').pop()!) as T
}

async function main(): Promise<void> {
  const sizes = given.filter((g) => /^\d+x\d+$/.test(g))
  const repeats = Number(given[given.indexOf('--repeats') + 1] ?? 3) || 3
  const script = ['bench/r/cox.R', resolve(self, '../../../bench/r/cox.R')].find((f) => existsSync(f))
  const hasR =
    !given.includes('--no-r') && spawnSync('Rscript', ['--version']).status === 0 && script !== undefined
  if (!hasR) process.stderr.write('R is not here (or not wanted): only our figures\n')
  const folder = mkdtempSync(join(tmpdir(), 'consilium-cox-'))
  const results: Record<string, unknown> = {}
  try {
    for (const size of sizes.length > 0 ? sizes : ['100000x10', '200000x30', '1000000x10']) {
      const [rows, covariates] = size.split('x').map(Number) as [number, number]
      const data = makeCoxData(rows, covariates)
      const file = join(folder, `${size}.f64`)
      const all = new Float64Array(rows * (covariates + 4))
      data.columns.forEach((column, j) => all.set(column, j * rows))
      writeFileSync(file, new Uint8Array(all.buffer))
      const parameters = [file, String(rows), String(covariates), String(repeats)]
      const ours = lastLine<Ours>(
        execFileSync(process.execPath, ['--expose-gc', self, '--child', ...parameters], { encoding: 'utf8' }),
      )
      const leftOut = given.includes('--no-r-cluster') ? ['no-cluster'] : []
      const peer = hasR
        ? lastLine<Record<string, number> & { logLikelihood: number[] }>(
            execFileSync('Rscript', [script!, ...parameters, ...leftOut], {
              encoding: 'utf8',
              maxBuffer: 1e8,
            }),
          )
        : null
      results[size] = { ours, r: peer, ratios: peer ? ratios(ours, peer) : null }
      process.stderr.write(`${size} ${JSON.stringify(results[size])}\n`)
    }
    results.interactive = await interactive()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(JSON.stringify({ bench: 'cox', results }))
}

function ratios(ours: Ours, r: Record<string, number> & { logLikelihood: number[] }): Record<string, number> {
  const round = (v: number): number => Math.round(v * 1000) / 1000
  return {
    fitToAgregFit: round(ours.fit / r.agregFit!),
    // What coxph does: the fit, residuals and concordance.
    fitToCoxph: round(ours.fit / r.coxph!),
    fitWithConcordanceToCoxph: round((ours.fit + ours.concordance) / r.coxph!),
    robustExtraToFit: round((ours.robustFit - ours.fit) / ours.fit),
    ...(r.coxphCluster ? { robustToCoxphCluster: round(ours.robustFit / r.coxphCluster) } : {}),
    concordance: round(ours.concordance / r.concordance!),
    zph: round(ours.zph / r.zph!),
    memoryToInput: round(ours.peakMegabytes / ours.inputMegabytes),
    logLikelihoodDifference: Math.abs(ours.logLikelihood[1] / r.logLikelihood[1]! - 1),
    coefficientDifference: Math.abs(ours.coefficient1 / r.coefficient1! - 1),
  }
}

/** A fit of 100,000 rows on another thread: how long, how free this thread stays, how soon a cancel works. */
async function interactive(): Promise<Record<string, unknown>> {
  const data = makeCoxData(100_000, 10)
  const names = ['id', 'start', 'stop', 'event', ...Array.from({ length: 10 }, (_, j) => `x${j + 1}`)]
  const kinds = new Uint8Array(data.rows)
  const table: CsvColumns = {
    rowCount: data.rows,
    header: names,
    columns: new Map(names.map((name, j) => [name, { numbers: data.columns[j]!, kinds, texts: new Map() }])),
  }
  const model = ModelSpec.parse({
    family: 'cox',
    start: 'start',
    stop: 'stop',
    event: 'event',
    covariates: names.slice(4),
  })
  const out: Record<string, unknown> = {}
  const texts = new Set<string>()
  const fitter = createFitter()
  // Once beforehand: the thread and its code are there from the first fit on.
  await fitter.fit({ kind: 'columns', columns: table }, model)
  for (const threads of [1, 2, 4]) {
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const start = performance.now()
    texts.add(await fitter.fit({ kind: 'columns', columns: table }, model, { threads }))
    out[`threads${threads}`] = {
      ms: Math.round(performance.now() - start),
      longestBlockMs: Math.round(delay.max / 1e6),
    }
    delay.disable()
  }
  const controller = new AbortController()
  const fit = fitter.fit({ kind: 'columns', columns: table }, model, { signal: controller.signal })
  await new Promise((r) => setTimeout(r, 100))
  const asked = performance.now()
  controller.abort()
  await fit.catch(() => {})
  out.cancelMs = Math.round(performance.now() - asked)
  await fitter.close()
  out.hasIdenticalBytes = texts.size === 1
  return out
}
