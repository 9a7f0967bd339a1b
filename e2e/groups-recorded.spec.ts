/**
 * The insurer’s page in the real window from recorded results that the demonstration is too small for: claims that come in the course of half a
 * year and so a triangle, twenty groups beside each other and one that rises, in a market of three. Only what the node would answer is put in its
 * place; how soon the page of a million visits is there is printed, from recorded bytes that are read anew for each opening.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadavg } from 'node:os'
import type { ElectronApplication, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { ratioWithLimits } from '../src/renderer/parts/research/ratio-text.ts'
import { as, at } from './pages/bridge.ts'
import { bringAxe } from './pages/axe.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { ANALYST, ANSWERED_MS, looks } from './pages/insurer.ts'
import { untilState } from './pages/requests.ts'
import { recordedYear, type Recorded } from './pages/recorded-insurer.ts'
import { wordsOf } from './pages/words.ts'
import { DEMONSTRATION_TITLES } from '../src/main/demonstration/demonstration-titles.ts'

const words = wordsOf('en')
const t = words.groups
const RISING = 'G010'
const VISITS = 600_000
/** Of which the opening is timed. */
const TIMED_VISITS = 1_000_000
const OPENINGS = 5

test(
  'I1, I11: a large insurer among three sees late reporting, its benchmark and the one group that rose',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(900_000)
    const recorded = await recordedYear(VISITS, RISING)
    const consilium = await launch()
    const { app, page } = consilium
    await startDemonstration(page, words, '20')
    // What the demonstration does by itself is over before anything is measured.
    await untilComplete(page)
    await as(page, ANALYST, '#/home')
    await untilState(page, DEMONSTRATION_TITLES.en.onsetHazard, 'answered')
    const large = await recordedYear(TIMED_VISITS, RISING)
    const { stop, nodeMs } = await answersAnew(app, large)
    const openings = []
    for (let i = 0; i < OPENINGS; i++) {
      await as(page, ANALYST, '#/home')
      const before = nodeMs.view
      const opened = await openGroups(page)
      openings.push({ ...opened, viewMs: Math.round(nodeMs.view - before) })
    }
    await stop()
    // How busy the machine was stands beside it.
    console.log(JSON.stringify({ page: 'groups', visits: large.visits, openings, load: loadavg()[0] }))
    for (const { charts } of openings) expect(charts).toBeGreaterThan(2)
    // The page that is open has asked already.
    await at(page, '#/home')
    await answersOf(app, recorded)
    await as(page, ANALYST, '#/groups')
    await expect(page.getByTestId('source')).toBeVisible({ timeout: ANSWERED_MS })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await bringAxe(page)
    const { view } = recorded

    await test.step('the first second says which group changed', async () => {
      const [surest, ...others] = view.alerts
      expect(surest).toMatchObject({ label: RISING, kind: 'rise' })
      expect(surest!.since >= '2024-07').toBe(true)
      // Twenty charts with a false alarm in five years each.
      expect(others.length).toBeLessThanOrEqual(4)
      const until = surest!.month === view.source.lastMonth ? null : surest!.month
      await expect(page.getByTestId('alerts')).toContainText(
        t.alert.rise(RISING, surest!.since, until, ratioWithLimits(surest!.ratio, 'en').ratio),
      )
      await expect(page.getByTestId('noted-alerts')).toContainText(RISING)
      await looks(consilium, 'recorded-risk')
    })

    await test.step('late reporting is drawn, and the table beside it has the same numbers', async () => {
      const { triangle } = view
      if (triangle.kind !== 'triangle') throw new Error(triangle.kind)
      expect(triangle.cumulative.map((row) => row.length)).toEqual([6, 5, 4, 3, 2, 1])
      // Two claims in five come in the month of the visit.
      expect(triangle.completion.at(-1)!).toBeGreaterThan(0.36)
      expect(triangle.completion.at(-1)!).toBeLessThan(0.44)
      const panel = panelOf(page, t.triangleTitle)
      const chart = panel.getByRole('img')
      await expect(chart).toHaveAccessibleName(/^Claims known by months since the visit: 2024-07 /)
      await chart.scrollIntoViewIfNeeded()
      await panel.getByText(t.asTable, { exact: true }).click()
      const cells = await panel
        .getByRole('table')
        .locator('tbody tr')
        .last()
        .evaluate((row) => [...row.children].map(({ textContent }) => textContent))
      const [newest] = triangle.cumulative.at(-1)!
      expect(cells).toEqual([
        '2024-12',
        newest!.toLocaleString('en'),
        '',
        '',
        '',
        '',
        '',
        `${Math.round(100 * triangle.completion.at(-1)!)}\u00a0%`,
      ])
      await looks(consilium, 'recorded-late-table')
      await panel.getByText(t.asChart, { exact: true }).click()
    })

    await test.step('the benchmark is of three insurers together, and names none of the others', async () => {
      const { benchmark } = view
      if (benchmark.kind !== 'benchmark') throw new Error(benchmark.kind)
      expect(benchmark.insurers).toBe(3)
      const table = page.getByRole('table', { name: t.benchmark.title })
      await expect(table.locator('tbody tr')).toHaveCount(1 + benchmark.months.length)
      await expect(page.getByText(t.benchmark.note('3'))).toBeVisible()
      await expect(page.locator('main')).not.toContainText(/Autumn Health|Spring Mutual/)
    })

    await test.step('from the alert to its cause', async () => {
      await page.getByTestId('alerts').getByRole('button', { name: t.alert.show }).first().click()
      await expect(page.getByLabel(t.choose, { exact: true })).toHaveValue(RISING)
      await expect(page.getByTestId('cause')).toBeInViewport()
      await looks(consilium, 'recorded-cause')
    })

    await test.step('fewer delays are shown where later claims are too few, and the page says so', async () => {
      const { triangle } = view
      if (triangle.kind !== 'triangle') throw new Error(triangle.kind)
      const short = {
        ...triangle,
        isCut: true,
        cumulative: triangle.cumulative.map((row) => row.slice(0, 2)),
      }
      await answersOf(app, { ...recorded, view: { ...view, triangle: short } })
      await at(page, '#/home')
      await at(page, '#/groups')
      await expect(page.getByText(t.laterNone(1))).toBeVisible()
      await looks(consilium, 'recorded-short')
    })
  },
)

