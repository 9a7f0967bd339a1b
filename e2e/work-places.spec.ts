/** A node and a work place, two real applications: paired by a code, unlocked by account, cut off while somebody types. */
import type { Page } from '@playwright/test'
import { expect, show, test, type Locale, type Theme } from './fixtures.ts'
import { keepPicture } from './pages/pictures.ts'
import { wordsOf } from './pages/words.ts'

const PASSPHRASE = 'correct horse battery staple at the desk'

const looks: readonly { locale: Locale; theme: Theme; width: number; height: number }[] = [
  { locale: 'en', theme: 'light', width: 1280, height: 800 },
  { locale: 'zh-Hant', theme: 'dark', width: 1920, height: 1080 },
]

/** The passphrase once more, then the call: what the window does with its dialog. */
const letListen = (page: Page) =>
  page.evaluate(async (passphrase) => {
    const input = { listen: '127.0.0.1:0' }
    await window.consilium.people.confirm({ operation: 'workPlaces.setListening', input, passphrase })
    return window.consilium.workPlaces.setListening(input)
  }, PASSPHRASE)

for (const { locale, theme, width, height } of looks)
  test(
    `a work place is paired, cut off and loses nothing (${locale})`,
    // Two applications for a minute; what is shown here is tested without windows in src/main/work-place.
    { tag: '@long' },
    async ({ launch }) => {
      test.setTimeout(300_000)
      const t = wordsOf(locale)
      const node = await launch({ locale })
      const place = await launch({ locale, installation: 'ward' })
      for (const { app, page } of [node, place]) {
        await app.evaluate(
          ({ BrowserWindow }, size) =>
            BrowserWindow.getAllWindows()[0]!.setContentSize(size.width, size.height),
          { width, height },
        )
        await show(page, { locale, theme })
        await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: theme })
      }
      const picture = (page: Page, name: string) => keepPicture(page, `work-place-${name}.${locale}`)

      const opened = await node.page.evaluate(
        async ([folder, passphrase]) => {
          const answer = await window.consilium.app.found({
            folder,
            institutionName: 'North Hospital',
            personName: 'Ada',
            passphrase,
            zone: 'Asia/Taipei',
          })
          await window.consilium.people.add({
            name: 'Bo',
            account: 'bo',
            roles: ['clerk'],
            theirPassphrase: passphrase,
            passphrase,
          })
          return answer
        },
        [node.profileFolder, PASSPHRASE],
      )
      expect(opened).toMatchObject({ ok: true, value: { kind: 'opened' } })
      expect(await letListen(node.page)).toMatchObject({ ok: true, value: { kind: 'set' } })

      // At the node: a name, the passphrase once more, and a code to read out.
      await node.page.evaluate(() => void (location.hash = '#/settings/places'))
      await node.page.getByRole('button', { name: t.workPlaces.pair }).click()
      const dialog = node.page.getByRole('dialog', { name: t.workPlaces.pairTitle })
      await dialog.getByLabel(t.workPlaces.pairName).fill('Ward 3, desk 2')
      await dialog.getByRole('button', { name: t.workPlaces.pairNow }).click()
      const confirming = node.page.getByRole('dialog', { name: t.accounts.confirm.title })
      await confirming.getByLabel(t.firstRun.passphrase).fill(PASSPHRASE)
      await node.page.keyboard.press('Enter')
      const code = (await dialog.getByTestId('pairing-code').textContent())!
      const address = (await dialog.getByTestId('pairing-address').textContent())!
      await picture(node.page, '1-code')

      // At the work place: the wizard.
      await place.page.getByText(t.workPlaces.way.title).click()
      await place.page.getByLabel(t.workPlaces.addressField).fill(address)
      await place.page.getByLabel(t.workPlaces.codeField).fill(code.toLowerCase())
      await place.page.getByLabel(t.firstRun.folder, { exact: true }).fill(place.profileFolder)
      await picture(place.page, '2-wizard')
      await place.page.getByRole('button', { name: t.workPlaces.connectNow, exact: true }).click()
      await expect(place.page.getByText(t.workPlaces.atPlace('Ward 3, desk 2'))).toBeVisible()
      await picture(place.page, '3-locked')
      await expect(dialog.getByText(t.workPlaces.codeUsed('Ward 3, desk 2'))).toBeVisible()
      await dialog.getByRole('button', { name: t.shell.close }).last().click()

      await place.page.getByLabel(t.accounts.accountToUnlock).fill('bo')
      await place.page.getByLabel(t.firstRun.passphrase).fill(PASSPHRASE)
      await place.page.keyboard.press('Enter')
      await expect(place.page.getByTestId('status-pill')).toBeVisible()
      await expect(node.page.getByTestId('work-place')).toContainText('Bo')
      await node.page.getByTestId('work-place').scrollIntoViewIfNeeded()
      await picture(node.page, '4-connected')

      // A visit that is being typed when the node goes away.
      const patient = await place.page.evaluate(() =>
        window.consilium.patients.register({
          patient: { name: '王小明', sex: 'male', birthDate: '1975-03-02' },
          although: null,
        }),
      )
      expect(patient).toMatchObject({ ok: true, value: { kind: 'registered' } })
      await place.page.evaluate(() => void (location.hash = '#/record'))
      await place.page.locator('#patient-search').fill('王小明')
      await place.page.keyboard.press('Enter')
      await expect(place.page.locator('[data-field="encounter.class"]')).toBeFocused()
      await node.page.evaluate(() => window.consilium.app.closeProfile())
      await expect(place.page.getByTestId('node-away')).toBeVisible()
      const reason = place.page.locator('[data-field="encounter.reason"]')
      const kept = async () => {
        const { value } = (await place.page.evaluate(() => window.consilium.app.session())) as {
          value: { workPlace?: { keptDrafts: number } }
        }
        return value.workPlace?.keptDrafts
      }
      await reason.fill('Typed while the node was away')
      await expect.poll(kept).toBe(1)
      await picture(place.page, '5-away')
      // The next patient cannot be found: the visit is written under a name of the clerk's own.
      await place.page.getByRole('button', { name: t.entry.leave, exact: true }).click()
      await place.page.getByLabel(t.workPlaces.unnamed.name).fill('Bed 7')
      await picture(place.page, '5-no-patient')
      await place.page.keyboard.press('Enter')
      await reason.fill('Headache since yesterday')
      await expect.poll(kept).toBe(2)
      await picture(place.page, '5-unnamed')
      await place.page.getByTestId('unnamed').getByRole('button', { name: t.entry.leave }).click()
      await expect(place.page.getByLabel(t.workPlaces.unnamed.name)).toBeVisible()

      // The node is started anew: it knows nobody, so the work place locks, and the draft waits for its author.
      await node.page.evaluate(
        ([folder, passphrase]) => window.consilium.app.open({ folder, passphrase, account: 'ada' }),
        [node.profileFolder, PASSPHRASE],
      )
      await expect(place.page.getByText(t.workPlaces.kept(2))).toBeVisible({ timeout: 30_000 })
      await picture(place.page, '6-waits')
      await place.page.getByLabel(t.accounts.accountToUnlock).fill('bo')
      await place.page.getByLabel(t.firstRun.passphrase).fill(PASSPHRASE)
      await place.page.keyboard.press('Enter')
      await expect(place.page.getByTestId('status-pill')).toBeVisible()
      await place.page.evaluate(() => void (location.hash = '#/record'))
      await expect(place.page.getByText(t.entry.draftWaits(2))).toBeVisible()
      await picture(place.page, '7-offered')
      await place.page.getByTestId('draft-row').filter({ hasText: 'Bed 7' }).getByRole('button').click()
      await expect(place.page.getByTestId('unnamed')).toContainText(t.workPlaces.unnamed.choose)
      await expect(reason).toHaveValue('Headache since yesterday')
      await picture(place.page, '7-choose')
      await place.page.locator('#patient-search').fill('王小明')
      await place.page.keyboard.press('Enter')
      await expect(place.page.getByTestId('unnamed')).toHaveCount(0)
      await expect(reason).toHaveValue('Headache since yesterday')
      await place.page.evaluate(() => void (location.hash = '#/settings'))
      await expect(place.page.getByText('Ward 3, desk 2')).toBeVisible()
      await picture(place.page, '8-settings')
    },
  )
