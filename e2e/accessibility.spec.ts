/** Every screen of screens.ts: axe finds nothing serious, in both languages and both looks; nothing is clipped at 200 %. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { expect, show, test, type Locale, type Theme } from './fixtures.ts'
import { screens } from './screens.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

for (const [locale, theme] of [
  ['en', 'light'],
  ['zh-Hant', 'dark'],
] as const satisfies readonly (readonly [Locale, Theme])[])
  test(`no screen has a serious finding of axe (${locale}, ${theme})`, async ({ launch }) => {
    test.setTimeout(300_000)
    const consilium = await launch({ locale })
    const { page } = consilium
    await show(page, { locale, theme })
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme })
    await page.evaluate(axe)
    const found: string[] = []
    for (const screen of screens) {
      await screen.open(consilium, { locale, theme })
      const results = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }
        return axe.run({ resultTypes: ['violations'] })
      })
      for (const violation of results.violations)
        if (violation.impact === 'serious' || violation.impact === 'critical')
          for (const node of violation.nodes)
            found.push(
              `${screen.name}: ${violation.id} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`,
            )
    }
    expect([...new Set(found)]).toEqual([])
  })
