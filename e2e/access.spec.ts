/** A patient of several hospitals in the real application: one key, an absent hospital, a broken glass and its review. */
import { expect, show, test, type Locale, type Theme } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { keepPicture } from './pages/pictures.ts'
import { wordsOf } from './pages/words.ts'
import { openTraveller } from './screens.ts'

const looks: readonly { locale: Locale; theme: Theme }[] = [
  { locale: 'en', theme: 'light' },
  { locale: 'zh-Hant', theme: 'dark' },
]

for (const look of looks) {
  // Six processes for a minute; T25 and C16 are shown between real nodes in src/main/node/access and src/main/services.
  const tag = '@long'
  test(
    `a clerk opens visits at other hospitals with one key (${look.locale})`,
    { tag },
    async ({ launch }) => {
      test.setTimeout(300_000)
      const { locale, theme } = look
      const { page, app } = await launch({ locale })
      const t = wordsOf(locale)
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setContentSize(1280, 800))
      await show(page, { locale, theme })
      await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme })
      const picture = (name: string) => keepPicture(page, `access-${name}.${locale}`)

      await startDemonstration(page, t, '20')
      await untilComplete(page)
      const who = page.getByLabel(t.shell.youAre)
      await expect.poll(() => openTraveller(page), { timeout: 30_000 }).not.toBe('')

      // Sealed, counted, and no hospital is named.
      const banner = page.getByTestId('elsewhere')
      await expect(banner).toHaveAttribute('data-open', '0')
      for (const name of [
        'Harbour Hospital',
        'Hill Hospital',
        'River Hospital',
        '港灣醫院',
        '山麓醫院',
        '河畔醫院',
      ])
        await expect(banner).not.toContainText(name)
      await expect(page.getByTestId('hospital')).toHaveCount(0)
      await picture('1-closed')

      // By the page's own clock, from the key to the drawing.
      await page.evaluate((key) => {
        const at = { began: 0, shown: 0 }
        Object.assign(window, { oneKey: at })
        window.addEventListener(
          'keydown',
          (event) => event.key === key && (at.began = performance.now()),
          true,
        )
        new MutationObserver(() => {
          if (at.shown === 0 && document.querySelector('[data-testid=hospital]') !== null)
            at.shown = performance.now()
        }).observe(document.body, { subtree: true, childList: true })
      }, t.access.key)
      await page.keyboard.press(t.access.key)
      await expect(page.getByTestId('hospital').first()).toBeVisible()
      const tookMs = await page.evaluate(() => {
        const { began, shown } = (window as unknown as { oneKey: { began: number; shown: number } }).oneKey
        return Math.round(shown - began)
      })
      test.info().annotations.push({ type: 'one key to the visits, ms', description: `${tookMs}` })
      console.log(`one key to the visits on the screen: ${tookMs} ms`)
      await picture('2-open')
      await page.getByRole('tab', { name: t.history.tabs.results }).click()
      await picture('3-results')
      await page.getByRole('tab', { name: t.history.tabs.medicines }).click()
      await picture('4-medicines')
      await page.getByRole('tab', { name: t.history.tabs.visits }).click()
      const theirs = page.getByTestId('visit-version').filter({ has: page.getByTestId('hospital') })
      await theirs.first().getByRole('button').first().click()
      await expect(theirs.first().getByRole('button', { name: t.access.dispute })).toBeVisible()
      await expect(theirs.first().getByRole('button', { name: t.patients.correct })).toHaveCount(0)
      await theirs.first().scrollIntoViewIfNeeded()
      await picture('5-visit')

      await page.getByRole('button', { name: t.access.end, exact: true }).click()
      await expect(page.getByTestId('hospital')).toHaveCount(0)
      await expect(banner).toHaveAttribute('data-open', '0')
      await picture('6-ended')

      // By keyboard through the dialog.
      await page.getByRole('button', { name: t.access.more, exact: true }).click()
      await page.getByRole('menuitem', { name: t.access.consent }).click()
      await page.keyboard.type('Archive A 12')
      await picture('7-consent')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: t.access.more, exact: true }).click()
      await page.getByRole('menuitem', { name: t.access.breakGlass }).click()
      await page.getByLabel(t.access.glassText).fill('Brought in alone, does not answer')
      await picture('8-glass')
      await page.keyboard.press('Control+Enter')
      await expect(page.getByTestId('hospital').first()).toBeVisible()
      await expect(banner).toContainText(t.access.until['break-glass']('').slice(0, 8))
      await picture('9-broken')

      // Whoever broke it does not review it; the hospital whose visits these are does.
      const hospital = await page.getByTestId('hospital').first().textContent()
      const folder = /Harbour|港灣/.test(hospital!)
        ? 'harbour'
        : /Hill|山麓/.test(hospital!)
          ? 'hill'
          : 'river'
      await who.selectOption(`${folder}-hospital/auditor`)
      await page.evaluate(() => {
        location.hash = '#/'
      })
      await expect(page.getByText(t.access.home.glasses(1))).toBeVisible()
      await picture('10-home')
      await page.evaluate(() => {
        location.hash = '#/network/access'
      })
      const card = page.locator('[data-testid=access][data-basis=break-glass]')
      await expect(card).toHaveCount(1)
      await picture('10-to-review')
      await page.getByRole('button', { name: t.access.object, exact: true }).click()
      await expect(page.getByText(t.access.noteMissing)).toBeVisible()
      await page.getByLabel(t.access.note, { exact: true }).fill('She answered when she came here')
      await page.getByRole('button', { name: t.access.object, exact: true }).click()
      await expect(card).toContainText(t.access.verdict.object)
      await picture('11-reviewed')
      await who.selectOption('north-hospital/auditor')
      await expect(card).toContainText('She answered when she came here')
      await picture('12-at-reader')
    },
  )
}

test(
  'a hospital that is away is named, and the glass opens what it recorded',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(300_000)
    const { page, app } = await launch({ locale: 'en' })
    const t = wordsOf('en')
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setContentSize(1280, 800))
    await startDemonstration(page, t, '20')
    await untilComplete(page)
    await expect.poll(() => openTraveller(page), { timeout: 30_000 }).not.toBe('')
    await expect(page.getByTestId('elsewhere')).toBeVisible()
    await page.keyboard.press(t.access.key)
    const hospital = page.getByTestId('hospital').first()
    await expect(hospital).toBeVisible()
    const name = (await hospital.textContent())!.replace('at ', '')
    await page.getByRole('button', { name: t.access.end, exact: true }).click()
    await expect(page.getByTestId('hospital')).toHaveCount(0)

    const pids = await app.evaluate(({ app: electron }) =>
      electron
        .getAppMetrics()
        .filter(({ name: what }) => what === 'Consilium node')
        .map(({ pid }) => pid),
    )
    const position = ['North', 'Harbour', 'Hill', 'River'].findIndex((each) => name.startsWith(each))
    // Nodes start in the order of the cast, and a process that starts later has a greater number.
    process.kill(pids.sort((a, b) => a - b)[position]!, 'SIGKILL')
    await expect
      .poll(async () => {
        await page.keyboard.press(t.access.key)
        return page.getByText(t.access.away(name)).count()
      })
      .toBeGreaterThan(0)
    await keepPicture(page, 'access-13-away.en')
    await page.getByRole('button', { name: t.access.breakGlass }).click()
    await page.getByLabel(t.access.glassText).fill('Its line is down and she bleeds')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByTestId('hospital').filter({ hasText: name }).first()).toBeVisible()
    await keepPicture(page, 'access-14-away-broken.en')
  },
)
