/** Nightly files at a hospital: HL7 v2 comes in, the list knows it after a restart, its manifest is checked, it is undone. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerOpenDialogs, answerSaveDialogs, expect, show, test } from './fixtures.ts'
import { deskOf, found, goTo, PASSPHRASE } from './pages/desk.ts'

const night = (number: number) =>
  [
    `MSH|^~\\&|HIS|NORTH|C|X|20260301090000+0800||ADT^A04|${number}|P|2.5.1||||||UNICODE UTF-8`,
    `PID|1||M${number}^^^NORTH^MR||Example^Ada^^^^^L||19570302|F`,
    `PV1|1|O||||||||CARD|||||||||V${number}${'|'.repeat(25)}20260301080000`,
    'DG1|1||I10^Hypertension^I10|||F',
    'ZZZ|1',
    `MSH|^~\\&|LIS|NORTH|C|X|20260301120000+0800||ORU^R01|${number}R|P|2.5.1||||||UNICODE UTF-8`,
    `PID|1||M${number}^^^NORTH^MR`,
    `PV1|1|O|||||||||||||||||V${number}`,
    'OBR|1||F|CHEM^Chemistry^L|||20260301083000|||||||||||||||20260301120000||LAB|F',
    'OBX|1|NM|2345-7^Glucose^LN||5.60|mmol/L|3.9-6.1|N|||F',
    '',
  ].join('\r')

// The same, with the command line: src/main/imports/hl7v2.test.ts and watched.test.ts in every run.
const hl7 = 'HL7 v2 files come in, are known after a restart with their signed manifest, and are undone'
test(hl7, { tag: '@long' }, async ({ launch }) => {
  const first = await launch({ locale: 'en' })
  let desk = deskOf(first, 'en')
  await found(desk, { hospital: 'St. Raphael', person: 'Lin' })
  await goTo(desk, 'imports')
  await expect(first.page.getByText(desk.t.batches.none)).toBeVisible()
  const file = join(first.scratchFolder, 'night.hl7')
  writeFileSync(file, night(1))
  await answerOpenDialogs(first.app, file)
  await first.page.getByRole('button', { name: desk.t.imports.chooseFiles }).click()
  await first.page.getByRole('button', { name: desk.t.imports.start, exact: true }).click()
  await expect(first.page.getByText(desk.t.imports.report.rejectsTitle).first()).toBeVisible({
    timeout: 60_000,
  })
  await expect(first.page.getByTestId('batch')).toContainText(desk.t.batches.states.done)

  // A folder is watched beside it.
  const inbox = join(first.scratchFolder, 'inbox')
  mkdirSync(inbox)
  writeFileSync(join(inbox, 'second.hl7'), night(2))
  await first.page.getByRole('button', { name: desk.t.batches.watched.add }).click()
  await first.page.getByRole('textbox', { name: desk.t.batches.watched.folder, exact: true }).fill(inbox)
  await first.page.getByRole('button', { name: desk.t.batches.watched.save }).click()
  await expect(first.page.getByTestId('watched')).toContainText('second.hl7', { timeout: 60_000 })
  await expect(first.page.getByTestId('batch')).toHaveCount(2)
  await first.page.screenshot({ path: test.info().outputPath('imports.en.png'), fullPage: true })

  const consilium = await first.relaunch()
  desk = deskOf(consilium, 'en')
  const { page } = consilium
  const { t } = desk
  await page.getByRole('button', { name: /St\. Raphael/ }).click()
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
  await page.keyboard.press('Enter')
  await goTo(desk, 'imports')
  const batch = page.getByTestId('batch').filter({ hasText: 'night.hl7' })
  await expect(batch).toContainText(t.batches.counts('1', '0', '1'))
  await expect(page.getByTestId('watched')).toContainText('second.hl7')

  const manifest = join(consilium.scratchFolder, 'import.consilium')
  await answerSaveDialogs(consilium.app, manifest)
  await batch.getByRole('button', { name: t.batches.saveManifest }).click()
  await expect(page.getByText(t.batches.saved(manifest))).toBeVisible()
  await answerOpenDialogs(consilium.app, manifest)
  await page.getByRole('button', { name: t.batches.check }).click()
  await expect(page.getByText(t.batches.manifest.good('St. Raphael'))).toBeVisible()

  await batch.getByRole('button', { name: t.batches.undo }).click()
  await page.getByLabel(t.batches.passphrase).fill('not the passphrase')
  await page.getByRole('button', { name: t.batches.undoNow, exact: true }).click()
  await expect(page.getByText(t.batches.wrongPassphrase)).toBeVisible()
  await page.screenshot({ path: test.info().outputPath('undo.en.png'), fullPage: true })
  await show(page, { locale: 'zh-Hant', theme: 'dark' })
  await page.screenshot({ path: test.info().outputPath('undo.zh.png'), fullPage: true })
  await show(page, { locale: 'en', theme: 'light' })
  await page.getByLabel(t.batches.passphrase).fill(PASSPHRASE)
  await page.getByRole('button', { name: t.batches.undoNow, exact: true }).click()
  await expect(batch).toContainText(t.batches.undone, { timeout: 60_000 })
  await expect(batch).toContainText(t.batches.undoDone('1', '0'))
})
