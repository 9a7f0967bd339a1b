/** The desk on a bad day: wrong values, unusual ones, a crash, a forgotten passphrase, a mistake found later. */
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
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
import { exampleBundle } from './screens.ts'

const patient = { name: 'Ada Example', birthDate: '1957-03-02', sexKey: 'F' }
const hospital = { hospital: 'St. Raphael', person: 'Lin' }

const consiliumNow = sharedInFile((consilium) => found(deskOf(consilium, 'en'), hospital, 'later'))

test('C6: a wrong value stops the save, an unusual one is confirmed once, a later mistake is corrected and retracted', async () => {
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page } = consilium
  const { t } = desk
  await goTo(desk, 'home')
  await expect(page.getByText(t.home.proveKit.title)).toBeVisible()

  // Impossible: the save stops at the field, the value stays, the suggestion mends it.
  await goTo(desk, 'record')
  await registerByKeyboard(desk, patient)
  const systolic = page.getByLabel(t.entry.vitals.names.sbp, { exact: true })
  await enterVisitByKeyboard(desk, { department: 'internal', diagnosis: 'J06.9', reason: 'check' })
  await expectFocus(desk, 'patient-search')
  await page.keyboard.type('ada')
  await page.keyboard.press('Enter')
  await expectFocus(desk, 'encounter.class')
  await page.keyboard.press('Control+Shift+D')
  await expect(page.getByText(t.entry.nothingToCopy)).toBeVisible()
  await systolic.fill('1200')
  await page.keyboard.press('Control+Enter')
  await expectFocus(desk, /^(encounter\.department|vitals\.sbp|diagnoses\..*)$/)
  await expect(systolic).toHaveValue('1200')
  // What is wrong stands beside the field, and is read out with it.
  await expect(systolic).toHaveAttribute('aria-invalid', 'true')
  await expect(systolic).toHaveAccessibleDescription(/1200.*300/)
  await page.getByRole('button', { name: t.findings.suggestion('120') }).click()
  await expect(systolic).toHaveValue('120')
  await page.getByLabel(t.entry.encounter.department, { exact: true }).fill('internal')
  await page.keyboard.press('Enter')
  await expectFocus(desk, 'encounter.reason')
  await page.keyboard.press('Alt+5')
  await expectFocus(desk, /^diagnoses\..*\.code$/)
  await page.keyboard.insertText('E11.9')
  await page.keyboard.press('Enter')
  await expectFocus(desk, /^diagnoses\..*\.text$/)

  // Unusual: asked once, confirmed with one key, stored with the record.
  await page.getByLabel(t.entry.vitals.names.hr, { exact: true }).fill('190')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('alertdialog')).toContainText('190')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('alertdialog')).toBeHidden()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await page.keyboard.press('Enter')
  await expectFocus(desk, 'patient-search')
  await expect(page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')

  // A mistake found later: a new version with a reason; the old one stays, marked.
  await goTo(desk, 'patients')
  await page.getByRole('row', { name: /Ada Example/ }).click()
  await page.getByTestId('visit-version').first().getByRole('button').first().click()
  await page.getByRole('button', { name: t.patients.correct }).click()
  await expect(page.getByText(/Correcting the visit/)).toBeVisible()
  // Somebody else is faster: theirs counts, mine is a draft, and both stand side by side until I decide.
  await page.evaluate(amendNewest)
  await page.getByLabel(t.entry.vitals.names.hr, { exact: true }).fill('90')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByTestId('version-sides')).toContainText('their note')
  await expect(page.getByTestId('version-sides').getByRole('row').filter({ hasText: '90' })).toContainText(
    '190',
  )
  await page.getByRole('button', { name: t.entry.rival.theirs }).click()
  await expect(page.getByTestId('rival')).toBeHidden()
  await expect(page.getByLabel(t.entry.vitals.names.hr, { exact: true })).toHaveValue('190')
  await page.getByLabel(t.entry.vitals.names.hr, { exact: true }).fill('90')
  await page.keyboard.press('Control+Enter')
  await expectFocus(desk, 'patient-search')
  await expect(page.getByTestId('visit-row').first()).toContainText(t.clinical.op.amend)
  await expect(page.getByTestId('visit-row').first()).toHaveAttribute('data-state', 'final')
  await goTo(desk, 'patients')
  await page.getByRole('row', { name: /Ada Example/ }).click()
  await expect(page.getByTestId('visit-version')).toHaveCount(2)
  // What was replaced stays in sight, marked.
  await expect(page.getByTestId('other-version')).toHaveCount(2)
  await expect(page.getByTestId('other-version').first()).toContainText(t.patients.superseded)
  await page.getByTestId('visit-version').first().getByRole('button').first().click()
  await page.getByRole('button', { name: t.patients.moreChanges }).click()
  await page.getByRole('menuitem', { name: t.patients.retract }).click()
  await page.getByRole('dialog').getByRole('button', { name: t.clinical.changeNow.retract }).click()
  await page.getByLabel(t.accounts.ownPassphrase).fill(PASSPHRASE)
  await page.getByRole('button', { name: t.accounts.confirm.now }).click()
  await expect(page.getByTestId('visit-version').first()).toContainText(t.clinical.op.retract)

  // The whole chain still verifies.
  await goTo(desk, 'chain')
  await page.getByRole('button', { name: t.chain.verifyChain }).click()
  await expect(page.getByTestId('verify-chain')).toContainText(t.chain.chainOkTip, { timeout: 30_000 })
})

