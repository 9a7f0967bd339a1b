/**
 * Every screen of screens.ts: axe finds nothing serious, and at 200 % no word is cut off. In every run one screen is seen in
 * English and light, the next in Chinese and dark, with all rules; the long run sees all in both, the second time with the
 * rules that a language or a look can change.
 */
import { expect, show, test, type Consilium } from './fixtures.ts'
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

const looks = [
  { locale: 'en', theme: 'light' },
  { locale: 'zh-Hant', theme: 'dark' },
] as const

test('no screen has a serious finding of axe, or cuts a word off at 200 %, one in English, the next in Chinese', async ({
  launch,
}) => {
  test.setTimeout(900_000)
  const found = await lookAt(await launch(), (screenIndex) => [
    { look: looks[screenIndex % 2]!, rules: null },
  ])
  expect(found).toEqual([])
})

test(
  'no screen has a serious finding of axe in light and dark, or cuts a word off at 200 %, in both languages',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(1_800_000)
    const found = await lookAt(await launch(), () => [
      { look: looks[0], rules: null },
      { look: looks[1], rules: BY_LANGUAGE_OR_LOOK },
    ])
    expect(found).toEqual([])
  },
)

/** What is wrong on which screen. */
async function lookAt(
  consilium: Consilium,
  looksAt: (screenIndex: number) => readonly { look: (typeof looks)[number]; rules: string[] | null }[],
): Promise<string[]> {
  const { page } = consilium
  await show(page, looks[0])
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await bringAxe(page)
  const found = new Set<string>()
  for (const [index, screen] of screens.entries()) {
    await screen.open(consilium, looks[0])
    for (const { look, rules } of looksAt(index)) {
      await show(page, look)
      for (const finding of await seriousFindings(page, rules === null ? {} : { runOnly: rules }))
        found.add(`${screen.name}, ${look.locale}, ${look.theme}: ${finding}`)
    }
    await zoom(consilium, 2)
    for (const { look } of looksAt(index)) {
      await show(page, { locale: look.locale, theme: 'light' })
      // What floats finds its place anew in the frames that follow.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
      for (const text of await page.evaluate(cutOff))
        found.add(`${screen.name}, ${look.locale}, at 200 %: “${text}” is cut off`)
      if (look.locale !== 'zh-Hant' || WORD_FOR_WORD.has(screen.name)) continue
      for (const text of await page.evaluate(latinSentences))
        found.add(`${screen.name}, zh-Hant: untranslated “${text}”`)
    }
    await show(page, looks[0])
    await zoom(consilium, 1)
  }
  return [...found]
}