const panelOf = (page: Page, title: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: title, exact: true }) })

/** Milliseconds from the click on the room's name until its alerts and the last of its charts are in the window; and how many charts those are. */
async function openGroups(page: Page): Promise<{ alertsMs: number; chartsMs: number; charts: number }> {
  return page.evaluate(
    (name) =>
      new Promise((resolve) => {
        const links = [...document.querySelectorAll<HTMLElement>('nav a')]
        const link = links.find(({ textContent }) => textContent.trim() === name)!
        const from = performance.now()
        link.click()
        const seen = { alertsMs: 0, chartsMs: 0, charts: 0 }
        const look = (): void => {
          const now = performance.now() - from
          if (seen.alertsMs === 0 && document.querySelector('[data-testid=alerts]') !== null)
            seen.alertsMs = now
          const charts = document.querySelectorAll('main svg[role=img]').length
          if (charts !== seen.charts) Object.assign(seen, { charts, chartsMs: now })
          // Long after the last change nothing more comes.
          const isOver = charts > 0 && now > seen.chartsMs + 3_000
          if (!isOver && now < 60_000) requestAnimationFrame(look)
          else resolve({ ...seen, alertsMs: Math.round(seen.alertsMs), chartsMs: Math.round(seen.chartsMs) })
        }
        requestAnimationFrame(look)
      }),
    words.shell.rooms.groups,
  )
}

const CHANNELS = ['monitor.tables', 'exposures.list', 'monitor.view'] as const

/** As from the process of the node: computed at each asking, and brought over loopback. `nodeMs`: so long all pages took to compute so far. */
async function answersAnew(
  app: ElectronApplication,
  recorded: Recorded,
): Promise<{ stop: () => Promise<unknown>; nodeMs: { view: number } }> {
  const nodeMs = { view: 0 }
  const server = createServer((request, response) => {
    const channel = CHANNELS.find((each) => request.url === `/${each}`)
    if (channel === undefined) {
      response.writeHead(404).end()
      return
    }
    const from = performance.now()
    recorded.answer(channel).then(
      (value) => {
        if (channel === 'monitor.view') nodeMs.view += performance.now() - from
        response.end(JSON.stringify(value))
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  await app.evaluate(
    ({ ipcMain }, { channels, from }) => {
      for (const channel of channels) {
        ipcMain.removeHandler(channel)
        ipcMain.handle(channel, async () => ({
          ok: true,
          value: (await (await fetch(`${from}/${channel}`)).json()) as unknown,
        }))
      }
    },
    { channels: CHANNELS, from: `http://127.0.0.1:${port}` },
  )
  return { stop: () => new Promise((ended) => server.close(ended)), nodeMs }
}

/** What the node answers from here on. */
async function answersOf(
  app: ElectronApplication,
  { tables, files, view }: Pick<Recorded, 'tables' | 'files' | 'view'>,
): Promise<void> {
  await app.evaluate(
    ({ ipcMain }, answers) => {
      for (const [channel, value] of answers) {
        ipcMain.removeHandler(channel)
        ipcMain.handle(channel, () => Promise.resolve({ ok: true, value }))
      }
    },
    [
      ['monitor.tables', tables],
      ['exposures.list', files],
      ['monitor.view', view],
    ] as [string, unknown][],
  )
}
