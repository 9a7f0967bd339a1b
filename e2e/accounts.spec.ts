/** Several people of one hospital at one machine: added by the founder, unlocked by account, each seeing their own rooms. */
import { expect, test } from './fixtures.ts'
import { arePicturesKept, keepLooks, keepPicture } from './pages/pictures.ts'

const PASSPHRASE = 'correct horse battery staple at the desk'
const THEIRS = 'another horse with another battery'

// Accounts and what they may, without a window: src/main/services/people.test.ts and rights.test.ts in every run.
const title = 'an administrator adds an auditor, who unlocks by account and sees no patients'
test(title, { tag: '@long' }, async ({ consilium }) => {
  const { page, profileFolder } = consilium
  const opened = await page.evaluate(
    ([folder, passphrase]) =>
      window.consilium.app.found({
        folder: folder!,
        institutionName: 'Hospital of several people',
        personName: 'Ada',
        passphrase: passphrase!,
        zone: 'Asia/Taipei',
      }),
    [profileFolder, PASSPHRASE],
  )
  expect(opened).toMatchObject({ ok: true, value: { kind: 'opened' } })
  await page.evaluate(() => void (window.location.hash = '#/settings'))
  await page.getByRole('button', { name: 'Add a person…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('Cy')
  await dialog.getByLabel('Account').fill('cy')
  await dialog.getByLabel('Clerk').uncheck()
  await dialog.getByLabel('Auditor').check()
  await dialog.getByLabel('First passphrase of this person').fill(THEIRS)
  await dialog.getByLabel('Your own passphrase').fill(PASSPHRASE)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  // Two scrypts: seconds, on a busy machine more.
  await expect(page.getByRole('cell', { name: 'Cy cy' })).toBeVisible({ timeout: 90_000 })
  await keepLooks(page, 'people')
  if (arePicturesKept) await page.getByRole('region', { name: 'Who may do what' }).scrollIntoViewIfNeeded()
  await keepLooks(page, 'rights')
  await page.getByRole('button', { name: 'Make a PIN…' }).click()
  const form = page.getByRole('form', { name: 'PIN at this machine' })
  await form.getByLabel('Your own passphrase').fill(PASSPHRASE)
  await form.getByLabel('PIN, six to twelve digits').fill('730518')
  await form.getByLabel('The same PIN again').fill('730518')
  await keepPicture(page, 'pin-form')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Remove the PIN' })).toBeVisible({ timeout: 30_000 })
  await page.evaluate(() => window.consilium.app.lock())
  const pin = page.getByLabel('PIN', { exact: true })
  await expect(pin).toBeFocused()
  await page.keyboard.type('111222')
  await page.keyboard.press('Enter')
  await expect(page.getByText('4 tries are left.')).toBeVisible({ timeout: 30_000 })
  await keepLooks(page, 'pin')
  await pin.focus()
  await page.keyboard.type('730518')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Remove the PIN' })).toBeVisible({ timeout: 30_000 })
  await page.evaluate(() => window.consilium.app.lockWholly())
  // The lock screen names nobody.
  await expect(page.getByLabel('Account')).toBeVisible()
  await expect(page.getByText('Cy')).toHaveCount(0)
  await keepPicture(page, 'lock')
  await page.getByLabel('Account').fill('CY')
  await page.getByLabel('Passphrase', { exact: true }).fill(THEIRS)
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  const navigation = page.getByRole('navigation')
  await expect(navigation.getByText('Settings')).toBeVisible()
  await expect(navigation.getByText('Patients')).toHaveCount(0)
  // Whoever asks past the window is refused, and told nothing.
  expect(
    await page.evaluate(() => window.consilium.patients.search({ text: 'Chan', limit: 5 } as never)),
  ).toEqual({ ok: false, error: { code: 'not-permitted' } })
})
