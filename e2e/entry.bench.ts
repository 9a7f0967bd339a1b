/** Keys in the entry screen: from the key to its paint, and to the list of a code field. Run by `npm run bench -- entry`. */
import { writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { given } from './pages/bench.ts'
import { deskOf, expectFocus, found, goTo, registerByKeyboard } from './pages/desk.ts'

test('keys in the entry screen', async ({ launch }) => {
  const results = given('CONSILIUM_BENCH_RESULTS')
  const codes = given('CONSILIUM_BENCH_CODES')
  test.setTimeout(600_000)
  const consilium = await launch()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  await found(desk, { hospital: 'Bench Hospital', person: 'Lin' }, 'later')
  const listSize = await page.evaluate(importList, codes)
  await goTo(desk, 'record')
  await registerByKeyboard(desk, { name: 'Ada Example', birthDate: '1957-03-02', sexKey: 'F' })
  await page.evaluate(watchKeys)
  const work = await workOf(page)

  // A form as a busy clerk has it: twelve results, eight diagnoses, six medicines, then keys in all kinds of fields.
  await page.keyboard.press('Control+l')
  await page.keyboard.press('Control+l')
  for (const round of [1, 2]) {
    for (const [key, value] of [
      ['sbp', '128'],
      ['dbp', '82'],
      ['hr', '72'],
      ['temp', '36.8'],
      ['height', '165'],
      ['weight', '68.5'],
    ] as const) {
      await page.locator(`[data-field="vitals.${key}"]`).focus()
      await page.keyboard.press('Control+a')
      await page.keyboard.type(value, { delay: 60 })
    }
    await page.locator('[data-field="encounter.reason"]').focus()
    await page.keyboard.type(`follow-up ${round} of a chronic illness`, { delay: 60 })
    await page.locator('[data-field="notes"]').focus()
    await page.keyboard.type('Feels well, sleeps well, walks every day for half an hour. ', { delay: 60 })
  }
  const keys = await page.evaluate(keysSeen)
  const workMs = await work(keys.length)

  const picker: number[] = []
  const words = [
    'diab',
    'hypert',
    'card',
    'neu',
    'e11',
    'i10',
    'pain',
    'fract',
    'hepat',
    'ren',
    'pulm',
    'gas',
  ]
  for (const word of words) {
    const field = page.locator('[data-field^="diagnoses."][data-field$=".code"]').last()
    await field.focus()
    await page.keyboard.press('Control+a')
    for (let length = 1; length <= word.length; length++) {
      await page.evaluate(beginList)
      await page.keyboard.type(word[length - 1]!)
      picker.push(await page.evaluate(untilListed, word.slice(0, length)))
    }
    await page.keyboard.press('Escape')
  }
  writeFileSync(
    results,
    JSON.stringify({
      codes: listSize,
      keyToPaintMs: spread(keys),
      workPerKeyMs: workMs,
      pickerMs: spread(picker),
      keyCount: keys.length,
      pickerKeys: picker.length,
    }),
  )
  await expectFocus(desk, /^diagnoses\./)
  expect(keys.length).toBeGreaterThan(200)
})

/** The page's own time on its processor for each key: what the clock says on a quiet machine, and on a busy one too. */
async function workOf(page: Page): Promise<(keyCount: number) => Promise<Record<string, number>>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const now = async () =>
    new Map((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
  const before = await now()
  return async (keyCount) => {
    const after = await now()
    const spent = (name: string) =>
      Number((((after.get(name) ?? 0) - (before.get(name) ?? 0)) * (1_000 / keyCount)).toFixed(2))
    return {
      all: spent('TaskDuration'),
      script: spent('ScriptDuration'),
      style: spent('RecalcStyleDuration'),
      layout: spent('LayoutDuration'),
    }
  }
}

function spread(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => Number(sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(1))
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

/** In the page: brings the list in as an administrator does; answers how many codes are there now. */
async function importList(path: string): Promise<number | string> {
  const { codes } = window.consilium as unknown as {
    codes: Record<string, ((input: unknown) => Promise<{ ok: boolean; value?: unknown }>) | undefined>
  }
  if (codes['previewFile'] === undefined || codes['importFile'] === undefined) return 'built-in'
  const asked = (await codes['previewFile']({ list: 'diagnosis', path })).value as {
    kind: string
    preview?: { columns: unknown; edition: string; system: string; hash: string; codeCount: number }
  }
  if (asked.kind !== 'preview' || asked.preview === undefined) return `not imported: ${JSON.stringify(asked)}`
  const { columns, edition, system, hash, codeCount } = asked.preview
  const taken = await codes['importFile']({ list: 'diagnosis', path, columns, edition, system, hash })
  return taken.ok ? codeCount : `not imported: ${JSON.stringify(taken)}`
}

/** In the page: notes for each key how long it took until what it changed was painted. */
function watchKeys(): void {
  const seen: number[] = []
  Object.assign(window, { seenKeys: seen })
  addEventListener(
    'keydown',
    (event) => {
      if (event.key.length !== 1 || event.ctrlKey) return
      requestAnimationFrame(() => {
        // A message comes after the frame was painted.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => seen.push(performance.now() - event.timeStamp)
        port2.postMessage(null)
      })
    },
    { capture: true },
  )
}
const keysSeen = () => (window as unknown as { seenKeys: number[] }).seenKeys

/** In the page: the clock of the next key of a list. */
function beginList(): void {
  addEventListener('keydown', (event) => Object.assign(window, { listKeyAt: event.timeStamp }), {
    capture: true,
    once: true,
  })
}

/** In the page: until the list that answers this text is there; milliseconds since its last key. */
async function untilListed(text: string): Promise<number> {
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
  const began = performance.now()
  const isThere = () =>
    [...document.querySelectorAll<HTMLElement>('[role=listbox]')].some(
      (list) => list.dataset['answers'] === text && list.getClientRects().length > 0,
    )
  while (!isThere()) {
    if (performance.now() - began > 10_000) throw new Error(`no list for ${text}`)
    await frame()
  }
  return performance.now() - (window as unknown as { listKeyAt: number }).listKeyAt
}
