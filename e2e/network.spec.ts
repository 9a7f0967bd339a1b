/** Two hospitals, two windows: one invites, the other asks and joins; files and numbers go between them. */
import { join } from 'node:path'
import { freePorts } from '../src/main/node/network/free-ports.ts'
import { deskOf, found, goTo, PASSPHRASE, type Desk } from './pages/desk.ts'
import { answerOpenDialogs, answerSaveDialogs, expect, test, type Consilium } from './fixtures.ts'
import { arePicturesKept, keepLooks, setWindow } from './pages/pictures.ts'

async function picture(consilium: Consilium, name: string): Promise<void> {
  if (!arePicturesKept) return
  for (const [width, height] of [
    [1920, 1080],
    [1280, 800],
  ] as const) {
    await setWindow(consilium, width, height)
    await keepLooks(consilium.page, `${name}.${width}`)
  }
}

async function setListening(desk: Desk, port: number): Promise<void> {
  const { consilium, t } = desk
  const { page } = consilium
  await goTo(desk, 'network')
  await page.getByRole('button', { name: t.network.listening.edit }).click()
  await page.getByLabel(t.network.listening.listen).fill('nowhere')
  await page.getByRole('button', { name: t.shell.save, exact: true }).click()
  await expect(page.getByText(t.network.listening.wrong)).toBeVisible()
  await page.getByLabel(t.network.listening.listen).fill(`127.0.0.1:${port}`)
  await page.getByRole('button', { name: t.shell.save, exact: true }).click()
  await expect(page.getByText(t.network.listening.saved)).toBeVisible()
}

