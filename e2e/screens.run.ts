/** `npm run screens`: each screen of screens.ts in both languages and both looks, at 1280 x 800. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, show, test, type Locale, type Theme } from './fixtures.ts'
import { screens } from './screens.ts'

const folder = join(root, 'docs/screens')

for (const locale of ['en', 'zh-Hant'] as const satisfies readonly Locale[])
  for (const theme of ['light', 'dark'] as const satisfies readonly Theme[])
    test(`${locale}, ${theme}`, async ({ launch }) => {
      test.setTimeout(600_000)
      mkdirSync(folder, { recursive: true })
      const consilium = await launch({ locale })
      await consilium.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.setContentSize(1280, 800),
      )
      await show(consilium.page, { locale, theme })
      // Nothing moves in a picture.
      await consilium.page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme })
      for (const screen of screens) {
        await test.step(screen.name, async () => {
          await screen.open(consilium, { locale, theme })
          await consilium.page.evaluate(() => document.fonts.ready)
          await consilium.page.screenshot({
            path: join(folder, `${screen.name}.${locale}.${theme}.png`),
            animations: 'disabled',
            caret: 'hide',
          })
        })
      }
    })
