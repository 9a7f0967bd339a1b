/** Every screen of screens.ts: axe finds nothing serious, in both looks. The dark one is asked about its contrast only. */
import { expect, show, test } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { screens } from './screens.ts'

test('no screen has a serious finding of axe, in light and dark', async ({ launch }) => {
  test.setTimeout(420_000)
  const consilium = await launch()
  const { page } = consilium
  const look = { locale: 'en', theme: 'light' } as const
  await show(page, look)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await bringAxe(page)
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
