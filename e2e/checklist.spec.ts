/** What a hospital sees to before it relies on its folder: the list on Home, one thing after the other until it is gone. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerOpenDialogs, expect, test, type Consilium } from './fixtures.ts'
import { deskOf, found, goTo, PASSPHRASE, proveKit } from './pages/desk.ts'
import { ALL_LOOKS, arePicturesKept, keepLooks, setWindow } from './pages/pictures.ts'

async function picture(consilium: Consilium, name: string): Promise<void> {
  if (!arePicturesKept) return
  await setWindow(consilium, 1280, 800)
  await keepLooks(consilium.page, name, ALL_LOOKS)
}

const title =
  'the checklist stays until the kit was opened, the lists were looked at and a backup was restored'
test(title, { tag: '@long' }, async ({ consilium }) => {
  test.setTimeout(180_000)
  const { page, app, scratchFolder } = consilium
  const desk = deskOf(consilium, 'en')
  const { t } = desk
  const task = (kind: string) => page.getByTestId(`task-${kind}`)
  const isOpen = (kind: string, standing: string) =>
    expect(task(kind)).toHaveAttribute('data-standing', standing)
  await found(desk, { hospital: 'North Hospital', person: 'Lin' }, 'later')
  for (const kind of ['kit', 'codes', 'backup']) await isOpen(kind, 'open')
  await isOpen('address', 'not-yet')
  await picture(consilium, 'checklist-open')

  // Code lists: the hospital's own departments are imported, then all lists are confirmed.
  await task('codes').getByRole('button').click()
  const departments = page.getByTestId('codes-department')
  await expect(departments).toBeVisible()
  const wards = join(scratchFolder, 'wards.csv')
  writeFileSync(wards, 'code,en,zh\nW1,Ward one,一病房\nW2,Ward two,二病房\n')
  await page.getByRole('button', { name: t.upkeep.codes.open }).click()
  await page.getByRole('tab', { name: t.codes.tabs.import }).click()
  await page.getByLabel(t.codes.list, { exact: true }).selectOption('department')
  await answerOpenDialogs(app, wards)
  await page.getByRole('button', { name: t.codes.choose }).click()
  await page.getByRole('button', { name: t.codes.keep }).click()
  await expect(page.getByText(t.codes.kept(t.codes.names.department))).toBeVisible()
  await goTo(desk, 'home')
  await task('codes').getByRole('button').click()
  await expect(departments).toContainText('wards.csv')
  await picture(consilium, 'code-lists')
  await page.getByRole('button', { name: t.upkeep.codes.confirm }).click()
  await expect(page.getByText(/Confirmed by Lin/)).toBeVisible()
  await goTo(desk, 'home')
  await isOpen('codes', 'done')

  // A backup, tried with a wrong passphrase and with the right one.
  await task('backup').getByRole('button').click()
  const disk = join(scratchFolder, 'disk')
  mkdirSync(disk)
  await answerOpenDialogs(app, consilium.profileFolder)
  await page.getByRole('button', { name: t.upkeep.backup.now }).click()
  await expect(page.getByText(t.upkeep.backup.failed['inside-profile'])).toBeVisible({ timeout: 30_000 })
  await answerOpenDialogs(app, disk)
  await page.getByRole('button', { name: t.upkeep.backup.now }).click()
  await expect(page.getByText(t.upkeep.backup.untried)).toBeVisible({ timeout: 30_000 })
  // The backup, and the file with its key.
  const [keysFile, ...backups] = readdirSync(disk).sort((a) =>
    a.startsWith('consilium-backup-keys-') ? -1 : 1,
  )
  expect(keysFile).toMatch(/^consilium-backup-keys-[0-9a-f]{12}\.json$/)
  expect(backups).toHaveLength(1)
  expect(existsSync(join(disk, backups[0]!, 'backup.json'))).toBe(true)
  await picture(consilium, 'backup-untried')
  await page.getByLabel(t.upkeep.backup.passphrase, { exact: true }).fill('not the passphrase')
  await page.getByRole('button', { name: t.upkeep.backup.tryNow, exact: true }).click()
  await expect(page.getByText(t.upkeep.backup.failed['wrong-passphrase'])).toBeVisible({ timeout: 30_000 })
  await goTo(desk, 'home')
  await isOpen('backup', 'open')
  await picture(consilium, 'checklist-half')
  await task('backup').getByRole('button').click()
  await page.getByLabel(t.upkeep.backup.passphrase, { exact: true }).fill(PASSPHRASE)
  await page.getByRole('button', { name: t.upkeep.backup.tryNow, exact: true }).click()
  await expect(page.getByText(/Restored and verified/)).toBeVisible({ timeout: 60_000 })
  await picture(consilium, 'backup-tried')
  // Nothing of the trial is left beside the folder.
  expect(readdirSync(scratchFolder).filter((name) => name.includes('restore-check'))).toEqual([])

  // A machine without a keyring says so, and offers to keep nothing (T29).
  const hasNone = await app.evaluate(
    ({ safeStorage }) =>
      process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text',
  )
  const machine = page.locator('#settings-machine')
  await machine.scrollIntoViewIfNeeded()
  await expect(machine.getByText(t.upkeep.machine.restart.person)).toBeVisible()
  if (hasNone) {
    await expect(machine.getByText(t.upkeep.machine.none['basic-text'])).toBeVisible()
    await expect(machine.getByRole('checkbox')).toHaveCount(0)
  }
  await picture(consilium, 'machine')

  // Shares of the keys.
  const shares = page.locator('#settings-shares')
  const shareFolder = join(scratchFolder, 'shares')
  mkdirSync(shareFolder)
  await answerOpenDialogs(app, shareFolder)
  await shares.getByLabel(t.shares.passphrase, { exact: true }).fill(PASSPHRASE)
  await shares.getByRole('button', { name: t.shares.make }).click()
  await expect(shares.getByText(t.shares.made(shareFolder))).toBeVisible({ timeout: 30_000 })
  expect(readdirSync(shareFolder)).toHaveLength(6)
  await picture(consilium, 'shares')

  // The kit is the last: the list goes.
  await goTo(desk, 'home')
  await isOpen('backup', 'done')
  await task('kit').getByRole('button').click()
  await page.getByLabel(t.firstRun.kit.passphraseAgain, { exact: true }).fill(PASSPHRASE)
  await proveKit(desk)
  await expect(page.getByRole('heading', { name: 'North Hospital' })).toBeVisible()
  await expect(page.getByTestId('checklist')).toBeHidden()

  // The hospital's own departments are what the form offers.
  await goTo(desk, 'record')
  const answer = await page.evaluate(() =>
    window.consilium.codes.search({ list: 'department', text: 'ward', limit: 5 }),
  )
  expect(answer).toMatchObject({ ok: true, value: [{ code: 'W1' }, { code: 'W2' }] })
})
