/** Every screen of screens.ts: axe finds nothing serious, in both looks. The dark one is asked about its contrast only. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from '@playwright/test'
import { expect, show, test } from './fixtures.ts'
import { screens } from './screens.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function seriousFindings(page: Page, options: object): Promise<string[]> {
  const results = await page.evaluate(async (given) => {
    const { axe } = window as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }
    return axe.run({ resultTypes: ['violations'], ...given })
  }, options)
  return results.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`,
      ),
    )
}

test('no screen has a serious finding of axe, in light and dark', async ({ launch }) => {
  test.setTimeout(300_000)
  const consilium = await launch()
  const { page } = consilium
  const look = { locale: 'en', theme: 'light' } as const
  await show(page, look)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.evaluate(axe)
  const found = new Set<string>()
  for (const screen of screens) {
    await screen.open(consilium, look)
    for (const finding of await seriousFindings(page, {})) found.add(`${screen.name}: ${finding}`)
    await show(page, { theme: 'dark' })
    for (const finding of await seriousFindings(page, { runOnly: ['color-contrast'] }))
      found.add(`${screen.name}, dark: ${finding}`)
    await show(page, { theme: 'light' })
  }
  expect([...found]).toEqual([])
})
