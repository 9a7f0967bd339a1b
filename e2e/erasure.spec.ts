/** A patient is forgotten in the real application: one hospital asks, another agrees, all destroy their keys (docs/spec/erasure.md). */
import type { ErasureView } from '../src/shared/contract/erasures.ts'
import { expect, test, type Consilium } from './fixtures.ts'
import { ask, at } from './pages/bridge.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { deskOf } from './pages/desk.ts'
import { keepLooks, setWindow } from './pages/pictures.ts'
import { become } from './screen.ts'

const HOSPITALS = 4

// Six processes for a minute; a crash on the way and a hospital that is away are in src/main/node/erasures.test.ts.
test(
  'a patient is forgotten when another hospital agrees: the block stays, and every hospital says that its keys are gone (T09)',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(300_000)
    const consilium = await launch({ locale: 'en' })
    const { page } = consilium
    const desk = deskOf(consilium, 'en')
    const { t } = desk
    await setWindow(consilium, 1280, 800)
    await startDemonstration(page, t, '20')
    await untilComplete(page)

    // Asked for by whoever works with patients, on the patient's page.
    const { patientId, name, versionCount } = await someone(consilium)
    expect(await idsOf(consilium, name)).toContain(patientId)
    const versions = String(versionCount)
    await at(page, `patients/${patientId}`)
    await expect(page.getByTestId('visit-version').first()).toBeVisible()
    await page.getByRole('tab', { name: t.history.tabs.privacy }).click()
    await page.getByRole('button', { name: t.erasures.open }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(t.erasures.takes(versions, 1))
    await expect(dialog).toContainText(t.erasures.needsOther)
    await dialog.getByLabel(t.erasures.reason).selectOption('court-order')
    await dialog.getByLabel(t.erasures.text).fill('Order of 3 November')
    await keepLooks(page, 'erasure-1-ask.1280')
    await dialog.getByRole('button', { name: t.erasures.ask }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText(t.erasures.state.asked)).toBeVisible()
    await expect(page.getByRole('button', { name: t.erasures.open })).toHaveCount(0)
    await keepLooks(page, 'erasure-2-asked.1280')

    // Until somebody agrees nothing is gone.
    const asked = (await ask<ErasureView[]>(page, 'erasures.list'))[0]!
    const block = asked.blocks[0]!
    await at(page, `chain/${block}`)
    await page.getByRole('tab', { name: t.chain.tabs.record }).click()
    await expect(page.getByText(t.chain.record.clinical)).toBeVisible()

    // The hospital that asked does not agree itself.
    const card = page.getByTestId('erasure')
    const agree = card.getByRole('button', { name: t.erasures.approve })
    await become(desk, 'north-hospital/administrator')
    await at(page, 'network/erasures')
    await expect(card).toContainText(t.erasures.own)
    await expect(agree).toHaveCount(0)

    // Another is told at Home, and takes no other number than it heard on the telephone.
    await become(desk, 'harbour-hospital/administrator')
    await at(page, '')
    await expect(page.getByText(t.erasures.arrived(asked.hospital, versions))).toBeVisible()
    await page
      .getByRole('region', { name: t.home.todo })
      .getByRole('button', { name: t.network.alerts.look })
      .click()
    await expect(card).toContainText(`${t.erasures.reasons['court-order']}: Order of 3 November`)
    await agree.click()
    const now = dialog.getByRole('button', { name: t.erasures.agree.now })
    await expect(dialog).toContainText(t.erasures.agree.takes(asked.hospital, versions))
    await expect(now).toBeDisabled()
    await dialog.getByLabel(t.erasures.agree.compared).fill(String(versionCount + 1))
    await expect(dialog).toContainText(t.erasures.agree.other)
    await expect(now).toBeDisabled()
    await keepLooks(page, 'erasure-3-other-number.1280')
    await dialog.getByLabel(t.erasures.agree.compared).fill(versions)
    await expect(dialog).not.toContainText(t.erasures.agree.other)
    await keepLooks(page, 'erasure-4-agree.1280')
    // The demonstration has no passphrase to be asked for.
    await now.click()
    await expect(dialog).toBeHidden()

    // The block is looked at while receipts still come, by somebody who opens no records.
    await at(page, `chain/${block}`)
    const pane = page.getByRole('complementary', { name: t.chain.block(block.toLocaleString('en')) })
    await expect(pane).toContainText(t.erasures.block(HOSPITALS, HOSPITALS), { timeout: 60_000 })
    const row = page.getByRole('listbox', { name: t.chain.listLabel }).getByRole('option', { selected: true })
    await expect(row).toContainText(t.chain.erased)
    await expect(row).toBeInViewport({ ratio: 0.9 })
    await page.getByRole('button', { name: t.chain.verifyBlock }).click()
    await expect(page.getByTestId('verify-block')).toHaveAttribute('data-ok', 'true')
    await page.getByRole('button', { name: t.chain.hideSteps }).click()
    await keepLooks(page, 'erasure-5-block.1280')
    await at(page, 'network/erasures')
    await expect(card).toContainText(t.erasures.done(HOSPITALS, HOSPITALS))
    await expect(card).toContainText(t.erasures.here.done)
    await expect(agree).toHaveCount(0)
    await keepLooks(page, 'erasure-6-receipts.1280')

    // Where the patient was known, nobody knows them; what was written is sealed for its author too.
    await become(desk, 'north-hospital/clerk')
    await at(page, `patients/${patientId}`)
    await expect(page.getByText(t.patients.gone)).toBeVisible()
    await expect(page.getByTestId('visit-version')).toHaveCount(0)
    // By id: made-up people may share a name.
    expect(await idsOf(consilium, name)).not.toContain(patientId)
    await at(page, `chain/${block}`)
    await page.getByRole('tab', { name: t.chain.tabs.record }).click()
    await expect(pane).toContainText(t.erasures.block(HOSPITALS, HOSPITALS))
    await expect(page.getByText(t.chain.record.clinical)).toHaveCount(0)
    await expect(row).toContainText(t.chain.erased)
    await page.getByRole('button', { name: t.chain.verifyChain }).click()
    await expect(page.getByTestId('verify-chain')).toContainText(
      t.chain.chainErased(versionCount, versions),
      {
        timeout: 60_000,
      },
    )
    await keepLooks(page, 'erasure-7-chain.1280')
  },
)

interface Preview {
  readonly name: string
  readonly versionCount: number
  readonly entryCount: number
}

/** Somebody of whom the explorer names every block. */
async function someone(consilium: Consilium): Promise<Preview & { patientId: string }> {
  for (const patientId of await idsOf(consilium, '')) {
    const preview = await ask<Preview | null>(consilium.page, 'erasures.preview', { patientId })
    if (preview !== null && preview.entryCount === 1 && preview.versionCount > 0 && preview.versionCount < 20)
      return { patientId, ...preview }
  }
  throw new Error('nobody has a few visits')
}

/** Of people whom the search of this hospital finds. */
async function idsOf({ page }: Consilium, text: string): Promise<string[]> {
  const input = { text, limit: 100 }
  const { patients } = await ask<{ patients: { patientId: string }[] }>(page, 'patients.search', input)
  return patients.map(({ patientId }) => patientId)
}
