/** The audit in the real application: what a clerk did is in it, it verifies, and a patient's report can be printed. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerSaveDialogs, expect, test } from './fixtures.ts'
import { deskOf, enterVisitByKeyboard, expectFocus, found, goTo, registerByKeyboard } from './pages/desk.ts'
import { keepLooks } from './pages/pictures.ts'

test('an opening is in the audit, the audit verifies and is saved, and the patient gets a report', async ({
  consilium,
}) => {
  test.setTimeout(300_000)
  const desk = deskOf(consilium, 'en')
  const { page, app, scratchFolder } = consilium
  const { t } = desk
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setContentSize(1280, 800))
  await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
  await goTo(desk, 'record')
  await registerByKeyboard(desk, { name: '陳大文', birthDate: '1980-05-06', sexKey: 'm' })
  await enterVisitByKeyboard(desk, { department: 'internal', diagnosis: 'I10', reason: 'check' })
  await expectFocus(desk, 'patient-search')
  await expect(page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')
  await page.evaluate(() => window.consilium.app.lock())
  await page.evaluate(() => window.consilium.app.unlock({ passphrase: 'not the passphrase' }))
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill('river lantern oxide meadow')
  await page.getByRole('button', { name: t.firstRun.unlockNow }).click()
  await goTo(desk, 'patients')
  await page.getByRole('row', { name: /陳大文/ }).click()
  await expect(page.getByTestId('visit-version')).toHaveCount(1)

  await goTo(desk, 'audit')
  const list = page.getByRole('listbox', { name: t.audit.list })
  await expect(list.getByText(t.audit.operations['records.ofPatient']!).first()).toBeVisible()
  await expect(list.getByText(t.audit.operations['records.submit']!)).toBeVisible()
  await expect(
    list.getByText(`${t.audit.outcomes.refused}: ${t.audit.codes['wrong-passphrase']!}`),
  ).toBeVisible()
  // Nothing of the patient's name is in the room.
  await expect(page.getByText('陳大文')).toHaveCount(0)
  await keepLooks(page, 'audit')

  await page.getByRole('button', { name: t.audit.verify, exact: true }).click()
  await expect(page.getByTestId('audit-verdict')).toHaveAttribute('data-whole', 'true')

  await page.getByLabel(t.audit.filters.outcome).selectOption('refused')
  await expect(list.getByRole('option')).toHaveCount(1)
  await page.getByRole('button', { name: t.audit.filters.clear }).click()
  await page.getByLabel(t.audit.filters.act).selectOption('opening')
  await expect(list.getByText(t.audit.operations['patients.get']!)).toBeVisible()
  await expect(list.getByText(t.audit.operations['records.submit']!)).toHaveCount(0)
  await list.press('ArrowDown')
  const pane = page.getByRole('complementary', { name: t.audit.detail })
  await expect(pane).toBeVisible()
  await keepLooks(page, 'audit-entry')

  const csv = join(scratchFolder, 'audit.csv')
  await answerSaveDialogs(app, csv)
  await page.getByRole('button', { name: t.audit.export }).click()
  await expect.poll(() => existsSync(csv)).toBe(true)
  expect(readFileSync(csv, 'utf8')).toContain('patients.get')

  await pane.getByRole('button', { name: t.audit.report }).click()
  const report = page.getByTestId('disclosure')
  await expect(report.getByText(t.audit.operations['records.submit']!, { exact: false })).toBeVisible()
  await keepLooks(page, 'disclosure-id')

  await goTo(desk, 'patients')
  await page.getByRole('row', { name: /陳大文/ }).click()
  await page.getByRole('tab', { name: t.history.tabs.privacy }).click()
  await page.getByRole('button', { name: t.audit.disclosure.action }).click()
  await expect(report.getByText('陳大文')).toBeVisible()
  await keepLooks(page, 'disclosure')
  const pdf = join(scratchFolder, 'report.pdf')
  await answerSaveDialogs(app, pdf)
  await page.getByRole('button', { name: t.audit.disclosure.save }).click()
  await expect(page.getByText(t.audit.disclosure.saved(pdf))).toBeVisible()
  expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-')
})
