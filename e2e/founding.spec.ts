/**
 * Two hospitals, two windows: they found together over one document that goes to and fro; the folder of one is copied to a
 * second machine; they vote on a rule, and one of them leaves. What the nodes do is tested without a window (src/main/governance); here is what people see and press.
 */
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '../src/main/node/network/free-ports.ts'
import { answerOpenDialogs, answerSaveDialogs, expect, test, type Consilium } from './fixtures.ts'
import { deskOf, goTo, PASSPHRASE } from './pages/desk.ts'
import { keepLooks } from './pages/pictures.ts'
import { wordsOf } from './pages/words.ts'

const t = wordsOf('en')

const picture = ({ page }: Consilium, name: string) => keepLooks(page, `founding-${name}`)

/** The request of an institution, saved as a file; the number that it reads over the telephone. */
async function request(at: Consilium, name: string, folder: string, file: string): Promise<void> {
  const { page, app } = at
  const address = `127.0.0.1:${(await freePorts(1))[0]}`
  await page.getByRole('button', { name: t.joining.together.title }).click()
  await page.getByRole('button', { name: t.joining.firstTime }).click()
  await page.getByLabel(t.firstRun.institutionName).fill(name)
  await page.getByLabel(t.firstRun.personName).fill('Chen')
  await page.getByLabel(t.joining.listen).fill(address)
  await page.getByLabel(t.joining.address).fill(address)
  await page.getByRole('button', { name: t.shell.next }).click()
  await page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
  await page.getByLabel(t.firstRun.passphraseAgain).fill(PASSPHRASE)
  await page.getByLabel(t.firstRun.folder).fill(folder)
  await answerSaveDialogs(app, file)
  await page.getByRole('button', { name: t.joining.requestNow }).click()
  await expect(page.getByTestId('fingerprint')).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: t.shell.next }).click()
}

