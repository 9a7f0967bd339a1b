/** A hospital alone changes its own keys in the window: asked for the passphrase, decided at once, a new kit asked for. */
import { expect, test } from './fixtures.ts'
import { deskOf, found, goTo, PASSPHRASE } from './pages/desk.ts'
import { keepLooks, keepPicture } from './pages/pictures.ts'

// Every step of the change, with power cuts between: own-keys.test.ts and keys-cut.test.ts in every run.
const title = 'a hospital changes its own keys, and its visits go on'
test(title, { tag: '@long' }, async ({ consilium }) => {
  const desk = deskOf(consilium, 'en')
  const { t } = desk
  const { page } = consilium
  await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
  await goTo(desk, 'network')
  await page.getByRole('button', { name: t.network.ownKeys.start }).click()
  await expect(page.getByTestId('keys-since')).toBeVisible()
  await keepLooks(page, 'own-keys')
  const keysOf = () =>
    page.evaluate(async () => {
      const answer = await window.consilium.governance.overview()
      if (!answer.ok) throw new Error(answer.error.code)
      return (answer.value as { members: { keys: { author: string } }[] }).members[0]!.keys.author
    })
  const before = await keysOf()
  const passphrase = page.getByLabel(t.network.decide.passphrase)
  await passphrase.fill('not the passphrase of this person')
  await page.keyboard.press('Enter')
  await expect(page.getByText(t.network.wrongPassphrase)).toBeVisible({ timeout: 30_000 })
  await passphrase.fill(PASSPHRASE)
  await page.keyboard.press('Enter')
  await expect(page.getByText(t.network.ownKeys.proposed)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(t.network.ownKeys.kit)).toBeVisible()
  await keepPicture(page, 'own-keys-proposed')
  // It is its own quorum: decided at once, in effect two heights later.
  await expect.poll(keysOf, { timeout: 60_000 }).not.toBe(before)
  await goTo(desk, 'home')
  await expect(page.getByText(t.home.proveKit.title).first()).toBeVisible()
  await keepPicture(page, 'own-keys-home')
})
