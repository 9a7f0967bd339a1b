/**
 * Every screen of screens.ts: axe finds nothing serious, and at 200 % no word is cut off. In every run one screen is seen in
 * English and light, the next in Chinese and dark, with all rules; the long run sees all in all four looks: in the second with the rules that a
 * language or a look can change, in the others with contrast, which is of each colour on each ground, and at 200 % in light and dark. Rooms that
 * need a filled consortium are looked at where it is filled: groups, pricing and requests.
 */
import { DEMONSTRATION_TITLES } from '../src/main/demonstration/demonstration-titles.ts'
import { expect, show, test, type Consilium, type Theme } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { cutOff, latinSentences, zoom } from './pages/looks.ts'
import type { Look } from './pages/pictures.ts'
import type { Screen } from './screen.ts'
import { FEWEST_PATIENTS, screens, screensWith } from './screens.ts'

/** What people asked keeps the title that it was given, in whatever language. */
const TITLES: readonly unknown[] = Object.values(DEMONSTRATION_TITLES.en)
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

/** What the colours of a look can change, once its language was seen in other ones. */
const BY_COLOURS = ['color-contrast']

/** They show fields of the chain, or what a person typed, word for word. */
const WORD_FOR_WORD = new Set(['block-tree', 'network-access'])

const looks = [
  { locale: 'en', theme: 'light' },
  { locale: 'zh-Hant', theme: 'dark' },
  { locale: 'en', theme: 'dark' },
  { locale: 'zh-Hant', theme: 'light' },
] as const satisfies readonly Look[]

interface Seen {
  readonly look: Look
  /** Of axe; null: all. */
  readonly rules: readonly string[] | null
  /** Colours in which it is also seen at 200 %. */
  readonly zoomedIn: readonly Theme[]
}

test('no screen has a serious finding of axe, or cuts a word off at 200 %, one in English, the next in Chinese', async ({
  launch,
}) => {
  test.setTimeout(1_800_000)
  const whole = screensWith(FEWEST_PATIENTS).filter(({ isPart }) => isPart !== true)
  const found = await lookAt(await launch(), whole, (screenIndex) => [
    { look: looks[screenIndex % 2]!, rules: null, zoomedIn: ['light'] },
  ])
  expect(found).toEqual([])
})

test(
  'no screen has a serious finding of axe, or cuts a word off at 200 %, in both languages, each in light and dark',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(2_700_000)
    const found = await lookAt(await launch(), screens, () => [
      { look: looks[0], rules: null, zoomedIn: ['light', 'dark'] },
      { look: looks[1], rules: BY_LANGUAGE_OR_LOOK, zoomedIn: ['light', 'dark'] },
      { look: looks[2], rules: BY_COLOURS, zoomedIn: [] },
      { look: looks[3], rules: BY_COLOURS, zoomedIn: [] },
    ])
    expect(found).toEqual([])
  },
)

/** What is wrong on which screen. */
async function lookAt(
  consilium: Consilium,
  seen: readonly Screen[],
  looksAt: (screenIndex: number) => readonly Seen[],
): Promise<string[]> {
  const { page } = consilium
  await show(page, looks[0])
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await bringAxe(page)
  const found = new Set<string>()
  for (const [index, screen] of seen.entries()) {
    await screen.open(consilium, looks[0])
    for (const { look, rules } of looksAt(index)) {
      await show(page, look)
      for (const finding of await seriousFindings(page, rules === null ? {} : { runOnly: [...rules] }))
        found.add(`${screen.name}, ${look.locale}, ${look.theme}: ${finding}`)
    }
    await zoom(consilium, 2)
    const zoomed = looksAt(index).flatMap(({ look: { locale }, zoomedIn }) =>
      zoomedIn.map((theme): Look => ({ locale, theme })),
    )
    for (const look of zoomed) {
      await show(page, look)
      // What floats finds its place anew in the frames that follow.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
      for (const text of await page.evaluate(cutOff))
        found.add(`${screen.name}, ${look.locale}, ${look.theme}, at 200 %: “${text}” is cut off`)
      if (look.locale !== 'zh-Hant' || WORD_FOR_WORD.has(screen.name)) continue
      for (const text of await page.evaluate(latinSentences))
        if (!TITLES.includes(text)) found.add(`${screen.name}, zh-Hant: untranslated “${text}”`)
    }
    await show(page, looks[0])
    await zoom(consilium, 1)
  }
  return [...found]
}