test(
  'two hospitals found together, decide a rule by two votes, and one of them leaves',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(600_000)
    const north = await launch()
    const at = (name: string) => join(north.scratchFolder, name)
    let east = await launch({ args: [`--user-data-dir=${at('east-settings')}`] })
    const [northRequest, eastRequest] = [at('north.request'), at('east.request')]
    await request(north, 'North Hospital', at('north'), northRequest)
    await request(east, 'East Hospital', at('east'), eastRequest)

    // North draws the document up; with two nobody may fail, and it has to say that it knows.
    const document_ = at('island.founding')
    await north.page.getByLabel(t.joining.consortiumName).fill('Island')
    await answerOpenDialogs(north.app, eastRequest)
    await answerSaveDialogs(north.app, document_)
    await north.page.getByRole('button', { name: t.joining.draft }).click()
    await expect(north.page.getByText(t.joining.foundingRefusal['voter-count'])).toBeVisible({
      timeout: 30_000,
    })
    await north.page.getByLabel(t.joining.allowFew).check()
    await north.page.getByRole('button', { name: t.joining.draft }).click()
    await expect(north.page.getByText(t.joining.foundingOf('Island'))).toBeVisible({ timeout: 30_000 })
    await expect(north.page.getByText(t.joining.arithmetic(2, 2, 0))).toBeVisible()
    const number = await north.page.getByTestId('founding-fingerprint').innerText()
    // Nobody starts before all have signed.
    await expect(north.page.getByRole('button', { name: t.joining.startNow })).toBeDisabled()
    await picture(north, 'drafted')

    // East sees the same number, signs, and sends the file back.
    await east.page.getByText(t.joining.signer).click()
    await answerOpenDialogs(east.app, document_)
    await east.page.getByRole('button', { name: t.joining.openFounding }).click()
    await expect(east.page.getByTestId('founding-fingerprint')).toHaveText(number, { timeout: 30_000 })
    await expect(east.page.getByRole('button', { name: t.joining.signNow })).toBeDisabled()
    await east.page.getByLabel(t.joining.chainSame).check()
    await picture(east, 'to-sign')
    await east.page.getByRole('button', { name: t.joining.signNow }).click()
    await expect(east.page.getByText(t.joining.signedNow)).toBeVisible({ timeout: 30_000 })
    await answerOpenDialogs(north.app, document_)
    await north.page.getByRole('button', { name: t.joining.openFounding }).click()
    for (const { page } of [north, east]) {
      await page.getByRole('button', { name: t.joining.startNow }).click()
      await expect(page.getByRole('navigation', { name: t.shell.navigation })).toBeVisible({
        timeout: 60_000,
      })
    }
    for (const desk of [north, east].map((each) => deskOf(each, 'en'))) {
      await goTo(desk, 'network')
      const members = desk.consilium.page.getByRole('grid')
      await expect(members.getByText(t.network.connection.up)).toBeVisible({ timeout: 60_000 })
      await expect(members.getByText(`${t.network.kind.hospital} · ${t.network.votes}`)).toHaveCount(2)
    }
    await picture(north, 'members')

    // East's folder is copied, and the copy runs too: both say why they do not vote, until one is stopped.
    await east.app.close()
    await cp(at('east'), at('copy'), { recursive: true })
    // One machine has one port; elsewhere it would be the same.
    await writeFile(
      join(at('copy'), 'network.json'),
      JSON.stringify({ format: 1, listen: null, announce: [] }),
    )
    const opened = async (name: string): Promise<Consilium> => {
      const again = await launch({
        args: [`--user-data-dir=${at(`${name}-settings`)}`, '--profile', at(name)],
      })
      await again.page.getByText('East Hospital').first().click()
      await again.page.getByLabel(t.firstRun.passphrase, { exact: true }).fill(PASSPHRASE)
      await again.page.getByRole('button', { name: t.firstRun.openNow }).click()
      await goTo(deskOf(again, 'en'), 'network')
      return again
    }
    east = await opened('east')
    const copy = await opened('copy')
    for (const { page } of [east, copy]) {
      await expect(page.getByTestId('status-pill')).toContainText(t.shell.status.twofold, { timeout: 60_000 })
      await expect(page.getByText(t.network.consensus.observingReason['keys-elsewhere'])).toHaveCount(2)
    }
    await picture(east, 'keys-elsewhere')
    await copy.app.close()
    await east.page.getByLabel(t.network.decide.passphrase).fill(PASSPHRASE)
    await east.page.getByRole('button', { name: t.network.consensus.confirm }).click()
    // Nothing ends without it: it votes again as soon as North has said where it is.
    await expect(east.page.getByTestId('status-pill')).toContainText(t.shell.status.saved, {
      timeout: 60_000,
    })
    for (const { page } of [north, east])
      await expect(page.getByRole('grid').getByText(t.network.connection.up)).toBeVisible({ timeout: 60_000 })

    // A rule: North proposes and approves, East is told and approves.
    const { page } = north
    const passphrase = page.getByLabel(t.network.decide.passphrase)
    await page.getByRole('tab', { name: t.network.tabs.rules }).click()
    const rule = t.network.rules.names.smallestCount
    await page.getByRole('button', { name: `${t.network.rules.change} ${rule}` }).click()
    await page.getByLabel(t.network.rules.newValue).fill('20')
    await page.getByRole('button', { name: t.network.rules.change, exact: true }).click()
    await passphrase.fill(PASSPHRASE)
    await page.getByRole('button', { name: t.network.decide.propose }).click()
    await expect(page.getByText(t.network.decide.proposed)).toBeVisible({ timeout: 30_000 })
    const approveAtEast = async (shot: string): Promise<void> => {
      await east.page.getByRole('tab', { name: t.network.tabs.proposals }).click()
      const proposal = east.page.getByTestId('proposal').first()
      await expect(proposal).toContainText(t.network.proposals.approvals(1, 2), { timeout: 60_000 })
      await picture(east, shot)
      await proposal.getByLabel(t.network.decide.passphrase).fill(PASSPHRASE)
      await proposal.getByRole('button', { name: t.network.proposals.approve }).click()
    }
    await approveAtEast('proposal')
    await page.getByRole('tab', { name: t.network.tabs.proposals }).click()
    await expect(page.getByTestId('proposal').first()).toContainText('decided at height', { timeout: 60_000 })

    // East leaves: the numbers before and after are shown, and it agrees itself.
    await page.getByRole('tab', { name: t.network.tabs.members }).click()
    await page.getByRole('row', { name: /East Hospital/ }).click()
    await page.getByRole('button', { name: t.network.member.remove, exact: true }).click()
    await expect(page.getByTestId('arithmetic')).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText(t.network.member.retains)).toBeVisible()
    await picture(north, 'removal')
    await passphrase.fill(PASSPHRASE)
    await page.getByRole('button', { name: t.network.decide.propose }).click()
    await expect(page.getByText(t.network.decide.proposed)).toBeVisible({ timeout: 30_000 })
    await approveAtEast('own-removal')
    await expect(page.getByTestId('network-state')).toHaveText(t.network.state.alone, { timeout: 60_000 })
    await page.getByRole('tab', { name: t.network.tabs.members }).click()
    await expect(page.getByRole('row', { name: /East Hospital/ })).toHaveCount(0)
    await picture(north, 'alone-again')
  },
)
