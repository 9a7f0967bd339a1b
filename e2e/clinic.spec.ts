/** A hospital's day, as its clerk lives it: found, enter by keyboard alone, see it final, verify it, close, reopen. */
import { answerMessageBoxes, askedBoxes, expect, test, type Locale } from './fixtures.ts'
import {
  deskOf,
  enterVisitByKeyboard,
  expectFocus,
  found,
  goTo,
  PASSPHRASE,
  registerByKeyboard,
} from './pages/desk.ts'

const cases: readonly {
  locale: Locale
  patient: { name: string; birthDate: string; sexKey: string }
  visit: { department: string; diagnosis: string; reason: string }
  /** What the list calls the diagnosis. */
  named: RegExp
  quit: string
}[] = [
  {
    locale: 'en',
    patient: { name: 'Maria Oliveira', birthDate: '1957-03-02', sexKey: 'F' },
    visit: { department: 'internal', diagnosis: 'E11.9', reason: 'follow-up' },
    named: /Type 2 diabetes/,
    quit: 'Quit Consilium?',
  },
  {
    locale: 'zh-Hant',
    patient: { name: '王小明', birthDate: '46/03/02', sexKey: 'm' },
    visit: { department: '內科', diagnosis: '糖尿病', reason: '回診' },
    named: /糖尿病/,
    quit: '要結束 Consilium 嗎？',
  },
]

for (const { locale, patient, visit, named, quit } of cases) {
  const tag = locale === 'en' ? [] : ['@long']
  test(
    `C1: found, enter a visit by keyboard alone, see it final, verify it, close, reopen (${locale})`,
    { tag },
    async ({ launch }) => {
      const consilium = await launch({ locale })
      const desk = deskOf(consilium, locale)
      const { page } = consilium
      const { t } = desk
      // C1: six ways to begin, one of them without an institution of one's own; then the first search has the focus.
      for (const way of ['found', 'join', 'demonstration'])
        await expect(page.locator(`[data-way="${way}"]`)).toBeVisible()
      await found(desk, { hospital: 'St. Raphael', person: 'Lin' })
      await expect(page.getByRole('combobox', { name: t.entry.findPatient })).toBeFocused()
      await expect(page.locator('html')).toHaveAttribute('lang', locale)
      await expect(page.getByTestId('status-pill')).toContainText(t.shell.status.saved)

      await goTo(desk, 'record')
      await registerByKeyboard(desk, patient)
      await enterVisitByKeyboard(desk, visit)

      // After the save the next patient's search has the focus, and the saved visit becomes final before our eyes.
      await expectFocus(desk, 'patient-search')
      const row = page.getByTestId('visit-row').first()
      await expect(row).toContainText(patient.name)
      await expect(row).toHaveAttribute('data-state', 'final')
      await expect(page.getByTestId('status-pill')).toContainText(t.shell.status.saved)

      // The explorer shows it, decoded for us, and recomputes it.
      await goTo(desk, 'chain')
      await page.getByRole('listbox', { name: t.chain.listLabel }).focus()
      await page.keyboard.press('Home')
      await expect(page.getByRole('heading', { name: t.chain.block('0') })).toBeVisible()
      await page.getByRole('button', { name: t.chain.verifyBlock }).click()
      await expect(page.getByTestId('verify-block')).toHaveAttribute('data-ok', 'true')
      await page.getByRole('tab', { name: t.chain.tabs.record }).click()
      await expect(page.getByText(visit.reason, { exact: true }).first()).toBeVisible()
      await expect(page.getByRole('listitem').filter({ hasText: named }).first()).toBeVisible()
      await page.getByRole('tab', { name: t.chain.tabs.proof }).click()
      await expect(page.getByText(t.chain.proof.fits)).toBeVisible()
      await page.getByRole('button', { name: t.chain.verifyChain }).click()
      await expect(page.getByTestId('verify-chain')).toContainText(t.chain.chainOk('1', '1'))

      // Whoever quits is asked in the language of the system.
      await answerMessageBoxes(consilium.app, 1)
      await page.evaluate(() => window.consilium.app.quit())
      expect((await askedBoxes(consilium.app))[0]!.message).toBe(quit)

      // Close, reopen with the passphrase: it is there.
      const again = await consilium.relaunch()
      const reopened = deskOf(again, locale)
      await again.page.getByRole('button', { name: /St\. Raphael/ }).click()
      await again.page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
      await again.page.keyboard.press('Enter')
      await goTo(reopened, 'patients')
      await again.page.getByRole('row', { name: new RegExp(patient.name) }).click()
      await expect(again.page.getByTestId('visit-version')).toHaveCount(1)
      await again.page.getByTestId('visit-version').getByRole('button').first().click()
      await expect(again.page.getByText(visit.reason, { exact: true }).first()).toBeVisible()
    },
  )
}
