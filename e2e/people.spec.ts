/** Patients and their histories in the real application: scenarios C2, C3, C10, C11, C12, C15 of the clerk's day. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { answerOpenDialogs, answerSaveDialogs, expect, sharedInFile, test } from './fixtures.ts'
import {
  deskOf,
  enterVisitByKeyboard,
  expectFocus,
  found,
  goTo,
  PASSPHRASE,
  registerByKeyboard,
} from './pages/desk.ts'
import { tabTo } from './pages/keyboard.ts'
import { watchMouse } from './typist.ts'

const consiliumNow = sharedInFile(async (consilium) => {
  const desk = deskOf(consilium, 'en')
  await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
  await goTo(desk, 'record')
  await registerByKeyboard(desk, { name: '陳大文', birthDate: '1980-05-06', sexKey: 'm' })
  await enterVisitByKeyboard(desk, { department: 'internal', diagnosis: 'I10', reason: 'check' })
  await expectFocus(desk, 'patient-search')
  await expect(consilium.page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')
})
const at = async (page: Page, place: string): Promise<void> => {
  await page.evaluate((hash) => {
    location.hash = hash
  }, `#/${place}`)
}

test('T40: what is copied of a patient is in the clipboard, as text alone, from the page and from a field', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page, app } = desk.consilium
  const { t } = desk
  const held = () => app.evaluate(({ clipboard }) => clipboard.readText())
  await goTo(desk, 'patients')
  const field = page.getByLabel(t.patients.searchLabel)
  await field.fill('1980-05-06 cut')
  await field.selectText()
  await page.keyboard.press('Control+x')
  await expect.poll(held).toBe('1980-05-06 cut')
  await expect(field).toHaveValue('')
  await page.keyboard.press('Control+z') // what is cut can be had back as ever
  await expect(field).toHaveValue('1980-05-06 cut')
  await field.fill('陳大文')
  await page.getByRole('row', { name: /陳大文/ }).click()
  await page.getByRole('heading', { name: '陳大文' }).selectText()
  await page.keyboard.press('Control+c')
  await expect.poll(held).toContain('陳大文')
  const formats = await app.evaluate(async ({ clipboard }) => {
    // Older versions of Electron list them otherwise.
    const { availableFormats } = clipboard as unknown as { availableFormats?(): string[] }
    return availableFormats?.() ?? (await clipboard.read()).flatMap(({ types }) => [...types])
  })
  expect(formats).toContain('text/plain')
  expect(formats).not.toContain('text/html')
})

test('C2 C3: what is not found is registered with what was typed; whoever looks alike is shown before', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page } = desk.consilium
  const { t } = desk
  // The first screen of a clerk has the cursor in the search.
  await goTo(desk, 'home')
  await page.getByRole('combobox', { name: t.entry.findPatient }).fill('Chan Tai Man 1980-05-06')
  await page.getByText(t.entry.newPatientNamed('Chan Tai Man 1980-05-06')).click()
  await expect(page.getByLabel(t.patients.name, { exact: true })).toHaveValue('Chan Tai Man')
  await expect(page.getByLabel(t.patients.birthDate)).toHaveValue('1980-05-06')
  await page.getByLabel(t.patients.sex).selectOption('male')
  await page.getByRole('button', { name: t.patients.registerNow, exact: true }).click()
  await expect(page.getByText(t.people.duplicates.title)).toBeVisible()
  await expect(page.getByRole('button', { name: t.people.duplicates.use('陳大文') })).toBeVisible()
  await page.getByRole('button', { name: t.people.duplicates.anyway }).click()
  await expect(page.getByText(t.people.duplicates.reasonMissing)).toBeVisible() // not without a reason
  await page.getByLabel(t.people.duplicates.reason).selectOption('other-person')
  await page.getByRole('button', { name: t.people.duplicates.anyway }).click()
  await expect(page.getByRole('heading', { name: 'Chan Tai Man' })).toBeVisible()
  await page.getByRole('tab', { name: t.history.tabs.person }).click()
  await expect(page.getByText(t.people.duplicates.reasons['other-person'])).toBeVisible()
})

test('C12: two entries are linked and parted; both stand in the chain with author and reason', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page } = desk.consilium
  const { t } = desk
  await goTo(desk, 'patients')
  await page.getByLabel(t.patients.searchLabel).fill('chan tai')
  await page.getByRole('row', { name: /Chan Tai Man/ }).click()
  await expect(page.getByText(t.patients.visitsEmpty)).toBeVisible()
  await page.getByRole('tab', { name: t.history.tabs.person }).click()
  await page.getByRole('button', { name: t.people.links.link }).click()
  await page.getByRole('dialog').getByRole('button', { name: t.people.links.linkNow, exact: true }).click()
  await expect(page.getByTestId('link').getByText(t.shell.mark.final)).toBeVisible()
  await page.getByRole('tab', { name: t.history.tabs.visits }).click()
  await expect(page.getByTestId('visit-version')).toHaveCount(1)
  await page.getByRole('tab', { name: t.history.tabs.person }).click()
  await page.getByRole('button', { name: t.people.links.unlink }).click()
  await page.getByRole('dialog').getByRole('button', { name: t.people.links.unlinkNow, exact: true }).click()
  await expect(page.getByTestId('link')).toContainText(t.people.links.reasons['not-same-person'])
  await page.getByRole('tab', { name: t.history.tabs.visits }).click()
  await expect(page.getByText(t.patients.visitsEmpty)).toBeVisible()
})

test('whoever is opened by an address stands in the list beside, and not what was searched for before', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page } = desk.consilium
  const { t } = desk
  await goTo(desk, 'patients')
  const search = page.getByLabel(t.patients.searchLabel)
  await search.fill('chan tai')
  await page.getByRole('row', { name: /Chan Tai Man/ }).click()
  await expect(page.getByRole('heading', { name: 'Chan Tai Man' })).toBeVisible()
  await expect(search).toHaveValue('chan tai')
  const other = await page.evaluate(async () => {
    const answer = await window.consilium.patients.search({ text: '陳大文', limit: 5 })
    const found = answer.ok ? (answer.value as { patients: { patientId: string; name: string }[] }) : null
    return found?.patients.find(({ name }) => name === '陳大文')?.patientId
  })
  await at(page, `patients/${other}`)
  await expect(page.getByRole('heading', { name: '陳大文' })).toBeVisible()
  await expect(search).toHaveValue('')
  await expect(page.getByRole('row', { name: /陳大文/ })).toHaveAttribute('aria-selected', 'true')
  // Whoever looks for the next patient types on: the record stays until one is chosen.
  await search.fill('nobody of that name')
  await expect(page.getByRole('row', { name: /陳大文/ })).toHaveCount(0)
  await expect(search).toHaveValue('nobody of that name')
  await expect(page.getByRole('heading', { name: '陳大文' })).toBeVisible()
})

test('C10: a late result is added; the original stays in sight, marked', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page } = desk.consilium
  const { t } = desk
  await goTo(desk, 'patients')
  await page.getByLabel(t.patients.searchLabel).fill('陳大文')
  await page.getByRole('row', { name: /陳大文/ }).click()
  await page.getByTestId('visit-version').getByRole('button').first().click()
  await page.getByRole('button', { name: t.people.late.action }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t.people.late.test).fill('potassium')
  await page.keyboard.press('Enter')
  await dialog.getByLabel(t.people.late.value, { exact: true }).fill('4.4')
  await expect(page.getByRole('dialog').getByTestId('version-diff')).toContainText('4.4')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByTestId('other-version')).toContainText(t.patients.superseded)
  await expect(page.getByTestId('visit-version')).toContainText(t.clinical.op.amend)
  // What the amendment changed stands in the record as long as it lasts.
  await expect(page.getByTestId('visit-version').getByTestId('version-diff')).toContainText('4.4')
  await page.getByRole('tab', { name: t.history.tabs.results }).click()
  await expect(page.getByTestId('result-chart').filter({ hasText: 'Potassium' })).toContainText('4.4')
})

test('C15: a summary is saved and checked; an altered copy fails', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page, app, scratchFolder } = desk.consilium
  const { t } = desk
  await goTo(desk, 'patients')
  await page.getByLabel(t.patients.searchLabel).fill('陳大文')
  await page.getByRole('row', { name: /陳大文/ }).click()
  await page.getByRole('button', { name: t.history.summary.action }).click()
  const code = (await page.getByTestId('summary-code').textContent()) ?? ''
  await expect(page.getByRole('img', { name: t.history.summary.qr })).toBeVisible()
  const pdf = join(scratchFolder, 'summary.pdf')
  await answerSaveDialogs(app, pdf)
  await page.getByRole('button', { name: t.history.summary.pdf }).click()
  await expect(page.getByText(t.history.summary.saved(pdf))).toBeVisible()
  expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-')
  expect(readFileSync(pdf).includes('/FontFile'), 'the page is not blank').toBe(true)
  await at(page, 'patients/check')
  const verdict = page.getByTestId('verdict')
  await page.getByLabel(t.history.check.field).fill(code)
  await page.keyboard.press('Enter')
  await expect(verdict).toHaveAttribute('data-verdict', 'good')
  await answerOpenDialogs(app, pdf)
  await page.getByRole('button', { name: t.history.check.choose }).click()
  await expect(page.getByText(t.history.check.compared.pdf)).toBeVisible()
  await expect(verdict).toHaveAttribute('data-verdict', 'good')
  const altered = readFileSync(pdf)
  const place = altered.indexOf('stream') + 12
  altered[place] = altered[place]! ^ 1
  writeFileSync(pdf, altered)
  await page.getByRole('button', { name: t.history.check.choose }).click()
  await expect(verdict).toHaveAttribute('data-verdict', 'altered')
})

test('C11: a visit under the wrong patient is moved; both versions name each other', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page } = desk.consilium
  const { t } = desk
  await goTo(desk, 'patients')
  await page.getByLabel(t.patients.searchLabel).fill('陳大文')
  await page.getByRole('row', { name: /陳大文/ }).click()
  await page.getByTestId('visit-version').getByRole('button').first().click()
  await page.getByRole('button', { name: t.patients.moreChanges }).click()
  await page.getByRole('menuitem', { name: t.people.move.action }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t.people.move.find).fill('chan tai')
  await expect(page.locator('[role=option]').first()).toContainText('Chan Tai Man')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText(/Chan Tai Man/).last()).toBeVisible()
  await dialog.getByRole('button', { name: t.people.move.now }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByTestId('visit-version')).toContainText(t.people.move.movedTo)
  await at(page, 'patients')
  await page.getByLabel(t.patients.searchLabel).fill('chan tai')
  await page.getByRole('row', { name: /Chan Tai Man/ }).click()
  await expect(page.getByTestId('visit-version')).toContainText(t.people.move.movedFrom)
})

test('a visit is retracted and restored, a result added, a person corrected and linked by keyboard alone', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page } = desk.consilium
  const { t } = desk
  const { keyboard } = page
  await goTo(desk, 'patients')
  const press = async (name: string | RegExp) => {
    await tabTo(desk.consilium, name)
    await keyboard.press('Enter')
  }
  const mouse = await watchMouse(page)
  await tabTo(desk.consilium, t.patients.searchLabel)
  await keyboard.type('chan tai')
  await expect(page.getByRole('row')).toHaveCount(2)
  await press(/^Chan Tai Man/)
  await expect(page.getByRole('heading', { name: 'Chan Tai Man' })).toBeVisible()
  const visit = page.getByTestId('visit-version')

  // Retract: the menu, the reason, the passphrase.
  await press(/^\d{4}-.*internal|I10/i)
  await press(t.patients.moreChanges)
  await expect(page.getByRole('menu')).toBeVisible()
  await choose(page, t.patients.retract)
  await expect(page.getByText(t.patients.retractBody)).toBeVisible()
  await press(t.clinical.changeNow.retract)
  await tabTo(desk.consilium, t.accounts.ownPassphrase)
  await keyboard.type(PASSPHRASE)
  await keyboard.press('Enter')
  await expect(visit.first()).toContainText(t.clinical.op.retract)

  // Restore.
  await press(t.patients.restore)
  await expect(page.getByText(t.patients.restoreBody)).toBeVisible()
  await press(t.clinical.changeNow.restore)
  await expect(visit.first()).toContainText(t.clinical.op.restore)

  // A late result.
  await press(t.people.late.action)
  await tabTo(desk.consilium, t.people.late.test)
  await keyboard.type('sodium')
  await keyboard.press('Enter')
  await tabTo(desk.consilium, t.people.late.value)
  await keyboard.type('139')
  await press(t.people.late.save)
  await expect(visit.first()).toContainText(t.clinical.op.amend)

  // The person: corrected, with what stood there before in sight.
  await keyboard.press('F4')
  await tabTo(desk.consilium, t.patients.phone)
  await keyboard.type('0912345678')
  await keyboard.press('Control+Enter')
  await expect(page.getByText('0912345678')).toBeVisible()
  await tabTo(desk.consilium, t.history.tabs.visits)
  for (let i = 0; i < 4; i++) await keyboard.press('ArrowRight')
  await expect(page.getByTestId('person-change')).toContainText('0912345678')

  // Linked with the other entry.
  await press(t.people.links.link)
  await expect(page.getByText(t.people.links.linkTitle)).toBeVisible()
  await press(t.people.links.linkNow)
  await expect(page.getByTestId('link').last()).toContainText(t.shell.mark.final)
  expect(await mouse()).toBe(0)
})

test('a draft stands in the strip of today and is gone on with, and a visit is moved, by keyboard alone', async () => {
  const desk = deskOf(consiliumNow(), 'en')
  const { page } = desk.consilium
  const { t } = desk
  const { keyboard } = page
  const press = async (name: string | RegExp) => {
    await tabTo(desk.consilium, name)
    await keyboard.press('Enter')
  }
  await goTo(desk, 'record')
  const mouse = await watchMouse(page)
  await registerByKeyboard(desk, { name: 'Ada Example', birthDate: '1957-03-02', sexKey: 'm' })
  await enterVisitByKeyboard(desk, { department: 'internal', diagnosis: 'I10', reason: 'check' })
  await expectFocus(desk, 'patient-search')
  await registerByKeyboard(desk, { name: 'Bo Other', birthDate: '1990-07-08', sexKey: 'm' })
  await expectFocus(desk, 'encounter.class')
  await keyboard.press('Alt+3')
  await keyboard.type('128/82')
  await keyboard.press('Enter')
  await press(t.entry.leave)
  await expectFocus(desk, 'patient-search')
  await expect(page.getByTestId('draft-row')).toHaveCount(1)
  await expect(page.getByTestId('draft-row')).toContainText('Bo Other')
  await keyboard.press('Alt+t')
  await keyboard.press('Enter')
  await expectFocus(desk, 'encounter.class')
  await expect(page.getByLabel(t.entry.vitals.names.sbp, { exact: true })).toHaveValue('128')
  await expect(page.getByTestId('draft-chip')).toHaveCount(0)

  // The person is corrected from the form, and the visit behind the dialog stays as it is.
  await keyboard.press('F4')
  await expect(page.getByRole('dialog')).toBeVisible()
  await tabTo(desk.consilium, t.patients.phone)
  await keyboard.type('0912345678')
  await keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByLabel(t.entry.vitals.names.sbp, { exact: true })).toHaveValue('128')

  await at(page, 'patients')
  await tabTo(desk.consilium, t.patients.searchLabel)
  await keyboard.type('ada')
  await expect(page.getByRole('row')).toHaveCount(2)
  await press(/^Ada Example/)
  await press(/I10|hypertension/i)
  await press(t.patients.moreChanges)
  await expect(page.getByRole('menu')).toBeVisible()
  await choose(page, t.people.move.action)
  await expect(page.getByText(t.people.move.body)).toBeVisible()
  await tabTo(desk.consilium, t.people.move.find)
  await keyboard.type('bo oth')
  await expect(page.locator('[role=option]').first()).toContainText('Bo Other')
  await keyboard.press('Enter')
  await press(t.people.move.now)
  await expect(page.getByTestId('visit-version')).toContainText(t.people.move.movedTo)
  expect(await mouse()).toBe(0)
})

/** Down an open menu to the entry, and takes it: a menu has the focus a moment after it is seen, and until then an arrow is lost. */
async function choose(page: Page, name: string): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('menuitem', { name })).toBeFocused({ timeout: 200 })
  }).toPass()
  await page.keyboard.press('Enter')
}

test('T40: and it is gone from there after half a minute', async () => {
  const { app } = consiliumNow()
  // It was copied by the first test of this file.
  const held = () => app.evaluate(({ clipboard }) => clipboard.readText())
  await expect.poll(held, { timeout: 60_000 }).not.toContain('陳大文')
})
