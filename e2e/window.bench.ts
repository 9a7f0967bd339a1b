/**
 * The real window on a long chain: how soon it can be used after the start, and how the explorer scrolls. Run by
 * `npm run bench -- window [blocks]`, which makes the chain and says where it lies.
 */
import { writeFileSync } from 'node:fs'
import { expect, test, type Consilium } from './fixtures.ts'
import { given } from './pages/bench.ts'
import { deskOf, goTo } from './pages/desk.ts'

const STARTS = 3

test('a long chain in the window', async ({ launch }) => {
  const results = given('CONSILIUM_BENCH_RESULTS')
  const blocks = Number(given('CONSILIUM_BENCH_BLOCKS'))
  const folder = given('CONSILIUM_BENCH_PROFILE')
  test.setTimeout(1_200_000)
  const starts: { untilOpenMs: number; untilUsableMs: number }[] = []
  let consilium: Consilium | null = null
  for (let n = 0; n < STARTS; n++) {
    const started = performance.now()
    const options = { args: ['--profile', folder] }
    consilium = consilium === null ? await launch(options) : await consilium.relaunch(options)
    const { t } = deskOf(consilium, 'en')
    const { page } = consilium
    await page
      .getByRole('button', { name: /Bench Hospital/ })
      .first()
      .click()
    // The chain of the bench is synthetic and says so: its passphrase is not asked for, but its keys are derived.
    const open = page.getByRole('button', { name: t.firstRun.openNow })
    await expect(open).toBeFocused()
    const asked = performance.now()
    await page.keyboard.press('Enter')
    await goTo(deskOf(consilium, 'en'), 'patients')
    // Names are there and can be searched: a clerk can begin.
    await expect(page.getByRole('row').nth(1)).toBeVisible({ timeout: 120_000 })
    starts.push({
      untilOpenMs: Math.round(asked - started),
      untilUsableMs: Math.round(performance.now() - asked),
    })
  }
  const window = consilium!
  await goTo(deskOf(window, 'en'), 'chain')
  const scroll: Record<string, unknown> = {}
  for (const zoom of [1, 2]) {
    await window.app.evaluate(
      ({ BrowserWindow }, factor) => BrowserWindow.getAllWindows()[0]!.webContents.setZoomFactor(factor),
      zoom,
    )
    await expect(window.page.getByRole('option').first()).toBeVisible()
    scroll[`at ${zoom * 100} %`] = await window.page.evaluate(scrollAndWatch, blocks)
  }
  starts.sort((a, b) => a.untilUsableMs - b.untilUsableMs)
  writeFileSync(results, JSON.stringify({ start: starts[1], scroll }))
})

/** In the page: turns the wheel once in each frame, then jumps all over the chain, and watches frames and rows. */
async function scrollAndWatch(blockCount: number) {
  const list = document.querySelector<HTMLElement>('[role=listbox]')!
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
  const shown = () => [...list.querySelectorAll<HTMLElement>('[role=option]')]
  const isFilled = () => shown().length > 0 && shown().every((row) => row.innerText.includes(':'))
  const until = async (isTrue: () => boolean) => {
    const start = performance.now()
    while (!isTrue()) {
      if (performance.now() - start > 60_000) throw new Error('rows stay empty')
      await frame()
    }
    return performance.now() - start
  }
  const spread = (values: number[]) => {
    const sorted = values.toSorted((a, b) => a - b)
    const at = (share: number) => Number(sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(1))
    return { p50: at(0.5), p99: at(0.99), max: at(1) }
  }

  // By the thumb: a chosen block would take the list's place in a narrow window.
  list.scrollTop = 0
  await until(() => shown()[0]?.getAttribute('aria-posinset') === '1' && isFilled())
  list.scrollTop = list.scrollHeight
  await until(
    () => shown().some((row) => row.getAttribute('aria-posinset') === String(blockCount)) && isFilled(),
  )

  const frames: number[] = []
  let filledFrames = 0
  let before = await frame()
  for (let i = 0; i < 600; i++) {
    // Three rows each frame, half a page now and then, up from the end.
    const deltaY = i % 50 === 49 ? -400 : -96
    list.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }))
    const now = await frame()
    frames.push(now - before)
    before = now
    if (isFilled()) filledFrames++
  }
  const jumps: number[] = []
  for (let i = 1; i <= 60; i++) {
    list.scrollTop = ((i * 0.618034) % 1) * (list.scrollHeight - list.clientHeight)
    await frame()
    jumps.push(await until(isFilled))
  }
  return {
    frameMs: spread(frames),
    framesWithAllRows: Number((filledFrames / frames.length).toFixed(3)),
    jumpUntilRowsMs: spread(jumps),
    rowsInSight: shown().length,
  }
}