test('an import says what it took and what not; the same file twice adds nothing; the language changes at once', async () => {
  const consilium = consiliumNow()
  const desk = deskOf(consilium, 'en')
  const { page, app } = consilium
  const { t } = desk
  await goTo(desk, 'imports')
  const file = join(consilium.scratchFolder, 'example.json')
  writeFileSync(file, exampleBundle())
  await answerOpenDialogs(app, file)
  const number = (name: string) => page.locator('dl div').filter({ hasText: name }).locator('dd')
  const run = async () => {
    await page.getByRole('button', { name: t.imports.chooseFiles }).click()
    await page.getByRole('button', { name: t.imports.start, exact: true }).click()
  }
  await run()
  await expect(number(t.imports.report.visits)).toHaveText('1', { timeout: 30_000 })
  await expect(number(t.imports.report.rejected)).toHaveText('4')
  await expect(page.getByText(t.imports.reasons['not-part-of-a-visit']!).first()).toBeVisible()
  const table = join(consilium.scratchFolder, 'rejects.csv')
  await answerSaveDialogs(app, table)
  await page.getByRole('button', { name: t.imports.report.save }).click()
  await expect(page.getByText(t.imports.report.saved(table))).toBeVisible()
  // Cause, effect and next step, in the language of the window.
  expect(await readFile(table, 'utf8')).toContain(
    `${t.imports.reasons['not-part-of-a-visit']} ${t.importSteps.effects['left-out']} ${t.importSteps.next['not-part-of-a-visit']}`,
  )
  await page.getByRole('button', { name: t.imports.report.again }).click()
  await run()
  await expect(page.getByText(t.imports.report.nothingNew)).toBeVisible({ timeout: 30_000 })
  await expect(number(t.imports.report.visits)).toHaveText('0')

  // By the palette, without a restart.
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder(t.shell.paletteHint).fill('繁體')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hant')
  const chinese = deskOf(consilium, 'zh-Hant')
  await goTo(chinese, 'settings')
  await expect(page.getByRole('heading', { name: chinese.t.settings.title })).toBeVisible()
})

test('C7: a draft survives a power cut, a locked window shows nothing, a wrong passphrase harms nothing', async ({
  launch,
}) => {
  const consilium = await launch()
  const desk = deskOf(consilium, 'en')
  const { t } = desk
  await found(desk, hospital, 'later')
  await goTo(desk, 'record')
  await registerByKeyboard(desk, patient)
  await consilium.page.getByLabel(t.entry.encounter.reason, { exact: true }).fill('half a sentence')
  await expect(consilium.page.getByText(/Draft saved/)).toBeVisible()
  await consilium.kill()

  const again = await consilium.relaunch()
  const { page } = again
  const reopened = deskOf(again, 'en')
  await page.getByRole('button', { name: /St\. Raphael/ }).click()
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill('not the passphrase')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText(t.firstRun.refusals['wrong-passphrase'])
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
  // A wrong attempt is followed by a short wait, which says how long it is.
  await expect(async () => {
    await page.keyboard.press('Enter')
    await expect(page.getByRole('navigation', { name: t.shell.navigation })).toBeVisible({ timeout: 4_000 })
  }).toPass()

  await page.getByRole('button', { name: t.home.drafts.action }).click()
  await expect(page.getByLabel(t.entry.encounter.reason, { exact: true })).toHaveValue('half a sentence')
  await page.keyboard.press('Control+Shift+L')
  await expect(page.getByText(t.firstRun.unlockBody)).toBeVisible()
  expect(await page.content()).not.toContain(patient.name)
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
  await page.keyboard.press('Enter')
  await goTo(reopened, 'record')
  await page.getByRole('button', { name: t.entry.draftOpen }).click()
  await expect(page.getByLabel(t.entry.encounter.reason, { exact: true })).toHaveValue('half a sentence')

  // Whatever is opened after this institution begins at its own Home, not where this one was left.
  await goTo(reopened, 'settings')
  await page.getByRole('button', { name: t.shell.closeProfile }).click()
  await page.getByRole('dialog').getByRole('button', { name: t.settings.closeProfileNow }).click()
  await expect(page.getByText(t.firstRun.choose)).toBeVisible()
  await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/')
})

/** In the page: a colleague's correction of the newest visit, through the contract that every window uses. */
async function amendNewest(): Promise<void> {
  const { records } = window.consilium
  const recent = (await records.recent({ limit: 1, of: 'mine' })) as unknown as {
    value: { patientId: string; visitId: string }[]
  }
  const newest = recent.value[0]
  const { patientId } = newest!
  const { visits } = (
    (await records.ofPatient({ patientId, limit: 50 })) as unknown as {
      value: { visits: { merkleRoot: string; isSuperseded: boolean; record: Record<string, never> }[] }
    }
  ).value
  const head = visits.find(
    ({ record, isSuperseded }) =>
      !isSuperseded && (record['envelope'] as unknown as { visitId: string }).visitId === newest!.visitId,
  )!
  const { envelope, patient, encounter, ...clinical } = head.record as unknown as {
    envelope: { visitId: string; confirmations: [] }
    patient: { consent: object }
    encounter: { facility: string; day: number }
  }
  const { facility: _facility, day: _day, ...rest } = encounter
  const answer = await records.submit({
    visit: {
      ...clinical,
      patientId,
      encounter: rest,
      notes: ['their note'],
      consent: patient.consent,
      confirmations: envelope.confirmations,
    } as never,
    draftId: null,
    change: { op: 'amend', visitId: envelope.visitId, supersedes: head.merkleRoot, reason: { code: 'typo' } },
  })
  if (!JSON.stringify(answer).includes('"queued"')) throw new Error(JSON.stringify(answer))
}
