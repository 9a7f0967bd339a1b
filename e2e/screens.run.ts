/** `npm run screens`: each screen of screens.ts in both languages, both looks and both sizes. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, root, show, test, type Locale, type Theme } from './fixtures.ts'
import { screens } from './screens.ts'

const folder = join(root, 'docs/screens')
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]

for (const locale of ['en', 'zh-Hant'] as const satisfies readonly Locale[])
  for (const theme of ['light', 'dark'] as const satisfies readonly Theme[])
    test(`${locale}, ${theme}`, async ({ launch }) => {
      test.setTimeout(600_000)
      mkdirSync(folder, { recursive: true })
      const consilium = await launch({ locale })
      const resize = (size: { width: number; height: number }) =>
        consilium.app.evaluate(
          ({ BrowserWindow }, { width, height }) =>
            BrowserWindow.getAllWindows()[0]!.setContentSize(width, height),
          size,
        )
      await show(consilium.page, { locale, theme })
      // Nothing moves in a picture.
      await consilium.page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme })
      for (const screen of screens) {
        await test.step(screen.name, async () => {
          await resize(sizes[0]!)
          await screen.open(consilium, { locale, theme })
          await consilium.page.evaluate(() => document.fonts.ready)
          for (const size of sizes) {
            await resize(size)
            // The picture waits until the page has really taken the size.
            await expect.poll(() => consilium.page.evaluate(() => window.innerWidth)).toBe(size.width)
            await consilium.page.screenshot({
              path: join(folder, `${screen.name}.${locale}.${theme}.${size.width}.jpg`),
              type: 'jpeg',
              quality: 80,
              animations: 'disabled',
              caret: 'hide',
            })
          }
        })
      }
    })