test('C1: a hospital founds, invites a second one by file and telephone, and both see each other', async ({
  launch,
}) => {
  test.setTimeout(300_000)
  const north = await launch()
  const desk = deskOf(north, 'en')
  const { t } = desk
  await found(desk, { hospital: 'North Hospital', person: 'Lin' }, 'later')
  await setListening(desk, (await freePorts(1))[0]!)
  await picture(north, 'network-alone')
  // Takes effect when the folder is opened again.
  const again = await north.relaunch({ args: ['--profile', north.profileFolder] })
  const { page } = again
  const northDesk = deskOf(again, 'en')
  await page.getByText('North Hospital').first().click()
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
  await page.getByRole('button', { name: t.firstRun.openNow }).click()
  await goTo(northDesk, 'network')
  await expect(page.getByTestId('network-state')).toHaveText(t.network.state.alone)

  // East asks, on its own machine.
  const [eastPort] = (await freePorts(1)) as [number]
  const east = await launch({ args: [`--user-data-dir=${join(north.scratchFolder, 'east-settings')}`] })
  const eastPage = east.page
  await picture(east, 'wizard-choose')
  await eastPage.getByRole('button', { name: t.joining.join.title }).click()
  await eastPage.getByRole('button', { name: t.joining.firstTime }).click()
  await eastPage.getByLabel(t.firstRun.institutionName).fill('East Hospital')
  await eastPage.getByLabel(t.firstRun.personName).fill('Chen')
  await eastPage.getByLabel(t.joining.listen).fill(`127.0.0.1:${eastPort}`)
  await eastPage.getByLabel(t.joining.address).fill(`127.0.0.1:${eastPort}`)
  await picture(east, 'wizard-request')
  await eastPage.getByRole('button', { name: t.shell.next }).click()
  await eastPage.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
  await eastPage.getByLabel(t.firstRun.passphraseAgain).fill(PASSPHRASE)
  const eastFolder = join(north.scratchFolder, 'east')
  await eastPage.getByLabel(t.firstRun.folder).fill(eastFolder)
  const requestFile = join(north.scratchFolder, 'east.consilium')
  await answerSaveDialogs(east.app, requestFile)
  await eastPage.getByRole('button', { name: t.joining.requestNow }).click()
  await expect(eastPage.getByText(t.joining.send)).toBeVisible({ timeout: 30_000 })
  const eastNumber = await eastPage.getByTestId('fingerprint').innerText()
  await picture(east, 'wizard-number')

  // North opens the request, compares the number and decides.
  await page.getByRole('button', { name: t.network.admit.start }).click()
  await answerOpenDialogs(again.app, requestFile)
  await page.getByRole('button', { name: t.network.admit.open }).click()
  await expect(page.getByTestId('fingerprint')).toHaveText(eastNumber)
  await page.getByLabel(t.network.admit.same).check()
  await page.getByLabel(t.network.decide.passphrase).fill(PASSPHRASE)
  await picture(again, 'network-admit')
  await page.getByRole('button', { name: t.network.decide.propose }).click()
  await expect(page.getByText(t.network.decide.proposed)).toBeVisible({ timeout: 30_000 })
  const invitationFile = join(north.scratchFolder, 'east-invitation.consilium')
  await answerSaveDialogs(again.app, invitationFile)
  await page.getByRole('button', { name: t.network.member.invite }).click()
  await page.getByLabel(t.network.decide.passphrase).fill(PASSPHRASE)
  await page.getByRole('button', { name: t.network.member.invite }).click()
  await expect(page.getByText(t.network.admit.tellNumber)).toBeVisible({ timeout: 30_000 })
  await picture(again, 'network-invited')

  // East opens it, compares the number of the consortium, and is in.
  await eastPage.getByRole('button', { name: t.shell.next }).click()
  await answerOpenDialogs(east.app, requestFile)
  await eastPage.getByRole('button', { name: t.joining.openInvitation }).click()
  await expect(eastPage.getByText(t.network.fileRefusal['other-kind'])).toBeVisible({ timeout: 30_000 })
  await answerOpenDialogs(east.app, invitationFile)
  await eastPage.getByRole('button', { name: t.joining.openInvitation }).click()
  await expect(eastPage.getByText(t.joining.invitedTo('North Hospital'))).toBeVisible({ timeout: 30_000 })
  const chainNumber = await eastPage.getByTestId('chain-fingerprint').innerText()
  await expect(page.getByText(chainNumber).first()).toBeVisible()
  await eastPage.getByLabel(t.joining.chainSame).check()
  await picture(east, 'wizard-invitation')
  await eastPage.getByRole('button', { name: t.joining.joinNow }).click()
  const eastDesk = deskOf(east, 'en')
  await expect(eastPage.getByRole('navigation', { name: t.shell.navigation })).toBeVisible({
    timeout: 60_000,
  })
  await goTo(eastDesk, 'network')

  // Both see both, and each other's connection.
  for (const each of [page, eastPage])
    await expect(each.getByRole('grid').getByText(t.network.connection.up)).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: t.network.member.close }).first().click()
  await picture(again, 'network-members')
  await picture(east, 'network-observer')

  // Two voters tolerate no failure: the wish is refused with the numbers.
  await page.getByRole('row', { name: /East Hospital/ }).click()
  await picture(again, 'network-member')
  await page.getByRole('button', { name: t.network.member.giveVote }).click()
  await expect(page.getByText(t.network.refusal['voter-count'])).toBeVisible()
  await expect(page.getByTestId('arithmetic')).toContainText(
    '2 hospitals vote, 2 must agree, no failure is tolerated',
  )
  await picture(again, 'network-refused')

  // A rule, decided by the one who votes.
  await page.getByRole('tab', { name: t.network.tabs.rules }).click()
  await picture(again, 'network-rules')
  await page
    .getByRole('button', { name: `${t.network.rules.change} ${t.network.rules.names.smallestCount}` })
    .click()
  await page.getByLabel(t.network.rules.newValue).fill('20')
  await page.getByRole('button', { name: t.network.rules.change, exact: true }).click()
  await page.getByLabel(t.network.decide.passphrase).fill('not the passphrase')
  await page.getByRole('button', { name: t.network.decide.propose }).click()
  await expect(page.getByText(t.network.wrongPassphrase)).toBeVisible({ timeout: 30_000 })
  await page.getByLabel(t.network.decide.passphrase).fill(PASSPHRASE)
  await page.getByRole('button', { name: t.network.decide.propose }).click()
  await expect(page.getByText(t.network.decide.proposed)).toBeVisible({ timeout: 30_000 })
  await page.getByRole('tab', { name: t.network.tabs.proposals }).click()
  await expect(page.getByTestId('proposal').first()).toContainText('decided at height', { timeout: 30_000 })
  await picture(again, 'network-proposals')
  await eastPage.getByRole('tab', { name: t.network.tabs.rules }).click()
  await expect(
    eastPage.getByRole('listitem').filter({ hasText: t.network.rules.names.smallestCount }),
  ).toContainText('20', { timeout: 60_000 })
})
