/**
 * `npm run screens`: each screen of screens.ts in both languages, both looks and both sizes. Not every combination, which is
 * more than a repository can carry: what differs is seen, and the tests of each room go through all of them.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, root, show, test, type Locale, type Theme } from './fixtures.ts'
import { wordsOf } from './pages/words.ts'
import { screens } from './screens.ts'

const folder = join(root, 'docs/screens')

interface Look {
  readonly locale: Locale
  readonly theme: Theme
  readonly size: { readonly width: number; readonly height: number }
}
const small = { width: 1280, height: 800 }
const large = { width: 1920, height: 1080 }
const looks: readonly Look[] = [
  { locale: 'en', theme: 'light', size: small },
  { locale: 'zh-Hant', theme: 'dark', size: large },
]
const fileName = (screen: string, { locale, theme, size }: Look) =>
  `${screen}.${locale}.${theme}.${size.width}.jpg`

test.describe.configure({ mode: 'parallel' })

test('no picture is left of a screen that is gone', () => {
  mkdirSync(folder, { recursive: true })
  const made = new Set(screens.flatMap(({ name }) => looks.map((look) => fileName(name, look))))
  for (const file of readdirSync(folder)) if (!made.has(file)) rmSync(join(folder, file))
})

test('every room is seen', () => {
  const rooms = Object.keys(wordsOf('en').shell.rooms)
  expect(rooms.filter((room) => !screens.some(({ name }) => name.split('-')[0] === room))).toEqual([])
})

for (const look of looks)
  test(`${look.locale}, ${look.theme}, ${look.size.width}`, async ({ launch }) => {
    test.setTimeout(3_600_000)
    mkdirSync(folder, { recursive: true })
    const { locale, theme, size } = look
    const consilium = await launch({ locale })
    const { page } = consilium
    await consilium.app.evaluate(
      ({ BrowserWindow }, { width, height }) =>
        BrowserWindow.getAllWindows()[0]!.setContentSize(width, height),
      size,
    )
    await show(page, { locale, theme })
    // Nothing moves in a picture.
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme })
    // The picture waits until the page has really taken the size.
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(size.width)
    for (const screen of screens) {
      await test.step(screen.name, async () => {
        await screen.open(consilium, { locale, theme })
        await page.evaluate(() => document.fonts.ready)
        await page.screenshot({
          path: join(folder, fileName(screen.name, look)),
          type: 'jpeg',
          quality: 60,
          animations: 'disabled',
          caret: 'hide',
        })
      })
    }
  })
