/**
 * Every screen of screens.ts: axe finds nothing serious, in English and light with all of its rules, in Chinese and dark with those
 * that a language or a look can change;
 * at 200 % no word is cut off in either language. What depends on the language alone or on the look alone is seen by one of
 * the two.
 */
import { expect, show, test } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { cutOff, latinSentences, zoom } from './pages/looks.ts'
import { screens } from './screens.ts'

/** What another language or look can change; the tree of the page is the same. */
const BY_LANGUAGE_OR_LOOK = [
  'aria-command-name',
  'aria-input-field-name',
  'button-name',
  'color-contrast',
  'html-lang-valid',
  'label',
  'link-name',
  'select-name',
]

/** They show fields of the chain, or what a person typed, word for word. */
const WORD_FOR_WORD = new Set(['block-tree', 'network-access'])

test('no screen has a serious finding of axe, in light and dark, or cuts a word off at 200 %, in both languages', async ({
  launch,
}) => {
  test.setTimeout(900_000)
  const consilium = await launch()
  const { page } = consilium
  const look = { locale: 'en', theme: 'light' } as const
  await show(page, look)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await bringAxe(page)
  const found = new Set<string>()
  for (const screen of screens) {
    await screen.open(consilium, look)
    for (const finding of await seriousFindings(page)) found.add(`${screen.name}: ${finding}`)
    await show(page, { locale: 'zh-Hant', theme: 'dark' })
    for (const finding of await seriousFindings(page, { runOnly: BY_LANGUAGE_OR_LOOK }))
      found.add(`${screen.name}, zh-Hant, dark: ${finding}`)
    await show(page, { locale: 'en', theme: 'light' })
    await zoom(consilium, 2)
    // What floats finds its place anew in the frames that follow.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
    for (const text of await page.evaluate(cutOff)) found.add(`${screen.name} at 200 %: “${text}” is cut off`)
    await show(page, { locale: 'zh-Hant' })
    for (const text of await page.evaluate(cutOff))
      found.add(`${screen.name}, zh-Hant, at 200 %: “${text}” is cut off`)
    const sentences = WORD_FOR_WORD.has(screen.name) ? [] : await page.evaluate(latinSentences)
    for (const text of sentences) found.add(`${screen.name}, zh-Hant: untranslated “${text}”`)
    await show(page, { locale: 'en' })
    await zoom(consilium, 1)
  }
  expect([...found]).toEqual([])
})
