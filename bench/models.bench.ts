/**
 * A fit in the real application: `npm run build && npm run bench -- models [100000x10]`. How long from the window's
 * call to the result in the window, the longest gap between two frames and the longest block of the main process
 * meanwhile, beside the same seconds without a fit; and how soon a cancel is answered. Needs a display or xvfb-run.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type Page } from '@playwright/test'
import { makeCoxData } from './cox-data.ts'

const CHOOSING_MS = 3_000

const self = fileURLToPath(import.meta.url)
const root = join(dirname(self), '../..')

if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
  const again = [process.execPath, ...process.execArgv, self, ...process.argv.slice(2)]
  process.exitCode =
    spawnSync('xvfb-run', ['-a', '-s', '-screen 0 1600x1000x24', ...again], { stdio: 'inherit' }).status ?? 1
} else {
  await measure()
}

async function measure(): Promise<void> {
  const size = process.argv.slice(2).find((each) => /^\d+x\d+$/.test(each)) ?? '100000x10'
  const [rows, covariates] = size.split('x').map(Number) as [number, number]
  const folder = mkdtempSync(join(tmpdir(), 'consilium-models-'))
  const table = join(folder, 'rows.csv')
  writeCsv(table, rows, covariates)
  const model = {
    family: 'cox',
    start: 'start',
    stop: 'stop',
    event: 'event',
    covariates: Array.from({ length: covariates }, (_, j) => `x${j + 1}`),
  }
  const electron = execFileSync(process.execPath, [join(root, 'scripts/electron-path.mjs')], {
    encoding: 'utf8',
  }).trim()
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  const app = await _electron.launch({
    executablePath: electron,
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--lang=en-US',
      `--user-data-dir=${join(folder, 'settings')}`,
      root,
    ],
    env: { ...(process.env as Record<string, string>), HOME: folder },
  })
  try {
    const page = await app.firstWindow()
    await page.evaluate(
      async (profile) => {
        await window.consilium.app.found({
          folder: profile,
          institutionName: 'Bench',
          personName: 'Bench',
          passphrase: 'six words for a bench only',
          zone: 'UTC',
        })
      },
      join(folder, 'profile'),
    )
    // The start of the application is another bench's business.
    await page.waitForTimeout(5000)
    // The thread reads the table when it is chosen, as in the room.
    const described = await timed(() =>
      page.evaluate((path) => window.consilium.models.describe({ path }), table),
    )
    // Nobody writes a model sooner; the thread uses the time (`warm-up.ts`).
    await page.waitForTimeout(CHOOSING_MS)
    const watchMain = (work: () => Promise<Fit>): Promise<Fit & { longestMainBlockMs: number }> =>
      whileWatched(app, work)
    const runs = []
    for (let i = 0; i < 4; i++) {
      runs.push(await watchMain(() => fitOnce(page, table, model, null)))
      await page.waitForTimeout(1000)
    }
    const idle = await watchMain(() => fitOnce(page, null, model, null))
    const cancels = []
    for (const afterMs of [10, 60, 120]) {
      cancels.push((await fitOnce(page, table, model, afterMs)).elapsedMs - afterMs)
      await page.waitForTimeout(500)
    }
    console.log(
      JSON.stringify({
        bench: 'models',
        size,
        cores: availableParallelism(),
        load: loadavg().map((each) => Math.round(each * 10) / 10),
        readTableMs: described.ms,
        first: runs[0],
        later: runs.slice(1),
        withoutFit: idle,
        cancelMs: cancels.map(Math.round),
      }),
    )
  } finally {
    await app.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface Fit {
  elapsedMs: number
  longestFrameMs: number
  frames: number
  state: string
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now()
  const value = await work()
  return { ms: Math.round(performance.now() - start), value }
}

/** One fit as the room makes it, or as long a pause without one (`table` null); cancelled after so many milliseconds. */
function fitOnce(
  page: Page,
  table: string | null,
  model: Record<string, unknown>,
  cancelAfterMs: number | null,
): Promise<Fit> {
  return page.evaluate(
    async ([path, wanted, afterMs]) => {
      const { models, jobs, on } = window.consilium as unknown as {
        models: Record<string, (input: unknown) => Promise<{ value: { jobId: string } | null }>>
        jobs: {
          cancel(input: unknown): Promise<unknown>
          list(): Promise<{ value: { jobId: string; state: string }[] }>
        }
        on(
          service: string,
          event: string,
          listener: (job: { jobId: string; state: string }) => void,
        ): () => void
      }
      let last = performance.now()
      let longest = 0
      let frames = 0
      let isWatching = true
      const frame = (): void => {
        const now = performance.now()
        longest = Math.max(longest, now - last)
        last = now
        frames++
        if (isWatching) requestAnimationFrame(frame)
      }
      requestAnimationFrame(frame)
      const start = performance.now()
      let state = 'none'
      if (path === null) {
        await new Promise((resolve) => setTimeout(resolve, 1500))
      } else {
        const ends = new Map<string, string>()
        let wake: () => void = () => {}
        const stop = on('jobs', 'progress', (job) => {
          if (job.state !== 'running') ends.set(job.jobId, job.state)
          wake()
        })
        const jobId = (await models['start']!({ path, model: wanted })).value!.jobId
        if (afterMs !== null) setTimeout(() => void jobs.cancel({ jobId }), afterMs)
        while (!ends.has(jobId)) await new Promise<void>((resolve) => (wake = resolve))
        stop()
        state = ends.get(jobId)!
        if (state === 'done') await models['result']!({ jobId })
      }
      const elapsedMs = Math.round(performance.now() - start)
      isWatching = false
      return { elapsedMs, longestFrameMs: Math.round(longest), frames, state }
    },
    [table, model, cancelAfterMs] as const,
  )
}

async function whileWatched(
  app: Awaited<ReturnType<typeof _electron.launch>>,
  work: () => Promise<Fit>,
): Promise<Fit & { longestMainBlockMs: number }> {
  await app.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
    const watch = monitorEventLoopDelay({ resolution: 5 })
    watch.enable()
    Object.assign(globalThis, { benchWatch: watch })
  })
  const fit = await work()
  const longestMainBlockMs = await app.evaluate(() => {
    const { benchWatch } = globalThis as unknown as { benchWatch: { max: number; disable(): void } }
    benchWatch.disable()
    return Math.round(benchWatch.max / 1e6)
  })
  return { ...fit, longestMainBlockMs }
}

function writeCsv(file: string, rows: number, covariates: number): void {
  const data = makeCoxData(rows, covariates)
  const names = ['id', 'start', 'stop', 'event', ...Array.from({ length: covariates }, (_, j) => `x${j + 1}`)]
  const lines = [names.join(',')]
  for (let i = 0; i < rows; i++) lines.push(data.columns.map((column) => column[i]).join(','))
  writeFileSync(file, lines.join('\n'))
}
