/**
 * I1, I8, I9, I11 and I14 in the real application: the demonstration's insurer opens its groups, sees what the one table that it was charged
 * for says beside its own file, goes from a group to the cause, asks again for nothing, and has no way to a person.
 */
import { expect, show, test, type Consilium } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { cutOff, latinSentences } from './pages/looks.ts'
import { wordsOf } from './pages/words.ts'

const pictures = process.env['CONSILIUM_PICTURES']
const ANSWERED_MS = 300_000
/** Of so many somebody is seen in each part; of 200 nearly all is withheld. */
const PATIENTS = process.env['CONSILIUM_GROUPS_PATIENTS'] ?? '500'

async function looks({ page, app }: Consilium, name: string): Promise<void> {
  for (const [locale, theme, width, height] of [
    ['en', 'light', 1280, 800],
    ['zh-Hant', 'dark', 1280, 800],
    ['en', 'dark', 1920, 1080],
    ['zh-Hant', 'light', 1920, 1080],
  ] as const) {
    await app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]!.setContentSize(size.width, size.height),
      { width, height },
    )
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width)
    await show(page, { locale, theme })
    await page.waitForTimeout(400)
    if (pictures !== undefined)
      await page.screenshot({ path: `${pictures}/${name}.${locale}.${theme}.${width}.png` })
    expect(await page.evaluate(cutOff), `${name} ${locale}`).toEqual([])
    if (locale === 'zh-Hant') expect(await page.evaluate(latinSentences)).toEqual([])
  }
  await show(page, { locale: 'en', theme: 'light' })
}

test(
  'an insurer sees which of its groups changed, and nothing of a person',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(1_200_000)
    const consilium = await launch()
    const { page } = consilium
    const t = wordsOf('en')
    const at = (place: string) => page.evaluate((where) => void (location.hash = where), place)
    await startDemonstration(page, t, PATIENTS)
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('harvest-insurance/analyst')

    // I9 and I14: the rooms in which a person could be met are not there, and the node refuses whoever asks past the window.
    const navigation = page.getByRole('navigation', { name: t.shell.navigation })
    await expect(navigation.getByRole('link', { name: t.shell.rooms.groups, exact: true })).toBeVisible()
    for (const room of ['patients', 'record', 'cohorts', 'question', 'pathways'] as const)
      await expect(navigation.getByRole('link', { name: t.shell.rooms[room], exact: true })).toHaveCount(0)
    const refused = await page.evaluate(async () => {
      const { consilium: node } = window as unknown as {
        consilium: Record<string, Record<string, (input: unknown) => Promise<{ ok: boolean }>>>
      }
      const answers = await Promise.all([
        node['patients']!['search']!({ text: 'a', limit: 5 }),
        node['records']!['recent']!({}),
        node['cohorts']!['state']!(undefined),
        node['studies']!['start']!({}),
      ])
      return answers.map(({ ok }) => ok)
    })
    expect(refused).toEqual([false, false, false, false])

    await at('#/groups/file')
    await expect(page.getByText('exposure-synthetic.csv')).toBeVisible({ timeout: ANSWERED_MS })
    await looks(consilium, 'groups-file')

    // I1: snapshot, lane and charge once for the page; each tile with its denominator.
    await at('#/groups')
    await expect(page.getByTestId('source')).toBeVisible({ timeout: ANSWERED_MS })
    await expect(page.getByTestId('source')).toContainText('ε')
    const tiles = page.getByTestId('tiles')
    await expect(tiles).toContainText(t.groups.measures.claims)
    await expect(tiles).toContainText(t.groups.denominator('').trim())
    await looks(consilium, 'groups-risk')

    // From a group to its cause in two clicks: the group, and by what it is cut.
    const select = page.getByLabel(t.groups.choose, { exact: true })
    await select.selectOption({ index: 1 })
    await expect(page.getByTestId('cause')).toBeVisible()
    await page.getByRole('radiogroup', { name: t.groups.causes }).getByText(t.groups.by.condition).click()
    await expect(page.getByTestId('cause')).not.toBeEmpty()
    await page.getByTestId('cause').scrollIntoViewIfNeeded()
    await looks(consilium, 'groups-cause')

    // The same table again is free.
    await at('#/groups/ask')
    await expect(page.getByTestId('price')).toContainText('ε')
    await looks(consilium, 'groups-ask')
  },
)
